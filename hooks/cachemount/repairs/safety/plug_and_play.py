"""Whether something runs a project whose packages stay in yarn's cache, after the step that installs them."""

from __future__ import annotations

from cachemount.copied_names import copied_as
from cachemount.dockerfile.model import Stage
from cachemount.facts import chain, locations
from cachemount.facts.context import copies_all, may_leave_out, nearest, settings_of
from cachemount.facts.model import Facts, Install
from cachemount.facts.queries import all_steps_of, copied_from
from cachemount.late_pattern import late
from cachemount.repairs.safety.later_commands import images_commands

_SETTINGS = ".yarnrc.yml"
# The second has links in node_modules/.store to a folder beside the cache. Run with 4.9: it works with a mount on the
# cache, and the image without that.
_IN_PROJECT = frozenset({"node-modules", "pnpm"})
_VARIABLE = "YARN_NODE_LINKER"
_LINKER = late(r"(?m)^nodeLinker:\s*[\"']?(node-modules|pnpm|pnp)\b")
_SAID = late(r"nodeLinker[\"':=\s]+\\?[\"']?(node-modules|pnpm|pnp)\b")
# Instructions that use what is there, and the commands in them. Those that make a folder, or ask for it, do not tell
# that yarn fills it.
_USERS = frozenset({"RUN", "COPY", "ADD", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_PARTS = late(r"&&|\|\||[;|]|(?<!\\)\n")
_MAKES_OR_ASKS = late(r"(?:\A|[\s({])(?:rm|mkdir|chown|chmod|test|\[\[?|PATH=\S*|find|ln|echo|printf)(?=\s)")
_FOLDER = late(r"(?<![\w/.~@=:-])[\w./~$@{}-]*(?<![\w-])node_modules(?![\w-])[\w./@-]*")
# What Plug'n'Play itself has.
_IS_PLAYED = r"(?<![\w-])\.pnp\.\w"
_STORED_ELSEWHERE = late(r"(?m)^pnpmStoreFolder:")
# The files that say where the packages are, the folder of the packages, and patterns that may take these along.
_PROJECT = late(r"(?:^|/)(?:\.pnp\b|\.yarn\b|node_modules)|[*?\[$]")


def has_node_modules(facts: Facts, install: Install) -> bool:
    """Return whether an install is known to put the packages of its project into node_modules."""
    said = install.variables.get(_VARIABLE, "")
    if said != "":
        return said in _IN_PROJECT
    if told := _told(facts, install):
        return told in _IN_PROJECT
    texts = [text for text in _settings(facts) if text]
    if any(map(_STORED_ELSEWHERE.search, texts)):
        return False
    linkers = [found[1] if (found := _LINKER.search(text)) else "" for text in texts]
    if linkers and all(linkers):
        return _IN_PROJECT.issuperset(linkers)
    if facts.says(_IS_PLAYED):
        return False
    # Otherwise only what is made of the folder tells that it is there.
    return "pnp" not in linkers and facts.memo(_uses_folder, install.step.stage, install.variables["WORKDIR"])


def _told(facts: Facts, install: Install) -> str:
    """Return where a command, or text that a step writes into the settings, puts packages; "" where none says it."""
    step = install.step
    built_by = facts.dockerfile.code_of([*chain.before(step.stage, step.instruction), step.instruction])
    found = _SAID.findall(built_by) if "inker" in built_by else []
    return found[-1] if found else ""


def _uses_folder(facts: Facts, stage: Stage, workdir: str | None) -> bool:
    """Return whether node_modules of a project in a folder is used: by a step, the image, or a stage that takes it."""
    if "node_modules" not in facts.dockerfile.source.text:
        return False
    own = [*stage.lineage(), *chain.family(stage)]
    for other in facts.dockerfile.stages:
        for instruction in other.instructions:
            source = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
            taken = other in own if source is None else chain.stage_named(facts.dockerfile, source) in own
            if instruction.keyword in _USERS and taken:
                code = facts.dockerfile.code_of([instruction])
                parts = _PARTS.split(code) if "node_modules" in code else []
                if any(_is_used(part, workdir) for part in parts if not _MAKES_OR_ASKS.search(part)):
                    return True
    return False


def _is_used(command: str, workdir: str | None) -> bool:
    """Return whether a command names node_modules in the folder of a project."""
    paths = (path for path in _FOLDER.findall(command) if not path.startswith(("/usr/", "~", "--")))
    return any(not path.startswith("/") or workdir is None or locations.below(path, workdir) for path in paths)


def _settings(facts: Facts) -> list[str]:
    """Return the texts of the settings that the build copies; "" for one that is not known."""
    named = list(dict.fromkeys(copied_as(facts.dockerfile.code, _SETTINGS)))
    if not named or named == [_SETTINGS]:
        return [settings_of(facts.dockerfile, _SETTINGS)]
    found = []
    for name in named:
        files = nearest(facts.dockerfile.source.context, name)
        found.append("" if may_leave_out(files, name) else files.get(name, ""))
    whole = settings_of(facts.dockerfile, _SETTINGS) if copies_all(facts.dockerfile.code) else ""
    return [*found, whole] if whole else found


def runs_later(facts: Facts, install: Install) -> bool:
    """Return whether the project may run after the step: in a later one, in the image, or where it is copied to."""
    stage, here = install.step.stage, install.step.instruction.span.start
    if any(step.instruction.span.start > here for step in all_steps_of(facts, stage)):
        return True
    if chain.descends(facts.dockerfile.stages[-1], stage) or next(images_commands(stage), None):
        return True
    if any(
        "from" in mount.flag.options and "source" not in mount.flag.options
        for step in facts.steps
        for mount in step.mounts
    ):
        return True
    workdir = install.variables["WORKDIR"]
    return workdir is None or not all(_is_made_in(source, workdir) for source in copied_from(facts, stage))


def _is_made_in(source: str, workdir: str) -> bool:
    """Return whether a path that is copied is in a folder, and not the project itself."""
    path = locations.absolute(source, "/")
    return path is not None and path != workdir and locations.below(path, workdir) and not _PROJECT.search(path)
