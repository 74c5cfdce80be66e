"""Folders of an image that is not known, as the paths show them that later instructions and scripts use."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import chain
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.managers.model import Shown

_VERSION = late(r"@.*|(?<=[\w-])/v\d+(?=@|\Z)")
_NAME = late(r"[A-Za-z][\w.-]+")


def shown_place(dockerfile: Dockerfile, step: Step, shown: Shown) -> dict[str, str]:
    """Return the variable for templates with the folder that all paths show; nothing where none does."""
    if (shown.unless and re.search(shown.unless, dockerfile.code)) or not re.search(shown.names, dockerfile.code):
        return {}
    texts = [*(_copied(dockerfile, step) if shown.copied else _said(dockerfile))]
    found = {
        match[1]
        for name in dict.fromkeys(_names(step, shown))
        for text in texts
        for match in re.finditer(rf"(?<![\w.$}}/-]){shown.place.format(re.escape(name))}(?![\w.-])", text)
    }
    return {shown.variable: found.pop()} if len(found) == 1 else {}


def _names(step: Step, shown: Shown) -> Iterator[str]:
    """Yield the names of what the stage of a step, with those that it is built on, puts into the folder."""
    for stage in step.stage.lineage():
        for instruction in stage.instructions:
            text = instruction.run.script.text if instruction.run else ""
            for words in re.findall(shown.names, text):
                for word in words.split():
                    name = posixpath.basename(_VERSION.sub("", word.strip("\"'")))
                    if not word.startswith("-") and _NAME.fullmatch(name):
                        yield name


def _copied(dockerfile: Dockerfile, step: Step) -> Iterator[str]:
    """Yield the paths that other stages copy from the stage of a step, or from one that is built on it."""
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            name = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
            source = chain.stage_named(dockerfile, name) if instruction.keyword == "COPY" else None
            if source is not None and chain.descends(source, step.stage):
                yield from instruction.operands[:-1]


def _said(dockerfile: Dockerfile) -> Iterator[str]:
    """Yield the text of the file, and of the scripts of the context that it names."""
    yield dockerfile.code
    yield from scripts_in(dockerfile.source.context, dockerfile.code.split())
