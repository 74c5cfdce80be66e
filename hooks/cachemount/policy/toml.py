"""TOML with places: which line a mistake, a key or a table stands on."""

from __future__ import annotations

import re
from bisect import bisect_left

from cachemount.policy.model import ConfigError
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def load(path: str, text: str, *, shared: bool) -> dict[str, Any] | None:
    """Return the document in a text. Raises `ConfigError`.

    With `shared`, a text that is not TOML and has no `[tool.cachemount]` gives None: it is another tool's matter.
    """
    from cachemount.toml_reader import CrowdedError, loads

    try:
        return loads(text)
    except CrowdedError as error:
        raise ConfigError(path, f"is not read: {error}", error.line) from None
    except (ValueError, RecursionError) as error:
        if shared and not re.search(r"^[ \t]*\[+\s*tool\s*\.\s*[\"']?cachemount\b", text, re.MULTILINE):
            return None  # Another tool's matter.
        said = str(error) or "is nested too deeply"
        lines = text.replace("\r\n", "\n").rstrip().split("\n")
        place = re.search(r"\(at line (\d+), column (\d+)\)", said)
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        if "(at end of document)" in said:
            line, column = len(lines), len(lines[-1]) + 1
        message = re.sub(r"\s*\(at [^)]*\)$", "", said)
        rest = lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
        raise ConfigError(path, f"is not TOML: {_plain(message, rest)}", line, column) from None


def _plain(message: str, rest: str) -> str:
    """Return a TOML reader's message in plain words; `rest` is the line from the place of the mistake on."""
    word = re.split(r"[\s,\]}#]", rest, maxsplit=1)[0]
    if message == "Invalid value":
        return (
            f"`{word}` is not a value; write text in quotes"
            if word
            else "a value, or the end of a list, is missing here"
        )
    if message == "Unclosed array":
        return "a `,` or the closing `]` of a list is missing here"
    if message == "Cannot overwrite a value":
        return "this key is there twice"
    if message.startswith(("Illegal character '\\n'", 'Expected "\'"')):
        return "the closing quote is missing on this line"
    if message.startswith("Expected newline or end of document") and word:
        return f"`{word}` is too much on this line"
    return message[:1].lower() + message[1:]


class Lines:
    """Where keys stand: TOML readers do not tell, so they are looked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._allow = [match.start() for match in re.finditer(r"^[ \t]*\[\[[^\]\n]*\ballow\b", text, re.MULTILINE)]

    def _line(self, offset: int) -> int:
        return bisect_left(self._ends, offset) + 1

    def key(self, key: str) -> int:
        pattern = rf"^[ \t]*(?:\[+[^\]\n]*?\b)?[\"']?{re.escape(key)}\b"
        match = re.search(pattern, self._text, re.MULTILINE)
        return self._line(match.end()) if match else 0

    def entry(self, index: int) -> int:
        return self._line(self._allow[index] + 1) if index < len(self._allow) else self.key("allow")

    def entry_key(self, index: int, key: str) -> int:
        if index < len(self._allow):
            end = self._allow[index + 1] if index + 1 < len(self._allow) else len(self._text)
            pattern = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}\b", re.MULTILINE)
            if match := pattern.search(self._text, self._allow[index], end):
                return self._line(match.end())
        return self.entry(index)


def kind_of(value: object) -> str:
    """Return how TOML calls the type of a value."""
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
