"""What in a script's text may make an account, or a program that does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

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
# Of Alpine, with what they depend on: none of them has a script that makes an account or a group.
# https://gitlab.alpinelinux.org/alpine/aports (the files *.pre-install and *.post-install beside each APKBUILD)
_WITHOUT_ACCOUNT = frozenset({
    "bash", "binutils", "build-base", "busybox-extras", "bzip2", "ca-certificates", "ca-certificates-bundle", "cmake",
    "coreutils", "curl", "dumb-init", "file", "findutils", "g++", "gawk", "gcc", "gcompat", "gettext", "git", "grep",
    "gzip", "icu-data-full", "icu-libs", "jq", "krb5-libs", "less", "libc-dev", "libc6-compat", "libffi-dev", "libgcc",
    "libintl", "libpq", "libpq-dev", "libstdc++", "libxml2", "libxml2-dev", "libxslt", "libxslt-dev", "linux-headers",
    "make", "musl-dev", "nano", "nodejs", "npm", "openssl", "openssl-dev", "patch", "pkgconf", "procps", "py3-pip",
    "python3", "python3-dev", "sed", "su-exec", "tar", "tini", "tzdata", "unzip", "vim", "wget", "xz", "yarn", "zip",
    "zlib", "zlib-dev",
})  # fmt: skip
_OPTIONS_OF_APK = frozenset({
    "--no-cache", "--no-progress", "--quiet", "--update", "--update-cache", "--upgrade", "-U", "-q", "-u", "-uU",
})  # fmt: skip
_VIRTUAL, _VERSION = frozenset({"--virtual", "-t"}), late(r"[~=<>].*\Z")
_APK = late(r"(?<![\w.-])apk(\s[^;&|()\n]*)")


def mentions_accounts(script: str) -> bool:
    """Return whether a script may change /etc/passwd."""
    # Most scripts have none of these words, which is told sooner than by the pattern.
    if "user" not in script and "group" not in script and "/etc/passwd" not in script:
        return False
    return _PROGRAMS.search(script) is not None


def may_make_accounts(script: str) -> bool:
    """Return whether a script runs what may make accounts without a word of it."""
    return re.search(_UNKNOWN, script) is not None and re.search(_UNKNOWN, re.sub(_HARMLESS, " ", script)) is not None


def installs_packages(script: str, distribution: str = "") -> bool:
    """Return whether a script installs packages that may make accounts of the system."""
    # What xargs adds is not known.
    if distribution == "alpine" and "apk" in script and "xargs" not in script:
        joined = script.replace("\\\n", " ")
        script = _APK.sub(lambda one: "" if without_account("apk", one[1].split(), distribution) else one[0], joined)
    return re.search(rf"\b(?:{_INSTALLING})\b", script) is not None


def without_account(program: str, words: Sequence[str], distribution: str) -> bool:
    """Return whether a command of a package manager is known to make no account: it installs such packages alone."""
    if program != "apk" or distribution != "alpine":
        return False
    operands = [
        word
        for before, word in pairwise(["", *words])
        if word not in _OPTIONS_OF_APK and word not in _VIRTUAL and before not in _VIRTUAL
    ]
    if operands[:1] == ["add"]:
        names = [_VERSION.sub("", word.strip("\"'")) for word in operands[1:]]
        return bool(names) and all(name in _WITHOUT_ACCOUNT for name in names)
    return operands[:1] in (["del"], ["update"])
