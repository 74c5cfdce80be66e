"""Files that have the name of a Dockerfile and are something else: what they are, decided by their content.

Files of the repository tell which are parts: of a Containerfile that BlueBuild makes, or of one that includes them.

Looked at only where a file cannot be read as a Dockerfile.
"""

from __future__ import annotations

import os
import re

from cachemount.dockerfile.images.lookup import short_name
from cachemount.dockerfile.syntax.directives import declared
from cachemount.files.reading import names_in, repository_of, text_inside_repository, upwards
from cachemount.late_pattern import late
from cachemount.program.discovery import is_dockerfile_name
from cachemount.results import TEMPLATE

# A file with such a name is text that becomes a Dockerfile: that it is not one yet is not a mistake.
_TEMPLATE = r"(?i)\.(j2|jinja2?|tmpl|tpl|template|erb|mustache|hbs|handlebars|in|m4|ejs|liquid|gotmpl|eex)$"
_TEMPLATE_TEXT = late(
    r"\s*(?:\{[{%#]|<%)|(?sm:.*?(?:^[ \t]*(?:\{[{%]|<%)|\{\{-?\s*cookiecutter\.|^[ \t]*FROM\b[^\n]*\{\{))"
)
# A line that is a mark of Python's str.format or %, of autoconf, of sed, and no instruction of anything.
_MARK_ALONE = late(r"(?m)(?<![\\`]\n)(?<!\\\r\n)^[ \t]*(?:\{\w+\}|%\(\w+\)s|%%\w+%%|@@?\w+@@?|__\w+__)[ \t]*\r?$")
_PLAIN_NAME = r"(?i)(^|[/.])(docker|container)file$"
_SOURCE_NAME = (
    r"(?i)\.(py|pyi|rb|go|[cm]?[jt]sx?|vue|sh|bash|ps1|bat|java|kt|rs|cs|c|cc|cpp|h|hpp|php|pl|lua|swift|scala|exs?|sql"
    r"|rego)$"
)
_POINTER = "version https://git-lfs.github.com/spec/"
# Comments and parser directives, then the first instruction.
_BEGINNING = late(r"(?im)\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:FROM|ARG)(?:[ \t]|\\?\r?$)")
_FROM = late(r"(?im)^[ \t]*FROM(?:[ \t]|\\?\r?$)")
# https://blue-build.org/reference/modules/containerfile/
_OF_RECIPE = late(r"/containerfiles/([\w.-]+)/(?:Container|Docker)file\Z")
_RECIPE = late(r"(?:recipes/.+|recipe[\w.-]*)\.ya?ml")
_MODULE = late(r"(?m)^[ \t-]*type:[ \t]*[\"']?containerfile\b")
# https://github.com/devthefuture-org/dockerfile-x
_INCLUDE = late(r"(?im)^[ \t]*INCLUDE[ \t]+[\"']?([^\s\"']+)")
_MOST_BYTES, _MOST_FILES = 100_000, 100
# Docker's own, and copies of them in other registries. Others have instructions of their own.
_FRONTENDS = frozenset({"dockerfile", "dockerfile-upstream"})


def what_else(path: str, text: str) -> str:
    """Return what a file is that cannot be read as a Dockerfile; "" where it is a broken Dockerfile."""
    if text.startswith(_POINTER):
        return "it is a pointer of Git LFS: the file itself is not here"
    if re.search(_TEMPLATE, path) or _TEMPLATE_TEXT.match(text) or _MARK_ALONE.search(text):
        return TEMPLATE
    frontend = declared(text, "syntax")
    if frontend and short_name(frontend) not in _FRONTENDS:
        return f"it is written for the frontend {frontend}"
    if not _FROM.search(text) and _is_of_recipe(os.path.abspath(path)):
        return "it is a part of the Containerfile that BlueBuild makes"
    if not _FROM.search(text) and (file := _included_by(os.path.abspath(path))):
        return f"it is a part of a Dockerfile: {file} includes it"
    if not _FROM.search(text) and (maker := _joined_by(path)):
        return f"it is a part of a Dockerfile: {maker} joins it with others"
    if not is_dockerfile_name(path) or re.search(_PLAIN_NAME, path.replace("\\", "/")):
        return ""
    if "\0" in text and not text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        return "it is a binary file"
    if re.search(_SOURCE_NAME, path) or not _BEGINNING.match(text):
        return "it does not begin like a Dockerfile"
    return "" if _FROM.search(text) else "it is a part of a Dockerfile: it has no FROM"


def _is_of_recipe(path: str) -> bool:
    """Return whether a recipe beside the folder `containerfiles` names the folder in it that a file lies in."""
    match = _OF_RECIPE.search(path.replace(os.sep, "/"))
    if match is None:
        return False
    top = os.path.dirname(os.path.dirname(os.path.dirname(path)))
    files = [one for one in names_in(top) if one.startswith("recipe")]
    files += [f"recipes/{one}" for one in names_in(os.path.join(top, "recipes"))]
    item = re.compile(rf"(?m)^[ \t]*-[ \t]*[\"']?{re.escape(match[1])}[\"']?[ \t]*$")
    for file in filter(_RECIPE.fullmatch, files):
        text = text_inside_repository(os.path.join(top, *file.split("/")), top, _MOST_BYTES)
        if _MODULE.search(text) and item.search(text):
            return True
    return False


def _joined_by(path: str) -> str:
    """Return the Makefile or script that makes another Dockerfile of a file and others; "" without one."""
    from cachemount.program.joined_parts import joined_into

    return next((one.path for one in joined_into(os.path.abspath(path)) if one.joined_into), "")


def _included_by(path: str) -> str:
    """Return the name of a file for another frontend, beside a file or in a folder above, that includes it; else ""."""
    beside, name = os.path.split(path)
    for folder in upwards(beside, repository_of(beside)):
        for other in [one for one in names_in(folder) if one != name and is_dockerfile_name(one)][:_MOST_FILES]:
            text = text_inside_repository(os.path.join(folder, other), folder, _MOST_BYTES)
            frontend = declared(text, "syntax") if "INCLUDE" in text else None
            if frontend is None or short_name(frontend) in _FRONTENDS:
                continue
            # The frontend completes a name.
            names = [one.removeprefix("./") for one in _INCLUDE.findall(text)]
            ends = tuple(f"/{one}{end}" for one in names for end in ("", ".dockerfile"))
            if path.replace(os.sep, "/").endswith(ends):
                return other
    return ""
