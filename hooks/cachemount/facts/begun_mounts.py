"""Cache mounts that begin with what is in another stage or image: `from=`.

BuildKit keeps such a cache by its id and by what it begins with: after each change of the stage it is a new one.
https://github.com/moby/buildkit/blob/master/solver/llbsolver/mounts/mount.go, getRefCacheDir
"""

from __future__ import annotations

import posixpath

from cachemount.dockerfile.images.lookup import lookup
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Mount, Step


def brings_content(facts: Facts, mount: Mount) -> bool:
    """Return whether a cache mount may begin with files that are meant for it.

    Without `source=` it begins with the root of a stage, where a distribution has nothing for a cache.
    """
    stage = chain.stage_named(facts.dockerfile, mount.flag.options.get("from"))
    if stage is None or mount.flag.options.get("source"):
        return "from" in mount.flag.options
    return lookup(stage.lineage()[0].image) is None


def begins_anew(facts: Facts, step: Step, mount: Mount) -> Stage | None:
    """Return the stage that changes with all that a step takes from the context, so that its cache is empty again.

    None where a step may run with the cache that it filled before, or where the cache is to begin with files.
    """
    stage = chain.stage_named(facts.dockerfile, mount.flag.options.get("from"))
    if stage is None or brings_content(facts, mount) or not chain.descends(stage, step.stage.lineage()[0]):
        return None
    theirs = [one for part in stage.lineage() for one in part.instructions]
    shared = {id(one) for one in theirs}
    own = [one for one in chain.before(step.stage, step.instruction) if id(one) not in shared]
    if any(_takes_files(one) for one in (*own, step.instruction)):
        return None
    inputs = {one for one in map(_input, own) if one}
    copied = any(one.keyword in ("COPY", "ADD") for one in own)
    return stage if copied and inputs <= {_input(one) for one in theirs} else None


def _takes_files(instruction: Instruction) -> bool:
    """Return whether a RUN mounts files of the context or of another stage."""
    return instruction.run is not None and any(one.type == "bind" for one in instruction.run.mounts)


def _input(instruction: Instruction) -> tuple[str, ...]:
    """Return what an instruction takes from outside the file, in the same words for the same things; () for nothing."""
    if instruction.keyword in ("COPY", "ADD"):
        places = (flag.value or "" for flag in instruction.flags if flag.name == "from")
        return ("", *places, *sorted(posixpath.normpath(one.lstrip("/")) for one in instruction.operands[:-1]))
    return ("ARG", instruction.arguments.text) if instruction.keyword == "ARG" else ()
