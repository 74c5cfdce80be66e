"""The user's own builder: which it is, and the three things that are asked of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Sequence

from cachemount.measure.usage import MountUsage, UnreadableUsageError, read_blocks, read_lines, read_list
from cachemount.records import Record

LAST_LINES = 20
_LONGEST_LINE = 400
_READERS = {"lines": read_lines, "blocks": read_blocks, "list": read_list}


class BuilderError(Exception):
    """The builder is missing, it does not answer, or a build failed.

    `str(error)` is what and what to do, `output` the builder's last lines.
    """

    def __init__(self, message: str, output: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.output = tuple(output)


class Builder(Record):
    """`build` and `prune` begin commands; `usage` are commands that list the cache, each with its form, best first."""

    build: tuple[str, ...]
    prune: tuple[str, ...]
    usage: tuple[tuple[str, tuple[str, ...]], ...]

    def run(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> None:
        """Build, and hand on what the builder prints, line by line. Raises `BuilderError` where the build fails."""
        last: deque[str] = deque(maxlen=LAST_LINES)
        process = subprocess.Popen(
            [*self.build, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
        )
        try:
            for line in process.stdout or ():
                # As bytes: a carriage return, as of a progress bar, ends no line.
                text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
                if text:
                    last.append(text[:_LONGEST_LINE])
                on_line(text)
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if status:
            raise BuilderError("the build failed", last)

    def mounts(self) -> tuple[MountUsage, ...]:
        """Return the cache mounts that the builder has. Raises `BuilderError`."""
        message = ""
        for form, command in self.usage:
            status, out, problem = _ask(command)
            if status == 0:
                try:
                    return _READERS[form](out)
                except UnreadableUsageError as error:
                    problem = f"`{' '.join(command)}` says something that is not understood: {error}"
            # Of an old program, the first answer is that it does not know the option.
            message = problem or f"`{' '.join(command)}` failed"
        raise BuilderError(f"the builder does not answer: {message}")

    def remove(self, records: Sequence[str]) -> tuple[str, ...]:
        """Take these records out of the cache; those that would not go."""
        return tuple(record for record in records if _ask([*self.prune, "--filter", f"id={record}"])[0])


def find_builder(name: str = "") -> Builder:
    """Return the BuildKit that `docker buildx` uses, by this name or the one in use. Raises `BuilderError`."""
    docker = shutil.which("docker")
    if docker is None:
        raise BuilderError("`docker` is not on the PATH: measuring needs Docker with BuildKit")
    if _ask([docker, "--version"])[1].startswith("podman"):
        raise BuilderError(
            "`docker` is podman here, which does not tell the size of a cache mount: use Docker with BuildKit"
        )
    if "buildx" in _ask([docker, "buildx", "version"])[1]:
        return _buildx(docker, name)
    if name:
        raise BuilderError("--builder needs buildx, which this docker does not have: install the package docker-buildx")
    # Since version 23, docker has no BuildKit of its own.
    status, out, problem = _ask([docker, "build", "--help"])
    if status or "buildx component is missing" in out + problem or "--progress" not in out:
        raise BuilderError(
            "this docker has no BuildKit: install buildx (package docker-buildx-plugin or docker-buildx)"
        )
    return Builder(
        build=(docker, "build"),
        prune=(docker, "builder", "prune", "--force"),
        usage=(("list", (docker, "system", "df", "--verbose", "--format", "{{json .BuildCache}}")),),
    )


def _buildx(docker: str, name: str) -> Builder:
    chosen = ("--builder", name) if name else ()
    # A builder in a container may have to be started first. One that cannot be is heard of below.
    _ask([docker, "buildx", "inspect", "--bootstrap", *((name,) if name else ())])
    return Builder(
        build=(docker, "buildx", "build", *chosen),
        prune=(docker, "buildx", "prune", *chosen, "--force"),
        usage=(
            ("lines", (docker, "buildx", "du", *chosen, "--format", "json")),
            ("blocks", (docker, "buildx", "du", *chosen, "--verbose")),
        ),
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


def _ask(command: Sequence[str]) -> tuple[int, str, str]:
    """Return the exit status of a command, what it printed, and the first line of its complaint."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=_environment(),
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError as error:
        return 127, "", f"{command[0]}: {error.strerror or error}"
    complaint = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "")
    return done.returncode, done.stdout, complaint.removeprefix("ERROR: ")
