"""TOML with places: which line a mistake, a key or a table stands on."""

from __future__ import annotations

import re
import sys
from typing import Any

from cachemount.config import ConfigError


def load(path: str, text: str, *, shared: bool) -> dict[str, Any] | None:
    """The document in a text; None where it is wrong but, being `shared`, another's matter. Raises `ConfigError`."""
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - only where there is a configuration
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        if shared and not re.search(r"^\s*\[+\s*tool\s*\.\s*[\"']?cachemount\b", text, re.MULTILINE):
            return None  # Another tool's matter.
        said = str(error) or "is nested too deeply"
        place = re.search(r"\(at line (\d+), column \d+\)", said)
        line = int(place[1]) if place else 0
        if "(at end of document)" in said:
            line = text.rstrip().count("\n") + 1
        message = re.sub(r"\s*\(at [^)]*\)$", "", said)
        raise ConfigError(path, f"is not TOML: {message}", line) from None


class Lines:
    """Where keys stand: TOML readers do not tell, so they are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._allow = [match.start() for match in re.finditer(r"^[ \t]*\[\[[^\]\n]*\ballow\b", text, re.MULTILINE)]

    def _line(self, offset: int) -> int:
        return self._text.count("\n", 0, offset) + 1

    def key(self, key: str) -> int:
        pattern = rf"^[ \t]*(?:\[+[^\]\n]*?\b)?[\"']?{re.escape(key)}\b"
        match = re.search(pattern, self._text, re.MULTILINE)
        return self._line(match.end()) if match else 0

    def entry(self, index: int) -> int:
        return self._line(self._allow[index] + 1) if index < len(self._allow) else self.key("allow")

    def entry_key(self, index: int, key: str) -> int:
        if index < len(self._allow):
            match = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}\b", re.MULTILINE).search(self._text, self._allow[index])
            end = self._allow[index + 1] if index + 1 < len(self._allow) else len(self._text)
            if match and match.start() < end:
                return self._line(match.end())
        return self.entry(index)


def kind_of(value: object) -> str:
    """How TOML calls the type of a value."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a float"),
        (str, "a string"),
        (list, "an array"),
        (dict, "a table"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "a date or time")


def quoted(value: str) -> str:
    return '"' + value.replace('"', '\\"') + '"'
