"""Words that several messages share."""

from __future__ import annotations

from cachemount.facts.model import Install, Step
from cachemount.facts.programs import MODULES
from cachemount.findings import Finding, Fix, Severity
from cachemount.reasons import Withheld
from cachemount.source import Span


def program(install: Install) -> str:
    """Return the invocation as a reader would name it: `pip install`."""
    written = install.program_word.known.removeprefix("-m")
    name = f"python -m {written}" if MODULES.get(written) == install.program else install.program
    return " ".join((name, *(word for word in install.verb if word != "*")))


def named(install: Install) -> Install:
    """Return the first command of the step that installs; one that only fetches the index says less."""
    manager = install.manager
    for one in install.step.installs:
        if one.manager is manager and not one.reader and not one.only_index:
            return one
    return install


def finding(
    rule: str,
    message: str,
    step: Step,
    span: Span,
    *,
    manager: str | None = None,
    fix: Fix | None = None,
    note: Withheld | None = None,
    identity: str = "",
    severity: Severity = "warning",
) -> Finding:
    """Return a finding in a step."""
    return Finding(
        rule=rule,
        message=message,
        span=span,
        instruction=step.instruction.span,
        stage=step.stage.label,
        manager=manager,
        fix=fix,
        note=note or "",
        identity=identity,
        severity=severity,
    )
