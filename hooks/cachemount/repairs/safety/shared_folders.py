"""What else in a step writes below a folder of caches that a clean-up removes: `~/.cache` above a mount on pip's."""

from __future__ import annotations

import posixpath

from cachemount.facts import cache_switches
from cachemount.facts.cleanups import Cleanup, resolved
from cachemount.facts.expansion import expanded
from cachemount.facts.locations import below
from cachemount.facts.model import Facts, Step
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs import text_edits
from cachemount.repairs.safety.failing_cleanups import FORCES
from cachemount.repairs.safety.later_commands import commands_of, runs_programs_of_its_own

_COMPILERS = late(r"(?:golang|go|zig|ccache|sccache|bazel|bazelisk)(?:[-=~0-9.].*)?")
_RECURSIVE, _PLAIN = late(r"-[a-zA-Z]*[rR][a-zA-Z]*|--recursive"), late(r"/[\w./+-]+")
# Programs that keep a folder in ~/.cache and are no manager of ours, each by its own documentation.
_WRITERS = frozenset({
    "bazel", "bazelisk", "buf", "ccache", "corepack", "cypress", "electron-rebuild", "golangci-lint", "hatch", "helm",
    "hf", "huggingface-cli", "luarocks", "mise", "node-gyp", "pants", "patchright", "playwright", "pre-commit", "prek",
    "prisma", "puppeteer", "sccache", "staticcheck", "tectonic", "trivy", "typst", "vcpkg", "wasm-pack", "zig",
})  # fmt: skip


def may_fill(step: Step, above: str) -> bool:
    """Return whether a program that is no manager may write to a folder of caches in a step."""
    if not above:
        return False
    in_home = posixpath.basename(folder_of(above)) == ".cache"
    return (
        runs_programs_of_its_own(step)
        or _installs_compiler(step)
        or (in_home and any(called.name in _WRITERS and not called.is_query for called in commands_of(step)))
    )


def of_other_managers(facts: Facts, step: Step, above: str, managers: frozenset[PackageManager]) -> list[str]:
    """Return what other managers of the step, without a mount, fill in a folder: the folders directly in it."""
    folder = folder_of(above)
    found = {}
    for install in step.installs:
        if install.manager in managers or any(cache_switches.disabling_switches(facts, install)):
            continue
        for directory in install.directories:
            path = directory.path
            if directory.cover is None and path is not None and path != folder and below(path, folder):
                found[posixpath.join(folder, posixpath.relpath(path, folder).partition("/")[0])] = True
    return list(found)


def keep_for_others(facts: Facts, step: Step, cleanup: Cleanup, folders: list[str]) -> list[Edit]:
    """Return the edits that let a clean-up remove only what other managers fill; none where that is not plain."""
    command = cleanup.command
    words = next((found for one, found in expanded(step) if one is command), command.words)
    texts = [word.known for word in words[1:]]
    operands = [word for word in words[1:] if not word.known.startswith("-")]
    doomed = cleanup.arguments or tuple(operands)
    plain = (
        command.program == "rm"
        and any(map(_RECURSIVE.fullmatch, texts))
        and any(map(FORCES.fullmatch, texts))
        and all(map(_PLAIN.fullmatch, folders))
        and all(one.text and any(one.word is word for word in command.words) for one in doomed)
    )
    wide = [one for one in doomed if resolved(one.known, command, step) == cleanup.above] if plain else []
    if not wide:
        return []
    rest = [text_edits.drop_word(facts.dockerfile, command, one.word) for one in doomed if one is not wide[0]]
    return [Edit(span=wide[0].word.span, text=" ".join(folders)), *rest]


def folder_of(above: str) -> str:
    """Return the folder that is meant where all that is in it is named."""
    folder = posixpath.normpath(above)
    while folder != "/" and set(posixpath.basename(folder)) <= set("*?.[]!"):
        folder = posixpath.dirname(folder)
    return folder


def _installs_compiler(step: Step) -> bool:
    """Return whether the step installs a compiler with a cache in the home, beside a manager that may run it."""
    builds = any(install.manager.keeps_builds for install in step.installs)
    return builds and any(
        install.manager.system and any(map(_COMPILERS.fullmatch, (one.known for one in install.arguments)))
        for install in step.installs
    )
