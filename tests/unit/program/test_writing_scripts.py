"""Scripts of a repository that write Dockerfiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM node:22\nRUN npm ci\n"


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("lib/emit.sh", '# Dockerfile generation\n{ header; } | cat -s >"${target}/Dockerfile"\n', True),
        ("update.sh", 'for v in */; do generate "$v" > "$v/alpine/Dockerfile"; done\n', True),
        ("lib/emit.sh", '# Dockerfile generation\ncat header >"${target}/Dockerfile.dev"\n', False),
        ("lib/emit.sh", '# generates a Dockerfile\ncat header >"${tmp_dir}/Dockerfile"\n', False),
        ("lib/emit.sh", "# generates a Dockerfile\ncat header > Dockerfile.new\n", False),
        ("deep/lib/emit.sh", '# Dockerfile generation\ncat header >"${target}/Dockerfile"\n', False),
    ],
)
def test_a_script_that_writes_them(tmp_path: Path, name: str, text: str, written: bool) -> None:
    repository(tmp_path, {"8.0/Dockerfile": TEXT, name: text})
    (finding,) = engine.check(with_surroundings(Source(path=str(tmp_path / "8.0/Dockerfile"), text=TEXT))).findings
    assert finding.fix is not None
    assert finding.fix.safe is not written
    if written:
        assert f"../{name}" in finding.fix.withheld
