"""Which names the hooks take, by the real patterns and the real tags of identify."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from identify import identify

from cachemount.program.discovery import host_kind, is_dockerfile_name

MANIFEST = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"

GOOD = """
Dockerfile dockerfile DOCKERFILE a/b/Dockerfile .devcontainer/Dockerfile Containerfile containerfile x/Containerfile
dev.Dockerfile dev.dockerfile dev.containerfile a.b.Dockerfile prod-Dockerfile prod_Dockerfile .dockerfile
Dockerfile.dev Dockerfile.prod Dockerfile.alpine3.19 Dockerfile.cuda-12.4 Dockerfile-prod Dockerfile_prod
Dockerfile.j2 Dockerfile.tmpl Dockerfile.in Containerfile.ubi9 Dockerfile.amd64 Dockerfile.1 Dockerfile.txt
Dockerfile2 DockerfileDev DockerfileProd GRACEDockerfile MyDockerfile DockerfileTest Dockerfile.vim
Dockerfile.php Dockerfile.go Dockerfile.py Dockerfile.java Dockerfile.rs Dockerfile.js Dockerfile.sh Dockerfile.rb
Dockerfile.windows Dockerfile.x86_64 Dockerfile.dev.local Dockerfile.node-20 dev/web.dockerfile Dockerfile.r
""".split()  # noqa: SIM905 - readable

BAD = """
.dockerignore Dockerfile.dockerignore dev.Dockerfile.dockerignore .containerignore Containerfile.containerignore
Dockerfile.md Dockerfile.rst Dockerfile.adoc Dockerfile.html dockerfile_test.go
test_dockerfile.py dockerfile-utils.js parse-dockerfile.rs x.dockerfile.yml my-dockerfile.json
Dockerfile.lock Dockerfile.bak Dockerfile.orig Dockerfile.rej dockerfile_parser.lua lint.dockerfile.rego
Dockerfile.patch Dockerfile_app.snap docker-compose.yml Makefile Dockerfile~
a/Dockerfile/README docker-file .Dockerfile.swp Dockerfile.diff Earthfile Vagrantfile dockerfile.vim.md
""".split()  # noqa: SIM905 - readable


@cache
def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}


def takes(hook: dict[str, Any], name: str, folder: Path) -> bool:
    """Return what pre-commit would say: by files, exclude and types."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("FROM x\n", encoding="utf-8")
    return (
        re.search(hook["files"], name) is not None
        and re.search(hook.get("exclude", "^$"), name) is None
        and set(hook["types"]) <= identify.tags_from_path(str(file))
    )


@pytest.mark.parametrize("id_", ["check-cache-mounts", "fix-cache-mounts"])
@pytest.mark.parametrize("name", GOOD)
def test_good_names_are_taken(name: str, id_: str, tmp_path: Path) -> None:
    assert takes(hooks()[id_], name, tmp_path)
    assert is_dockerfile_name(name)


@pytest.mark.parametrize("id_", ["check-cache-mounts", "fix-cache-mounts"])
@pytest.mark.parametrize("name", BAD)
def test_bad_names_are_not(name: str, id_: str, tmp_path: Path) -> None:
    assert not takes(hooks()[id_], name, tmp_path)
    assert not is_dockerfile_name(name)


@pytest.mark.parametrize("id_", ["check-cache-mounts", "fix-cache-mounts"])
def test_a_binary_file_and_a_link_are_not_taken(id_: str, tmp_path: Path) -> None:
    (tmp_path / "dev.dockerfile").write_bytes(b"\0\1\2\xff")
    (tmp_path / "Containerfile").symlink_to("dev.dockerfile")
    for name in ("dev.dockerfile", "Containerfile"):
        assert not set(hooks()[id_]["types"]) <= identify.tags_from_path(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        (".cachemount.toml", True),
        ("a/b/.cachemount.toml", True),
        ("pyproject.toml", True),
        ("a/pyproject.toml", True),
        ("x.cachemount.toml", False),
        ("mypyproject.toml", False),
        (".cachemount.tomlx", False),
        ("cachemount.toml", False),
    ],
)
def test_names_of_configurations(name: str, taken: bool, tmp_path: Path) -> None:
    assert takes(hooks()["check-cachemount-config"], name, tmp_path) is taken


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("compose.yaml", "compose"),
        ("a/docker-compose.yml", "compose"),
        ("docker-compose.override.yml", "compose"),
        ("compose-dev.yaml", "compose"),
        ("Compose.YAML", "compose"),
        ("docker-bake.hcl", "bake"),
        ("a/docker-bake.override.json", "bake"),
        ("mycompose.yaml", ""),
        ("composer.yaml", ""),
        ("compose.yaml.j2", ""),
        ("compose.json", "compose"),
        ("podman-compose.yml", "compose"),
        ("container-compose.yaml", "compose"),
        ("bake.hcl", "bake"),
        ("bake.json", "bake"),
        ("composer.json", ""),
        ("handbake.hcl", ""),
    ],
)
def test_names_of_files_that_hold_dockerfiles(name: str, kind: str, tmp_path: Path) -> None:
    assert host_kind(name) == kind
    for id_ in ("check-compose-cache-mounts", "fix-compose-cache-mounts"):
        assert takes(hooks()[id_], name, tmp_path) is bool(kind)
