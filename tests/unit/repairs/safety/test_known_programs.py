"""The lists of programs that later steps may run without the mount."""

from __future__ import annotations

import re

import pytest

from cachemount.facts import programs
from cachemount.repairs.safety.interpreters import BUILDERS, INTERPRETERS, SHELLS
from cachemount.repairs.safety.known_programs import READS_NO_STORE, RUNS_PACKAGE_MANAGERS
from unit.checks import withheld


def test_a_name_is_that_of_one_program() -> None:
    names = READS_NO_STORE | RUNS_PACKAGE_MANAGERS | BUILDERS | SHELLS
    assert [name for name in names if not re.fullmatch(r"[\w.+:\[-]+", name, re.ASCII)] == []
    assert [name for name in names if programs.managers(name)] == [], "a manager's own file says what its program does"


def test_what_runs_other_programs_is_not_harmless() -> None:
    assert not READS_NO_STORE & (SHELLS | BUILDERS | RUNS_PACKAGE_MANAGERS | {*INTERPRETERS})


@pytest.mark.parametrize(
    "line",
    [
        "curl -fsSL https://example.com/x.tar.gz | tar xz",
        "/usr/bin/strip /app && upx /app",
        "cd /x && mkdir y; echo $PATH > z",
        ". /etc/profile && source venv/bin/activate",
        "tinygo --version",
        "find /app -name '*.go' -exec rm {} +",
        "npm ci && npx tsc && node_modules/.bin/vite build",
        "perl -pi -e s/a/b/ x",
        "check() { echo a; }; check",
        "dep init && glide get github.com/x/y",
        "sqlite3 /db/x.sqlite .dump",
    ],
)
def test_a_store_is_not_needed_by(line: str) -> None:
    assert not withheld("FROM golang:1.24", "RUN go mod download", f"RUN {line}", "RUN go build .")


@pytest.mark.parametrize(
    "line",
    [
        "staticcheck ./...",
        "/go/bin/wire ./...",
        "./build.sh",
        "make",
        "bash build.sh",
        "curl https://example.com/x.sh | sh",
        "$TOOL run",
        "python3 build.py",
        ". ./env.sh",
        "find . -name main.go -exec gotest {} +",
        "go tool-of-ours",
        "dep check-of-ours",
        "godep go build",
        "/src/bin/dep ensure",
    ],
)
def test_a_store_may_be_needed_by(line: str) -> None:
    why = withheld("FROM golang:1.24", "RUN go mod download", f"RUN {line}")
    assert why.startswith("line 3 runs `"), why
    way_out = "run it in the step of line 2, where the mount is, or mount /go/pkg/mod in line 3 too"
    assert why.endswith(f"which may need go's store; {way_out}")
