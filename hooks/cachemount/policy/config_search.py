"""Finding the configuration that holds for a file: the nearest one going up to the root of the repository."""

from __future__ import annotations

import os

from cachemount.files.reading import FileError, read
from cachemount.policy.ancestors import CONFIGURATIONS, Folders, Place, inherited
from cachemount.policy.model import Config, ConfigError
from cachemount.records import Record, field

# TOML of this size is read in about a second.
_MOST_BYTES = 1_000_000

_NONE = Config()


def load(path: str) -> Config | None:
    """Return the configuration in the file `path`; None for a pyproject.toml that has none. Raises `ConfigError`."""
    try:
        data = read(path, _MOST_BYTES).data
    except FileError as error:
        raise ConfigError(path, str(error)) from None
    # Most projects have no configuration, and do not wait for this.
    from cachemount.policy.config_reader import is_of_others, parse

    if is_of_others(path, data):
        return None
    from datetime import date

    return parse(path, data, today=date.today())


class ConfigSearch(Record, frozen=False):
    """Gives each file its configuration; each configuration is read once, and is one object for all its files.

    With `only`, that file holds for all. A mistake raises `ConfigError` for every file that it concerns.
    """

    only: str = ""
    folders: Folders = field(default_factory=Folders)
    _found: dict[Place, Config | ConfigError | None] = field(default_factory=dict)
    _read: dict[str, Config | ConfigError] = field(default_factory=dict)

    def for_file(self, path: str) -> Config:
        """Return the configuration for `path` (as given, relative to the current folder), with its place in it."""
        return placed(self.shared(path), path)

    def shared(self, path: str) -> Config:
        """Return the configuration for `path` and others, without a file's place in it. Raises `ConfigError`."""
        config = self._load(self.only) if self.only else inherited(self.folders.above(path), self._found, self._at)
        if isinstance(config, ConfigError):
            raise config
        return config or _NONE

    def _at(self, place: Place) -> Config | ConfigError | None:
        """Return the configuration that stands in a folder."""
        loaded = (self._load(os.path.join(place.folder, name)) for name in CONFIGURATIONS if name in place.names)
        return next((one for one in loaded if one is not None), None)

    def _load(self, path: str) -> Config | ConfigError | None:
        """Return the configuration in a file, if it has one, or the error in it, to be raised for each checked file."""
        if path in self._read:
            return self._read[path]
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
    """Return a configuration with the place of one of its files in it."""
    if not config.path:
        return config.for_file(_posix(path))
    return config.for_file(relative_path(os.path.abspath(path), os.path.dirname(os.path.abspath(config.path))))


def shown_path(path: str) -> str:
    """Return a path as a reader would write it: relative where it is below the current folder."""
    relative = relative_path(os.path.abspath(path), os.getcwd())
    return path if relative.startswith("../") or os.path.isabs(relative) else relative


def relative_path(path: str, folder: str) -> str:
    try:
        return _posix(os.path.relpath(path, folder))
    except ValueError:  # Another drive on Windows.
        return _posix(path)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
