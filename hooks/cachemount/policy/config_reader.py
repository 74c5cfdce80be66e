"""Reading a configuration from TOML: every mistake is a `ConfigError` that says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from cachemount.findings import Severity
from cachemount.id_templates import Ids, template_problem
from cachemount.policy.ancestors import CONFIGURATIONS
from cachemount.policy.model import UNSUPPRESSIBLE, Allow, Config, ConfigError
from cachemount.policy.toml import Lines, kind_of, load, quoted
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

_KEYS = (
    "exclude",
    "disable",
    "managers",
    "baseline",
    "inline-ignores",
    "severity",
    "ids",
    "caches",
    "warn-builders",
    "warn-hadolint",
    "allow",
)
# What other tools call it, or where it stands in another file.
_MEANT = {
    "ignore": "; did you mean `disable`?",
    "tool": "; `[tool.cachemount]` is for pyproject.toml, here its keys stand without a table",
}
_ID_KEYS = ("paths", "template")
_INLINE = ("allow", "forbid")
_MATCHERS = ("paths", "rules", "managers", "stages", "images")
# Longer than an image's name can be, and than the path of any Dockerfile.
_LONGEST_GLOB = 1_000
# So many names are no longer a hint.
_FEW_NAMES = 3
# All of them are tried on a file that none matches, within about a second.
_LONGEST_GLOBS = 200_000
# One for each of so many findings is a baseline.
_MOST_ENTRIES = 5_000
_ALLOW_KEYS = (*_MATCHERS, "reason", "expires")


def rule_names() -> list[str]:
    from cachemount.rules import RULES

    return [rule.name for rule in RULES]


def manager_names() -> list[str]:
    from cachemount.managers import MANAGERS

    return [manager.name for manager in MANAGERS]


def requestable_names() -> list[str]:
    """Return the names of the caches that are mounted on request."""
    from cachemount.managers.on_request import ON_REQUEST

    return [manager.name for manager in ON_REQUEST]


_KINDS = {manager_names: "manager", requestable_names: "cache"}


def suggestion(word: str, known: Iterable[str], others: str = "") -> str:
    """`; did you mean X?`, or else what `others` says of the names that there are; without it, these names."""
    import difflib

    known = list(known)
    word = word.lower()
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    # A part of few names is one of them, as `missing` of `missing-cache-mount`.
    parts = [name for name in known if len(word) > 2 and word in name.split("-")]
    meant = close or (parts if len(parts) <= _FEW_NAMES else [])
    names = " or ".join(f"`{name}`" for name in meant)
    return f"; did you mean {names}?" if meant else f"; {others or 'known are ' + ', '.join(known)}"


def glob_problem(glob: str) -> str:
    """Return what is wrong with a glob for paths, as the end of a sentence; "" where nothing is."""
    if glob.startswith("/") or re.match(r"[A-Za-z]:[\\/]", glob) or ".." in glob.split("/"):
        return "has to be relative to the folder of this file, without `..`"
    if "\\" in glob:
        return "has a backslash; folders are separated by `/`"
    if glob.startswith("!"):
        return "begins with `!`, which excludes nothing here: name what to leave out"
    if "{" in glob and "," in glob[glob.index("{") :]:
        return "has `{a,b}`, which matches only itself: write one pattern for each"
    return ""


def is_of_others(path: str, data: bytes) -> bool:
    """Return whether a file is a pyproject.toml that does not name this program."""
    return _is_shared(path) and b"cachemount" not in data


def _is_shared(path: str) -> bool:
    return not path.endswith(CONFIGURATIONS[0]) and path.replace("\\", "/").rsplit("/", 1)[-1] == CONFIGURATIONS[1]


def parse(path: str, data: bytes, *, today: date | None = None) -> Config | None:
    """Return the configuration in the bytes of the file `path`; None for a pyproject.toml without `[tool.cachemount]`.

    Raises `ConfigError`.
    """
    if is_of_others(path, data):
        return None
    shared = _is_shared(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(path, "is not UTF-8, as TOML has to be", data.count(b"\n", 0, error.start) + 1) from None
    document = load(path, text, shared=shared)
    if document is None:
        return None
    lines = Lines(text)
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


class _Reader:
    def __init__(self, path: str, lines: Lines) -> None:
        self._path = path
        self._lines = lines
        self._length_of_globs = 0

    def config(self, table: Mapping[str, Any], today: date | None) -> Config:
        for key in table:
            if key not in _KEYS:
                meant = _MEANT.get(key) or suggestion(key, _KEYS)
                raise ConfigError(self._path, f"unknown key `{key}`{meant}", self._lines.key(key))
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
        if len(entries) > _MOST_ENTRIES:
            message = f"more than {_MOST_ENTRIES:,} `[[allow]]` entries are not read"
            raise ConfigError(self._path, message, self._lines.entry(_MOST_ENTRIES))
        disable = self._names("disable", table.get("disable", []), self._lines.key("disable"), rule_names)
        disabled_managers = self._names(
            "managers.disable", managers.get("disable", []), self._lines.key("managers"), manager_names
        )
        return Config(
            path=self._path,
            exclude=self._globs("exclude", table.get("exclude", []), self._lines.key("exclude")),
            exclude_line=self._lines.key("exclude"),
            disable=frozenset(disable),
            disabled_managers=frozenset(disabled_managers),
            pragmas=self._pragmas(table, self._lines.key("inline-ignores")),
            baseline=self._baseline(table, self._lines.key("baseline")),
            allow=tuple(self._allow(index, entry) for index, entry in enumerate(entries)),
            today=today,
            severity=self._severity(table.get("severity", {}), self._lines.key("severity")),
            ids=self._ids(table.get("ids", []), self._lines.key("ids")),
            warn_builders=self._switch(table, "warn-builders"),
            warn_hadolint=self._switch(table, "warn-hadolint"),
            also=self._also(table.get("caches", {}), self._lines.key("caches")),
        )

    def _ids(self, entries: object, line: int) -> tuple[Ids, ...]:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ConfigError(self._path, "`ids` has to be tables, each written under `[[ids]]`", line)
        return tuple(self._id(entry, line) for entry in entries)

    def _id(self, entry: Mapping[str, Any], line: int) -> Ids:
        for key in entry:
            if key not in _ID_KEYS:
                message = f"unknown key `{key}` in `[[ids]]`{suggestion(key, _ID_KEYS)}"
                raise ConfigError(self._path, message, self._lines.key(key) or line)
        line = self._lines.key("template") or line
        template = entry.get("template")
        if not isinstance(template, str) or not template:
            message = "`[[ids]]` needs a `template`, a string like `s/service-{target}`"
            raise ConfigError(self._path, message, line)
        problem = template_problem(template)
        if problem:
            raise ConfigError(self._path, f"the template `{template}` {problem}", line)
        if "paths" in entry and not entry["paths"]:
            raise ConfigError(self._path, "`paths` is empty; leave it out to match all paths", line)
        return Ids(template=template, paths=self._globs("paths", entry.get("paths", []), line))

    def _switch(self, table: Mapping[str, Any], key: str) -> bool:
        """Return a value that is True unless the table says otherwise."""
        value = table.get(key, True)
        if not isinstance(value, bool):
            message = f"`{key}` has to be true or false, not {kind_of(value)}"
            raise ConfigError(self._path, message, self._lines.key(key))
        return value

    def _also(self, table: object, line: int) -> frozenset[str]:
        if not isinstance(table, dict):
            raise ConfigError(self._path, '`caches` has to be a table: { also = ["turbo"] }', line)
        for key in table:
            if key != "also":
                at = self._lines.key(key) or line
                raise ConfigError(self._path, f"unknown key `caches.{key}`; known is `also`", at)
        at = self._lines.key("also") or line
        return frozenset(self._names("caches.also", table.get("also", []), at, requestable_names))

    def _severity(self, table: object, line: int) -> dict[str, Severity]:
        if not isinstance(table, dict):
            message = '`severity` has to be a table of rules: { missing-cache-mount = "error" }'
            raise ConfigError(self._path, message, line)
        found: dict[str, Severity] = {}
        for rule, value in table.items():
            at = self._lines.key(rule) or line
            if rule not in rule_names():
                message = f"unknown rule `{rule}` in `severity`{suggestion(rule, rule_names())}"
                raise ConfigError(self._path, message, at)
            if value not in ("error", "warning"):
                given = f"`{value}`" if isinstance(value, str) else kind_of(value)
                message = f"the severity of `{rule}` has to be `error` or `warning`, not {given}"
                raise ConfigError(self._path, message, at)
            found[rule] = "error" if value == "error" else "warning"
        return found

    def _pragmas(self, table: Mapping[str, Any], line: int) -> bool:
        value = table.get("inline-ignores", "allow")
        if not isinstance(value, str):
            raise ConfigError(self._path, f"`inline-ignores` has to be a string, not {kind_of(value)}", line)
        if value not in _INLINE:
            message = f"`inline-ignores` cannot be `{value}`{suggestion(value, _INLINE)}"
            raise ConfigError(self._path, message, line)
        return value == "allow"

    def _baseline(self, table: Mapping[str, Any], line: int) -> str:
        value = table.get("baseline", "")
        if not isinstance(value, str):
            raise ConfigError(self._path, f"`baseline` has to be a string, not {kind_of(value)}", line)
        if "baseline" in table and not value.strip():
            raise ConfigError(self._path, "`baseline` is empty; give the path of the baseline's file", line)
        return value

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
            stages=self._short("stages", entry.get("stages", []), at("stages")),
            images=self._short("images", entry.get("images", []), at("images")),
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
            raise ConfigError(self._path, f"`reason` has to be a string, not {kind_of(reason)}", at)
        if not re.search(r"\w", reason):
            raise ConfigError(self._path, "`reason` is empty: say why the finding is accepted", at)
        return reason.strip()

    def _expires(self, entry: Mapping[str, Any], at: int) -> date | None:
        # Most projects have no configuration, and do not wait for this.
        from datetime import date, datetime

        value = entry.get("expires")
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        hint = "write it without quotes" if isinstance(value, str) else f"not {kind_of(value)}"
        raise ConfigError(self._path, f"`expires` has to be a date like 2027-03-31; {hint}", at)

    def _strings(self, key: str, value: object, line: int) -> tuple[str, ...]:
        if isinstance(value, str):
            raise ConfigError(self._path, f"`{key}` has to be a list of strings: [{quoted(value)}]", line)
        if not isinstance(value, list):
            raise ConfigError(self._path, f"`{key}` has to be a list of strings, not {kind_of(value)}", line)
        for item in value:
            if not isinstance(item, str):
                raise ConfigError(self._path, f"`{key}` has to hold strings, not {kind_of(item)}", line)
            if not item.strip():
                raise ConfigError(self._path, f"`{key}` holds an empty string", line)
        return tuple(value)

    def _names(self, key: str, value: object, line: int, known: Callable[[], list[str]]) -> tuple[str, ...]:
        names = self._strings(key, value, line)
        for name in names:
            if name not in known():
                what = _KINDS.get(known, "rule")
                raise ConfigError(self._path, f"unknown {what} `{name}` in `{key}`{suggestion(name, known())}", line)
        return names

    def _short(self, key: str, value: object, line: int) -> tuple[str, ...]:
        globs = self._strings(key, value, line)
        if any(len(glob) > _LONGEST_GLOB for glob in globs):
            raise ConfigError(self._path, f"a pattern in `{key}` has more than {_LONGEST_GLOB:,} characters", line)
        self._length_of_globs += sum(map(len, globs))
        if self._length_of_globs > _LONGEST_GLOBS:
            message = f"up to here, the patterns have more than {_LONGEST_GLOBS:,} characters together; leave some out"
            raise ConfigError(self._path, message, line)
        return globs

    def _globs(self, key: str, value: object, line: int) -> tuple[str, ...]:
        globs = self._short(key, value, line)
        for glob in globs:
            problem = glob_problem(glob)
            if problem:
                raise ConfigError(self._path, f"`{glob}` in `{key}` {problem}", line)
        return globs
