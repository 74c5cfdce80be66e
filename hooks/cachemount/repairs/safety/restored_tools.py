"""Tools of a project that one step puts into a store, and a later one may run without fetching them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of, line_of
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import commands_of, shortened

_RUN_SCRIPTS = frozenset({"bun", "npm", "npx", "pnpm", "yarn"})
_VERBS = frozenset({"run"})


def lacks_tools(facts: Facts, step: Step, manager: PackageManager) -> Iterator[Withheld]:
    """Yield why tools may be missed: those of this step by a later one, or those of an earlier one by this."""
    here = step.instruction.span.start
    restores = facts.memo(_restoring, manager)
    if step in restores:
        later = (one for one in all_steps_of(facts, step.stage) if one.instruction.span.start > here)
        pairs = [(step, one) for one in later if one not in restores]
    else:
        before = (one for one in restores if one.instruction.span.start < here)
        pairs = [(one, step) for one in before if chain.descends(step.stage, one.stage)]
    for restoring, other in pairs:
        if name := _may_run_tools(facts, other, manager):
            fetch = " ".join((manager.programs[0], *manager.tools_by))
            yield reasons.TOOLS_OF_STORE.about(
                where=line_of(facts, other),
                name=name,
                step=line_of(facts, restoring),
                manager=manager.name,
                fetch=fetch,
            )
            return


def _restoring(facts: Facts, manager: PackageManager) -> list[Step]:
    """Return the steps that put a project's tools into the store."""
    return [
        step
        for step in facts.steps
        if any(one.manager is manager and one.verb == manager.tools_by for one in step.installs)
    ]


def _may_run_tools(facts: Facts, step: Step, manager: PackageManager) -> str:
    """Return the command of a step that builds a project, or runs a script that names the manager; "" for none."""
    for install in step.installs:
        if install.manager is manager and install.download.of_project and not install.download.only_prefetches:
            return shortened(" ".join(word.word.raw for word in install.command.words))
    context = facts.dockerfile.source.context
    scripts = [one.text for one in context if one.path.rpartition("/")[2] == "package.json"]
    if scripts and not any(re.search(manager.tools_in_scripts, text) for text in scripts):
        return ""
    # One of which nothing is known may run them.
    verbs = frozenset() if scripts else _VERBS
    return next((one.title for one in commands_of(step) if one.name in _RUN_SCRIPTS and verbs <= {*one.texts}), "")
