"""Images whose name, and tag, are those of a folder or of a Dockerfile of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.named_folders import named_like_folders

BASE = "FROM registry.test/own:24\nENV GOPATH=/go\n"
APP = "FROM ghcr.io/acme/golang:1.26-noble\nRUN go build ./...\n"


def images(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    for name, text in {".git/HEAD": "", "app/Dockerfile": APP, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app = root / "app" / "Dockerfile"
    return [(one.name, one.path) for one in named_like_folders(str(app), app.read_text())]


@pytest.mark.parametrize("place", ["golang-1.26-noble/Dockerfile", "golang-all/golang-1.26-noble/Dockerfile"])
def test_the_folder_with_the_name_and_the_tag(tmp_path: Path, place: str) -> None:
    assert images(tmp_path, {place: BASE}) == [("ghcr.io/acme/golang:1.26-noble", place)]


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("1.26.5.2_noble", ["golang-1.26-noble/Dockerfile"]),
        ("1.26.5.2-noble@sha256:0a", ["golang-1.26-noble/Dockerfile"]),
        ("1.265-noble", []),
        ("1.26.5-jammy", []),
        ("1.26.5", []),
    ],
)
def test_a_tag_that_goes_on_with_numbers(tmp_path: Path, tag: str, found: list[str]) -> None:
    app = f"FROM ghcr.io/acme/golang:{tag}\nRUN go build ./...\n"
    files = {"golang-1.26-noble/Dockerfile": BASE, "golang-1.25-noble/Dockerfile": BASE, "app/Dockerfile": app}
    files |= {".gitlab-ci.yml": "build:\n  script:\n    - docker push ghcr.io/acme/$NAME\n"}
    assert [path for _, path in images(tmp_path, files)] == found


@pytest.mark.parametrize(
    "pipeline",
    [
        "",
        "  script:\n    - docker push ghcr.io/other/$NAME\n",
        "  image: ghcr.io/acme/golang:1.26.5-noble\n  script:\n    - docker push ghcr.io/other/$NAME\n",
        "  script:\n    - docker build -t ghcr.io/acme/golang .\n",
    ],
)
def test_a_tag_that_goes_on_of_an_owner_who_may_be_another(tmp_path: Path, pipeline: str) -> None:
    app = "FROM ghcr.io/acme/golang:1.26.5-noble\nRUN go build ./...\n"
    files = {"golang-1.26-noble/Dockerfile": BASE, "app/Dockerfile": app, ".gitlab-ci.yml": f"build:\n{pipeline}"}
    assert images(tmp_path, files) == []


@pytest.mark.parametrize(
    "files",
    [
        {"golang-1.25-noble/Dockerfile": BASE},
        {"other/golang-1.26-noble/Dockerfile": BASE},
        {"golang-1.26-noble/Dockerfile": BASE, "golang-all/golang-1.26-noble/Dockerfile": BASE},
        # The official image.
        {"golang-1.26-noble/Dockerfile": BASE, "app/Dockerfile": "FROM golang:1.26-noble\n"},
        {"golang-latest/Dockerfile": BASE, "app/Dockerfile": "FROM ghcr.io/acme/golang:latest\n"},
    ],
)
def test_no_folder_that_is_surely_that_of_the_image(tmp_path: Path, files: dict[str, str]) -> None:
    assert images(tmp_path, files) == []


SDK = "ARG RELEASE=3.24\nFROM alpine:$RELEASE\nRUN adduser -D -u 1001 builder\n"
ON_SDK = "ARG RELEASE=3.24\nFROM ghcr.io/acme/our-sdk:$RELEASE\nRUN apk add git\n"


@pytest.mark.parametrize("name", ["our-sdk.dockerfile", "Dockerfile.our-sdk"])
def test_the_file_with_the_name(tmp_path: Path, name: str) -> None:
    found = images(tmp_path, {f"app/{name}": SDK, "app/Dockerfile": ON_SDK})
    assert found == [(f"ghcr.io/acme/our-sdk:{tag}", f"app/{name}") for tag in ("latest", "3.24")]


@pytest.mark.parametrize(
    "files",
    [
        {"our-sdk.dockerfile": SDK},
        {"app/our-sdk.dockerfile": SDK, "app/Dockerfile.our-sdk": SDK},
        # One word may be anyone's, and the image may be that of another repository.
        {"app/sdk.dockerfile": SDK, "app/Dockerfile": "FROM ghcr.io/acme/sdk\n"},
        {"app/our-sdk.dockerfile": "FROM other/our-sdk\n"},
    ],
)
def test_no_file_that_is_surely_that_of_the_image(tmp_path: Path, files: dict[str, str]) -> None:
    assert images(tmp_path, {"app/Dockerfile": ON_SDK, **files}) == []


RELEASE = "FROM ubuntu:24.04\nRUN useradd -m -u 1001 web\n"
ON_RELEASE = 'ARG REGISTRY="r.test"\nARG BASE="24.04-22.x"\nFROM ${REGISTRY}/acme/our-app-base:latest-${BASE} AS base\n'
BUILDS = "env:\n  NAME: acme/our-app-base\n"


def test_the_file_with_the_release(tmp_path: Path) -> None:
    files = {"app/Dockerfile_base_24.04": RELEASE, "app/Dockerfile_base_26.04": RELEASE, "app/Dockerfile": ON_RELEASE}
    found = images(tmp_path, {**files, ".github/workflows/base.yml": BUILDS})
    assert found == [("r.test/acme/our-app-base:latest-24.04-22.x", "app/Dockerfile_base_24.04")]


@pytest.mark.parametrize(
    "files",
    [
        {"app/Dockerfile_base_24.04": RELEASE},
        {"app/Dockerfile_base_26.04": RELEASE, ".github/workflows/base.yml": BUILDS},
        {"app/Dockerfile_base_24.04": RELEASE, ".github/workflows/base.yml": BUILDS.replace("our-app", "another")},
        {
            "app/Dockerfile_base_24.04": RELEASE,
            ".github/workflows/base.yml": BUILDS,
            "app/Dockerfile": ON_RELEASE.replace('="24.04-22.x"', ""),
        },
    ],
)
def test_no_file_that_surely_has_the_release(tmp_path: Path, files: dict[str, str]) -> None:
    assert images(tmp_path, {"app/Dockerfile": ON_RELEASE, **files}) == []


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("ghcr.io/acme/dev-tools-base:edge", ["ghcr.io/acme/dev-tools-base:*"]),
        ("dev-tools-base:edge", []),
        ("ghcr.io/acme/other-base:edge", []),
        ("ghcr.io/acme/base:edge", []),
        ("ghcr.io/acme/dev-tools-app:edge", []),
    ],
)
def test_a_folder_behind_the_name_of_the_repository(tmp_path: Path, begins: str, found: list[str]) -> None:
    files = {"base/Dockerfile": BASE, "app/Dockerfile": f"FROM {begins}\nRUN apt-get install -y git\n"}
    made = images(tmp_path / "dev-tools", files)
    assert made == [(name, "base/Dockerfile") for name in found]


def test_a_repository_with_a_usual_name(tmp_path: Path) -> None:
    files = {"base/Dockerfile": BASE, "app/Dockerfile": "FROM acme/docker-base:1\nRUN apt-get install -y git\n"}
    assert images(tmp_path / "docker", files) == []


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("local-image/base", [("local-image/base:*", "base/Dockerfile")]),
        ("localhost/base:1", [("localhost/base:*", "base/Dockerfile")]),
        ("local-image/tools/java", [("local-image/tools/java:*", "tools/java/Dockerfile")]),
        ("localhost:5000/base", []),
        ("acme/base", []),
        ("local-image/none", []),
    ],
)
def test_a_folder_of_an_image_that_is_called_local(tmp_path: Path, begins: str, found: list[tuple[str, str]]) -> None:
    app = f"FROM {begins}\nRUN apt-get install -y git\n"
    files = {"base/Dockerfile": BASE, "tools/java/Dockerfile": BASE, "app/Dockerfile": app}
    assert images(tmp_path, files) == found


def test_the_folders_of_the_images_below(tmp_path: Path) -> None:
    app = "FROM acme/java-devel\nRUN apt-get install -y git\n"
    files = {"os-devel/Dockerfile": BASE, "java-devel/Dockerfile": "FROM acme/os-devel\n", "app/Dockerfile": app}
    assert images(tmp_path, files) == [
        ("acme/java-devel:*", "java-devel/Dockerfile"),
        ("acme/os-devel:*", "os-devel/Dockerfile"),
    ]


def test_two_images_that_begin_with_each_other(tmp_path: Path) -> None:
    app = "FROM local-image/one\nRUN apt-get install -y git\n"
    files = {
        "one/Dockerfile": "FROM local-image/two\n",
        "two/Dockerfile": "FROM local-image/one\n",
        "app/Dockerfile": app,
    }
    assert {path for _, path in images(tmp_path, files)} == {"one/Dockerfile", "two/Dockerfile"}
