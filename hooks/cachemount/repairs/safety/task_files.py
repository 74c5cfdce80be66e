"""What programs run that a file of the project tells their tasks: justfile, Taskfile, units of systemd and others.

https://just.systems/man/en/, https://taskfile.dev/docs/guide, https://docs.npmjs.com/cli/commands/npm-run,
https://ddollar.github.io/foreman/, https://supervisord.org/configuration.html,
https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Sequence

from cachemount.dockerfile.model import Dockerfile
from cachemount.late_pattern import late
from cachemount.script_names import TASK_FILES

_LONGEST = 100_000
_COMMENT = late(r"(?m)^[ \t]*[#;].*$")
# What is in all files that tell these programs something, whatever their names.
_MARKS = {"supervisord": "[program:", "init": "[Service]", "systemd": "[Service]"}
_FILE = late(r"(?i)\.\w|file")
_WORD = late(r"[\w:.-]+")
_RECIPE = late(r"(?m)^@?([\w-]+)\b[^:\n]*:(?!=)([^\n]*)\n?((?:[ \t]+[^\n]*\n?|\n)*)")
_TASK = late(r"(?m)^([ \t]+)[\"']?([\w:.-]+)[\"']?:[ \t]*([^\n]*)\n?((?:\1[ \t]+[^\n]*\n?|[ \t]*\n)*)")
_ASKED_TASKS = late(r"\btask:[ \t]*([\w:.-]+)|\bdeps:[ \t]*\[([^\]\n]{0,500})\]|(?m:^[ \t]*-[ \t]+([\w:.-]+)[ \t]*$)")
_ASKED_OF_JUST = late(r"\bjust((?:[ \t]+[\w-]+)+)")
_PROCESS = late(r"(?m)^([\w-]+):[ \t]*(.*)$")
_COMMAND = late(r"(?m)^[ \t]*command[ \t]*=[ \t]*(.*(?:\n[ \t]+.*)*)$")
_UNIT = late(r"(?m)^[ \t]*Exec(?:Start|StartPre|Condition|Reload)[ \t]*=[ \t]*[-@:+!]*(.*(?:\\\n.*)*)$")
_NODE_SCRIPT = late(r"\"([\w:.-]+)\"[ \t]*:[ \t]*\"((?:\\.|[^\"\\\n])*)\"")
_ASKED_OF_NODE = late(r"\b(?:npm|pnpm|yarn|bun)(?:[ \t]+run)?[ \t]+([\w:.-]+)")


def run_by_file(dockerfile: Dockerfile, program: str, arguments: Sequence[str]) -> str | None:
    """Return what a program runs that is called with arguments, as lines for a shell; None where no file tells it."""
    context = [one for one in dockerfile.source.context if len(one.text) <= _LONGEST]
    named = {posixpath.basename(one) for one in arguments if _FILE.search(one)}
    files = [one for one in context if posixpath.basename(one.path) in named]
    files = files or [one for one in context if posixpath.basename(one.path) in TASK_FILES[program]]
    if program in _MARKS:
        files = [one for one in context if _MARKS[program] in one.text]
    found = [tasks_in(one.text, program, arguments) for one in files]
    return "\n".join(found) if found else None


def tasks_in(text: str, program: str, arguments: Sequence[str]) -> str:
    """Return what a program runs that is called with arguments and reads a file with this text."""
    return _READERS.get(program, _read_procfile)(_COMMENT.sub("", text[:_LONGEST]), {*arguments})


def _read_justfile(text: str, wanted: Collection[str]) -> str:
    recipes = {one[1]: (one[2], one[3]) for one in _RECIPE.finditer(text)}
    # It may be called by another name.
    named = any(one[:1] not in ("-", "$") for one in wanted)
    first = [one for one in recipes if one in wanted] or ([*recipes] if named else [*recipes][:1])

    def asked(name: str) -> list[str]:
        needed, body = recipes[name]
        return [*_WORD.findall(needed), *" ".join(_ASKED_OF_JUST.findall(body)).split()]

    return "\n".join(recipes[one][1] for one in _reached(first, recipes, asked))


def _read_taskfile(text: str, wanted: Collection[str]) -> str:
    tasks = {one[2]: f"{one[3]}\n{one[4]}" for one in _TASK.finditer(text.partition("tasks:")[2])}

    def asked(name: str) -> list[str]:
        return [word for one in _ASKED_TASKS.findall(tasks[name]) for word in _WORD.findall(" ".join(one))]

    named = any(one[:1] not in ("-", "$") for one in wanted)
    first = [one for one in tasks if one in wanted] or ([*tasks] if named else ["default"])
    return "\n".join(tasks[one] for one in _reached(first, tasks, asked))


def _read_package(text: str, wanted: Collection[str]) -> str:
    scripts = dict(_NODE_SCRIPT.findall(re.split(r"\"scripts\"[ \t]*:", text, maxsplit=1)[-1].partition("}")[0]))

    def asked(name: str) -> list[str]:
        return [f"pre{name}", f"post{name}", *_ASKED_OF_NODE.findall(scripts[name])]

    first = [one for one in scripts if one in wanted]
    return "\n".join(scripts[one].replace('\\"', '"') for one in _reached(first, scripts, asked))


def _read_procfile(text: str, wanted: Collection[str]) -> str:
    processes = dict(_PROCESS.findall(text))
    told = {word for one in wanted for word in one.split(",")}
    return "\n".join(processes[one] for one in (told.intersection(processes) or processes))


def _read_supervisor(text: str, _wanted: Collection[str]) -> str:
    return "\n".join(_COMMAND.findall(text))


def _read_unit(text: str, _wanted: Collection[str]) -> str:
    return "\n".join(_UNIT.findall(text))


def _reached(first: Sequence[str], known: Collection[str], asked: Callable[[str], list[str]]) -> list[str]:
    """Return what is run, of what is known, where the first ones are, and those that they ask for."""
    found: dict[str, None] = {}
    waiting = [*first]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = None
            waiting += asked(name)
    return [*found]


_READERS: dict[str, Callable[[str, Collection[str]], str]] = {
    "just": _read_justfile,
    "task": _read_taskfile,
    "supervisord": _read_supervisor,
    **dict.fromkeys(("init", "systemd"), _read_unit),
    **dict.fromkeys(("bun", "npm", "pnpm", "yarn"), _read_package),
}
