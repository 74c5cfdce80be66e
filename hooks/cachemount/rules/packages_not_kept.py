"""The package manager deletes its downloads, or never stores them, so the mount stays empty.

Debian's and Ubuntu's images carry a hook, docker-clean, that deletes downloaded packages after every install; dnf, yum
and zypper keep none unless they are told to.

The repair makes the setting: a step before the first one that needs it, a flag, or a command. It is safe where the step
runs as root.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts import retention
from cachemount.facts.model import Facts
from cachemount.findings import Finding
from cachemount.repairs.builder import FixBuilder
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "packages-not-kept"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        seen = set()
        for install in step.installs:
            if (
                install.reader
                or install.manager in seen
                or not any(directory.cover for directory in install.directories)
            ):
                continue
            # What an image has that nobody knows is not told by the manager's habits.
            unknown = not step.environment.image
            keeps = [keep for keep in retention.missing_settings(facts, install) if not (keep.of_image and unknown)]
            if not keeps:
                continue
            seen.add(install.manager)
            builder = FixBuilder(facts)
            builder.editable(step)
            builder.keep_downloads(install)
            yield finding(
                NAME,
                f"the cache mount for `{program(install)}` stays empty: {keeps[0].reason}",
                step,
                install.command.span,
                manager=install.manager.name,
                fix=builder.fix("keep downloaded packages"),
                note=builder.blocked_reason,
                identity=f"`{program(install)}` has a cache mount that stays empty: {keeps[0].reason}",
            )


RULE = Rule(name=NAME, check=check, of_mounts=True)
