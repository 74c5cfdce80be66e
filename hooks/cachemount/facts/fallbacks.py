"""Clean-ups before a failed install is tried again: `npm ci || (npm cache clean --force && npm ci)`, and in loops."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Chain, Command
from cachemount.source import Span

_BODY = late(r"(?:\A|[\s;])do(?:\s|\\\n)*\Z")
# `until apt-get update; do`: the body runs where the condition fails.
_HEAD = late(r"\b(?:until|while(?:\s|\\\n)+!)(?=\s)((?:(?!\bdo\b).)*)\bdo(?:\s|\\\n)*\Z", re.DOTALL)
# What ends a loop where an install has succeeded.
_LEAVES = late(r"(?<![\w./-])(?:break|return|exit)(?![\w./-])(?!\s+\$?[1-9?])")


def precedes_retry(
    step: Step, command: Command, managers: Collection[PackageManager], *, at_first: bool = False
) -> bool:
    """Return whether a command runs only where an install of one of the managers has failed, and before another.

    With `at_first`, that of a loop which tries until an install succeeds may run before the first one too.
    """
    text = step.run.script.text
    if "||" not in text and "done" not in text:
        return False
    installs = [one.command.span for one in step.installs if one.manager in managers]
    if _is_fallback(step, command, installs):
        return True
    return "done" in text and _is_in_retry_loop(step, command, installs, at_first=at_first)


def _is_fallback(step: Step, command: Command, installs: Sequence[Span]) -> bool:
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


def _is_in_retry_loop(step: Step, command: Command, installs: Sequence[Span], *, at_first: bool) -> bool:
    for chain in step.script.chains:
        if not chain.places or not _BODY.search(chain.excerpt.text, 0, chain.places[0].start):
            continue
        at = next((index for index in range(len(chain.places)) if command.span.within(chain.span(index))), None)
        if at is None:
            continue
        if _runs_after_failure(chain, installs):
            return True
        runs = _runs(chain)
        own = next(index for index, run in enumerate(runs) if at in run)
        tries = [index for index, run in enumerate(runs) if _leaves(chain, run, installs)]
        if own in tries:
            return _is_after_failure(chain, runs[own], at, installs, at_first=at_first)
        if any(_has_install(chain, index, installs) for index in runs[own]):
            continue
        # Behind what is tried, where it has failed; or in front of it.
        if any(index < own for index in tries) or (tries and at_first):
            return True
    return False


def _runs_after_failure(chain: Chain, installs: Sequence[Span]) -> bool:
    """Return whether a loop's body runs where an install in its condition has failed."""
    text, start = chain.excerpt.text, chain.places[0].start
    head = _HEAD.search(text, max(text.rfind("until", 0, start), text.rfind("while", 0, start), 0), start)
    return head is not None and any(one.within(chain.excerpt.span(*head.span(1))) for one in installs)


def _has_install(chain: Chain, index: int, installs: Sequence[Span]) -> bool:
    return any(one.within(chain.span(index)) for one in installs)


def _runs(chain: Chain) -> list[list[int]]:
    """Return the items of a chain that `&&` and `||` join."""
    runs: list[list[int]] = [[]]
    for index in range(len(chain.places)):
        runs[-1].append(index)
        if index < len(chain.operators) and chain.operators[index] not in ("&&", "||"):
            runs.append([])
    return [run for run in runs if run]


def _leaves(chain: Chain, run: Sequence[int], installs: Sequence[Span]) -> bool:
    """Return whether joined items install, and then end the loop."""
    first = next((index for index in run if _has_install(chain, index, installs)), None)
    return first is not None and any(_LEAVES.search(chain.text(index)) for index in run if index >= first)


def _is_after_failure(chain: Chain, run: Sequence[int], at: int, installs: Sequence[Span], *, at_first: bool) -> bool:
    """Return whether an item stands in front of the install, or behind what ends the loop where that succeeds."""
    before = [index for index in run if index < at]
    if not any(_has_install(chain, index, installs) for index in before):
        return at_first and not _has_install(chain, at, installs)
    return chain.operators[at - 1] == "||" and any(_LEAVES.search(chain.text(index)) for index in before)
