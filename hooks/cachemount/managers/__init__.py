"""The package managers that are known: an explicit list, in alphabetical order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from importlib import import_module

from cachemount.managers.model import PackageManager

# Each is a file here, and in it a value of the same name in upper case.
FILES = (
    "apk",
    "apt",
    "bower",
    "bun",
    "bundler",
    "cabal",
    "cargo",
    "clojure",
    "composer",
    "conda",
    "coursier",
    "cpan",
    "cpm",
    "deno",
    "dnf",
    "gem",
    "go",
    "gradle",
    "lein",
    "maven",
    "mix",
    "npm",
    "nuget",
    "opam",
    "pacman",
    "pak",
    "pdm",
    "pip",
    "pip_tools",
    "pipenv",
    "pipx",
    "pixi",
    "pnpm",
    "poetry",
    "pub",
    "rebar3",
    "renv",
    "sbt",
    "shards",
    "stack",
    "swift",
    "uv",
    "yarn",
    "zypper",
)


@cache
def _of_file(name: str) -> PackageManager:
    manager: PackageManager = getattr(import_module(f"{__name__}.{name}"), name.upper())
    return manager


class _Managers(Collection[PackageManager]):
    """The managers in the order of `FILES`; each is imported when it is asked for, because most files name few."""

    def __contains__(self, manager: object) -> bool:
        return any(one is manager for one in self)

    def __len__(self) -> int:
        return len(FILES)

    def __getitem__(self, number: int) -> PackageManager:
        return _of_file(FILES[number])

    def __iter__(self) -> Iterator[PackageManager]:
        return map(self.__getitem__, range(len(FILES)))


MANAGERS = _Managers()
