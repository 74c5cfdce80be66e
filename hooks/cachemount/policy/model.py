"""The decisions of a team: files to leave out, rules and managers to switch off, findings to allow."""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.files.patterns import match_name, match_path
from cachemount.findings import Severity
from cachemount.fingerprints import Fingerprint
from cachemount.id_templates import Ids
from cachemount.records import Record, field, replace
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from cachemount.reasons import Withheld

# Rules that are about suppressions cannot themselves be suppressed.
UNSUPPRESSIBLE = frozenset({"unused-suppression", "expired-suppression"})


class ConfigError(Exception):
    """A mistake in a configuration: the file, line and column (0: not known), what is wrong, how to put it right."""

    def __init__(self, path: str, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(path, message, line, column)
        self.path = path
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = "".join(f":{number}" for number in (self.line, self.column) if number)
        return f"{self.path}{place}: {self.message}"


class Allow(Record):
    """An `[[allow]]` entry: hides the findings that match every field that is given. `line` is where it begins."""

    reason: str
    paths: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    expires: date | None = None
    line: int = 0

    def covers(self, path: str) -> bool:
        return not self.paths or any(match_path(glob, path) for glob in self.paths)

    def matches(self, *, rule: str, manager: str | None, stage: str, image: str) -> bool:
        """Return whether it hides such findings of the files that it covers."""
        return (
            (not self.rules or rule in self.rules)
            and (not self.managers or manager in self.managers)
            and (not self.stages or any(match_name(glob, stage) for glob in self.stages))
            and (not self.images or any(match_name(glob, image) for glob in self.images))
        )

    def expired(self, today: date | None) -> bool:
        return self.expires is not None and today is not None and self.expires < today


class Known(Record):
    """The entries of a baseline for one file: its own findings, and those of deleted files that may have become it."""

    own: Mapping[Fingerprint, int] = field(default_factory=dict)
    moved: Mapping[Fingerprint, int] = field(default_factory=dict)


class Config(Record):
    """A configuration in force for a file; the default is that of a repository that has none.

    `path` is the configuration's own file ("" when there is none), `file` the checked file relative to the folder of
    that file, with `/`. `narrowed` is True where the command line left rules or managers out, so that a suppression may
    have nothing to hide. With `suppressions` False no pragma and no entry hides anything; with `pragmas` False each
    pragma is a finding and only the configuration hides. Without `today` nothing expires. `exclude` stands in line
    `exclude_line`. `baseline` is the baseline's file, relative to the folder of `path` ("": the nearest of the usual
    name) and `known` what it holds for `file` (None: there is none). `severity` holds the rules whose severity the
    configuration sets. Of `ids` the first that covers `file` counts. `also` names caches that are mounted on request.
    `warn_builders`: whether a builder of the repository that ignores or refuses mounts matters. `refusal` says why such
    a one makes new mounts unsafe; it is found in other files, as `known` is. `warn_hadolint`: whether it matters that
    hadolint fails after a repair.
    """

    path: str = ""
    file: str = ""
    exclude: tuple[str, ...] = ()
    exclude_line: int = 0
    disable: frozenset[str] = frozenset()
    disabled_managers: frozenset[str] = frozenset()
    allow: tuple[Allow, ...] = ()
    today: date | None = None
    narrowed: bool = False
    suppressions: bool = True
    baseline: str = ""
    pragmas: bool = True
    known: Known | None = None
    severity: Mapping[str, Severity] = field(default_factory=dict)
    ids: tuple[Ids, ...] = ()
    also: frozenset[str] = frozenset()
    warn_builders: bool = True
    warn_hadolint: bool = True
    refusal: Withheld | None = None

    @property
    def id_template(self) -> str:
        """The template for the ids of `file`'s cache mounts; "" where none is wanted."""
        return next((entry.template for entry in self.ids if entry.covers(self.file)), "")

    def for_file(self, file: str) -> Config:
        return replace(self, file=file)

    @property
    def excluded(self) -> bool:
        """Whether `file` is left out."""
        return any(match_path(glob, self.file) for glob in self.exclude)
