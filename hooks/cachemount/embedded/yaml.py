"""Dockerfiles in YAML and JSON: `build.dockerfile_inline` of Compose, `dockerfile-inline` of docker-bake.json.

https://docs.docker.com/reference/compose-file/build/#dockerfile_inline
https://docs.docker.com/build/bake/reference/#targetdockerfile-inline
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from cachemount import reasons
from cachemount.dockerfile.images.lookup import name_and_tag
from cachemount.embedded import interpolation, nodes
from cachemount.embedded.alignment import align
from cachemount.embedded.inherited import Target, with_inherited
from cachemount.embedded.interpolation import Interpolated
from cachemount.embedded.model import Build, Inline, UnreadableHostError
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.source import ANY_TAG, IMAGE_CONTEXT, Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

# Reading takes about 7 seconds for so many characters.
MOST_CHARACTERS = 1_000_000

# `!reset null` takes away what another file gives.
_NOT_TEXT = frozenset({"!reset", "tag:yaml.org,2002:null"})
_COMPOSE_VARIABLE = re.compile(r"\$(?!\$)")
# https://docs.docker.com/reference/compose-file/interpolation/
_WITH_DEFAULT = re.compile(r"\$\{(\w+):?-([^{}$]*)\}")
_LINK = "service:"
# Stands after a value that a build may be given otherwise.
_GIVEN = "\0"
_BAKE_VARIABLE = re.compile(r"[$%]\{")


def compose(text: str) -> list[Inline]:
    """Return the Dockerfiles of a Compose file, given without a byte order mark.

    Raises `UnreadableHostError`.
    """
    found: dict[int, Inline] = {}
    for root in documents(text, "dockerfile_inline"):
        shared = _used_elsewhere(root, "dockerfile_inline")
        for service in nodes.values(nodes.get(root, "services")):
            build = nodes.get(service, "build")
            node = nodes.get(build, "dockerfile_inline")
            withheld = reasons.SHARED_VALUE.about() if id(node) in shared else None
            arguments = _arguments(nodes.get(build, "args"), _COMPOSE_VARIABLE)
            _add(found, text, node, interpolation.compose, withheld=withheld, arguments=arguments)
    return list(found.values())


def bake_json(text: str) -> list[Inline]:
    """Return the Dockerfiles of a docker-bake.json. Raises `UnreadableHostError`."""
    found: dict[int, Inline] = {}
    for root in documents(text, "dockerfile-inline"):
        blocks = nodes.get(root, "target")
        for target in (one for block in (blocks, *nodes.items(blocks)) for one in nodes.values(block)):
            for one in (target, *nodes.items(target)):
                node, arguments = (
                    nodes.get(one, "dockerfile-inline"),
                    _arguments(nodes.get(one, "args"), _BAKE_VARIABLE),
                )
                _add(found, text, node, interpolation.bake, withheld=reasons.BAKE.about(), arguments=arguments)
    return list(found.values())


def compose_builds(text: str, settings: Collection[str] = ()) -> list[Build]:
    """Return the builds of Dockerfiles that are files. Raises `UnreadableHostError`.

    `settings` are the variables that the `.env` beside the file sets; others have their defaults, where they have one.
    """
    return [
        replace(one.build, partial="context" not in one.given or one.build.context is None)
        for one in _services(text, "build", settings)
        if "build" in one.given and "dockerfile_inline" not in one.given
    ]


def compose_images(text: str) -> list[Build]:
    """Return the services that are built by nobody in the file, with the names of their images.

    Raises `UnreadableHostError`.
    """
    return [one.build for one in _services(text, "image", ()) if "build" not in one.given]


def _services(text: str, key: str, settings: Collection[str]) -> Iterator[Target]:
    for root in documents(text, key):
        services = (
            target_of(name, service, settings) for name, service in nodes.merged(nodes.get(root, "services")).values()
        )
        yield from with_inherited(services)


def target_of(label: Node, service: Node, settings: Collection[str]) -> Target:
    """Return what a service of a Compose file builds, as far as it is written there."""
    node = nodes.get(service, "build")
    build, given = Build(), {"build"}
    if node is None or str(node.tag) in _NOT_TEXT:
        given = set()
    elif isinstance(node.value, str):
        build = Build(context=_with_defaults(node, settings))
        given.add("context")
    else:
        build = _build(node, settings)
        given.update(nodes.merged(node))
    image = nodes.get(service, "image")
    names = (_default_name(one) for one in (image, *nodes.items(nodes.get(node, "tags"))) if one is not None)
    if image is not None:
        given.add("tags")
    build = replace(
        build,
        label=str(label.value),
        names=tuple(one for one in names if one is not None),
        contexts=_contexts(nodes.get(node, "additional_contexts")),
    )
    base = nodes.get(service, "extends")
    inherits: tuple[str, ...] | None = ()
    if base is not None:
        other = base if isinstance(base.value, str) else nodes.get(base, "service")
        # What is in another file is not read.
        inherits = (str(other.value),) if other is not None and nodes.get(base, "file") is None else None
    return Target(build=build, given=frozenset(given), inherits=inherits)


def _build(node: Node, settings: Collection[str]) -> Build:
    context, dockerfile, target = (nodes.get(node, key) for key in ("context", "dockerfile", "target"))
    return Build(
        context="." if context is None else _with_defaults(context, settings),
        dockerfile="Dockerfile" if dockerfile is None else _with_defaults(dockerfile, settings),
        arguments=_arguments(nodes.get(node, "args"), _COMPOSE_VARIABLE, settings),
        target="" if target is None else _with_defaults(target, settings),
    )


def _default_name(node: Node) -> str | None:
    """Return the name of an image with the defaults of its variables, and any tag where one is in it; None without."""
    text = node.value
    if not isinstance(text, str) or "$$" in text:
        return None
    if "$" not in text:
        return text
    marked = _WITH_DEFAULT.sub(lambda one: f"{one[2]}{_GIVEN}", text)
    name, tag = name_and_tag(marked)
    if tag is None:
        tag = _GIVEN
    name = name.replace(_GIVEN, "")
    if not name or "$" in name:
        return None
    return f"{name}:{ANY_TAG if _GIVEN in tag or '$' in tag else tag}"


def _contexts(node: Node | None) -> tuple[tuple[str, str], ...]:
    """Return the named contexts, a mapping or a list of `NAME=value`, that are other services: name and label."""
    pairs = [(name.value, value.value) for name, value in nodes.merged(node).values()]
    pairs += [one.value.partition("=")[::2] for one in nodes.items(node) if isinstance(one.value, str)]
    return tuple(
        (name, value.removeprefix(_LINK))
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and value.startswith((_LINK, IMAGE_CONTEXT))
    )


def _with_defaults(node: Node, settings: Collection[str]) -> str | None:
    return _filled(node.value, settings) if isinstance(node.value, str) else None


def _filled(text: str, settings: Collection[str]) -> str | None:
    """Return a text with the defaults of its variables; None where one has none, or is set."""
    if "$$" in text and _COMPOSE_VARIABLE.search(text.replace("$$", "")):
        return None
    text, mark = text.replace("$$", _GIVEN), ""
    while mark != text:
        mark = text
        text = _WITH_DEFAULT.sub(lambda one: one[0] if one[1] in settings else one[2], text)
    return None if "$" in text else text.replace(_GIVEN, "$")


def documents(text: str, key: str) -> Iterator[Node]:
    """Yield the documents of a text that has a word; none where it does not. Raises `UnreadableHostError`."""
    if key not in text:
        return
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(text) > MOST_CHARACTERS:
        raise UnreadableHostError(f"it has {len(text)} characters, and at most {MOST_CHARACTERS} are read", 0)
    loader = YAML(typ="safe", pure=True)
    # A name that is given twice is no mistake in YAML 1.2: https://yaml.org/spec/1.2.2/#71-alias-nodes
    loader.composer.warn_double_anchors = False
    try:
        yield from loader.compose_all(text)
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


def documents_in(text: str, key: str) -> list[Node]:
    """Return the documents of a text that has a word; none where it cannot be read."""
    try:
        return [*documents(text, key)]
    except UnreadableHostError:
        return []


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
        for name, value in nodes.pairs(node):
            if isinstance(value.value, str) and name.value != key and not str(name.value).startswith("x-"):
                found.add(id(value))
            stack += [name, value]
        items = nodes.items(node)
        found.update(id(one) for one in items if isinstance(one.value, str))
        stack += items
    return found


def _arguments(
    node: Node | None, variable: re.Pattern[str], settings: Collection[str] | None = None
) -> tuple[tuple[str, str | None], ...]:
    """Return the arguments of a build, a mapping or a list of `NAME=value`; None for one that is not known here.

    `settings` are the variables of Compose that are set (None: no default counts).
    """

    def known(text: str) -> str | None:
        if settings is not None:
            return _filled(text, settings)
        return None if variable.search(text) else text.replace("$$", "$")

    found: dict[str, str | None] = {}
    for name, value in nodes.merged(node).values():
        if isinstance(name.value, str) and isinstance(value.value, str):
            # Without a value it comes from where the build is started.
            found[name.value] = known(value.value) if str(value.tag) != "tag:yaml.org,2002:null" else None
    for one in nodes.items(node):
        if isinstance(one.value, str):
            key, equals, text = one.value.partition("=")
            found[key] = known(text) if equals and not variable.search(key) else None
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
