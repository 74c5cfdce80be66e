"""The images that workflows build by Docker's action, each with its Dockerfile: by `tags`, or what is made for them.

https://github.com/docker/build-push-action#inputs, https://github.com/docker/metadata-action#inputs
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator

from cachemount.dockerfile.images.lookup import lookup, short_name, split
from cachemount.files.kept import kept
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.files.workflows import ITEM
from cachemount.late_pattern import late
from cachemount.program.repository_images import references
from cachemount.program.workflow_builds import BuildStep, build_steps
from cachemount.records import Record
from cachemount.source import ANY_TAG, BuiltImage

_MOST_BYTES = 100_000
_MADE_TAGS = "docker/metadata-action@"
_ID = late(r"(?m)^[ \t-]*id:[ \t]*[\"']?([\w-]+)")
_INPUT = r"(?m)^([ \t]*){}:[ \t]*(?:[|>][+-]?[ \t]*\n((?:\1[ \t]+\S.*\n?|[ \t]*\n)*)|(\S.*))"
_IMAGES, _TAGS = late(_INPUT.format("images")), late(_INPUT.format("tags"))
_OUTPUT = late(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}")
_OF_ENVIRONMENT = late(r"\$\{\{\s*env\.(\w+)\s*\}\}")
_TAG = late(r":[^:/]*\Z")
# What only GitHub knows: the owner, and the repository behind it, for which an asterisk stands.
_OF_GITHUB = {"github.repository": "*/*", "github.repository_owner": "*"}
_EXPRESSION = late(r"\$\{\{\s*([\w.]+)\s*\}\}")
_NAME = late(r"[\w.:-]+/[\w./*-]+")


class _Named(Record):
    """An image by its name without the tag, and the step that builds it. An asterisk is a part that is not known."""

    name: str
    step: BuildStep


def named_by_workflows(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images that workflows build and that a Dockerfile begins with, or one of those does, with any tag."""
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    waiting = [(path, text)]
    seen = {full}
    while waiting:
        above, words = waiting.pop(0)
        wanted = {split(one)[0] for one in references(words) if "/" in one and lookup(one) is None}
        behind = behind_registry(words)
        for one in _named(root) if wanted or behind else ():
            file = os.path.join(root, *one.step.file.split("/"))
            names = _meant(one.name, wanted) if one.step.file and file != full else []
            if one.step.file and file != full and short_name(one.name) in behind:
                names = [short_name(one.name)]
            found = text_inside_repository(file, root, _MOST_BYTES) if names else ""
            if found and "*" in one.name and short_name(one.name) in {short_name(word) for word in references(found)}:
                # It begins with the image of another repository that is called alike.
                continue
            for name in names if found else ():
                yield BuiltImage(
                    name=f"{name}:{ANY_TAG}", path=one.step.file, text=found, target=one.step.target, within=above
                )
                if file not in seen:
                    seen.add(file)
                    waiting.append((one.step.file, found))


def behind_registry(text: str) -> set[str]:
    """Return the images, of several words, that a Dockerfile begins with behind a variable: `${REGISTRY}team-base`."""
    found = (split(one)[0] for one in references(text) if "/" not in one and "-" in one)
    return {one for one in found if f"}}{one}" in text and lookup(one) is None}


def _meant(name: str, wanted: Collection[str]) -> list[str]:
    """Return the images that a name is; with parts that are not known only one of several words tells them."""
    if "*" not in name:
        return [name] if name in wanted else []
    if "-" not in short_name(name) or "*" in short_name(name):
        return []
    pattern = re.escape(name).replace(r"\*", "[^/]+")
    return sorted(one for one in wanted if re.fullmatch(pattern, one))


@kept
def _named(root: str) -> tuple[_Named, ...]:
    """Return the images that the workflows of a repository name in full."""
    steps = build_steps(root)
    found: list[_Named] = []
    for workflow in dict.fromkeys(one.workflow for one in steps):
        made: dict[str, tuple[str, ...]] = {}
        mine = {one.text: one for one in steps if one.workflow == workflow}
        for text in ITEM.split(workflow):
            if _MADE_TAGS in text:
                # In another job, the same id may stand for other images.
                made.update((one, tuple(_names(_IMAGES.search(text), workflow))) for one in _ID.findall(text))
            if text in mine:
                tags = _TAGS.search(text)
                for id in _OUTPUT.findall(tags[0]) if tags else ():  # noqa: A001 - as workflows call it
                    found += [_Named(name=name, step=mine[text]) for name in made.get(id, ())]
                found += [_Named(name=name, step=mine[text]) for name in _names(tags, workflow)]
    return tuple(found)


def _names(found: re.Match[str] | None, workflow: str) -> Iterator[str]:
    """Yield the images that the value of an input names, without their tags, where they are known."""
    for line in (found[2] or found[3] or "").replace(",", "\n").splitlines() if found else ():
        name = _OF_ENVIRONMENT.sub(lambda one: _set(one[1], workflow) or one[0], line.strip(" \t\"'"))
        name = _EXPRESSION.sub(lambda one: _OF_GITHUB.get(one[1], one[0]), name)
        if _NAME.fullmatch(without := _TAG.sub("", name)):
            yield split(without)[0]


def _set(variable: str, workflow: str) -> str:
    """Return what a workflow sets a variable to, where it does so once; else ""."""
    value = r"(?:[\w./:-]|\$\{\{[^{}\n]*\}\})+"
    values = re.findall(rf"(?m)^[ \t]+{variable}:[ \t]*[\"']?({value})[\"']?[ \t]*$", workflow)
    return values[0] if len(values) == 1 else ""
