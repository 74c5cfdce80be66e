"""The JSON Schema of the configuration says what the reader says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cachemount.policy.config_reader import parse
from cachemount.policy.model import ConfigError
from generate_docs import SCHEMA, schema

VALIDATOR = jsonschema.Draft7Validator(json.loads(schema()))


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def accepted_by_reader(document: dict[str, Any]) -> bool:
    text = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in document.items())
    try:
        parse(".cachemount.toml", text.encode())
    except ConfigError:
        return False
    return True


def accepted_by_schema(document: dict[str, Any]) -> bool:
    return bool(VALIDATOR.is_valid(json.loads(json.dumps(document, default=date.isoformat))))


def test_the_shipped_schema_is_the_current_one() -> None:
    jsonschema.Draft7Validator.check_schema(json.loads(schema()))
    assert SCHEMA.read_text(encoding="utf-8") == schema(), "run `python tests/generate_docs.py`"


ENTRY = {"rules": ["missing-cache-mount"], "reason": "why"}
SAMPLES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"exclude": ["a/**"], "disable": ["clashing-cache"], "managers": {"disable": ["npm"]}}, True),
    ({"baseline": "x.jsonl", "inline-ignores": "forbid", "allow": [{**ENTRY, "expires": date(2027, 3, 31)}]}, True),
    ({"ids": [{"template": "s/abc-{target}"}, {"paths": ["a/**"], "template": "{manager}-{stage}-{arch}"}]}, True),
    ({"ids": [{"paths": ["a/**"]}]}, False),
    ({"ids": [{"template": "one-for-all"}]}, False),
    ({"ids": [{"template": "{target}-{service}"}]}, False),
    ({"ids": [{"template": "{target},x"}]}, False),
    ({"ids": [{"template": "{target}", "path": ["a"]}]}, False),
    ({"ids": {"template": "{target}"}}, False),
    ({"caches": {"also": ["turbo", "next"]}}, True),
    ({"caches": {}, "warn-builders": False}, True),
    ({"warn-builders": "no"}, False),
    ({"warn-hadolint": False}, True),
    ({"warn-hadolint": 0}, False),
    ({"caches": {"also": ["bazel"]}}, False),
    ({"caches": {"only": ["turbo"]}}, False),
    ({"caches": ["turbo"]}, False),
    ({"exclude": ["/abs"]}, False),
    ({"exclude": ["a/../b"]}, False),
    ({"exclude": ["a\\b"]}, False),
    ({"exclude": "a"}, False),
    ({"exclud": []}, False),
    ({"disable": ["missing"]}, False),
    ({"managers": {"enable": []}}, False),
    ({"inline-ignores": "reason"}, False),
    ({"allow": [{"reason": "why"}]}, False),
    ({"allow": [{"rules": ["missing-cache-mount"]}]}, False),
    ({"allow": [{**ENTRY, "reason": " - "}]}, False),
    ({"allow": [{**ENTRY, "rules": ["unused-suppression"]}]}, False),
    ({"allow": [{**ENTRY, "stages": []}]}, False),
    ({"allow": [{**ENTRY, "expires": 2027}]}, False),
]


@pytest.mark.parametrize(("document", "good"), SAMPLES)
def test_samples(document: dict[str, Any], good: bool) -> None:
    assert (accepted_by_schema(document), accepted_by_reader(document)) == (good, good)


TEXTS = st.sampled_from(
    ["a/**", "*.x", "..", "../a", "a/..", "a..b", "/a", "C:/a", "C:a", "a\\b", "", " ", "-", "_", "\u65e5"]
)
NAMES = st.sampled_from(["missing-cache-mount", "unused-suppression", "pip", "apt", "none"])
ODD = st.one_of(st.booleans(), st.integers(0, 9), TEXTS)


def lists(of: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(of, max_size=3), ODD, st.lists(ODD, max_size=2))


ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "paths": lists(TEXTS),
        "rules": lists(NAMES),
        "managers": lists(NAMES),
        "stages": lists(TEXTS),
        "images": lists(TEXTS),
        "reason": ODD,
        # A quoted date is wrong in TOML, and JSON cannot tell it from a date.
        "expires": st.one_of(st.dates(date(2000, 1, 1)), st.booleans(), st.integers(0, 9)),
        "rule": ODD,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "exclude": lists(TEXTS),
        "disable": lists(NAMES),
        "managers": st.one_of(st.fixed_dictionaries({}, optional={"disable": lists(NAMES), "on": ODD}), ODD),
        "inline-ignores": st.one_of(st.sampled_from(["allow", "forbid"]), ODD),
        "baseline": ODD,
        "allow": st.one_of(st.lists(ENTRIES, max_size=2), ODD),
        "other": ODD,
    },
)


@pytest.mark.slow
@settings(max_examples=300)
@given(DOCUMENTS)
def test_schema_and_reader_agree(document: dict[str, Any]) -> None:
    assert accepted_by_schema(document) == accepted_by_reader(document)
