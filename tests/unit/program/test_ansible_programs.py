"""Programs in Python that install packages of the system by Ansible, as the image runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM python:3.13\nRUN apt-get update && aptitude install -y git\nCOPY . .\nRUN pip install .\n"
PROJECT = '[project]\ndependencies = ["ansible-runner>=2"]\n'
MODULE = """from ansible_runner.interface import run
WHERE = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}}}
run(inventory=WHERE, module="package", module_args="name=jq")
"""
TASKS = """import ansible_runner
TASK = {"name": "tools", "ansible.builtin.apt": {"name": "jq"}}
ansible_runner.run(playbook=[{"hosts": "localhost", "tasks": [TASK]}])
"""


def why(root: Path, files: dict[str, str], text: str = TEXT, dockerfile: str = "Dockerfile") -> str:
    """Return why the fix for apt is withheld in a repository with these files; "" where it is not."""
    repository(root, {dockerfile: text, **files})
    source = with_surroundings(Source(path=str(root / dockerfile), text=text))
    fix = engine.check(source).findings[0].fix
    assert fix is not None
    return str(fix.withheld)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [("tool/core/deps.py", MODULE, 3), ("tool/deps.py", TASKS, 2), ("deps.py", MODULE, 3)],
)
def test_a_module_that_installs(tmp_path: Path, name: str, content: str, line: int) -> None:
    said = why(tmp_path, {"pyproject.toml": PROJECT, name: content})
    assert said.startswith(f"line {line} of {name} installs packages when the image runs, and they would stay")


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"tool/deps.py": MODULE}, TEXT),
        ({"pyproject.toml": PROJECT.replace("-runner", "-core"), "tool/deps.py": MODULE}, TEXT),
        ({"pyproject.toml": PROJECT, "tests/test_deps.py": MODULE}, TEXT),
        ({"pyproject.toml": PROJECT, "tool/deps.py": MODULE.replace("localhost", "web").replace('"local"', "x")}, TEXT),
        ({"pyproject.toml": PROJECT, "tool/deps.py": MODULE.replace("package", "copy")}, TEXT),
        ({"pyproject.toml": PROJECT, "tool/deps.py": MODULE.replace("ansible_runner", "runner")}, TEXT),
        ({"pyproject.toml": PROJECT, "tool/deps.py": MODULE}, TEXT.replace("COPY . .", "COPY other other")),
        ({"pyproject.toml": PROJECT, "tool/deps.py": MODULE}, TEXT.replace("COPY . .\n", "")),
    ],
)
def test_others(tmp_path: Path, files: dict[str, str], text: str) -> None:
    assert not why(tmp_path, files, text)


def test_a_dockerfile_in_a_folder_of_the_project(tmp_path: Path) -> None:
    files = {"requirements.txt": "ansible_runner\n", "tool/deps.py": TASKS}
    said = why(tmp_path, files, TEXT.replace("COPY . .", "COPY tool tool"), "docker/Dockerfile")
    assert "line 2 of ../tool/deps.py" in said
