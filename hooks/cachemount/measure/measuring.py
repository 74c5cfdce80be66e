"""Measuring a Dockerfile: pairs of builds, with empty mounts and right after it with filled ones, then a look at them.

Nothing of the user's is touched: BuildKit puts a namespace before the ids of cache mounts, so each pair has mounts of
its own (https://docs.docker.com/reference/dockerfile/#buildkit-built-in-build-args), which are removed at its end. A
namespace or a mount is not a part of what BuildKit knows a step by, so a step that was built before would come from the
layer cache in both builds: a name more in /etc/hosts, another for each build, makes every RUN run and leaves the mounts
alone. `--no-cache` would not do: with it, a mount is a new one. No image comes out of the builds.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cachemount import engine
from cachemount.cache_mounts import CacheMount, cache_mounts
from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read as read_dockerfile
from cachemount.files.reading import FileError, read
from cachemount.measure.builder import Builder, BuilderError
from cachemount.measure.content import Content, looking
from cachemount.measure.progress import Progress, Step
from cachemount.measure.reasons import Reasons
from cachemount.measure.results import Measurement, MountResult, Pair, State, StepResult
from cachemount.measure.usage import MountUsage
from cachemount.records import Record, replace
from cachemount.source import Source

NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS"
EMPTY, FILLED, LOOK = "build with empty mounts", "build with filled mounts", "a look into the mounts"

# Where the image has no shell to look with: directories, locks and logs alone come to less than this.
EMPTY_BELOW = 16_384


class Job(Record):
    """The build to measure: paths as the user gave them, `arguments` for the builder, `target` the stage to stop at.

    `pairs` is how many pairs of builds there are; 0 is one, and a second where a difference is too small to be sure of.
    """

    path: str
    context: str
    arguments: tuple[str, ...] = ()
    target: str = ""
    pairs: int = 0


Watch = Callable[[Job, str, str, Progress], None]


def measure(job: Job, builder: Callable[[], Builder], watch: Watch) -> Measurement:
    """Build in pairs and look. `watch` is told each line: the job, which build it is, the line, how far it is.

    `builder` is called only where there is something to measure. What goes wrong is said in the result.
    """
    nothing = Measurement(path=job.path, context=job.context, partial=bool(job.target))
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
        return _Measuring(job, builder(), watch, source, mounts).result(nothing)
    except BuilderError as error:
        return replace(nothing, error=str(error), output=error.output)


class _Measuring:
    """The builds of a job."""

    def __init__(self, job: Job, builder: Builder, watch: Watch, source: Source, mounts: list[CacheMount]) -> None:
        self._job = job
        self._builder = builder
        self._watch = watch
        self._source = source
        self._mounts = mounts
        self._token = f"cachemount-{secrets.token_hex(8)}"
        self._content = Content(self._token)
        self._builds: list[tuple[Progress, Progress]] = []
        self._left: list[str] = []

    def result(self, nothing: Measurement) -> Measurement:
        found = self._pair()
        while len(self._builds) < (self._job.pairs or 1):
            self._pair()
        if not self._job.pairs and not all(one.pairs[0].plain or one.pairs[0].short for one in self._steps()):
            self._pair()
        groups = _assigned(self._mounts, found)
        reasons = Reasons(self._source, engine.check(self._source).findings)
        steps = tuple(self._steps())
        warm = self._builds[0][1]
        ran = {mount.instruction_line for mount in self._mounts if _run(mount, warm) is not None}
        return replace(
            nothing,
            mounts=tuple(self._mount(index, group, reasons) for index, group in enumerate(groups)),
            steps=steps,
            size=sum(one.size for one in {one.record: one for group in groups for one in group}.values()),
            untimed=tuple(sorted(ran - {one.line for one in steps})),
            left=tuple(self._left),
        )

    def _pair(self) -> tuple[MountUsage, ...]:
        """Build with mounts that are new, and again; return what the builder has in them, and remove it."""
        number = len(self._builds)
        before = {one.record for one in self._builder.mounts()}
        namespace = f"{self._token}-{number}"
        found: tuple[MountUsage, ...] = ()
        cold, warm = Progress(), Progress()
        try:
            self._build(EMPTY, namespace, f"{namespace}-empty", cold)
            self._build(FILLED, namespace, f"{namespace}-filled", warm)
            self._builds.append((cold, warm))
            if not number:
                self._look(namespace, f"{namespace}-filled", warm)
        finally:
            try:
                found = _ours(self._builder.mounts(), before, namespace, self._mounts)
            finally:
                self._left += self._builder.remove([one.record for one in found])
        return found

    def _build(self, phase: str, namespace: str, host: str, progress: Progress) -> None:
        again = f" (pair {len(self._builds) + 1})" if self._builds else ""

        def on_line(text: str) -> None:
            progress.line(text)
            self._watch(self._job, phase + again, text, progress)

        target = [f"--target={self._job.target}"] if self._job.target else []
        try:
            self._builder.run([*self._command(namespace, host), *target, *self._at(self._job.path)], on_line)
        except BuilderError as error:
            how = "with empty mounts" if phase == EMPTY else "with filled mounts, though not with empty ones"
            raise BuilderError(f"{error} {how}", error.output) from None

    def _command(self, namespace: str, host: str) -> list[str]:
        command = ["--progress=plain", "--output=type=cacheonly", f"--build-arg={NAMESPACE}={namespace}"]
        return [*command, f"--add-host={host}.invalid:127.0.0.1", *self._job.arguments]

    def _at(self, path: str) -> list[str]:
        return [f"--file={os.path.abspath(path)}", os.path.abspath(self._job.context)]

    def _look(self, namespace: str, host: str, warm: Progress) -> None:
        """Look into the mounts. All but the looking step comes from the layers of the build before."""
        progress = Progress()

        def on_line(text: str) -> None:
            self._content.line(text)
            progress.line(text)
            self._watch(self._job, LOOK, text, progress)

        steps: dict[int, list[tuple[int, CacheMount]]] = {}
        for index, mount in enumerate(self._mounts):
            if mount.target is not None and _run(mount, warm) is not None:
                steps.setdefault(mount.instruction_line, []).append((index, mount))
        with tempfile.TemporaryDirectory(prefix="cachemount-") as folder:
            path = Path(folder, "Dockerfile")
            with contextlib.suppress(OSError):
                shutil.copyfile(f"{self._job.path}.dockerignore", f"{path}.dockerignore")
            for mounts in steps.values():
                text = looking(self._source, mounts, self._token)
                path.write_bytes(replace(self._source, text=text).to_bytes())
                # An image without a shell cannot be looked into.
                with contextlib.suppress(BuilderError):
                    self._builder.run([*self._command(namespace, host), *self._at(str(path))], on_line)

    def _steps(self) -> Iterator[StepResult]:
        for mount in {one.instruction_line: one for one in self._mounts}.values():
            pairs = []
            for builds in self._builds:
                cold, warm = (_run(mount, one) for one in builds)
                if cold is None or warm is None or cold.seconds is None or warm.seconds is None:
                    break
                pairs.append(Pair(cold=cold.seconds, warm=warm.seconds))
            else:
                yield StepResult(
                    line=mount.instruction_line,
                    stage=mount.stage_name or str(mount.stage),
                    pairs=tuple(pairs),
                    downloaded=_downloaded(*(_run(mount, one) for one in self._builds[0])),
                )

    def _mount(self, index: int, group: list[MountUsage], reasons: Reasons) -> MountResult:
        mount = self._mounts[index]
        size = sum(one.size for one in group) if group else None
        same = [number for number, one in enumerate(self._mounts) if one.id is not None and one.id == mount.id]
        content = self._content.files(same or [index])
        state: State = "unknown"
        if _run(mount, self._builds[0][1]) is None:
            state, size = "unused", None
        elif content is not None:
            state = "filled" if content else "empty"
        elif size is not None:
            state = "filled" if size >= EMPTY_BELOW else "empty"
        others = self._content.others(same or [index])
        wrong = reasons.findings(mount)
        return MountResult(
            line=mount.line,
            column=mount.column,
            instruction_line=mount.instruction_line,
            stage=mount.stage_name or str(mount.stage),
            target=mount.target,
            id=mount.id,
            state=state,
            size=size,
            content=content,
            rules=tuple(dict.fromkeys(one.rule for one in wrong)),
            reason=reasons.why_empty(mount, wrong, others or ()) if state == "empty" else "",
        )


def _downloaded(cold: Step | None, warm: Step | None) -> tuple[int, int] | None:
    if cold is None or warm is None or cold.downloaded is None:
        return None
    # A manager that said what it fetched, and is silent when it has all, fetched nothing.
    return cold.downloaded, warm.downloaded or 0


def _ours(
    found: Sequence[MountUsage], before: set[str], namespace: str, mounts: list[CacheMount]
) -> tuple[MountUsage, ...]:
    """Return the mounts that these builds made.

    The namespace says so, or, where the builder is too old to tell ids, that one came during them for a command of
    this file.
    """
    scripts = {_plain(mount.script) for mount in mounts}
    ours = []
    for one in found:
        if one.id is not None:
            if one.id.startswith(f"{namespace}/"):
                ours.append(replace(one, id=one.id[len(namespace) + 1 :]))
        elif one.record not in before and any(_plain(one.command).endswith(script) for script in scripts):
            ours.append(one)
    return tuple(ours)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _assigned(mounts: list[CacheMount], found: Sequence[MountUsage]) -> list[list[MountUsage]]:
    """Return the builder's records for each mount.

    One with `sharing=private` can have several, and one record can serve several mounts.
    """
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
    """Return the step of the build that carried out a mount's instruction; None where the build left it out."""
    runs = progress.runs(mount.stage, mount.stage_name)
    return runs[mount.run] if mount.run is not None and mount.run < len(runs) else None
