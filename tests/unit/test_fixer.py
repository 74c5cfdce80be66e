"""Which fixes are made together, and what the text is then."""

from __future__ import annotations

import pytest

from cachemount import fixer
from cachemount.findings import Edit, Fix
from cachemount.records import replace
from cachemount.source import Span

TEXT = "0123456789"


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix(title="", edits=tuple(Edit(span=Span(start, end), text=text) for start, end, text in edits))


@pytest.mark.parametrize(
    ("fixes", "text", "applied"),
    [
        pytest.param([], TEXT, 0, id="none"),
        pytest.param([fix((2, 4, "x"))], "01x456789", 1, id="one"),
        pytest.param([fix((8, 9, "x"), (1, 1, "y"))], "0y1234567x9", 1, id="its edits need not be in order"),
        pytest.param([fix((2, 4, "x")), fix((6, 7, "y"))], "01x45y789", 2, id="two"),
        pytest.param(
            [fix((2, 4, "x"), (6, 8, "y")), fix((2, 4, "x"), (9, 9, "z"))], "01x45y8z9", 2, id="a shared edit"
        ),
        pytest.param([fix((2, 4, "x")), fix((2, 4, "y"))], "01x456789", 1, id="the same place"),
        pytest.param([fix((2, 6, "x")), fix((3, 4, "y"))], "01x6789", 1, id="one inside the other"),
        pytest.param([fix((3, 4, "y")), fix((2, 6, "x"))], "012y456789", 1, id="one around the other"),
        pytest.param([fix((2, 5, "x")), fix((4, 7, "y"))], "01x56789", 1, id="they overlap"),
        pytest.param([fix((4, 7, "y")), fix((2, 5, "x"))], "0123y789", 1, id="they overlap in front"),
        pytest.param([fix((2, 5, "x"), (4, 7, "y")), fix((8, 9, "z"))], "01234567z9", 1, id="its own edits overlap"),
        pytest.param([fix((2, 4, "x")), fix((4, 6, "y"))], "01xy6789", 2, id="they touch"),
        pytest.param([fix((4, 6, "y")), fix((2, 4, "x"))], "01xy6789", 2, id="they touch in front"),
        pytest.param([fix((4, 4, "x")), fix((4, 4, "y"))], "0123x456789", 1, id="two texts at one place"),
        pytest.param([fix((4, 4, "x")), fix((5, 5, "y"))], "0123x4y56789", 2, id="texts at two places"),
        pytest.param([fix((2, 6, "x")), fix((4, 4, "y"))], "01x6789", 1, id="a text in what goes"),
        pytest.param([fix((4, 4, "y")), fix((2, 6, "x"))], "0123y456789", 1, id="what goes around a text"),
        pytest.param([fix((2, 4, "x")), fix((4, 4, "y"))], "01xy456789", 2, id="a text behind what goes"),
        pytest.param([fix((2, 4, "x")), fix((2, 2, "y"))], "01yx456789", 2, id="a text in front of what goes"),
        pytest.param(
            [fix((1, 1, "a")), fix((1, 3, "b")), fix((2, 5, "c")), fix((7, 8, "d"))], "0ab3456d89", 3, id="one of four"
        ),
        pytest.param(
            [fix((1, 5, "a")), fix((3, 6, "b"), (8, 9, "c"))], "0a56789", 1, id="all of a fix waits for one edit"
        ),
        pytest.param(
            [fix((1, 6, "a")), fix((6, 6, "b")), fix((5, 7, "c"))], "0ab6789", 2, id="the last but one is in the way"
        ),
    ],
)
def test_apply(fixes: list[Fix], text: str, applied: int) -> None:
    assert fixer.apply(TEXT, fixes) == (text, applied)


def mounts(at: int, text: str, *targets: str, joint: str = "") -> Fix:
    return Fix(title="", edits=(Edit(span=Span(at, at), text=text, targets=targets, joint=joint),))


@pytest.mark.parametrize(
    ("fixes", "text", "applied"),
    [
        pytest.param([mounts(4, "b", "/b"), mounts(4, "a", "/a")], "0123ba456789", 2, id="in the order of the fixes"),
        pytest.param(
            [mounts(4, "a", "/a", joint="-"), mounts(4, "b", "/b", joint="-"), mounts(4, "c", "/c", joint="-")],
            "0123a-b-c456789",
            3,
            id="a joint between them",
        ),
        pytest.param([mounts(4, "a", "/a"), mounts(4, "b", "/a/b")], "0123a456789", 1, id="one in the other"),
        pytest.param([mounts(4, "a", "/a/b"), mounts(4, "b", "/c", "/a")], "0123a456789", 1, id="one around the other"),
        pytest.param([mounts(4, "a", "/a"), mounts(4, "b", "/a")], "0123a456789", 1, id="the same target"),
        pytest.param([mounts(4, "a", "/a"), mounts(4, "b", "/ab")], "0123ab456789", 2, id="a longer name"),
        pytest.param([mounts(4, "a", "/a"), mounts(4, "a", "/a")], "0123a456789", 2, id="the same mount"),
        pytest.param([mounts(4, "a", "/a"), fix((4, 4, "b"))], "0123a456789", 1, id="a text beside a mount"),
        pytest.param([fix((4, 4, "b")), mounts(4, "a", "/a")], "0123b456789", 1, id="a mount beside a text"),
        pytest.param([mounts(4, "a", "/a"), fix((4, 6, ""))], "0123a6789", 2, id="what goes behind a mount"),
        pytest.param(
            [mounts(4, "a", "/a", joint="-"), mounts(5, "b", "/b", joint="-")], "0123a4b56789", 2, id="at two places"
        ),
    ],
)
def test_mounts_at_one_place(fixes: list[Fix], text: str, applied: int) -> None:
    assert fixer.apply(TEXT, fixes) == (text, applied)


def test_a_fix_that_several_findings_have_is_made_once_and_counted_for_each() -> None:
    one, other = fix((2, 4, "x")), fix((6, 7, "y"))
    assert fixer.apply(TEXT, [one, one, other, one]) == ("01x45y789", 4)


def test_a_fix_that_waits_does_so_for_all_of_its_findings() -> None:
    one, other = fix((2, 4, "x")), fix((3, 5, "y"))
    assert fixer.apply(TEXT, [one, other, one, other]) == ("01x456789", 2)


def test_of_fixes_with_the_same_turn_one_is_made() -> None:
    one, other = (replace(made, turn=0) for made in (fix((2, 4, "x")), fix((6, 7, "y"))))
    assert fixer.apply(TEXT, [one, other, one]) == ("01x456789", 2)
    assert fixer.apply(TEXT, [one, replace(other, turn=1)]) == ("01x45y789", 2)
