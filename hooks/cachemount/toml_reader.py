"""TOML as Python reads it, or tomli where Python has no reader of its own."""

from __future__ import annotations

import sys

from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# The reader takes a time that grows with the square of the parts of a dotted key: 35 seconds for 50,000.
MOST_DOTS = 200


class CrowdedError(ValueError):
    """A line has more dots than are read; `line` is its number, 1-based."""

    def __init__(self, line: int) -> None:
        super().__init__(f"a line has more than {MOST_DOTS} dots")
        self.line = line


def loads(text: str) -> dict[str, Any]:
    """Return the document in a text. Raises `ValueError`, of which `CrowdedError` is one, and `RecursionError`."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_DOTS:
            raise CrowdedError(number)
    return tomllib.loads(text.replace("\r\n", "\n"))
