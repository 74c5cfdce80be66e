"""Scripts for Node.js that the build brings: one that starts no program, and names no manager, needs no store."""

from __future__ import annotations

import posixpath
import re

from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.node_imports import imports, is_of_project, places
from cachemount.repairs.safety.context_scripts import is_brought
from cachemount.repairs.safety.later_commands import Called
from cachemount.source import ContextFile

_LONGEST = 100_000
# A script that imports another one, and so on.
_DEEPEST = 3
_COMMENT = late(r"(?m)^[ \t]*//.*$|/\*[\s\S]*?\*/")
# What starts a program, and imports whose names are not known.
_STARTS = late(
    r"child_process|\b(?:execa|zx|shelljs|cross-spawn|tinyexec|nano-spawn)\b|\b(?:exec|spawn|fork)(?:File)?(?:Sync)?\s*\("
    r"|\beval\s*\(|\bnew\s+Function\b|\bWorker\s*\(|\b(?:Bun|Deno)\.|\bCommand\b|(?<!\brequire = )\bcreateRequire\s*\("
    r"|\b(?:import|require)\s*\(\s*(?:[^\"'\s]|[\"'][^\"'\n]*[\"']\s*[^)\s])"
)
# What they run, and options that have a value.
_RUNNERS: dict[str, frozenset[str]] = {
    "node": frozenset({"-C", "--conditions", "--import", "-r", "--require", "--loader", "--experimental-loader"}),
    "tsx": frozenset({"-C", "--conditions", "--import", "-r", "--require", "--tsconfig"}),
    "ts-node": frozenset({"-r", "--require", "-P", "--project", "-O", "--compilerOptions"}),
    "ts-node-esm": frozenset({"-P", "--project", "-O", "--compilerOptions"}),
}
_LOADED = frozenset({"--import", "-r", "--require", "--loader", "--experimental-loader"})
# What lets Node.js read TypeScript, and the variables of a file.
_LOADERS = late(
    r"tsx(?:/(?:esm|cjs))?|ts-node(?:/\w+)*|(?:@swc-node|esbuild|@esbuild-kit|@babel|source-map-support|dotenv)"
    r"(?:[/-][\w-]+)*"
)
_TEXT = frozenset({"-e", "-p", "-pe", "--eval", "--print", "--test", "--run", "-i", "--interactive"})


def needs_no_store(facts: Facts, called: Called, manager: PackageManager) -> bool:
    """Return whether a command runs a script of Node.js that is known to read nothing that a manager keeps."""
    file = _script_of(called)
    return bool(file) and facts.memo(_starts_nothing, posixpath.basename(file), manager)


def _script_of(called: Called) -> str:
    """Return the script that a command runs with Node.js; "" where it is not known, or more is loaded with it."""
    valued = _RUNNERS.get(called.name)
    texts = called.texts if valued is not None else []
    waiting = iter(texts)
    for text in waiting:
        option, separator, value = text.partition("=")
        if not text or option in _TEXT:
            return ""
        if not text.startswith("-"):
            return text
        if valued and option in valued:
            value = value if separator else next(waiting, "")
            if option in _LOADED and not _LOADERS.fullmatch(value):
                return ""
    return ""


def _starts_nothing(facts: Facts, name: str, manager: PackageManager) -> bool:
    """Return whether all files of the context with a name are known, with what they import, and start nothing."""
    files = [one for one in facts.dockerfile.source.context if posixpath.basename(one.path) == name]
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(manager.programs)})(?![\w-])")
    return bool(files) and all(_is_harmless(facts, one, named, ()) for one in files)


def _is_harmless(facts: Facts, file: ContextFile, named: re.Pattern[str], above: tuple[ContextFile, ...]) -> bool:
    if len(above) > _DEEPEST or len(file.text) > _LONGEST or not is_brought(facts, posixpath.basename(file.path)):
        return False
    text = _COMMENT.sub("", file.text)
    if named.search(text) or _STARTS.search(text):
        return False
    for name in filter(is_of_project, imports(text)):
        if name.endswith(".json"):
            continue
        paths = {*places(file.path, name)}
        found = [one for one in facts.dockerfile.source.context if one.folder == file.folder and one.path in paths]
        # Two files may import each other.
        new = [one for one in found if one not in (file, *above)]
        if not found or not all(_is_harmless(facts, one, named, (*above, file)) for one in new):
            return False
    return True
