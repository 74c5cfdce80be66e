"""Checks for which BuildKit refuses an instruction, and with it the file: SplitErrors in BuildKit's words."""

from __future__ import annotations

from cachemount.dockerfile.syntax.heredocs import heredoc_word
from cachemount.dockerfile.syntax.lexer import LexError
from cachemount.dockerfile.syntax.splitting import KEYWORDS, RawInstruction, SplitError
from cachemount.dockerfile.syntax.words import SPACE, TRUE_OR_FALSE, split_blanks, split_words
from cachemount.late_pattern import late

# Flags that take a value once, a value each time, no value or true/false.
_ONCE: dict[str, tuple[str, ...]] = {
    "ADD": ("chown", "chmod", "checksum"),
    "COPY": ("chown", "from", "chmod"),
    "FROM": ("platform",),
    "HEALTHCHECK": ("interval", "timeout", "start-period", "start-interval", "retries"),
    "RUN": ("network", "security"),
}
_REPEATED: dict[str, tuple[str, ...]] = {"ADD": ("exclude",), "COPY": ("exclude",), "RUN": ("mount", "device")}
_SWITCHES: dict[str, tuple[str, ...]] = {"ADD": ("link", "keep-git-dir", "unpack"), "COPY": ("link", "parents")}
_FLAGS_UNREAD = frozenset({"ARG", "STOPSIGNAL"})
_NEEDS_ARGUMENT = frozenset({"ARG", "EXPOSE", "HEALTHCHECK", "ONBUILD", "VOLUME"})
_TAKES_ANYTHING = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_NEEDS_ONE_ARGUMENT = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})

_STAGE_NAME = late(r"[a-z][a-z0-9\-_.]*")


def check(split: RawInstruction, escape: str) -> None:
    """Refuses an instruction with something wrong in it."""
    if split.keyword not in KEYWORDS:
        raise SplitError(f"unknown instruction: {split.line[split.start : split.insertion].strip()}", split.start)
    if not split.flags and (
        split.keyword == "RUN" or (split.keyword in _TAKES_ANYTHING and split.arguments < split.end)
    ):
        return
    words = _check_syntax(split, escape)
    if split.child:
        _check_syntax(split.child, escape)
    values = _check_flags(split) if split.flags and split.keyword not in _FLAGS_UNREAD else {}
    keyword, empty = split.keyword, split.arguments >= split.end
    if keyword in ("ENV", "LABEL"):
        if not words:
            raise SplitError(f"{keyword} requires at least one argument", split.start)
        if "=" in words[0] and any(word.startswith("=") for word in words):
            raise SplitError(f"{keyword} names can not be blank", split.arguments)
    elif empty and keyword in _NEEDS_ARGUMENT:
        raise SplitError(f"{keyword} requires at least one argument", split.start)
    elif empty and keyword in _NEEDS_ONE_ARGUMENT:
        raise SplitError(f"{keyword} requires exactly one argument", split.start)
    elif keyword in ("ADD", "COPY"):
        _check_copy(split)
    elif keyword == "ARG":
        if any(word.startswith("=") for word in split_words(split.rest, escape)):
            raise SplitError("ARG names can not be blank", split.arguments)
    elif keyword == "FROM":
        stage_name(split)
    elif keyword == "HEALTHCHECK":
        from cachemount.dockerfile.syntax.healthcheck import check_healthcheck

        check_healthcheck(split, values)
    elif keyword == "ONBUILD" and split.child:
        _check_onbuild(split, split.child)
    elif keyword == "RUN":
        _check_run(split, values)
    elif keyword == "SHELL":
        if split.strings is None and not empty:
            raise SplitError("SHELL requires the arguments to be in JSON form", split.arguments)
        if not split.strings:
            raise SplitError("SHELL requires at least one argument", split.start)
    elif keyword == "VOLUME":
        _check_volume(split)


def stage_name(split: RawInstruction) -> str:
    """Return the lower-cased AS name of a FROM, "" if it has none. Raises `SplitError`."""
    words = split_blanks(split.rest)
    if len(words) == 3 and words[1].casefold() == "as":
        name = words[2].lower()
        if not _STAGE_NAME.fullmatch(name):
            raise SplitError(
                f'invalid name for build stage: "{words[2]}", name can\'t start with a number or contain symbols',
                split.arguments,
            )
        return name
    if len(words) != 1:
        raise SplitError("FROM requires either one or three arguments", split.start)
    return ""


def _check_syntax(split: RawInstruction, escape: str) -> tuple[str, ...]:
    """Return the words of an ENV or LABEL. Raises `SplitError`."""
    if split.keyword not in ("ENV", "LABEL"):
        if split.keyword == "HEALTHCHECK":
            from cachemount.dockerfile.syntax.healthcheck import healthcheck_strings

            healthcheck_strings(split)
        return ()
    rest = split.rest
    words = split_words(rest, escape)
    if not words:
        return ()
    if "=" not in words[0]:
        if len(split_blanks(rest)) < 2:
            raise SplitError(f"{split.keyword} must have two arguments", split.start)
        return words
    for word in words:
        if "=" not in word:
            message = f'Syntax error - can\'t find = in "{word}". Must be of the form: name=value'
            raise SplitError(message, split.arguments)
    return words


def _check_flags(split: RawInstruction) -> dict[str, list[str]]:
    """Return the values of the flags by name. Raises `SplitError`."""
    values: dict[str, list[str]] = {}
    for flag in split.flags:
        full, equals, value = flag.word.text.partition("=")
        name = full[2:]
        switch = name in _SWITCHES.get(split.keyword, ())
        repeated = name in _REPEATED.get(split.keyword, ())
        if not switch and not repeated and name not in _ONCE.get(split.keyword, ()):
            hint = f" (did you mean --mount=type={value}?)" if full == "--type" and split.keyword == "RUN" else ""
            raise SplitError(f"unknown flag: {full}{hint}", flag.start)
        if name in values and not repeated:
            raise SplitError(f"duplicate flag specified: {full}", flag.start)
        if (equals and not value) if switch else not equals:
            raise SplitError(f"missing a value on flag: {full}", flag.start)
        if switch and value.lower() not in ("", "true", "false"):
            raise SplitError(f"expecting boolean value for flag {full}, not: {value}", flag.start)
        values.setdefault(name, []).append(value)
    return values


def _check_copy(split: RawInstruction) -> None:
    strings = split.strings
    words = split_blanks(split.rest) if strings is None else [string.value for string in strings]
    if len(words) < 2:
        message = "requires at least two arguments, but only one was provided. Destination could not be determined"
        raise SplitError(f"{split.keyword} {message}", split.start)
    try:
        destination = heredoc_word(words[-1]) if "<<" in words[-1] else None
    except LexError:
        destination = None
    if destination:
        raise SplitError(f"{split.keyword} cannot accept a heredoc as a destination", split.arguments)


def _check_onbuild(split: RawInstruction, child: RawInstruction) -> None:
    if child.keyword == "ONBUILD":
        raise SplitError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", split.start)
    if child.keyword in ("FROM", "MAINTAINER"):
        raise SplitError(f"{child.keyword} isn't allowed as an ONBUILD trigger", split.start)


def _check_run(split: RawInstruction, values: dict[str, list[str]]) -> None:
    network = values.get("network", ["default"])[0]
    if network not in ("default", "none", "host"):
        raise SplitError(f'invalid network mode "{network}"', split.start)
    security = values.get("security", ["sandbox"])[0]
    if security not in ("insecure", "sandbox"):
        raise SplitError(f'security "{security}" is not valid', split.start)
    for device in values.get("device", ()):
        _check_device(device, split.start)


def _check_device(device: str, offset: int) -> None:
    from cachemount.dockerfile.syntax.mounts import ProblemError, csv_fields

    try:
        fields = csv_fields(device, 0)
    except ProblemError as error:
        raise SplitError(str(error).replace("mounts", "devices"), offset) from None
    name = ""
    for field in fields:
        key, equals, value = field.text.partition("=")
        key = key.lower()
        if key == "name" and equals:
            if name:
                raise SplitError(f"device name already set to {name}", offset)
            name = value
        elif key == "required":
            if equals and value not in TRUE_OR_FALSE:
                raise SplitError(f"invalid value for required: {value}", offset)
        elif not name:
            name = field.text
        elif equals:
            raise SplitError(f"unexpected key '{key}' in '{field.text}'", offset)
        else:
            raise SplitError(f"invalid field '{field.text}' must be a key=value pair", offset)


def _check_volume(split: RawInstruction) -> None:
    strings = split.strings
    words = split_blanks(split.rest) if strings is None else [string.value for string in strings]
    if not words:
        raise SplitError("VOLUME requires at least one argument", split.start)
    if not all(word.strip(SPACE) for word in words):
        raise SplitError("VOLUME specified can not be an empty string", split.arguments)
