"""The programs, run as their users run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cachemount import engine, program
from cachemount.engine import Report
from cachemount.policy.model import Config
from cachemount.program.main import main
from cachemount.program.options import FOR_PEOPLE, FORMATS
from cachemount.shell import reader
from cachemount.source import Source

HOOKS = Path(str(program.__file__)).parent.parent.parent
BAD = "FROM python:3.13\nRUN pip install flask==3.0\n"
GOOD = "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install flask==3.0\n"
CLEAN = "FROM python:3.13\nRUN true\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)


def put(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def check(*arguments: str) -> int:
    return main("check-cache-mounts", arguments)


def fix(*arguments: str) -> int:
    return main("fix-cache-mounts", arguments)


def run(*arguments: str, stdin: bytes = b"", program: str = "check_cache_mounts") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(HOOKS / f"{program}.py"), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HOOKS)},
    )


class TestCheck:
    def test_a_bad_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        assert check("Dockerfile") == 1
        first, last, *advice = capsys.readouterr().out.splitlines()
        assert first.startswith("Dockerfile:2:5: warning: `pip install` has no cache mount")
        assert first.endswith(" [missing-cache-mount]")
        assert last == "1 finding in 1 file: 1 can be repaired"
        assert advice == [
            "  repair:  fix-cache-mounts Dockerfile",
            "  accept:  # cachemount: ignore[RULE] reason   (a comment above the step)",
            "  explain: cachemount explain missing-cache-mount",
        ]
        assert Path("Dockerfile").read_text(encoding="utf-8") == BAD

    def test_many_files_without_working_out_their_repairs(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cachemount.program.main.FEW_FILES", 2)
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        assert check(".") == 1
        assert capsys.readouterr().out.splitlines()[2] == (
            "2 findings in 2 files: fix-cache-mounts repairs what it safely can"
        )
        assert check("--format", "json", ".") == 1
        assert all(one["fix"]["safe"] for one in json.loads(capsys.readouterr().out)["findings"])
        assert check("-v", ".") == 1
        assert capsys.readouterr().out.splitlines()[2] == "2 findings in 2 files: 2 can be repaired"

    def test_a_good_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", GOOD)
        assert check("Dockerfile") == 0
        assert capsys.readouterr().out == ""

    def test_folders_are_walked(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile.dev", BAD)
        put(".devcontainer/Dockerfile", BAD)
        put("a/main.py", BAD)
        assert check(".") == 1
        assert "2 findings in 2 files" in capsys.readouterr().out

    def test_exit_zero(self) -> None:
        put("Dockerfile", BAD)
        assert check("--exit-zero", "Dockerfile") == 0
        assert check("--exit-zero", "Dockerfile", "none") == 2

    def test_one_bad_file_never_hides_the_findings_of_the_others(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("empty/Dockerfile", "")
        put("binary/Dockerfile", bytes(range(256)) * 10)
        put("nul/Dockerfile", BAD + "RUN a\0b\n")
        put("latin/Dockerfile", "FROM python:3.13\nLABEL a=ä\nRUN pip install x\n".encode("latin-1"))
        put("heredoc/Dockerfile", "FROM x\nRUN <<EOF\npip install x\n")
        put("nofrom/Dockerfile", "RUN pip install x\n")
        put("z/Dockerfile", BAD)
        Path("loop").symlink_to("loop")
        names = ["empty", "binary", "nul", "latin", "heredoc", "nofrom", "z"]
        assert check("loop", "none", *(f"{name}/Dockerfile" for name in names)) == 2
        out, err = capsys.readouterr()
        lines = out.splitlines()
        unreadable = [line.split("/")[0] for line in lines if "[unreadable-dockerfile]" in line]
        assert unreadable == ["empty", "binary", "heredoc", "nofrom"]
        missing = [line.split("/")[0] for line in lines if "[missing-cache-mount]" in line]
        assert missing == ["nul", "latin", "z"]
        assert [line.split(":")[0] for line in err.splitlines()] == ["loop", "none"]

    def test_a_file_that_may_not_be_read(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        real = os.open

        def refuse(path: str, *rest: int) -> int:
            if path == "a/Dockerfile":
                raise PermissionError(13, "Permission denied")
            return real(path, *rest)

        monkeypatch.setattr(os, "open", refuse)
        assert check("a/Dockerfile", "b/Dockerfile") == 2
        out, err = capsys.readouterr()
        assert err == "a/Dockerfile: cannot be read: Permission denied\n"
        assert "b/Dockerfile:2:5" in out

    @pytest.mark.parametrize("error", [ValueError("Incompatible Language version 99"), OSError("no such library")])
    def test_a_grammar_that_cannot_be_loaded(
        self, error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise error

        put("Dockerfile", "FROM python:3.13\nRUN case $A in unread) pip install flask;; esac\n")
        reader._parser.cache_clear()
        monkeypatch.setattr(reader, "_extension", refuse)
        assert check("Dockerfile") == 2
        said = f"tree-sitter with its grammar of bash cannot be loaded: {error}"
        hint = "reinstall the hook's environment (`pre-commit clean`)"
        assert capsys.readouterr().err == f"Dockerfile: {said}; {hint}\n"

    def test_an_internal_error_is_one_line(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        real = engine.check

        def fail(source: Source, config: Config, *, with_fixes: bool) -> Report:
            if source.path == "a/Dockerfile":
                raise RuntimeError("boom")
            return real(source, config, with_fixes=with_fixes)

        monkeypatch.setattr(engine, "check", fail)
        assert check("a/Dockerfile", "b/Dockerfile") == 2
        out, err = capsys.readouterr()
        assert err == "a/Dockerfile: internal error, please report it: RuntimeError: boom\n"
        assert "b/Dockerfile:2:5" in out
        assert check("-v", "a/Dockerfile") == 2
        assert "Traceback" in capsys.readouterr().err

    def test_a_template_that_is_no_dockerfile_yet(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile.j2", "{% if x %}\nFROM a\n{% endif %}\n")
        assert check("-v", "Dockerfile.j2") == 0
        assert "skipped: it is a template" in capsys.readouterr().err
        put("Dockerfile", BAD)
        assert check(".") == 1
        assert (
            "  skipped: 1 template, not yet a Dockerfile, was passed over (-v says which)\n" in capsys.readouterr().out
        )
        assert check("-v", ".") == 1
        assert "passed over" not in capsys.readouterr().out

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_several_processes_say_the_same(self, jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
        for number in range(30):
            put(f"Dockerfile.{number:02}", BAD if number % 3 else "FROM")
        assert check("--jobs", jobs, ".") == 1
        lines = capsys.readouterr().out.splitlines()
        assert [line.split(":")[0] for line in lines[:30]] == [f"Dockerfile.{number:02}" for number in range(30)]

    def test_a_process_that_dies_takes_one_file_along(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(9):
            put(f"Dockerfile.{number}", BAD)
        real = engine.check

        def die(source: Source, config: Config, *, with_fixes: bool) -> Report:
            if source.path == "Dockerfile.4":
                os._exit(11)
            return real(source, config, with_fixes=with_fixes)

        monkeypatch.setattr(engine, "check", die)
        assert check("--jobs", "2", ".") == 2
        out, err = capsys.readouterr()
        assert err == "Dockerfile.4: the process that read this file died: an internal error\n"
        assert out.count("[missing-cache-mount]") == 8


class TestArguments:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--fix", "x"], "--fix: check-cache-mounts changes nothing; run fix-cache-mounts"),
            (["--isolated", "--config", "x", "."], "--isolated does not go with --config"),
            (["--exclude", "!a", "."], "`!a` begins with `!`"),
            (["--exclude", "{a,b}", "."], "write one pattern for each"),
            (["--ignore", "missing", "."], "--ignore: unknown name `missing`"),
            (["--fail-on", "all", "."], "--fail-on: unknown name `all`"),
            (["--fromat", "json", "x"], "unrecognized arguments: --fromat"),
            (["--format", "jsn", "x"], "--format: unknown name `jsn`; did you mean `json`?"),
            (
                ["--rule", "missing-cache", "x"],
                "--rule: unknown name `missing-cache`; did you mean `missing-cache-mount`?",
            ),
            (["--manager", "apt-get", "x"], "--manager: unknown name `apt-get`"),
            (["--manager", ",", "x"], "--manager needs at least one name"),
            (["--color", "yes", "x"], "--color: unknown name `yes`"),
            (["--jobs", "-1", "x"], "--jobs"),
            (["--jobs", "many", "x"], "--jobs: `many` is not a number of processes"),
            (["-", "x"], "`-` does not go with other paths"),
            (["--stdin-filename", "a", "x"], "--stdin-filename reads standard input"),
            (["--statistics", "--format", "jso", "x"], "--format: unknown name `jso`; did you mean `json`?"),
            (
                ["--statistics", "--format", "json", "x"],
                "--statistics does not go with --format json, only with text, full, concise",
            ),
            (
                ["--explain", "missing-cache"],
                "unknown rule or package manager `missing-cache`; did you mean `missing-cache-mount`?",
            ),
            (["--diff", "x"], "unrecognized arguments: --diff"),
        ],
    )
    def test_wrong_ones(self, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert check(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("check-cache-mounts: ")
        assert said in err
        assert err.endswith("Try 'check-cache-mounts --help'.\n")

    @pytest.mark.parametrize("argument", ["--help", "--version"])
    def test_help_and_version(self, argument: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            fix(argument)
        assert caught.value.code == 0
        assert "fix-cache-mounts" in capsys.readouterr().out

    @pytest.mark.parametrize("form", FORMATS)
    def test_counts_go_with_the_forms_for_people(self, form: str, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        assert check("Dockerfile", "--statistics", "--format", form) == (1 if form in FOR_PEOPLE else 2)
        out, err = capsys.readouterr()
        assert ("     1 missing-cache-mount pip\n1 finding in 1 file" in out) == (form in FOR_PEOPLE)
        assert (f"--statistics does not go with --format {form}" in err) == (form not in FOR_PEOPLE)
        assert fix("Dockerfile", "--statistics", "--diff", "--format", form) == 2
        assert "does not go with" in capsys.readouterr().err

    def test_explain(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert check("--explain", "missing-cache-mount") == 0
        assert capsys.readouterr().out.startswith("missing-cache-mount\n\nA step downloads packages")

    def test_rules_and_managers(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        put("broken.Dockerfile", "RUN x\n")
        assert check("--manager", "apt,npm", "Dockerfile") == 0
        assert check("--manager", "apt", "--manager", "pip", "Dockerfile") == 1
        assert check("--rule", "unlocked-cache", "Dockerfile") == 0
        assert check("--rule", "missing-cache-mount,unlocked-cache", "Dockerfile") == 1
        capsys.readouterr()
        assert check("--rule", "unlocked-cache", "broken.Dockerfile") == 1
        assert "[unreadable-dockerfile]" in capsys.readouterr().out

    def test_colors(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        put("Dockerfile", BAD)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        for arguments, environment, colored in (
            ([], {}, True),
            (["--color", "never"], {}, False),
            ([], {"NO_COLOR": "1"}, False),
            ([], {"NO_COLOR": ""}, True),
            (["--color", "always"], {"NO_COLOR": "1"}, True),
            ([], {"TERM": "dumb"}, False),
            ([], {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
            ([], {"TERM": "dumb", "FORCE_COLOR": "0"}, False),
            ([], {"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ):
            with monkeypatch.context() as context:
                for name, value in environment.items():
                    context.setenv(name, value)
                check(*arguments, "Dockerfile")
            assert ("\x1b[" in capsys.readouterr().out) is colored, (arguments, environment)

    def test_the_form_for_people_goes_by_the_terminal(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put("Dockerfile", BAD)
        check("Dockerfile")
        assert capsys.readouterr().out.startswith("Dockerfile:2:5: ")
        check("--format", "full", "Dockerfile")
        assert "\n2 | RUN pip install" in capsys.readouterr().out
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        check("--color", "never", "Dockerfile")
        assert "\n2 | RUN pip install" in capsys.readouterr().out
        check("--color", "never", "--format", "concise", "Dockerfile")
        assert capsys.readouterr().out.startswith("Dockerfile:2:5: ")

    def test_the_summary_names_the_program_that_repairs(self, capsys: pytest.CaptureFixture[str]) -> None:
        put(
            "compose.yaml",
            "services:\n  a:\n    build:\n      dockerfile_inline: |\n        " + BAD.replace("\nR", "\n        R"),
        )
        assert main("check-compose-cache-mounts", ["compose.yaml"]) == 1
        assert "repair:  fix-compose-cache-mounts compose.yaml\n" in capsys.readouterr().out


class TestIds:
    def test_they_hold_for_the_files_that_their_entry_names(self) -> None:
        put(".cachemount.toml", "[[ids]]\npaths = ['a/**']\ntemplate = 'x-{target}'\n")
        for name in ("a/Dockerfile", "b/Dockerfile"):
            put(name, BAD)
        assert fix("a/Dockerfile", "b/Dockerfile") == 1
        assert "id=x-/root/.cache/pip" in Path("a/Dockerfile").read_text()
        assert Path("b/Dockerfile").read_text() == GOOD


class TestSuppressions:
    def test_shown_counted_and_switched_off(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD.replace("RUN", "# cachemount: ignore[missing-cache-mount] one tool\nRUN"))
        assert check("Dockerfile") == 0
        assert capsys.readouterr().out == "No findings in 1 file (1 suppressed).\n"
        assert check("--show-suppressed", "Dockerfile") == 0
        assert "    suppressed by a pragma: one tool\n" in capsys.readouterr().out
        assert check("--no-suppressions", "Dockerfile") == 1
        assert "[missing-cache-mount]" in capsys.readouterr().out

    def test_a_configuration_that_forbids_pragmas(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD.replace("RUN", "# cachemount: ignore[missing-cache-mount] one tool\nRUN"))
        put(".cachemount.toml", "inline-ignores = 'forbid'\n")
        assert check("Dockerfile") == 1
        out = capsys.readouterr().out
        assert "this pragma hides nothing: .cachemount.toml forbids pragmas" in out
        assert "Dockerfile:3:5: warning: `pip install` has no cache mount" in out
        put(".cachemount.toml", "inline-ignores = 'forbid'\n[[allow]]\nmanagers = ['pip']\nreason = 'x'\n")
        assert check("Dockerfile") == 1
        assert "[missing-cache-mount]" not in capsys.readouterr().out

    def test_the_configuration(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        put("b/Dockerfile", BAD)
        put("c/Dockerfile", BAD)
        entry = "[[allow]]\npaths = ['a/*']\nreason = 'old'\n"
        put(".cachemount.toml", f"exclude = ['b']\n{entry}{entry.replace('a/', 'zebra/')}")
        assert check("-v", "a/Dockerfile", "b/Dockerfile") == 0
        assert "b/Dockerfile: skipped: .cachemount.toml excludes it\n" in capsys.readouterr().err
        assert check(".") == 1
        out = capsys.readouterr().out
        assert "c/Dockerfile:2:5" in out
        stale = "this allowlist entry hides nothing; its reason was: old [unused-suppression]"
        assert f".cachemount.toml:5:1: warning: {stale}" in out
        assert check("--manager", "apt", ".") == 0

    def test_a_mistake_in_a_configuration_is_said_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        put("a/b/Dockerfile", BAD)
        put("Dockerfile", BAD)
        put("a/.cachemount.toml", "\nexclud = []\n")
        assert check(".") == 2
        out, err = capsys.readouterr()
        assert err == "a/.cachemount.toml:2: unknown key `exclud`; did you mean `exclude`?\n"
        assert [line.split(":")[0] for line in out.splitlines()[:1]] == ["Dockerfile"]

    def test_an_unreadable_file_can_be_allowed_by_its_path(self) -> None:
        put("a/Dockerfile", "{{ x }}\n")
        put(
            ".cachemount.toml", "[[allow]]\npaths = ['a/*']\nrules = ['unreadable-dockerfile']\nreason = 'a template'\n"
        )
        assert check(".") == 0


class TestFix:
    def test_repairs(self, capsys: pytest.CaptureFixture[str]) -> None:
        path = put("Dockerfile", BAD)
        path.chmod(0o640)
        assert fix("Dockerfile") == 1
        assert capsys.readouterr().out == "Repaired Dockerfile: mount pip's cache\n1 finding in 1 file: 1 repaired\n"
        assert path.read_text(encoding="utf-8") == GOOD
        assert path.stat().st_mode & 0o777 == 0o640
        assert fix("Dockerfile") == 0
        assert capsys.readouterr().out == ""

    def test_what_is_clean_or_unreadable_is_not_written(self) -> None:
        clean, broken = put("Dockerfile", CLEAN), put("x.Dockerfile", BAD.replace("FROM", "FORM"))
        before = [path.stat().st_mtime_ns for path in (clean, broken)]
        assert fix("Dockerfile", "x.Dockerfile") == 1
        assert [path.stat().st_mtime_ns for path in (clean, broken)] == before

    def test_a_diff_names_the_file_that_a_link_leads_to(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("docker/Dockerfile", BAD)
        Path("Dockerfile").symlink_to("docker/Dockerfile")
        assert fix("--diff", "Dockerfile") == 1
        assert capsys.readouterr().out.startswith("--- a/docker/Dockerfile\n+++ b/docker/Dockerfile\n")

    def test_diff(self, capsys: pytest.CaptureFixture[str]) -> None:
        path = put("a/Dockerfile", BAD.replace("\n", "\r\n").removesuffix("\r\n"))
        before = path.read_bytes()
        assert fix("--diff", "a/Dockerfile") == 1
        out, err = capsys.readouterr()
        assert err == "1 finding in 1 file: 1 would be repaired\n"
        assert path.read_bytes() == before
        put("x.patch", out)
        subprocess.run(["git", "apply", "-p1", "x.patch"], check=True)
        patched = path.read_bytes()
        path.write_bytes(before)
        assert fix("a/Dockerfile") == 1
        assert path.read_bytes() == patched

    def test_a_read_only_file_keeps_its_findings(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD).chmod(0o444)
        assert fix("Dockerfile") == 2
        out, err = capsys.readouterr()
        assert "[missing-cache-mount]" in out
        assert err == "Dockerfile: cannot be repaired: it is read-only\n"

    def test_a_file_reached_twice_is_repaired_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        Path("link.Dockerfile").symlink_to("Dockerfile")
        assert fix("link.Dockerfile", "Dockerfile", "./Dockerfile") == 1
        assert (
            capsys.readouterr().out == "Repaired link.Dockerfile: mount pip's cache\n1 finding in 1 file: 1 repaired\n"
        )
        assert Path("link.Dockerfile").is_symlink()
        assert Path("Dockerfile").read_text(encoding="utf-8") == GOOD


@pytest.mark.slow
class TestProcess:
    def test_standard_input(self) -> None:
        done = run("--stdin-filename", "a/Dockerfile", stdin=BAD.encode())
        assert done.returncode == 1
        assert done.stdout.startswith(b"a/Dockerfile:2:5: ")
        assert run("-", stdin=GOOD.encode()).stdout == b""
        done = run("-", stdin=BAD.encode() + b"# \xff\r\n", program="fix_cache_mounts")
        assert (done.returncode, done.stdout) == (1, GOOD.encode() + b"# \xff\r\n")
        assert done.stderr.startswith(b"Repaired <stdin>")

    @pytest.mark.slow
    def test_standard_input_with_a_name_is_read_as_that_file(self) -> None:
        Path("compose.yaml").write_text("services:\n  a:\n    build: {context: b, args: {BASE: 'node:22'}}\n")
        text = b"ARG BASE\nFROM ${BASE}\nUSER node\nRUN npm ci\n"
        Path("b").mkdir(exist_ok=True)
        done = run("--stdin-filename", "b/Dockerfile", stdin=text, program="fix_cache_mounts")
        assert b"target=/home/node/.npm,uid=1000" in done.stdout
        assert run("-", stdin=text, program="fix_cache_mounts").stdout == text

    @pytest.mark.slow
    def test_python_dash_m(self) -> None:
        put("Dockerfile", BAD)
        done = subprocess.run(
            [sys.executable, "-m", "cachemount", "--format", "json", "Dockerfile"],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(HOOKS)},
        )
        assert done.returncode == 1
        assert json.loads(done.stdout)["findings"][0]["rule"] == "missing-cache-mount"

    @pytest.mark.slow
    def test_a_reader_that_goes_away(self) -> None:
        for number in range(200):
            put(f"Dockerfile.{number}", BAD * 20)
        process = subprocess.Popen(
            [sys.executable, "-m", "cachemount", "--jobs", "1", "."],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(HOOKS)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait() == 1

    @pytest.mark.slow
    def test_a_terminal_without_utf8(self) -> None:
        name = os.fsdecode("ü".encode() + b"\xff.Dockerfile")
        put(name, BAD)
        done = subprocess.run(
            [sys.executable, "-m", "cachemount", name],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(HOOKS), "PYTHONIOENCODING": "ascii"},
        )
        assert done.returncode == 1
        assert done.stdout.startswith(b"\\xfc\\xff.Dockerfile:2:5: ")
        assert done.stderr == b""

    def printed(self, code: str) -> set[str]:
        """Run a program in Python; return the words that it prints."""
        environment = {**os.environ, "PYTHONPATH": str(HOOKS)}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=environment)
        return set(done.stdout.split())

    def test_start_up_is_light(self) -> None:
        code = "import sys; sys.argv = ['x']; import cachemount.program.main; print('\\n'.join(sys.modules))"
        loaded = self.printed(code)
        heavy = {
            "dockerfile_parse",
            "tree_sitter",
            "json",
            "concurrent.futures",
            "tomllib",
            "multiprocessing",
            "typing",
        }
        assert heavy & loaded == set()
        assert {"cachemount.engine", "cachemount.rules", "cachemount.facts"} & loaded == set()

    def test_a_first_check_loads_what_it_needs(self) -> None:
        put("Dockerfile", "FROM python:3.13\nRUN pip install flask\n")
        code = (
            "import atexit, sys; from cachemount.program.main import check_cache_mounts; "
            "sys.argv = ['check-cache-mounts', '--isolated', 'Dockerfile']; "
            "atexit.register(lambda: print('\\n'.join(sys.modules))); check_cache_mounts()"
        )
        loaded = self.printed(code)
        needless = {
            "typing",
            "cachemount.facts.package_state",
            "cachemount.facts.scripted",
            "cachemount.repairs.left_before",
            "cachemount.repairs.safety.foreign_images",
            "cachemount.repairs.safety.index_readers",
            "cachemount.repairs.safety.make_targets",
            "cachemount.shell.removal.removal",
        }
        assert {"cachemount.repairs.mount_edits", "cachemount.shell.reader"} < loaded
        assert needless & loaded == set()
        # A module that most files do not need is imported by the function that needs it.
        assert sum(one.startswith("cachemount.") for one in loaded) < 175


class TestConfigProgram:
    def config(self, *arguments: str) -> int:
        from cachemount.program.check_config import main as check_config

        return check_config(arguments)

    def test_a_good_one_and_one_of_others(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("Dockerfile", BAD)
        put(".cachemount.toml", "[[allow]]\nmanagers = ['pip']\nreason = 'old'\n")
        put("pyproject.toml", "[tool.black]\n")
        assert self.config(".cachemount.toml", "pyproject.toml") == 0
        assert capsys.readouterr().out == ""

    def test_mistakes(self, capsys: pytest.CaptureFixture[str]) -> None:
        put(".cachemount.toml", "exclud = []\n")
        put("a/.cachemount.toml", "[[allow]]\nreason = 'x'\n")
        assert self.config(".cachemount.toml", "a/.cachemount.toml", "none.toml") == 2
        err = capsys.readouterr().err.splitlines()
        assert err[0] == ".cachemount.toml:1: unknown key `exclud`; did you mean `exclude`?"
        assert err[1].startswith("a/.cachemount.toml:1: this `[[allow]]` would hide every finding")
        assert err[2].startswith("none.toml: cannot be read")

    def test_stale_entries(self, capsys: pytest.CaptureFixture[str]) -> None:
        put("a/Dockerfile", BAD)
        put("a/b/Dockerfile", BAD)
        put("a/b/.cachemount.toml", "")
        path = "a/.cachemount.toml"
        put(
            path,
            "[[allow]]\nmanagers = ['pip']\nreason = 'i'\nexpires = 2020-01-01\n"
            "[[allow]]\npaths = ['b/*']\nreason = 'ii'\n",
        )
        assert self.config(path) == 1
        assert capsys.readouterr().out.splitlines() == [
            f"{path}:1:1: warning: this allowlist entry expired on 2020-01-01; its reason was: i [expired-suppression]",
            f"{path}:5:1: warning: this allowlist entry hides nothing; its reason was: ii [unused-suppression]",
            "2 findings in 1 file",
            "  explain: cachemount explain expired-suppression",
        ]

    def test_it_says_whether_there_was_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.config() == 0
        assert capsys.readouterr().out == "No configurations were found in this folder.\n"
        put("pyproject.toml", "[tool.other]\n")
        assert self.config("pyproject.toml") == 0
        assert capsys.readouterr().out == "No configurations were found in pyproject.toml.\n"
        put(".cachemount.toml", "[severity]\nmissing-cache-mount = 'error'\n")
        assert self.config() == 0
        assert capsys.readouterr().out == ""

    def test_without_paths_those_that_git_knows(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path(".git").rmdir()
        subprocess.run(["git", "init", "-q"], check=True)
        for name in (".cachemount.toml", "a/b/.cachemount.toml", "ignored/.cachemount.toml"):
            put(name, "exclud = []\n")
        put("a/pyproject.toml", "[tool.cachemount]\nexclud = []\n")
        put("a/other.toml", "exclud = []\n")
        put(".gitignore", "ignored\n")
        assert self.config() == 2
        said = sorted(line.split(":")[0] for line in capsys.readouterr().err.splitlines())
        assert said == [".cachemount.toml", "a/b/.cachemount.toml", "a/pyproject.toml"]
