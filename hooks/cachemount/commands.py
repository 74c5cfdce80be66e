"""The program `cachemount`: one name for all that the hooks and their companions do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

SUMMARIES = {
    "check": "report findings in Dockerfiles (--compose: Compose and Bake files)",
    "fix": "repair what is safe, report the rest (--compose: Compose files)",
    "config": "check the configuration, and report entries that hide nothing",
    "measure": "build Dockerfiles and say what their cache mounts are worth",
    "explain": "print the page of a rule or a package manager",
    "completion": "print what makes a shell complete these commands",
}
_SUMMARIES = "\n".join(f"  {name:11}{text}" for name, text in SUMMARIES.items())
USAGE = f"""\
usage: cachemount COMMAND [ARGUMENT ...]

Find and repair Dockerfile RUN steps that download packages without a BuildKit
cache mount that works.

commands:
{_SUMMARIES}

Each command has its own --help. To begin with:

  cachemount check                         what is found below this folder
  cachemount fix --diff                    what a repair would change
  cachemount fix                           repair what is safe
  cachemount explain missing-cache-mount   why a finding matters"""

_EXPLAIN = """\
usage: cachemount explain [NAME]

Print the page of a rule or a package manager; without NAME, the list of both.

  cachemount explain missing-cache-mount
  cachemount explain apt"""

SHELLS = ("bash", "zsh", "fish", "tcsh")
_COMPLETION = """\
usage: cachemount completion SHELL

Print what makes a shell complete the commands, options, rules and package
managers of `cachemount`.

  bash: write into ~/.bashrc
        eval "$(cachemount completion bash)"
  zsh:  write into ~/.zshrc, after compinit
        eval "$(cachemount completion zsh)"
  fish: cachemount completion fish > ~/.config/fish/completions/cachemount.fish
  tcsh: cachemount completion tcsh > ~/.cachemount.tcsh
        and write `source ~/.cachemount.tcsh` into ~/.tcshrc"""


def main() -> int:
    """Run the command that the first argument names, and return its exit status; 2 for one that does not exist."""
    command, *arguments = sys.argv[1:] or ["--help"]
    if command in ("-h", "--help"):
        print(USAGE)
        return 0
    if command == "--version":
        from cachemount import __version__

        print(f"cachemount {__version__}")
        return 0
    work = _COMMANDS.get(command)
    if work is None:
        print(f"cachemount: unknown command `{command}`{_meant(command)}", file=sys.stderr)
        print("Try 'cachemount --help'.", file=sys.stderr)
        return 2
    return work(arguments)


def _meant(command: str) -> str:
    """Return what may have been meant: a command with another name, or a path to check."""
    from cachemount.policy.config_reader import suggestion

    if command.startswith("-"):
        return "; options follow the command, as in `cachemount fix --diff`"
    if os.path.exists(command):
        return f"; did you mean `cachemount check {command}`?"
    return suggestion(command, SUMMARIES)


def knows(command: str) -> bool:
    """Return whether there is a command of this name."""
    return command in _COMMANDS


def _check(arguments: list[str]) -> int:
    return _main("check", arguments)


def _fix(arguments: list[str]) -> int:
    return _main("fix", arguments)


def _main(kind: str, arguments: list[str]) -> int:
    from cachemount.program.main import main as run

    hosts = "--compose" in arguments
    program, called = f"{kind}-compose-cache-mounts", f"cachemount {kind} --compose"
    if not hosts:
        program, called = f"{kind}-cache-mounts", f"cachemount {kind}"
    return run(program, [one for one in arguments if one != "--compose"], called)


def _explain(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(_EXPLAIN)
        return 0
    from cachemount.program.main import main as run

    return run("check-cache-mounts", ["--explain", *arguments], "cachemount explain")


def _config(arguments: list[str]) -> int:
    from cachemount.program.check_config import main as run

    return run(arguments, "cachemount config")


def _measure(arguments: list[str]) -> int:
    from cachemount.measure.program import main as run

    return run(arguments, "cachemount measure")


def _completion(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        print(_COMPLETION)
        return 0
    if len(arguments) != 1 or arguments[0] not in SHELLS:
        print(f"cachemount completion: name one shell: {', '.join(SHELLS)}\n{_COMPLETION}", file=sys.stderr)
        return 2
    from importlib.resources import files

    name = f"cachemount.{arguments[0]}"
    print(files("cachemount").joinpath("completions", name).read_text(encoding="utf-8"), end="")
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "check": _check,
    "fix": _fix,
    "config": _config,
    "measure": _measure,
    "explain": _explain,
    "completion": _completion,
}
