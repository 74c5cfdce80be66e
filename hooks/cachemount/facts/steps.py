"""Reading a step: the commands of its RUN, its mounts, and what it downloads."""

from __future__ import annotations

from functools import lru_cache

from cachemount.dockerfile.model import BeyondLimitsError, Dockerfile, Instruction, Run, Stage
from cachemount.dockerfile.state.environment import Environment
from cachemount.facts import programs
from cachemount.facts.installs import installs
from cachemount.facts.model import Install, Step
from cachemount.facts.requested import Requested
from cachemount.facts.scripts import script
from cachemount.shell.reader import posix

# The most that was seen in 99,789 public files is 123, and 287 commands.
_MOST_DOWNLOADS = 300
_MOST_COMMANDS = 5_000
# A mount for every cache of every manager is half as many.
_MOST_MOUNTS = 100
# Nearly all steps have one of two or three shells.
_posix = lru_cache(maxsize=64)(posix)


def read_step(
    dockerfile: Dockerfile,
    stage: Stage,
    instruction: Instruction,
    run: Run,
    environment: Environment,
    *,
    extra: Requested | None = None,
) -> Step:
    if len(run.mounts) > _MOST_MOUNTS:
        message = f"a RUN with more than {_MOST_MOUNTS} mounts is not checked"
        raise BeyondLimitsError(message, instruction.span.start)
    from cachemount.facts.mounts import mounts

    step = Step(
        stage=stage,
        instruction=instruction,
        run=run,
        environment=environment,
        script=script(
            dockerfile.source, instruction, run, readable=_posix(environment.shell, root=environment.uid == 0)
        ),
        mounts=tuple(mounts(run, environment)) if run.mounts else (),
    )
    refuse_many(len(step.commands), 0, instruction)
    for command in step.commands:
        if programs.may_download(command) or (extra and extra.may_run(command)):
            step.installs.extend(installs(dockerfile, step, command, extra))
            refuse_many(0, len(step.installs), instruction)
    if any(one.other_root for one in step.installs):
        step.installs[:] = _in_own_root(step.installs)
    if run.network == "none":
        step.installs[:] = _cut_off(step.installs)
    return step


def _in_own_root(installs: list[Install]) -> list[Install]:
    """Return the installs without those in another root folder, where the same manager installs in its own as well."""
    own = [one.manager for one in installs if not one.other_root]
    return [one for one in installs if not one.other_root or one.manager not in own]


def _cut_off(installs: list[Install]) -> list[Install]:
    """Return the installs of a step without network: they only read what earlier steps fetched."""
    found = [one for one in installs if not one.manager.asks_index_first]
    for one in found:
        one.reader = True
    return found


def refuse_many(commands: int, downloads: int, instruction: Instruction) -> None:
    if commands > _MOST_COMMANDS:
        message = f"a file with more than {_MOST_COMMANDS:,} commands in the steps that download is not checked"
    elif downloads > _MOST_DOWNLOADS:
        message = f"a file with more than {_MOST_DOWNLOADS:,} commands that download is not checked"
    else:
        return
    raise BeyondLimitsError(message, instruction.span.start)
