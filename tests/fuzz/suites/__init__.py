"""The suites, one a module."""

from __future__ import annotations

from fuzz.suite import Suite, named
from fuzz.suites import config, embedded, fixer, quick, reader, reporters, shell, suppressions

SUITES: dict[str, Suite] = named(
    module.SUITE for module in (reader, shell, quick, config, suppressions, fixer, reporters, embedded)
)
