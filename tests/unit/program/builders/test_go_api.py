"""Dockerfiles that Go code of the repository builds by Docker's client."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

REQUIRES = "module example.com/tool\n\nrequire (\n\tgithub.com/docker/docker v27.3.1+incompatible\n)\n"
BUILDS = "package tool\n\nfunc build() { dockerClient.ImageBuild(ctx, tar, types.ImageBuildOptions{Remove: true}) }\n"


def refused(root: Path, files: dict[str, str], dockerfile: str = "images/db/Dockerfile") -> bool:
    """Return whether new mounts in a Dockerfile are refused in a repository with these files."""
    repository(root, {"go.mod": REQUIRES, "tool/build.go": BUILDS, dockerfile: "", **files})
    found = refusal(str(root / dockerfile), Config())
    assert found is None or "tool/build.go shows a builder" in found
    return found is not None


@pytest.mark.parametrize(
    "directive",
    ["db/Dockerfile", '"db/Dockerfile"', "other.txt db/Dockerfile", "db/*", "*/Dockerfile", "db", "all:db", "*"],
)
def test_a_file_that_the_module_embeds(tmp_path: Path, directive: str) -> None:
    code = f'package images\n\nimport _ "embed"\n\n//go:embed {directive}\nvar DB []byte\n'
    assert refused(tmp_path, {"images/images.go": code})


@pytest.mark.parametrize("directive", ["db/Dockerfile.dev", "db/*.yaml", "web", "d/*"])
def test_another_file_that_it_embeds(tmp_path: Path, directive: str) -> None:
    assert not refused(tmp_path, {"images/images.go": f"package images\n\n//go:embed {directive}\nvar X []byte\n"})


@pytest.mark.parametrize("named", ['Dockerfile: "images/db/Dockerfile"', 'Context: archived("../images/db/")'])
def test_a_file_that_is_named_near_the_call(tmp_path: Path, named: str) -> None:
    assert refused(tmp_path, {"tool/build.go": BUILDS.replace("Remove: true", named)})


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"tool/build.go": BUILDS.replace("Remove: true", 'Dockerfile: "images/web/Dockerfile"')},
        {"go.mod": "module example.com/tool\n"},
        {"go.mod": REQUIRES.replace("incompatible", "incompatible // indirect")},
        {"images/go.mod": "module example.com/images\n"},
        {"tool/build.go": BUILDS.replace("Remove: true", "Version: types.BuilderBuildKit")},
        {"tool/build.go": "package tool\n\nvar builds = store.ImageBuild()\n"},
    ],
    ids=["not named", "another", "no client", "client of a dependency", "another module", "BuildKit", "another method"],
)
def test_a_file_that_the_classic_builder_does_not_build(tmp_path: Path, files: dict[str, str]) -> None:
    embeds = "" if not files or "Dockerfile" in str(files) else "//go:embed db/Dockerfile\n"
    assert not refused(tmp_path, {"images/images.go": f"package images\n\n{embeds}var DB []byte\n", **files})


def test_a_require_of_one_line(tmp_path: Path) -> None:
    files = {"go.mod": "module x\n\nrequire github.com/moby/moby/client v0.1.0\n", "images/a.go": "//go:embed db\n"}
    assert refused(tmp_path, files)


def test_a_call_in_a_large_module(tmp_path: Path) -> None:
    folders = {f"a/{number}/x.go": "package x\n" for number in range(1_100)}
    assert refused(tmp_path, {**folders, "images/a.go": "//go:embed db\n"})


ASKS = "package tool\n\nfunc offered(ping types.Ping) bool { return ping.BuilderVersion == types.BuilderBuildKit }\n"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("tool/offered.go", ASKS, False),
        ("other/offered.go", ASKS, True),
        ("tool/offered_test.go", ASKS, True),
        ("tool/offered.go", ASKS.replace("==", "!="), True),
    ],
)
def test_a_package_that_takes_the_classic_builder_of_old_engines_alone(
    tmp_path: Path, name: str, text: str, found: bool
) -> None:
    files = {"images/images.go": "package images\n\n//go:embed db\nvar DB []byte\n", name: text}
    assert refused(tmp_path, files) is found
