"""What in a script's text may make an account, or a program that does."""

from __future__ import annotations

import re

from cachemount.late_pattern import late

_PROGRAMS = late(r"(?:user|group)(?:add|mod|del)|(?:add|del)(?:user|group)|/etc/passwd")
# Scripts of the build context and downloaded ones may do anything; these installers make no accounts.
_UNKNOWN = (
    r"\.sh\b|\|\s*(?:sudo\s+(?:-\w+\s+)?)?(?:ba|da|z)?sh\b|\b(?:ansible\S*|chef-\S+|puppet|salt-call|newusers)\b"
    r"|(?:^|[;&|\n]\s*)(?:source|\.|(?:ba|da|z)?sh|python3?|perl|make)\s+(?!-c\b|-m\b)[\w./$]"
)
_HARMLESS = (
    r"(?<!\S)\S*(?:sh\.rustup\.rs|nodesource\.com|astral\.sh|install\.python-poetry\.org|get\.pnpm\.io|bun\.sh|deno\.land)"
    r"[^|;&\n]*"
    r"(?:\|\s*(?:sudo\s+(?:-\w+\s+)?)?(?:ba)?sh\b)?"
    # What is only built is not installed.
    r"|\bmake(?:\s+-\w\S*)*(?:\s+(?:all|build|check|clean|compile|dist|package|release|tests?))+(?=\s*(?:[;&|)\n]|\Z))"
)
_INSTALLING = "apk|apt|apt-get|aptitude|dpkg|dnf|microdnf|yum|tdnf|rpm|zypper"
INSTALLERS = frozenset(_INSTALLING.split("|"))


def mentions_accounts(script: str) -> bool:
    """Return whether a script may change /etc/passwd."""
    # Most scripts have none of these words, which is told sooner than by the pattern.
    if "user" not in script and "group" not in script and "/etc/passwd" not in script:
        return False
    return _PROGRAMS.search(script) is not None


def may_make_accounts(script: str) -> bool:
    """Return whether a script runs what may make accounts without a word of it."""
    return re.search(_UNKNOWN, script) is not None and re.search(_UNKNOWN, re.sub(_HARMLESS, " ", script)) is not None


def installs_packages(script: str) -> bool:
    """Return whether a script installs packages, which may make accounts of the system."""
    return re.search(rf"\b(?:{_INSTALLING})\b", script) is not None
