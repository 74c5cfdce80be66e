"""What a step has to fetch private packages, and a later one that would have to fetch them again has not."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.model import Stage
from cachemount.facts.model import Facts, Step
from cachemount.facts.queries import all_steps_of, line_of
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import commands_of

_CREDENTIAL = late(r"(?i)token|passw|secret|credential|auth|_pat\b|_key\b|goproxy|index_url|registry")
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
    for other in later:
        lacking = sorted(mine - _secrets(other))
        if lacking:
            yield reasons.LACKS_SECRET.about(**filled, secret=lacking[0], where=line_of(facts, other))
        variables = sorted(_own_variables(step, manager) - _own_variables(other, manager) - _lasting(other))
        if variables:
            yield reasons.LACKS_VARIABLE.about(**filled, variable=variables[0], where=line_of(facts, other))
        removed = _removed_credentials(facts, step, other, manager)
        if removed:
            yield reasons.LACKS_CREDENTIALS.about(file=removed, where=line_of(facts, other))


def has_credentials(facts: Facts, step: Step, manager: PackageManager) -> bool:
    """Return whether a step has a secret, an ssh mount or a variable like a token, or a file that goes after it."""
    if _secrets(step) or _own_variables(step, manager):
        return True
    start = step.instruction.span.start
    return any(start <= rank for rank, _ in facts.memo_all(_removals, step.stage))


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
    return next((gone for rank, gone in facts.memo_all(_removals, step.stage) if first <= rank < end), "")


def _removals(facts: Facts, stage: Stage) -> Iterator[tuple[int, str]]:
    """Yield the files of credentials that commands of a stage, and of those built on it, remove: offset and file."""
    for step in all_steps_of(facts, stage):
        for called in commands_of(step):
            if called.name in ("rm", "unlink", "shred"):
                gone = next((text for text in called.texts if _CREDENTIAL_FILE.search(text)), "")
                if gone:
                    yield called.command.span.start, gone
            elif called.name == "git" and {"--unset", "--unset-all", "--remove-section"} & {*called.texts}:
                yield called.command.span.start, "git's configuration"
