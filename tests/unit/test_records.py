"""Records: what dataclasses do, as far as it is used."""

from __future__ import annotations

import pickle

import pytest

from cachemount.records import Record, field, replace


class Point(Record):
    x: int
    y: int = 0


class Named(Point):
    name: str = ""


class Bag(Record, frozen=False):
    things: list[int] = field(default_factory=list)


class One(Record, eq=False):
    x: int


def test_fields_and_defaults() -> None:
    assert repr(Named(x=1, name="a")) == "Named(x=1, y=0, name='a')"


@pytest.mark.parametrize("values", [{}, {"x": 1, "z": 2}])
def test_what_is_missing_or_no_field_is_refused(values: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(**values)


def test_equal_by_class_and_value() -> None:
    assert Point(x=1) == Point(x=1, y=0)
    assert Point(x=1) != Point(x=2)
    assert Point(x=1) != Named(x=1)
    assert len({Point(x=1), Point(x=1), Point(x=2)}) == 2


def test_equal_to_itself_only() -> None:
    one = One(x=1)
    assert one == one  # noqa: PLR0124
    assert one != One(x=1)
    assert {one: 1}[one] == 1


def test_a_factory_makes_a_new_value_each_time() -> None:
    first, second = Bag(), Bag()
    first.things.append(1)
    assert second.things == []
    assert Bag(things=[1]) == first
    with pytest.raises(TypeError):
        hash(first)


def test_replace() -> None:
    assert replace(Named(x=1, name="a"), x=2) == Named(x=2, name="a")
    with pytest.raises(TypeError, match="Point has no z"):
        replace(Point(x=1), z=2)


def test_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Named(x=1))) == Named(x=1)


def test_the_first_and_the_later_records_are_made_alike() -> None:
    class Many(Record):
        x: int
        y: str = "a"
        bag: list[int] = field(default_factory=list)

    records = [Many(y="b", x=number) for number in range(60)]
    assert [list(one.__dict__.items()) for one in records] == [
        [("x", number), ("y", "b"), ("bag", [])] for number in range(60)
    ]
    assert len({id(one.bag) for one in records}) == 60
    for _ in range(2):
        with pytest.raises(TypeError):
            Many(y="b")  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Many(x=1, z=2)  # type: ignore[call-arg]
