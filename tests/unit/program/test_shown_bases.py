"""Documents and Makefiles that show the image of a Dockerfile as a base."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.shown_bases import shown_bases
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

TEXT = """FROM debian:13 AS common
RUN apt-get update && aptitude install -y git
FROM common AS client
FROM common
RUN true
"""
SHOWN = "# Plugins\n\n```Dockerfile\nFROM team/client:latest\nRUN pip install plugin\n```\n"
DOCUMENT = "docs/tutorials/plugins.mdx"
TAGGED = "build:\n\tdocker build -t team/client --target client -f docker/Dockerfile .\n"
STEP = """jobs:
  build:
    steps:
    - uses: docker/metadata-action@v5
      with:
        images: team/client
    - uses: docker/build-push-action@v6
      with:
        file: docker/Dockerfile
        tags: ${{ steps.meta.outputs.tags }}
"""
BAKE = 'target "client" {\n  dockerfile = "docker/Dockerfile"\n  target = "client"\n  tags = ["team/client:1"]\n}\n'


def why(root: Path, files: dict[str, str], text: str = TEXT) -> str:
    """Return why the fix of docker/Dockerfile is withheld in a repository with these files; "" where it is not."""
    repository(root, {"docker/Dockerfile": text, **files})
    source = with_surroundings(Source(path=str(root / "docker" / "Dockerfile"), text=text))
    fix = engine.check(source).findings[0].fix
    assert fix is not None
    return str(fix.withheld)


@pytest.mark.parametrize(
    ("name", "content"),
    [("Makefile", TAGGED), ("scripts.mk", TAGGED), ("docker-bake.hcl", BAKE), (".github/workflows/build.yml", STEP)],
)
def test_a_document_that_begins_with_a_name_of_the_repository(tmp_path: Path, name: str, content: str) -> None:
    said = why(tmp_path, {DOCUMENT: SHOWN, name: content})
    assert said.startswith("line 4 of ../docs/tutorials/plugins.mdx says that images are built on this one")


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("Makefile", TAGGED, SHOWN.replace("team/client", "team/other")),
        ("Makefile", TAGGED, SHOWN.replace("RUN pip install plugin", "COPY . .")),
        ("Makefile", TAGGED.replace("docker/Dockerfile", "other/Dockerfile"), SHOWN),
        ("Makefile", TAGGED.replace("team/client", "team/client-next"), SHOWN),
        (".github/workflows/build.yml", STEP.replace("docker/Dockerfile", "other/Dockerfile"), SHOWN),
        (".github/workflows/build.yml", STEP.replace("team/client", "team/client-next"), SHOWN),
        ("README.txt", TAGGED, SHOWN),
    ],
)
def test_another_name_or_file(tmp_path: Path, name: str, content: str, shown: str) -> None:
    assert not why(tmp_path, {DOCUMENT: shown, name: content, "other/Dockerfile": "FROM debian:13\n"})


TEMPLATE = "FROM {}team/client:{{{{ cookiecutter.version }}}} AS app\nRUN apt-get install -y jq\n"


@pytest.mark.parametrize(
    ("place", "registry", "base"),
    [
        ("app/scaffolds/create/{{cookiecutter.project}}/Dockerfile", "", True),
        ("{{ cookiecutter.name }}/server/Dockerfile", "ghcr.io/", True),
        ("{{cookiecutter.name}}/Dockerfile", "{{ cookiecutter.registry }}/", True),
        ("app/python-template/Dockerfile", "${REGISTRY}/", True),
        ("examples/plugin/Dockerfile", "registry.example:5000/", True),
        ("deploy/Dockerfile.j2", "<registry>/", True),
        ("deploy/Dockerfile", "", False),
        ("examples/plugin/Dockerfile", "ghcr.io/other-", False),
        ("a/b/c/d/templates/Dockerfile", "", False),
        ("node_modules/templates/Dockerfile", "", False),
        (".cache/templates/Dockerfile", "", False),
    ],
)
def test_a_template_or_example(tmp_path: Path, place: str, registry: str, base: bool) -> None:
    said = why(tmp_path, {place: TEMPLATE.format(registry), "Makefile": TAGGED})
    assert (f"line 1 of ../{place} says that images are built on this one" in said) is base
    assert bool(said) is base


def test_a_template_without_steps(tmp_path: Path) -> None:
    text = TEMPLATE.format("").replace("RUN apt-get install -y jq", "COPY . .")
    assert not why(tmp_path, {"templates/Dockerfile": text, "Makefile": TAGGED})


def test_a_template_that_begins_with_an_older_image_of_its_own(tmp_path: Path) -> None:
    path = "templates/Dockerfile"
    repository(tmp_path, {path: TEMPLATE.format(""), "Makefile": TAGGED.replace("docker/Dockerfile", path)})
    assert not list(shown_bases(str(tmp_path / "templates" / "Dockerfile")))


def test_a_document_with_the_name_in_another_registry(tmp_path: Path) -> None:
    shown = SHOWN.replace("team/client", "quay.io/team/client")
    assert "line 4 of ../docs" in why(tmp_path, {DOCUMENT: shown, "Makefile": TAGGED})


def test_a_stage_that_the_image_does_not_begin_with(tmp_path: Path) -> None:
    text = TEXT.replace("FROM common AS client", "FROM alpine AS client")
    assert not why(tmp_path, {DOCUMENT: SHOWN, "Makefile": TAGGED}, text)


CALLED = "BASE_IMAGE_NAME=team/server\nimage: ## Base Image\n\t@docker build . -t $(BASE_IMAGE_NAME)-builder:1 {}\n"


@pytest.mark.parametrize(
    ("line", "base"),
    [
        ("-f docker/Dockerfile --load", True),
        ("\\\n\t\t-f docker/Dockerfile", True),
        ("-f other/Dockerfile", False),
    ],
)
def test_a_makefile_that_calls_it_a_base_image(tmp_path: Path, line: str, base: bool) -> None:
    said = why(tmp_path, {"Makefile": CALLED.format(line), "other/Dockerfile": "FROM debian:13\n"})
    assert said.startswith("line 3 of ../Makefile says that images are built on this one") is base
    assert bool(said) is base


@pytest.mark.parametrize("name", ["GNUmakefile", "images.mk", "makefile"])
def test_a_function_of_make_is_no_operand(tmp_path: Path, name: str) -> None:
    text = "BASE_IMAGE=team/server\nimage:\n\tdocker build $(if ${PULL},--pull) -t $(BASE_IMAGE):1 docker\n"
    assert f"line 3 of ../{name}" in why(tmp_path, {name: text})


@pytest.mark.parametrize(("word", "other"), [("BASE_IMAGE_NAME", "IMAGE"), ("team/server", "server")])
def test_another_variable_or_a_name_of_one_machine(tmp_path: Path, word: str, other: str) -> None:
    assert not why(tmp_path, {"Makefile": CALLED.replace(word, other).format("-f docker/Dockerfile")})


def test_an_argument_with_the_base_of_the_build_is_no_name(tmp_path: Path) -> None:
    text = "build:\n\tdocker build --build-arg BASE_IMAGE=$(BASE_IMAGE) -t team/client -f docker/Dockerfile .\n"
    assert not why(tmp_path, {"Makefile": text})


@pytest.mark.parametrize(
    ("file", "content", "found"),
    [
        ("pyproject.toml", '[project]\nname = "client"\n', True),
        ("package.json", '{\n  "name": "@team/client"\n}\n', True),
        ("pyproject.toml", '[project]\nname = "server"\n', False),
    ],
)
def test_a_document_that_begins_with_an_image_called_after_the_project(
    tmp_path: Path, file: str, content: str, found: bool
) -> None:
    text = "FROM debian:13\nRUN apt-get update && aptitude install -y git\n"
    repository(tmp_path, {"Dockerfile": text, file: content, DOCUMENT: SHOWN.replace("team/", "docker.io/team/")})
    source = with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text))
    fix = engine.check(source).findings[0].fix
    assert fix is not None
    assert ("says that images are built on this one" in fix.withheld) is found
