"""Makefiles and scripts that make one Dockerfile of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.joined_parts import joined_into
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM node:22 AS app\nRUN npm ci\n"
RULE = """.PHONY: all/Dockerfile
all/Dockerfile:
\trm -f $@
\tcat ./all/opening.dockerfile >> $@
\tprintf "\\n" >> $@
\tsed -e '/^# syntax=/d' ./app/Dockerfile >> $@
"""


def made(root: Path, files: dict[str, str], path: str = "app/Dockerfile") -> list[tuple[str, str]]:
    """Return which files make something of a Dockerfile, and what ("": the file itself)."""
    repository(root, {"app/Dockerfile": TEXT, "all/opening.dockerfile": "FROM alpine\n", **files})
    return [(one.path, one.joined_into) for one in joined_into(str(root / path))]


@pytest.mark.parametrize(
    ("name", "text", "into"),
    [
        ("Makefile", RULE, "../all/Dockerfile"),
        ("Makefile", "all.dockerfile: all/opening.dockerfile app/Dockerfile\n\tcat $^ > $@\n", "../all.dockerfile"),
        ("join.sh", "cat all/opening.dockerfile app/Dockerfile > all.dockerfile\n", "../all.dockerfile"),
        ("join.sh", "cat all/opening.dockerfile \\\n  app/Dockerfile \\\n  > all.dockerfile\n", "../all.dockerfile"),
        (
            "scripts/join.sh",
            'cat "$ROOT/app/Dockerfile" > "$ROOT/all.dockerfile"\necho "RUN ls" >> all.dockerfile\n',
            "",
        ),
        ("app/join.sh", "cd .. && cat app/Dockerfile all/opening.dockerfile >all.dockerfile\n", "../all.dockerfile"),
    ],
)
def test_what_is_joined(tmp_path: Path, name: str, text: str, into: str) -> None:
    ((maker, found),) = made(tmp_path, {name: text})
    assert maker.endswith(name.rpartition("/")[2])
    assert found == (into or found)


@pytest.mark.parametrize(
    "text",
    [
        "sed s/alpine/arm64v8/ app/Dockerfile > app/Dockerfile.arm64\n",
        "# cat all/opening.dockerfile app/Dockerfile > all.dockerfile\n",
        "docker build -f app/Dockerfile . > build.log\n",
        "sha256sum app/Dockerfile > all.dockerfile\n",
        "cat all/opening.dockerfile other/Dockerfile > all.dockerfile\n",
        "cat <<EOF > app/Dockerfile\nFROM alpine\nEOF\n",
        "sed s/a/b/ app/Dockerfile > app/Dockerfile.tmp && mv app/Dockerfile.tmp app/Dockerfile\n",
    ],
)
def test_what_is_not(tmp_path: Path, text: str) -> None:
    assert made(tmp_path, {"join.sh": text}) == []


def test_a_copy_that_lies_in_the_repository(tmp_path: Path) -> None:
    files = {"join.sh": "sed s/alpine/arm64v8/ app/Dockerfile > app/Dockerfile.arm64\n", "app/Dockerfile.arm64": TEXT}
    assert made(tmp_path, files) == [("../join.sh", "Dockerfile.arm64")]
    assert made(tmp_path, files, "app/Dockerfile.arm64") == [("../join.sh", "")]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("app/Dockerfile", "line 4 of ../Makefile makes ../all/Dockerfile of this file"),
        (
            "all/Dockerfile",
            "line 4 of ../Makefile (`cat ./all/opening.dockerfile >> $@`) says that a program writes this file",
        ),
    ],
)
def test_a_fix_is_withheld_in_the_part_and_in_the_whole(tmp_path: Path, path: str, said: str) -> None:
    repository(tmp_path, {"Makefile": RULE, "app/Dockerfile": TEXT, "all/Dockerfile": TEXT})
    repository(tmp_path, {"all/opening.dockerfile": "FROM alpine\n"})
    (finding,) = engine.check(with_surroundings(Source(path=str(tmp_path / path), text=TEXT))).findings
    assert finding.fix is not None
    assert finding.fix.withheld.startswith(said)
