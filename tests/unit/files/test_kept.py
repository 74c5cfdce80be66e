"""What is kept of files, and when it is read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cachemount.files.kept import Watch, forget
from cachemount.files.reading import names_in, text_inside_repository


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    forget()
    one = Watch()
    one.is_on = True
    monkeypatch.setattr("cachemount.files.reading.WATCH", one)
    return one


def test_a_folder_is_listed_again_after_a_change_alone(tmp_path: Path, watch: Watch) -> None:
    # Two changes within a tick of the clock would have the same time.
    os.utime(tmp_path, (0, 0))
    assert list(names_in(str(tmp_path))) == []
    assert not watch.forget_changed()
    (tmp_path / "a").touch()
    assert list(names_in(str(tmp_path))) == [], "it is kept"
    assert watch.forget_changed()
    assert list(names_in(str(tmp_path))) == ["a"]
    assert not watch.forget_changed()


def test_a_file_that_appears_changes_or_goes_is_noticed(tmp_path: Path, watch: Watch) -> None:
    path = tmp_path / "a"
    for change in (lambda: path.write_text("x"), lambda: path.write_text("longer"), path.unlink):
        text_inside_repository(str(path), str(tmp_path), 100)
        assert not watch.forget_changed()
        change()
        assert watch.forget_changed()


def test_nothing_is_noted_where_nobody_watches(tmp_path: Path, watch: Watch) -> None:
    watch.is_on = False
    names_in(str(tmp_path))
    (tmp_path / "a").touch()
    assert not watch.forget_changed()


def test_too_many_are_forgotten_without_a_change(tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cachemount.files.kept._MOST", 1)
    os.utime(tmp_path, (0, 0))
    assert list(names_in(str(tmp_path))) == []
    text_inside_repository(str(tmp_path / "none"), str(tmp_path), 100)
    (tmp_path / "a").touch()
    # What asks again because of a change would ask for ever.
    assert not watch.forget_changed()
    assert list(names_in(str(tmp_path))) == ["a"]
