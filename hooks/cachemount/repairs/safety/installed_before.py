"""Commands that need the cached files of packages which were installed before, and do not fetch those again."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.facts import chain, locations
from cachemount.facts.invocations import operands
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import steps_of
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened


def takes_installed(facts: Facts, step: Step, places: Collection[str]) -> Iterator[Withheld]:
    """Yield what needs the packages in these places, which another step than the one with the mount has installed.

    That is a later step, also of a stage that copied them; and this one, where its image may have some.
    """
    if all(_is_of_manager(install) for install in step.installs if _is_in(install, places)):
        return
    later = [*_later(facts, step, places)]
    if _may_have_installed(facts, step, places):
        later += [one for one in step.installs if _is_in(one, places)]
    for install in later:
        if install.download.takes_installed:
            name = shortened(" ".join(word.word.raw for word in install.command.words))
            line = facts.dockerfile.source.position(install.command.span.start).line
            yield reasons.TAKES_INSTALLED.about(name=name, line=line, manager=install.manager.name)
            return


def _later(facts: Facts, step: Step, places: Collection[str]) -> Iterator[Install]:
    """Yield the installs that come later and see the places of a step: as they are, or copied by another stage."""
    seen = [(step.stage, step.instruction.span.start, places)]
    if len(facts.dockerfile.stages) > 1:
        from cachemount.facts.copied_places import copied_places

        copies = (one for place in places for one in facts.memo(copied_places, step.stage, place))
        seen += [(one.stage, one.rank, {one.path}) for one in copies]
    for stage, rank, there in seen:
        for other in steps_of(facts, stage):
            if other.instruction.span.start > rank:
                yield from (install for install in other.installs if _is_in(install, there))


def _may_have_installed(facts: Facts, step: Step, places: Collection[str]) -> bool:
    """Return whether the image that a step begins with may have packages, of which the files are in these places."""
    if step.environment.base is None or step.stage.lineage()[0].file is not step.stage.file:
        return True
    here = step.instruction.span.start
    if any(
        _is_in(install, places) and not _is_of_manager(install)
        for one in facts.steps
        if one.instruction.span.start < here and chain.descends(step.stage, one.stage)
        for install in one.installs
    ):
        return True
    from cachemount.repairs.safety.hidden_content import copy_words

    copied = (
        copy_words(facts, one)[1]
        for one in chain.before(step.stage, step.instruction)
        if one.keyword == "COPY" and any(flag.name == "from" for flag in one.flags)
    )
    return any(locations.below(place, one) for one in copied if one for place in places)


def _is_in(install: Install, places: Collection[str]) -> bool:
    return any(one.path is None or one.path in places for one in install.directories)


def _is_of_manager(install: Install) -> bool:
    """Return whether a command installs nothing but a manager itself: `gem install bundler:2.5`."""
    names = [word.known.partition(":")[0] for word in operands(install.manager, install.arguments)][len(install.verb) :]
    return bool(names) and {*names} <= {"bundler"}
