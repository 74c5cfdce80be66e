"""Dockerfiles in YAML and JSON: `build.dockerfile_inline` of Compose, `dockerfile-inline` of docker-bake.json.

https://docs.docker.com/reference/compose-file/build/#dockerfile_inline
https://docs.docker.com/build/bake/reference/#targetdockerfile-inline
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from cachemount import reasons
from cachemount.dockerfile.images.lookup import name_and_tag
from cachemount.embedded import interpolation
from cachemount.embedded.alignment import align
from cachemount.embedded.bake_targets import Target, resolved
from cachemount.embedded.interpolation import Interpolated
from cachemount.embedded.model import Build, Inline, MissingPackageError, UnreadableHostError
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.source import ANY_TAG, Span

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

# Reading takes about 7 seconds for so many characters.
MOST_CHARACTERS = 1_000_000

_MERGE = "<<"
# `!reset null` takes away what another file gives.
_NOT_TEXT = frozenset({"!reset", "tag:yaml.org,2002:null"})
_COMPOSE_VARIABLE = re.compile(r"\$(?!\$)")
# https://docs.docker.com/reference/compose-file/interpolation/
_WITH_DEFAULT = re.compile(r"\$\{\w+:?-([^{}$]*)\}")
# Stands after a value that a build may be given otherwise.
_GIVEN = "\0"
_BAKE_VARIABLE = re.compile(r"[$%]\{")


def compose(text: str) -> list[Inline]:
    """Return the Dockerfiles of a Compose file, given without a byte order mark.

    Raises `UnreadableHostError` and `MissingPackageError`.
    """
    found: dict[int, Inline] = {}
    for root in _documents(text, "dockerfile_inline"):
        shared = _used_elsewhere(root, "dockerfile_inline")
        for service in _values(_get(root, "services")):
            build = _get(service, "build")
            node = _get(build, "dockerfile_inline")
            withheld = reasons.SHARED_VALUE.about() if id(node) in shared else None
            arguments = _arguments(_get(build, "args"), _COMPOSE_VARIABLE)
            _add(found, text, node, interpolation.compose, withheld=withheld, arguments=arguments)
    return list(found.values())


def bake_json(text: str) -> list[Inline]:
    """Return the Dockerfiles of a docker-bake.json. Raises `UnreadableHostError` and `MissingPackageError`."""
    found: dict[int, Inline] = {}
    for root in _documents(text, "dockerfile-inline"):
        blocks = _get(root, "target")
        for target in (one for block in (blocks, *_items(blocks)) for one in _values(block)):
            for one in (target, *_items(target)):
                node, arguments = _get(one, "dockerfile-inline"), _arguments(_get(one, "args"), _BAKE_VARIABLE)
                _add(found, text, node, interpolation.bake, withheld=reasons.BAKE.about(), arguments=arguments)
    return list(found.values())


def compose_builds(text: str) -> list[Build]:
    """Return the builds of Dockerfiles that are files. Raises `UnreadableHostError` and `MissingPackageError`."""
    found = []
    for root in _documents(text, "build"):
        for name, service in _pairs(_get(root, "services")):
            node = _get(service, "build")
            if node is None or _get(node, "dockerfile_inline") is not None:
                continue
            if isinstance(node.value, str):
                build = Build(context=_known_text(node, _COMPOSE_VARIABLE))
            else:
                build = _build(node, _COMPOSE_VARIABLE)
            images = (_get(service, "image"), *_items(_get(node, "tags")))
            contexts = _contexts(_get(node, "additional_contexts"), "service:")
            found.append(_named(build, name, images, contexts, _COMPOSE_VARIABLE))
    return found


def bake_json_builds(text: str) -> list[Build]:
    """Return the same of a docker-bake.json."""
    found = []
    for root in _documents(text, "target"):
        blocks = _get(root, "target")
        for name, target in (one for block in (blocks, *_items(blocks)) for one in _pairs(block)):
            found += [_target(name, one) for one in (target, *_items(target)) if _pairs(one)]
    return resolved(found)


def _target(label: Node, node: Node) -> Target:
    contexts = _contexts(_get(node, "contexts"), "target:")
    build = _named(_build(node, _BAKE_VARIABLE), label, _items(_get(node, "tags")), contexts, _BAKE_VARIABLE)
    inherits = _get(node, "inherits")
    names = [_known_text(one, _BAKE_VARIABLE) for one in _items(inherits)]
    plain = [one for one in names if one is not None]
    known = len(plain) == len(names) and (inherits is None or isinstance(inherits.value, list))
    given = frozenset(str(name.value) for name, _ in _pairs(node))
    return Target(build=build, given=given, inherits=tuple(plain) if known else None)


def _named(
    build: Build,
    label: Node,
    images: Iterable[Node | None],
    contexts: tuple[tuple[str, str], ...],
    variable: re.Pattern[str],
) -> Build:
    names = [_known_text(one, variable) or _default_name(one, variable) for one in images if one is not None]
    return replace(
        build, label=str(label.value), names=tuple(one for one in names if one is not None), contexts=contexts
    )


def _default_name(node: Node, variable: re.Pattern[str]) -> str | None:
    """Return the name of an image with the defaults of its variables, and any tag where one is in it; None without."""
    text = node.value
    if variable is not _COMPOSE_VARIABLE or not isinstance(text, str) or "$$" in text:
        return None
    marked = _WITH_DEFAULT.sub(lambda one: f"{one[1]}{_GIVEN}", text)
    name, tag = name_and_tag(marked)
    if tag is None:
        tag = _GIVEN
    name = name.replace(_GIVEN, "")
    if not name or "$" in name:
        return None
    return f"{name}:{ANY_TAG if _GIVEN in tag or '$' in tag else tag}"


def _contexts(node: Node | None, kind: str) -> tuple[tuple[str, str], ...]:
    """Return the named contexts, a mapping or a list of `NAME=value`, that are other builds: name and label."""
    pairs = [(name.value, value.value) for name, value in _pairs(node)]
    pairs += [one.value.partition("=")[::2] for one in _items(node) if isinstance(one.value, str)]
    return tuple(
        (name, value.removeprefix(kind))
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and value.startswith(kind)
    )


def _build(node: Node, variable: re.Pattern[str]) -> Build:
    context, dockerfile, target = (_get(node, key) for key in ("context", "dockerfile", "target"))
    return Build(
        context="." if context is None else _known_text(context, variable),
        dockerfile="Dockerfile" if dockerfile is None else _known_text(dockerfile, variable),
        arguments=_arguments(_get(node, "args"), variable),
        target="" if target is None else _known_text(target, variable),
    )


def _known_text(node: Node, variable: re.Pattern[str]) -> str | None:
    return node.value if isinstance(node.value, str) and not variable.search(node.value) else None


def _documents(text: str, key: str) -> Iterator[Node]:
    if key not in text:
        return
    try:
        from ruamel.yaml import YAML  # noqa: PLC0415 - not among the requirements of every hook
        from ruamel.yaml.error import YAMLError  # noqa: PLC0415
    except ImportError:
        raise MissingPackageError(
            "needs the package ruamel.yaml: `pip install ruamel.yaml`, or the hook's own environment in pre-commit"
        ) from None
    if len(text) > MOST_CHARACTERS:
        raise UnreadableHostError(f"it has {len(text)} characters, and at most {MOST_CHARACTERS} are read", 0)
    try:
        yield from YAML(typ="safe", pure=True).compose_all(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        offset = mark.index if mark is not None else getattr(error, "position", 0)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "a mistake in the YAML"
        reason = " ".join(str(reason).split())
        raise UnreadableHostError(reason, min(int(offset), len(text))) from None
    except RecursionError:
        raise UnreadableHostError("it is nested too deeply", 0) from None
    except (ValueError, AssertionError, AttributeError, IndexError, KeyError, TypeError):
        # What the library lets through on odd bytes.
        raise UnreadableHostError("a mistake in the YAML", 0) from None


def _pairs(node: Node | None) -> list[tuple[Node, Node]]:
    value = getattr(node, "value", None)
    return [one for one in value if isinstance(one, tuple)] if isinstance(value, list) else []


def _items(node: Node | None) -> list[Node]:
    """Return the items of a sequence: in JSON for Bake, a block may be a list of such blocks."""
    value = getattr(node, "value", None)
    return [one for one in value if not isinstance(one, tuple)] if isinstance(value, list) else []


def _get(node: Node | None, key: str, seen: set[int] | None = None) -> Node | None:
    """Return the value of a key, its own or one that `<<` merges in; `seen` are the nodes that do not have it."""
    seen = set() if seen is None else seen
    if node is None or id(node) in seen:
        return None
    seen.add(id(node))
    merged: Node | None = None
    for name, value in _pairs(node):
        if name.value == key:
            return value
        if name.value == _MERGE and merged is None:
            for one in _items(value) or [value]:
                merged = merged or _get(one, key, seen)
    return merged


def _values(node: Node | None) -> list[Node]:
    """All values of a mapping, those that are merged in as well, each once."""
    found: dict[int, Node] = {}
    seen: set[int] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        for name, value in _pairs(one):
            if name.value == _MERGE:
                stack.extend(_items(value) or [value])
            else:
                found.setdefault(id(value), value)
    return list(found.values())


def _used_elsewhere(root: Node, key: str) -> set[int]:
    """Return the texts that are the value of another key as well, except of `x-...`, where texts to share stand."""
    found: set[int] = set()
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for name, value in _pairs(node):
            if isinstance(value.value, str) and name.value != key and not str(name.value).startswith("x-"):
                found.add(id(value))
            stack += [name, value]
        items = _items(node)
        found.update(id(one) for one in items if isinstance(one.value, str))
        stack += items
    return found


def _arguments(node: Node | None, variable: re.Pattern[str]) -> tuple[tuple[str, str | None], ...]:
    """Return the arguments of a build, a mapping or a list of `NAME=value`; None for one that is not known here."""
    found: dict[str, str | None] = {}
    for name, value in _pairs(node):
        if isinstance(name.value, str) and isinstance(value.value, str):
            # Without a value it comes from where the build is started.
            given = value.value if str(value.tag) != "tag:yaml.org,2002:null" else None
            found[name.value] = None if given is None or variable.search(given) else given.replace("$$", "$")
    for one in _items(node):
        if isinstance(one.value, str):
            key, equals, text = one.value.partition("=")
            found[key] = text.replace("$$", "$") if equals and not variable.search(one.value) else None
    return tuple(sorted(found.items()))


def _common(
    one: tuple[tuple[str, str | None], ...], other: tuple[tuple[str, str | None], ...]
) -> tuple[tuple[str, str | None], ...]:
    first, second = dict(one), dict(other)
    names = sorted({*first, *second})
    return tuple(
        (name, first[name] if name in first and first.get(name) == second.get(name) else None) for name in names
    )


def _add(
    found: dict[int, Inline],
    text: str,
    node: Node | None,
    interpolate: Callable[[str, tuple[int, ...]], Interpolated],
    *,
    withheld: Withheld | None = None,
    arguments: tuple[tuple[str, str | None], ...] = (),
) -> None:
    if node is None or not isinstance(node.value, str) or not node.value.strip() or str(node.tag) in _NOT_TEXT:
        return
    if id(node) in found:
        # What two services give differently is not known.
        known = found[id(node)]
        found[id(node)] = replace(known, arguments=_common(known.arguments, arguments))
        return
    start, end = node.start_mark.index, node.end_mark.index
    # An anchor or a tag stands before the value.
    before = re.compile(r"(?:[&!]\S*\s+)*").match(text, start, end)
    start = before.end() if before else start
    offsets, indentation = None, ""
    reason: Withheld | None = reasons.NOT_LITERAL.about()
    style = getattr(node, "style", None)
    if style == "|":
        offsets, indentation = _literal(text, start, node.value)
        reason = None if offsets else reasons.LINES_UNCLEAR.about()
    if offsets is None:
        if style in ("|", ">"):
            start = max(start, text.find("\n", start, end))
        offsets = align(text, Span(start, end), node.value)
    made = interpolate(node.value, offsets)
    found[id(node)] = Inline(
        text=made.text,
        offsets=made.offsets,
        unknown=made.unknown,
        defaults=made.defaults,
        arguments=arguments,
        withheld=withheld or reason,
        newline="\r\n" if text[max(start, text.find("\n", start) - 1)] == "\r" else "\n",
        indentation=indentation,
    )


def _literal(text: str, start: int, value: str) -> tuple[tuple[int, ...] | None, str]:
    """Return the offsets of a literal block's characters, and its indentation; None where they are not known."""
    at = text.find("\n", start) + 1
    first = re.compile(r"(?: *\r?\n)*( *)").match(text, at)
    for width in range(len(first[1]) if first and at else 0, 0, -1):
        offsets = _with_indentation(text, at, value, width)
        if offsets is not None:
            return offsets, " " * width
    return None, ""


def _with_indentation(text: str, at: int, value: str, width: int) -> tuple[int, ...] | None:
    offsets: list[int] = []
    for line in value.split("\n"):
        if len(offsets) == len(value):
            pass
        elif line:
            if text[at : at + width].strip(" ") or not text.startswith(line, at + width):
                return None
            at += width
        else:
            while text.startswith(" ", at):
                at += 1
        offsets.extend(range(at, at + len(line) + 1))
        at += len(line)
        if len(offsets) > len(value):
            break
        if text.startswith("\r\n", at):
            at += 1
        if not text.startswith("\n", at):
            return None
        at += 1
    if not text[:at].endswith("\n") and at < len(text) and text[at] not in "\r\n":
        return None
    return tuple(offsets)
