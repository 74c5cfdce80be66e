"""Reads the value of `RUN --mount=...` and says what BuildKit has against it."""

from __future__ import annotations

import math
import re

from cachemount.dockerfile.model import MountFlag
from cachemount.dockerfile.syntax.lexer import Lexer, LexError
from cachemount.dockerfile.syntax.words import TRUE_OR_FALSE
from cachemount.late_pattern import late
from cachemount.source import Excerpt, Span
from cachemount.type_checking import NamedTuple

CANONICAL = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}
_TYPES = ("bind", "cache", "secret", "ssh", "tmpfs")
_SHARINGS = ("locked", "private", "shared")
_OWNED_TYPES = ("cache", "secret", "ssh")
_BARE = ("readonly", "readwrite", "required")
_SIZE = late(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_SIZE_UNIT = late(r"|b|[kmgtp](?:b|ib)?", re.IGNORECASE)


class Field(NamedTuple):
    """A field of a mount's value, CSV quotes undone, and where it stands in the flag word."""

    text: str
    start: int
    end: int


class ProblemError(ValueError):
    """An error in a mount, in BuildKit's words."""


def read_mount(word: Excerpt, line: Excerpt, span: Span, escape: str) -> MountFlag:
    """Return the mount of the flag `word`, which includes `--mount=` and whose offsets are those in `line`."""
    options: dict[str, str] = {}
    spans: dict[str, Span] = {}
    targets: list[str] = []
    problem = ""
    try:
        fields = csv_fields(word.text, len("--mount="))
    except ProblemError as error:
        fields = []
        problem = str(error)
    for field in fields:
        key, equals, value = field.text.partition("=")
        key = CANONICAL.get(key.lower(), key.lower())
        options[key] = value if equals else "true"
        targets += [value] if key == "target" else []
        where = word.span(field.start, field.end)
        spans[key] = line.span(where.start, where.end) if where.end > where.start else span
    return MountFlag(
        span=span,
        type=options.get("type", "bind").lower(),
        target=options.get("target", ""),
        options=options,
        fields=spans,
        problem=problem or _Judge(escape).problem(fields),
        unused_targets=tuple(one for one in targets if one != targets[-1]),
    )


def csv_fields(text: str, at: int) -> list[Field]:
    """Return the fields of the one CSV record in `text` from the offset `at` on. Raises `ProblemError`."""
    if at == len(text):
        raise ProblemError("failed to parse csv mounts: EOF")
    fields: list[Field] = []
    while True:
        if not text.startswith('"', at):
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            field = text[at:end]
            if '"' in field:
                raise ProblemError('failed to parse csv mounts: bare " in non-quoted-field')
            fields.append(Field(field, at, end))
        else:
            field, end = _quoted_field(text, at)
            fields.append(Field(field, at + 1, end - 1))
        if end == len(text):
            return fields
        at = end + 1


def _quoted_field(text: str, at: int) -> tuple[str, int]:
    pieces = []
    while True:
        close = text.find('"', at + 1)
        if close < 0:
            raise ProblemError('failed to parse csv mounts: extraneous or missing " in quoted-field')
        pieces.append(text[at + 1 : close])
        if not text.startswith('"', close + 1):
            break
        at = close + 1
    if close + 1 < len(text) and text[close + 1] != ",":
        raise ProblemError('failed to parse csv mounts: extraneous or missing " in quoted-field')
    return '"'.join(pieces), close + 1


class _Judge:
    """Goes through the fields of one mount as BuildKit does. A value with a variable in it is not judged."""

    def __init__(self, escape: str) -> None:
        self._escape = escape
        self._type: str | None = "bind"
        self._values: dict[str, str | None] = {}

    def problem(self, fields: list[Field]) -> str:
        try:
            for field in fields:
                self._from(field.text)
            for field in fields:
                self._field(field.text)
            self._whole()
        except ProblemError as error:
            return str(error)
        return ""

    def _from(self, text: str) -> None:
        key, _, value = text.partition("=")
        if key.lower() == "from" and "$" in value[:-1]:
            raise ProblemError("'from' doesn't support variable expansion, define alias stage instead")

    def _field(self, text: str) -> None:
        written, equals, raw = text.partition("=")
        key = CANONICAL.get(written.lower(), written.lower())
        if not equals:
            if key not in _BARE:
                raise ProblemError(f"invalid field '{text}' must be a key=value pair")
            if key == "required":
                self._only(key, ("secret", "ssh"))
            return
        value: str | None = self._expanded(raw)
        self._values[key] = value
        if key == "type":
            self._type = value if value is None else value.lower()
            if self._type is not None and self._type not in _TYPES:
                raise ProblemError(f'unsupported mount type "{value}"')
        elif key in ("readonly", "readwrite"):
            self._truth(written.lower(), value)
        elif key == "required":
            self._only(key, ("secret", "ssh"))
            self._truth(key, value)
        elif key == "size":
            self._only(key, ("tmpfs",))
            if value is not None and not _is_size(value):
                raise ProblemError(f"invalid value for size: {value}")
        elif key == "sharing":
            if value is not None and value and value.lower() not in _SHARINGS:
                raise ProblemError(f'unsupported sharing value "{value}"')
            if value == "":
                raise ProblemError('unsupported sharing value ""')
        elif key in ("mode", "uid", "gid"):
            if value is not None and not _is_number(value, 8 if key == "mode" else 10):
                raise ProblemError(f"invalid value {value} for {key}")
        elif key not in ("from", "source", "target", "id", "env"):
            raise ProblemError(f"unexpected key '{written.lower()}' in '{text}'")

    def _expanded(self, value: str) -> str | None:
        """Return the value as BuildKit reads it, None when that takes a variable. Raises `ProblemError`."""
        if not any(char in value for char in ("$", "'", '"', "<", self._escape)):
            return value
        try:
            return Lexer(value, escape=self._escape, variables={}).word()
        except LexError as error:
            if "$" in value:
                return None
            raise ProblemError(f'failed to process "{value}": {error}') from None

    def _only(self, key: str, types: tuple[str, ...]) -> None:
        if self._type is not None and self._type not in types:
            raise ProblemError(f"unexpected key '{key}' for mount type '{self._type}'")

    def _truth(self, key: str, value: str | None) -> None:
        if value is not None and value not in TRUE_OR_FALSE:
            raise ProblemError(f"invalid value for {key}: {value}")

    def _whole(self) -> None:
        """Check what only all fields together show. Raises `ProblemError`."""
        if self._type is None:
            return
        if self._type not in _OWNED_TYPES:
            for key in ("mode", "uid", "gid"):
                if key in self._values:
                    raise ProblemError(f'{key} not allowed for "{self._type}" type mounts')
        if self._type == "secret":
            if self._values.get("from", ""):
                raise ProblemError("secret mount should not have a from")
            if "sharing" in self._values:
                raise ProblemError("secret mount should not define sharing")
            if all(self._values.get(key, "") == "" for key in ("source", "target", "id")):
                raise ProblemError("invalid secret mount. one of source, target required")
            if self._values.get("source", "") and self._values.get("id", ""):
                raise ProblemError("both source and id can't be set")
        if "sharing" in self._values and self._type != "cache":
            raise ProblemError(f"invalid cache sharing set for {self._type} mount")
        if self._values.get("target", "") == "/" and self._type in ("bind", "cache", "tmpfs"):
            raise ProblemError('invalid mount target "/"')


def _is_number(value: str, base: int) -> bool:
    digits = "01234567" if base == 8 else "0123456789"
    stripped = value.lstrip("0")
    return bool(value) and not value.strip(digits) and len(stripped) <= 11 and int(value[-12:], base) < 2**32


def _is_size(value: str) -> bool:
    """Return whether a value is a number of bytes, as `64m` or `1.5 GiB`."""
    last = max((value.rfind(char) for char in "0123456789. "), default=-1)
    number, unit = (
        (value[:last], value[last + 1 :]) if value[last : last + 1] == " " else (value[: last + 1], value[last + 1 :])
    )
    if last < 0 or not _SIZE.fullmatch(number) or not _SIZE_UNIT.fullmatch(unit):
        return False
    return 0 <= float(number) < math.inf
