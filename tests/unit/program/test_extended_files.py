"""Programs that read a Dockerfile and write another one with more steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM debian:13 AS task\nRUN apt-get update && aptitude install -y git\nFROM task\nCOPY . .\n"
PLACE = "export const taskFile = '../docker/task.Dockerfile'\n"
PROGRAM = """import { taskFile } from './places'
const lines = (await fs.readFile(taskFile, 'utf-8')).split('\\n')
const at = lines.findIndex(line => line.startsWith('COPY . .'))
const steps = commands.map(command => `RUN ${JSON.stringify(command)}`)
await fs.writeFile(made, [...lines.slice(0, at), ...steps, ...lines.slice(at)].join('\\n'))
"""
PYTHON = """from pathlib import Path
TASK_FILE = Path(__file__).parent / "docker/task.Dockerfile"
text = TASK_FILE.read_text()
Path("made").write_text(text.replace("COPY . .", f"RUN {command}\\nCOPY . ."))
"""
SAID = "says that images are built on this one"


def why(root: Path, files: dict[str, str], text: str = TEXT, number: int = 0) -> str:
    """Return why a fix of docker/task.Dockerfile is withheld in a repository with these files; "" where it is not."""
    repository(root, {"docker/task.Dockerfile": text, **files})
    source = with_surroundings(Source(path=str(root / "docker" / "task.Dockerfile"), text=text))
    fix = engine.check(source).findings[number].fix
    assert fix is not None
    return str(fix.withheld)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"server/docker/tasks.ts": PROGRAM, "server/docker/places.ts": PLACE}, "3 of ../server/docker/tasks.ts"),
        ({"server/docker/tasks.ts": PROGRAM.replace("(taskFile", "('docker/task.Dockerfile'")}, "3 of"),
        ({"tools/build_image.py": PYTHON}, "4 of ../tools/build_image.py"),
    ],
)
def test_a_program_that_writes_another_one(tmp_path: Path, files: dict[str, str], line: str) -> None:
    said = why(tmp_path, files)
    assert said.startswith(f"line {line}")
    assert SAID in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tools/build_image.py", PYTHON.replace("task.Dockerfile", "other.Dockerfile")),
        ("tools/build_image.py", PYTHON.replace("COPY . .", "COPY --link . .")),
        ("tools/build_image.py", PYTHON.replace("RUN {command}", "ENV X={command}")),
        ("tools/build_image.py", PYTHON.replace(".write_text(", ".append(")),
        ("tools/build_image.py", PYTHON.replace(".read_text()", ".name")),
        ("tests/test_image.py", PYTHON),
        (
            "tools/bump_image.py",
            "import re\nt = open('docker/task.Dockerfile').read()\nt = re.sub('FROM debian', v, t)\n",
        ),
    ],
)
def test_a_program_that_does_not(tmp_path: Path, name: str, text: str) -> None:
    assert why(tmp_path, {name: text}) == ""


def test_another_stage_with_the_same_beginning(tmp_path: Path) -> None:
    text = (
        "FROM debian:13 AS task\n"
        "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && aptitude install -y git\n"
        "FROM task AS other\nRUN apt-get update && aptitude install -y jq\nFROM task\nCOPY . .\n"
    )
    assert SAID in why(tmp_path, {"tools/build_image.py": PYTHON}, text)
    source = with_surroundings(Source(path=str(tmp_path / "docker" / "task.Dockerfile"), text=text))
    before, other, after = engine.fix(source)[0].text.partition("FROM task AS other\n")
    assert "docker-clean" not in before
    # Nothing is built on that stage.
    assert other
    assert "docker-clean" in after
