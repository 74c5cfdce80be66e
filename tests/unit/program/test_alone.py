"""Which Dockerfiles have nothing around them that could tell how they are built."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.files.kept import forget
from cachemount.program.surroundings import is_alone


@pytest.mark.parametrize(
    ("others", "alone"),
    [
        ((), True),
        ((".git/HEAD",), True),
        ((".git/HEAD", "README.md"), False),
        ((".git/HEAD", "railway.toml"), False),
        (("app/a.py",), False),
    ],
)
def test_a_file_is_alone_where_its_repository_has_no_other(
    tmp_path: Path, others: tuple[str, ...], alone: bool
) -> None:
    forget()
    for name in ("Dockerfile", *others):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("FROM a\n", encoding="utf-8")
    assert is_alone(str(tmp_path / "Dockerfile")) is alone


def test_a_file_with_the_name_of_a_service_is_not(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile.railway"
    path.write_text("FROM a\n", encoding="utf-8")
    assert not is_alone(str(path))


def test_a_folder_of_a_repository_is_not_looked_at_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "cloudbuild.yaml").write_text("", encoding="utf-8")
    (tmp_path / "app").mkdir()
    path = tmp_path / "app" / "Dockerfile"
    path.write_text("FROM a\n", encoding="utf-8")
    assert not is_alone(str(path))
