"""measure-cache-mounts with a current BuildKit and buildx: needs root, Go, runc, debootstrap and the registries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from builds.buildkit import BuildKit
from builds.buildx import environment
from builds.current_bases import DEBIAN, IMAGES, CurrentBases
from builds.oci import Registry

_HOOK = Path(__file__).parents[2] / "hooks" / "measure_cache_mounts.py"
_DOCKERFILE = f"""\
FROM {DEBIAN} AS unused
RUN --mount=type=cache,target=/root/.cache/other true
FROM {DEBIAN}
RUN rm /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked,id=lists \\
    apt-get update && apt-get install -y --no-install-recommends jq
RUN --mount=type=cache,target=/root/.npm,id=logs mkdir -p /root/.npm/_logs && seq 100000 > /root/.npm/_logs/x.log
"""


@pytest.mark.build
@pytest.mark.long
def test_what_was_built_before_is_measured_again(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")
    with Registry(IMAGES) as registry, BuildKit(registry.address) as daemon:
        CurrentBases(daemon).need(DEBIAN)
        # The layers are there before, and so is a mount of the user's.
        daemon.build(context / "Dockerfile", context, tmp_path / "image")
        before = daemon.mounts()
        command = [sys.executable, str(_HOOK), "--format=json", str(context)]
        variables = environment(daemon, tmp_path)
        for _ in range(2):
            done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
            assert done.returncode == 1, done.stderr
            [found] = json.loads(done.stdout)["files"]
            assert [(one["target"], one["state"]) for one in found["mounts"]] == [
                ("/root/.cache/other", "unused"),
                ("/var/cache/apt", "filled"),
                ("/var/lib/apt", "filled"),
                ("/root/.npm", "empty"),
            ]
            # The log is larger than many a package.
            assert found["mounts"][3]["bytes"] > 500_000
            assert found["mounts"][3]["reason"].endswith("it holds only /root/.npm/_logs/x.log")
            assert [one["instruction_line"] for one in found["steps"]] == [5, 8]
            assert found["steps"][0]["downloaded_empty"] > 1_000_000 > found["steps"][0]["downloaded_filled"]
        assert daemon.mounts().splitlines()[1:] == before.splitlines()[1:]
