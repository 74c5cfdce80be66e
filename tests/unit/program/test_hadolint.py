"""What is said of hadolint, where a repository runs it and the fixes set off its rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cachemount.files import reading
from cachemount.program.hadolint.notes import hadolint_note
from cachemount.program.hadolint.rules import complaints, fails
from cachemount.program.hadolint.shown import NEWEST
from cachemount.program.main import main
from cachemount.results import FileResult
from repositories import repository

APK = "FROM alpine:3.22\nRUN apk add --no-cache git\n"
APK_AFTER = "FROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache,sharing=locked apk add -U git\n"
PIP = "FROM python:3.13\nRUN pip install --no-cache-dir flask\n"
PIP_AFTER = "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n"
CALL = "lint:\n\thadolint Dockerfile\n"


def note(root: Path, files: dict[str, str], before: str, after: str, path: str = "Dockerfile") -> str:
    """Return the line for a repository with these files, of which those that builds are read from are given."""
    repository(root, files)
    texts = [*files.items()]
    return hadolint_note(str(root), texts, [FileResult(path=str(root / path), changed=(before, after))])


HOOK = "repos:\n- repo: https://github.com/hadolint/hadolint\n  rev: v{}\n  hooks:\n  - id: {}\n"
ACTION = "jobs:\n  a:\n    steps:\n    - uses: hadolint/hadolint-action@v{}\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "rules"),
    [
        ("Makefile", CALL, 2, "DL3019"),
        ("Makefile", "lint:\n\t@docker run --rm -v .:/w -w /w hadolint/hadolint hadolint Dockerfile\n", 2, "DL3019"),
        ("Makefile", "lint:\n\tfind . -name Dockerfile | xargs hadolint -V\n", 2, "DL3019"),
        ("Makefile", "lint:\n\thadolint other/Dockerfile\n", 0, ""),
        ("Makefile", "hadolint: tools\n\tbrew install hadolint\nlint: hadolint shellcheck\n", 0, ""),
        ("Makefile", "# hadolint Dockerfile\nlint:\n\techo hadolint Dockerfile\n", 0, ""),
        ("Makefile", "lint:\n\thadolint --no-fail Dockerfile\n", 0, ""),
        ("Makefile", "lint:\n\thadolint Dockerfile || true\n", 0, ""),
        ("Makefile", "lint:\n\thadolint -t warning Dockerfile\n", 0, ""),
        ("Makefile", "lint:\n\thadolint --ignore DL3019 Dockerfile\n", 0, ""),
        ("Makefile", "lint:\n\thadolint \\\n\t  --ignore DL3019 \\\n\t  Dockerfile\n", 0, ""),
        ("Makefile", "lint:\n\thadolint --error DL3019 Dockerfile\n", 2, "DL3019"),
        (".gitlab-ci.yml", "lint:\n  image: hadolint/hadolint\n  script:\n  - hadolint Dockerfile\n", 4, "DL3019"),
        (".pre-commit-config.yaml", HOOK.format("2.12.0", "hadolint"), 5, "DL3019"),
        (".pre-commit-config.yaml", HOOK.format("2.12.0", "hadolint") + "    args: [--ignore, DL3019]\n", 0, ""),
        (".pre-commit-config.yaml", HOOK.format("2.12.0", "hadolint") + "    exclude: ^Dockerfile$\n", 0, ""),
        (".github/workflows/a.yml", ACTION.format("3.1.0"), 4, "DL3019"),
        (".github/workflows/a.yml", ACTION.format("3.1.0") + "      with:\n        ignore: DL3019\n", 0, ""),
        (".github/workflows/a.yml", ACTION.format("3.1.0") + "      with:\n        dockerfile: a/Dockerfile\n", 0, ""),
        (".github/workflows/a.yml", ACTION.format("3") + "      with:\n        recursive: true\n", 4, "DL3019"),
        (".github/workflows/a.yml", ACTION.format("3") + "      continue-on-error: true\n", 0, ""),
        (".github/workflows/a.yml", "name: hadolint\njobs: {}\n", 0, ""),
    ],
)
def test_what_runs_it(tmp_path: Path, name: str, text: str, line: int, rules: str) -> None:
    said = note(tmp_path, {name: text}, APK, APK_AFTER)
    way_out = f"write `ignored: [{rules}]` in .hadolint.yaml"
    assert said == (f"{name}:{line}: fails for {rules} after the repair: {way_out}" if line else "")


NEWER = "fails for DL3042 after the repair: write `ignored: [DL3042]` in .hadolint.yaml; 2.14 and later accept DL3042"


@pytest.mark.parametrize(
    ("name", "text", "is_old"),
    [
        ("Makefile", CALL, False),
        (
            "Makefile",
            "V:=hadolint/hadolint:v2.12.0-alpine\nlint:\n\tdocker run -v .:/w $(V) hadolint Dockerfile\n",
            True,
        ),
        ("Makefile", "HADOLINT_VERSION = 2.13.1\n" + CALL, True),
        ("Makefile", "HADOLINT_VERSION = 2.14.0\n" + CALL, False),
        (".github/workflows/a.yml", ACTION.format("3.1.0"), True),
        (".github/workflows/a.yml", ACTION.format("3.3.0"), False),
        (".github/workflows/a.yml", ACTION.replace("v{}", "0123abc # v3.1.0"), True),
        (".github/workflows/a.yml", ACTION.replace("v{}", "master"), False),
        (".pre-commit-config.yaml", HOOK.format("2.12.1-beta", "hadolint"), True),
        (".pre-commit-config.yaml", HOOK.format("2.14.0", "hadolint"), False),
        (".pre-commit-config.yaml", HOOK.replace("v{}", "57e1618d # 2.12.0").format("hadolint"), True),
        (".pre-commit-config.yaml", HOOK.format("2.12.1-beta", "hadolint-docker"), False),
    ],
)
def test_an_old_one_knows_fewer_mounts(tmp_path: Path, name: str, text: str, is_old: bool) -> None:
    said = note(tmp_path, {name: text}, PIP, PIP_AFTER)
    assert said.partition(": ")[2] == (NEWER if is_old else "")


@pytest.mark.parametrize(
    ("config", "way_out"),
    [
        ("ignored: [DL3008]\n", "add it to `ignored` in .hadolint.yaml"),
        ("ignored:\n- DL3008\n# - DL3019\n", "add it to `ignored` in .hadolint.yaml"),
        ("override:\n  info: [DL3019]\n", "add it to `ignored` in .hadolint.yaml"),
        ("ignored:\n- DL3019\ntrustedRegistries: [x]\n", ""),
        ("failure-threshold: warning\n", ""),
        ("no-fail: true\n", ""),
    ],
)
@pytest.mark.parametrize("files", [{}, {"Makefile": CALL}])
def test_its_configuration(tmp_path: Path, config: str, way_out: str, files: dict[str, str]) -> None:
    said = note(tmp_path, {**files, ".hadolint.yaml": config}, APK, APK_AFTER)
    place = "Makefile:2" if files else ".hadolint.yaml"
    assert said == (f"{place}: fails for DL3019 after the repair: {way_out}" if way_out else "")


def test_a_container_that_does_not_see_the_configuration(tmp_path: Path) -> None:
    call = "lint:\n\tdocker run --rm -i hadolint/hadolint < Dockerfile\n"
    said = note(tmp_path, {"Makefile": call, ".hadolint.yaml": "ignored: [DL3008]\n"}, APK, APK_AFTER)
    assert said == "Makefile:2: fails for DL3019 after the repair: add `--ignore DL3019` there"


def test_a_configuration_in_another_folder(tmp_path: Path) -> None:
    files = {"Makefile": "lint:\n\thadolint --config /w/etc/hadolint.yml Dockerfile\n"}
    assert note(tmp_path / "a", {**files, "etc/hadolint.yml": "ignored: [DL3019]\n"}, APK, APK_AFTER) == ""
    assert "in etc/hadolint.yml" in note(tmp_path / "b", {**files, "etc/hadolint.yml": "ignored: []\n"}, APK, APK_AFTER)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, 2),
        ({".mega-linter.yml": "DISABLE_LINTERS:\n  - DOCKERFILE_HADOLINT\n"}, 0),
        ({".mega-linter.yml": "DISABLE:\n  - DOCKERFILE\n"}, 0),
        ({".mega-linter.yml": "DISABLE_ERRORS: true\n"}, 0),
        ({".mega-linter.yml": "DISABLE:\n  - YAML\nENABLE_LINTERS:\n  - DOCKERFILE_HADOLINT\n"}, 2),
    ],
)
def test_a_program_that_runs_all_linters_beside_a_call_that_fails_for_less(
    tmp_path: Path, files: dict[str, str], line: int
) -> None:
    call, workflow = "lint:\n\thadolint -t warning Dockerfile\n", "# Lint\n# by MegaLinter\njobs: {}\n"
    config = {"Makefile": call, ".github/workflows/lint.yml": workflow, ".hadolint.yaml": "ignored: [DL3018]\n"}
    said = note(tmp_path, {**config, **files}, APK, APK_AFTER)
    place = (
        f".github/workflows/lint.yml:{line}: fails for DL3019 after the repair: add it to `ignored` in .hadolint.yaml"
    )
    assert said == (place if line else "")


def test_a_script_that_is_named_after_a_linter(tmp_path: Path) -> None:
    repository(tmp_path, {"Makefile": "lint:\n\t./ci/lint.sh all\n", "ci/lint.sh": "hadolint Dockerfile\n"})
    texts = [("Makefile", "lint:\n\t./ci/lint.sh all\n")]
    change = FileResult(path=str(tmp_path / "Dockerfile"), changed=(APK, APK_AFTER))
    assert hadolint_note(str(tmp_path), texts, [change]).startswith("ci/lint.sh:1: fails for DL3019")


@pytest.mark.parametrize(
    "pragma", ["# hadolint ignore=DL3018,DL3019\nRUN", "RUN"], ids=["a comment above the step", "for the whole file"]
)
def test_comments_ignore_rules(tmp_path: Path, pragma: str) -> None:
    top = "# hadolint global ignore=DL3019\n" if pragma == "RUN" else ""
    before, after = (top + text.replace("RUN", pragma) for text in (APK, APK_AFTER))
    assert note(tmp_path, {"Makefile": CALL}, before, after) == ""


def test_what_failed_before_is_not_said(tmp_path: Path) -> None:
    assert note(tmp_path, {"Makefile": CALL}, APK.replace(" --no-cache", ""), APK_AFTER) == ""


MOUNT = "RUN --mount=type=cache,target={} {}"
STEPS = [
    (MOUNT.format("/root/.cache/pip", "python3 -m pip install a"), "", "DL3042"),
    (MOUNT.format("/opt/pip", "pip install a"), "DL3042", "DL3042"),
    ("RUN PIP_NO_CACHE_DIR=1 pip install a", "", ""),
    ("ENV PIP_NO_CACHE_DIR=1\nRUN pip3 install a", "", ""),
    ("RUN pipx install a", "", ""),
    (MOUNT.format("/var/cache/apk", "apk add a"), "", ""),
    (MOUNT.format("/etc/apk/cache", "apk add a"), "DL3019", "DL3019"),
    (MOUNT.format("/var/cache/yum", "yum install a"), "DL3032", "DL3032"),
    ("RUN yum clean expire-cache && yum install a", "DL3032", ""),
    ("RUN yum install a && yum clean all", "", ""),
    (MOUNT.format("/var/cache/libdnf5", "dnf install a"), "", "DL3040"),
    (MOUNT.format("/var/cache/dnf", "microdnf install a"), "DL3040", "DL3040"),
    ("RUN dnf upgrade", "DL3040", ""),
    ("RUN dnf install a && rm -rf /x", "", ""),
    (MOUNT.format("/var/cache/zypp", "zypper install a"), "", "DL3036"),
    (MOUNT.format("/usr/local/share/.cache/yarn", "yarn install"), "", "DL3060"),
    (MOUNT.format("/x", "yarn install"), "DL3060", "DL3060"),
    (MOUNT.format("/var/lib/apt", "apt-get update"), "DL3009", "DL3009"),
    ("RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update", "", ""),
    (MOUNT.format("/var/lib/apt/lists", "apt-get update"), "", ""),
    ("RUN sudo apt-get install a", "DL3004", "DL3004"),
    ("RUN a\nRUN b", "DL3059", "DL3059"),
    ("RUN a && b\nRUN c", "", ""),
    ("RUN a\nRUN --mount=type=cache,target=/x b", "", ""),
]


@pytest.mark.parametrize(("step", "newest", "old"), STEPS)
def test_rules(step: str, newest: str, old: str) -> None:
    """As hadolint 2.15.1 and 2.12.0 have them."""
    assert [*complaints(f"FROM x:1\n{step}\n", NEWEST)] == ([newest] if newest else [])
    assert [*complaints(f"FROM x:1\n{step}\n", (2, 12))] == ([old] if old else [])


def test_a_file_that_cannot_be_read_and_severities() -> None:
    assert not complaints("RUM x\n", NEWEST)
    assert [fails(rule, "warning") for rule in ("DL3004", "DL3042", "DL3019")] == [True, True, False]
    assert not fails("DL3004", "none")


@pytest.mark.parametrize("program", ["check-cache-mounts", "fix-cache-mounts"])
def test_the_summary_says_it_and_the_configuration_switches_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], program: str
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"Dockerfile": APK, "Makefile": CALL}
    line = "  hadolint: Makefile:2: fails for DL3019 after the repair: write `ignored: [DL3019]` in .hadolint.yaml\n"
    repository(tmp_path, files)
    main(program, ["Dockerfile"])
    assert line in capsys.readouterr().out
    repository(tmp_path, {**files, ".cachemount.toml": "warn-hadolint = false\n"})
    main(program, ["Dockerfile"])
    assert "hadolint:" not in capsys.readouterr().out


def test_no_more_files_are_read_where_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"Dockerfile": APK, "Makefile": "build:\n\tdocker build .\n", ".github/workflows/a.yml": "jobs: {}\n"}
    read: list[str] = []
    inside = reading.read

    def counted(path: str, *rest: int) -> reading.Content:
        read.append(os.path.relpath(path, tmp_path))
        return inside(path, *rest)

    monkeypatch.setattr(reading, "read", counted)
    counts = []
    for setting in ("warn-hadolint = false\n", "warn-hadolint = true\n"):
        repository(tmp_path, {**files, ".cachemount.toml": setting})
        read.clear()
        main("check-cache-mounts", ["Dockerfile"])
        counts.append(len(read))
    assert capsys.readouterr().out.count("1 can be repaired") == 2
    assert counts[0] >= counts[1]
