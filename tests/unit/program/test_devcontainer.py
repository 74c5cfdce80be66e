"""Dockerfiles that a devcontainer.json names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.devcontainer import dockerfile
from cachemount.program.discovery import walk


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"build": {"dockerfile": "dev.image"}}', "dev.image"),
        ('\ufeff{ // c\n"x": "// no /* comment, }", "build": {"dockerfile": "../a b", /* c */ },\n}', "../a b"),
        ('{"dockerFile": "old"}', "old"),
        ('{"image": "x"}', ""),
        ('{"build": "x"}', ""),
        ('{"build": {"dockerfile": 1}}', ""),
        ("[", ""),
        ("[" * 100_000, ""),
        ("", ""),
    ],
)
def test_the_dockerfile(text: str, named: str) -> None:
    assert dockerfile(text) == named


def test_walking(tmp_path: Path) -> None:
    names = [".devcontainer/base.image", ".devcontainer/a/b.image", "env.image", "outside", "x/devcontainer.json"]
    for name in names:
        path = tmp_path / "r" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"build": {"dockerfile": "../outside"}}', encoding="utf-8")
    configs = {
        ".devcontainer/devcontainer.json": "base.image",
        ".devcontainer/a/devcontainer.json": "./b.image",
        ".devcontainer/c/devcontainer.json": "../../env.image",
        ".devcontainer/d/devcontainer.json": "../../../../etc/passwd",
        ".devcontainer/e/devcontainer.json": "none",
    }
    for name, named in configs.items():
        (tmp_path / "r" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "r" / name).write_text(f'{{"build": {{"dockerfile": "{named}"}}}}', encoding="utf-8")
    found = [Path(one).relative_to(tmp_path / "r").as_posix() for one in walk(str(tmp_path / "r"))]
    assert found == [".devcontainer/a/b.image", ".devcontainer/base.image", "env.image"]


@pytest.mark.parametrize("text", ['"' + '\\"' * 300_000, '"' + '\\"' * 300_000 + "\\", "/* " * 300_000, ", " * 300_000])
def test_what_is_never_closed_takes_no_time(text: str) -> None:
    """Quadratic readers take hours for this."""
    assert dockerfile(text) == ""
