"""Writes the classes of named values out, so that mypyc can make native ones of them.

`cachemount.records.Record` makes the methods of a class when its first record is made, which no compiler sees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

Field = tuple[str, str, "ast.expr | None"]

_FUTURE = "from __future__ import annotations\n"
_IMPORTS = """
from collections.abc import Mapping as _Mapping
from typing import Any as _Any

from cachemount.records import restored as _restored
"""


def written_out(module: str, *, native: bool) -> str:
    """The source of a module, its records written out as classes that say their methods. Comments stay.

    `native`: the module is compiled, so that pickle has to be told what its records consist of.
    """
    tree = ast.parse(module)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    records = [node for node in classes.values() if _is_record(node, classes)]
    if not records:
        return module
    lines = module.splitlines(keepends=True)
    for node in reversed(records):
        lines[node.lineno - 1 : node.end_lineno] = _class(module, node, classes, native=native)
    return "".join(lines).replace(_FUTURE, _FUTURE + _IMPORTS, 1)


def _is_record(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    names = [base.id for base in node.bases if isinstance(base, ast.Name)]
    return "Record" in names or any(name in classes and _is_record(classes[name], classes) for name in names)


def _line_of_records(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """A record's class and those above it, the uppermost first."""
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from _line_of_records(classes[base.id], classes)
    yield node


def _class(module: str, node: ast.ClassDef, classes: dict[str, ast.ClassDef], *, native: bool) -> list[str]:
    line = list(_line_of_records(node, classes))
    own = [one for one in node.body if isinstance(one, ast.AnnAssign)]
    fields = [_field(one) for each in line for one in each.body if isinstance(one, ast.AnnAssign)]
    options = {word.arg: ast.literal_eval(word.value) for each in line for word in each.keywords}
    bases = [ast.unparse(base) for base in node.bases if ast.unparse(base) != "Record"]
    source = module.splitlines(keepends=True)
    result = [f"class {node.name}({', '.join(bases)}):\n" if bases else f"class {node.name}:\n"]
    at = node.body[0].lineno - 1
    for one in own:
        result += source[at : one.lineno - 1]
        # Defaults are those of the initializer.
        result.append(f"    {ast.unparse(one.target)}: {ast.unparse(one.annotation)}\n")
        at = one.end_lineno or one.lineno
    result += source[at : node.end_lineno]
    result += [f"\n{method}" for method in _methods(node.name, fields, options)]
    if native:
        values = ", ".join(f"'{name}': self.{name}" for name, _, _ in fields)
        result.append(
            f"\n    def __reduce__(self) -> tuple[_Any, ...]:\n        return _restored, ({node.name}, {{{values}}})\n"
        )
    return result


def _field(node: ast.AnnAssign) -> Field:
    return ast.unparse(node.target), ast.unparse(node.annotation), node.value


def _methods(name: str, fields: list[Field], options: dict[str | None, bool]) -> Iterator[str]:
    names = [field[0] for field in fields]
    yield _initializer(fields, kw_only=options.get("kw_only", True))
    values = "".join(f"            {one}=changes['{one}'] if '{one}' in changes else self.{one},\n" for one in names)
    known = f"{{{', '.join(map(repr, names))}}}"
    yield (
        f"    def replaced(self, changes: _Mapping[str, _Any]) -> {name}:\n"
        f"        if not changes.keys() <= {known}:\n"
        f"            raise TypeError('{name} has no ' + ', '.join(changes.keys() - {known}))\n"
        f"        return {name}(\n{values}        )\n"
    )
    shown = ", ".join(f"{one}={{self.{one}!r}}" for one in names)
    yield f"    def __repr__(self) -> str:\n        return f'{name}({shown})'\n"
    if options.get("eq", True):
        same = " and ".join(f"self.{one} == other.{one}" for one in names)
        yield (
            "    def __eq__(self, other: object) -> bool:\n"
            f"        return type(self) is type(other) and isinstance(other, {name}) and {same}\n"
        )
        if options.get("frozen", True):
            values = "".join(f"self.{one}, " for one in names)
            yield f"    def __hash__(self) -> int:\n        return hash(({values}))\n"


def _initializer(fields: list[Field], *, kw_only: bool) -> str:
    parameters, lines = ["*"] if kw_only else [], []
    for name, annotation, default in fields:
        value = name
        if default is None:
            parameters.append(f"{name}: {annotation}")
        elif isinstance(default, ast.Call) and ast.unparse(default.func) == "field":
            parameters.append(f"{name}: {annotation} | None = None")
            value = f"{ast.unparse(default.keywords[0].value)}() if {name} is None else {name}"
        else:
            parameters.append(f"{name}: {annotation} = {ast.unparse(default)}")
        lines.append(f"        self.{name} = {value}\n")
    return f"    def __init__(self, {', '.join(parameters)}) -> None:\n" + "".join(lines)
