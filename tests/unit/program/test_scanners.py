"""What is said of dockle and Trivy, where a repository lets them fail and the fixes take away what they look for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.program.scanners import SCANNERS, complaints, scanner_notes
from cachemount.results import FileResult
from repositories import repository

APT = "FROM debian:13\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
APT_AFTER = "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y git\n"
WORKFLOW = ".github/workflows/a.yml"
STEP = "jobs:\n  a:\n    steps:\n      - uses: {}/dockle-action@v1\n        with:\n          image: a\n"
CODE = "          exit-code: '{}'\n"


def note(root: Path, files: dict[str, str], before: str = APT, after: str = APT_AFTER) -> str:
    """Return the line for a repository with these files, of which the first is one that says how it is built."""
    repository(root, files)
    texts = [*files.items()][:1]
    return "\n".join(
        scanner_notes(str(root), texts, [FileResult(path=str(root / "Dockerfile"), changed=(before, after))])
    )


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Makefile", "a:\n\tdocker run x/dockle:v0.4 --exit-code 1 app\n", 2),
        ("Makefile", "a:\n\tdockle -c 1 app\n", 2),
        ("Makefile", "a:\n\t$(DOCKLE_RUN) --exit-code $(CODE) app\n", 2),
        ("Makefile", "a:\n\tdockle app\n", 0),
        ("Makefile", "a:\n\tdockle --exit-code 0 app\n", 0),
        ("Makefile", "a:\n\tdockle --exit-code 1 app || true\n", 0),
        ("Makefile", "a:\n\tdockle --exit-code 1 -i DKL-DI-0005 app\n", 0),
        (WORKFLOW, STEP.format("team") + CODE.format(1), 4),
        (WORKFLOW, STEP.format("team") + CODE.format(0), 0),
        (WORKFLOW, STEP.format("team"), 0),
        (WORKFLOW, STEP.format("erzz"), 4),
    ],
)
def test_where_it_fails(tmp_path: Path, name: str, text: str, line: int) -> None:
    said = f"dockle: {name}:{line}: fails for DKL-DI-0005 after the repair: write it into .dockleignore" if line else ""
    assert note(tmp_path, {name: text}) == said


def test_a_makefile_that_a_workflow_runs(tmp_path: Path) -> None:
    files = {
        WORKFLOW: "jobs:\n  a:\n    steps:\n      - run: make -f .github/checks/Makefile dockle\n",
        ".github/checks/Makefile": "dockle:\n\tdockle --exit-code 1 app\n",
    }
    assert note(tmp_path, files).startswith("dockle: .github/checks/Makefile:2: fails for DKL-DI-0005")
    assert note(tmp_path, {**files, ".dockleignore": "# as agreed\nDKL-DI-0005\n"}) == ""


def test_what_was_so_before_is_not_said(tmp_path: Path) -> None:
    assert note(tmp_path, {"Makefile": "a:\n\tdockle -c 1 app\n"}, before=APT_AFTER) == ""


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (APT, {}),
        (APT_AFTER, {"DKL-DI-0005": 1}),
        ("FROM alpine:3.22\nRUN apk add --no-cache git\n", {}),
        ("FROM alpine:3.22\nRUN apk add -U git\n", {"DKL-DI-0004": 1}),
        ("FROM alpine:3.22 AS a\nRUN apk add -U git\nFROM scratch\nCOPY --from=a / /\n", {}),
        ("FROM alpine:3.22 AS a\nRUN apk add -U git\nFROM a\n", {"DKL-DI-0004": 1}),
        ("RUN\n", {}),
    ],
)
def test_rules(text: str, rules: dict[str, int]) -> None:
    assert complaints(SCANNERS[0], text) == rules


APK, APK_AFTER = "FROM alpine:3.22\nRUN apk add --no-cache git\n", "FROM alpine:3.22\nRUN apk add -U git\n"
TRIVY = (
    "jobs:\n  a:\n    steps:\n      - uses: aquasecurity/trivy-action@0.30.0\n"
    "        with:\n          {}\n          {}\n"
)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Makefile", "a:\n\ttrivy config --exit-code 1 .\n", 2),
        ("Makefile", "a:\n\ttrivy --exit-code=1 fs --scanners vuln,misconfig .\n", 2),
        ("Makefile", "a:\n\ttrivy config .\n", 0),
        ("Makefile", "a:\n\ttrivy config -c trivy.yaml .\n", 0),
        ("Makefile", "a:\n\ttrivy image --exit-code 1 app\n", 0),
        ("Makefile", "a:\n\ttrivy config \\\n\t  --quiet \\\n\t  --exit-code 1 .\n", 2),
        (WORKFLOW, "run: >-\n  podman run\n  aquasec/trivy repo\n  --exit-code 1 --scanners misconfig .\n", 3),
        (WORKFLOW, "- run: trivy config .\n- run: other --exit-code 1 .\n", 0),
        ("Makefile", "a:\n\ttrivy config --exit-code 1 --severity CRITICAL .\n", 0),
        (WORKFLOW, TRIVY.format("scan-type: config", "exit-code: '1'"), 4),
        (WORKFLOW, TRIVY.format("scan-type: config", "format: sarif"), 0),
        (WORKFLOW, TRIVY.format("scan-type: image", "exit-code: '1'"), 0),
        (WORKFLOW, TRIVY.format("scan-type: config", "exit-code: '1'\n          severity: CRITICAL"), 0),
        (WORKFLOW, TRIVY.format("scan-type: config", "exit-code: '1'\n          severity: HIGH,CRITICAL"), 4),
    ],
)
def test_where_trivy_fails(tmp_path: Path, name: str, text: str, line: int) -> None:
    said = f"trivy: {name}:{line}: fails for AVD-DS-0025 after the repair: write it into .trivyignore" if line else ""
    assert note(tmp_path, {name: text}, APK, APK_AFTER) == said
    assert note(tmp_path, {name: text, ".trivyignore": "DS025\n"}, APK, APK_AFTER) == ""


@pytest.mark.parametrize(
    ("script", "rules"),
    [
        ("apk add --no-cache git", {}),
        ("apk --no-cache add git", {}),
        ("apk add -U git", {"AVD-DS-0025": 1}),
        ("dnf install -y git && dnf clean all", {}),
        ("dnf install -y git", {"AVD-DS-0019": 1}),
        ("yum -y install git && yum clean all", {}),
        ("yum clean all && yum -y install git", {"AVD-DS-0015": 1}),
        ("zypper install -y git && zypper clean", {}),
        ("zypper install -y git", {"AVD-DS-0020": 1}),
        ("apt-get install -y git", {}),
    ],
)
def test_rules_of_trivy(script: str, rules: dict[str, int]) -> None:
    assert complaints(SCANNERS[1], f"FROM a AS b\nRUN {script}\nFROM scratch\n") == rules
