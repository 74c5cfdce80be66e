"""A package of the project itself that a manager builds, keeps, and takes again although its sources have changed.

uv keeps the wheel of a folder by the time of its pyproject.toml, setup.py, setup.cfg and of the folder src:
https://docs.astral.sh/uv/concepts/cache/#dynamic-metadata. In a layer that is cached these times stay as they are.
"""

from __future__ import annotations

import posixpath

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
# What names a project among the arguments of `uv pip install`: its folder, or the file that says what it needs.
_IS_PROJECT = late(r"(?:\A|=)(?:\.{1,2}(?:/|\Z|\[)|/)(?!.*\.(?:txt|in|whl|zip|gz)\Z)|(?:\A|[/=])pyproject\.toml\Z")
# A line of a file of requirements that is a folder, or ends with one. `-e` installs as it lies there.
_REQUIRED = late(
    r"(?m)^[ \t]*(?:[\w.-]+(?:\[[^\]\n]*\])?[ \t]*@[ \t]*)?(?:file:(?://)?)?"
    r"(\.{1,2}(?![\w.-])[^\s;#\[]*|/[^\s;#\[]+|[\w.-]+/[^\s;#\[@:]+)(?=[\s;#\[]|\Z)"
)
_ARCHIVES = (".whl", ".zip", ".tar.gz")
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
    builds = compiled(manager.builds_project).search(line) is not None
    if not builds and not (manager.builds_beside and compiled(manager.builds_beside).search(line)):
        return None
    chosen = set_to(manager.builds_project_where, install.variables)
    packed = builds and (chosen or any(one.text in manager.builds_project_flags for one in install.arguments))
    given = locations.flag_value(install.arguments, ("--project", "--directory"))
    folder = locations.absolute(given[0], install.variables["WORKDIR"]) if given else install.variables["WORKDIR"]
    left_out = set_to(manager.builds_beside_unless, install.variables)
    beside = [] if left_out else [*_packages_beside(facts, install), *_required_folders(facts, install)]
    if not packed and not beside:
        return None
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


def _packages_beside(facts: Facts, install: Install) -> list[str]:
    """Return the folders of packages that the project takes from beside it, and does not install as they lie there."""
    names = [one.known for one in install.arguments]
    if install.verb[0] == "pip" and not any(map(_IS_PROJECT.search, names)):
        return []
    texts = (one.text for one in facts.dockerfile.source.context if one.path.endswith("pyproject.toml"))
    tables = (table for text in texts for table in _SOURCE.findall(text) if not _EDITABLE.search(table))
    found = (match[1] for table in tables if (match := _PATH.search(table)))
    return [one for one in found if not one.endswith(_ARCHIVES)]


def _required_folders(facts: Facts, install: Install) -> list[str]:
    """Return the folders that the files of requirements name which a command takes."""
    if install.verb[0] != "pip":
        return []
    from cachemount.repairs.safety.requirement_files import requirement_files

    found = [one for _, text in requirement_files(facts, install) for one in _REQUIRED.findall(text)]
    return [one for one in found if not one.endswith(_ARCHIVES)]


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
