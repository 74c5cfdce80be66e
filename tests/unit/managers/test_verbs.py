"""Each command that the most used programs list is a download of ours, or is known to be none."""

from __future__ import annotations

import pytest

from cachemount.facts import invocations
from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from cachemount.shell.model import Word
from manager_verbs import LISTED, Listed

BY_NAME = {manager.name: manager for manager in MANAGERS}
OTHERS = ("readers", "cleaners", "apart", "harmless")


def verbs_of(manager: PackageManager, program: str) -> set[str]:
    """Return the first words of the verbs with which a program of the manager may download."""
    return {
        verb[0]
        for way in manager.downloads
        if not way.programs or program in way.programs
        # What only reads a cache is none.
        if frozenset() not in way.offline
        for verb in way.verbs
        if verb and verb[0] != "*"
    }


def in_full(manager: PackageManager, verb: str) -> str:
    return invocations.positionals(manager, (Word(verb, verb),))[0]


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: f"{one.program} of {one.manager}")
def test_a_command_is_in_one_class(listed: Listed) -> None:
    words = listed.words
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: f"{one.program} of {one.manager}")
def test_what_downloads_is_known_as_a_download(listed: Listed) -> None:
    manager = BY_NAME[listed.manager]
    known = verbs_of(manager, listed.program)
    assert [word for word in listed.of("downloads") if not {word, in_full(manager, word)} & known] == []


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: f"{one.program} of {one.manager}")
def test_what_is_known_as_a_download_is_listed(listed: Listed) -> None:
    known = verbs_of(BY_NAME[listed.manager], listed.program)
    wrong = [word for kind in ("readers", "apart", "harmless") for word in listed.of(kind) if word in known]
    assert wrong == []


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: f"{one.program} of {one.manager}")
def test_what_empties_the_cache_is_known(listed: Listed) -> None:
    known = {verb[0] for cleaner in BY_NAME[listed.manager].cleaners for verb in cleaner.verbs}
    assert [word for word in listed.of("cleaners") if word not in known] == []
