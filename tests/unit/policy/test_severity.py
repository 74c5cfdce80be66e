"""Severities: by rule, by configuration, in the exit status and in each format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cachemount import engine
from cachemount.policy.config_reader import parse
from cachemount.policy.model import ConfigError
from cachemount.program.main import main

SLOW = "FROM python:3.13\nRUN pip install flask\n"
BROKEN = "FROM debian\nRUN --mount=type=cash,target=/x true\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("slow.Dockerfile").write_text(SLOW, encoding="utf-8")
    Path("broken.Dockerfile").write_text(BROKEN, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        (SLOW, "missing-cache-mount", "warning"),
        (BROKEN, "invalid-mount", "error"),
        ("FROM python\nRUN --mount=type=cache,target=/a,target=/b pip install b\n", "invalid-mount", "warning"),
        ("FROM python\nRUN --mount=type=cache,target=/a:ro pip install b\n", "invalid-mount", "warning"),
        ("RUN x\n", "unreadable-dockerfile", "error"),
        (
            "FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n",
            "unwritable-cache",
            "error",
        ),
        (
            "FROM python\nUSER 5\nENV HOME=/h\nRUN --mount=type=cache,target=/h/.cache/pip pip install b\n",
            "unwritable-cache",
            "warning",
        ),
    ],
)
def test_an_error_is_what_breaks_a_build_or_an_image(text: str, rule: str, severity: str) -> None:
    assert (rule, severity) in [(one.rule, one.severity) for one in engine.check(text).findings]


@pytest.mark.parametrize(("level", "slow", "broken"), [("warning", 1, 1), ("error", 0, 1), ("never", 0, 0)])
def test_what_a_run_fails_on(level: str, slow: int, broken: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("check-cache-mounts", ["--fail-on", level, "slow.Dockerfile"]) == slow
    assert main("check-cache-mounts", ["--fail-on", level, "broken.Dockerfile"]) == broken
    assert capsys.readouterr().out.count("1 finding in 1 file") == 2


def test_the_configuration_sets_severities(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".cachemount.toml").write_text('[severity]\nmissing-cache-mount = "error"\n', encoding="utf-8")
    assert main("check-cache-mounts", ["--format", "json", "--fail-on", "error", "slow.Dockerfile"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["severity"] == "error"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("severity = 1", "`severity` has to be a table of rules"),
        (
            '[severity]\nmissing-cache-mounts = "error"',
            "unknown rule `missing-cache-mounts` in `severity`; did you mean",
        ),
        ('[severity]\nmissing-cache-mount = "info"', "has to be `error` or `warning`, not `info`"),
        ("[severity]\nmissing-cache-mount = 1", "has to be `error` or `warning`, not"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"severity") as raised:
        parse(".cachemount.toml", text.encode())
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("form", "slow", "broken"),
    [
        ("github", "::warning file=slow.Dockerfile", "::error file=broken.Dockerfile"),
        ("sarif", '"level": "warning"', '"level": "error"'),
        ("gitlab", '"severity": "major"', '"severity": "critical"'),
        ("junit", "severity: warning", "severity: error"),
    ],
)
def test_each_format_says_it(form: str, slow: str, broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    main("check-cache-mounts", ["--format", form, "slow.Dockerfile"])
    assert slow in capsys.readouterr().out.replace('":"', '": "')
    main("check-cache-mounts", ["--format", form, "broken.Dockerfile"])
    assert broken in capsys.readouterr().out.replace('":"', '": "')
