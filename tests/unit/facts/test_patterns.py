"""What a pattern needs is in everything that it matches."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachemount.dockerfile.images import table
from cachemount.dockerfile.images.lookup import _OR, fitting
from cachemount.facts.patterns import needed
from cachemount.managers import MANAGERS

PATTERNS = sorted(
    {
        pattern
        for manager in MANAGERS
        for cache in manager.caches
        for pattern in (*cache.settings, cache.when)
        if pattern
    }
    | {way.satisfied_by for manager in MANAGERS for way in manager.downloads if way.satisfied_by}
)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bpip[0-9.]* config set global\.cache-dir (\S+)", " config set global.cache-dir "),
        (r"a|b", ""),
        (r"(?:a|b)longer", "longer"),
        (r"(?i)word", ""),
        (r"(?is)word", ""),
        (r"words?", "word"),
        (r"ab*c", "a"),
        (r"abc{2,3}", "ab"),
        (r"ab+c", "ab"),
        (r"[a|b]cd", "cd"),
        (r"[]|]cd", "cd"),
        (r"\d\.x", ".x"),
        (r"a\nbc", "bc"),
        (r"(?!longest)a", "a"),
        (r"^ab$", "ab"),
        (r"a\|b", "a|b"),
        (r"\A(?=.*longest)a", "longest"),
        (r"\A(?=.*(longest)?)ab", "ab"),
        (r"\A(?=longest|b)a", ""),
    ],
)
def test_needed(pattern: str, text: str) -> None:
    assert needed(pattern) == text


def test_most_settings_need_a_text() -> None:
    patterns = [pattern for manager in MANAGERS for cache in manager.caches for pattern in cache.settings]
    assert sum(bool(needed(pattern)) for pattern in patterns) > len(patterns) * 0.9


@pytest.mark.slow
@given(st.data())
@settings(max_examples=300)
def test_what_matches_has_what_is_needed(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(PATTERNS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = data.draw(st.from_regex(pattern))
    assert re.search(pattern, text)
    assert needed(pattern) in text


def test_the_alternatives_of_an_image_are_patterns() -> None:
    for image in table():
        assert "|".join(_OR.split(image.pattern)) == image.pattern
        assert all(re.compile(one) for one in _OR.split(image.pattern))


@given(st.sampled_from([image.pattern for image in table()]), st.data())
@pytest.mark.slow
def test_no_image_is_left_out(pattern: str, data: st.DataObject) -> None:
    name = data.draw(st.from_regex(pattern, fullmatch=True))
    assert pattern in [image.pattern for image in fitting(name)]
