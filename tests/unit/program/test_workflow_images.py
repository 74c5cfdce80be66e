"""The images that workflows of a repository build by Docker's action, and what follows for a Dockerfile on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.repository_images import images_around
from cachemount.program.runner import Task, process
from cachemount.results import FileResult
from repositories import repository

BASE = "FROM python:3.13\nENV PIP_CACHE_DIR=/pip\n"
APP = "FROM ghcr.io/acme/base:edge\nRUN pip install flask\n"
WORKFLOW = """env:
  NAME: acme/base
jobs:
  a:
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: {images}
          tags: edge
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: base/Dockerfile
          tags: {tags}
"""
MADE = "${{ steps.meta.outputs.tags }}"


def workflow(root: Path, images: str, tags: str) -> list[str]:
    """Return the paths of the Dockerfiles that a workflow says the base is built from."""
    made = WORKFLOW.format(images=images, tags=tags)
    repository(root, {"app/Dockerfile": APP, "base/Dockerfile": BASE, ".github/workflows/a.yml": made})
    images_known = images_around(str(root / "app" / "Dockerfile"), APP)
    return [one.path for one in images_known if one.name.startswith("ghcr.io/acme/base:")]


@pytest.mark.parametrize(
    ("images", "tags"),
    [
        ("ghcr.io/acme/base", MADE),
        ("|\n            other/one\n            ghcr.io/${{ env.NAME }}", MADE),
        ("other/one", "ghcr.io/acme/base:1,other/one"),
        ("other/one", "|\n            ghcr.io/acme/base:${{ github.sha }}"),
    ],
)
def test_an_image_of_a_workflow(tmp_path: Path, images: str, tags: str) -> None:
    assert workflow(tmp_path, images, tags) == ["base/Dockerfile"]


@pytest.mark.parametrize(
    ("images", "tags"),
    [
        ("ghcr.io/acme/base", "${{ steps.other.outputs.tags }}"),
        ("ghcr.io/${{ github.repository }}", MADE),
        ("ghcr.io/acme/base-more", MADE),
    ],
)
def test_another_image_of_a_workflow(tmp_path: Path, images: str, tags: str) -> None:
    assert workflow(tmp_path, images, tags) == []


OWN = """env:
  PREFIX: ghcr.io/${{ github.repository }}
jobs:
  a:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: base/Dockerfile
          tags: %s
"""


@pytest.mark.parametrize(
    ("tags", "base", "text", "is_known"),
    [
        ("${{ env.PREFIX }}/builder-base:latest", "ghcr.io/acme/app/builder-base:latest", BASE, True),
        ("ghcr.io/${{ github.repository }}/builder-base", "ghcr.io/acme/app/builder-base", BASE, True),
        ("ghcr.io/${{ github.repository_owner }}/app-base:1", "ghcr.io/acme/app-base:2", BASE, True),
        # Another registry, another depth, another name.
        ("${{ env.PREFIX }}/builder-base:latest", "quay.io/acme/app/builder-base:latest", BASE, False),
        ("${{ env.PREFIX }}/builder-base:latest", "ghcr.io/acme/builder-base:latest", BASE, False),
        ("${{ env.PREFIX }}/builder-base:latest", "ghcr.io/acme/app/other-base:latest", BASE, False),
        # A name of one word, and none, may be that of another repository's image.
        ("${{ env.PREFIX }}/base:latest", "ghcr.io/acme/app/base:latest", BASE, False),
        ("${{ env.PREFIX }}:latest", "ghcr.io/acme/some-app:latest", BASE, False),
        # So may one that the image itself begins with.
        (
            "${{ env.PREFIX }}/builder-base:latest",
            "ghcr.io/acme/app/builder-base:latest",
            "FROM ghcr.io/other/app/builder-base\n",
            False,
        ),
        ("ghcr.io/acme/builder-base:1", "${REGISTRY:-quay.io/acme}/builder-base:latest", BASE, True),
        ("${{ env.PREFIX }}/${{ github.job }}-base", "ghcr.io/acme/app/builder-base", BASE, False),
    ],
)
def test_an_image_by_the_name_of_the_repository(
    tmp_path: Path, tags: str, base: str, text: str, *, is_known: bool
) -> None:
    app = f"ARG REGISTRY=ghcr.io/acme\nARG BASE={base}\nFROM ${{BASE}}\nRUN pip install flask\n"
    repository(tmp_path, {"app/Dockerfile": app, "base/Dockerfile": text, ".github/workflows/a.yml": OWN % tags})
    known = images_around(str(tmp_path / "app" / "Dockerfile"), app)
    assert [one.path for one in known if one.name] == (["base/Dockerfile"] if is_known else [])


@pytest.mark.parametrize(("images", "is_known"), [("ghcr.io/acme/base", True), ("ghcr.io/acme/other", False)])
def test_npx_runs_what_the_image_has(tmp_path: Path, images: str, is_known: bool) -> None:
    files = {
        "base/Dockerfile": "FROM node:22\nRUN npm i playwright\n",
        "app/Dockerfile": "FROM ghcr.io/acme/base\nRUN npx playwright test\n",
        ".github/workflows/a.yml": WORKFLOW.format(images=images, tags=MADE),
    }
    repository(tmp_path, files)
    result = process(Task(path=str(tmp_path / "app" / "Dockerfile"), config=Config(), mode="check"))
    assert isinstance(result, FileResult)
    assert [one.rule for one in result.findings] == ([] if is_known else ["missing-cache-mount"])


def test_what_the_image_begins_with(tmp_path: Path) -> None:
    step = "- uses: docker/build-push-action@v6\n  with:\n    tags: ghcr.io/acme/{0}:1\n    file: {0}/Dockerfile\n"
    files = {
        "ground/Dockerfile": BASE,
        "base/Dockerfile": "ARG TAG=1\nFROM ghcr.io/acme/ground:${TAG}\nRUN echo\n",
        "app/Dockerfile": APP,
        ".github/workflows/a.yml": step.format("ground") + step.format("base"),
    }
    repository(tmp_path, files)
    path = tmp_path / "app" / "Dockerfile"
    result = process(Task(path=str(path), config=Config(), mode="fix"))
    assert isinstance(result, FileResult)
    assert "--mount=type=cache,target=/pip " in path.read_text(encoding="utf-8")


def test_images_of_one_dockerfile_that_builds_give_by_several_names(tmp_path: Path) -> None:
    step = "- uses: docker/build-push-action@v6\n  with:\n    context: {0}\n    tags: localhost:5000/our-{0}\n"
    making = "all:\n\tdocker build -t our-base base\n\tdocker build --build-arg BASE=our-base -t our-app app\n"
    given = "    build-args: BASE=localhost:5000/our-base\n"
    files = {
        "base/Dockerfile": BASE,
        "app/Dockerfile": "ARG BASE=acme/our-base\nFROM $BASE\nRUN pip install flask\n",
        ".github/workflows/a.yml": f"{step.format('base')}{step.format('app')}{given}",
        "Makefile": making,
    }
    repository(tmp_path, files)
    path = tmp_path / "app" / "Dockerfile"
    process(Task(path=str(path), config=Config(), mode="fix"))
    assert "--mount=type=cache,target=/pip " in path.read_text(encoding="utf-8")


CALLING = """jobs:
  base:
    uses: ./.github/workflows/one.yml
    permissions:
      contents: read
    with:
      dockerfile: {file}
      image-name: {name}{more}
  app:
    uses: ./.github/workflows/one.yml
    with:
      dockerfile: app/Dockerfile
      image-name: ${{{{ github.repository }}}}-app
"""
CALLED = """on: workflow_call
jobs:
  build:
    steps:
      - uses: docker/build-push-action@v6
        with:
          file: ${{ inputs.dockerfile }}
          tags: ${{ inputs.registry }}/${{ inputs.image-name }}
"""
REPOSITORY = "${{ github.repository }}-base"
ELSEWHERE = CALLING.replace("./.github", "acme/templates/.github").replace("one.yml", "one.yml@v1")


@pytest.mark.parametrize(
    ("name", "file", "more", "base", "is_known"),
    [
        (REPOSITORY, "base/Dockerfile", "", "ghcr.io/acme/project-base:edge", True),
        ("acme/project-base", "base/Dockerfile", "", "ghcr.io/acme/project-base:edge", True),
        ("project-base:1", "base/Dockerfile", "\n      context: .", "ghcr.io/acme/project-base:edge", True),
        ("${{ github.event.repository.name }}-base", "base/Dockerfile", "", "ghcr.io/acme/project-base", True),
        # Of another repository, of one word, in another folder, of a file that is not known.
        (REPOSITORY, "base/Dockerfile", "", "ghcr.io/acme/other-base:edge", False),
        ("base", "base/Dockerfile", "", "ghcr.io/acme/base:edge", False),
        (REPOSITORY, "base/Dockerfile", "\n      context: base", "ghcr.io/acme/project-base:edge", False),
        (REPOSITORY, "${{ matrix.file }}", "", "ghcr.io/acme/project-base:edge", False),
    ],
)
def test_an_image_that_is_given_to_another_workflow(
    tmp_path: Path, name: str, file: str, more: str, base: str, *, is_known: bool
) -> None:
    root = tmp_path / "project"
    app = f"ARG BASE={base}\nFROM ${{BASE}}\nRUN pip install flask\n"
    files = {
        "app/Dockerfile": app,
        "base/Dockerfile": BASE,
        ".github/workflows/all.yml": CALLING.format(name=name, file=file, more=more),
        ".github/workflows/one.yml": CALLED,
    }
    repository(root, files)
    known = images_around(str(root / "app" / "Dockerfile"), app)
    assert [one.path for one in known if one.name] == (["base/Dockerfile"] if is_known else [])


def test_an_image_that_is_given_to_a_workflow_of_another_repository(tmp_path: Path) -> None:
    app = "ARG TAG\nFROM ghcr.io/acme/tools/our-base:${TAG}\nRUN pip install flask\n"
    calling = ELSEWHERE.format(name="tools/our-base", file="base/Dockerfile", more="")
    repository(tmp_path, {"app/Dockerfile": app, "base/Dockerfile": BASE, ".github/workflows/all.yml": calling})
    path = tmp_path / "app" / "Dockerfile"
    assert [one.path for one in images_around(str(path), app) if one.name] == ["base/Dockerfile"]
    # The build alone knows the tag.
    process(Task(path=str(path), config=Config(), mode="fix"))
    assert "--mount=type=cache,target=/pip " in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("ARG REGISTRY\nFROM ${REGISTRY}acme-base-image:1\n", ["acme-base-image:*"]),
        ("ARG REGISTRY\nFROM ${REGISTRY}acme-other-image:1\n", []),
        # One of the public registry.
        ("FROM acme-base-image:1\n", []),
        ("ARG REGISTRY\nFROM ${REGISTRY}python:3.13\n", []),
    ],
)
def test_an_image_behind_a_variable(tmp_path: Path, begins: str, found: list[str]) -> None:
    made = WORKFLOW.format(images="other/one", tags="localhost:5000/acme-base-image:1")
    text = f"{begins}RUN pip install flask\n"
    repository(tmp_path, {"app/Dockerfile": text, "base/Dockerfile": BASE, ".github/workflows/a.yml": made})
    known = [one for one in images_around(str(tmp_path / "app" / "Dockerfile"), text) if one.within]
    assert [one.name for one in known] == found
    assert [one.path for one in known] == ["base/Dockerfile"] * len(found)
