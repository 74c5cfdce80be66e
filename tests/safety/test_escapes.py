"""Nothing in a name or a content steers the terminal that a report is shown on."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hostile import build, raw
from programs import program, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs names that Windows refuses, and a pty"),
]

FORMS = ("full", "concise", "json", "sarif", "github", "gitlab", "junit", "rdjson", "cache-map", "cache-workflow")
# What the programs themselves write: colors, and links to pages of rules in this checkout, or where they are installed.
# A slow machine shows the line of progress.
OURS = re.compile(
    r"\x1b\[[0-9;]*m|\r\x1b\[K(?:files looked at: \d+)?"
    r"|\x1b\]8;;(?:file:///[\x20-\x7e]*/(?:docs|doc/cachemount)/rules/[a-z-]+\.md)?\x1b\\"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build(tmp_path)
    return tmp_path


def commands() -> Iterator[tuple[str, ...]]:
    for form in FORMS:
        yield ("check-cache-mounts", "--format", form, "--show-suppressed", "-v", ".")
    yield ("check-cache-mounts", "--no-suppressions", "--format", "concise", "--color", "always", ".")
    yield ("check-cache-mounts", "--statistics", ".")
    yield ("check-compose-cache-mounts", "-v", "--format", "full", "compose")
    yield (
        "check-cachemount-config",
        *(f"config-{name}/.cachemount.toml" for name in ("key", "rule", "glob", "broken")),
    )
    yield ("check-cachemount-config", *(f"config-{name}/.cachemount.toml" for name in ("allow", "stale", "baseline")))
    yield ("check-cache-mounts", "--write-baseline", "-v", ".")
    yield ("fix-cache-mounts", "--diff", "--unsafe-fixes", "--color", "always", ".")
    for program_, *arguments in (
        ("check-cache-mounts", "no\x1b[31m\u202e"),
        ("check-cache-mounts", "--explain", "no\x1b[31m"),
        ("check-cache-mounts", "--rule", "no\x1b[31m", "."),
        ("check-cache-mounts", "--no\x9b31m", "."),
        ("check-cache-mounts", "--config", "no\x1b[31m", "."),
        ("check-cachemount-config", "--no\x1b[31m"),
        ("check-cachemount-config", "no\x1b[31m"),
        ("measure-cache-mounts", "no\x1b[31m"),
    ):
        yield (program_, *arguments)


def test_piped(folder: Path) -> None:
    found = {}
    shown = ""
    for command in commands():
        done = run(*command, folder=folder)
        assert done.returncode in (1, 2) or {"cache-map", "cache-workflow"} & {*command}, (command, done.stderr)
        assert "internal error" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        said = OURS.sub("", done.stdout) if "always" in command else done.stdout
        shown += said + done.stderr
        if wrong := raw(said) + raw(done.stderr):
            found[command] = wrong
    assert found == {}
    # They were there, and are shown as escapes.
    for one in ("\\x1b[31m", "\\x9b31m", "\\x07", "\\r", "\\x7f", "\\u202e", "\\u2028", "\\xff\\xfe"):
        assert shown.count(one) > 10, one


def test_on_a_terminal(folder: Path) -> None:
    found = {}
    for command in [*commands(), ("fix-cache-mounts", "--diff", "."), ("fix-cache-mounts", "--unsafe-fixes", ".")]:
        # The terminal ends lines with CR LF.
        said = OURS.sub("", on_terminal(command, folder).replace("\r\n", "\n"))
        if wrong := raw(said):
            found[command] = wrong
    assert found == {}


def test_a_repaired_text_on_a_terminal(folder: Path) -> None:
    command = ("fix-cache-mounts", "-")
    said = on_terminal(command, folder, "FROM a\nRUN pip install a\x1b[31m\u202e\n").replace("\r\n", "\n")
    assert "--mount=type=cache" in said
    assert raw(OURS.sub("", said)) == []


def on_terminal(command: tuple[str, ...], folder: Path, given: str = "") -> str:
    """Everything that a program writes to a terminal."""
    ours, theirs = pty.openpty()
    (folder / ".git" / "input").write_text(given, encoding="utf-8")
    with (folder / ".git" / "input").open("rb") as file:
        process = subprocess.Popen(
            [program(command[0]), *command[1:]],
            cwd=folder,
            stdin=file,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
        )
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # How Linux says that all writers are gone.
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    assert process.wait() in (0, 1, 2)
    assert said
    return said.decode("utf-8", "surrogateescape")


def test_reports_for_programs_can_be_read(folder: Path) -> None:
    def report(form: str) -> str:
        return run("check-cache-mounts", "--format", form, ".", folder=folder).stdout

    for form in ("json", "sarif", "rdjson", "gitlab", "cache-map"):
        json.loads(report(form))
    ET.fromstring(report("junit"))
    lines = report("github").splitlines()
    assert len(lines) > 20
    assert [line for line in lines if not re.match(r"::(?:error|warning) file=[^:,]+(,\w+=[^:,]*)*::", line)] == []


def test_names_cannot_forge_a_patch(folder: Path) -> None:
    """A name with a line end would begin a patch of another file."""
    done = run("fix-cache-mounts", "--diff", ".", folder=folder)
    heads = [line for line in done.stdout.split("\n") if line.startswith(("--- ", "+++ "))]
    assert heads
    assert [line for line in heads if not re.fullmatch(r'(---|\+\+\+) ("?)[ab]/.*Dockerfile\2', line)] == []
    (folder / "patch").write_bytes(done.stdout.encode("utf-8", "surrogateescape"))
    (folder / ".git").rename(folder / "git")
    applied = run("/usr/bin/git", "apply", "patch", folder=folder)
    assert applied.returncode == 0, applied.stderr
    again = run("fix-cache-mounts", "--diff", ".", folder=folder)
    assert again.stdout == ""
