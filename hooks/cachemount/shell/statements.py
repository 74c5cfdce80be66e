"""The grammar's tree of lists, pipelines and redirections as flat sequences, which is how the shell runs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cachemount.late_pattern import late
from cachemount.records import Record, field
from cachemount.type_checking import Protocol


class Node(Protocol):
    """The part of a tree-sitter node that is used here."""

    @property
    def type(self) -> str: ...
    @property
    def text(self) -> bytes | None: ...
    @property
    def children(self) -> Sequence[Node]: ...
    @property
    def start_byte(self) -> int: ...
    @property
    def end_byte(self) -> int: ...
    @property
    def has_error(self) -> bool: ...
    @property
    def is_missing(self) -> bool: ...
    @property
    def child_count(self) -> int: ...


class Leaf(Record, frozen=False):
    """A command, simple or compound, with the redirections around it; `node` is None for redirections alone."""

    node: Node | None
    redirects: list[Node] = field(default_factory=list)

    @property
    def start(self) -> int:
        if self.node is not None and not self.redirects:
            return self.node.start_byte
        return min(node.start_byte for node in (self.node, *self.redirects) if node is not None)

    @property
    def end(self) -> int:
        if self.node is not None and not self.redirects:
            return self.node.end_byte
        return max(node.end_byte for node in (self.node, *self.redirects) if node is not None)


class Pipeline(Record, frozen=False):
    """One item of a list: leaves joined by `|`. `operator` and its place stand in front of it."""

    operator: str
    place: tuple[int, int]
    leaves: list[Leaf] = field(default_factory=list)
    start: int = -1
    negated: bool = False
    background: bool = False

    @property
    def end(self) -> int:
        return self.leaves[-1].end


_BREAKS = frozenset((";", "&", "\n", ";;", ";&", ";;&"))
_JOINS = frozenset(("&&", "||"))
_PIPES = frozenset(("|", "|&"))
REDIRECTS = frozenset(("file_redirect", "herestring_redirect", "heredoc_redirect"))
_NESTED = frozenset(("list", "pipeline", "negated_command"))


def flatten(nodes: Iterable[Node], prefixed: Mapping[int, int]) -> tuple[list[Pipeline], list[Node]]:
    """Return the items of a block in order, and the comments in it.

    `prefixed` says where `!` or `time`, which the nodes do not have, stands before the node that begins there.
    """
    result: list[Pipeline] = []
    comments: list[Node] = []
    operator, place = "", (0, 0)
    piped = negated = False
    start = -1
    stack: list[Node | list[Node]] = list(reversed(list(nodes)))
    while stack:
        node = stack.pop()
        if prefixed and not isinstance(node, list) and node.start_byte in prefixed and not piped:
            # Of `time` alone the status is not used; that it might be is the careful reading.
            negated, start = True, prefixed[node.start_byte]
        if isinstance(node, list):
            if result and result[-1].leaves:
                result[-1].leaves[-1].redirects += node
            continue
        kind = node.type
        if kind in _NESTED:
            stack.extend(reversed(node.children))
        elif kind == "redirected_statement":
            redirects = [child for child in node.children if child.type in REDIRECTS]
            bodies = [child for child in node.children if child.type not in REDIRECTS]
            if bodies:
                stack.append(redirects)
                stack.extend(reversed(bodies))
            else:
                operator, place, piped, negated, start = _add(
                    result, Leaf(node=None, redirects=redirects), operator, place, start, piped=piped, negated=negated
                )
        elif kind in _BREAKS:
            if kind == "&" and result:
                result[-1].background = True
            if not operator or operator == "\n":
                operator, place = kind, (node.start_byte, node.end_byte)
        elif kind in _JOINS:
            operator, place = kind, (node.start_byte, node.end_byte)
        elif kind in _PIPES:
            piped = True
        elif kind == "!":
            negated, start = True, node.start_byte
        elif kind == "comment":
            comments.append(node)
        else:
            operator, place, piped, negated, start = _add(
                result, Leaf(node=node), operator, place, start, piped=piped, negated=negated
            )
    return result, comments


def _add(
    result: list[Pipeline], leaf: Leaf, operator: str, place: tuple[int, int], start: int, *, piped: bool, negated: bool
) -> tuple[str, tuple[int, int], bool, bool, int]:
    """Put a leaf into the last pipeline or a new one; gives back the state for what follows."""
    if piped and result:
        result[-1].leaves.append(leaf)
    else:
        first = start if negated and start >= 0 else leaf.start
        result.append(Pipeline(operator=operator, place=place, leaves=[leaf], start=first, negated=negated))
    return "", (0, 0), False, False, -1


def broken(root: Node) -> bool:
    """Return whether the grammar met anything that it could not read; a `;` that bash does not need does not count."""
    # A node that has none in it is not missing, either.
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.type == "ERROR" or (node.is_missing and node.type not in (";", "\n")):
            return True
        stack.extend(child for child in node.children if child.has_error or child.is_missing)
    return False


# The grammar passes over a lone dash in front of an assignment: it is the command's name. It takes \r for a blank.
_DASH = late(r"(?:\A|[\n;&|({]|\b(?:then|do|else|in)\b)[ \t\r]*-(?:[ \t\r]|\\\n)+[^\s;&|()<>'\"$`=]*(?:\][ \t]+)?=")


def dashed(text: str) -> bool:
    """Return whether the grammar overlooks a dash."""
    return ("- " in text or "-\t" in text or "-\r" in text or "-\\" in text) and _DASH.search(text) is not None


_SUBSTITUTIONS = frozenset(("command_substitution", "process_substitution"))
_OPAQUE = frozenset((*_SUBSTITUTIONS, "expansion", "arithmetic_expansion"))


def substitutions(nodes: Iterable[Node]) -> tuple[list[Node], list[Node]]:
    """In words: the outermost nodes that only the shell can evaluate, and the outermost command substitutions."""
    opaque: list[Node] = []
    commands: list[Node] = []
    stack = [(node, False) for node in reversed(list(nodes))]
    while stack:
        node, inside = stack.pop()
        kind = node.type
        if kind in _OPAQUE and not inside:
            opaque.append(node)
        if kind in _SUBSTITUTIONS:
            commands.append(node)
        elif node.child_count:
            stack.extend((child, inside or kind in _OPAQUE) for child in reversed(node.children))
    return opaque, commands
