"""What the image runs of a manager, and of the programs that run one."""

from __future__ import annotations

import re

import pytest

from cachemount.managers import MANAGERS
from cachemount.repairs.safety.developing_programs import builds_project, developing

READING = """
go build ./... | go fix | go -C tools run . | go mod download | go work sync | /usr/local/go/bin/go test
${RUN:-go run .} | gow -v run . | cargo clippy | cargo +nightly test | cargo -q bench | cargo miri test
cargo chef cook | cargo xtask dev | cargo sqlx prepare | cargo format-all | wasm-pack build | cabal v2-run | stack bench
stack --silent runhaskell x.hs | dotnet format | dotnet stryker | dotnet tool run x | dotnet --diagnostics fsi x.fsx
dotnet bin/Debug/net8.0/x.dll
"""
STORELESS = """
go version | go mod edit -json | ./go | cargo fmt | cargo +stable fmt | cargo chef prepare | cargo --version
cargo sqlx migrate run | ./cargo | cabal update | stack templates | dotnet x.dll | dotnet out/x.dll
dotnet exec x.dll | dotnet X | dotnet nuget push | dotnet tool list | dotnet --info | my.dotnet run | x-cargo test
"""


def lines(text: str) -> list[str]:
    return re.split(r" \| |\n", text.strip())


def reads(command: str) -> bool:
    runtime = [
        one
        for manager in MANAGERS
        if manager.name in ("cabal", "cargo", "go", "nuget", "stack")
        for one in manager.runtime
    ]
    return any(re.search(one, command) for one in runtime)


@pytest.mark.parametrize("command", lines(READING))
def test_all_verbs_of_a_manager_read_its_store_that_are_not_known_to_read_none(command: str) -> None:
    assert reads(command)


@pytest.mark.parametrize("command", lines(STORELESS))
def test_a_verb_without_the_store_and_a_program_that_was_built_read_none(command: str) -> None:
    assert not reads(command)


@pytest.mark.parametrize("word", ["dlv", "/dlv", "/go/bin/dlv", "/root/.cargo/bin/bacon"])
def test_a_program_that_develops_is_known_by_its_name_and_in_a_folder_of_programs(word: str) -> None:
    assert developing(word)


@pytest.mark.parametrize("word", ["/app/air", "./gin", "app", "/bacon"])
def test_a_program_elsewhere_is_the_projects_own(word: str) -> None:
    assert not developing(word)


def test_a_debugger_works_on_what_was_built_by_some_verbs() -> None:
    assert builds_project("dlv", ["--headless", "debug", "exec"])
    assert builds_project("dlv", [])
    assert not builds_project("dlv", ["--headless", "exec", "/app", "--", "test"])
    assert builds_project("ginkgo", ["exec"])
    assert not builds_project("ginkgo", ["--version"])
