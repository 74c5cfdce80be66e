"""A package of the project itself that a manager builds, keeps, and takes again although its sources have changed.

uv keeps the wheel of a folder by the time of its pyproject.toml, setup.py, setup.cfg and of the folder src:
https://docs.astral.sh/uv/concepts/cache/#dynamic-metadata. In a layer that is cached these times stay as they are.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Run
from cachemount.facts import chain, locations
from cachemount.facts.invocations import set_to
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.patterns import compiled
from cachemount.facts.programs import managers
from cachemount.facts.scripts import script
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.hidden_content import copy_words
from cachemount.shell.model import Command

_KEYS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "src"})
# `name = { path = "../lib" }` in [tool.uv.sources]
_SOURCE = late(r"(?m)^\s*[\w.\"'-]+\s*=\s*(\{[^}\n]*\bpath\s*=[^}\n]*\})")
_PATH = late(r"\bpath\s*=\s*[\"']([^\"']+)[\"']")
# What has uv read the pyproject.toml of a folder, and a folder in a list of requirements.
_OF_PROJECT = late(r"\.{0,2}/|\.\.?(?:\[|\Z)|(?:.*/)?pyproject\.toml\Z")
_LISTED = late(
    r"(?m)^[ \t]*(?:[\w.-]+(?:\[[^\]\n]*\])?[ \t]*@[ \t]*)?(?:file:(?://)?)?((?:\.{0,2}/|[\w-]+/)[^\s;#\[]*)"
)
_EDITABLE = late(r"\beditable\s*=\s*true\b")
# Like package managers they put no module into a project, unless a shell writes what they print.
_QUIET = frozenset({
    ":", "[", "[[", "addgroup", "adduser", "cd", "chmod", "chown", "echo", "export", "groupadd", "id", "ls", "mkdir",
    "printf", "rm", "set", "test", "touch", "true", "umask", "useradd", "usermod",
})  # fmt: skip
_INSTALLING = frozenset({
    "add", "ci", "config", "download", "fetch", "get", "i", "init", "install", "lock", "mod", "pip", "python", "remove",
    "sync", "update", "upgrade", "venv",
})  # fmt: skip
_WITH_SCRIPTS = frozenset({"bun", "composer", "npm", "pnpm", "yarn"})
_WITHOUT_SCRIPTS = frozenset({"--ignore-scripts", "--no-scripts"})
_UNSEEN = late(r"(?:\d|&)?>+[ \t]*/dev/null\b|\d>&\d")
# What builds no module.
_DOCUMENTS = (".md", ".lock", ".rst", ".txt", ".cfg", ".toml", ".json", ".yaml", ".yml")


def stale_project(facts: Facts, install: Install) -> Withheld | None:
    """Return the reason not to keep the package of a project whose sources may change without a sign of it."""
    manager = install.manager
    line = " ".join((*install.verb, *(argument.known for argument in install.arguments)))
    builds = bool(manager.builds_project) and compiled(manager.builds_project).search(line) is not None
    packed = builds and (
        set_to(manager.builds_project_where, install.variables)
        or any(argument.text in manager.builds_project_flags for argument in install.arguments)
    )
    beside = list(_packages_beside(facts, install, line)) if manager.builds_beside else []
    if not packed and not beside:
        return None
    given = locations.flag_value(install.arguments, ("--project", "--directory"))
    folder = install.variables["WORKDIR"]
    if given:
        folder = None if given[1] is None else locations.absolute(given[1], folder)
    if folder is None:
        return reasons.STALE_PROJECT.about(title=_title(install))
    folders = [folder] if packed else []
    folders += [posixpath.normpath(posixpath.join(folder, one)) for one in beside]
    step = install.step
    if not all(_brings_key_last(facts, step, one) or _has_no_modules(facts, step, one) for one in folders):
        return reasons.STALE_PROJECT.about(title=_title(install))
    return None


def _title(install: Install) -> str:
    return f"{install.program} {' '.join(install.verb)}"


def _packages_beside(facts: Facts, install: Install, line: str) -> Iterator[str]:
    """Yield the folders of packages that an install takes from beside the project, and does not leave where they lie.

    What a command names itself is built each time.
    """
    manager = install.manager
    if not compiled(manager.builds_beside).search(line) or set_to(manager.builds_beside_unless, install.variables):
        return
    context, named = facts.dockerfile.source.context, [argument.known for argument in install.arguments]
    if (
        not manager.installs_named
        or install.verb[:1] != (manager.installs_named,)
        or any(map(_OF_PROJECT.match, named))
    ):
        texts = (one.text for one in context if one.path.endswith("pyproject.toml"))
        tables = (table for text in texts for table in _SOURCE.findall(text) if not _EDITABLE.search(table))
        yield from _folders(match[1] for table in tables if (match := _PATH.search(table)))
    lists = {posixpath.basename(one) for one in named if one.endswith(".txt")}
    for one in context if lists else ():
        if posixpath.basename(one.path) in lists:
            yield from _folders(_LISTED.findall(one.text))


def _folders(paths: Iterable[str]) -> Iterator[str]:
    return (one for one in paths if not one.endswith((".whl", ".zip", ".tar.gz", ".txt")))


def _brings_key_last(facts: Facts, step: Step, folder: str) -> bool:
    """Return whether the last COPY of sources into a project brings what tells that they have changed."""
    if any(mount.flag.options.get("type", "bind") == "bind" and _holds(mount.target, folder) for mount in step.mounts):
        return False
    own = (one for one in step.stage.lineage() if one.file is step.stage.file)
    for instruction in reversed(
        [one for stage in own for one in stage.instructions if one.span.start < step.instruction.span.start]
    ):
        if instruction.run is not None and _may_write_modules(facts, instruction, instruction.run):
            # What it writes may be another each time, with nothing that tells so.
            return False
        if instruction.keyword not in ("COPY", "ADD"):
            continue
        sources, destination = copy_words(facts, instruction)
        names = {posixpath.basename(source.rstrip("/")) for source in sources}
        if destination is None:
            return False
        if destination == posixpath.join(folder, "src") or (destination == folder and not names.isdisjoint(_KEYS)):
            return True
        if destination == folder and any("." not in name or name == "." for name in names):
            # The content of a folder.
            return True
        if locations.below(folder, destination):
            return True
        if locations.below(destination, folder) and not all(name.endswith(_DOCUMENTS) for name in names):
            return False
    return False


def _has_no_modules(facts: Facts, step: Step, folder: str) -> bool:
    """Return whether a step sees nothing of a project but documents: what is built of it has no modules."""
    if step.stage.lineage()[0].file is not step.stage.file or step.environment.base is None:
        return False
    for mount in step.mounts:
        options = mount.flag.options
        if options.get("type", "bind") == "bind" and mount.target is not None and locations.below(mount.target, folder):
            named = options.get("source", "")
            if "from" in options or not (_is_document(named) and _is_document(mount.target)):
                return False
        elif options.get("type", "bind") == "bind" and _holds(mount.target, folder):
            return False
    earlier = [*chain.before(step.stage, step.instruction), step.instruction]
    return not any(_may_bring_modules(facts, one, folder) for one in earlier)


def _may_bring_modules(facts: Facts, instruction: Instruction, folder: str) -> bool:
    if instruction.run is not None:
        return _may_write_modules(facts, instruction, instruction.run)
    if instruction.keyword not in ("COPY", "ADD"):
        return instruction.keyword == "ONBUILD"
    sources, destination = copy_words(facts, instruction)
    if destination is None or locations.below(folder, destination):
        return destination != folder or not all(map(_is_document, sources))
    return locations.below(destination, folder) and not all(map(_is_document, sources))


def _may_write_modules(facts: Facts, instruction: Instruction, run: Run) -> bool:
    """Return whether a RUN does anything but install packages and what leaves no content."""
    commands = script(facts.dockerfile.source, instruction, run, readable=True)
    if commands.errors or ">" in _UNSEEN.sub("", facts.dockerfile.source.slice(instruction.span)):
        return True
    return not all(one.program in _QUIET or _only_installs(one) for one in commands.commands)


def _only_installs(command: Command) -> bool:
    """Return whether a command is a package manager's, and runs nothing of the project: `npm run build` does."""
    verb = next((word.known for word in command.words[1:] if not (word.known or "-").startswith("-")), None)
    found = managers(command.program)
    # They run a project's own scripts too when they install its packages.
    quiet = not _WITHOUT_SCRIPTS.isdisjoint(word.known for word in command.words[1:])
    return bool(found) and verb in _INSTALLING and (quiet or all(one.name not in _WITH_SCRIPTS for one in found))


def _is_document(path: str) -> bool:
    return path.endswith(_DOCUMENTS) or posixpath.basename(path) == "LICENSE"


def _holds(target: str | None, folder: str) -> bool:
    return target is None or locations.below(folder, target)
