"""What a step has to fetch private packages, and a later one that would have to fetch them again has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of, line_of
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import commands_of

_CREDENTIAL = late(
    r"(?i)token|pass(?:w|_|\b)|(?<=_)pwd\b|secret|credential|auth|_pat\b|_key\b|goproxy|index_url|registry|feed|endpoint"
)
_REMOVERS = frozenset({"mv", "rm", "sed", "shred", "truncate", "unlink"})
_WRITES_NOTHING = ([":"], ["true"], ["echo"], ["echo", "-n"], ["echo", ""], ["cat", "/dev/null"], ["printf", ""])
# They take a source with its password, or a setting, out of a file of the user.
_UNSETS = late(
    r"(?:dotnet |mono )?nuget(?:\.exe)? (?:sources? )?(?:remove|disable|Remove|Disable)\b"
    r"|(?:npm|pnpm|yarn) (?:logout|config (?:delete|unset|rm))\b|(?:composer|poetry|bundle) config\b.* ?--unset\b"
    r"|pip3? config unset\b|cargo logout\b"
)
_CREDENTIAL_FILE = late(
    r"(?:^|/)(?:\.netrc|_netrc|\.git-credentials|\.gitconfig|\.npmrc|\.yarnrc(?:\.yml)?|\.ssh|id_(?:rsa|ed25519|ecdsa|dsa)"
    r"|settings\.xml|nuget\.config|NuGet\.Config|gradle\.properties|credentials(?:\.toml)?)/?\Z"
)


def lacks_credentials(facts: Facts, step: Step, manager: PackageManager, later: list[Step]) -> Iterator[Withheld]:
    """Yield what later steps lack: a secret or ssh mount, a variable like a token, or a file that is removed before."""
    if not facts.memo(has_credentials, step, manager):
        return
    mine = _secrets(step)
    kind = "store" if any(one.kind == "store" for one in manager.caches) else "cache"
    filled = {"step": line_of(facts, step), "manager": manager.name, "kind": kind}
    sources = _sources(step, manager)
    for other in later:
        lacking = sorted(mine - _secrets(other))
        if lacking:
            yield reasons.LACKS_SECRET.about(**filled, secret=lacking[0], where=line_of(facts, other))
        variables = sorted(_own_variables(step, manager) - _own_variables(other, manager) - _lasting(other))
        if variables:
            yield reasons.LACKS_VARIABLE.about(**filled, variable=variables[0], where=line_of(facts, other))
        elsewhere = sorted(sources - _sources(other, manager))
        if elsewhere:
            yield reasons.LACKS_VARIABLE.about(**filled, variable=f"`{elsewhere[0]}`", where=line_of(facts, other))
        removed = _removed_credentials(facts, step, other, manager)
        if removed:
            yield reasons.LACKS_CREDENTIALS.about(file=removed, where=line_of(facts, other))


def has_credentials(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step has a secret, an ssh mount or a variable like a token, or a file that goes after it."""
    if _secrets(step) or _own_variables(step, manager) or _sources(step, manager):
        return True
    start = step.instruction.span.start
    return any(start <= rank for rank, *_ in facts.memo_all(_removals, step.stage))


def _sources(step: Step, manager: PackageManager) -> frozenset[str]:
    """Return the options of a step's installs that choose where the packages come from."""
    return step.memo(_sources_of, manager) if manager.source_options else frozenset()


def _sources_of(step: Step, manager: PackageManager) -> frozenset[str]:
    mine = (one.arguments for one in step.installs if one.manager is manager and not one.reader)
    lines = (" ".join(word.text or word.word.raw for word in words) for words in mine)
    return frozenset(match[0] for line in lines for match in re.finditer(manager.source_options, line))


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
        if _CREDENTIAL.search(name)
    )


def _lasting(step: Step) -> frozenset[str]:
    return step.memo(_lasting_of)


def _lasting_of(step: Step) -> frozenset[str]:
    return frozenset(name for name, value in step.environment.variables.items() if value != "")


def _removed_credentials(facts: Facts, step: Step, until: Step, manager: PackageManager) -> str:
    """Return a file of credentials that goes by a command from this step on, before another installs; "" for none."""
    first, mine = step.instruction.span.start, (one for one in until.installs if one.manager is manager)
    end = min((one.command.span.start for one in mine), default=until.instruction.span.start)
    used = max((one.command.span.start for one in step.installs if one.manager is manager), default=first)
    return next(
        (
            gone
            for rank, gone, surely in facts.memo_all(_removals, step.stage)
            if (first if surely else used) <= rank < end
        ),
        "",
    )


def _removals(facts: Facts, stage: Stage) -> Iterator[tuple[int, str, bool]]:
    """Yield the credentials that commands of a stage, and of those built on it, remove: offset and name.

    The third tells whether it surely does: before an install, it may as well write them.
    """
    for step in all_steps_of(facts, stage):
        for command in step.script.commands:
            words = [word.known for word in command.words]
            if words and words not in _WRITES_NOTHING:
                continue
            for output in command.outputs:
                if _CREDENTIAL_FILE.search(output.known):
                    yield command.span.start, output.known, False
        for called in commands_of(step):
            start, texts = called.command.span.start, called.texts
            if called.name in _REMOVERS:
                gone = next((text for text in texts if _CREDENTIAL_FILE.search(text)), "")
                if gone and (called.name != "sed" or any(text.startswith(("-i", "--in-place")) for text in texts)):
                    yield start, gone, called.name not in ("mv", "sed")
            elif called.name == "git" and {"--unset", "--unset-all", "--remove-section"} & {*texts}:
                yield start, "git's configuration", True
            elif _UNSETS.match(" ".join((called.name, *texts))):
                yield start, f"a source or setting (`{called.title}`)", True
