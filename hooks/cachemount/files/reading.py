"""Reading files, and writing them so that a reader always sees the old text or the new, never half of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping

from cachemount.files.kept import WATCH, kept
from cachemount.records import Record

# The largest of 99,789 public Dockerfiles has 85 kB.
MOST_BYTES = 16_000_000
_PIECE = 4_096
# How many folders a folder may be in.
_DEEPEST = 100


class FileError(Exception):
    """A file that cannot be read or must not be written; `str(error)` is the reason, without the path."""


class Content(Record):
    """The bytes of a file, and what the file was when they were read."""

    data: bytes
    status: os.stat_result


def read(path: str, most: int = MOST_BYTES) -> Content:
    """Return the content of a regular file of at most `most` bytes. Raises `FileError`."""
    try:
        # Without O_NONBLOCK, opening a pipe without a writer waits for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise FileError("is a folder" if stat.S_ISDIR(status.st_mode) else "is not a regular file")
            if status.st_size > most:
                raise FileError(too_large(most))
            data = b""
            # It may grow meanwhile, and be read in pieces.
            while len(data) <= most and (piece := os.read(descriptor, max(status.st_size, _PIECE) + 1)):
                data += piece
        finally:
            os.close(descriptor)
        if len(data) > most:
            raise FileError(too_large(most))
        return Content(data=data, status=status)
    except IsADirectoryError:
        raise FileError("is a folder") from None
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read: {_reason(error)}") from None


def too_large(most: int) -> str:
    return f"is larger than {most:,} bytes, which is the most that is read"


def write(path: str, data: bytes, before: Content) -> None:
    """Replace the content of a file that `before` was read from, in one step; mode and owner stay.

    A symbolic link stays one: its target is written, if it is in the same repository. Raises `FileError`, and leaves
    the file as it is, where the file is read-only, is not the one that was read, or cannot be written.
    """
    target, root = _target(path)
    if not before.status.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise FileError("cannot be repaired: it is read-only")
    try:
        _put(target, root, data, before.status)
    except PermissionError:
        raise FileError("cannot be repaired: its folder is not writable") from None
    except OSError as error:
        raise FileError(f"cannot be repaired: {_reason(error)}") from None


def create(path: str, data: bytes) -> None:
    """Write a file that does not exist yet. Raises `FileError` where it does, or cannot be written."""
    target, root = _target(path)
    try:
        _put(target, root, data, None)
    except OSError as error:
        raise FileError(f"cannot be written: {_reason(error)}") from None


def _put(target: str, root: str, data: bytes, before: os.stat_result | None) -> None:
    from cachemount.files.atomic_write import ChangedError, Folder

    try:
        with Folder(os.path.dirname(target), root) as folder:
            folder.put(os.path.basename(target), data, before)
    except ChangedError:
        raise FileError("is not written: it was changed by another program at the same time") from None


def _target(path: str) -> tuple[str, str]:
    """Return the file that a path stands for, and the repository that it is in, all links followed.

    Raises `FileError` where the links lead out of the repository.
    """
    full = os.path.abspath(path)
    target = os.path.realpath(full)
    folder = os.path.realpath(os.path.dirname(full))
    root = os.path.realpath(_repository_of(os.path.dirname(full)))
    if target != os.path.join(folder, os.path.basename(full)) or not _inside(folder, root):
        parts = os.path.relpath(target, root).split(os.sep) if _inside(target, root) else []
        if not parts or ".git" in parts:
            raise FileError(f"cannot be repaired: it is a link that leaves the repository, to {target}")
    return target, root


def repository_of(folder: str) -> str:
    """Return the root of the repository that a folder is in, or the folder itself; for all folders above it once."""
    return _repository_of(folder) if folder.count(os.sep) > _DEEPEST else _root_of(folder) or folder


@kept
def _root_of(folder: str) -> str:
    """Return the root of the repository that a folder is in; "" where it is in none."""
    if begins_repository(folder):
        return folder
    above = os.path.dirname(folder)
    return "" if above == folder else _root_of(above)


def begins_repository(folder: str) -> bool:
    """Return whether a repository begins in a folder. Its names are not read: those of most folders are not needed."""
    git = os.path.join(folder, ".git")
    WATCH.note(git)
    return os.path.lexists(git)


def _repository_of(folder: str) -> str:
    at = folder
    while not os.path.lexists(os.path.join(at, ".git")):
        parent = os.path.dirname(at)
        if parent == at:
            return folder
        at = parent
    return at


def upwards(folder: str, root: str) -> Iterator[str]:
    """Yield a folder of a repository, and those that it is in, up to the repository's own."""
    for _ in range(_DEEPEST):
        yield folder
        above = os.path.dirname(folder)
        if folder in (root, above) or not folder.startswith(root):
            return
        folder = above


def is_inside_repository(path: str, folder: str) -> bool:
    """Return whether a path, all links followed, is in the repository that a folder is in."""
    return _inside(real_path(path), _real_root(folder))


def real_path(path: str) -> str:
    """Return a path with all links followed, those of its folder once for all files in it."""
    above, name = os.path.split(path)
    is_plain = name not in ("", os.curdir, os.pardir) and not os.path.islink(path)
    return os.path.join(_real_folder(above), name) if is_plain else os.path.realpath(path)


@kept
def _real_folder(folder: str) -> str:
    """Return a folder with all links followed. It is kept: to follow them takes longer than to read a small file."""
    # On Windows, a name may be short for another.
    return os.path.realpath(folder) if os.name == "nt" or folder.count(os.sep) > _DEEPEST else real_path(folder)


@kept
def _real_root(folder: str) -> str:
    return os.path.realpath(repository_of(os.path.abspath(folder)))


@kept
def names_in(folder: str) -> Mapping[str, None]:
    """Return the names in a folder, in the system's order; nothing where it cannot be read.

    They are kept: a run asks of the same folders for each of their Dockerfiles.
    """
    WATCH.note(folder)
    try:
        return dict.fromkeys(os.listdir(folder))
    except (OSError, ValueError):
        return {}


def names_under(root: str, folders: Iterable[str], ends: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths, from a root, of what folders below it hold with one of these ends; the root itself is ""."""
    for folder in folders:
        if not folder or folder.partition("/")[0] in names_in(root):
            inside = sorted(names_in(os.path.join(root, *folder.split("/"))))
            yield from (f"{folder}/{one}".lstrip("/") for one in inside if one.endswith(ends))


def text_inside_repository(path: str, folder: str, most: int) -> str:
    """Return the text of a file of the repository that a folder is in, "" where it cannot be read or is elsewhere.

    Of more than `most` bytes it cannot be read. A carriage return at the end of a line is left out.
    """
    WATCH.note(path)
    if not os.path.isfile(path) or not is_inside_repository(path, folder):
        return ""
    try:
        text = read(path, most).data.decode("utf-8", "replace").removeprefix("\ufeff")
    except FileError:
        return ""
    return text.replace("\r\n", "\n")


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
