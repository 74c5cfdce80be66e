"""Putting a file in its place in one step, in a folder that is held on to.

The folder is opened part by part without following links, and every name after that is looked up in it: where somebody
swaps a folder for a link meanwhile, nothing is written to the place that the link leads to.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator

from cachemount.files.signals import ENDING, held

if sys.platform != "win32":
    import fcntl

# No hook takes a file of such a name for a Dockerfile.
_PREFIX = ".cachemount-"
_SUFFIX = ".tmp"
# The list of POSIX, with more users and groups than the mode.
_ACCESS_LIST = "system.posix_acl_access"
_HELD = os.open in os.supports_dir_fd
# O_PATH asks for no right to list the folder.
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", os.O_RDONLY)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class ChangedError(Exception):
    """The file is not the one that it was."""


class Folder:
    """A folder at or below `root`, as a context manager; neither path may hold a link."""

    def __init__(self, path: str, root: str) -> None:
        self._path = path
        self._descriptor = _open(path, root) if _HELD else None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def put(self, name: str, data: bytes, before: os.stat_result | None) -> None:
        """Give `name` this content. A reader sees all of the new or all of the old.

        `before` is what the file was when it was read (None: there was none), and lends mode and owner. Raises
        `ChangedError`, and writes nothing, where it is not that any more. A signal that ends the process waits until
        the file is in its place.
        """
        self._remove_leftovers()
        with held(*ENDING):
            self._put(name, data, before)

    def _put(self, name: str, data: bytes, before: os.stat_result | None) -> None:
        descriptor, temporary = self._temporary(0o666 if before is None else 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if before is not None:
                    self._lend(descriptor, temporary, name, before)
                os.fsync(descriptor)
                if _HELD:
                    self._rename(temporary, name, before)
            if not _HELD:  # Windows renames no open file.
                self._rename(temporary, name, before)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(self._at(temporary), dir_fd=self._descriptor)
            raise

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else os.path.join(self._path, name)

    def _temporary(self, mode: int) -> tuple[int, str]:
        """Return a new file's descriptor and name; the file is locked for as long as it is open."""
        while True:
            name = f"{_PREFIX}{os.urandom(6).hex()}{_SUFFIX}"
            descriptor = os.open(self._at(name), _NEW, mode, dir_fd=self._descriptor)
            _lock(descriptor)
            if os.fstat(descriptor).st_nlink:
                return descriptor, name
            # Another run took it for a leftover before it was locked.
            os.close(descriptor)

    def _lend(self, descriptor: int, temporary: str, name: str, before: os.stat_result) -> None:
        if sys.platform == "win32":
            os.chmod(self._at(temporary), stat.S_IMODE(before.st_mode))
            return
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
        if hasattr(os, "listxattr"):
            self._lend_attributes(descriptor, name)
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))

    def _lend_attributes(self, descriptor: int, name: str) -> None:
        """Copy the extended attributes: labels, what users noted, and who else may read or write the file."""
        old = os.open(self._at(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._descriptor)
        try:
            for attribute in _attributes(old):
                # Without its access list, the mode that is lent would give the group more than it had. Others may be
                # the system's own.
                with contextlib.suppress(*() if attribute == _ACCESS_LIST else (OSError,)):
                    os.setxattr(descriptor, attribute, os.getxattr(old, attribute))
        finally:
            os.close(old)

    def _rename(self, temporary: str, name: str, before: os.stat_result | None) -> None:
        try:
            now = os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            now = None
        if _identity(now) != _identity(before):
            raise ChangedError
        os.replace(self._at(temporary), self._at(name), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def _remove_leftovers(self) -> None:
        """Remove what killed runs have left here: it is not locked."""
        if sys.platform == "win32":
            return
        for name in self._leftovers():
            with contextlib.suppress(OSError):
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._descriptor)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(name, dir_fd=self._descriptor)
                finally:
                    os.close(descriptor)

    def _leftovers(self) -> Iterator[str]:
        with contextlib.suppress(OSError):
            # A descriptor of O_PATH lists nothing.
            listing = os.open(".", os.O_RDONLY, dir_fd=self._descriptor)
            try:
                names = os.listdir(listing)
            finally:
                os.close(listing)
            yield from (name for name in names if name.startswith(_PREFIX) and name.endswith(_SUFFIX))


def _open(path: str, root: str) -> int:
    descriptor = os.open(root, _FOLDER)
    inside = os.path.relpath(path, root)
    for part in inside.split(os.sep) if inside != os.curdir else ():
        try:
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


def _attributes(descriptor: int) -> list[str]:
    try:
        return os.listxattr(descriptor)
    except OSError:
        # The file's system has none.
        return []


def _lock(descriptor: int) -> None:
    if sys.platform != "win32":
        # Not every file system has locks; there, leftovers stay.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _identity(status: os.stat_result | None) -> tuple[int, ...] | None:
    return status and (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
