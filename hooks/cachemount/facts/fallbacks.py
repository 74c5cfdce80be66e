"""Commands that run only where one before them has failed: `npm ci || (npm cache clean --force && npm ci)`."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.model import Step
from cachemount.shell.model import Command
from cachemount.source import Span


def follows_failure(step: Step, command: Command) -> bool:
    """Return whether a command runs only where an install in front of it, or what comes with that, has failed."""
    if "||" not in step.run.script.text:
        return False
    installs = [one.command.span for one in step.installs]
    return any(_within(install, item) for item in _failed(step, command) for install in installs)


def _failed(step: Step, command: Command) -> Iterator[Span]:
    """Yield where the items are of which one has failed when a command runs."""
    for chain in step.script.chains:
        for index, operator in enumerate(chain.operators, start=1):
            if operator == "||" and index < len(chain.places) and _within(command.span, chain.span(index)):
                at = index - 1
                yield chain.span(at)
                while at > 0 and chain.operators[at - 1] in ("&&", "||"):
                    at -= 1
                    yield chain.span(at)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
