"""Keys, values and items of nodes of YAML, with what `<<` merges in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

_MERGE = "<<"
# An alias may stand for many.
_MOST_NODES = 20_000


def pairs(node: Node | None) -> list[tuple[Node, Node]]:
    """Return the keys and values of a mapping, those alone that stand in it."""
    value = getattr(node, "value", None)
    return [one for one in value if isinstance(one, tuple)] if isinstance(value, list) else []


def items(node: Node | None) -> list[Node]:
    """Return the items of a sequence: in JSON for Bake, a block may be a list of such blocks."""
    value = getattr(node, "value", None)
    return [one for one in value if not isinstance(one, tuple)] if isinstance(value, list) else []


def get(node: Node | None, key: str, seen: set[int] | None = None) -> Node | None:
    """Return the value of a key, its own or one that `<<` merges in; `seen` are the nodes that do not have it."""
    seen = set() if seen is None else seen
    if node is None or id(node) in seen:
        return None
    seen.add(id(node))
    found: Node | None = None
    for name, value in pairs(node):
        if name.value == key:
            return value
        if name.value == _MERGE and found is None:
            for one in items(value) or [value]:
                found = found or get(one, key, seen)
    return found


def merged(node: Node | None) -> dict[str, tuple[Node, Node]]:
    """Return the keys and values of a mapping by the keys, those that are merged in as well."""
    found: dict[str, tuple[Node, Node]] = {}
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        for name, value in pairs(one):
            if name.value == _MERGE:
                waiting.extend(items(value) or [value])
            elif isinstance(name.value, str):
                found.setdefault(name.value, (name, value))
    return found


def values(node: Node | None) -> list[Node]:
    """Return all values of a mapping, those that are merged in as well, each once."""
    found: dict[int, Node] = {}
    seen: set[int] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        for name, value in pairs(one):
            if name.value == _MERGE:
                stack.extend(items(value) or [value])
            else:
                found.setdefault(id(value), value)
    return list(found.values())


def text(node: Node | None, key: str) -> str:
    """Return the value of a key that is a text; "" without one."""
    value = getattr(get(node, key), "value", None)
    return value if isinstance(value, str) else ""


def mappings(tops: Iterable[Node]) -> Iterator[Node]:
    """Yield the mappings among some nodes and in them."""
    waiting = [*tops]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        own = pairs(node)
        if own:
            yield node
        waiting += (*items(node), *(value for _, value in own))
