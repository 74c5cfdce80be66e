"""The form of a rule."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from cachemount.facts.model import Facts
from cachemount.findings import Finding, Severity
from cachemount.records import Record


class Rule(Record):
    """A rule: a generator of findings over the facts of a file. Its module's docstring is its documentation.

    `severity` is that of its findings, some of which say `error` themselves.
    """

    name: str
    check: Callable[[Facts], Iterator[Finding]]
    severity: Severity = "warning"

    @property
    def explanation(self) -> str:
        return (sys.modules[self.check.__module__].__doc__ or "").strip()

    @property
    def summary(self) -> str:
        """The first sentence of the explanation."""
        return self.explanation.split("\n\n")[0].replace("\n", " ")
