"""What an install lacks that would make it ask for a newer index than the one in a cache mount.

A mount keeps the index of an earlier build, and some managers trust an index for hours. In that time packages that it
names may have gone, and packages may have come that it does not name: the install fails, where one without a mount
would have fetched the index anew.
"""

from __future__ import annotations

import re
from itertools import islice

from cachemount import reasons
from cachemount.facts.invocations import operands
from cachemount.facts.model import Facts, Install
from cachemount.facts.settings import program_and_any_image, programs_and_images
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld

_PLAIN = late(r"-?[\w./:=-]+")
_LINE_END = late(r"[\\`]\r?\n")
_NOTHING = late(r"[\s\\`]*(?:&&|(;))[\s\\`]*(?:sudo\s)?")
_SETS_ERREXIT = late(r"\bset\s+-[a-zA-Z]*e")


def missing_revalidation(facts: Facts, install: Install) -> str:
    """Return the flag for an install, or the command before it, that it needs; "" where it needs none."""
    manager = install.manager
    from cachemount.facts.package_state import asked_before, has_refresh_flag

    if not manager.revalidate or has_refresh_flag(install) or asked_before(facts, install):
        return ""
    if any(_asks_for(facts, earlier, install) for earlier in install.step.installs):
        return ""
    images = (program_and_any_image(install), *filter(None, islice(programs_and_images(install), 1, None)))
    # A command is known to all releases, where a flag is not.
    ways = [_wanted(manager, image) for image in images]
    wanted = next((way for way in ways if " " in way), ways[0])
    command = install.command
    variables = {*install.step.environment.variables, *command.exports, *(one.name for one in command.assignments)}
    if wanted.partition("=")[0] in variables:
        return ""
    wanted = wanted.replace("{options}", _options(facts, install) or manager.revalidate_options)
    return " ".join((wanted, *_sources(install))) if " " in wanted else wanted


def may_fail(facts: Facts, install: Install, wanted: str) -> Withheld | None:
    """Return why the command that is put before an install may fail where the install does not."""
    manager = install.manager
    files, left_none = manager.revalidate_fails
    others = [one for one in install.step.installs if one.manager is manager and one is not install]
    if "" in _sources(install) or any(_sources(one) != _sources(install) for one in others if not one.reader):
        return reasons.REFRESH_FAILS.about(words=wanted.strip(), why="one of the repositories cannot be reached")
    named = [word.text or word.word.raw for word in operands(manager, install.arguments)][len(install.verb) :]
    if not files or not named or not all(re.fullmatch(files, name) for name in named):
        return None
    base = install.step.environment.base
    known = base is not None and base.distribution in manager.distributions
    before = facts.dockerfile.source.text[: install.command.span.start]
    if known and not re.search(left_none, before):
        return None
    return reasons.REFRESH_FAILS.about(words=wanted, why="no repository is set up, which files alone do not need")


def _sources(install: Install) -> tuple[str, ...]:
    """Return what options name as the sources of an install; "" for one that is not known."""
    found = []
    for word, after in zip(install.arguments, (*install.arguments[1:], None), strict=True):
        flag, separator, value = word.known.partition("=")
        if flag in install.manager.revalidate_sources:
            found.append(value if separator else after.known if after else "")
    return tuple(one if _PLAIN.fullmatch(one) else "" for one in found)


def _wanted(manager: PackageManager, image: str) -> str:
    return next((text for pattern, text in manager.revalidate.items() if re.search(pattern, image)), "")


def _options(facts: Facts, install: Install) -> str:
    """Return the options that stand between the program of an install and its verb."""
    verb = next((one.word for one in install.arguments if one.text in install.verb), install.program_word)
    text = facts.dockerfile.source.text[install.program_word.span.end : verb.span.start]
    words = _LINE_END.sub(" ", text).split()
    return " ".join(words) if all(_PLAIN.fullmatch(word) for word in words) else ""


def _asks_for(facts: Facts, earlier: Install, install: Install) -> bool:
    """Return whether an earlier install asks for all that the install needs, which follows at once."""
    manager, text = install.manager, facts.dockerfile.source.text
    start, end = earlier.command.span.start, install.command.span.end
    between = _NOTHING.fullmatch(text, earlier.command.span.end, install.command.span.start)
    from cachemount.facts.package_state import shares_index

    return (
        bool(manager.asks_again_for)
        and shares_index(earlier, install)
        and earlier.program == install.program
        and earlier.command.user == install.command.user
        and not earlier.reader
        and between is not None
        and (not between[1] or _ends_step(facts, earlier))
        and re.search(manager.asks_again_for, text[start:end]) is None
    )


def _ends_step(facts: Facts, install: Install) -> bool:
    """Return whether the step ends where an install fails, by errexit that is on from the beginning."""
    step = install.step
    before = facts.dockerfile.source.text[step.instruction.span.start : install.command.span.start]
    from cachemount.facts.shell_options import has_errexit

    return (has_errexit(step) or _SETS_ERREXIT.search(before) is not None) and "set +" not in before
