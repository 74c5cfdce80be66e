"""Clean-ups before a failed install is tried again: `npm ci || (npm cache clean --force && npm ci)`."""

from __future__ import annotations

from collections.abc import Collection

from cachemount.facts.model import Step
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Command
from cachemount.source import Span


def precedes_retry(step: Step, command: Command, managers: Collection[PackageManager]) -> bool:
    """Return whether a command runs only where an install of one of the managers has failed, and before another."""
    if "||" not in step.run.script.text:
        return False
    installs = [one.command.span for one in step.installs if one.manager in managers]
    for chain in step.script.chains:
        for index, operator in enumerate(chain.operators, start=1):
            if operator != "||" or index >= len(chain.places) or not command.span.within(chain.span(index)):
                continue
            first = index - 1
            while first > 0 and chain.operators[first - 1] in ("&&", "||"):
                first -= 1
            failed = Span(chain.span(first).start, chain.span(index - 1).end)
            again = Span(command.span.end, chain.span(index).end)
            if all(any(one.within(part) for one in installs) for part in (failed, again)):
                return True
    return False
