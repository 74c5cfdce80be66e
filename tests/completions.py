"""The completions of the program `cachemount` for shells, in hooks/cachemount/completions/.

tests/generate_docs.py writes them.
"""

from __future__ import annotations

import importlib.util
import sys
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path

from cachemount import __version__, commands
from cachemount.measure.program import make_parser as measure_parser
from cachemount.policy.config_reader import manager_names, rule_names
from cachemount.program.arguments import make_parser
from cachemount.program.check_config import make_parser as config_parser
from cachemount.program.options import FORMATS

FOLDER = Path(commands.__file__).parent / "completions"

# What may follow an option, by the name of its value; all else is free text.
VALUES = {
    "format": FORMATS,
    "color": ("auto", "always", "never"),
    "fail_on": ("warning", "error", "never"),
    "rule": rule_names(),
    "ignore": rule_names(),
    "manager": manager_names(),
    "explain": (*rule_names(), *manager_names()),
    "name": (*rule_names(), *manager_names()),
    "shell": commands.SHELLS,
}
PATHS = ("paths", "config", "output_file", "baseline", "write_baseline", "stdin_filename", "file", "context")


def commands_of() -> Iterator[tuple[str, ArgumentParser]]:
    """Yield the commands and what they understand."""
    for kind in ("check", "fix"):
        parser = make_parser(f"{kind}-cache-mounts")
        parser.add_argument("--compose", action="store_true", help="Compose and Bake files are meant")
        yield kind, parser
    yield "config", config_parser()
    yield "measure", measure_parser()
    explain = ArgumentParser()
    explain.add_argument("name", nargs="?", help="a rule or a package manager")
    yield "explain", explain
    completion = ArgumentParser()
    completion.add_argument("shell", help="the shell")
    yield "completion", completion


def whole() -> ArgumentParser:
    """Return the parser of `cachemount` with its commands, as a completion needs it."""
    parser = ArgumentParser(prog="cachemount")
    parser.add_argument("--version", action="version", version=__version__)
    under = parser.add_subparsers()
    for name, command in commands_of():
        for action in command._actions:
            _add_values(action)
        under.add_parser(name, parents=[command], add_help=False, help=commands.SUMMARIES[name])
    return parser


def _add_values(action: Action) -> None:
    import shtab

    if action.dest in PATHS:
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    elif action.choices is None:
        action.choices = VALUES.get(action.dest)


def completions() -> dict[Path, str]:
    """Return the texts of the files."""
    import shtab

    complete: Callable[..., str] = shtab.complete
    return {FOLDER / f"cachemount.{shell}": complete(whole(), shell).rstrip("\n") + "\n" for shell in commands.SHELLS}


def write() -> None:
    """Write the files, if shtab is there to make them."""
    if importlib.util.find_spec("shtab") is None:
        print("shtab is not installed: hooks/cachemount/completions/ stays as it is", file=sys.stderr)
        return
    for path, text in completions().items():
        path.write_text(text, encoding="utf-8")
