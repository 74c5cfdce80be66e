"""Dockerfiles that a workflow lets begin with the image of another one, in the words of its tag.

The step gives an argument the text that another step has among its `tags`, whatever the expressions in it stand for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.files.reading import real_path, repository_of, text_in
from cachemount.late_pattern import late
from cachemount.program.workflow_builds import arguments_of, build_steps
from cachemount.source import BuiltImage

_MOST_BYTES = 100_000
_TAGS = late(r"(?m)^([ \t]*)tags:[ \t]*(?:[|>][+-]?[ \t]*\n((?:\1[ \t]+\S.*\n?|[ \t]*\n)*)|(\S.*))")
_EXPRESSION = late(r"\$\{\{\s*([^\n{}]*?)\s*\}\}")


def built_on_by_workflows(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the image of a Dockerfile, given by its path and text, and those that workflows build on it by an argument.

    An expression in its name is written as a word.
    """
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    own = os.path.relpath(full, root).replace(os.sep, "/")
    steps = build_steps(root)
    for mine in steps:
        tags = {*_tags(mine.text)} if mine.file == own else set()
        for other in steps if tags else ():
            if not other.file or other.file == own or other.workflow != mine.workflow:
                continue
            given = [(argument, value) for argument, value in arguments_of(other) if value in tags]
            content = text_in(root, other.file, _MOST_BYTES) if given else ""
            for argument, value in given if content else ():
                name = _EXPRESSION.sub(lambda one: re.sub(r"\W+", ".", one[1]).strip("."), value)
                yield BuiltImage(name=name, path=path, text=text, target=mine.target)
                arguments = ((argument, name),)
                yield BuiltImage(name="", path=other.file, text=content, target=other.target, arguments=arguments)


def _tags(step: str) -> Iterator[str]:
    """Yield the tags of a step, as they are written."""
    for _, block, line in _TAGS.findall(step):
        yield from filter(None, (one.strip(" \t\"'") for one in re.split(r"[,\n]", block or line)))
