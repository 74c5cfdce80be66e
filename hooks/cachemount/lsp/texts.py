"""The texts that an editor shows of a finding: its message, and the pages about its rule and its package manager."""

from __future__ import annotations

from collections.abc import Iterable

from cachemount.findings import Finding, Fix
from cachemount.managers import MANAGERS
from cachemount.program.explain import explain, manager_rows
from cachemount.results import printable
from cachemount.rules import RULES

_RULES = {rule.name: rule for rule in RULES}
_MANAGERS = {manager.name: manager for manager in MANAGERS}


def message(finding: Finding) -> str:
    """Return the message, and on a second line why there is no safe fix, where there is none."""
    if finding.fix is not None and not finding.fix.safe:
        return f"{printable(finding.message)}\nno safe fix: {_withheld(finding.fix)}"
    if finding.fix is None and finding.note:
        return f"{printable(finding.message)}\nno fix: {printable(finding.note)}"
    return printable(finding.message)


def fix_title(fix: Fix) -> str:
    """Return the title of a fix; where the fix is not safe, with what it may change."""
    return printable(fix.title) + ("" if fix.safe else f" (not safe: {_withheld(fix)})")


def _withheld(fix: Fix) -> str:
    return printable(fix.withheld) or "that may change what the build does"


def markdown(findings: Iterable[Finding]) -> str:
    """Return the pages about findings, each rule and each manager once."""
    findings = list(findings)
    rules = dict.fromkeys(one.rule for one in findings)
    managers = dict.fromkeys(one.manager for one in findings)
    pages = []
    for rule in rules:
        said = "\n\n".join(message(one).replace("\n", "  \n") for one in findings if one.rule == rule)
        pages.append(f"**{rule}**\n\n{said}\n\n{_RULES[rule].explanation}")
    pages += [_manager(name) for name in managers if name in _MANAGERS]
    return "\n\n---\n\n".join(pages)


def _manager(name: str) -> str:
    manager = _MANAGERS[name]
    rows = "\n".join(f"- {title}: {value}" for title, value in manager_rows(manager))
    sources = "\n".join(f"- <{source}>" for source in manager.sources)
    return f"**{name}**: {manager.title}\n\n{rows}" + (f"\n\nsources\n\n{sources}" if sources else "")


def plain(findings: Iterable[Finding]) -> str:
    """Return the same for an editor that shows plain text."""
    findings = list(findings)
    names = dict.fromkeys([*(one.rule for one in findings), *(one.manager for one in findings)])
    said = [message(one) for one in findings]
    return "\n\n".join([*said, *(explain(name) for name in names if name in _RULES or name in _MANAGERS)])
