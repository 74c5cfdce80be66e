"""A mount covers a directory whose content the image needs, so that what was installed is not in the image.

What a step writes to a mount does not become part of the layer: packages installed there are gone when the step ends,
for a later RUN, another stage, CMD and ENTRYPOINT alike. What the image had in the directory, or an earlier
instruction put there, cannot be seen while the step runs.

A safe repair does not exist: mount only the download cache, or copy the result out in the same step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, locations
from cachemount.facts.expansion import expanded
from cachemount.facts.given import hidden_file
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.facts.mounts import is_readonly
from cachemount.facts.needed import Place, installed_before, installed_below, program_below, runtime_files
from cachemount.facts.queries import copied_from
from cachemount.facts.uses import builds_on_its_own, later_use, mounts_it, run_in_step
from cachemount.findings import Finding
from cachemount.repairs import text_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.mount_comments import renamed
from cachemount.repairs.safety.copied_stages import stays_out
from cachemount.repairs.safety.linked_packages import links
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "hidden-install"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for mount in step.caches:
            target = mount.target
            if target is None or target == "/":
                continue
            found = _of_install(facts, step, mount, target) or _of_later(facts, step, mount, target)
            if found is not None:
                yield found
        for install in step.installs:
            mounted = any(directory.cover and directory.cover.is_cache for directory in install.directories)
            how = links(facts, install) if mounted and not install.reader else ""
            if how:
                yield finding(
                    NAME,
                    f"with {how} `{program(install)}` installs links into the cache mount, which is not in the image",
                    step,
                    install.command.span,
                    manager=install.manager.name,
                )


def _of_install(facts: Facts, step: Step, mount: Mount, target: str) -> Finding | None:
    """Return the finding about a mount that hides what an install in its step puts in place, if there is one."""
    # An install that wrote where nothing can be written would fail.
    if not is_readonly(mount) and not _is_copied(step, target):
        # What fetches an index puts nothing else in place.
        for install in sorted(step.installs, key=lambda one: one.verb in one.manager.refresh_verbs):
            place = None if install.reader else installed_below(facts, install, target)
            if place is not None and not _for_steps(facts, step, mount, install, place):
                needed_by = "a later step" if place.for_steps else "the image"
                what = f"where `{program(install)}` puts what {needed_by} needs"
                return _hidden_finding(facts, step, mount, install, f"hides {place.path}, {what}")
    for install in step.installs:
        where = program_below(install, mount, target)
        if where:
            return _hidden_finding(facts, step, mount, install, f"hides {where}, where `{install.program}` is")
        where = installed_before(facts, install, mount, target)
        if where:
            return _hidden_finding(facts, step, mount, install, f"hides {where}, which an earlier step installed into")
    given = hidden_file(facts, step, mount)
    if given is not None:
        line = facts.dockerfile.source.position(given.instruction.span.start).line
        what = f"hides {given.path}, which line {line} puts there for `{program(given.install)}`"
        return _hidden_finding(facts, step, mount, given.install, what)
    return None


def _of_later(facts: Facts, step: Step, mount: Mount, target: str) -> Finding | None:
    """Return the finding about a mount whose content is needed after the step, if there is one."""
    source = _taken(facts, step, target)
    if source:
        what = f"hides {source}, which is taken out of the stage later"
    elif files := runtime_files(facts, step, target):
        user = _who(facts, files.used) if files.used is not None else "the image"
        what = f"hides {files.place}, where `{files.by}` puts what {user} needs"
    elif use := later_use(facts, step, target):
        what = f"hides {use.path}, which {_who(facts, use.instruction)} needs"
    else:
        return None
    return finding(
        NAME,
        f"the mount on {mount.flag.target} {what}",
        step,
        mount.flag.span,
        manager=step.installs[0].manager.name if step.installs else None,
        note=reasons.COPY_OUT.about(),
    )


def _who(facts: Facts, instruction: Instruction) -> str:
    line = facts.dockerfile.source.position(instruction.span.start).line
    return f"the {instruction.keyword} in line {line}"


def _hidden_finding(facts: Facts, step: Step, mount: Mount, install: Install, what: str) -> Finding:
    builder = FixBuilder(facts)
    builder.editable(step)
    builder.mark_unsafe([reasons.NEEDED_IN_IMAGE.about()])
    inside = next(
        (
            directory.path
            for directory in install.directories
            if directory.path
            and mount.target
            and locations.below(directory.path, mount.target)
            and directory.path != mount.target
        ),
        None,
    )
    if inside is None:
        builder.give_up(reasons.IMAGE_NEEDS_MOUNTED.about())
    else:
        edit = text_edits.set_target(mount.flag, facts.dockerfile.source, inside, {})
        if edit is None:
            builder.give_up(reasons.TARGET_NOT_PLAIN.about())
        else:
            builder.mount_edits([edit, *renamed(facts.dockerfile.source, step.instruction, mount.flag.target, inside)])
    return finding(
        NAME,
        f"the mount on {mount.flag.target} {what}",
        step,
        mount.flag.span,
        manager=install.manager.name,
        fix=builder.fix("mount only the cache"),
        note=builder.blocked_reason,
    )


def _is_copied(step: Step, target: str) -> bool:
    """Return whether the step copies something out of the directory, or into it."""
    return any(
        words[0].name in ("cp", "mv", "rsync", "tar", "install")
        and any(
            target in word.known or _relative(target, word.known) or _inside(step, word.known, target)
            for word in words[1:]
        )
        for _, words in expanded(step)
    )


def _is_state_of_stage(facts: Facts, step: Step, install: Install, place: Place, later: Sequence[Step]) -> bool:
    """Return whether only the manager reads what is hidden, and neither an image nor a later step without it does."""
    manager = install.manager
    if place.path not in manager.needed_by_itself or not stays_out(facts, step.stage, [place.path]):
        return False
    return all(mounts_it(other, place.path) for other in later for one in other.installs if one.manager is manager)


def _for_steps(facts: Facts, step: Step, mount: Mount, install: Install, place: Place) -> bool:
    """Return whether only steps use what is installed: this one, or a later one that has the same mount."""
    last = facts.dockerfile.last
    later = [
        other
        for other in facts.steps
        if other.instruction.span.start > step.instruction.span.start and chain.descends(other.stage, step.stage)
    ]
    if run_in_step(facts, install, place.path):
        return True
    if _is_state_of_stage(facts, step, install, place, later):
        return True
    if place.for_steps:
        return any(_shares(other, mount) for other in later if other.installs)
    if chain.descends(last, step.stage):
        return False
    return any(_shares(other, mount) for other in later) or builds_on_its_own(facts, step, mount.target or "", install)


def _shares(step: Step, mount: Mount) -> bool:
    return any(
        one.target == mount.target and one.flag.options.get("id") == mount.flag.options.get("id") for one in step.caches
    )


def _taken(facts: Facts, step: Step, target: str) -> str:
    """Return what a later stage copies out of the mount, which is never in the layer; "" where it may be."""
    taken = facts.memo(_source, step.stage, target)
    return "" if not taken or _made_otherwise(facts, step, target) else taken


def _source(facts: Facts, stage: Stage, target: str) -> str:
    return next(
        (
            source
            for source in copied_from(facts, stage)
            if locations.below(locations.absolute(source, "/") or "", target)
        ),
        "",
    )


def _made_otherwise(facts: Facts, step: Step, target: str) -> bool:
    """Return whether an instruction without the mount may put something there: it names the folder, or installs."""
    name = target.rsplit("/", 1)[-1]
    managers = {install.manager for install in step.installs}
    steps = {id(one.instruction): one for one in facts.steps}
    for stage in facts.dockerfile.stages:
        if not chain.related(stage, step.stage):
            continue
        for instruction in stage.instructions:
            one = steps.get(id(instruction))
            if one is not None and any(mount.target == target for mount in one.caches):
                continue
            if instruction.keyword not in ("RUN", "COPY", "ADD", "WORKDIR", "ONBUILD") or any(
                flag.name == "from" for flag in instruction.flags
            ):
                continue
            if name in facts.dockerfile.source.slice(instruction.span):
                return True
            if one is not None and any(install.manager in managers for install in one.installs):
                return True
    return False


def _relative(target: str, text: str) -> bool:
    tail = target.rsplit("/", 1)[-1]
    return bool(tail) and re.match(rf"\.?/?{re.escape(tail)}(/|$)", text) is not None


def _inside(step: Step, text: str, target: str) -> bool:
    path = locations.absolute(text, step.environment.workdir)
    return path is not None and locations.below(path, target)


RULE = Rule(name=NAME, check=check, severity="error")
