"""A cache mount is there, but not where the package manager, as this user and with these variables, keeps its cache.

The mount then stays empty and everything is downloaded again. Usual causes: the home of another user, a letter too
many, `~` or `$HOME` (BuildKit does not know the home of the step's user), `:rw` after the target as in `docker run -v`,
a cache moved by a variable or a flag. Or it is on the folder of a manager that the step does not use, as pip's beside
`uv sync`, or in root's home in a step without a manager that another user runs. Or it begins with a stage (`from=`)
that has all which the step takes from the context: BuildKit makes a new cache after each change of that. What `make`
runs is read in the Makefile, where the repository has it.

The repair corrects the target, and mounts the other directories that the mount was meant for. It is safe where the
right place is known. A mount that nothing uses is removed, and `from=` where the stage has no files for the cache.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.facts.cache_switches import disabling_switches
from cachemount.facts.cleanups import installs_using
from cachemount.facts.model import Facts, Mount, Step
from cachemount.facts.unmounted import Unmounted, has_stray_mount, unmounted_installs
from cachemount.findings import Finding
from cachemount.reasons import OUT_OF_REACH
from cachemount.repairs.gap_fixes import beginning_empty, moving, moving_beside_make, removing
from cachemount.rules.message import finding, named, program
from cachemount.rules.model import Rule

NAME = "misplaced-cache-mount"


def check(facts: Facts) -> Iterator[Finding]:
    told = set()
    for gap in unmounted_installs(facts):
        if gap.mount is None:
            continue
        told.add(id(gap.mount))
        place, target = gap.wanted[0][1].path, gap.mount.flag.target
        kept, held = ("packages", "holds the index alone") if _holds_index(facts, gap) else ("cache", "does nothing")
        fix, note = moving(facts, gap)
        yield finding(
            NAME,
            f"`{program(named(gap.install))}` keeps its {kept} in {place}, "
            f"so the mount on {target} {held}{_why(target)}",
            gap.step,
            gap.mount.flag.span,
            manager=gap.manager.name,
            fix=fix,
            note=note,
            identity=f"the mount on {target} does not serve `{program(gap.install)}`: its cache is {place}",
        )
    for step in facts.mounted:
        if step.caches and not (step.instruction.onbuild or has_stray_mount(step)):
            idle = [*_idle(facts, step, told)]
            yield from idle
            if not idle and not step.installs:
                yield from _closed(facts, step)
            yield from _beside_make(facts, step)
        for mount in step.caches:
            if "from" in mount.flag.options and id(mount) not in told:
                yield from _begun_anew(facts, step, mount)


def _idle(facts: Facts, step: Step, told: Collection[int]) -> Iterator[Finding]:
    """Yield the mounts on the folders of managers that the step does not use."""
    from cachemount.repairs.safety.idle_mounts import idle_mounts

    for idle in idle_mounts(step):
        if id(idle.mount) in told:
            continue
        fix, note = removing(facts, step, idle.mount, idle.doubt)
        yield finding(
            NAME,
            f"nothing in this step uses the mount on {idle.mount.flag.target}, the cache of {idle.manager.name}",
            step,
            idle.mount.flag.span,
            manager=idle.manager.name,
            fix=fix,
            note=note,
        )


def _closed(facts: Facts, step: Step) -> Iterator[Finding]:
    """Yield the mounts in root's home of a step without a manager, where its user does not come to them."""
    from cachemount.facts.closed_home import closed_mounts

    for mount in closed_mounts(facts, step):
        yield finding(
            NAME,
            f"nothing in this step uses the mount on {mount.flag.target}: "
            f"only root can enter /root, and the step runs as {step.environment.user}",
            step,
            mount.flag.span,
            note=OUT_OF_REACH.about() if facts.with_fixes else None,
        )


def _beside_make(facts: Facts, step: Step) -> Iterator[Finding]:
    """Yield the mounts that miss the caches of a manager which the Makefile runs."""
    if "make" not in step.run.script.text or not facts.dockerfile.source.context:
        return
    from cachemount.repairs.safety.mounts_beside_make import missed

    for one in missed(facts, step):
        fix, note = moving_beside_make(facts, step, one.mount, one.place)
        yield finding(
            NAME,
            f"`make` runs {one.manager.name}, which keeps its cache in {one.place}, "
            f"so the mount on {one.mount.flag.target} does nothing",
            step,
            one.mount.flag.span,
            manager=one.manager.name,
            fix=fix,
            note=note,
        )


def _begun_anew(facts: Facts, step: Step, mount: Mount) -> Iterator[Finding]:
    """Yield a mount that begins with a stage which changes with the files of the step."""
    installs = [install for install, _ in installs_using(step, mount)]
    from cachemount.facts.begun_mounts import begins_anew

    stage = begins_anew(facts, step, mount) if installs else None
    # Whom it does not let write, another rule tells.
    writable = {"uid", "mode"} & {*mount.flag.options} or all(one.root for one in installs)
    if stage is None or not writable or installs[0].manager.system or mount.flag.problem:
        return
    fix, note = beginning_empty(facts, step, mount)
    yield finding(
        NAME,
        f"the cache on {mount.flag.target} begins with stage {stage.label}, which has the files of this step: "
        "after each change of them it is empty again",
        step,
        mount.flag.span,
        manager=installs[0].manager.name,
        fix=fix,
        note=note,
    )


def _holds_index(facts: Facts, gap: Unmounted) -> bool:
    """Return whether the mount is on the folder of an index, which the command does not switch off."""
    places = gap.wanted[0][1].cache.filled_unmounted
    return gap.mount is not None and gap.mount.target in places and not any(disabling_switches(facts, gap.install))


def _why(target: str) -> str:
    """Return the text in a target that BuildKit does not take as it is meant."""
    from cachemount.facts.mounts import volume_options

    if options := volume_options(target):
        return f": {options} is a part of the path here"
    found = re.match(r"~|\$\{?HOME\b\}?", target)
    return f": BuildKit does not expand {found[0]}" if found else ""


RULE = Rule(name=NAME, check=check)
