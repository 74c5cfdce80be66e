"""The scripts of package.json that a command of npm and its like runs, with those that they run themselves.

https://docs.npmjs.com/cli/v11/using-npm/scripts#pre--post-scripts
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence

from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.later_commands import Called

_WORD = late(r"[\w@:./*-]+")
_NODE = frozenset({"npm", "pnpm", "yarn", "bun"})
_SETS_UP = frozenset({"add", "ci", "i", "install"})
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare", "prepublish")


def runs_manager(facts: Facts, called: Called, manager: PackageManager) -> bool:
    """Return whether a command of npm and its like runs scripts of the project that name a program of a manager."""
    if called.name not in _NODE or manager.name in _NODE:
        return False
    texts = [one.text for one in facts.dockerfile.source.context if posixpath.basename(one.path) == "package.json"]
    words = {*called.texts}
    names = sorted(script_names(texts) & words)
    if not names and (not words or not words.isdisjoint(_SETS_UP)):
        names = [*_LIFECYCLE]
    named = re.compile(rf"(?m)(?<![\w.@/-])(?:{'|'.join(manager.programs)})(?=\s|$)")
    return any(named.search(scripts_run(texts, name)) for name in names)


def script_names(texts: Sequence[str]) -> set[str]:
    """Return the names of the scripts of package.json files."""
    return {name for text in texts for name in scripts_of(text)}


def scripts_run(texts: Sequence[str], name: str) -> str:
    """Return the scripts that run where one of package.json files does, each on a line of its own.

    What another script's name stands in may run it, in whichever package: `turbo run build`, `run-p build:*`.
    """
    scripts = [one for text in texts for one in scripts_of(text).items()]
    wanted, found = [name, f"pre{name}", f"post{name}"], []
    for one in wanted:
        for value in dict.fromkeys(value for key, value in scripts if key == one):
            found.append(value)
            words = set(_WORD.findall(value))
            named = {key for key, _ in scripts if key in words or any(_stands_for(word, key) for word in words)}
            wanted += sorted(key for key in named if key not in wanted)
    return "\n".join(found)


def _stands_for(word: str, name: str) -> bool:
    return word.endswith(":*") and re.match(re.escape(word[:-1]), name) is not None


def scripts_of(text: str) -> dict[str, str]:
    """Return the scripts of a package.json by their names; none where the text cannot be read."""
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return {name: one for name, one in scripts.items() if isinstance(one, str)} if isinstance(scripts, dict) else {}
