"""The ids that the configuration wants for cache mounts: `[[ids]]` tables with `paths` and a `template`."""

from __future__ import annotations

import re

from cachemount.files.patterns import match_path
from cachemount.late_pattern import late
from cachemount.records import Record

# What stands for them is written as it is; `arch` is BuildKit's argument, which a stage has to declare.
PLACEHOLDERS = ("target", "manager", "stage", "arch")
ARCHITECTURE = "${TARGETARCH}"
_PLACEHOLDER = late(r"\{([^{}]*)\}")
_PLAIN = late(r"[\w./~:@%+=-]+", re.ASCII)


class Ids(Record):
    """An `[[ids]]` entry: the template for the files that it covers, all where `paths` is empty."""

    template: str
    paths: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        return not self.paths or any(match_path(glob, path) for glob in self.paths)


def template_problem(template: str) -> str:
    """Return what is wrong with a template, as the end of a sentence; "" where nothing is."""
    for name in _PLACEHOLDER.findall(template):
        if name not in PLACEHOLDERS:
            return f"has `{{{name}}}`; known are {', '.join(f'`{{{one}}}`' for one in PLACEHOLDERS)}"
    if "{target}" not in template and "{manager}" not in template:
        return "has neither `{target}` nor `{manager}`, so that all caches would be one"
    if not _PLAIN.fullmatch(_PLACEHOLDER.sub("", template) or "-"):
        return "has a character that cannot be written in an id"
    return ""


def filled_in(template: str, *, target: str, manager: str, stage: str) -> str:
    """Return the id that a template wants."""
    values = {"target": target, "manager": manager, "stage": stage, "arch": ARCHITECTURE}
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)
