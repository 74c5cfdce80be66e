"""What a step has to fetch private packages, and a later one that would have to fetch them again has not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts.locations import flag_value
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of, line_of
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import commands_of

_CREDENTIAL = late(
    r"(?i)token|passw|_pass\b|_pwd\b|secret|credential|auth|_pat\b|_key\b|goproxy|index_url|registry|feed|endpoint"
)
_REFERENCE = late(r"\$\{?(\w+)")
_CREDENTIAL_FILE = late(
    r"(?:^|/)(?:\.netrc|_netrc|\.git-credentials|\.gitconfig|\.npmrc|\.yarnrc(?:\.yml)?|\.ssh|id_(?:rsa|ed25519|ecdsa|dsa)"
    r"|settings\.xml|nuget\.config|NuGet\.Config|gradle\.properties|credentials(?:\.toml)?)/?\Z"
)
# Commands that take an entry out of the settings of a manager: what their arguments begin with or have in them.
_DELETES = late(r"\Aconfig\s(?:.*\s)?(?:delete|rm|unset)(?!\S)")
_UNSETS = late(r"(?<!\S)--(?:unset(?:-all)?|remove-section)(?!\S)")
_DROPS = late(r"(?i)\A(?:nuget\s)?(?:(?:remove|disable)\s+source|sources?\s+(?:remove|disable))(?!\S)")
_SETTINGS = {
    "composer": _UNSETS, "dotnet": _DROPS, "git": _UNSETS, "npm": _DELETES, "nuget": _DROPS, "pip": _DELETES,
    "pnpm": _DELETES, "poetry": _UNSETS, "yarn": _DELETES,
}  # fmt: skip
# The source that all have, which a project may not want.
_COMMON = frozenset({"nuget.org"})
_EMPTIED = late(
    r"(?:\A|[;&|]|\bRUN)[ \t\\\n]*(?:(?::|true|echo(?: -n)?(?: ''| \"\")?|cat /dev/null)[ \t]*)?"
    r">[ \t]*[\"']?([^\s\"';&|]+)"
)


def lacks_credentials(facts: Facts, step: Step, manager: PackageManager, later: list[Step]) -> Iterator[Withheld]:
    """Yield what later steps lack: a secret or ssh mount, a variable like a token, or a file that is removed before."""
    if not facts.memo(has_credentials, step, manager):
        return
    mine = _secrets(step)
    kind = "store" if any(one.kind == "store" for one in manager.caches) else "cache"
    filled = {"step": line_of(facts, step), "manager": manager.name, "kind": kind}
    for other in later:
        lacking = sorted(mine - _secrets(other))
        if lacking:
            yield reasons.LACKS_SECRET.about(**filled, secret=lacking[0], where=line_of(facts, other))
        variables = sorted(_own_variables(step, manager) - _own_variables(other, manager) - _lasting(other))
        variables += [] if _sources(other, manager) or not _fetches(other, manager) else sorted(_sources(step, manager))
        if variables:
            yield reasons.LACKS_VARIABLE.about(**filled, variable=variables[0], where=line_of(facts, other))
        removed = _removed_credentials(facts, step, other, manager)
        if removed:
            yield reasons.LACKS_CREDENTIALS.about(file=removed, where=line_of(facts, other))


def has_credentials(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step has a secret, an ssh mount or a variable like a token, or a file that goes after it."""
    if _secrets(step) or _own_variables(step, manager) or _sources(step, manager):
        return True
    start = step.instruction.span.start
    return any(start <= rank for rank, *_ in facts.memo_all(_removals, step.stage))


def _secrets(step: Step) -> frozenset[str]:
    """Return the secret and ssh mounts of a step, and files of settings that are bound in."""
    return step.memo(_secrets_of)


def _secrets_of(step: Step) -> frozenset[str]:
    found = set()
    for mount in step.mounts:
        options = mount.flag.options
        if mount.flag.type in ("secret", "ssh"):
            name = options.get("id") or options.get("target") or ""
            found.add(f"the {mount.flag.type} mount {name}".rstrip())
        elif mount.flag.type == "bind" and _CREDENTIAL_FILE.search(mount.flag.target):
            found.add(f"the bind mount on {mount.flag.target}")
    return frozenset(found)


def _own_variables(step: Step, manager: PackageManager) -> frozenset[str]:
    """Return the variables like a token that a step sets for its installs alone."""
    return step.memo(_own_variables_of, manager)


def _own_variables_of(step: Step, manager: PackageManager) -> frozenset[str]:
    return frozenset(
        name
        for install in step.installs
        if install.manager is manager
        for name in (*(one.name for one in install.command.assignments), *install.command.exports)
        if _CREDENTIAL.search(name) or _is_of_credential(step, name)
    )


def _is_of_credential(step: Step, name: str) -> bool:
    """Return whether a step sets a variable by another one that is called like a token."""
    values = re.findall(rf"(?<![\w$]){re.escape(name)}=(\"(?:[^\"\\]|\\.)*\"|\S+)", step.run.script.text)
    return any(_CREDENTIAL.search(one) for value in values for one in _REFERENCE.findall(value))


def _sources(step: Step, manager: PackageManager) -> frozenset[str]:
    """Return the options by which the installs of a step say where packages come from."""
    return step.memo(_sources_of, manager) if manager.source_flags else frozenset()


def _sources_of(step: Step, manager: PackageManager) -> frozenset[str]:
    mine = (one for one in step.installs if one.manager is manager and not one.reader)
    given = (flag_value(one.arguments, manager.source_flags) for one in mine)
    return frozenset(f"`{flag}`" for flag, _value in filter(None, given))


def _fetches(step: Step, manager: PackageManager) -> bool:
    return any(one.manager is manager and not one.reader for one in step.installs)


def _lasting(step: Step) -> frozenset[str]:
    return step.memo(_lasting_of)


def _lasting_of(step: Step) -> frozenset[str]:
    return frozenset(name for name, value in step.environment.variables.items() if value != "")


def _removed_credentials(facts: Facts, step: Step, until: Step, manager: PackageManager) -> str:
    """Return a file of credentials that goes by a command from this step on, before another installs; "" for none."""
    first, mine = step.instruction.span.start, (one for one in until.installs if one.manager is manager)
    end = min((one.command.span.start for one in mine), default=until.instruction.span.start)
    used = max((one.command.span.start for one in step.installs if one.manager is manager), default=first)
    removals = facts.memo_all(_removals, step.stage)
    return next((gone for rank, gone, surely in removals if (first if surely else used) <= rank < end), "")


def _removals(facts: Facts, stage: Stage) -> Iterator[tuple[int, str, bool]]:
    """Yield the files of credentials that commands of a stage, and of those built on it, remove: offset and file.

    The third tells whether they surely do: before an install, such a command may as well write them.
    """
    for step in all_steps_of(facts, stage):
        for called in commands_of(step):
            if gone := _removed(called.name, called.texts):
                yield called.command.span.start, gone, called.name not in ("mv", "sed", "truncate")
        start = step.instruction.span.start
        for match in _EMPTIED.finditer(facts.dockerfile.source.slice(step.instruction.span)):
            if _CREDENTIAL_FILE.search(match[1]):
                yield start + match.start(1), match[1], False


def _removed(name: str, texts: Collection[str]) -> str:
    """Return the file of credentials, or the settings, that a command removes, empties or moves; "" for none."""
    operands = [text for text in texts if not text.startswith("-")]
    if name == "mv" or (name == "sed" and any(text.startswith(("-i", "--in-place")) for text in texts)):
        # What is moved, not where to; sed's first one is what it does.
        operands = operands[:-1] if name == "mv" else operands[1:]
    elif name not in ("rm", "shred", "truncate", "unlink"):
        told = name in _SETTINGS and _SETTINGS[name].search(" ".join(texts))
        return f"{name}'s configuration" if told and _COMMON.isdisjoint(text.lower() for text in texts) else ""
    return next((text for text in operands if _CREDENTIAL_FILE.search(text)), "")
