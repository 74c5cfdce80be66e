"""The cache mounts that a Dockerfile has, as BuildKit knows them: by id."""

from __future__ import annotations

import posixpath

from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.facts.builder import build_facts
from cachemount.facts.cleanups import installs_using
from cachemount.facts.mounts import expand_flag
from cachemount.records import Record
from cachemount.source import Source, Span


class CacheMount(Record):
    """A cache mount: `target` is absolute, `id` the cache's name. `owner`: uid and gid, or None where neither is given.

    `flag` is what the file says, `line` and `column` (1-based) where. `target` and `id` are None where only the builder
    knows them. `stage` is the stage's number, `stage_name` its name or "", `run` the number of the RUN among those of
    the stage, both from 0; `run` is None for an ONBUILD, which is for other builds. `script` is what the RUN executes,
    `managers` are the package managers in it that this mount serves.
    """

    flag: str
    span: Span
    instruction: Span
    line: int
    column: int
    stage: int
    stage_name: str
    run: int | None
    instruction_line: int
    script: str
    target: str | None
    id: str | None
    owner: tuple[str, str] | None
    managers: tuple[str, ...] = ()


def cache_mounts(source: Source) -> tuple[CacheMount, ...]:
    """Return the cache mounts of the RUN instructions, in their order; none where the file cannot be read.

    Without an id, BuildKit takes the target as it is written:
    https://docs.docker.com/reference/dockerfile/#run---mounttypecache
    """
    try:
        dockerfile = read(source)
        steps = build_facts(dockerfile).steps
    except UnreadableDockerfileError:
        return ()
    runs = {
        id(instruction): number
        for stage in dockerfile.stages
        for number, instruction in enumerate(one for one in stage.instructions if one.run and not one.onbuild)
    }
    found = []
    for step in steps:
        variables = step.environment.variables
        for mount in step.caches:
            options = mount.flag.options
            if mount.flag.problem:
                continue
            written = expand_flag(mount.flag.target, variables)
            id_ = expand_flag(options["id"], variables) if options.get("id") else None
            if not options.get("id") and written is not None:
                id_ = posixpath.normpath(written)
            owner = None
            if "uid" in options or "gid" in options:
                owner = (options.get("uid", "0"), options.get("gid", "0"))
            place = source.position(mount.flag.span.start)
            found.append(
                CacheMount(
                    flag=source.slice(mount.flag.span),
                    span=mount.flag.span,
                    instruction=step.instruction.span,
                    line=place.line,
                    column=place.column,
                    stage=step.stage.index,
                    stage_name=step.stage.name,
                    run=runs.get(id(step.instruction)),
                    instruction_line=source.position(step.instruction.span.start).line,
                    script=" ".join(step.run.argv) or step.run.script.text,
                    target=mount.target,
                    id=id_,
                    owner=owner,
                    managers=tuple(dict.fromkeys(one.manager.name for one, _ in installs_using(step, mount))),
                )
            )
    return tuple(found)
