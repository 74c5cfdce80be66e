"""What can be asked of a run on the command line and by the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cachemount.managers import MANAGERS
from cachemount.program.arguments import make_parser, parse
from cachemount.program.main import main
from cachemount.program.options import FORMATS, Given, read_options
from cachemount.rules import RULES

BAD = "FROM python:3.13\nRUN pip install flask\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/Dockerfile", "b/Dockerfile"):
        Path(name).parent.mkdir()
        Path(name).write_text(BAD, encoding="utf-8")


def check(*arguments: str) -> int:
    return main("check-cache-mounts", list(arguments))


def test_without_a_path_the_current_folder_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 1
    assert "2 findings in 2 files" in capsys.readouterr().out


def test_files_are_shown_and_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--show-files", "--exclude", "b/**") == 0
    assert capsys.readouterr().out == "a/Dockerfile\n"


def test_rules_and_files_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--ignore", "missing-cache-mount") == 0
    capsys.readouterr()
    assert check("--exclude", "a/*") == 1
    assert "1 finding in 1 file" in capsys.readouterr().out


def test_an_isolated_run_has_no_configuration_and_no_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".cachemount.toml").write_text('disable = ["missing-cache-mount"]\n', encoding="utf-8")
    assert check() == 0
    assert check("--isolated") == 1
    assert check("--isolated", "--write-baseline", ".") in (0, 1)
    capsys.readouterr()


def test_no_option_is_broken_at_its_hyphens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert check("--explain", "pip") == 0
    assert "`--no-cache-dir`" in capsys.readouterr().out
    assert check("--explain", "unlocked-cache") == 0
    assert "`sharing=locked`" in capsys.readouterr().out


def test_the_file_of_a_new_baseline_stands_after_an_equals_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--write-baseline", "known.jsonl", ".") == 2
    assert "--write-baseline=known.jsonl" in capsys.readouterr().err
    assert check("--write-baseline=known.jsonl", ".") == 0
    assert Path("known.jsonl").exists()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        check("--help")
    assert "--write-baseline[=FILE]" in capsys.readouterr().out


def test_the_help_says_what_the_value_of_an_option_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check("--help")
    text = " ".join(capsys.readouterr().out.split())
    for words in (
        "--explain [NAME]", "without NAME, the list of both", "--stdin-filename NAME", "--manager NAME,...",
        "--rule NAME,...", "--ignore RULE,...", "--baseline FILE", "the nearest .cachemount-baseline.jsonl",
    ):  # fmt: skip
        assert words in text


def test_the_environment_names_the_format_and_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CACHEMOUNT_FORMAT", "json")
    monkeypatch.setenv("CACHEMOUNT_OUTPUT_FILE", "report.json")
    assert check() == 1
    assert capsys.readouterr().out == ""
    assert len(json.loads(Path("report.json").read_text(encoding="utf-8"))["findings"]) == 2
    assert check("--format", "concise", "--output-file", "") == 1
    assert "a/Dockerfile:2:5:" in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--output-file", "nowhere/report") == 2
    assert "--output-file: nowhere/report: " in capsys.readouterr().err


def test_nothing_to_check_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert check("empty") == 0
    assert capsys.readouterr().out == "No Dockerfiles were found in empty.\n"
    assert check("--exclude", "**") == 0
    assert capsys.readouterr().out == "Nothing was checked: 2 files were passed over (-v says why).\n"


@pytest.mark.parametrize("name", [*(rule.name for rule in RULES), *(manager.name for manager in MANAGERS)])
def test_each_name_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--explain", name) == 0
    out = capsys.readouterr().out
    assert out.startswith(name)
    assert len(out.splitlines()) > 3


def test_the_list_of_pages_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--explain") == 0
    out = capsys.readouterr().out
    assert all(rule.name in out for rule in RULES)
    assert all(manager.name in out for manager in MANAGERS)


CONFIGURED = "repos:\n  - repo: https://example.org/cachemount\n    rev: v1\n    hooks:\n      - id: fix-cache-mounts\n"


@pytest.mark.parametrize(("prek", "runner"), [("", "pre-commit"), ("pre-commit", "prek")])
def test_in_a_hook_the_advice_is_what_can_be_run_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], prek: str, runner: str
) -> None:
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.delenv("PREK_HOOK_STAGE", raising=False)
    if prek:
        monkeypatch.setenv("PREK_HOOK_STAGE", prek)
    Path(".pre-commit-config.yaml").write_text(CONFIGURED, encoding="utf-8")
    assert check("a/Dockerfile") == 1
    assert f"  repair:  {runner} run fix-cache-mounts --all-files\n" in capsys.readouterr().out


def test_what_is_not_on_the_path_is_called_by_its_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path / "other"))
    assert check("a/Dockerfile") == 1
    assert "  explain: cachemount explain missing-cache-mount\n" in capsys.readouterr().out, "it is nowhere"
    for folder in ("bin", "other"):
        (tmp_path / folder).mkdir()
        for name in ("fix-cache-mounts", "cachemount"):
            (tmp_path / folder / name).touch()
        assert check("a/Dockerfile") == 1
        out = capsys.readouterr().out
        place = f"{tmp_path / 'bin'}/" if folder == "bin" else ""
        assert f"  repair:  {place}fix-cache-mounts a/Dockerfile\n" in out
        assert f"  explain: {place}cachemount explain missing-cache-mount\n" in out


def test_a_path_with_blanks_is_quoted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "a user"
    folder.mkdir()
    (folder / "cachemount").touch()
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.setenv("PATH", str(folder))
    assert check("a/Dockerfile") == 1
    assert f'  explain: "{folder}/cachemount" explain missing-cache-mount\n' in capsys.readouterr().out


def test_after_a_repair_in_a_hook_the_next_step_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert main("fix-cache-mounts", ["a/Dockerfile"]) == 1
    assert capsys.readouterr().out == (
        "Repaired a/Dockerfile: mount pip's cache\n"
        "1 finding in 1 file: 1 repaired\n"
        "  next:    look at the change (git diff), git add it, and commit again\n"
    )
    Path("c.dockerfile").write_text("FROM debian\nRUN pip install flask\nUSER app\nRUN npm ci\n", encoding="utf-8")
    assert main("fix-cache-mounts", ["c.dockerfile"]) == 1
    assert "  next:    look at the change (git diff), git add it, and see to what is left\n" in capsys.readouterr().out


def test_the_page_that_is_named_is_that_of_the_most_findings(capsys: pytest.CaptureFixture[str]) -> None:
    useless = "RUN --mount=type=cache,target=~/.cache/pip pip install flask\n"
    Path("c.dockerfile").write_text(f"FROM python:3.13\n{useless}RUN npm ci\nRUN go mod download\n", encoding="utf-8")
    assert check("c.dockerfile") == 1
    out = capsys.readouterr().out
    assert "[misplaced-cache-mount]" in out
    assert "  explain: cachemount explain missing-cache-mount\n" in out


@pytest.mark.parametrize("other", ["", CONFIGURED.replace("fix-cache-mounts", "check-cache-mounts")])
def test_where_the_hook_that_fixes_is_not_configured_the_advice_is_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], other: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path / "bin"), str(tmp_path / "other"))))
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    Path(".pre-commit-config.yaml").write_text(other, encoding="utf-8")
    assert check("a/Dockerfile") == 1
    assert "  repair:  fix-cache-mounts .\n" in capsys.readouterr().out
    (tmp_path / "bin").mkdir()
    for name in ("fix-cache-mounts", "cachemount"):
        (tmp_path / "bin" / name).touch()
    assert check("a/Dockerfile") == 1
    out = capsys.readouterr().out
    assert f"  repair:  {tmp_path / 'bin' / 'fix-cache-mounts'} .\n" in out
    assert f"  explain: {tmp_path / 'bin' / 'cachemount'} explain missing-cache-mount\n" in out
    # What is installed beside the hook as well goes by its name.
    (tmp_path / "other").mkdir()
    for name in ("fix-cache-mounts", "cachemount"):
        (tmp_path / "other" / name).touch()
    assert check("a/Dockerfile") == 1
    out = capsys.readouterr().out
    assert "  repair:  fix-cache-mounts .\n" in out
    assert "  explain: cachemount explain missing-cache-mount\n" in out


def test_the_advice_repeats_the_arguments_of_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b c").mkdir()
    Path("b c/Dockerfile").write_text("FROM python:3.13\nRUN pip install flask\n", encoding="utf-8")
    assert check("--rule", "missing-cache-mount", "b c") == 1
    assert "  repair:  fix-cache-mounts --rule missing-cache-mount 'b c'\n" in capsys.readouterr().out
    assert check(*["a/Dockerfile"] * 40) == 1
    assert "  repair:  fix-cache-mounts PATH\n" in capsys.readouterr().out


@pytest.mark.parametrize("program", ["check-cache-mounts", "fix-cache-mounts", "fix-compose-cache-mounts"])
def test_paths_alone_are_understood_as_with_options(program: str) -> None:
    assert parse(program, []) == Given()
    assert parse(program, ["a", "-", "b c"]) == Given(paths=["a", "-", "b c"])
    assert read_options(program, ["a", "b"]) == read_options(program, ["--color", "auto", "a", "b"])


def test_paths_stand_on_both_sides_of_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("a/Dockerfile", "--exit-zero", "b/Dockerfile") == 0
    assert "2 findings in 2 files" in capsys.readouterr().out
    assert parse("check-cache-mounts", ["--rule", "x", "a", "--jobs", "2", "--", "--exit-zero"]).paths == [
        "a",
        "--exit-zero",
    ]
    assert check("a/Dockerfile", "--nope", "b/Dockerfile") == 2
    assert "unrecognized arguments: --nope" in capsys.readouterr().err


# Where one of them gets another name, the old one stays for a version.
OPTIONS_OF_0_1_0 = frozenset(
    [
        "--stdin-filename",
        "--manager",
        "--rule",
        "--config",
        "--format",
        "--explain",
        "--statistics",
        "--show-suppressed",
        "--no-suppressions",
        "--baseline",
        "--no-baseline",
        "--write-baseline",
        "--add-to-baseline",
        "--exit-zero",
        "--color",
        "--jobs",
        "-v",
        "--verbose",
        "--version",
        "-h",
        "--help",
    ]
)


@pytest.mark.parametrize("program", ["check-cache-mounts", "fix-cache-mounts", "fix-compose-cache-mounts"])
def test_an_option_of_the_first_version_is_still_one(program: str) -> None:
    options = {name for action in make_parser(program)._actions for name in action.option_strings}
    assert options >= OPTIONS_OF_0_1_0 | ({"--diff", "--unsafe-fixes"} if program.startswith("fix") else set())
    assert {"text", "full", "concise", "json", "sarif", "github", "gitlab", "junit", "cache-map"} <= set(FORMATS)
