"""Finding the configuration that holds for a file: the nearest one going up to the root of the repository."""

from __future__ import annotations

import os
from datetime import date

from cachemount.config import Config, ConfigError
from cachemount.config_reader import NAMES, parse
from cachemount.files import FileError, read
from cachemount.records import Record, field

# TOML of this size is read in about a second.
_MOST_BYTES = 1_000_000


def load(path: str) -> Config | None:
    """The configuration in the file `path`; None where it is a pyproject.toml that has none. Raises `ConfigError`."""
    try:
        data = read(path, _MOST_BYTES).data
    except FileError as error:
        raise ConfigError(path, str(error)) from None
    return parse(path, data, today=date.today())


class ConfigSearch(Record, frozen=False):
    """Gives each file its configuration; each configuration is read once.

    With `only`, that file holds for all. A mistake raises `ConfigError` for every file that it concerns.
    """

    only: str = ""
    _found: dict[str, Config | ConfigError | None] = field(default_factory=dict)
    _read: dict[str, Config | ConfigError | None] = field(default_factory=dict)

    def for_file(self, path: str) -> Config:
        """The configuration for `path` (as given, relative to the current folder), with its place in it."""
        full = os.path.abspath(path)
        config = self._load(self.only) if self.only else self._in(os.path.dirname(full))
        if config is None:
            return Config(file=_posix(path))
        if isinstance(config, ConfigError):
            raise config
        return config.for_file(relative_path(full, os.path.dirname(os.path.abspath(config.path))))

    def _in(self, folder: str) -> Config | ConfigError | None:
        """The configuration in force in a folder."""
        passed = []
        while folder not in self._found:
            passed.append(folder)
            loaded = (self._load(os.path.join(folder, name)) for name in NAMES)
            found = next((one for one in loaded if one is not None), None)
            parent = os.path.dirname(folder)
            if found is not None or parent == folder or os.path.lexists(os.path.join(folder, ".git")):
                self._found[folder] = found
                break
            folder = parent
        for one in passed:
            self._found[one] = self._found[folder]
        return self._found[folder]

    def _load(self, path: str) -> Config | ConfigError | None:
        if path not in self._read:
            self._read[path] = None
            if self.only or os.path.lexists(path):
                try:
                    self._read[path] = load(shown_path(path))
                    if self.only and self._read[path] is None:
                        self._read[path] = ConfigError(path, "has no `[tool.cachemount]`")
                except ConfigError as error:
                    self._read[path] = error
        return self._read[path]


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
