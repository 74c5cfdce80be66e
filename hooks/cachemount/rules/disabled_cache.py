"""A flag, variable or setting switches the cache off under a mount that covers it.

The mount then stays empty, and every build downloads everything again.

The repair drops the flag, the assignment, or the variable from its ENV instruction. It is safe: the installed packages
are the same, and what is cached goes to the mount. What a settings file says, as /etc/pip.conf may, is left
to a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.facts import cache_switches
from cachemount.facts.model import Facts, Install, Mount
from cachemount.findings import Finding
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.step_mounts import switch_on
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "disabled-cache"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for install in step.installs:
            covers = [directory.cover for directory in install.directories if directory.cover]
            if install.reader or not covers:
                continue
            offs = [
                off
                for off in cache_switches.disabling_switches(facts, install)
                if not (off.argument and _spared(install))
            ]
            if not offs:
                continue
            builder = FixBuilder(facts)
            builder.editable(step)
            builder.keeps_for(install)
            switch_on(builder, install)
            others = any(_uses(facts, one, covers) for one in step.installs)
            yield finding(
                NAME,
                f"{offs[0].what} switches off the cache of `{program(install)}`, so the mount on "
                f"{covers[0].target or covers[0].flag.target} does nothing{' for it' if others else ''}",
                step,
                install.command.span,
                manager=install.manager.name,
                fix=builder.fix("switch the cache on"),
                note=builder.blocked_reason,
                identity=f"{offs[0].what} switches off the cache of `{program(install)}`, so the mount on "
                f"{covers[0].target or covers[0].flag.target} stays empty",
            )


def _uses(facts: Facts, install: Install, mounts: Collection[Mount]) -> bool:
    """Return whether an install uses one of the mounts, its cache not switched off."""
    covers = [directory.cover for directory in install.directories]
    return any(one in mounts for one in covers if one) and not any(cache_switches.disabling_switches(facts, install))


def _spared(install: Install) -> bool:
    """Return whether the program of the step's image keeps packages in spite of the flags."""
    base, pattern = install.step.environment.base, install.manager.off_flags_ignored_on
    return bool(pattern and base and re.search(pattern, f"{base.distribution}:{base.release}"))


RULE = Rule(name=NAME, check=check)
