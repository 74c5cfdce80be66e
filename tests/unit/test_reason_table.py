"""The table of reasons: what a reason knows, and that reasons come from nowhere else."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from cachemount import reasons
from cachemount.program.main import main
from cachemount.reasons import REASONS, Reason, Withheld, id_of


def test_ids_are_words_and_different() -> None:
    ids = [one.id for one in REASONS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one) for one in ids)


@pytest.mark.parametrize("reason", REASONS, ids=lambda one: one.id)
def test_a_reason_says_what_to_do(reason: Reason) -> None:
    # A sentence with its own way out has that in a second part.
    assert reason.way_out or re.search("[:;] ", reason.text)


def test_a_reason_goes_from_one_process_to_another_in_full() -> None:
    one = reasons.READ_LATER.about(place="/x")
    other = pickle.loads(pickle.dumps(one))
    assert (other, other.id, other.way_out, other.unsafe) == (one, "read-later", one.way_out, one.unsafe)
    assert isinstance(other, Withheld)
    assert (id_of(other), id_of("read-later")) == ("read-later", "")


def test_what_is_filled_in_may_have_braces() -> None:
    assert "a{b}" in reasons.READ_LATER.about(place="a{b}")


def test_a_reason_is_no_wider_than_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    file = tmp_path / "Dockerfile"
    file.write_text("FROM debian:13\nRUN gem install rake\n", encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "full", "--isolated", str(file)]) == 1
    notes = re.findall(r"^  = (.*\n(?:    .*\n)*)", capsys.readouterr().out, re.MULTILINE)
    assert [" ".join(note.split())[:13] for note in notes] == ["not repaired:", "way out: run "]
    assert all(len(line) <= 56 for note in notes for line in note.splitlines())
    assert "GEM_HOME=/a/folder" in notes[1]
