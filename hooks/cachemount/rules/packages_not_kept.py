"""The package manager deletes its downloads, or never stores them, so the mount keeps no packages.

Debian's and Ubuntu's images carry a hook, docker-clean, that deletes downloaded packages after every install; dnf, yum
and zypper keep none unless they are told to.

Two mounts of apt are found as well that keep the wrong things. A step may take the package lists from a mount that
only an earlier step fills: the builder may empty the mount and keep that step's layer, and the lists are gone. Where
that step's mount has another id, no step fills this one; one of another stage may run later. And a mount on
/var/lib/apt has the marks of packages that were installed automatically in other builds: by them `apt-get autoremove`
removes what this image needs.

The repair makes the setting: a step before the first one that needs it, a flag, or a command. It is safe where the step
runs as root. It fetches the lists in the step that needs them, and mounts /var/lib/apt/lists alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import retention
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.package_state import (
    begins_with_image,
    fetched_earlier,
    fetches_index,
    filled_by,
    needs_other_stage,
    reads_marks,
    sharing_marks,
)
from cachemount.facts.scripted import Scripted, kept_by_flag, scripted
from cachemount.facts.unmounted import other_variants
from cachemount.findings import Finding, Fix
from cachemount.managers.model import Retention
from cachemount.reasons import Withheld
from cachemount.repairs import download_edits, keep_packages, mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.other_programs import installs_of
from cachemount.repairs.safety.index_readers import may_be_fetched_before
from cachemount.rules.message import finding, named, program
from cachemount.rules.model import Rule

NAME = "packages-not-kept"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        yield from _kept(facts, step)
        yield from _kept_in_scripts(facts, step)
        yield from _without_flag(facts, step)
        yield from _lists(facts, step)
        yield from _marks(facts, step)


def _kept(facts: Facts, step: Step) -> Iterator[Finding]:
    """Installs whose packages do not stay in the mount."""
    seen = set()
    for install in step.installs:
        if install.reader or install.manager in seen or not _are_mounted(install):
            continue
        unknown = _may_lack_files(step)
        keeps = [keep for keep in retention.missing_settings(facts, install) if not (keep.of_image and unknown)]
        if not keeps or retention.may_be_said(facts, install):
            continue
        seen.add(install.manager)
        builder = FixBuilder(facts)
        builder.editable(step)
        builder.keeps_for(install)
        download_edits.retain(builder, install)
        if retention.lasts(facts, install):
            builder = keep_packages.keep(builder, [install])
        if others := other_variants(step, install.manager):
            mount_edits.add(builder, step, others)
            for one in installs_of(step, install.manager):
                download_edits.revalidate(builder, one)
                download_edits.refresh(builder, one)
        yield finding(
            NAME,
            f"the cache mount for `{program(named(install))}` keeps no packages: {keeps[0].reason}",
            step,
            install.command.span,
            manager=install.manager.name,
            fix=builder.fix("keep downloaded packages"),
            note=builder.blocked_reason,
            identity=f"`{program(install)}` has a cache mount that stays empty: {keeps[0].reason}",
        )


def _kept_in_scripts(facts: Facts, step: Step) -> Iterator[Finding]:
    """Scripts of the repository whose packages do not stay in the mount, where a step in front can change that."""
    for one in scripted(facts, step):
        install = one.install
        unknown = _may_lack_files(step)
        keeps = [
            keep for keep in retention.missing_settings(facts, install) if keep.step and not (keep.of_image and unknown)
        ]
        if not keeps or step.environment.base is None or not install.root:
            continue
        builder = FixBuilder(facts)
        builder.editable(step)
        builder = keep_packages.keep(builder, [install], editable=False)
        fix = builder.fix("keep downloaded packages")
        yield _in_script(step, one, keeps[0], fix, note=builder.blocked_reason)


def _without_flag(facts: Facts, step: Step) -> Iterator[Finding]:
    """Scripts of the repository whose packages stay in the mount by a flag in them, which no fix writes there."""
    for one in kept_by_flag(facts, step):
        install = one.install
        keeps = [keep for keep in retention.missing_settings(facts, install) if keep.flag and not keep.step]
        if not keeps or step.environment.base is None or retention.may_be_said(facts, install):
            continue
        yield _in_script(
            step, one, keeps[0], None, note=reasons.FLAG_IN_SCRIPT.about(place=one.place, flag=keeps[0].flag)
        )


def _in_script(step: Step, one: Scripted, keep: Retention, fix: Fix | None, *, note: Withheld | None) -> Finding:
    """Return the finding at the command of a step whose script keeps no packages in the mount."""
    name = program(one.install)
    return finding(
        NAME,
        f"the cache mount for `{name}` in `{one.place}` keeps no packages: {keep.reason}",
        step,
        one.command.span,
        manager=one.install.manager.name,
        fix=fix,
        note=note,
        identity=f"`{name}` of a script has a cache mount that stays empty: {keep.reason}",
    )


def _may_lack_files(step: Step) -> bool:
    """Return whether the image may be without the hook: its makers may have removed it, or never put it there."""
    base = step.environment.base
    return base is None or base.composed


def _are_mounted(install: Install) -> bool:
    """Return whether packages go to a mount: what is kept anywhere else would stay in the image."""
    return any(directory.cover and not directory.cache.index for directory in install.directories)


def _lists(facts: Facts, step: Step) -> Iterator[Finding]:
    """Installs that take the package lists from a mount which may be empty."""
    seen = set()
    for install in step.installs:
        manager = install.manager
        if install.reader or manager in seen or not manager.refresh:
            continue
        seen.add(manager)
        if fetches_index(install) or begins_with_image(install):
            continue
        earlier, filling = fetched_earlier(facts, install), filled_by(facts, install)
        if earlier is None and (filling is None or not needs_other_stage(facts, install)):
            continue
        if may_be_fetched_before(facts, install) or (manager.system and _is_of_files(install)):
            continue
        builder = FixBuilder(facts)
        builder.editable(step)
        download_edits.refresh(builder, install)
        what = f"`{program(install)}` takes the package lists from a cache mount that"
        if filling is None:
            message = identity = f"{what} no step fills, and fails unless another build has filled it"
        else:
            line = facts.dockerfile.source.position(filling.instruction.span.start).line
            then = "and fails when the builder has emptied the mount and kept that step's layer"
            if earlier is None:
                then = "which need not run before it, and fails when the mount is empty"
            message = f"{what} only line {line} fills, {then}"
            identity = f"{what} only {'an earlier' if earlier else 'another'} step fills, {then}"
        yield finding(
            NAME,
            message,
            step,
            install.command.span,
            manager=manager.name,
            fix=builder.fix("fetch the package lists in the step that needs them"),
            note=builder.blocked_reason,
            severity="error",
            identity=identity,
        )


def _is_of_files(install: Install) -> bool:
    """Return whether all that is installed are files, which may need nothing else."""
    packages = [word.known for word in install.arguments if not word.known.startswith("-")][1:]
    return all("/" in package for package in packages)


def _marks(facts: Facts, step: Step) -> Iterator[Finding]:
    """Commands that remove packages by the marks of other builds."""
    found = reads_marks(step)
    if found is None:
        return
    builder = FixBuilder(facts)
    builder.editable(step)
    mount_edits.narrow(builder, step, found.mount, found.manager)
    # Their marks have to be in the image, and who takes the lists of another step has to find them.
    for other, mount in sharing_marks(facts, step, found.manager):
        builder.editable(other)
        mount_edits.narrow(builder, other, mount, found.manager)
    for install in step.installs:
        if install.manager is found.manager and not install.reader:
            download_edits.refresh(builder, install)
    yield finding(
        NAME,
        f"`{found.name}` goes by the marks of other builds in the mount on {found.mount.flag.target}, "
        "and may remove packages that this image needs",
        step,
        found.command.span,
        manager=found.manager.name,
        fix=builder.fix("mount the package lists alone"),
        note=builder.blocked_reason,
        severity="error",
    )


RULE = Rule(name=NAME, check=check)
