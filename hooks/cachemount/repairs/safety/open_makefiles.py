"""Makefiles of which it is not known by reading them alone what a target runs."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.late_pattern import late

# It makes rules, or finds other programs by their names.
_OPEN = late(r"\$[({]eval[ \t]|(?m:^[^\t\n#]*(?<![\w.-])(?:PATH|MAKEFILES|MAKEFLAGS)[ \t]*[:?+]{0,3}=)")
# What it becomes stands there as a line of the Makefile.
_LINE = late(r"(?m)^[ ]*\$[({](?!(?:error|info|warning)[ \t])(?:(?![)}][ \t]*(?::|[?+!]?=))[^\n])*[)}][ \t]*$")
_GOAL = late(r"(?m)^[ ]*(?:(?:export|override)[ \t]+)*\.DEFAULT_GOAL[ \t]*[:?+!]{0,3}=[ \t]*(.*?)[ \t]*$")
_PLAIN = late(r"[\w./-]+")
GIVEN = frozenset({"MAKEFILES", "MAKEFLAGS", "PATH", "SHELL"})
# https://www.gnu.org/software/make/manual/make.html#Suffix-Rules
_SUFFIXES = late(r"\.[\w+-]+\.[\w.+-]+")


def is_open(text: str, given: Collection[str]) -> bool:
    """Return whether a Makefile, or a variable that make is given, may change what a target of it runs."""
    return not GIVEN.isdisjoint(given) or any(one.search(text) is not None for one in (_OPEN, _LINE))


def default_goal(text: str) -> str | None:
    """Return the target that a Makefile says is made where none is named; "" for the first, None if not known."""
    goals = _GOAL.findall(text)
    if not goals:
        return ""
    return goals[0] if len(goals) == 1 and _PLAIN.fullmatch(goals[0]) else None


def is_for_any(target: str, suffixes: Collection[str]) -> bool:
    """Return whether a target is a rule for files by their suffixes, or for all that have none."""
    return target == ".DEFAULT" or _SUFFIXES.fullmatch(target) is not None or target in suffixes
