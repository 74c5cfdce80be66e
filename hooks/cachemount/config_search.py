"""Finding the configuration that holds for a file: the nearest one going up to the root of the repository."""

from __future__ import annotations

import os
from datetime import date

from cachemount.config import Config, ConfigError
from cachemount.config_reader import NAMES, parse
from cachemount.files import FileError, read
from cachemount.recent import Recent, inherited
from cachemount.records import Record, field

# TOML of this size is read in about a second.
_MOST_BYTES = 1_000_000

_NONE = Config()


def load(path: str) -> Config | None:
    """The configuration in the file `path`; None where it is a pyproject.toml that has none. Raises `ConfigError`."""
    try:
        data = read(path, _MOST_BYTES).data
    except FileError as error:
        raise ConfigError(path, str(error)) from None
    return parse(path, data, today=date.today())


class ConfigSearch(Record, frozen=False):
    """Gives each file its configuration; each configuration is read once, and is one object for all its files.

    With `only`, that file holds for all. A mistake raises `ConfigError` for every file that it concerns.
    """

    only: str = ""
    _found: Recent[str, Config | ConfigError | None] = field(default_factory=Recent)
    _read: dict[str, Config | ConfigError] = field(default_factory=dict)

    def for_file(self, path: str) -> Config:
        """The configuration for `path` (as given, relative to the current folder), with its place in it."""
        return placed(self.shared(path), path)

    def shared(self, path: str) -> Config:
        """The configuration for `path` and others, with no file's place in it."""
        config = self._load(self.only) if self.only else self._in(os.path.dirname(os.path.abspath(path)))
        if isinstance(config, ConfigError):
            raise config
        return config or _NONE

    def _in(self, folder: str) -> Config | ConfigError | None:
        """The configuration in force in a folder."""
        return inherited(folder, self._found, self._at)

    def _at(self, folder: str) -> tuple[Config | ConfigError | None] | None:
        """The same for a folder where the search ends; None where it goes on above."""
        loaded = (self._load(os.path.join(folder, name)) for name in NAMES)
        found = next((one for one in loaded if one is not None), None)
        if found is not None or os.path.dirname(folder) == folder or os.path.lexists(os.path.join(folder, ".git")):
            return (found,)
        return None

    def _load(self, path: str) -> Config | ConfigError | None:
        """The configuration in a file, if it is there and has one."""
        if path in self._read:
            return self._read[path]
        if not self.only and not os.path.lexists(path):
            return None
        read: Config | ConfigError | None
        try:
            read = load(shown_path(path))
        except ConfigError as error:
            read = error
        if self.only and read is None:
            read = ConfigError(path, "has no `[tool.cachemount]`")
        if read is not None:
            self._read[path] = read
        return read


def placed(config: Config, path: str) -> Config:
    """A configuration with the place of one of its files in it."""
    if not config.path:
        return config.for_file(_posix(path))
    return config.for_file(relative_path(os.path.abspath(path), os.path.dirname(os.path.abspath(config.path))))


def shown_path(path: str) -> str:
    """A path as a reader would write it: relative where it is below the current folder."""
    relative = relative_path(os.path.abspath(path), os.getcwd())
    return path if relative.startswith("../") or os.path.isabs(relative) else relative


def relative_path(path: str, folder: str) -> str:
    try:
        return _posix(os.path.relpath(path, folder))
    except ValueError:  # Another drive on Windows.
        return _posix(path)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
