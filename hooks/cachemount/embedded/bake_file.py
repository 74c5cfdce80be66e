"""The builds of Bake files, HCL and JSON, with the defaults of their variables and one for each item of a matrix.

https://docs.docker.com/build/bake/reference/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from cachemount.dockerfile.images.lookup import name_and_tag
from cachemount.embedded.hcl_functions import Missing, UnknownValueError, text_of
from cachemount.embedded.hcl_parser import Block, read, template
from cachemount.embedded.hcl_values import Expression, Scope, Value, constant, listed, mapping
from cachemount.embedded.inherited import Target, with_inherited
from cachemount.embedded.model import Build, UnreadableHostError
from cachemount.source import ANY_TAG, IMAGE_CONTEXT

_LINK = "target:"
# More targets than anybody writes.
_MOST = 1_000
_DEEPEST = 40


def bake_builds(text: str) -> list[Build]:
    """Return the builds of Dockerfiles that are files, of a file in HCL. Raises `UnreadableHostError`."""
    return _builds(read(text))


def bake_json_builds(text: str) -> list[Build]:
    """Return the same of a docker-bake.json. Raises `UnreadableHostError`."""
    try:
        root = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise UnreadableHostError("a mistake in the JSON", 0) from None
    blocks = [
        Block(type=kind, labels=(name,), attributes=_attributes(content), blocks=[])
        for kind, named in _blocks(root)
        if kind in ("target", "variable", "function")
        for name, content in _blocks(named)
    ]
    own = {key: _expression(value) for key, value in _blocks(root) if not isinstance(value, (_Pairs, list))}
    return _builds(Block(type="", labels=(), attributes=own, blocks=blocks))


class _Pairs(list[Any]):
    """The keys and values of a JSON object, in order and with those that are there twice."""


def _blocks(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of an object, or of each in a list: a block may be a list of such blocks."""
    for one in [value] if isinstance(value, _Pairs) else value if isinstance(value, list) else ():
        if isinstance(one, _Pairs):
            yield from one


def _attributes(value: Any) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    for key, one in _blocks(value):
        found.setdefault(key, _expression(one))
    return found


def _expression(value: Any, depth: int = 0) -> Expression:
    if depth > _DEEPEST:
        raise UnreadableHostError("it is nested too deeply", 0)
    if isinstance(value, str):
        return template(value)
    if isinstance(value, _Pairs):
        return mapping([(template(key), _expression(one, depth + 1)) for key, one in value])
    if isinstance(value, list):
        return listed([(_expression(one, depth + 1), False) for one in value])
    return constant(value)


def _builds(root: Block) -> list[Build]:
    variables: dict[str, Expression | None] = {**root.attributes}
    functions: dict[str, tuple[tuple[str, ...], Expression]] = {}
    for block in root.blocks:
        name = block.labels[0] if block.labels else ""
        if block.type == "variable":
            variables[name] = block.attributes.get("default")
        elif block.type == "function" and "result" in block.attributes:
            functions[name] = (_parameters(block.attributes.get("params")), block.attributes["result"])
    scope = Scope(variables, functions)
    targets = [one for block in root.blocks if block.type == "target" for one in _targets(block, scope)]
    inherited = {name for one in targets for name in one.inherits or ()}
    # Those that are there for others to inherit alone.
    return [
        one.build
        for one in with_inherited(targets[:_MOST])
        if not (one.build.label.startswith("_") and one.build.label in inherited)
    ]


def _parameters(expression: Expression | None) -> tuple[str, ...]:
    """Return the names in `params = [a, b]`, which stand for themselves."""
    asked: list[str] = []

    class Names(Scope):
        def value(self, name: str) -> Value:
            asked.append(name)
            return name

    if expression is not None:
        found = _known(expression, Names({}, {}))
        asked = found if isinstance(found, list) else []
    return tuple(asked)


def _targets(block: Block, scope: Scope) -> Iterator[Target]:
    """Yield a target, or one for each combination of its matrix."""
    label = block.labels[0] if block.labels else ""
    matrix = block.attributes.get("matrix")
    rows = None if matrix is None else _known(matrix, scope)
    if not isinstance(rows, dict) or not all(isinstance(one, list) for one in rows.values()):
        yield _target(label, block.attributes, scope)
        return
    for number, items in enumerate(product(*rows.values())):
        if number == _MOST:
            return
        own = scope.inner({key: item for key, item in zip(rows, items, strict=True) if not isinstance(item, Missing)})
        name = _text(block.attributes.get("name"), own) or label
        yield _target(name, block.attributes, own)


def _target(label: str, attributes: Mapping[str, Expression], scope: Scope) -> Target:
    inherits = _known(attributes["inherits"], scope) if "inherits" in attributes else []
    # What a target is made of is then not known.
    known = isinstance(inherits, list) and all(isinstance(one, str) for one in inherits)
    build = Build(
        context=_text(attributes.get("context"), scope, "."),
        dockerfile=_text(attributes.get("dockerfile"), scope, "Dockerfile"),
        arguments=tuple(sorted(_pairs(attributes.get("args"), scope))),
        label=label,
        names=_names(attributes.get("tags"), scope),
        target=_text(attributes.get("target"), scope, ""),
        contexts=tuple(
            (name, value.removeprefix(_LINK))
            for name, value in _pairs(attributes.get("contexts"), scope)
            if value is not None and value.startswith((_LINK, IMAGE_CONTEXT))
        ),
    )
    return Target(build=build, given=frozenset(attributes), inherits=tuple(inherits) if known else None)


def _known(expression: Expression, scope: Scope) -> Value:
    """Return a value; `Missing` where it is not known."""
    try:
        return expression(scope)
    except (UnknownValueError, RecursionError):
        return Missing()


def _text(expression: Expression | None, scope: Scope, default: str = "") -> str | None:
    """Return a text; None where it is not known."""
    if expression is None:
        return default
    return _as_text(_known(expression, scope))


def _as_text(value: Value) -> str | None:
    try:
        return text_of(value)
    except UnknownValueError:
        return None


def _pairs(expression: Expression | None, scope: Scope) -> list[tuple[str, str | None]]:
    value = None if expression is None else _known(expression, scope)
    # An argument that is null is not given.
    return [(key, _as_text(one)) for key, one in value.items() if one is not None] if isinstance(value, dict) else []


def _names(expression: Expression | None, scope: Scope) -> tuple[str, ...]:
    """Return the names of images, with any tag where a variable is asked for, which a build may be given otherwise."""
    if expression is None:
        return ()
    scope.asked.clear()
    value = _known(expression, scope)
    names = [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []
    if not scope.asked:
        return tuple(names)
    found = (name_and_tag(one) for one in names)
    return tuple(name if tag is None else f"{name}:{ANY_TAG}" for name, tag in found if name)
