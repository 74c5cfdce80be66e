"""A mount that BuildKit refuses, or that never reaches BuildKit.

An unknown key or a bad value stops the build; a flag written after the command, or without its dashes, is given to the
shell. What `docker run -v` takes after the target, such as `:ro`, is a part of the path. Of several targets in one
mount the last counts.

Podman's builder takes more keys, most of them for SELinux. In a file with the name that Podman gives it, Containerfile,
they are not reported.

It is not repaired automatically: only the author knows what was meant. Of several targets each gets a mount where it
is a folder in which the step keeps what it downloads.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.facts.model import Facts, Mount, Step
from cachemount.facts.unmounted import says_mount, unmounted_installs
from cachemount.findings import Finding
from cachemount.late_pattern import late
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "invalid-mount"
# https://github.com/containers/buildah/blob/main/internal/volumes/volumes.go
_OF_PODMAN = late(
    r"(?:invalid field|unexpected key) '(?:[zZuU]|relabel|bind-propagation|bind-nonrecursive|consistency|no-dereference"
    r"|nosuid|nodev|noexec|r?shared|r?private|r?slave|r?unbindable)(?:'|=)"
)


def check(facts: Facts) -> Iterator[Finding]:
    for_podman = "containerfile" in posixpath.basename(facts.dockerfile.source.path).lower()
    for step in facts.steps:
        for mount in step.mounts:
            problem = mount.flag.problem
            bound = mount.flag.type in ("bind", "cache", "tmpfs")
            if not problem and mount.target == "/" and bound and not _may_be_elsewhere(step, mount):
                # https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert_runmount.go
                problem = 'invalid mount target "/"'
            podman = problem and _OF_PODMAN.search(problem) is not None
            if problem and not (podman and for_podman):
                note = " (Podman takes it)" if podman else ""
                message = f"BuildKit refuses this mount: {problem}{note}"
                yield finding(NAME, message, step, mount.flag.span, severity="error")
        yield from _with_volume_options(facts, step)
        yield from _with_targets(facts, step)
        for command in step.commands if says_mount(step) else ():
            for assignment in command.assignments:
                if assignment.name == "mount" and assignment.value.raw.startswith("type="):
                    yield finding(
                        NAME,
                        "this sets a shell variable and mounts nothing: write --mount=type=..., directly after RUN",
                        step,
                        assignment.span,
                        identity="this is no mount but a shell variable: write --mount=",
                        severity="error",
                    )
            for word in command.words:
                if word.raw.startswith("--mount=type="):
                    yield finding(
                        NAME,
                        "the command gets this as an argument, so nothing is mounted: put it directly after RUN",
                        step,
                        word.span,
                        identity="this mount is given to the command: put it directly behind RUN",
                        severity="error",
                    )
                elif word.raw.startswith("mount=type="):
                    yield finding(
                        NAME,
                        "the command gets this as an argument, so nothing is mounted: "
                        "write --mount=type=..., directly after RUN",
                        step,
                        word.span,
                        identity="this is no mount: write --mount=, directly behind RUN",
                        severity="error",
                    )


def _may_be_elsewhere(step: Step, mount: Mount) -> bool:
    """Return whether a target is relative to the folder that an image which is not known begins with."""
    who = step.environment
    return who.base is None and who.image != "scratch" and who.workdir == "/" and not mount.flag.target.startswith("/")


def _with_volume_options(facts: Facts, step: Step) -> Iterator[Finding]:
    """Targets that end as those of `docker run --volume`, but for mounts that are found misplaced."""
    from cachemount.facts.mounts import volume_options

    for mount in step.mounts:
        options = "" if mount.flag.problem else volume_options(mount.flag.target)
        if options and not any(gap.mount is mount for gap in unmounted_installs(facts)):
            yield finding(
                NAME,
                f"{options} is a part of this mount's path: an option of a mount is a field of its own, after a comma",
                step,
                mount.flag.span,
            )


def _with_targets(facts: Facts, step: Step) -> Iterator[Finding]:
    """Mounts with several targets."""
    for mount in step.mounts:
        if mount.unused_targets and not mount.flag.problem:
            from cachemount.repairs.split_targets import splitting

            fix, left = splitting(facts, step, mount)
            others = " and ".join(dict.fromkeys(mount.flag.unused_targets))
            yield finding(
                NAME,
                f"BuildKit takes the last target of a mount, {mount.flag.target}, and mounts nothing on {others}: "
                "write a flag --mount for each",
                step,
                mount.flag.span,
                fix=fix,
                note=left,
            )


RULE = Rule(name=NAME, check=check)
