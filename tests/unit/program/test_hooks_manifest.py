"""The manifest of the hooks."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import yaml

from cachemount.program.discovery import HOSTS, NAMED, NOT_NAMED

ROOT = Path(__file__).parents[3]


def hooks() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_hooks() -> None:
    assert [hook["id"] for hook in hooks()] == [
        "check-cache-mounts",
        "fix-cache-mounts",
        "check-compose-cache-mounts",
        "fix-compose-cache-mounts",
        "check-cachemount-config",
        "write-cachemount-baseline",
        "measure-cache-mounts",
    ]
    for hook in hooks():
        assert hook["language"] == "python"
        assert hook["require_serial"] is True
        assert hook["types"] == ["text"]
        assert hook["name"]
        # prek prints it in a line that begins with "- description: ".
        assert 0 < len(hook["description"]) <= 65
        # What pre-commit hides or replaces must not be relied upon.
        assert "args" not in hook
        assert ("verbose" in hook) is (hook.get("stages") == ["manual"])


def test_the_patterns_are_those_of_the_walk() -> None:
    for hook in (*hooks()[:2], hooks()[-1]):
        assert (hook["files"], hook["exclude"]) == (NAMED, NOT_NAMED)
    for hook in hooks()[2:4]:
        assert hook["files"] == HOSTS


def test_every_entry_is_an_installed_program() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    scripts = setup["options.entry_points"]["console_scripts"].split("\n")
    programs = dict(line.split(" = ") for line in scripts if line)
    # The program that has the package's name is for people.
    assert programs.pop("cachemount") == "cachemount.commands:main"
    # An editor starts this one.
    assert programs.pop("cachemount-lsp") == "cachemount_lsp:main"
    assert {hook["entry"].split()[0] for hook in hooks()} == set(programs)
    modules = setup["options"]["py_modules"].split()
    for target in programs.values():
        module, function = target.split(":")
        assert module in modules
        assert callable(getattr(__import__(module), function))


def test_every_dependency_has_an_upper_bound() -> None:
    """A new major version of one must not break the hooks that are installed after it."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    wanted = [*setup["options"]["install_requires"].split(), *extras["compose"].split(), *extras["lsp"].split()]
    assert len(wanted) == 7
    assert [one for one in wanted if not re.match(r"[\w.-]+>=[\d.]+,<[\d.]+", one)] == []
