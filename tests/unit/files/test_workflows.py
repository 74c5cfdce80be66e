"""Which files of a repository are its workflows."""

from __future__ import annotations

from pathlib import Path

from cachemount.files.kept import forget
from cachemount.files.workflows import FOLDER, workflows


def test_they_are_the_files_in_yaml_in_order(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*FOLDER.split("/"))
    folder.mkdir(parents=True)
    for name in ("release.yml", "build.yaml", "build.py"):
        (folder / name).write_text("", encoding="utf-8")
    forget()
    assert workflows(str(tmp_path)) == [f"{FOLDER}/build.yaml", f"{FOLDER}/release.yml"]


def test_there_are_none_without_the_folder(tmp_path: Path) -> None:
    forget()
    assert workflows(str(tmp_path)) == []


def test_of_a_large_folder_the_first_files_are_taken(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*FOLDER.split("/"))
    folder.mkdir(parents=True)
    for number in range(60):
        (folder / f"{number:02}.yml").write_text("", encoding="utf-8")
    forget()
    assert workflows(str(tmp_path)) == [f"{FOLDER}/{number:02}.yml" for number in range(50)]
