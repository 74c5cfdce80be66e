"""Which files to check: those that are named, and in folders those whose names say that they are Dockerfiles."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from cachemount.files.reading import FileError, is_inside_repository, read, repository_of
from cachemount.policy.ancestors import make_room
from cachemount.records import Record
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

# The same as `files` and `exclude` of the hooks in .pre-commit-hooks.yaml; a test compares them. The name allows, the
# content decides (other_files): a name that says what else a file is stands after "Dockerfile." as often as not.
NAMED = r"(?i)(^|/)[^/]*(docker|container)file[^/]*$"
NOT_NAMED = (
    r"(?i)(\.((docker|container)ignore|md|mdx|rst|adoc|html?|css|s[ac]ss|svg|png|pdf|lock|bak|orig|rej|diff|patch|snap|swp|log|sha\d+"
    r"|asc|sig)|~)$|(^|/)(?!(docker|container)file\.[^/.]*$)[^/]*\.(py|pyi|rb|go|[cm]?[jt]sx?|vue|sh|bash|ps1|bat|java|kt|rs|cs"
    r"|c|cc|cpp|h|hpp|php|pl|lua|swift|scala|exs?|json5?|jsonc|ya?ml|toml|xml|ini|sum|sql|rego)$"
)

# Files that hold Dockerfiles; likewise those of the Compose hooks.
COMPOSE = r"(?i)(^|/)((docker|podman|container)-)?compose([._-][^/]*)?\.(ya?ml|json)$"
BAKE = r"(?i)(^|/)(docker-)?bake([._-][^/]*)?\.(hcl|json)$"
HOSTS = (
    r"(?i)(^|/)(((docker|podman|container)-)?compose([._-][^/]*)?\.(ya?ml|json)"
    r"|(docker-)?bake([._-][^/]*)?\.(hcl|json))$"
)

# A repository's configuration may name programs; so may a folder of it that has the form of a bare repository.
_RUN_NOTHING = ("-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")

# They name another repository than that of the folder, or another of its lists of files: inside a hook, or by mistake.
_OTHER_REPOSITORY = frozenset({
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_WORK_TREE",
})  # fmt: skip

# Most files have one of few names, and looking at a name costs as much as looking at the file.
_NAMES = 1_000

_SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "bower_components", "node_modules", "site-packages"})
# Folder -> files in it that say that a program put copies of others' work there, which it would make anew:
# https://go.dev/ref/mod#vendoring, https://getcomposer.org/doc/01-basic-usage.md, https://bundler.io/man/bundle-config.1.html,
# https://guides.cocoapods.org/using/using-cocoapods.html
_COPIES = {
    "vendor": ("modules.txt", "autoload.php", "composer/installed.json", "bundle/ruby"),
    "Pods": ("Manifest.lock",),
}
# What `cargo vendor` puts into each crate, with the checksums of its files:
# https://doc.rust-lang.org/cargo/commands/cargo-vendor.html
_CRATE = ".cargo-checksum.json"


class Found(Record):
    """A path to check, or one that cannot be (`error`) or need not be (`skipped`: why)."""

    path: str
    error: str = ""
    skipped: str = ""


def is_dockerfile_name(path: str) -> bool:
    path = path.replace(os.sep, "/")
    return re.search(NAMED, path) is not None and re.search(NOT_NAMED, path) is None


def host_kind(path: str) -> Literal["", "compose", "bake"]:
    """Return the kind of file with Dockerfiles in it that a name stands for; "" where it stands for another file."""
    return _host_kind(path.replace(os.sep, "/").rpartition("/")[2])


@lru_cache(maxsize=_NAMES)
def _host_kind(name: str) -> Literal["", "compose", "bake"]:
    # A file with another name does not wait for the patterns, which take longer to compile than it takes to be read.
    lower = name.lower()
    if "compose" in lower and re.search(COMPOSE, name):
        return "compose"
    return "bake" if "bake" in lower and re.search(BAKE, name) else ""


def is_host_name(path: str) -> bool:
    return host_kind(path) != ""


def discover(
    paths: Iterable[str], wanted: Callable[[str], bool] = is_dockerfile_name, walked: list[str] | None = None
) -> Iterator[Found]:
    """Yield the files that the paths stand for, each once, also where links lead to it twice.

    Folders are walked for files with a wanted name, and put into `walked`.
    """
    seen: set[str] = set()
    folders: dict[str, str] = {}
    for path in paths:
        try:
            is_file = stat.S_ISREG(os.lstat(path).st_mode)
            is_folder = not is_file and stat.S_ISDIR(os.stat(path).st_mode)
            if is_folder and walked is not None:
                walked.append(path)
            if is_folder and not os.path.isabs(path):
                # A folder that was deleted while it is the current one looks empty.
                os.getcwd()
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            yield Found(path=path, error=f"cannot be read: {reason}")
            continue
        if is_file:
            yield _found(path, _in_real_folder(path, folders), seen)
            continue
        waiting = deque(walk(path, wanted) if is_folder else [path])
        while waiting:
            # They may be many, and this goes on for as long as the run.
            one = waiting.popleft()
            if is_folder and os.path.islink(one) and not is_inside_repository(one, path):
                # What is in it may be secret, and its first line would be shown.
                yield Found(path=one, skipped="it is a link that leaves the repository")
                continue
            yield _found(one, os.path.realpath(one) if os.path.islink(one) else _in_real_folder(one, folders), seen)


def _found(path: str, real: str, seen: set[str]) -> Found:
    if real in seen:
        return Found(path=path, skipped="it is the same file as one before")
    seen.add(real)
    if is_ignore_file(path.rpartition("/")[2]):
        return Found(path=path, skipped="it is an ignore file")
    return Found(path=path)


@lru_cache(maxsize=_NAMES)
def is_ignore_file(name: str) -> bool:
    return name.lower().endswith((".dockerignore", ".containerignore"))


def walk(folder: str, wanted: Callable[[str], bool] = is_dockerfile_name) -> list[str]:
    """Return the files below a folder with a wanted name, without those that git ignores, in order."""
    listed = _known_to_git(folder)
    names = _walked(folder) if listed is None else listed
    named = set()
    if wanted is is_dockerfile_name:
        from cachemount.program.build_files import named_by_builds

        named = _named_by_devcontainers(folder, names) | named_by_builds(folder, names)
    found = []
    copies: dict[str, bool] = {}
    for name in sorted(names):
        path = name if folder in (".", "") else os.path.join(folder, name)
        is_named = wanted(name) or name.replace(os.sep, "/") in named
        if is_named and os.path.isfile(path) and not _is_copy(folder, os.path.dirname(name), copies):
            found.append(path)
    return found


def _is_copy(folder: str, inside: str, known: dict[str, bool]) -> bool:
    """Return whether a folder below a folder that is walked holds copies of others' work, or lies in one that does."""
    passed = []
    found = False
    while inside:
        if inside in known:
            found = known[inside]
            break
        passed.append(inside)
        inside = os.path.dirname(inside)
    for one in reversed(passed):
        found = known[one] = found or _has_copies(os.path.join(folder, one))
    return found


def _has_copies(folder: str) -> bool:
    name = os.path.basename(folder)
    signs = (_CRATE, *_COPIES.get(name, ()))
    return name in _SKIPPED_FOLDERS or any(os.path.lexists(os.path.join(folder, sign)) for sign in signs)


def _named_by_devcontainers(folder: str, names: Iterable[str]) -> set[str]:
    """Dockerfiles whatever their names, relative to the folder and with slashes."""
    from cachemount.program.devcontainer import (
        dockerfile,
        in_workspace,
        is_devcontainer_name,
    )

    found = set()
    for name in (one.replace(os.sep, "/") for one in names):
        if is_devcontainer_name(name):
            try:
                text = read(os.path.join(folder, name)).data.decode("utf-8", "replace")
            except FileError:
                continue
            if named := dockerfile(text):
                found.add(posixpath.normpath(posixpath.join(posixpath.dirname(name), in_workspace(named, name))))
    return found


def known_to_git(folder: str, *patterns: str) -> list[str] | None:
    """Files below a folder that git tracks or would add, relative to it; None where git does not know."""
    import subprocess

    options = ("-co", "--exclude-standard", "-z")
    # The objects that a partial clone lacks would be fetched, by a program that its configuration names.
    environment = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}
    root = repository_of(os.path.abspath(folder))
    if os.path.lexists(os.path.join(root, ".git")):
        # Its configuration may say that the files are elsewhere.
        environment["GIT_WORK_TREE"] = root
    try:
        command = [_git(), *_RUN_NOTHING, "ls-files", *options, "--", *patterns]
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except (OSError, ValueError):
        return None
    if done.returncode:
        return None
    return list(dict.fromkeys(os.fsdecode(name) for name in done.stdout.split(b"\0") if name))


def _git() -> str:
    """Return the path of git.

    A folder of PATH that is relative, and on Windows the current one, may be the repository's.
    """
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(name)


def _known_to_git(folder: str) -> list[str] | None:
    listed = known_to_git(folder)
    # An empty list proves nothing: git may ignore the folder as a whole, which was asked for by name.
    return listed or None


def _walked(folder: str) -> list[str]:
    found = []
    # os.walk calls itself for each folder in a folder before Python 3.12.
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        try:
            entries = [
                (one.name, one.is_dir(follow_symlinks=False)) for one in os.scandir(os.path.join(folder, parent))
            ]
        except OSError:
            continue
        for name, is_folder in entries:
            if not is_folder:
                found.append(os.path.join(parent, name))
            elif name not in _SKIPPED_FOLDERS:
                waiting.append(os.path.join(parent, name))
    return found


def _in_real_folder(path: str, folders: dict[str, str]) -> str:
    """Return the real path of a path whose last part is not a link; folders are looked up once."""
    folder, name = os.path.split(path)
    real = os.path.join(folders.get(folder) or _real(folder, folders), name)
    # They are many: it is the same object where it is the same text.
    return path if real == path else real


def _real(folder: str, folders: dict[str, str]) -> str:
    """Return the real path of a folder, found from that of the nearest known folder above it."""
    make_room(folders)
    passed = []
    while folder not in folders:
        above, name = os.path.split(folder)
        if name in ("", ".", ".."):
            folders[folder] = os.path.realpath(folder)
            break
        passed.append((folder, name))
        folder = above
    real = folders[folder]
    for below, name in reversed(passed):
        real = os.path.realpath(below) if os.path.islink(below) else os.path.join(real, name)
        folders[below] = real
    return real
