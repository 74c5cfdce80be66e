"""measure-cache-mounts with a real builder: needs root, docker.io, debootstrap and the registries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builds.builder import Builder
from builds.proving import Prover

_HOOK = Path(__file__).parents[2] / "hooks" / "measure_cache_mounts.py"
_DOCKERFILE = """\
FROM debian:bookworm-slim AS unused
RUN --mount=type=cache,target=/root/.cache/other true
FROM debian:bookworm-slim
RUN rm /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    apt-get update && apt-get install -y --no-install-recommends jq
RUN --mount=type=cache,target=/root/.cache/pip echo nothing
"""


@pytest.mark.build
def test_each_mount_is_what_it_is(builder: Builder, prover: Prover, tmp_path: Path) -> None:
    prover.bases.need("debian:bookworm-slim")
    (tmp_path / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")

    def measured(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(_HOOK), *options, str(tmp_path), "--", "--network=host"],
            env={**os.environ, "DOCKER_HOST": builder.host, "PATH": f"/usr/bin:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    before = builder.mounts()
    said = measured("--format", "json")
    assert said.returncode == 1, said.stderr
    [found] = json.loads(said.stdout)["files"]
    states = {mount["target"]: mount["state"] for mount in found["mounts"]}
    assert states == {
        "/root/.cache/other": "unused",
        "/var/cache/apt": "filled",
        "/var/lib/apt": "filled",
        "/root/.cache/pip": "empty",
    }
    assert found["bytes"] > 1_000_000
    assert all(mount["content"] is not None for mount in found["mounts"] if mount["state"] != "unused")
    assert [step["instruction_line"] for step in found["steps"]] == [5, 7]
    assert found["steps"][0]["downloaded_empty"] > 1_000_000 > found["steps"][0]["downloaded_filled"]
    print(measured().stdout)
    # Nothing of the measurements is left.
    assert builder.mounts() == before
