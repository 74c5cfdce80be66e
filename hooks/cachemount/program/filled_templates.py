"""A template of the repository that a Dockerfile is made from: with other words where the template has its marks.

The template names no file, so the lines tell: most of the Dockerfile have to be those of the template, which may have
changed since.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import to_line_end
from cachemount.source import ContextFile

_MOST_BYTES = 100_000
_MOST_TEMPLATES = 10
_MOST_MARKS = 4
_LONGEST = 300
TEMPLATE_ENDS = (
    ".ejs", ".erb", ".gotmpl", ".hbs", ".in", ".j2", ".jinja", ".jinja2", ".liquid", ".mustache", ".template", ".tera",
    ".tmpl", ".tpl", ".twig",
)  # fmt: skip
_FOLDERS = ("template", "templates")
# What stands between two of a condition may be left out.
_MARK = late(r"\{%.*%\}|\{\{.*?\}\}|<%.*?%>|<\?.*?\?>|@@?\w+@@?|%%\w+%%")
# Balena fills them in while it builds: https://docs.balena.io/learn/develop/dockerfile/#dockerfile-templates
_FILLED_BY_BUILDER = late(r"%%(?:BALENA|RESIN)_")
_LEAST_LINES = 4


def template_of(path: str, text: str) -> Iterator[ContextFile]:
    """Yield the template that a Dockerfile, given by its path and text, is made from.

    Its text goes to the end of the first line with marks that something else stands for in the Dockerfile.
    """
    if path.endswith(TEMPLATE_ENDS):
        return
    folder = os.path.dirname(real_path(path))
    for place in upwards(folder, repository_of(folder)):
        for name, template in _templates(place):
            if end := _filled(template, text):
                found = os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")
                yield ContextFile(path=found, text=to_line_end(template, end - 1), generated=True)
                return


@kept
def _templates(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the templates of Dockerfiles in a folder, or in one of templates there: names and texts."""
    there = names_in(folder)
    places = ["", *(one for one in _FOLDERS if one in there)]
    names = [os.path.join(place, name) for place in places for name in sorted(names_in(os.path.join(folder, place)))]
    names = [name for name in names if name.endswith(TEMPLATE_ENDS) and "dockerfile" in os.path.basename(name).lower()]
    texts = ((name, text_inside_repository(os.path.join(folder, name), folder, _MOST_BYTES)) for name in names)
    return tuple(texts)[:_MOST_TEMPLATES]


def _filled(template: str, text: str) -> int:
    """Return where the first line with marks ends that is filled in in a text made from the template; 0 if none is."""
    lines = dict.fromkeys(_lines(text))
    plain = {line for line in _lines(template) if not _MARK.search(line)}
    others = [line for line in lines if line not in plain]
    same = len(lines) - len(others)
    # Parts that are for some of the files may be left out.
    if len(lines) < _LEAST_LINES or not others or 2 * same < len(plain) or 2 * same < len(lines):
        return 0
    if _FILLED_BY_BUILDER.search(template):
        return 0
    first, unknown = "", 0
    marked = [line for line in _lines(template) if _MARK.search(line)]
    for line in others:
        if (of := next((one for one in marked if _stands_for(one, line)), None)) is None:
            unknown += 1
        elif of != line:
            first = first or of
    return template.find(first) + len(first) if first and 5 * unknown <= len(lines) else 0


def _lines(text: str) -> list[str]:
    """Return the lines of a text that are neither empty nor comments, without the blanks around them."""
    return [line for one in text.splitlines() if (line := one.strip()) and not line.startswith("#")]


def _stands_for(marked: str, line: str) -> bool:
    """Return whether a line may be what becomes of one with marks, which has some words of its own."""
    parts = _MARK.split(marked)
    if len(parts) > _MOST_MARKS + 1 or len(line) > _LONGEST or not any(one.strip() for one in parts):
        return False
    return re.fullmatch(".*".join(map(re.escape, parts)), line) is not None
