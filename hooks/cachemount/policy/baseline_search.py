"""Finding the baseline that holds for a file: the one that is named, or the nearest up to the repository's root."""

from __future__ import annotations

import os

from cachemount.files.reading import Content, FileError, is_inside_repository, read
from cachemount.policy.ancestors import BASELINE, REPOSITORY, Folders, Place, inherited
from cachemount.policy.config_search import relative_path, shown_path
from cachemount.policy.model import Config, ConfigError
from cachemount.records import Record, field
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.policy.baseline import Baseline


class Opened(Record, frozen=False):
    """A baseline, and the file that it was read from (None: there is none yet)."""

    baseline: Baseline
    content: Content | None = None

    def key(self, path: str) -> str:
        """Return how the baseline names the file `path`."""
        return relative_path(os.path.abspath(path), self._folder)

    def place(self, key: str) -> str:
        """Return the absolute path of the file that the baseline names `key`."""
        return os.path.normpath(os.path.join(self._folder, key))

    @property
    def _folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.baseline.path))


class BaselineSearch(Record, frozen=False):
    """Gives each file its baseline; each is read once.

    With `only`, that file holds for all. With `writing`, a baseline that is missing is a new one, not a mistake.
    """

    only: str = ""
    writing: bool = False
    folders: Folders = field(default_factory=Folders)
    _nearest: dict[Place, str | None] = field(default_factory=dict)
    _opened: dict[str, Opened | ConfigError] = field(default_factory=dict)

    def for_file(self, path: str, config: Config) -> Opened | None:
        """Return the baseline for a checked file, or None. Raises `ConfigError` for a baseline that cannot be read."""
        named = self.only
        if not named and config.baseline:
            named = os.path.join(os.path.dirname(config.path), config.baseline)
            if not is_inside_repository(named, os.path.dirname(config.path)):
                raise ConfigError(config.path, f"`baseline` leaves the repository: {config.baseline}")
        if not named:
            named = inherited(self.folders.above(path), self._nearest, self._at) or ""
        if not named:
            return None
        full = os.path.abspath(named)
        if full not in self._opened:
            self._opened[full] = self._open(shown_path(named))
        opened = self._opened[full]
        if isinstance(opened, ConfigError):
            raise opened
        return opened

    def _open(self, path: str) -> Opened | ConfigError:
        from cachemount.policy.baseline import Baseline, parse

        if self.writing and not os.path.lexists(path):
            return Opened(baseline=Baseline(path=path))
        try:
            content = read(path)
            return Opened(baseline=parse(path, content.data), content=content)
        except FileError as error:
            hint = "" if os.path.lexists(path) else " (--write-baseline writes a new one)"
            return ConfigError(path, f"{error}{hint}")
        except ConfigError as error:
            return error

    def _at(self, place: Place) -> str | None:
        """Return the path of the baseline in a folder; with `writing`, where the search ends, that of a new one."""
        here = os.path.join(place.folder, BASELINE)
        if BASELINE in place.names:
            return here
        if not self.writing or place.above is not None:
            return None
        return here if REPOSITORY in place.names else os.path.abspath(BASELINE)
