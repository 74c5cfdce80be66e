"""What services of Compose files run in containers of an image: it reads the store that the image has."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import withheld

TEXT = "FROM rust:1.90\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n"
STAGES = f"{TEXT.replace('1.90', '1.90 AS dev')}FROM debian:13\nCOPY --from=dev /app/target/release/app /usr/bin/\n"
DEBIAN = "FROM debian:13\nRUN apt-get update && apt-get install -y git\n"


def reason(root: Path, files: dict[str, str], text: str = TEXT) -> str:
    return withheld(root, files, text)


BUILT = "services:\n  app:\n    build: ci\n"
OF_DEV = "services:\n  app:\n    build: {context: ci, target: dev}\n    command: cargo run\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"compose.yaml": f"{BUILT}    command: cargo run\n"}, "command (line 4 of compose.yaml)"),
        ({"docker-compose.yml": f"{BUILT}    command: [cargo, run]\n"}, "command (line 4 of docker-compose.yml)"),
        ({"compose.yaml": f"{BUILT}    entrypoint:\n      - cargo\n      - test\n"}, "entrypoint (line 5 of"),
        ({"compose.yaml": f"{BUILT}    healthcheck:\n      test: [CMD, cargo, run, check]\n"}, "healthcheck (line 5"),
        ({"compose.yaml": f"{BUILT}    post_start:\n      - command: cargo run up\n"}, "post_start (line 5"),
        ({"compose.yaml": f"{BUILT}    command: ./up.sh\n", "up.sh": "cargo run\n"}, "command (line 4"),
        ({"compose.yaml": f"{BUILT}    command: make up\n", "Makefile": "up:\n\tcargo run\n"}, "command (line 4"),
        ({"compose.yaml": f"{BUILT}    command: ./bin/up\n", "bin/up": "#!/bin/sh\ncargo run\n"}, "command (line 4"),
        ({"compose.yaml": f"{BUILT}    command: /app/bin/up\n", "bin/up": "#!/bin/sh\ncargo run\n"}, "line 4"),
        ({"compose.yaml": f"{BUILT}    command: just up\n", "justfile": "a:\n  b\nup:\n  cargo run\n"}, "line 4"),
        ({"compose.yaml": f"{BUILT}    command: just a\n", "justfile": "a:\n  b\nup:\n  cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}    command: ./bin/up\n", "bin/up": "cargo run\n"}, ""),
        (
            {"compose.yaml": f"{BUILT}    command: ${{COMMAND:-app}}\n", ".env": "COMMAND='cargo run'\n"},
            "command (line 4 of compose.yaml)",
        ),
        ({"compose.yaml": f"{BUILT}    command: ${{COMMAND:-cargo run}}\n"}, "command (line 4 of compose.yaml)"),
        ({"compose.yaml": f"{BUILT}    command: $COMMAND\n", ".env": "COMMAND=app\n"}, ""),
        # What it takes over from another service, or a mapping.
        ({"compose.yaml": f"{BUILT}  test:\n    extends: app\n    command: cargo test\n"}, "line 6"),
        (
            {"compose.yaml": f"x-app: &app\n  build: ci\n{BUILT}  test:\n    <<: *app\n    command: cargo test\n"},
            "line 8",
        ),
        # It is built by another file, or another service.
        (
            {
                "compose.yaml": BUILT,
                "compose.override.yaml": "services:\n  app:\n    command: cargo run\n",
            },
            "command (line 3 of compose.override.yaml)",
        ),
        (
            {"compose.yaml": f"{BUILT}    image: own/app:1\n  test:\n    image: own/app:1\n    command: cargo test\n"},
            "line 7",
        ),
        (
            {
                "Makefile": "it:\n\tdocker build -t own/app -f ci/Dockerfile .\n",
                "deploy/compose.yaml": "services:\n  app:\n    image: own/app\n    command: cargo run\n",
            },
            "command (line 4 of deploy/compose.yaml)",
        ),
        # Another image, another program, what is mounted, and what cannot be read.
        ({"compose.yaml": f"{BUILT.replace('ci', 'web')}    command: cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}  test:\n    image: rust:1.90\n    command: cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}  test:\n    image: own/app\n    command: cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}    command: app --cargo\n"}, ""),
        ({"compose.yaml": f"{BUILT}    command: ./up.sh\n", "up.sh": "exec app\n"}, ""),
        ({"compose.yaml": f"{BUILT}    command: cargo run\n    volumes: [cargo:/usr/local/cargo]\n"}, ""),
        (
            {
                "compose.yaml": f"{BUILT}    command: cargo run\n"
                "    volumes:\n      - {type: volume, source: cargo, target: /usr/local/cargo}\n"
            },
            "",
        ),
        ({"compose.yaml": f"{BUILT.replace('ci', '${WHERE}')}    command: cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}    command: 'cargo run\n"}, ""),
        ({"compose.yaml": f"{BUILT}    healthcheck:\n      test: pgrep -f 'cargo run' || exit 1\n"}, ""),
        ({"compose.yaml": f"{BUILT}    healthcheck:\n      test: [NONE]\n    command: app\n"}, ""),
        ({"compose.yaml": OF_DEV.replace("dev", "${WHICH}")}, ""),
    ],
)
def test_a_service_of_the_image(tmp_path: Path, files: dict[str, str], told: str) -> None:
    found = reason(tmp_path, files)
    assert told in found
    assert bool(told) == found.endswith("reads cargo's store")


def test_the_stage_of_a_service_counts(tmp_path: Path) -> None:
    assert "line 4" in reason(tmp_path / "dev", {"compose.yaml": OF_DEV}, STAGES)
    assert reason(tmp_path / "last", {"compose.yaml": f"{BUILT}    command: cargo run\n"}, STAGES) == ""


def test_a_service_that_installs_by_the_systems_manager(tmp_path: Path) -> None:
    files = {"compose.yaml": f"{BUILT}    command: sh -c 'apt-get install -y jq; app'\n"}
    assert "command (line 4 of compose.yaml) runs apt in the image" in reason(tmp_path, files, DEBIAN)


@pytest.mark.parametrize(("entry", "told"), [('["cargo"]', "line 4 of compose.yaml"), ("cargo", ""), ('["app"]', "")])
def test_a_command_behind_the_entrypoint(tmp_path: Path, entry: str, told: str) -> None:
    found = reason(tmp_path, {"compose.yaml": f"{BUILT}    command: [test]\n"}, f"{TEXT}ENTRYPOINT {entry}\n")
    assert told in found
    assert bool(told) == bool(found)
