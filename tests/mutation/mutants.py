"""The mutants of a module: its text with one small fault each, made by mutmut's operators."""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import libcst as cst
import libcst.matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# What is written in these says nothing of what the program does, or can only raise when it is wrong.
_LEFT_ALONE = (
    m.Annotation()
    | m.Decorator()
    | m.Import()
    | m.ImportFrom()
    | m.Expr(value=m.SimpleString())
    | m.Call(func=m.Name("len") | m.Name("isinstance") | m.Name("cast"))
    | m.Assign(targets=[m.AssignTarget(target=m.Name("__all__"))])
    | m.Assign(value=m.Call(func=m.Name("TypeVar") | m.Name("TypeVarTuple")))
)


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`name` tells the mutant from others of its module, and stays when lines move.

    `lines` are those of the statement (of a compound one: of its head) that it is in; none: any case may need it.
    """

    name: str
    text: str
    line: int
    lines: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class _Place:
    names: tuple[str, ...] = ()
    in_function: bool = False
    line: int = 0
    lines: frozenset[int] = frozenset()


def mutants(text: str) -> list[Mutant]:
    """All mutants of a module, in order of the text."""
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    module = wrapper.module
    parts = ["".join(module.code_for_node(line) for line in module.header)]
    parts += [module.code_for_node(statement) for statement in module.body]
    assert "".join(parts) == text, "nothing but blank lines may follow the last statement"
    names: Counter[str] = Counter()
    found = []
    for index, statement in enumerate(module.body, start=1):
        seen = {"", _meaning(parts[index])}
        for place, node, faulty in _faults(statement, positions, _Place()):
            changed = statement.visit(_Replacement(node, faulty))
            assert isinstance(changed, cst.CSTNode)
            part = module.code_for_node(changed)
            meaning = _meaning(part)
            if meaning in seen:
                continue
            seen.add(meaning)
            name = f"{'.'.join(place.names) or 'module'}: {_difference(parts[index], part)}"
            names[name] += 1
            if names[name] > 1:
                name += f" ({names[name]})"
            mutated = "".join([*parts[:index], part, *parts[index + 1 :]])
            found.append(Mutant(name=name, text=mutated, line=place.line, lines=place.lines))
    return found


class _Replacement(cst.CSTTransformer):
    def __init__(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        super().__init__()
        self.old, self.new = old, new

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node is not self.old

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        return self.new if original_node is self.old else updated_node


def _faults(
    node: cst.CSTNode, positions: Mapping[cst.CSTNode, CodeRange], place: _Place
) -> Iterator[tuple[_Place, cst.CSTNode, cst.CSTNode]]:
    """Yield each place with the node that stands there and the node to put in its place."""
    if m.matches(node, _LEFT_ALONE):
        return
    span = positions.get(node)
    if span is not None:
        place = replace(place, line=span.start.line)
    if span is not None and isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
        last = span.end.line
        if isinstance(node, cst.BaseCompoundStatement) and not isinstance(node, cst.Match):
            last = positions[node.body].start.line
        place = replace(place, lines=frozenset(range(span.start.line, last + 1) if place.in_function else ()))
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        # What is decorated may be kept from one case for the next.
        traced = isinstance(node, cst.FunctionDef) and not node.decorators
        place = replace(place, names=(*place.names, node.name.value), in_function=traced)
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for faulty in operator(node):
                yield place, node, faulty
    for child in node.children:
        yield from _faults(child, positions, place)


def _meaning(part: str) -> str:
    """Return a text that is equal for texts that mean the same, or that are not Python."""
    try:
        return ast.dump(ast.parse(part))
    except SyntaxError:
        return ""


def _difference(before: str, after: str) -> str:
    """Return the lines that differ, as `before => after`."""
    old, new = before.split("\n"), after.split("\n")
    blocks = difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    changed = [block for block in blocks if block[0] != "equal"]
    was = " ".join(line.strip() for line in old[changed[0][1] : changed[-1][2]])
    now = " ".join(line.strip() for line in new[changed[0][3] : changed[-1][4]])
    return f"{was} => {now}"
