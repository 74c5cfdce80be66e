"""What a health check runs, without the programs that ask a service or look for a process by a name."""

from __future__ import annotations

import posixpath

from cachemount.late_pattern import late

_ASKING = frozenset({
    "[", "cat", "curl", "echo", "exit", "grep", "kill", "ls", "nc", "netstat", "pgrep", "pidof", "ps", "ss", "stat",
    "test", "wget",
})  # fmt: skip
_BETWEEN, _PUNCTUATION = late(r"[;&|\n]+"), late(r"[\[\]\",']+")
_BEFORE = frozenset({"!", "-c", "CMD", "CMD-SHELL", "bash", "exec", "sh", "timeout"})


def run_by_check(text: str) -> str:
    """Return the commands of a health check, its words after CMD, that do more than ask."""
    told = (_PUNCTUATION.sub(" ", one).split() for one in _BETWEEN.split(text))
    return "; ".join(" ".join(words) for words in told if words and _program(words) not in _ASKING)


def _program(words: list[str]) -> str:
    return next((name for one in words if (name := posixpath.basename(one)) not in _BEFORE), "")
