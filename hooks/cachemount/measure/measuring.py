"""Measuring a Dockerfile: a build with empty mounts, one with its layers made invalid, and the mounts after them.

Nothing of the user's is touched: BuildKit puts a namespace in front of the ids of cache mounts, so the builds have
mounts of their own (https://docs.docker.com/reference/dockerfile/#buildkit-built-in-build-args), which are taken away
at the end. `--no-cache` would not do for the second build: with it, a mount that has an owner is a new one. A name more
in /etc/hosts makes BuildKit run every RUN again and leaves the mounts alone. No image comes out of the builds.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence

from cachemount import engine
from cachemount.cache_mounts import CacheMount, cache_mounts
from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read as read_dockerfile
from cachemount.files.reading import FileError, read
from cachemount.measure.builder import Builder, BuilderError
from cachemount.measure.progress import Progress, Step
from cachemount.measure.results import Measurement, MountResult, State, StepResult
from cachemount.measure.usage import MountUsage
from cachemount.records import Record, replace
from cachemount.source import Source

NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS"
PHASES = ("first build, mounts empty", "second build, mounts kept")

# Directories, locks and logs are no packages. Most builders count four kilobytes for each file and each directory:
# apt without its packages comes to 12.29 kB, pip without any to 4.1 kB.
EMPTY_BELOW = 16_384


class Job(Record):
    """What to build: paths as the user gave them, `arguments` for the builder."""

    path: str
    context: str
    arguments: tuple[str, ...] = ()
    partial: bool = False


Watch = Callable[[Job, int, str, Progress], None]


def measure(job: Job, builder: Callable[[], Builder], watch: Watch) -> Measurement:
    """Build twice and look. `watch` is told each line: the job, the build (0 or 1), the line, how far it is.

    `builder` is called only where there is something to measure. What goes wrong is said in the result.
    """
    nothing = Measurement(path=job.path, context=job.context, partial=job.partial)
    try:
        source = Source.from_bytes(job.path, read(job.path).data)
        read_dockerfile(source)
    except FileError as error:
        return replace(nothing, error=str(error))
    except UnreadableDockerfileError as error:
        line = source.position(error.offset).line
        return replace(nothing, error=f"line {line}: cannot be read: {error}")
    if not os.path.isdir(job.context):
        return replace(nothing, error=f"the build context {job.context} is not a folder")
    # An ONBUILD runs in builds on top of this one.
    mounts = [mount for mount in cache_mounts(source) if mount.run is not None]
    if not mounts:
        return nothing
    try:
        return _Measuring(job, builder(), watch).result(nothing, source, mounts)
    except BuilderError as error:
        return replace(nothing, error=str(error), output=error.output)


class _Measuring:
    """The two builds of a job."""

    def __init__(self, job: Job, builder: Builder, watch: Watch) -> None:
        self._job = job
        self._builder = builder
        self._watch = watch
        self._token = f"cachemount-{secrets.token_hex(8)}"

    def result(self, nothing: Measurement, source: Source, mounts: list[CacheMount]) -> Measurement:
        before = {one.record for one in self._builder.mounts()}
        progress = (Progress(), Progress())
        found: tuple[MountUsage, ...] = ()
        left: tuple[str, ...] = ()
        try:
            for number in range(2):
                self._build(number, progress[number])
        finally:
            try:
                found = _ours(self._builder.mounts(), before, self._token, mounts)
            finally:
                left = self._builder.remove([one.record for one in found])
        rules: dict[int, list[str]] = {}
        for finding in engine.check(source).findings:
            rules.setdefault(source.position(finding.instruction.start).line, []).append(finding.rule)
        groups = _assigned(mounts, found)
        return replace(
            nothing,
            mounts=tuple(_result(*pair, progress[1], rules) for pair in zip(mounts, groups, strict=True)),
            steps=tuple(_steps(mounts, progress)),
            size=sum(one.size for one in {one.record: one for group in groups for one in group}.values()),
            left=left,
        )

    def _build(self, number: int, progress: Progress) -> None:
        def on_line(text: str) -> None:
            progress.line(text)
            self._watch(self._job, number, text, progress)

        command = ["--progress=plain", "--output=type=cacheonly", f"--build-arg={NAMESPACE}={self._token}"]
        if number:
            command.append(f"--add-host={self._token}.invalid:127.0.0.1")
        command += [
            f"--file={os.path.abspath(self._job.path)}",
            *self._job.arguments,
            os.path.abspath(self._job.context),
        ]
        try:
            self._builder.run(command, on_line)
        except BuilderError as error:
            how = "with filled mounts, though not with empty ones" if number else "with empty mounts"
            raise BuilderError(f"{error} {how}", error.output) from None


def _ours(
    found: Sequence[MountUsage], before: set[str], token: str, mounts: list[CacheMount]
) -> tuple[MountUsage, ...]:
    """The mounts that these builds made: the namespace says so, or, where the builder is too old to tell ids, that one
    came during them for a command of this file.
    """
    scripts = {_plain(mount.script) for mount in mounts}
    ours = []
    for one in found:
        if one.id is not None:
            if one.id.startswith(f"{token}/"):
                ours.append(replace(one, id=one.id[len(token) + 1 :]))
        elif one.record not in before and any(_plain(one.command).endswith(script) for script in scripts):
            ours.append(one)
    return tuple(ours)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _assigned(mounts: list[CacheMount], found: Sequence[MountUsage]) -> list[list[MountUsage]]:
    """The builder's records for each mount. One with `sharing=private` can have several, and one can serve several."""
    groups = []
    for mount in mounts:
        shared = [one for one in mounts if one.id is not None and one.id == mount.id] or [mount]
        targets = {one.target for one in shared}
        scripts = {_plain(one.script) for one in shared}
        exact = [one for one in found if one.id is not None and one.id == mount.id]
        there = [
            one for one in found if (one.id is None or mount.id is None) and (one.target in targets or None in targets)
        ]
        # Two mounts on one place, with ids of their own, are told apart by what ran.
        same = [one for one in there if any(_plain(one.command).endswith(script) for script in scripts)]
        groups.append(exact or same or there)
    return groups


def _run(mount: CacheMount, progress: Progress) -> Step | None:
    """The step of the build that a mount's instruction was; None where it was no part of it."""
    runs = progress.runs(mount.stage, mount.stage_name)
    return runs[mount.run] if mount.run is not None and mount.run < len(runs) else None


def _result(mount: CacheMount, group: list[MountUsage], progress: Progress, rules: dict[int, list[str]]) -> MountResult:
    size = sum(one.size for one in group) if group else None
    state: State = "unknown"
    if _run(mount, progress) is None:
        state, size = "unused", None
    elif size is not None:
        state = "filled" if size >= EMPTY_BELOW else "empty"
    return MountResult(
        line=mount.line,
        column=mount.column,
        instruction_line=mount.instruction_line,
        stage=mount.stage_name or str(mount.stage),
        target=mount.target,
        id=mount.id,
        state=state,
        size=size,
        rules=tuple(dict.fromkeys(rules.get(mount.instruction_line, ()))),
    )


def _steps(mounts: list[CacheMount], progress: Sequence[Progress]) -> Iterator[StepResult]:
    for mount in {one.instruction_line: one for one in mounts}.values():
        cold, warm = (_run(mount, one) for one in progress)
        if cold is not None and warm is not None and cold.seconds is not None and warm.seconds is not None:
            yield StepResult(
                line=mount.instruction_line,
                stage=mount.stage_name or str(mount.stage),
                cold=cold.seconds,
                warm=warm.seconds,
            )
