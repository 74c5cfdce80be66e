"""What Compose and Bake files say of Dockerfiles that are files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.embedded.bake_file import bake_builds, bake_json_builds
from cachemount.embedded.model import Build
from cachemount.embedded.yaml import compose_builds
from cachemount.policy.model import Config
from cachemount.program.build_files import builds, given_arguments, place_of
from cachemount.program.discovery import walk
from cachemount.program.runner import Task, process
from cachemount.records import replace

DOCKERFILE = "ARG BASE\nFROM ${BASE}\nRUN apt-get update && apt-get install -y curl\n"
COMPOSE = """services:
  one:
    build:
      context: .
      args: {BASE: "debian:13", OTHER: "${X:-1}"}
  two:
    build: ./other
"""
HCL = """
target "one" {
  context = "app"
  dockerfile = "build.docker"
  args = {
    BASE = "debian:13"
    "OTHER" = "a${B}"
    MORE = VARIABLE
  }
  tags = ["x"] # dockerfile = "none"
}
target "two" {
  inherits = ["one"]
  args = { BASE = "alpine" }
}
"""


def test_builds_of_compose() -> None:
    assert compose_builds(COMPOSE) == [
        Build(arguments=(("BASE", "debian:13"), ("OTHER", "1")), label="one"),
        Build(context="./other", label="two"),
    ]


def test_an_inline_dockerfile_is_not_a_file() -> None:
    assert compose_builds("services:\n  a:\n    build:\n      dockerfile_inline: FROM x\n") == []


def test_builds_of_bake() -> None:
    assert bake_builds(HCL) == [
        Build(
            context="app",
            dockerfile="build.docker",
            arguments=(("BASE", "debian:13"), ("MORE", None), ("OTHER", None)),
            label="one",
            names=("x",),
        ),
        Build(
            context="app",
            dockerfile="build.docker",
            arguments=(("BASE", "alpine"), ("MORE", None), ("OTHER", None)),
            label="two",
            names=("x",),
        ),
    ]
    assert bake_json_builds('{"target": {"a": {"dockerfile": "b", "args": {"BASE": "x"}}}}') == [
        Build(dockerfile="b", arguments=(("BASE", "x"),), label="a")
    ]


INHERITED = """
target "_common" {
  args = { BASE = "debian:13", VERSION = "1" }
  contexts = { tools = "target:tools" }
  tags = ["acme/common"]
}
target "_web" {
  dockerfile = "web.docker"
  args = { VERSION = "2" }
}
target "app" {
  inherits = ["_common", "_web"]
  tags = ["acme/app"]
}
target "lost" { inherits = ["elsewhere"] }
target "made" { inherits = concat(["_web"], LIST) }
target "one" { inherits = ["other"] }
target "other" { inherits = ["one"] }
"""


def test_targets_of_bake_have_what_they_inherit() -> None:
    app, *unknown = bake_builds(INHERITED)
    assert app == Build(
        dockerfile="web.docker",
        arguments=(("BASE", "debian:13"), ("VERSION", "2")),
        label="app",
        names=("acme/app",),
        contexts=(("tools", "tools"),),
    )
    assert [one.label for one in unknown] == ["lost", "made", "one", "other"]
    assert not any(place_of(one, ".") or one.names for one in unknown)


def test_targets_of_bake_in_json_have_what_they_inherit() -> None:
    text = """{"target": {
      "_common": {"args": {"BASE": "debian:13"}, "dockerfile": "app.docker"},
      "app": {"inherits": ["_common"], "args": {"MORE": "1"}},
      "lost": {"inherits": ["${NAME}"]}
    }}"""
    app, lost = bake_json_builds(text)
    assert app == Build(dockerfile="app.docker", arguments=(("BASE", "debian:13"), ("MORE", "1")), label="app")
    assert not place_of(lost, ".")


@pytest.mark.parametrize(
    "text", ["", "target", 'target "a" {', 'target "a" { args = {', "}}}", 'target "a" { context = 1 }']
)
def test_half_a_bake_file_is_no_harm(text: str) -> None:
    assert all(isinstance(one, Build) for one in builds("docker-bake.hcl", text))


MERGED = """
x-args: &args {BASE: "debian:13", MORE: "1"}
services:
  base:
    build:
      context: app
      dockerfile: build.docker
      args:
        <<: *args
        MORE: "2"
  app:
    extends: base
    build:
      args: {MORE: "3"}
  far:
    extends: {file: other.yaml, service: base}
    build:
      args: {MORE: "4"}
  again:
    extends: {service: base}
  none:
    build: !reset null
"""


def test_services_of_compose_have_what_they_extend_and_merge() -> None:
    base, app, far, again = compose_builds(MERGED)
    assert base == Build(
        context="app", dockerfile="build.docker", arguments=(("BASE", "debian:13"), ("MORE", "2")), label="base"
    )
    assert app == replace(base, arguments=(("BASE", "debian:13"), ("MORE", "3")), label="app")
    assert (far.label, far.context, far.partial) == ("far", None, True)
    assert again == replace(base, label="again")


def test_services_that_extend_an_inline_dockerfile_build_no_file() -> None:
    text = "services:\n  a:\n    build:\n      dockerfile_inline: FROM x\n  b:\n    extends: a\n"
    assert compose_builds(text) == []


def test_variables_of_compose_have_their_defaults() -> None:
    text = """services:
  a:
    build:
      context: ${DIR:-app}
      dockerfile: ${KIND-dev}.docker
      args: ["ONE=${A:-${B:-x}}-y", "TWO=${C}", "THREE=$$x", "FOUR=$$x${D:-y}", "FIVE=${E:?must}", "SIX=${SET:-z}"]
"""
    (build,) = compose_builds(text, {"SET"})
    assert (build.context, build.dockerfile) == ("app", "dev.docker")
    assert dict(build.arguments) == {
        "ONE": "x-y", "TWO": None, "THREE": "$x", "FOUR": None, "FIVE": None, "SIX": None
    }  # fmt: skip


def test_a_variable_that_the_env_file_sets_is_not_known(tmp_path: Path) -> None:
    text = COMPOSE.replace("debian:13", "${BASE:-debian:13}")
    write(tmp_path, Dockerfile=DOCKERFILE, compose_yaml=text)
    path = str(tmp_path / "Dockerfile")
    assert given_arguments(path, DOCKERFILE) == (("BASE", "debian:13"),)
    (tmp_path / "other").mkdir()
    write(tmp_path, other__Dockerfile=DOCKERFILE, other__compose_yaml=text, other___env="export BASE=alpine\n")
    assert given_arguments(str(tmp_path / "other" / "Dockerfile"), DOCKERFILE) == ()


@pytest.mark.parametrize(
    "other",
    [
        # Laid over the service of the first file.
        "services:\n  one:\n    build:\n      args: {BASE: alpine}\n",
        "services:\n  new:\n    extends: {file: compose.yaml, service: one}\n    build:\n      args: {BASE: alpine}\n",
    ],
)
def test_a_file_that_is_laid_over_another_counts(tmp_path: Path, other: str) -> None:
    base = COMPOSE.replace("context: .", "context: app")
    for folder, text in (("another", other), ("same", other.replace("alpine", "debian:13")), ("alone", "{}")):
        write(tmp_path / folder, app__Dockerfile=DOCKERFILE, compose_yaml=base, compose_override_yaml=text)
    given = [given_arguments(str(tmp_path / one / "app" / "Dockerfile"), DOCKERFILE) for one in ("alone", "same")]
    assert given == [(("BASE", "debian:13"),)] * 2
    assert given_arguments(str(tmp_path / "another" / "app" / "Dockerfile"), DOCKERFILE) == ()


def test_a_walk_finds_what_a_matrix_names(tmp_path: Path) -> None:
    text = """target "app" {
  name = "app-${kind}"
  matrix = { kind = ["one", "two"] }
  context = "app"
  dockerfile = "${kind}.docker"
}"""
    write(tmp_path, app__one_docker=DOCKERFILE, app__two_docker=DOCKERFILE, app__three_docker=DOCKERFILE)
    (tmp_path / "docker-bake.hcl").write_text(text, encoding="utf-8")
    assert walk(str(tmp_path)) == [str(tmp_path / "app" / "one.docker"), str(tmp_path / "app" / "two.docker")]


def write(root: Path, **files: str) -> None:
    (root / ".git").mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_arguments_without_a_default_are_given(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=DOCKERFILE, compose_yaml=COMPOSE)
    assert given_arguments(str(tmp_path / "Dockerfile"), DOCKERFILE) == (("BASE", "debian:13"),)
    assert given_arguments(str(tmp_path / "Dockerfile"), DOCKERFILE.replace("ARG BASE", "ARG BASE=x")) == ()


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (HCL.partition('target "two"')[0], (("BASE", "debian:13"),)),
        # The second target builds the same file on another base.
        (HCL, ()),
    ],
)
def test_a_folder_above_names_it(text: str, given: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    write(tmp_path, app__build_docker=DOCKERFILE)
    (tmp_path / "docker-bake.hcl").write_text(text, encoding="utf-8")
    assert given_arguments(str(tmp_path / "app" / "build.docker"), DOCKERFILE) == given


@pytest.mark.parametrize(("place", "given"), [("ci", (("BASE", "debian:13"),)), ("elsewhere", ())])
def test_bake_in_a_folder_beside_names_it(place: str, given: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    write(tmp_path, app__build_docker=DOCKERFILE)
    write(tmp_path, **{f"{place}__docker-bake_hcl": HCL.partition('target "two"')[0]})
    assert given_arguments(str(tmp_path / "app" / "build.docker"), DOCKERFILE) == given


def test_the_folder_of_bake_itself_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, ci__app__build_docker=DOCKERFILE)
    write(tmp_path, **{"ci__docker-bake_hcl": HCL.partition('target "two"')[0]})
    assert given_arguments(str(tmp_path / "ci" / "app" / "build.docker"), DOCKERFILE) == (("BASE", "debian:13"),)


def test_builds_that_differ_tell_nothing(tmp_path: Path) -> None:
    other = COMPOSE.replace("debian:13", "alpine:3.22")
    write(tmp_path, Dockerfile=DOCKERFILE, compose_yaml=COMPOSE, compose_dev_yaml=other)
    assert given_arguments(str(tmp_path / "Dockerfile"), DOCKERFILE) == ()


MAKEFILE = """VERSION ?= $(shell cat .version)
BASE ?= registry.example/library/debian:$(VERSION)

image:
\tdocker buildx build . --platform ${PLATFORMS} \\
\t\t--build-arg BASE=$(BASE) --load
"""


def test_a_makefile_names_the_image_and_leaves_the_tag_open(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=DOCKERFILE)
    (tmp_path / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    path = str(tmp_path / "Dockerfile")
    assert given_arguments(path, DOCKERFILE) == (("BASE", "registry.example/library/debian:*"),)


def test_a_workflow_that_gives_another_image_tells_nothing(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=DOCKERFILE, compose_yaml=COMPOSE)
    step = "      - uses: docker/build-push-action@v6\n        with:\n          build-args: BASE=alpine:3.22\n"
    write(tmp_path, **{".github__workflows__a_yml": f"jobs:\n  a:\n    steps:\n{step}"})
    assert given_arguments(str(tmp_path / "Dockerfile"), DOCKERFILE) == ()


def test_a_check_knows_the_base_image(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=DOCKERFILE)
    task = Task(path=str(tmp_path / "Dockerfile"), config=Config(), mode="fix")
    write(tmp_path, compose_yaml=COMPOSE)
    process(task)
    assert "docker-clean" in (tmp_path / "Dockerfile").read_text(encoding="utf-8")


def test_a_walk_finds_what_builds_name(tmp_path: Path) -> None:
    write(tmp_path, compose_yaml="services:\n  a:\n    build:\n      context: app\n      dockerfile: build.docker\n")
    write(tmp_path, app__build_docker=DOCKERFILE, app__other_docker=DOCKERFILE)
    assert walk(str(tmp_path)) == [str(tmp_path / "app" / "build.docker")]


@pytest.mark.parametrize(
    "place", ["context: https://example.com/x.git", "context: ../../out", "dockerfile: ${D}.docker"]
)
def test_what_is_elsewhere_is_not_looked_for(tmp_path: Path, place: str) -> None:
    write(tmp_path, compose_yaml=f"services:\n  a:\n    build:\n      {place}\n      args: {{BASE: x}}\n")
    write(tmp_path, Dockerfile=DOCKERFILE)
    assert given_arguments(str(tmp_path / "Dockerfile"), DOCKERFILE) == ()
    assert walk(str(tmp_path)) == [str(tmp_path / "Dockerfile")]
