"""What an install lacks that would make it ask for a newer index than the one in a cache mount.

A mount keeps the index of an earlier build, and some managers trust an index for hours. In that time packages that it
names may have gone, and packages may have come that it does not name: the install fails, where one without a mount
would have fetched the index anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from cachemount.facts.locations import flag_words
from cachemount.facts.model import Facts, Install
from cachemount.facts.settings import program_and_any_image, programs_and_images
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager

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
    others = [one for one in install.step.installs if one.manager is manager and not one.reader]
    # The command is there for all that follow.
    named = " ".join(_named(install)) if all([*_named(one)] == [*_named(install)] for one in others) else ""
    return " ".join(
        filter(None, (wanted.replace("{options}", _options(facts, install) or manager.revalidate_options), named))
    )


def _named(install: Install) -> Iterator[str]:
    """Yield the sources that an install names, which it alone asks."""
    words = [word for flag in install.manager.revalidate_of for word in flag_words(install.arguments, flag)]
    for word in words:
        name = word.word.raw.partition("=")[2] if word.known.startswith("--") else word.word.raw
        if name and not name.startswith("-"):
            yield name


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
