"""Folders that a step asks a manager for: `rm -rf "$(pip cache dir)"`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.shell.model import Word

_ASKED = late(r"[\"']?(?:\$\(|`)\s*([^()`$;&|<>]+?)\s*(?:\)|`)(?:/\*|/)?[\"']?")
_INNER = late(r"(?:\$\(|`)\s*([^()`$;&|<>]+?)\s*(?:\)|`|[|;])")
# Each command, the name of its manager, and which of the manager's caches lies in the folder that it prints.
COMMANDS = (
    (late(r"(?:python[\d.]* -m )?pip[\d.]* cache dir"), "pip", ""),
    (late(r"uv cache dir"), "uv", ""),
    (late(r"yarn cache dir"), "yarn", ""),
    (late(r"bun pm cache"), "bun", ""),
    (late(r"npm config get cache(?: -g| --global)?"), "npm", ""),
    (late(r"pnpm store path"), "pnpm", ""),
    (late(r"composer config (?:-g |--global )?cache-dir(?: -g| --global)?"), "composer", ""),
    (late(r"go env GOMODCACHE"), "go", "modules"),
    (late(r"go env GOCACHE"), "go", "build"),
    (late(r"poetry config cache-dir"), "poetry", ""),
)
# Folders of Go in a word, by what prints them: https://pkg.go.dev/cmd/go#hdr-Environment_variables
_GO = late(r"[\"']?(?:\$\(|`)\s*go\s+env\s+(GOPATH|GOMODCACHE|GOCACHE)\s*(?:\)|`)[\"']?")
# Of Poetry: they are folders in the one that it prints.
_INSIDE = frozenset({"repositories", "artifacts"})


def asked_place(step: Step, word: Word) -> str | None:
    """Return the folder that a word asks a manager for, where the step shows it; None where it asks for none."""
    match = _ASKED.fullmatch(word.raw) if word.text is None else None
    if match is None:
        return None
    asked = " ".join(match[1].split())
    return next((_place(step, name, cache) for pattern, name, cache in COMMANDS if pattern.fullmatch(asked)), None)


def filled_in_place(step: Step, word: Word) -> str | None:
    """Return the text of a word with the folders that it asks Go for; None where it asks for none."""
    if word.text is not None or "env" not in word.raw or not _GO.search(word.raw):
        return None
    variables, home = step.environment.variables, step.environment.home
    path = variables.get("GOPATH") or f"{home}/go"
    folders = {
        "GOPATH": path,
        "GOMODCACHE": variables.get("GOMODCACHE") or f"{path}/pkg/mod",
        "GOCACHE": variables.get("GOCACHE") or f"{variables.get('XDG_CACHE_HOME') or f'{home}/.cache'}/go-build",
    }
    text = _GO.sub(lambda match: folders[match[1]], word.raw).replace('"', "")
    return None if "$" in text or "`" in text else text


def _place(step: Step, manager: str, cache: str) -> str | None:
    """Return where the installs of a manager keep a cache in a step; None where they do not all say one place."""
    found = _places(step, manager, cache)
    return found.pop() if len(found) == 1 else None


def _places(step: Step, manager: str, cache: str) -> set[str | None]:
    return {
        posixpath.dirname(one.path) if one.path and one.cache.name in _INSIDE else one.path
        for install in step.installs
        if install.manager.name == manager
        for one in install.directories
        if not cache or one.cache.name == cache
    }


def places_asked_for(steps: Iterable[Step], text: str) -> set[str]:
    """Return the folders that a text asks managers for, where the steps before it keep their caches."""
    asked = [" ".join(found.split()) for found in _INNER.findall(text)]
    wanted = {(name, cache) for one in asked for pattern, name, cache in COMMANDS if pattern.fullmatch(one)}
    places = (place for step in steps for one in wanted for place in _places(step, *one)) if wanted else ()
    return {place for place in places if place is not None}
