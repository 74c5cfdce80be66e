"""What manifests of Kubernetes run in containers of an image: it reads the store that the image has."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import withheld

TEXT = "FROM rust:1.90\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n"
BUILDS = {"Makefile": "image:\n\tdocker build -t own/app:1 .\n"}
JOB = "kind: Job\nspec:\n  containers:\n  - name: app\n    image: own/app:1\n"
TEMPLATE = JOB.replace("own/app:1", '"{{ .Values.app.image }}:{{ .Values.app.tag }}"')
VALUES = "app:\n  image: own/app\n  tag: 1\n"


def reason(root: Path, files: dict[str, str]) -> str:
    return withheld(root, {**BUILDS, **files}, TEXT, "Dockerfile")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"k8s/job.yaml": f'{JOB}    command: ["cargo", "run"]\n'}, "command (line 6 of k8s/job.yaml)"),
        ({"k8s/job.yml": f"{JOB}    command:\n    - cargo\n    - run\n"}, "command (line 6 of k8s/job.yml)"),
        ({"job.yaml": f"{JOB}    command: [sh, -c]\n    args:\n      - |\n        cargo run\n"}, "command (line 6"),
        ({"job.yaml": f"{JOB}    args: [./up.sh]\n", "up.sh": "cargo run\n"}, "args (line 6 of job.yaml)"),
        ({"job.yaml": JOB.replace("- name: app", "- command: [cargo, run]")}, "command (line 4"),
        ({"job.yaml": f"{JOB}    livenessProbe:\n      exec:\n        command: [cargo, run, check]\n"}, "line 8"),
        (
            {
                "chart/templates/job.yaml": f"{TEMPLATE}{{{{- if .x }}}}\n    command: [cargo, run]\n",
                "chart/values.yaml": VALUES,
            },
            "command (line 7 of chart/templates/job.yaml)",
        ),
        # Another container, image or program, a probe that asks, what is mounted, and values that are not there.
        ({"job.yaml": f"{JOB}  - name: other\n    image: rust:1.90\n    command: [cargo, run]\n"}, ""),
        ({"job.yaml": JOB.replace("own/app:1", "own/other") + "    command: [cargo, run]\n"}, ""),
        ({"job.yaml": f"{JOB}    command: [app, cargo]\n"}, ""),
        ({"job.yaml": f"{JOB}    livenessProbe:\n      exec:\n        command: [pgrep, -f, cargo run]\n"}, ""),
        ({"job.yaml": f"{JOB}    command: [cargo, run]\n    volumeMounts:\n    - mountPath: /usr/local/cargo\n"}, ""),
        ({"chart/templates/job.yaml": f"{TEMPLATE}    command: [cargo, run]\n"}, ""),
        ({"chart/templates/job.yaml": f"{TEMPLATE}    command: [cargo, run]\n", "chart/values.yaml": "a: app\n"}, ""),
        ({"it.yaml": f"{JOB}    command: [cargo, run]\n".replace("containers:", "steps:")}, ""),
    ],
)
def test_a_container_of_the_image(tmp_path: Path, files: dict[str, str], told: str) -> None:
    found = reason(tmp_path, files)
    assert told in found
    assert bool(told) == found.endswith("reads cargo's store")


def test_a_file_with_many_images_is_read_at_once(tmp_path: Path) -> None:
    files = {"job.yaml": f"{JOB}    command: [cargo]\n" + "    image: x\n" * 6_000}
    assert reason(tmp_path, files) == ""
