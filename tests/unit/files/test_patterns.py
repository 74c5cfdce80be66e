"""Patterns against paths and names."""

from __future__ import annotations

import time

import pytest

from cachemount.files.patterns import match_name, match_path


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("Dockerfile", "Dockerfile"),
        ("./Dockerfile", "Dockerfile"),
        ("deploy/legacy/*.Dockerfile", "deploy/legacy/a.Dockerfile"),
        ("third_party/**", "third_party/a/b/Dockerfile"),
        ("third_party", "third_party/a/Dockerfile"),
        ("third_party/", "third_party/Dockerfile"),
        ("**/Dockerfile", "Dockerfile"),
        ("**/Dockerfile", "a/b/Dockerfile"),
        ("a/**/b/**/c", "a/x/b/y/b/z/c"),
        ("a/**/c", "a/c"),
        ("**", "a/b"),
        ("*", "a/b"),
        ("Dockerfile.?", "Dockerfile.1"),
        ("Dockerfile.[0-9]", "Dockerfile.7"),
        ("Dockerfile.[!a-z]", "Dockerfile.7"),
        ("Dockerfile.[]x]", "Dockerfile.]"),
        ("[Dockerfile", "[Dockerfile"),
        ("a.b", "a.b"),
    ],
)
def test_matches(pattern: str, path: str) -> None:
    assert match_path(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("Dockerfile", "a/Dockerfile"),
        ("*.Dockerfile", "a/b.Dockerfile"),
        ("deploy/*/Dockerfile", "deploy/Dockerfile"),
        ("deploy/*/Dockerfile", "deploy/a/b/Dockerfile"),
        ("third_party/**", "third_party2/Dockerfile"),
        ("Dockerfile.?", "Dockerfile."),
        ("Dockerfile.[!a-z]", "Dockerfile.a"),
        ("a.b", "axb"),
        ("dockerfile", "Dockerfile"),
        ("a/**/c", "a/b/d"),
        ("**/x/**/y", "x/z"),
    ],
)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not match_path(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("registry.example/hardened/*", "registry.example/hardened/python/x:3", True),
        ("*windows*", "mcr.microsoft.com/windows/servercore:ltsc", True),
        ("build*", "builder", True),
        ("build*", "rebuild", False),
        ("", "", True),
        ("*", "", True),
        ("a", "", False),
    ],
)
def test_names(pattern: str, name: str, matches: bool) -> None:
    assert match_name(pattern, name) is matches


def test_no_pattern_takes_exponential_time() -> None:
    started = time.process_time()
    assert not match_name("*a" * 200 + "b", "a" * 2000)
    assert not match_path("**/a/" * 40 + "b", "a/" * 400 + "c")
    assert not match_path("*/" + "*a*" * 100 + "z", "x/" + "a" * 1000)
    assert time.process_time() - started < 5
