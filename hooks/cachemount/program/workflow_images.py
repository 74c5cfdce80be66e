"""The images that workflows build by Docker's action, each with its Dockerfile: by `tags`, or what is made for them.

https://github.com/docker/build-push-action#inputs, https://github.com/docker/metadata-action#inputs
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import lookup, short_name, split
from cachemount.files.kept import kept
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.files.workflows import ITEM, workflows
from cachemount.late_pattern import late
from cachemount.program.open_names import is_named_alike, meant
from cachemount.program.repository_images import BEHIND_VARIABLE, references
from cachemount.program.workflow_builds import BuildStep, build_steps, given_by_workflows
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
# In front of more of a name, the repository's own is most likely that of its folder.
_OWN_NAME = late(r"\$\{\{\s*github\.(?:event\.repository\.name|repository)\s*\}\}(?=[\w.-])")
# A job that another workflow, of the repository or of another, does with all that is given to it.
_CALL = late(r"(?m)^([ \t]+)uses:[ \t]*[\"']?(?:\.|[\w.-]+/[\w.-]+)/\.github/workflows/.*\n")
_GIVEN_FILE = late(r"(?m)^[ \t]*(?:docker[-_]?|container[-_]?)?file(?:[-_]?path)?:[ \t]*[\"']?([\w./-]+)[\"']?[ \t]*$")
_GIVEN_FOLDER = late(
    r"(?m)^[ \t]*(?:build[-_]?)?(?:context|path|folder|dir(?:ectory)?|working[-_]directory):[ \t]*"
    r"(?![\"']?\.[\"']?[ \t]*$)\S"
)
_GIVEN_NAME = late(r"(?m)^[ \t]*(?:[\w-]*[-_])?(?:image|tag)s?(?:[-_]?name)?:[ \t]*[\"']?([^\"'#\n]+?)[\"']?[ \t]*$")
_NAME = late(r"[\w.:*-]+(?:/[\w.*-]+)*")


class _Named(Record):
    """An image by its name without the tag, and the step that builds it. An asterisk is a part that is not known."""

    name: str
    step: BuildStep


def named_by_workflows(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images that workflows build and that a Dockerfile begins with, or one of those does, with any tag.

    It may begin with what the workflows give to its arguments.
    """
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    waiting = [(path, text)]
    seen = {full}
    given = [value for _, value in given_by_workflows(full, root)] if "$" in text else []
    while waiting:
        above, words = waiting.pop(0)
        wanted = {split(one)[0] for one in (*references(words), *given) if "/" in one and lookup(one) is None}
        given = []
        behind = behind_registry(words)
        for one in _named(root) if wanted or behind else ():
            file = os.path.join(root, *one.step.file.split("/"))
            names = meant(one.name, wanted) if one.step.file and file != full else []
            if one.step.file and file != full and short_name(one.name) in behind:
                names = [short_name(one.name)]
            found = text_inside_repository(file, root, _MOST_BYTES) if names else ""
            if found and is_named_alike(one.name, references(found)):
                continue
            for name in names if found else ():
                yield BuiltImage(
                    name=f"{name}:{ANY_TAG}", path=one.step.file, text=found, target=one.step.target, within=above
                )
                if file not in seen:
                    seen.add(file)
                    waiting.append((one.step.file, found))


def _called(workflow: str) -> Iterator[tuple[str, str]]:
    """Yield the images that jobs give to other workflows, each with the Dockerfile beside it."""
    lines = workflow.splitlines(keepends=True)
    starts = {workflow.count("\n", 0, one.start()): len(one[1]) for one in _CALL.finditer(workflow)}
    for number, indentation in starts.items():
        first, last = number, number + 1
        while first and _is_in(lines[first - 1], indentation):
            first -= 1
        while last < len(lines) and _is_in(lines[last], indentation):
            last += 1
        text = "".join(lines[first:last])
        files, names = {*_GIVEN_FILE.findall(text)}, {*_GIVEN_NAME.findall(text)}
        if len(files) == 1 and not _GIVEN_FOLDER.search(text):
            yield from ((one, min(files)) for one in sorted(names))


def _is_in(line: str, indentation: int) -> bool:
    """Return whether a line is one of a block with an indentation, or empty."""
    return not line.strip() or len(line) - len(line.lstrip(" \t")) >= indentation


def behind_registry(text: str) -> set[str]:
    """Return the images, of several words, that a Dockerfile begins with behind a variable: `${REGISTRY}team-base`."""
    return {split(one)[0] for one in BEHIND_VARIABLE.findall(text) if lookup(one) is None}


@kept
def _named(root: str) -> tuple[_Named, ...]:
    """Return the images that the workflows of a repository name in full."""
    steps, own = build_steps(root), os.path.basename(root).lower()
    found: list[_Named] = []
    for workflow in dict.fromkeys(one.workflow for one in steps):
        made: dict[str, tuple[str, ...]] = {}
        mine = {one.text: one for one in steps if one.workflow == workflow}
        for text in ITEM.split(workflow):
            if _MADE_TAGS in text:
                # In another job, the same id may stand for other images.
                made.update((one, tuple(_names(_IMAGES.search(text), workflow, own))) for one in _ID.findall(text))
            if text in mine:
                tags = _TAGS.search(text)
                for id in _OUTPUT.findall(tags[0]) if tags else ():  # noqa: A001 - as workflows call it
                    found += [_Named(name=name, step=mine[text]) for name in made.get(id, ())]
                found += [_Named(name=name, step=mine[text]) for name in _names(tags, workflow, own)]
    for name in workflows(root):
        workflow = text_inside_repository(os.path.join(root, *name.split("/")), root, _MOST_BYTES)
        for said, file in _called(workflow):
            step = BuildStep(
                pattern=re.escape(file), text="", workflow=workflow, target="", file=posixpath.normpath(file)
            )
            # What the other workflow puts in front is not known.
            found += [_Named(name=f"**/{one}", step=step) for one in _plain(said, workflow, own)]
    return tuple(found)


def _names(found: re.Match[str] | None, workflow: str, own: str) -> Iterator[str]:
    """Yield the images that the value of an input names, without their tags, where they are known."""
    for line in (found[2] or found[3] or "").replace(",", "\n").splitlines() if found else ():
        yield from (one for one in _plain(line, workflow, own) if "/" in one)


def _plain(name: str, workflow: str, own: str) -> Iterator[str]:
    """Yield the name of an image without its tag, where it is known; `own` is that of the repository."""
    name = _OF_ENVIRONMENT.sub(lambda one: _set(one[1], workflow) or one[0], name.strip(" \t\"'"))
    name = _OWN_NAME.sub(own if "event" in name else f"*/{own}", name)
    name = _EXPRESSION.sub(lambda one: _OF_GITHUB.get(one[1], one[0]), name)
    if _NAME.fullmatch(without := _TAG.sub("", name)):
        yield split(without)[0]


def _set(variable: str, workflow: str) -> str:
    """Return what a workflow sets a variable to, where it does so once; else ""."""
    value = r"(?:[\w./:-]|\$\{\{[^{}\n]*\}\})+"
    values = re.findall(rf"(?m)^[ \t]+{variable}:[ \t]*[\"']?({value})[\"']?[ \t]*$", workflow)
    return values[0] if len(values) == 1 else ""
