"""Reading a configuration from TOML: every mistake is a `ConfigError` that says what would be right."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from cachemount.config import Allow, Config, ConfigError

NAMES = (".cachemount.toml", "pyproject.toml")

# Rules that are about suppressions cannot themselves be suppressed.
UNSUPPRESSIBLE = frozenset({"unused-suppression", "expired-suppression"})

_KEYS = ("exclude", "disable", "managers", "allow")
_MATCHERS = ("paths", "rules", "managers", "stages", "images")
_ALLOW_KEYS = (*_MATCHERS, "reason", "expires")


def rule_names() -> list[str]:
    from cachemount.rules import RULES  # noqa: PLC0415 - not needed by a run without configuration

    return [rule.name for rule in RULES]


def manager_names() -> list[str]:
    from cachemount.managers import MANAGERS  # noqa: PLC0415

    return [manager.name for manager in MANAGERS]


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or the names that there are."""
    known = list(known)
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}"


def parse(path: str, data: bytes, *, today: date | None = None) -> Config | None:
    """The configuration in the bytes of `path`, or None where it is a pyproject.toml without `[tool.cachemount]`."""
    shared = not path.endswith(NAMES[0]) and path.replace("\\", "/").rsplit("/", 1)[-1] == NAMES[1]
    if shared and b"cachemount" not in data:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, "is not UTF-8, as TOML has to be", data.count(b"\n", 0, error.start) + 1) from None
    document = _toml(path, text, shared=shared)
    if document is None:
        return None
    lines = _Lines(text)
    if shared:
        tool = document.get("tool")
        if not isinstance(tool, dict) or "cachemount" not in tool:
            return None
        table = tool["cachemount"]
        if not isinstance(table, dict):
            raise ConfigError(path, "`tool.cachemount` has to be a table", lines.key("cachemount"))
    else:
        table = document
    return _Reader(path, lines).config(table, today)


def _toml(path: str, text: str, *, shared: bool) -> dict[str, Any] | None:
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


class _Lines:
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


class _Reader:
    def __init__(self, path: str, lines: _Lines) -> None:
        self._path = path
        self._lines = lines

    def config(self, table: Mapping[str, Any], today: date | None) -> Config:
        for key in table:
            if key not in _KEYS:
                raise ConfigError(self._path, f"unknown key `{key}`{suggestion(key, _KEYS)}", self._lines.key(key))
        managers = table.get("managers", {})
        if not isinstance(managers, dict):
            message = "`managers` has to be a table: { disable = [...] }"
            raise ConfigError(self._path, message, self._lines.key("managers"))
        for key in managers:
            if key != "disable":
                line = self._lines.key(key) or self._lines.key("managers")
                raise ConfigError(self._path, f"unknown key `managers.{key}`; known is `disable`", line)
        entries = table.get("allow", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            message = "`allow` has to be tables, each written under `[[allow]]`"
            raise ConfigError(self._path, message, self._lines.key("allow"))
        disable = self._names("disable", table.get("disable", []), self._lines.key("disable"), rule_names)
        disabled_managers = self._names(
            "managers.disable", managers.get("disable", []), self._lines.key("managers"), manager_names
        )
        return Config(
            path=self._path,
            exclude=self._globs("exclude", table.get("exclude", []), self._lines.key("exclude")),
            disable=frozenset(disable),
            disabled_managers=frozenset(disabled_managers),
            allow=tuple(self._allow(index, entry) for index, entry in enumerate(entries)),
            today=today,
        )

    def _allow(self, index: int, entry: Mapping[str, Any]) -> Allow:
        line = self._lines.entry(index)
        for key in entry:
            if key not in _ALLOW_KEYS:
                message = f"unknown key `{key}` in `[[allow]]`{suggestion(key, _ALLOW_KEYS)}"
                raise ConfigError(self._path, message, self._lines.entry_key(index, key))

        def at(key: str) -> int:
            return self._lines.entry_key(index, key)

        rules = self._names("rules", entry.get("rules", []), at("rules"), rule_names)
        for rule in rules:
            if rule in UNSUPPRESSIBLE:
                message = f"`{rule}` cannot be allowed; it can be switched off by `disable`"
                raise ConfigError(self._path, message, at("rules"))
        found = Allow(
            reason=self._reason(entry, line, at("reason")),
            paths=self._globs("paths", entry.get("paths", []), at("paths")),
            rules=rules,
            managers=self._names("managers", entry.get("managers", []), at("managers"), manager_names),
            stages=self._strings("stages", entry.get("stages", []), at("stages")),
            images=self._strings("images", entry.get("images", []), at("images")),
            expires=self._expires(entry, at("expires")),
            line=line,
        )
        for key in _MATCHERS:
            if key in entry and not entry[key]:
                raise ConfigError(self._path, f"`{key}` is empty; leave it out to match all {key}", at(key))
        if not any(key in entry for key in _MATCHERS):
            message = f"this `[[allow]]` would hide every finding; give at least one of {', '.join(_MATCHERS)}"
            raise ConfigError(self._path, message, line)
        return found

    def _reason(self, entry: Mapping[str, Any], line: int, at: int) -> str:
        if "reason" not in entry:
            raise ConfigError(self._path, "this `[[allow]]` needs a `reason`: say why the finding is accepted", line)
        reason = entry["reason"]
        if not isinstance(reason, str):
            raise ConfigError(self._path, f"`reason` has to be a string, not {_kind(reason)}", at)
        if not re.search(r"\w", reason):
            raise ConfigError(self._path, "`reason` is empty: say why the finding is accepted", at)
        return reason.strip()

    def _expires(self, entry: Mapping[str, Any], at: int) -> date | None:
        value = entry.get("expires")
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        hint = "write it without quotes" if isinstance(value, str) else f"not {_kind(value)}"
        raise ConfigError(self._path, f"`expires` has to be a date like 2027-03-31; {hint}", at)

    def _strings(self, key: str, value: object, line: int) -> tuple[str, ...]:
        if isinstance(value, str):
            raise ConfigError(self._path, f"`{key}` has to be a list of strings: [{_quoted(value)}]", line)
        if not isinstance(value, list):
            raise ConfigError(self._path, f"`{key}` has to be a list of strings, not {_kind(value)}", line)
        for item in value:
            if not isinstance(item, str):
                raise ConfigError(self._path, f"`{key}` has to hold strings, not {_kind(item)}", line)
            if not item.strip():
                raise ConfigError(self._path, f"`{key}` holds an empty string", line)
        return tuple(value)

    def _names(self, key: str, value: object, line: int, known: Callable[[], list[str]]) -> tuple[str, ...]:
        names = self._strings(key, value, line)
        for name in names:
            if name not in known():
                what = "manager" if known is manager_names else "rule"
                raise ConfigError(self._path, f"unknown {what} `{name}` in `{key}`{suggestion(name, known())}", line)
        return names

    def _globs(self, key: str, value: object, line: int) -> tuple[str, ...]:
        globs = self._strings(key, value, line)
        for glob in globs:
            if glob.startswith("/") or re.match(r"[A-Za-z]:[\\/]", glob) or ".." in glob.split("/"):
                message = f"`{glob}` in `{key}` has to be relative to the folder of this file, without `..`"
                raise ConfigError(self._path, message, line)
            if "\\" in glob:
                message = f"`{glob}` in `{key}` has a backslash; folders are separated by `/`"
                raise ConfigError(self._path, message, line)
        return globs


def _kind(value: object) -> str:
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


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '\\"') + '"'
