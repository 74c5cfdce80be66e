"""Programs of a project that start a package manager to build, where their image has the project and the manager.

Told by the calls that start a process in Rust, Go, Python and JavaScript, with the manager's name, or a variable that
is called like it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.source import ContainerRun, Elsewhere

_MOST_BYTES = 200_000
_MOST_FOLDERS, _MOST_FILES = 300, 1_000
_ENDS = (".rs", ".go", ".py", ".js", ".ts")
# What is there to build, to test, or to be read.
_SKIPPED = frozenset({
    "bench", "benches", "build", "ci", "dev", "dist", "docs", "e2e", "example", "examples", "fixtures", "hack",
    "integration", "magefiles", "misc", "node_modules", "script", "scripts", "smoke", "target", "tasks", "test",
    "testdata", "testing", "tests", "third_party", "tool", "tools", "vendor", "venv", "xtask",
})  # fmt: skip
_ASIDE = late(r"(?:\A|[._-])(?:build|conftest|mage\w*|setup|spec|tests?|testing)(?:[._-]|\Z)")
_MANAGER = r"(cargo|go|mvn|gradle|dotnet|sbt|lein|clojure|stack|dart|deno)"
_RUNS_MANAGER = late(rf"\b{_MANAGER}\s")
_STARTED = late(
    r"\b(?:Command::new|exec\.Command(?:Context)?|subprocess\.(?:run|call|check_call|check_output|Popen)"
    r"|(?:spawn|execFile|execa)(?:Sync)?)\(\s*(?:\w*ctx\w*,\s*)?(?:\[\s*)?"
    rf"(?:[\"']{_MANAGER}[\"']|&?{_MANAGER}_(?:bin|binary|cmd|command|exe|path)\b)"
)
_VERB = late(r"[^;]{0,300}?[\"'](build|run|test|publish|restore|package|compile|exec)[\"']")
_LAST_STAGE = late(r"(?is)(?:.*\n|\A)[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(.*)\Z")


def started_managers(path: str, text: str) -> Iterator[ContainerRun]:
    """Yield what source files of the repository start that builds, for the image of a Dockerfile with the text."""
    stage = _LAST_STAGE.match(text)
    # An image that another stage of the file begins has what that one has.
    told = "" if stage is None else text if f" as {stage[1]}".lower() in text.lower() else stage[2]
    if _RUNS_MANAGER.search(told):
        started = _started(repository_of(os.path.dirname(real_path(path))))
        yield from (run for name, run in started if re.search(rf"\b{name}\b", told))


@kept
def _started(root: str) -> tuple[tuple[str, ContainerRun], ...]:
    """Return the managers that source files of a repository start to build, the first of each."""
    found: dict[str, ContainerRun] = {}
    for path in islice(nearest_files(root, _ENDS, _SKIPPED, _MOST_FOLDERS), _MOST_FILES):
        file = os.path.basename(path)
        text = "" if _ASIDE.search(file.rpartition(".")[0]) else text_inside_repository(path, root, _MOST_BYTES)
        for match in _STARTED.finditer(text):
            name = match[1] or match[2]
            verb = _VERB.match(text, match.end())
            if verb and name not in found:
                shown = os.path.relpath(path, root).replace(os.sep, "/")
                line = Elsewhere(text.count("\n", 0, match.start()) + 1, shown)
                found[name] = ContainerRun(by="program", line=line, target="", texts=(f"{name} {verb[1]}",))
    return tuple(found.items())
