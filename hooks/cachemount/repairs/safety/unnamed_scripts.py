"""Steps that run a file of the repository without its name as a command: in a loop, through a pipe, by make."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from cachemount.facts.context import with_scripts
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.build_files import may_be_read
from cachemount.repairs.safety.interpreters import SHELLS
from cachemount.repairs.safety.later_commands import Called, commands_of, runs_file
from cachemount.repairs.safety.make_targets import part_for
from cachemount.repairs.safety.only_said import without_said
from cachemount.repairs.safety.project_scripts import script_names, scripts_run
from cachemount.repairs.safety.reached_functions import without_uncalled
from cachemount.script_names import MAKEFILES

# for f in setup.d/*.sh; do bash "$f"; done
_LOOP = late(
    r"\bfor\s+(\w+)\s+in\b[^;\n]{0,300}\*[^;\n]{0,300}[;\n]\s*do\b.{0,300}?"
    r"(?:\b(?:ba|da|a|z|k)?sh\s+(?:-\w+\s+)*|\bsource\s+|(?<![\w./])\.\s+|(?:\bdo|[;&|])\s*)[\"']?(?:\./)?\$(?:\1\b|\{\1\})",
    re.DOTALL,
)
_BUILD_FILES = {
    "make": MAKEFILES,
    "gmake": MAKEFILES,
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "npm": ("package.json",),
    "pnpm": ("package.json",),
    "yarn": ("package.json",),
    "bun": ("package.json",),
}
_RUN, _SETS_UP = ("run", "run-script"), ("install", "i", "ci")
# The scripts of a project that run when its packages are installed.
_LIFECYCLE = late(r"\"(?:(?:pre|post)?(?:install|prepare))\"\s*:\s*\"((?:[^\"\\\n]|\\.)*)\"")
# What a step prints, to a file as well, and hands to no shell.
_PRINTED = late(
    r"((?:\A|[;&|(){]|(?<!\\)\n|\b(?:RUN|then|else|do|sudo)[ \t])(?:[ \t]|\\\n)*)(?:echo|printf)"
    r"(?:(?:[ \t]|\\\n)+(?:\"(?:[^\"`$\\]|\\.|\$(?!\())*\"|'[^']*'|\\[^\n]|[\w.:,/=+%@#-])+)+"
    r"(?!(?:[ \t]|\\\n)*(?:[\"'\w$`(-]|\|(?!\|)))",
    re.DOTALL,
)
# How a script gets the rights of root: $SUDO is what many find out themselves.
RAISES = late(r"\bsudo\b|\bdoas\b|\$\{?_?(?:SUDO|sudo)")


def unprinted(text: str) -> str:
    """Return the text of a step without what `echo` and `printf` print."""
    return _PRINTED.sub(r"\1 ", text) if "echo" in text or "printf" in text else text


def installs_packages(
    texts: Sequence[str], manager: PackageManager, *, has_rights: bool, leaves_them: bool = True
) -> bool:
    """Return whether texts install packages with the manager, and, with `leaves_them`, leave them in its cache.

    What empties the cache leaves nothing in the image, and may fail where it is mounted. Without the rights, a text has
    to ask for them.
    """
    if not has_rights and not any(map(RAISES.search, texts)):
        return False
    # `playwright install-deps` runs apt too.
    runs = f"{manager.installs_in_script}|{manager.run_by}" if manager.run_by else manager.installs_in_script
    if not any(_says(runs, text) for text in texts):
        # As most are, which is told sooner than by what is left of them.
        return False
    texts = [without_said(text) for text in texts]
    if not any(_says(runs, text) for text in texts):
        return False
    return not (leaves_them and any(map(re.compile(manager.empties_in_script).search, without_uncalled(texts))))


@lru_cache(maxsize=4096)
def _says(pattern: str, text: str) -> bool:
    """Return whether a line of a script fits: steps share their scripts, and Dockerfiles too."""
    return re.search(pattern, f"\n{text}") is not None


def may_install(facts: Facts, step: Step, manager: PackageManager, *, has_rights: bool) -> bool:
    """Return whether a step may run a file that installs packages with the manager, and does not name it."""
    text = step.run.script.text or step.instruction.arguments.text
    commands = commands_of(step)
    if has_rights and (_LOOP.search(text) or any(map(_runs_unnamed, commands))):
        return True
    whole = texts_run_by(facts, step)
    return bool(whole) and installs_packages(whole, manager, has_rights=has_rights)


def texts_run_by(facts: Facts, step: Step) -> list[str]:
    """Return the texts of the files that builders of a step read, and of the scripts that those run."""
    texts = {one for called in commands_of(step) for one in _texts_of(facts, step, called)}
    return with_scripts(facts.dockerfile.source.context, sorted(texts))


def _runs_unnamed(called: Called) -> bool:
    """Return whether a command runs files whose names only the shell knows."""
    if called.name == "run-parts" or "{}" in called.launched:
        return True
    given = not {"find", "xargs"}.isdisjoint(called.command.wrappers)
    return given and called.name in SHELLS and runs_file(called) != ""


def _build_files(called: Called) -> Collection[str]:
    """Return the names of the files that a builder reads, or the scripts of a project."""
    names = _BUILD_FILES.get(called.name, ())
    return names if names[:1] != ("package.json",) or called.texts[:1] in ([one] for one in _RUN + _SETS_UP) else ()


def _texts_of(facts: Facts, step: Step, called: Called) -> list[str]:
    """Return the texts of the files of the repository that a builder may read."""
    names = _build_files(called)
    files = [one for one in facts.dockerfile.source.context if posixpath.basename(one.path) in names]
    files = [one for one in files if may_be_read(facts, step, called, names, one.text)]
    if names == MAKEFILES:
        return [part_for(facts.dockerfile, one, called) for one in files]
    found = [one.text for one in files]
    if "package.json" not in names:
        return found
    if called.texts[:1] in ([one] for one in _SETS_UP):
        return ["\n".join(_LIFECYCLE.findall(text)) for text in found]
    name = next((word for word in called.texts[1:] if not (word or "").startswith("-")), None)
    return [scripts_run(found, name)] if name and name in script_names(found) else found
