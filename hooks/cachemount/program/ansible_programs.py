"""Programs in Python that install packages of the system when they run, by Ansible on their own machine.

https://ansible.readthedocs.io/projects/runner/en/stable/python_interface/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.copied_names import copies
from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import to_line_end
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_FOLDERS, _MOST_MODULES = 500, 2_000
_PROJECT = late(r"pyproject\.toml|setup\.(?:py|cfg)|Pipfile|requirements[\w.-]*\.txt")
_REQUIRED = late(r"(?i)\bansible[-_.]runner\b")
_IMPORTED = late(r"(?m)^[ \t]*(?:from|import)[ \t]+ansible_runner\b")
_LOCAL = late(r"[\"'](?:localhost|127\.0\.0\.1)[\"']|connection[\"']?\s*[:=]\s*[\"']local\b")
_INSTALLS = late(
    r"\bmodule\s*=\s*[\"'](?:ansible\.builtin\.)?(?:apt|package)[\"']"
    r"|[\"'](?:ansible\.builtin\.(?:apt|package)|apt)[\"']\s*:\s*\{"
)
_NO_PROGRAMS = frozenset({"doc", "docs", "examples", "node_modules", "site-packages", "test", "tests"})


def installers(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the first module that does so of the project that a Dockerfile, given by its path and text, copies.

    Its text goes to the end of the line that says so.
    """
    folder = os.path.dirname(real_path(path))
    taken = [word.removeprefix("./").strip("/") for words in copies(text) for word in words[:-1]]
    for place in upwards(folder, repository_of(folder)) if taken else ():
        if found := _installer(place):
            name, content = found
            if any(word in ("", ".") or name.startswith(f"{word}/") for word in taken):
                shown = os.path.relpath(os.path.join(place, *name.split("/")), folder).replace(os.sep, "/")
                yield ContextFile(path=shown, text=content, at_run_time="apt")
            return


@kept
def _installer(folder: str) -> tuple[str, str] | None:
    """Return the path of such a module from the folder of its project, and its text; None without one."""
    projects = (os.path.join(folder, one) for one in sorted(names_in(folder)) if _PROJECT.fullmatch(one))
    if not any(_REQUIRED.search(text_inside_repository(one, folder, _MOST_BYTES)) for one in projects):
        return None
    for path in islice(nearest_files(folder, ".py", _NO_PROGRAMS, _MOST_FOLDERS), _MOST_MODULES):
        text = text_inside_repository(path, folder, _MOST_BYTES)
        found = _INSTALLS.search(text) if _IMPORTED.search(text) and _LOCAL.search(text) else None
        if found:
            return os.path.relpath(path, folder).replace(os.sep, "/"), to_line_end(text, found.end())
    return None
