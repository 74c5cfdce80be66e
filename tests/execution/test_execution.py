"""Scripts run before and after a fix: the same programs are called with the same arguments, and end with one status."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

import case_files
from execution.comparing import Pair, difference, pairs
from execution.recorded import MADE, OF_A_CORPUS, Compared, compare_made, compare_texts, made, record
from execution.shells import Room
from fuzz import seeds

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("dash", "bash", "chroot", "unshare", "ldd")),
    reason="dash, bash, ldd and a way into a root folder of its own are needed",
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "room")


def _same(room: Room, texts: Iterable[str]) -> int:
    """Compare the scripts of Dockerfiles; how many fixes changed one."""
    count = 0
    wrong = []
    for text in texts:
        for pair in pairs(text):
            count += 1
            found = difference(room, pair)
            if found:
                wrong.append(f"{found}\n--- before\n{pair.before}\n--- after\n{pair.after}\n")
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:20])
    return count


@pytest.mark.slow
def test_a_difference_is_seen(room: Room) -> None:
    def found(before: str, after: str) -> str:
        return difference(room, Pair(("-c",), before, after))

    assert found("a; rm -rf /x", "a") != ""
    assert found("set -e; a && rm -rf /x; b", "set -e; a; b") != ""
    assert found("pip install a; b", "pip install a") != ""
    assert found("if a; then b; fi", "if a; then; fi").endswith("-n refuses what is left")
    assert "without an index" in found("set -e; apt-get install x; b", "set -e; apt-get update && apt-get install x; b")
    assert found("set -e; apt-get install x; b", "set -e; apt-get update; apt-get install x; b") == ""
    assert found("dnf --refresh mc -q; a", "dnf mc; a") == ""
    assert found("a & b", "a & c") != ""
    assert found("apt-get install mc", "apt-get install vi") != ""
    assert found("a && rm -rf /x", "a") == ""
    assert found("dnf install keepcache=0 a && b", "dnf install keepcache=1 a && b") == ""
    assert found("npm install --no-cache a; npm cache clean; sudo b", "npm install a; sudo b") == ""


@pytest.mark.slow
def test_case_files(room: Room) -> None:
    assert _same(room, (case.text("dockerfile") for case in case_files.load_all())) > 150


@pytest.mark.slow
def test_scripts_of_the_grammar(room: Room) -> None:
    assert _same(room, map(made, range(1_200))) > 200


@pytest.mark.long
def test_many_scripts_of_the_grammar() -> None:
    _record("the grammar", compare_made(MADE), MADE)


@pytest.mark.long
@pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder of Dockerfiles")
def test_scripts_of_a_corpus() -> None:
    texts = seeds.files(Path(os.environ["CORPUS"]))
    Random("corpus").shuffle(texts)
    _record("a corpus", compare_texts(texts, OF_A_CORPUS), OF_A_CORPUS)


def _record(name: str, found: Compared, wanted: int) -> None:
    assert found.scripts >= wanted, f"a fix changes {found.scripts} scripts of {found.dockerfiles} Dockerfiles"
    record(name, found.scripts, found.dockerfiles, len(found.wrong))
    assert not found.wrong, f"{len(found.wrong)} of {found.scripts}:\n" + "\n".join(found.wrong[:20])
