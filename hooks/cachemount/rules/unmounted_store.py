"""A step fills a store in a cache mount, and a later step reads the store without the mount.

What a cache mount holds is not in the image. A later step that runs the same package manager without the mount sees an
empty directory: it downloads everything again, or fails where it may not.

The repair gives every step that uses the store the same mount. It is safe unless the running image or another stage
reads the store.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.model import Facts
from cachemount.facts.unmounted import unmounted_installs
from cachemount.findings import Finding
from cachemount.repairs.gap_fixes import mounting
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "unmounted-store"


def check(facts: Facts) -> Iterator[Finding]:
    for gap in unmounted_installs(facts):
        if gap.kind != "unmounted":
            continue
        directories = [directory for _, directory in gap.wanted]
        place = next(directory.path for directory in directories if directory.cache.kind == "store")
        fix, note = mounting(facts, gap)
        yield finding(
            NAME,
            f"`{program(gap.install)}` reads {place}, "
            "which an earlier step keeps in a cache mount that this step lacks",
            gap.step,
            gap.install.command.span,
            manager=gap.manager.name,
            fix=fix,
            note=note,
            severity="error" if gap.install.reader else "warning",
            identity=f"`{program(gap.install)}` reads {place}, "
            "which an earlier step fills in a cache mount that this step lacks",
        )


RULE = Rule(name=NAME, check=check)
