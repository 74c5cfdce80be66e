"""A system package manager's cache is mounted without `sharing=locked`.

Stages and builds that run at the same time then share the directory. apt, apk, dnf, zypper and pacman do not expect
that: they abort with "could not get lock", or spoil each other's files.

The repair sets `sharing=locked`, so that the second build waits. It is safe.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.cleanups import installs_using
from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.repairs.builder import FixBuilder
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "unlocked-cache"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for mount in step.caches:
            sharing = mount.flag.options.get("sharing", "").lower()
            managers = [install.manager for install, _ in installs_using(step, mount) if install.manager.system]
            if not managers or sharing == "locked" or "$" in sharing or mount.flag.problem:
                continue
            builder = FixBuilder(facts)
            builder.editable(step)
            builder.option(mount, "sharing", "locked")
            yield finding(
                NAME,
                f"{managers[0].name}'s cache mount on {mount.flag.target} lacks sharing=locked: "
                "two builds at once can break it",
                step,
                mount.flag.span,
                manager=managers[0].name,
                fix=builder.fix("lock the cache"),
                note=builder.blocked_reason,
                identity=f"{managers[0].name}'s cache mount on {mount.flag.target} lacks sharing=locked: "
                "two builds at once spoil it",
            )


RULE = Rule(name=NAME, check=check, of_mounts=True)
