"""Workflows, scripts and programs that edit a Dockerfile by numbers of lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.edited_lines import edited_by_lines
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "# What serves.\nFROM debian:13\nRUN apt-get update && apt-get install -y nginx\n"
WORKFLOW = ".github/workflows/nightly.yml"
STEP = "jobs:\n  x:\n    steps:\n    - run: |\n        %s\n    - run: docker build -f docker/Dockerfile .\n"


def numbers(root: Path, name: str, text: str, path: str = "docker/Dockerfile") -> list[int]:
    """Return the numbers of lines by which a file edits a Dockerfile."""
    repository(root, {"Dockerfile": TEXT, "docker/Dockerfile": TEXT, name: text})
    return [one.by_line for one in edited_by_lines(str(root / path))]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("sed -i '16d' docker/Dockerfile", [16]),
        ("sed -i \"17i sed -i 's|a|b|g' /etc/x\" docker/Dockerfile", [17]),
        ("sed -i.bak -e 3,5d docker/Dockerfile", [3]),
        ("sed -i '/x/d;4s/a/b/' \"$GITHUB_WORKSPACE/docker/Dockerfile\"", [4]),
        ("sed -i 3d */Dockerfile", [3]),
        ("sed -e 's/a/b/' \\\n          -e '9 a RUN ls' docker/Dockerfile > x", [9]),
        ("cd docker && sed -i 3d Dockerfile", [3]),
        ("awk 'NR==7 {print x} 1' docker/Dockerfile > x", [7]),
        ("perl -i -pe 's/a/b/ if $. == 6' docker/Dockerfile", [6]),
        ("tail -n +5 docker/Dockerfile >> x", [5]),
        ("sed -i 16d docker/Dockerfile && sed -i 4d docker/Dockerfile", [16, 4]),
        ("# sed -i '16d' docker/Dockerfile", []),
        ("sed -i '16d' Dockerfile", []),
        ("sed -i '16d' x.txt && docker build -f docker/Dockerfile .", []),
        ("sed -i 's/3d/4d/' docker/Dockerfile", []),
        ("sed -i '/nginx/d' docker/Dockerfile", []),
        ("sed -i 's|FROM debian:13|FROM debian:12|' docker/Dockerfile", []),
        ('sed -i "${LINE}d" docker/Dockerfile', []),
        ("head -n 5 docker/Dockerfile", []),
    ],
)
def test_a_command_of_a_workflow(tmp_path: Path, command: str, found: list[int]) -> None:
    assert numbers(tmp_path, WORKFLOW, STEP % command) == found


@pytest.mark.parametrize("name", [".circleci/config.yml", "Makefile", "scripts/image.sh", "docker/image.sh"])
def test_other_files(tmp_path: Path, name: str) -> None:
    text = "\tsed -i 3d %s\n\tdocker build .\n" % ("Dockerfile" if name[0] == "d" else "docker/Dockerfile")
    assert numbers(tmp_path, name, text) == [3]


@pytest.mark.parametrize(("number", "is_safe"), [(2, True), (3, False)])
def test_what_is_above_the_first_step_stays_there(tmp_path: Path, number: int, is_safe: bool) -> None:
    repository(tmp_path, {"Dockerfile": TEXT, WORKFLOW: STEP % f"sed -i {number}d Dockerfile"})
    source = with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=TEXT))
    assert (engine.fix(source)[0].text != TEXT) == is_safe


@pytest.mark.parametrize("shown", [".devcontainer/Dockerfile", "./.devcontainer/Dockerfile"])
def test_a_folder_whose_name_begins_with_a_dot(tmp_path: Path, shown: str) -> None:
    path = ".devcontainer/Dockerfile"
    repository(tmp_path, {path: TEXT})
    assert numbers(tmp_path, WORKFLOW, STEP % f"sed -i 3d {shown}", path) == [3]
