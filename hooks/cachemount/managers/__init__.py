"""The package managers that are known: an explicit list, in alphabetical order."""

from __future__ import annotations

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


def _manager(file: str) -> PackageManager:
    manager: PackageManager = getattr(import_module(f"{__name__}.{file}"), file.upper())
    return manager


MANAGERS: tuple[PackageManager, ...] = tuple(_manager(file) for file in FILES)
