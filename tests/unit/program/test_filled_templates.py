"""A Dockerfile whose lines are those of a template of the repository, filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.findings import Finding
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install flask==3.1.0\nEXPOSE 80\nCMD app\n"
TEMPLATE = (
    "FROM python:{{ version }}\nWORKDIR /app\nCOPY . .\n{% if pins %}\nRUN pip install flask=={{ flask }}\n{% endif %}"
    "\nEXPOSE 80\nCMD app\n"
)


def why(root: Path, name: str, template: str, path: str = "images/db/Dockerfile", text: str = TEXT) -> str:
    """Return why the fix of a Dockerfile is withheld beside this template; "" where it is not."""
    repository(root, {path: text, name: template})
    source = with_surroundings(Source(path=str(root / path), text=text))
    finding: Finding = engine.check(source).findings[0]
    assert finding.fix is not None
    return str(finding.fix.withheld)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Dockerfile.slim.twig", "../../Dockerfile.slim.twig"),
        ("images/Dockerfile.j2", "../Dockerfile.j2"),
        ("templates/Dockerfile.erb", "../../templates/Dockerfile.erb"),
        ("images/db/base.dockerfile.tmpl", "base.dockerfile.tmpl"),
    ],
)
def test_a_template_beside_or_above(tmp_path: Path, name: str, said: str) -> None:
    words = f"line 1 of {said} (`FROM python:{{{{ version }}}}`) says that a program writes this file"
    assert words in why(tmp_path, name, TEMPLATE)


@pytest.mark.parametrize("marks", ["<%= {} %>", "@{}@", "%%{}%%", "{{{{ {} }}}}"])
def test_marks_of_other_programs(tmp_path: Path, marks: str) -> None:
    template = TEXT.replace("3.13", marks.format("version"))
    assert "line 1 of ../../Dockerfile.in" in why(tmp_path, "Dockerfile.in", template)


def test_a_part_that_is_left_out(tmp_path: Path) -> None:
    template = TEXT.replace("==3.1.0", "{% if pins %}==3.1.0{% endif %}")
    said = why(tmp_path, "Dockerfile.j2", template, text=TEXT.replace("==3.1.0", ""))
    assert "line 4 of ../../Dockerfile.j2" in said


def test_a_line_that_the_template_no_longer_has(tmp_path: Path) -> None:
    assert "line 1 of" in why(tmp_path, "Dockerfile.j2", TEMPLATE.replace("EXPOSE 80\n", "EXPOSE 90\n"))


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("Dockerfile.j2", "FROM python:{{ version }}\nRUN apt-get update\nCOPY . .\nCMD serve\n"),
        ("Dockerfile.j2", TEXT),
        ("Dockerfile.j2", "{{ base }}\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD app\n"),
        ("Dockerfile.j2", TEMPLATE + "".join(f"RUN step {number}\n" for number in range(9))),
        ("Dockerfile.template", TEXT.replace("python:3.13", "balenalib/%%BALENA_MACHINE_NAME%%")),
        ("Dockerfile.bak", TEMPLATE),
        ("app.conf.j2", TEMPLATE),
        ("other/Dockerfile.j2", TEMPLATE),
    ],
)
def test_what_is_no_template_of_it(tmp_path: Path, name: str, template: str) -> None:
    assert why(tmp_path, name, template) == ""


def test_a_template_itself(tmp_path: Path) -> None:
    assert why(tmp_path, "Dockerfile.j2", TEMPLATE, path="images/Dockerfile.template") == ""


def test_a_file_of_few_lines(tmp_path: Path) -> None:
    text = "FROM python:3.13\nRUN pip install flask\n"
    assert why(tmp_path, "Dockerfile.j2", text.replace("3.13", "{{ version }}"), text=text) == ""
