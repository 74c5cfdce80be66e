"""Values that builds of the repository give to arguments with a default: what is known of an image holds for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.build_files import chosen_arguments
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source
from repositories import repository

PHP = """ARG PHP_VERSION=8.4
ARG PHP_BASE_TAG=${PHP_VERSION}-fpm-alpine
FROM php:${PHP_BASE_TAG}
ARG TARGETARCH
RUN apk add --no-cache git
"""
BAKE = """target "php" {
  name = "php-${replace(version, ".", "-")}"
  context = "images/php"
  matrix = { version = ["8.4", "7.4"] }
  args = { PHP_VERSION = version }
  tags = ["team/php:${version}"]
}
target "debug" {
  name = "debug-${replace(version, ".", "-")}"
  context = "images/debug"
  matrix = { version = ["8.4", "7.4"] }
  contexts = { "team/php:${version}" = "target:php-${replace(version, ".", "-")}" }
  args = { BASE_IMAGE = "team/php:${version}" }
}
"""
DEBUG = "ARG BASE_IMAGE=team/php:8.4\nFROM ${BASE_IMAGE}\nRUN apk add --no-cache gdb\n"
ONE_INDEX = (
    "apk of Alpine 3.19 and older keeps one index for all platforms, and the repository builds images for several, or"
    " for one whatever the machine's is"
)


def withheld(root: Path, files: dict[str, str], path: str) -> str:
    """Return why the first fix of a Dockerfile is withheld in a repository with these files; "" where it is not."""
    repository(root, files)
    source = with_surroundings(Source(path=str(root / path), text=files[path]))
    finding = engine.check(source).findings[0]
    return str(finding.fix.withheld) if finding.fix else str(finding.note)


@pytest.mark.parametrize("place", ["docker-bake.hcl", "images/docker-bake.hcl", "images/php/docker-bake.hcl"])
def test_a_matrix_of_bake_whose_paths_are_from_the_root(tmp_path: Path, place: str) -> None:
    assert withheld(tmp_path, {place: BAKE, "images/php/Dockerfile": PHP}, "images/php/Dockerfile") == ONE_INDEX


def test_newer_values(tmp_path: Path) -> None:
    newer = BAKE.replace("7.4", "8.3")
    assert not withheld(tmp_path, {"docker-bake.hcl": newer, "images/php/Dockerfile": PHP}, "images/php/Dockerfile")


def test_an_image_that_is_built_on_it(tmp_path: Path) -> None:
    files = {"images/docker-bake.hcl": BAKE, "images/php/Dockerfile": PHP, "images/debug/Dockerfile": DEBUG}
    assert withheld(tmp_path, files, "images/debug/Dockerfile") == ONE_INDEX


EITHER = "RUN if command -v apk; then apk add --no-cache git; else apt-get update && apt-get install -y git; fi\n"


@pytest.mark.parametrize(("value", "mounted"), [("debian:12", False), ("alpine:3.22", True), ("${OTHER}", False)])
def test_a_compose_file_with_another_distribution(tmp_path: Path, value: str, mounted: bool) -> None:
    text = f"ARG BASE=debian:13\nFROM ${{BASE}}\n{EITHER}"
    compose = f"services:\n  a:\n    build:\n      context: .\n      args:\n        BASE: {value}\n"
    repository(tmp_path, {"compose.yaml": compose, "Dockerfile": text})
    made = engine.fix(with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text)))[0].text
    assert ("target=/etc/apk/cache" in made) is mounted


@pytest.mark.parametrize(("value", "number"), [("ubuntu:22.04", "1000"), ("ubuntu:24.04", "")])
def test_the_number_of_an_account_holds_for_each(tmp_path: Path, value: str, number: str) -> None:
    text = "ARG BASE=ubuntu:20.04\nFROM ${BASE}\nRUN useradd -m app\nUSER app\nRUN pip install --user flask\n"
    compose = f"services:\n  a:\n    build:\n      context: .\n      args: {{BASE: '{value}'}}\n"
    files = {"compose.yaml": compose, "Dockerfile": text}
    repository(tmp_path, files)
    source = with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text))
    made = engine.fix(source)[0].text
    assert (f"uid={number}" in made) is bool(number)
    assert ("--mount" in made) is bool(number)


STEP = """jobs:
  build:
    strategy:
      matrix:
        {matrix}
    steps:
    - uses: docker/build-push-action@v6
      with:
        context: .
        {file}
        build-args: |
          OTHER=1
          VERSION={value}
"""


@pytest.mark.parametrize(
    ("matrix", "file", "value", "given"),
    [
        ("python: ['3.8', \"3.13\"]", "file: app/Dockerfile", "${{ matrix.python }}", ["3.8", "3.13"]),
        ("python:\n        - 3.8\n        - 3.9", "file: app/Dockerfile", "${{ matrix.python }}-a", ["3.8-a", "3.9-a"]),
        ("include:\n        - python: 3.8\n          os: x", "file: app/Dockerfile", "${{ matrix.python }}", ["3.8"]),
        ("include: [{os: x, python: 3.8}]", "file: app/Dockerfile", "${{matrix.python}}", ["3.8"]),
        ("target: [app]", "file: ${{ matrix.target }}/Dockerfile", "3.9", ["3.9"]),
        ("target: [app]", "file: other/Dockerfile", "3.9", []),
        ("target: [app]", "tags: x", "3.9", []),
        ("target: [app]", "file: app/Dockerfile", "${{ inputs.version }}", []),
        ("target: ['${{ inputs.x }}']", "file: app/Dockerfile", "${{ matrix.target }}", []),
    ],
)  # fmt: skip
def test_a_step_of_a_workflow(tmp_path: Path, matrix: str, file: str, value: str, given: list[str]) -> None:
    text = "ARG VERSION=3.13\nFROM python:$VERSION\n"
    workflow = STEP.format(matrix=matrix, file=file, value=value)
    repository(tmp_path, {".github/workflows/build.yml": workflow, "app/Dockerfile": text})
    assert chosen_arguments(str(tmp_path / "app" / "Dockerfile"), text) == tuple((("VERSION", one),) for one in given)


@pytest.mark.parametrize(
    ("name", "text", "given"),
    [
        ("Makefile", "old:\n\tdocker build --build-arg VERSION=3.8 -f app/Dockerfile app\n", ["3.8"]),
        ("x.sh", "docker build --build-arg VERSION=3.8 app\ndocker build --build-arg VERSION=3 app\n", ["3.8", "3"]),
        ("app/build.sh", "docker build --build-arg OTHER=3.8 .\n", []),
        ("build.sh", "docker build --build-arg VERSION=$VERSION app\n", [None]),
        ("build.sh", "docker build --build-arg VERSION=3.8 other\n", []),
    ],
)  # fmt: skip
def test_a_command(tmp_path: Path, name: str, text: str, given: list[str | None]) -> None:
    dockerfile = "ARG VERSION=3.13\nFROM python:$VERSION\n"
    repository(tmp_path, {name: text, "app/Dockerfile": dockerfile})
    found = chosen_arguments(str(tmp_path / "app" / "Dockerfile"), dockerfile)
    assert found == tuple((("VERSION", one),) for one in given)


RUN_OF_PIPELINE = """kind: PipelineRun
spec:
  params:
  - name: git-url
    value: '{{{{source_url}}}}'
  - name: path-context
    value: {context}
  - name: dockerfile  # below it
    value: {file}
{given}
  pipelineSpec:
    params:
    - default: Dockerfile
      name: dockerfile
    - default: []
      description: Array of values
      name: build-args
    tasks:
    - name: build
      params:
      - name: BUILD_ARGS
        value:
        - $(params.build-args[*])
"""


@pytest.mark.parametrize(
    ("context", "file", "given", "values"),
    [
        (".", "app/Dockerfile", "  - name: build-args\n    value:\n    - VERSION=3.8\n    - OTHER=1\n", ["3.8"]),
        ("app", "Dockerfile", "  - name: build-args\n    value: ['VERSION=3.8', OTHER=1]\n", ["3.8"]),
        ("app", "app/Dockerfile", "  - value: ci/args.conf\n    name: build-args-file\n", ["3.9"]),
        ("", '""', "  - name: build-args-file\n    value: ci/args.conf\n", []),
        ("app", "", "  - name: build-args-file\n    value: ci/args.conf\n", ["3.9"]),
        ("app", "", "  - name: build-args\n    value: ['VERSION={{{{revision}}}}']\n", [None]),
        (
            "app",
            "",
            "  - name: build-args-file\n    value: ci/args.conf\n  - name: build-args\n    value: [VERSION=3.7]\n",
            ["3.7"],
        ),
        ("app", "", "  - name: build-args-file\n    value: ci/none.conf\n", []),
    ],
)
def test_a_pipeline_of_tekton(tmp_path: Path, context: str, file: str, given: str, values: list[str | None]) -> None:
    text = "ARG VERSION=3.13\nFROM python:$VERSION\n"
    pipeline = RUN_OF_PIPELINE.format(
        context=context, file=file, given=given.replace("{{{{", "{{").replace("}}}}", "}}")
    )
    arguments = "# VERSION=1\n\nVERSION=3.9\nOTHER=1\n"
    files = {".tekton/push.yaml": pipeline, ".tekton/pull.yaml": pipeline, "ci/args.conf": arguments}
    repository(tmp_path, {**files, "app/Dockerfile": text})
    found = chosen_arguments(str(tmp_path / "app" / "Dockerfile"), text)
    assert found == tuple((("VERSION", one),) for one in values)


@pytest.mark.parametrize(
    ("name", "words", "given"),
    [
        ("build.sh", "podman build --build-arg-file=app/args.conf app", ["3.9"]),
        ("build.sh", "buildah bud --build-arg VERSION=3.7 --build-arg-file app/args.conf app", ["3.7"]),
        ("app/Makefile", "podman build --build-arg-file args.conf .", ["3.9"]),
        ("build.sh", "podman build --build-arg-file ../args.conf app", []),
    ],
)  # fmt: skip
def test_a_file_of_arguments(tmp_path: Path, name: str, words: str, given: list[str]) -> None:
    text = "ARG VERSION=3.13\nFROM python:$VERSION\n"
    rule = f"all:\n\t{words}\n" if name.endswith("Makefile") else f"{words}\n"
    repository(tmp_path, {name: rule, "app/Dockerfile": text, "app/args.conf": "VERSION=3.9\n"})
    found = chosen_arguments(str(tmp_path / "app" / "Dockerfile"), text)
    assert found == tuple((("VERSION", one),) for one in given)


@pytest.mark.parametrize(
    ("text", "value", "is_withheld"),
    [
        ("FROM redhat/ubi9-minimal\nARG P=microdnf\nRUN $P install -y git\n", "dnf", True),
        ("FROM redhat/ubi9-minimal\nARG P=microdnf\nRUN $P install -y git\n", "microdnf", False),
        ("FROM redhat/ubi9\nARG P=microdnf\nRUN true && \\\n  ${P} install -y git\n", "${OTHER}", True),
        ("FROM redhat/ubi9\nARG P=microdnf\nENV Q=$P\nRUN $P -h; ${Q} install -y git\n", "dnf", True),
        ("FROM python:3.13\nARG P=pip\nRUN $P install flask\n", "/usr/bin/pip3", False),
        ("FROM python:3.13\nARG P=pip\nRUN $P install flask\n", "uv pip", True),
        ("FROM python:3.13\nARG P=pip\nRUN echo $P && pip install flask\n", "pipx", False),
    ],
)
def test_a_program_that_builds_choose(tmp_path: Path, text: str, value: str, is_withheld: bool) -> None:
    compose = f"services:\n  a:\n    build:\n      context: .\n      args: {{P: '{value}'}}\n"
    found = withheld(tmp_path, {"compose.yaml": compose, "Dockerfile": text}, "Dockerfile")
    assert ("(argument P)" in found) is is_withheld


DNF, YUM, DNF5 = "/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"


@pytest.mark.parametrize(
    ("words", "default", "value", "places"),
    [
        ("$BASE dnf", "rockylinux:9", "fedora:43", [DNF, DNF5]),
        ("$BASE dnf", "fedora:43", "fedora:40", [DNF5, DNF]),
        ("$BASE dnf", "rockylinux:9", "almalinux:8", [DNF]),
        ("$BASE dnf", "rockylinux:9", "debian:13", [DNF, YUM, DNF5]),
        ("$BASE dnf", "registry.example/own-ubi9:1", "fedora:43", [DNF, DNF5]),
        ("$BASE dnf", "rockylinux:9", "registry.example/own:1", [DNF, DNF5]),
        ("$BASE dnf", "rockylinux:9", "${OTHER}", [DNF, YUM, DNF5]),
        ("centos:$BASE yum", "8", "7", [DNF, YUM]),
        ("centos:$BASE yum", "8", "${OTHER}", [DNF, YUM]),
    ],
)
def test_the_places_of_dnf_on_each_image(
    tmp_path: Path, words: str, default: str, value: str, places: list[str]
) -> None:
    image, program = words.split()
    text = f"ARG BASE={default}\nFROM {image}\nRUN {program} install -y git && {program} clean all\n"
    compose = f"services:\n  a:\n    build:\n      context: .\n      args: {{BASE: '{value}'}}\n"
    repository(tmp_path, {"compose.yaml": compose, "Dockerfile": text})
    made = engine.fix(with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text)))[0].text
    assert re.findall(r"target=([^,]+)", made) == places
    # No yum of CentOS 7 has the flag.
    assert ("--refresh" in made) is (program == "dnf")


@pytest.mark.parametrize("value", ["8.10", "8.4"])
def test_microdnf_without_the_setting(tmp_path: Path, value: str) -> None:
    text = "ARG V=8.10\nFROM redhat/ubi8-minimal:$V\nRUN microdnf install -y git\n"
    compose = f"services:\n  a:\n    build:\n      context: .\n      args: {{V: '{value}'}}\n"
    found = withheld(tmp_path, {"compose.yaml": compose, "Dockerfile": text}, "Dockerfile")
    assert bool(found) is (value == "8.4")


def test_an_argument_that_no_image_has_is_not_looked_for(tmp_path: Path) -> None:
    repository(tmp_path, {"docker-bake.hcl": BAKE})
    assert chosen_arguments(str(tmp_path / "images" / "php" / "Dockerfile"), "ARG PHP_VERSION=8\nFROM php:8\n") == ()


@pytest.mark.parametrize(("value", "place"), [("3.3.7", "/usr/local/bundle/ruby/3.3.0/cache"), ("3.4", "")])
def test_a_folder_with_the_version_in_its_name(tmp_path: Path, value: str, place: str) -> None:
    text = "ARG RUBY=3.3\nFROM ruby:$RUBY-slim\nENV BUNDLE_PATH=/usr/local/bundle\nCOPY . .\nRUN bundle install\n"
    compose = f"services:\n  a:\n    build:\n      context: .\n      args: {{RUBY: '{value}'}}\n"
    repository(tmp_path, {"compose.yaml": compose, "Dockerfile": text})
    made = engine.fix(with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text)))[0].text
    assert (f"target={place}," in made) if place else (made == text)


PYTHON = "ARG VARIANT=3.13\nFROM python:${VARIANT}\nCOPY requirements.txt .\nRUN uv pip install -r requirements.txt\n"
WHEELS = "{} may change what is built, and uv would take from the cache what another build made without it"


@pytest.mark.parametrize(
    ("variant", "other"),
    [
        ("3.13-alpine", "python:3.13-alpine in place of python:3.13"),
        ("3.13-bullseye", ""),
        ("3.12-alpine", ""),
        ("3.13-slim", ""),
    ],
)
def test_images_with_other_libraries_for_what_is_compiled(tmp_path: Path, variant: str, other: str) -> None:
    compose = (
        f"services:\n  a:\n    build: .\n  b:\n    build:\n      context: .\n      args:\n        VARIANT: {variant}\n"
    )
    found = withheld(tmp_path, {"compose.yaml": compose, "Dockerfile": PYTHON}, "Dockerfile")
    assert found == (WHEELS.format(other) if other else "")


def test_releases_of_one_distribution(tmp_path: Path) -> None:
    bake = 'target "a" {\n  args = { VARIANT = "3.13-bookworm" }\n}\n'
    dockerfile = PYTHON.replace("=3.13\n", "=3.13-trixie\n")
    found = withheld(tmp_path, {"docker-bake.hcl": bake, "Dockerfile": dockerfile}, "Dockerfile")
    assert found == WHEELS.format("python:3.13-bookworm in place of python:3.13-trixie")


def test_pip_keeps_downloads_alone(tmp_path: Path) -> None:
    dockerfile = PYTHON.replace("uv pip", "pip")
    make = "all:\n\tdocker build .\n\tdocker build --build-arg VARIANT=3.13-alpine .\n"
    repository(tmp_path, {"Makefile": make, "Dockerfile": dockerfile})
    source = with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=dockerfile))
    assert "--mount=type=tmpfs,target=/root/.cache/pip/wheels" in engine.fix(source)[0].text


def test_versions_of_cuda(tmp_path: Path) -> None:
    bake = 'target "a" {\n  args = { CUDA = "12.1.0" }\n}\n'
    dockerfile = "ARG CUDA=12.4.0\nFROM nvidia/cuda:${CUDA}-devel-ubuntu22.04\nRUN uv pip install --system flash-attn\n"
    images = (f"nvidia/cuda:{one}-devel-ubuntu22.04" for one in ("12.1.0", "12.4.0"))
    found = withheld(tmp_path, {"docker-bake.hcl": bake, "Dockerfile": dockerfile}, "Dockerfile")
    assert found == WHEELS.format(" in place of ".join(images))


LOOP = "for v in 3.13-slim 3.13-alpine; do\n  docker build \\\n    --build-arg VARIANT=%s .\ndone\n"
GITLAB = """build:
  parallel:
    matrix:
      - V: ["3.13", "3.13-alpine"]
  script:
    - docker build --build-arg "VARIANT=${V}" -t "$IMAGE" .
"""
WORKFLOW = """on: push
jobs:
  x:
    strategy:
      matrix:
        variant: [3.13, 3.13-alpine]
    runs-on: ubuntu-latest
    steps:
      - run: docker build -f Dockerfile --build-arg VARIANT=${{ matrix.variant }} -t x:${{ github.sha }} .
"""


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("build.sh", LOOP % "$v", True),
        ("build.sh", LOOP % "${v}", True),
        ("build.sh", LOOP.replace("VARIANT", "OTHER") % "$v", False),
        ("build.sh", LOOP.replace(" .\n", " other\n") % "$v", False),
        ("build.sh", LOOP.replace(" .\n", " -f Dockerfile.dev .\n") % "$v", False),
        ("build.sh", LOOP.replace("-alpine", "") % "$v", False),
        ("build.sh", LOOP % "$v$w", False),
        ("Makefile", "all:\n\tfor v in 3.13 3.13-alpine; do docker build --build-arg VARIANT=$$v . ; done\n", True),
        (".gitlab-ci.yml", GITLAB, True),
        (".github/workflows/x.yml", WORKFLOW, True),
        (".github/workflows/x.yml", WORKFLOW.replace(", 3.13-alpine", ""), False),
    ],
)
def test_values_of_a_loop_or_a_matrix(tmp_path: Path, name: str, text: str, *, found: bool) -> None:
    said = withheld(tmp_path, {name: text, "Dockerfile": PYTHON}, "Dockerfile")
    assert said.startswith("python:3.13-alpine in place of python:3.13") == found
