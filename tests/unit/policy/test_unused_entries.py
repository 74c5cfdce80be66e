"""Allowlist entries for files of every kind: one hook needs the entry, the other must not call it unused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program import check_config
from cachemount.program.main import main

BAD = "FROM python:3.13\nRUN pip install flask\n"
COMPOSE = (
    "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM python:3.13\n        RUN pip install flask\n"
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", COMPOSE),
        ("deploy/podman-compose.yml", COMPOSE),
        ("docker-bake.hcl", f'target "a" {{\n  dockerfile-inline = <<E\n{BAD}E\n}}\n'),
        ("images/web.docker", BAD),
    ],
)
@pytest.mark.parametrize("used", [True, False])
def test_an_entry_for_a_file_of_another_kind(
    name: str, text: str, used: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text if used else text.replace("pip install flask", "true"), encoding="utf-8")
    Path(".cachemount.toml").write_text(f'[[allow]]\npaths = ["{name}"]\nreason = "local only"\n', encoding="utf-8")
    assert check_config.main([".cachemount.toml"]) == (0 if used else 1)
    # Without a Dockerfile a walk has no entries to judge.
    Path("Dockerfile").write_text("FROM a\n", encoding="utf-8")
    assert main("check-cache-mounts", ["."]) == (0 if used else 1)
    assert ("this allowlist entry hides nothing" in capsys.readouterr().out) is not used


def test_a_glob_that_leaves_no_file_out(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old").mkdir()
    Path("old/notes.txt").write_text("", encoding="utf-8")
    Path(".cachemount.toml").write_text('\nexclude = ["old/**", "oldd/**", "*.md"]\n', encoding="utf-8")
    assert check_config.main([]) == 1
    assert [line for line in capsys.readouterr().out.splitlines() if "exclude" in line] == [
        ".cachemount.toml:2:1: warning: `oldd/**` in `exclude` leaves no file out [unused-suppression]",
        ".cachemount.toml:2:1: warning: `*.md` in `exclude` leaves no file out [unused-suppression]",
    ]
    Path("README.md").write_text("", encoding="utf-8")
    Path(".cachemount.toml").write_text('exclude = ["old/**", "*.md"]\n', encoding="utf-8")
    assert check_config.main([]) == 0
    Path(".cachemount.toml").write_text('exclude = ["oldd/**"]\ndisable = ["unused-suppression"]\n', encoding="utf-8")
    assert check_config.main([]) == 0
