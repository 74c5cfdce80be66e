"""Builds a shape as it is and repaired, in four states, and says what came of it."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from builds import oci
from builds.buildkit import VERSION, BuildKit, BuildKitError, Built
from builds.comparing import Differences, chance_of, differences, layer_bytes
from builds.current_bases import IMAGES, CurrentBases, bases_of
from builds.registries import Registries
from builds.rpm_packages import HOST, write_rpms
from builds.shape_results import RESULTS, STATES, Result, results
from builds.shapes import FOLDER, Shape, repaired, write_context

_SHOWN = 12
# Megabytes of layers that stay for the next shape.
_KEPT = 3_000
_ADDRESS = r"https?://[^\s\"]*|\b([a-z-]+\.)+(com|dev|io|net|org)\b|(\d+\.){3}\d+:\d+"


# A Dockerfile, and the folder with its context.
Fixes = Callable[[str, Path], tuple[str, str]]


def text_of(shape: Shape, fixes: Fixes = repaired) -> str:
    """Return what a result was built from: a digest of the file and its repair."""
    fixed, _ = fix_alone(shape, fixes)
    return sha256(f"{shape.dockerfile}\0{fixed}".encode()).hexdigest()[:16]


def fix_alone(shape: Shape, fixes: Fixes = repaired) -> tuple[str, str]:
    """Return the Dockerfile of a shape with its fixes, and which these are, in a folder with its context alone."""
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder, "context")
        write_context(shape, context, {})
        return fixes(shape.dockerfile, context)


def record(new: list[Result], path: Path = RESULTS) -> None:
    """Put results in the place of those of the same shapes; drop those of shapes that are gone."""
    with path.with_suffix(".lock").open("w") as lock:
        # Two runs with different shapes may write.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write(new, path)


def _write(new: list[Result], path: Path) -> None:
    names, there = {one.name for one in new}, {one.parent.name for one in FOLDER.glob("*/shape.toml")}
    kept = [one for one in results(path) if one.name not in names and one.name in there]
    ordered = sorted([*kept, *new], key=lambda one: (one.name, STATES.index(one.state)))
    lines = ",\n".join(json.dumps(asdict(one)) for one in ordered)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


class ShapeRunner:
    """Runs shapes one after the other: they share the daemon's cache mounts."""

    def __init__(self, builder: BuildKit, packages: Registries) -> None:
        """Take a builder, and the small registries, whose address is LOOPBACK in the options of shapes."""
        self._builder, self._packages = builder, packages
        self._bases = CurrentBases(builder)
        # One for all shapes, so that the layers of a base are written once.
        self._layout = builder.folder / "images"

    def run(self, shape: Shape, fixes: Fixes = repaired) -> list[Result]:
        """Build all states. Raises the builders' errors where a base image cannot be made.

        `fixes` returns a Dockerfile with its fixes, and which these are.
        """
        for name in bases_of(shape.dockerfile, shape.options):
            self._bases.need(name)
            if name.startswith(("fedora", "opensuse")):
                write_rpms(self._builder, self._packages.files / HOST)
        with tempfile.TemporaryDirectory(prefix="cachemount-shape-", dir="/var/tmp") as folder:
            try:
                loopback = self._packages.address
                run = _Run(self._builder, shape, fixes, folder=Path(folder), layout=self._layout, loopback=loopback)
                return run.results()
            finally:
                self._make_room()

    def _make_room(self) -> None:
        """Drop layers that are of no base: those of all shapes together do not fit on a small disk."""
        self._builder.keep(_KEPT)
        bases = {path.name for path in oci.blobs(IMAGES)}
        for path in oci.blobs(self._layout):
            if path.name not in bases:
                path.unlink()


class _Run:
    def __init__(
        self, builder: BuildKit, shape: Shape, fixes: Fixes, *, folder: Path, layout: Path, loopback: str
    ) -> None:
        self._builder, self._shape, self._fixes, self._folder, self._layout = builder, shape, fixes, folder, layout
        secret = str(shape.folder / "secret")
        self._options = [option.replace("LOOPBACK", loopback).replace("SECRET", secret) for option in shape.options]
        # No build of another run has the layers of this one.
        self._turn = datetime.now(timezone.utc).strftime("%H%M%S%f")
        self._mounts: set[str] = set()

    def results(self) -> list[Result]:
        changes = {"emptied": self._shape.later, "more": self._shape.more}
        states = [state for state in STATES if state != "more" or self._shape.more]
        before: dict[str, Built | BuildKitError] = {}
        self._builder.empty_mounts()
        for state in states:
            if state == "warm":
                before[state] = before["cold"]
                continue
            if state == "emptied":
                self._builder.empty_mounts()
            before[state] = self._build(changes.get(state, {}), fixed=False, layers="cold")
        self._builder.empty_mounts()
        again = self._build({}, fixed=False, layers="again")
        found = []
        self._builder.empty_mounts()
        for state in states:
            if state == "emptied":
                self._builder.empty_mounts()
            layers = "cold" if state == "cold" else "warm"
            after = self._build(changes.get(state, {}), fixed=True, layers=layers)
            if state == "cold":
                # The mounts of both: what differs by chance in them does not count.
                chance = self._chance(before["cold"], again)
            found.append(self._result(state, before[state], after, chance))
        return found

    def _chance(self, one: Built | BuildKitError, other: Built | BuildKitError) -> list[str]:
        if not (isinstance(one, Built) and isinstance(other, Built)):
            return []
        said = chance_of((one.layout, one.manifest), (other.layout, other.manifest), self._mounts)
        print("by chance, and of no kind that is known:", said.found)
        return sorted(said.aside)

    def _build(self, change: dict[str, str], *, fixed: bool, layers: str) -> Built | BuildKitError:
        context = self._folder / "context"
        text = write_context(self._shape, context, change)
        if fixed:
            text, _ = self._fixes(text, context)
        # An argument that steps could read makes them run again, and is not in the image.
        argument = f"ARG CACHEMOUNT_TURN={self._turn}-{layers}"
        text = re.sub(r"(?im)^(FROM\s.*)$", lambda match: f"{match[1]}\n{argument}", text)
        # Beside the context: a file that is copied into the image would make the images differ.
        dockerfile = self._folder / "Dockerfile"
        dockerfile.write_text(text, encoding="utf-8")
        try:
            built = self._builder.build(dockerfile, context, self._layout, *self._options)
        except BuildKitError as error:
            return error
        self._mounts |= self._builder.mount_targets()
        return built

    def _result(
        self, state: str, before: Built | BuildKitError, after: Built | BuildKitError, chance: list[str]
    ) -> Result:
        differs: list[str] = []
        said = Differences()
        sizes = [
            0 if isinstance(one, BuildKitError) else layer_bytes(one.layout, one.manifest) for one in (before, after)
        ]
        if isinstance(before, BuildKitError):
            differs = ["as written:", *_last_lines(str(before))]
        elif isinstance(after, BuildKitError):
            differs = _last_lines(str(after))
        else:
            said = differences((before.layout, before.manifest), (after.layout, after.manifest), self._mounts, chance)
            differs = said.found
        return Result(
            name=self._shape.name,
            builder=f"BuildKit {VERSION}",
            state=state,
            fix=fix_alone(self._shape, self._fixes)[1],
            original=isinstance(before, Built),
            built=isinstance(after, Built),
            equal=isinstance(before, Built) and isinstance(after, Built) and not differs,
            differs=differs[:_SHOWN] + ([f"and {len(differs) - _SHOWN} more"] if len(differs) > _SHOWN else []),
            meant=said.meant,
            mounts=sorted(self._mounts),
            chance=chance,
            aside=sorted(said.aside),
            bytes_original=sizes[0],
            bytes_fixed=sizes[1],
            date=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
            commit=_commit(),
            text=text_of(self._shape, self._fixes),
        )


def _last_lines(said: str) -> list[str]:
    lines = [re.sub(r"^#\d+ [\d.]+ ", "", line) for line in said.splitlines() if re.match(r"#\d+ [\d.]+ |error:", line)]
    # Addresses are those of this machine's registries.
    return [re.sub(_ADDRESS, "ADDRESS", line) for line in lines[-5:] or said.splitlines()[-3:]]


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=FOLDER.parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
