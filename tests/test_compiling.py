"""Records that are written out for the compiler do what they do otherwise."""

from __future__ import annotations

import ast
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cachemount.records import replace
from compiling.records import written_out

ROOT = Path(__file__).parent.parent

SOURCE = '''"""Shapes."""

from __future__ import annotations

from cachemount.records import Record, field


class Point(Record):
    """A place.

    It is read-only.
    """

    # From the left.
    x: int
    y: int = 2
    names: tuple[
        str, ...
    ] = ()  # None, for most.

    @property
    def sum(self) -> int:
        return self.x + self.y


class Bag(Record, frozen=False):
    things: list[int] = field(default_factory=list)


class Known(Record, frozen=False, eq=False):
    _answers: dict[str, int] = field(default_factory=dict)

    def once(self, name: str) -> int:
        return self._answers.setdefault(name, len(self._answers))


class Step(Known, frozen=False, eq=False):
    label: str
    bag: Bag


class Pair(Record, kw_only=False):
    left: int
    right: int = 2


class Other:
    x: int = 1


def after() -> str:
    return "kept"
'''


def module(source: str) -> Any:
    made = ModuleType("shapes")
    exec(compile(source, "shapes.py", "exec"), made.__dict__)
    return made


@pytest.fixture(params=["as they are", "written out", "for the compiler"])
def shapes(request: pytest.FixtureRequest) -> Any:
    if request.param == "as they are":
        return module(SOURCE)
    return module(written_out(SOURCE, native=request.param == "for the compiler"))


def test_fields_and_defaults(shapes: Any) -> None:
    point = shapes.Point(x=1)
    assert (point.x, point.y, point.names, point.sum) == (1, 2, (), 3)
    assert shapes.Point(x=1, y=5, names=("a",)).names == ("a",)
    for wrong in ({}, {"x": 1, "z": 2}):
        with pytest.raises(TypeError):
            shapes.Point(**wrong)
    with pytest.raises(TypeError):
        shapes.Point(1)


def test_fields_by_position(shapes: Any) -> None:
    assert shapes.Pair(1) == shapes.Pair(1, 2) == shapes.Pair(left=1) == shapes.Pair(1, right=2)
    for wrong in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            shapes.Pair(*wrong)


def test_each_has_its_own_list(shapes: Any) -> None:
    one, other = shapes.Bag(), shapes.Bag()
    one.things.append(1)
    assert other.things == []
    mine = [3]
    assert shapes.Bag(things=mine).things is mine


def test_equality_and_hash(shapes: Any) -> None:
    assert shapes.Point(x=1) == shapes.Point(x=1, y=2)
    assert shapes.Point(x=1) != shapes.Point(x=1, names=("a",))
    assert shapes.Point(x=1) != (1, 2, ())
    assert len({shapes.Point(x=1), shapes.Point(x=1), shapes.Point(x=2)}) == 2
    assert shapes.Bag() == shapes.Bag()
    with pytest.raises(TypeError):
        hash(shapes.Bag())
    step = shapes.Step(label="a", bag=shapes.Bag())
    assert step != shapes.Step(label="a", bag=shapes.Bag())
    assert hash(step) == hash(step)


def test_inherited_fields(shapes: Any) -> None:
    step = shapes.Step(label="a", bag=shapes.Bag(things=[1]))
    assert [step.once("x"), step.once("y"), step.once("x")] == [0, 1, 0]
    assert shapes.Step(label="a", bag=step.bag, _answers={"z": 7}).once("z") == 7


def test_copies(shapes: Any) -> None:
    point = shapes.Point(x=1, names=("a",))
    assert replace(point, y=9) == shapes.Point(x=1, y=9, names=("a",))
    assert point.y == 2
    with pytest.raises(TypeError, match="Point has no z"):
        replace(point, z=1)


def test_pickles(shapes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shapes", shapes)
    step = shapes.Step(label="a", bag=shapes.Bag(things=[1]), _answers={"z": 7})
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps((step, shapes.Point(x=1)), protocol))
        assert repr(copy) == repr((step, shapes.Point(x=1)))
        assert copy[1] == shapes.Point(x=1)


def test_what_is_shown(shapes: Any) -> None:
    assert repr(shapes.Point(x=1)) == "Point(x=1, y=2, names=())"
    assert shapes.Point.__doc__.startswith("A place.")
    assert repr(shapes.Step(label="a", bag=shapes.Bag())) == "Step(_answers={}, label='a', bag=Bag(things=[]))"


def test_the_rest_stays() -> None:
    source = written_out(SOURCE, native=True)
    assert "# From the left." in source
    assert module(source).after() == "kept"
    assert module(source).Other.x == 1
    assert written_out("x = 1\n", native=True) == "x = 1\n"


def test_every_module_of_the_package_is_written_out() -> None:
    left = [
        f"{path}: {node.name}"
        for path in (ROOT / "hooks" / "cachemount").rglob("*.py")
        if path.name != "records.py"
        for node in ast.walk(ast.parse(written_out(path.read_text(encoding="utf-8"), native=True)))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Record" for base in node.bases)
    ]
    assert left == []
