"""Scripts for Node.js that the build brings: one that starts no program, and names no manager, needs no store."""

from __future__ import annotations

import posixpath
import re

from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.context_scripts import is_brought
from cachemount.repairs.safety.later_commands import Called, runs_file

_LONGEST = 100_000
_COMMENT = late(r"(?m)^[ \t]*//.*$|/\*[\s\S]*?\*/")
# What starts a program, and files of the project that are not read.
_STARTS = late(
    r"child_process|\b(?:execa|zx|shelljs|cross-spawn|tinyexec|nano-spawn)\b|\b(?:exec|spawn|fork)(?:File)?(?:Sync)?\s*\("
    r"|\beval\s*\(|\bnew\s+Function\b|\bWorker\s*\(|\b(?:Bun|Deno)\.|\bCommand\b"
    r"|\b(?:import|from|require\s*\()\s*\(?[\"'`][./#]|\b(?:import|require)\s*\(\s*[^\"'\s]"
)


def needs_no_store(facts: Facts, called: Called, manager: PackageManager) -> bool:
    """Return whether a command runs a script of Node.js that is known to read nothing that a manager keeps."""
    file = runs_file(called) if called.name == "node" else ""
    return bool(file) and file != "-" and facts.memo(_starts_nothing, posixpath.basename(file), manager)


def _starts_nothing(facts: Facts, name: str, manager: PackageManager) -> bool:
    """Return whether all files of the context with a name are known, start nothing and import none of the others."""
    texts = [one.text for one in facts.dockerfile.source.context if posixpath.basename(one.path) == name]
    if not texts or any(len(text) > _LONGEST for text in texts) or not is_brought(facts, name):
        return False
    named = re.compile(rf"(?<![\w.-])(?:{'|'.join(manager.programs)})(?![\w-])")
    plain = [_COMMENT.sub("", text) for text in texts]
    return not any(named.search(text) or _STARTS.search(text) for text in plain)
