"""Which folder builds take for the context: of two Makefiles with one path, the one in it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.build_contexts import context_of
from cachemount.program.main import main
from tests.repositories import repository

FILE = "ci/build.Containerfile"
TEXT = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN make deps\n"
MAKE = "TOP := ..\nimage:\n\t$(PODMAN_BIN) build \\\n\t\t$(MORE) --file ./build.Containerfile $(TOP)\n"
COMPOSE = "services:\n  a:\n    build:\n      context: {}\n      dockerfile: {}\n"
BRACES = "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with: "
ACTION = f"{BRACES}\n          "


@pytest.mark.parametrize(
    ("name", "text", "context"),
    [
        ("ci/Makefile", MAKE, ".."),
        ("Makefile", "image:\n\tdocker build -f ci/build.Containerfile .\n", ".."),
        ("Makefile", "image:\n\t$(DOCKER_COMPOSE) build -f ci/build.Containerfile .\n", ""),
        ("Makefile", "image:\n\tdocker build ci/ -f ci/build.Containerfile -t app\n", "."),
        ("Makefile", "image:\n\tdocker build -f ci/build.Containerfile $(CONTEXT)\n", ""),
        ("Makefile", "image:\n\tdocker build -f ci/build.Containerfile https://example.org/x.git\n", ""),
        ("Makefile", "image:\n\tdocker build -f ci/build.Containerfile -\n", ""),
        ("build.sh", "docker build -f ci/build.Containerfile .\ndocker build -f ci/build.Containerfile ci\n", ""),
        ("build.sh", "docker build -f other.Containerfile .\n", ""),
        ("compose.yaml", COMPOSE.format(".", FILE), ".."),
        ("ci/compose.yaml", COMPOSE.format("..", FILE), ".."),
        ("ci/compose.yaml", COMPOSE.format("$C", "build.Containerfile"), ""),
        ("docker-bake.hcl", 'target "a" {\n  context = "ci"\n  dockerfile = "build.Containerfile"\n}\n', "."),
        (".github/workflows/a.yml", f"{ACTION}file: {FILE}\n", ".."),
        (".github/workflows/a.yml", f"{ACTION}file: {FILE}\n          context: ./ci\n", "."),
        (".github/workflows/a.yml", f"{ACTION}file: {FILE}\n          context: ${{{{ inputs.context }}}}\n", ""),
        (".github/workflows/a.yml", f"{BRACES}{{context: ./ci, file: {FILE}}}\n", "."),
        (".github/workflows/a.yml", f"{ACTION}file: other\n", ""),
    ],
)  # fmt: skip
def test_what_files_around_say(tmp_path: Path, name: str, text: str, context: str) -> None:
    repository(tmp_path, {FILE: TEXT, name: text})
    assert context_of(str(tmp_path / FILE)) == context


@pytest.mark.parametrize(
    ("build", "line"),
    [
        ("docker build -f ci/build.Containerfile .", "Makefile:5"),
        ("docker build -f ci/build.Containerfile ci", "Makefile:2"),
        ("docker build -t x .", ""),
    ],
)
def test_the_makefile_of_the_context(
    tmp_path: Path, build: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    makefile = f"image:\n\t{build}\n.PHONY: image deps\ndeps:\n\tpip install flask\n"
    beside = "deps:\n\tpip install black\n.PHONY: deps\n"
    repository(tmp_path, {FILE: TEXT, "Makefile": makefile, "ci/Makefile": beside, "ci/.dockerignore": "Makefile\n"})
    monkeypatch.chdir(tmp_path)
    main("check-cache-mounts", [FILE])
    shown = capsys.readouterr().out
    assert (f"in `{line}` has no cache mount" in shown) == (line == "Makefile:5")
    assert (" has no cache mount" in shown) == (line == "Makefile:5")


def test_makefiles_that_are_included(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"make/a.mk": "PIP = pip\n", "make/b.mk": "deps:\n\t$(PIP) install x\n"}
    files = {"Makefile": "include ./make/a.mk make/b.mk\n", **rules}
    repository(tmp_path, {"Dockerfile": TEXT, **files})
    monkeypatch.chdir(tmp_path)
    main("check-cache-mounts", ["Dockerfile"])
    assert "`pip install` in `make/b.mk:2` has no cache mount" in capsys.readouterr().out


def test_scripts_of_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"package.json": '{"scripts": {\n"build": "./tools/build.sh"}}\n', "tools/build.sh": "pip install x\n"}
    repository(tmp_path, {"Dockerfile": TEXT.replace("make deps", "npm run build"), **files})
    monkeypatch.chdir(tmp_path)
    main("check-cache-mounts", ["Dockerfile"])
    assert "`pip install` in `tools/build.sh:1` has no cache mount" in capsys.readouterr().out
