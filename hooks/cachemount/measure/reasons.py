"""Why a mount is empty: what check-cache-mounts finds wrong with this mount, or what can be said without a finding."""

from __future__ import annotations

from collections.abc import Sequence

from cachemount.cache_mounts import CacheMount
from cachemount.findings import Finding
from cachemount.source import Source

# About a mount that is not there.
_ELSEWHERE = frozenset({"missing-cache-mount", "unmounted-store"})


class Reasons:
    """The findings of a file, asked for one mount at a time."""

    def __init__(self, source: Source, findings: Sequence[Finding]) -> None:
        self._source = source
        self._findings = findings

    def findings(self, mount: CacheMount) -> list[Finding]:
        """Return the findings on this mount, not those on other mounts or other managers of its step."""
        here = [one for one in self._findings if one.instruction == mount.instruction and one.rule not in _ELSEWHERE]
        return [one for one in here if self._about(one, mount)]

    def _about(self, finding: Finding, mount: CacheMount) -> bool:
        if finding.span.start < mount.span.end and mount.span.start < finding.span.end:
            return True
        if mount.target is not None and mount.target in self._source.slice(finding.span):
            return True
        return finding.manager in mount.managers

    def why_empty(self, mount: CacheMount, wrong: Sequence[Finding], others: Sequence[str]) -> str:
        """Return why, in clauses."""
        if wrong:
            why = "; ".join(dict.fromkeys(f"{one.message} [{one.rule}]" for one in wrong))
        elif not mount.managers:
            why = "no command of the step is known to keep packages there"
        else:
            why = f"{' and '.join(mount.managers)} should keep packages there, and nothing wrong was found"
        return f"{why}; it holds only {', '.join(others)}" if others else why
