"""Folders of the repository that are copied to where they are called alike, and the caches that they have or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.copied_trees import trees
from cachemount.program.runner import Task, process
from cachemount.results import FileResult
from repositories import repository

TEXT = "FROM python:3.13\nCOPY root/ /root/\nRUN pip install flask\n"


def fixed(root: Path, files: dict[str, str]) -> str:
    repository(root, {"app/Dockerfile": TEXT, **files})
    path = root / "app" / "Dockerfile"
    result = process(Task(path=str(path), config=Config(), mode="fix"))
    assert isinstance(result, FileResult)
    return path.read_text(encoding="utf-8")


def test_what_is_in_the_folder(tmp_path: Path) -> None:
    repository(tmp_path, {"app/Dockerfile": TEXT, "app/root/.bashrc": "", "app/root/a/b.py": ""})
    assert trees(str(tmp_path / "app" / "Dockerfile"), TEXT) == (("root", (".bashrc", "a", "a/b.py")),)


@pytest.mark.parametrize(
    ("files", "safe"),
    [
        ({"app/root/.bashrc": "", "app/root/a/b.py": ""}, True),
        ({"root/.cache/uv/x": ""}, True),
        ({"app/root/.cache/pip/x": ""}, False),
        # The folder of the Dockerfile need not be the context.
        ({"app/root/.bashrc": "", "root/.cache/pip/x": ""}, False),
        ({}, False),
    ],
)
def test_a_mount_hides_what_is_there(tmp_path: Path, files: dict[str, str], safe: bool) -> None:
    assert ("--mount=type=cache" in fixed(tmp_path, files)) is safe


def test_a_link_may_lead_to_anything(tmp_path: Path) -> None:
    repository(tmp_path, {"app/Dockerfile": TEXT, "app/root/.bashrc": "", "app/caches/pip/x": ""})
    (tmp_path / "app" / "root" / ".cache").symlink_to("../caches", target_is_directory=True)
    assert trees(str(tmp_path / "app" / "Dockerfile"), TEXT) == ()
