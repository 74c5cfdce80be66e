"""Files that have the name of a Dockerfile: what is certainly something else is passed over, what is broken is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.main import main

TEMPLATE = "it is a template, not yet a Dockerfile"
OTHER = "it does not begin like a Dockerfile"
PART = "it is a part of a Dockerfile: it has no FROM"


def said(name: str, data: bytes, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    Path(name).write_bytes(data)
    status = main("check-cache-mounts", ["-v", name])
    out, err = capsys.readouterr()
    return status, out + err


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Dockerfile", "{{ if eq .x }}\nFROM a\n{{ end }}\n", TEMPLATE),
        ("Dockerfile", "{% if x %}\nFROM a\n", TEMPLATE),
        ("Dockerfile", "<% if x %>\nFROM a\n", TEMPLATE),
        ("Dockerfile.j2", "{% if x %}\nFROM {{ image }}\n", TEMPLATE),
        ("Dockerfile.slim.blueprint", "FROM a\n{{if .X}}\nRUN b\n{{end}}\n", TEMPLATE),
        ("Dockerfile", "FROM a\nCOPY {{ cookiecutter.name }} /\nRUNN x\n", TEMPLATE),
        ("Dockerfile", "FROM python:{{ version }} {{ more }}\n", TEMPLATE),
        ("Dockerfile", "FROM a\n{args}\nRUN b {file}\n", TEMPLATE),
        ("Dockerfile", "FROM a\n  %(steps)s\nRUN b\n", TEMPLATE),
        ("Dockerfile", "FROM a\n@@STEPS@@\r\nRUN b\n", TEMPLATE),
        ("Dockerfile", "FROM a\n@steps@\n", TEMPLATE),
        ("Dockerfile", "FROM a\n__STEPS__\n", TEMPLATE),
        ("Dockerfile.php", "<?php echo 1;\n", OTHER),
        ("Dockerfile.py", "from x import y\n", OTHER),
        ("Dockerfile.go", "package x\n", OTHER),
        ("Dockerfile.rego", "package docker\n", OTHER),
        ("Dockerfile.yml", "a: b\n", OTHER),
        ("Dockerfiles", "a\nb\n", OTHER),
        ("Dockerfile.part", "# the end of each\nRUN pip install flask\n", OTHER),
        ("Dockerfile.args", "ARG A=1\n", PART),
        ("Dockerfile", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "it is a pointer of Git LFS"),
        (
            "Dockerfile",
            "# syntax = devthefuture/dockerfile-x:v1\nINCLUDE base.dockerfile\nFROM base\n",
            "it is written for the frontend devthefuture/dockerfile-x:v1",
        ),
        ("Dockerfile.gz", "\x1f\x8b\0\0", "it is a binary file"),
        ("x-containerfile-y.tar.gz", "FROM\0", "it is a binary file"),
    ],
)
def test_something_else(name: str, text: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = said(name, text.encode(), capsys)
    assert status == 0
    assert f"{name}: skipped: {reason}" in shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile", "RUN pip install flask\n"),
        ("web.dockerfile", "ARG A=1\n"),
        ("Dockerfile.dev", "FROM a\nRUNN x\n"),
        ("Dockerfile.dev", "FROM a\nRUNN docker inspect -f {{.ID}} x\n"),
        ("Dockerfile", "FROM a\nRUN x \\\n{args}\nRUNN y\n"),
        ("Dockerfile", "FROM a\n${ARGS}\n"),
        ("Dockerfile.dev", "# syntax=docker/dockerfile:1\n\nFROM\n"),
        ("Dockerfile", "# syntax=mirror.example/docker/dockerfile-upstream:master-labs\nFROM\n"),
        ("Containerfile", ""),
        ("Dockerfile", "\x1f\x8b\0\0"),
        ("build.txt", "RUN pip install flask\n"),
    ],
)
def test_a_broken_dockerfile(name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = said(name, text.encode(), capsys)
    assert status == 1
    assert "[unreadable-dockerfile]" in shown


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(encoding: str, capsys: pytest.CaptureFixture[str]) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    status, shown = said("Dockerfile", mark + "FROM a\n".encode(encoding), capsys)
    assert status == 1
    assert "it is UTF-16; save it as UTF-8" in shown


@pytest.mark.parametrize(
    "name", ["Dockerfile.php", "Dockerfile.py", "Dockerfile2", "DockerfileProd", "Dockerfile.rego"]
)
def test_a_dockerfile_of_any_such_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, shown = said(name, b"FROM python:3.13\nRUN pip install flask\n", capsys)
    assert status == 1
    assert "[missing-cache-mount]" in shown


RECIPE = "modules:\n  - type: containerfile\n    containerfiles:\n      - labels\n"


@pytest.mark.parametrize(
    ("recipe", "name", "content", "passed_over"),
    [
        ("recipes/recipe.yml", "labels", RECIPE, True),
        ("recipes/common/base.yml", "labels", RECIPE, False),
        ("recipe.yml", "labels", RECIPE, True),
        ("recipes/recipe.yml", "others", RECIPE, False),
        ("recipes/recipe.yml", "labels", RECIPE.replace("containerfile\n", "script\n", 1), False),
        ("other/recipe.yml", "labels", RECIPE, False),
    ],
)
def test_a_part_that_a_recipe_names(
    recipe: str, name: str, content: str, passed_over: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (Path(recipe).parent, Path("containerfiles", name)):
        path.mkdir(parents=True, exist_ok=True)
    Path(recipe).write_text(content)
    status, shown = said(f"containerfiles/{name}/Containerfile", b"LABEL a=b\n", capsys)
    assert (status, "[unreadable-dockerfile]" in shown) == ((0, False) if passed_over else (1, True))
    assert ("it is a part of the Containerfile that BlueBuild makes" in shown) is passed_over


def test_a_whole_file_beside_a_recipe_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("containerfiles", "labels").mkdir(parents=True)
    Path("recipe.yml").write_text(RECIPE)
    status, shown = said("containerfiles/labels/Containerfile", b"FROM a\nRUNN x\n", capsys)
    assert status == 1
    assert "[unreadable-dockerfile]" in shown


INCLUDES = "# syntax=devthefuture/dockerfile-x\nINCLUDE ./docker/include/gcc.dockerfile\nFROM a\n"


@pytest.mark.parametrize(
    ("file", "content", "passed_over"),
    [
        ("docker/app.dockerfile", INCLUDES, True),
        ("docker/include/app.dockerfile", INCLUDES.replace("./docker/include/", ""), True),
        ("docker/app.dockerfile", INCLUDES.replace("gcc.dockerfile", "gcc"), True),
        ("docker/app.dockerfile", INCLUDES.replace("gcc", "xgcc"), False),
        ("docker/app.dockerfile", INCLUDES.replace("devthefuture/dockerfile-x", "docker/dockerfile:1"), False),
        ("docker/app.txt", INCLUDES, False),
    ],
)
def test_a_part_that_another_file_includes(
    file: str, content: str, passed_over: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".git").mkdir()
    Path("docker/include").mkdir(parents=True)
    Path(file).write_text(content)
    status, shown = said("docker/include/gcc.dockerfile", b"RUN apt-get install -y gcc\n", capsys)
    assert (status, "[unreadable-dockerfile]" in shown) == ((0, False) if passed_over else (1, True))
    assert ("it is a part of a Dockerfile: app.dockerfile includes it" in shown) is passed_over


def test_a_part_that_a_makefile_joins_with_others(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Dockerfile").write_text("FROM alpine\n", encoding="utf-8")
    Path("Makefile").write_text("all:\n\tcat opening.dockerfile Dockerfile > all.dockerfile\n", encoding="utf-8")
    shown = said("opening.dockerfile", b"# syntax=docker/dockerfile:1\nARG X=1\n", capsys)
    assert "opening.dockerfile: skipped: it is a part of a Dockerfile: Makefile joins it with others" in shown[1]
    assert shown[0] == 0
