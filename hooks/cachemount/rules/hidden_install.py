"""A mount covers a directory whose content the image needs, so that what was installed is not in the image.

What a step writes to a mount does not become part of the layer: packages installed there are gone when the step ends,
and what the image had in the directory cannot be seen while the step runs.

There is no safe repair: mount only the download cache, or copy the result out in the same step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, copied_from, locations
from cachemount.facts.expansion import expanded
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.findings import Finding
from cachemount.repairs import text_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.safety.linked_packages import links
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "hidden-install"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for mount in step.caches:
            hit = _hidden(facts, step, mount)
            if hit is not None and _for_steps(facts, step, mount):
                hit = None
            if hit is not None:
                install, place = hit
                yield _hidden_finding(facts, step, mount, install, place)
                continue
            source = _taken(facts, step, mount)
            if source:
                yield finding(
                    NAME,
                    f"the mount on {mount.flag.target} hides {source}, which is taken out of the stage later",
                    step,
                    mount.flag.span,
                    manager=step.installs[0].manager.name if step.installs else None,
                    note="only the step itself can copy it to a place outside of the mount",
                )
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


def _hidden_finding(facts: Facts, step: Step, mount: Mount, install: Install, place: str) -> Finding:
    builder = FixBuilder(facts)
    builder.editable(step)
    builder.mark_unsafe(["what the step leaves in the directory becomes part of the image"])
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
        builder.give_up("the image needs what is mounted")
    else:
        edit = text_edits.set_target(mount.flag, facts.dockerfile.source, inside)
        if edit is None:
            builder.give_up("the target is not written in plain words")
        else:
            builder.edits.append(edit)
    return finding(
        NAME,
        f"the mount on {mount.flag.target} hides {place}, where `{program(install)}` puts what the image needs",
        step,
        mount.flag.span,
        manager=install.manager.name,
        fix=builder.fix("mount only the cache"),
        note=builder.blocked_reason,
    )


def _hidden(facts: Facts, step: Step, mount: Mount) -> tuple[Install, str] | None:
    target = mount.target
    if target is None or target == "/":
        return None
    if any(
        words[0].name in ("cp", "mv", "rsync", "tar", "install")
        and any(
            target in word.known or _relative(target, word.known) or _inside(step, word.known, target)
            for word in words[1:]
        )
        for _, words in expanded(step)
    ):
        return None
    for install in step.installs:
        if install.reader:
            continue
        globally = any(argument.text in ("-g", "--global") for argument in install.arguments)
        needed = (*install.manager.needed, *(install.manager.needed_globally if globally else ()))
        for template in (*needed, *_swallowed(facts, install)):
            place, applies = locations.expand(template.removesuffix("/**"), install.variables)
            if place is None or not applies:
                continue
            inside = template.endswith("/**") and locations.below(target, place)
            serves = any(
                directory.path and locations.below(target, directory.path) for directory in install.directories
            )
            if (locations.below(place, target) or inside) and not serves:
                return install, place
    return None


def _for_steps(facts: Facts, step: Step, mount: Mount) -> bool:
    """Whether only steps use what is installed: a later one has the same mount, and the last stage is another."""
    last = facts.dockerfile.stages[-1]
    return not chain.descends(last, step.stage) and any(
        other.instruction.span.start > step.instruction.span.start
        and chain.descends(other.stage, step.stage)
        and any(
            one.target == mount.target and one.flag.options.get("id") == mount.flag.options.get("id")
            for one in other.caches
        )
        for other in facts.steps
    )


def _taken(facts: Facts, step: Step, mount: Mount) -> str:
    """What a later stage copies out of the mount, which is never in the layer; "" where it may be."""
    target = mount.target
    if target is None or target == "/":
        return ""
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
    """Whether an instruction without the mount may put something there: it names the folder, or installs as well."""
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


def _swallowed(facts: Facts, install: Install) -> list[str]:
    return [place for place, settled in install.manager.image_needs_inside.items() if not facts.says(settled)]


def _relative(target: str, text: str) -> bool:
    tail = target.rsplit("/", 1)[-1]
    return bool(tail) and re.match(rf"\.?/?{re.escape(tail)}(/|$)", text) is not None


def _inside(step: Step, text: str, target: str) -> bool:
    path = locations.absolute(text, step.environment.workdir)
    return path is not None and locations.below(path, target)


RULE = Rule(name=NAME, check=check, of_mounts=True)
