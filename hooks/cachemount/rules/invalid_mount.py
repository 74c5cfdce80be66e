"""A mount that BuildKit refuses, or that never reaches BuildKit.

An unknown key or a bad value stops the build; a flag written after the command, or without its dashes, is given to the
shell.

It is not repaired automatically: only the author knows what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount.facts.model import Facts, Mount
from cachemount.facts.unmounted import says_mount
from cachemount.findings import Finding
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "invalid-mount"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.steps:
        for mount in step.mounts:
            if mount.flag.problem:
                yield finding(
                    NAME, f"BuildKit refuses this mount: {mount.flag.problem}{_podman(mount)}", step, mount.flag.span
                )
        for command in step.commands if says_mount(step) else ():
            for assignment in command.assignments:
                if assignment.name == "mount" and assignment.value.raw.startswith("type="):
                    yield finding(
                        NAME,
                        "this sets a shell variable and mounts nothing: write --mount=type=..., directly after RUN",
                        step,
                        assignment.span,
                        identity="this is no mount but a shell variable: write --mount=",
                    )
            for word in command.words:
                if word.raw.startswith("--mount=type="):
                    yield finding(
                        NAME,
                        "the command gets this as an argument, so nothing is mounted: put it directly after RUN",
                        step,
                        word.span,
                        identity="this mount is given to the command: put it directly behind RUN",
                    )
                elif word.raw.startswith("mount=type="):
                    yield finding(
                        NAME,
                        "the command gets this as an argument, so nothing is mounted: "
                        "write --mount=type=..., directly after RUN",
                        step,
                        word.span,
                        identity="this is no mount: write --mount=, directly behind RUN",
                    )


def _podman(mount: Mount) -> str:
    """Return a word on what Podman takes, and BuildKit does not."""
    return " (Podman takes it, for SELinux)" if re.search(r"'[zZ]'", mount.flag.problem) else ""


RULE = Rule(name=NAME, check=check, severity="error")
