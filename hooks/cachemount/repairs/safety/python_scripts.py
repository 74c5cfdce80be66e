"""Scripts in Python that the build brings: one that starts no program, and names none of a manager, needs no store."""

from __future__ import annotations

import posixpath
import re

from cachemount.facts.model import Facts
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.context_scripts import is_brought
from cachemount.repairs.safety.interpreters import INTERPRETERS
from cachemount.repairs.safety.later_commands import Called, runs_file

_LONGEST = 100_000
# A script that imports another one, and so on.
_DEEPEST = 3
_COMMENT = late(r"(?m)^[ \t]*#.*$")
_IMPORT = late(r"(?m)^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w. \t,]+))")
# Modules that start no program by themselves; `os` does by a few of its functions.
_MODULES = frozenset({
    "__future__", "abc", "argparse", "ast", "base64", "click", "collections", "configparser", "contextlib", "copy",
    "csv", "dataclasses", "datetime", "decimal", "difflib", "enum", "errno", "fnmatch", "fractions", "functools",
    "glob", "gzip", "hashlib", "html", "io", "itertools", "jinja2", "json", "locale", "logging", "math", "operator",
    "os", "packaging", "pathlib", "pprint", "random", "re", "requests", "ruamel", "secrets", "shlex", "shutil",
    "stat", "string", "struct", "sys", "tarfile", "tempfile", "textwrap", "time", "toml", "tomli", "tomli_w",
    "tomlkit", "tomllib", "types", "typing", "typing_extensions", "unicodedata", "urllib", "uuid", "warnings",
    "xml", "yaml", "zipfile", "zlib",
})  # fmt: skip
_STARTS = late(
    r"\bos\s*\.\s*(?:system|popen|exec|spawn|posix_spawn|fork)|\bfrom\s+os\s+import\b|__|(?<![\w.])(?:eval|exec)\s*\("
)
_DUNDER_NAMES = late(r"\b__(?:future|name|main|file|init|doc|version|all)__\b")


def needs_no_store(facts: Facts, called: Called, manager: PackageManager) -> bool:
    """Return whether a command runs a script in Python that is known to read nothing that a manager keeps."""
    file = runs_file(called) if called.name.rstrip("0123456789.") in INTERPRETERS else called.path
    return file.endswith(".py") and facts.memo(_is_harmless, posixpath.basename(file), manager)


def _is_harmless(facts: Facts, name: str, manager: PackageManager) -> bool:
    return is_brought(facts, name) and _starts_nothing(facts, name, manager, 0)


def _starts_nothing(facts: Facts, name: str, manager: PackageManager, depth: int) -> bool:
    """Return whether all files of the context with a name are known, with what they import, and start nothing."""
    texts = [one.text for one in facts.dockerfile.source.context if posixpath.basename(one.path) == name]
    if not texts or depth > _DEEPEST or any(len(text) > _LONGEST for text in texts):
        return False
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(manager.programs)})(?![\w-])")
    for text in (_COMMENT.sub("", one) for one in texts):
        if named.search(text) or _STARTS.search(_DUNDER_NAMES.sub("", text)):
            return False
        for module in _imported(text):
            if module not in _MODULES and not _starts_nothing(facts, f"{module}.py", manager, depth + 1):
                return False
    return True


def _imported(text: str) -> set[str]:
    """Return the first parts of the names of modules that a text imports."""
    found = set()
    for package, listed in _IMPORT.findall(text):
        found |= {name.split()[0].partition(".")[0] for name in (package or listed).split(",") if name.strip()}
    return found
