"""Configurations that would take time or memory: a result or one clear line, within seconds."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from programs import BAD, run

pytestmark = pytest.mark.slow

MOST = 5.0
DEEP = "/".join(["a"] * 400)

PATTERNS = {
    "stars": "**/" * 300 + "x",
    "stars in parts": "/".join(["*a*a*a*a*b"] * 80),
    "stars in a name": "*a" * 499 + "b",
    "question marks": "*" + "?" * 998,
    "a class": "[" + "a" * 990 + "]*b",
    "classes": "[!b]*" * 190 + "c",
    "open classes": "[" * 1000,
    "stars and classes": "**/*[a-z]*[a-z]/" * 50 + "x",
}


def timed(folder: Path, *command: str) -> tuple[int, str, str]:
    begun = time.process_time(), os.times()
    done = run(*command, folder=folder, timeout=60)
    after = os.times()
    spent = after.children_user + after.children_system - begun[1].children_user - begun[1].children_system
    assert spent < MOST, f"{spent:.1f} s of processor"
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(pattern, id=name, marks=() if name in ("stars", "question marks") else pytest.mark.slow)
        for name, pattern in PATTERNS.items()
    ],
)
def test_patterns(tmp_path: Path, pattern: str) -> None:
    (tmp_path / ".git").mkdir()
    file = tmp_path / DEEP / ("a" * 240 + ".Dockerfile")
    file.parent.mkdir(parents=True)
    file.write_text(BAD.replace("python", "a" * 60_000) + "FROM " + "a" * 900 + "\n" + BAD[17:], encoding="utf-8")
    (tmp_path / ".cachemount.toml").write_text(
        f"exclude = ['{pattern}']\n"
        + f"[[allow]]\npaths = ['{pattern}']\nimages = ['{pattern}']\nstages = ['{pattern}']\nreason = 'x'\n" * 5,
        encoding="utf-8",
    )
    assert timed(tmp_path, "check-cache-mounts", "--format", "concise", ".")[0] == 1


ROWS = 1_000_000
CONFIGS = {
    "comments": ("#\n" * 5 * ROWS, "is larger than 1,000,000 bytes, which is the most that is read"),
    "a long pattern": (f"exclude = ['{'a*' * 501}']", ":1: a pattern in `exclude` has more than 1,000 characters"),
    "a long image": (
        f"[[allow]]\nreason = 'x'\nimages = ['{'a*' * 501}']",
        ":3: a pattern in `images` has more than 1,000 characters",
    ),
    "arrays in arrays": ("a = " + "[" * 900_000, "is not TOML: "),
    "tables in tables": ("a = " + "{a=" * 300_000, "is not TOML: "),
    "a key of many parts": ("a" + ".a" * 400_000 + " = 1", ":1: is not read: a line has more than 200 dots"),
    "keys of many parts": (("a" + ".a" * 199 + " = 1\n") * 900, "is not TOML: this key is there twice"),
    "tables of many parts": ("".join(f"[a{n}{'.a' * 199}]\n" for n in range(200)), "unknown key `a0`"),
    "tables": ("".join(f"[a{n}]\n" for n in range(30_000)), "unknown key `a0`"),
    "an open text": ('a = """' + 'x"' * 400_000, "is not TOML: "),
    "a long number": ("a = " + "1" * 900_000, "is not TOML: "),
    "many names": ("disable = [" + "'x'," * 100_000 + "]", "unknown rule `x` in `disable`"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_configurations(tmp_path: Path, name: str) -> None:
    text, said = CONFIGS[name]
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    (tmp_path / ".cachemount.toml").write_text(text, encoding="utf-8")
    status, _, error = timed(tmp_path, "check-cachemount-config", ".cachemount.toml")
    assert (status, error.count("\n")) == (2, 1), error[:500]
    assert said in error
    assert timed(tmp_path, "check-cache-mounts", "Dockerfile")[0] == 2


@pytest.mark.parametrize("name", [".cachemount.toml", "pyproject.toml", ".cachemount-baseline.jsonl"])
@pytest.mark.parametrize("target", ["/dev/zero", "pipe", "/", "nowhere"])
def test_what_is_no_file(tmp_path: Path, name: str, target: str) -> None:
    """A link to an endless device can be committed."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(BAD.replace("pip", "true"), encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / name).symlink_to(target)
    status, _, error = timed(tmp_path, "check-cache-mounts", "Dockerfile")
    assert (status, error.count("\n")) == (2, 1), error
    assert error.startswith(f"{name}: ")


@pytest.mark.parametrize("place", ["", "in a list ", "as one entry "])
def test_a_hostile_baseline(tmp_path: Path, place: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(BAD, encoding="utf-8")
    head = '{"cachemount-baseline": 1}\n'
    line = {"": "[" * 900_000, "in a list ": '{"path": ' * 100_000, "as one entry ": '{"count": ' + "1" * 900_000 + "}"}
    (tmp_path / ".cachemount-baseline.jsonl").write_text(head + line[place], encoding="utf-8")
    status, _, error = timed(tmp_path, "check-cache-mounts", "Dockerfile")
    assert (status, error.count("\n")) == (2, 1), error[:500]
