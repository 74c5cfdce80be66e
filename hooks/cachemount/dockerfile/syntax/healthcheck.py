"""The checks of a HEALTHCHECK, as BuildKit does them."""

from __future__ import annotations

import re

from cachemount.dockerfile.syntax.splitting import RAW_SPACE, RawInstruction, SplitError
from cachemount.dockerfile.syntax.words import JsonString, MixedArrayError, json_strings

# Not compiled before a file has a HEALTHCHECK.
_DURATION_PART = r"([0-9]*)(?:\.([0-9]*))?(ns|us|ms|s|m|h)"
_NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_HEALTHCHECK_TYPE = r"[^\t\n\v\f\r \udc85\udca0]*"
_RETRIES = r"[+-]?[0-9]+"
_BYTE_SPACE = "\t\n\v\f\r " + RAW_SPACE


def _parts(split: RawInstruction) -> tuple[str, str]:
    """Return the type of a HEALTHCHECK, CMD or NONE, and what follows it."""
    rest = split.rest
    match = re.match(_HEALTHCHECK_TYPE, rest)
    at = match.end() if match else 0
    return rest[:at].upper(), rest[at:].lstrip(_BYTE_SPACE)


def healthcheck_strings(split: RawInstruction) -> list[JsonString] | None:
    """Return the command's words in JSON form. Raises `SplitError` where not all of them are strings."""
    try:
        return json_strings(_parts(split)[1])
    except MixedArrayError as error:
        raise SplitError(str(error), split.arguments) from None


def check_healthcheck(split: RawInstruction, values: dict[str, list[str]]) -> None:
    """Refuses a wrong type, command or flag value."""
    kind, rest = _parts(split)
    strings = healthcheck_strings(split)
    empty = not rest if strings is None else not strings
    if kind == "NONE":
        if not empty:
            raise SplitError("HEALTHCHECK NONE takes no arguments", split.start)
        return
    if kind != "CMD":
        raise SplitError(f'Unknown type "{kind}" in HEALTHCHECK (try CMD)', split.arguments)
    if empty:
        raise SplitError("Missing command after HEALTHCHECK CMD", split.start)
    for name in ("interval", "timeout", "start-period", "start-interval"):
        for value in values.get(name, ()):
            _check_duration(name, value, split.start)
    for value in values.get("retries", ()):
        if value and not re.fullmatch(_RETRIES, value):
            raise SplitError(f'strconv.ParseInt: parsing "{value}": invalid syntax', split.start)
        if value and not 0 <= int(value[:20]) < 2**31:
            raise SplitError(f"--retries cannot be negative ({value})", split.start)


def _check_duration(name: str, value: str, offset: int) -> None:
    if not value or value in ("0", "+0", "-0"):
        return
    total = 0
    at = 1 if value[0] in "+-" else 0
    if at == len(value):
        raise SplitError(f'time: invalid duration "{value}"', offset)
    while at < len(value):
        match = re.match(_DURATION_PART, value[at:])
        if not match or not (match[1] or match[2]) or len(match[0]) > 40:
            raise SplitError(f'time: invalid duration "{value}"', offset)
        whole, fraction = match[1], match[2] or ""
        total += int(whole + fraction) * _NANOSECONDS[match[3]] // 10 ** len(fraction)
        at += match.end()
    if total >= 2**63:
        raise SplitError(f'time: invalid duration "{value}"', offset)
    if total and (value[0] == "-" or total < 10**6):
        raise SplitError(f'Interval "{name}" cannot be less than 1ms', offset)
