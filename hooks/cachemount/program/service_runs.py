"""What services of Compose files run in containers of the image of a Dockerfile: its command, entrypoint, health check.

It is the image of a service that is built there, by this file or by another part of it, or that has its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cachemount.dockerfile.images.lookup import lookup
from cachemount.embedded.model import Build, UnreadableHostError
from cachemount.embedded.service_commands import Service, services_with_commands
from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.build_files import builds, place_of, variables_beside
from cachemount.program.container_runs import texts_of_containers, texts_run_by, volumes_in
from cachemount.program.discovery import host_kind
from cachemount.program.given_names import given_names, without_registry
from cachemount.program.repository_images import telling_folders
from cachemount.program.shell_builds import filled_by_default
from cachemount.records import Record
from cachemount.repairs.safety.health_checks import run_by_check
from cachemount.source import ContainerRun, Elsewhere

# Keys that have commands, and words without which none of them runs a manager or a file of the project. Reading YAML
# takes its time.
_COMMANDS = late(r"(?m)^[ \t-]*[\"']?(?:command|entrypoint|test|post_start|pre_stop|<<)[\"']?[ \t]*:")
_MOST_BYTES = 100_000
_SETTING = late(r"(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*[\"']?([^\n\"']+?)[\"']?[ \t]*$")
LIKELY = late(
    r"\b(?:apt(?:-get)?|yum|dnf|zypper|go|cargo|dotnet|mvn[dw]?|gradlew?|pnpm|sbt|activator|lein|clojure|clj|coursier|cs"
    r"|mill|scala-cli|dart|flutter|pub|webdev|cabal|stack|deno|make|just|task|npm|yarn)\b|\.(?:sh|bash|dart)\b"
    # A script by its path, or what an entrypoint is told.
    r"|(?m:^[ \t-]*(?:command|entrypoint|args):[^\n]*(?:[\w.]/[\w-]|\b(?:build|run|serve|test|watch)\b))"
)


class _Found(Record):
    """A service, the Compose file that has it, and what it is built of: Dockerfiles by real paths, each with a target.

    They are those of all services with its name where another file says what it is built of.
    """

    file: str
    service: Service
    built: tuple[tuple[str, str], ...]


def runs_by_services(path: str) -> Iterator[ContainerRun]:
    """Yield what services of the repository's Compose files run in containers of the image of a Dockerfile."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for one in _services(root):
        for target in _targets(one, real, root):
            yield from _runs(one, target, root)


def _targets(found: _Found, path: str, root: str) -> Iterator[str]:
    """Yield the stages of a Dockerfile ("": the last) whose image a service has."""
    if found.built or found.service.is_built:
        yield from dict.fromkeys(target for dockerfile, target in found.built if dockerfile == path)
        return
    wanted = {without_registry(one) for one in found.service.build.names if lookup(one) is None}
    if wanted:
        own = os.path.relpath(path, root).replace(os.sep, "/")
        folders = dict.fromkeys((*telling_folders(os.path.dirname(path)), os.path.dirname(found.file)))
        yield from dict.fromkeys(target for _, target in given_names(tuple(folders), own, root, wanted))


def _runs(found: _Found, target: str, root: str) -> Iterator[ContainerRun]:
    shown = os.path.relpath(found.file, root).replace(os.sep, "/")
    # What `.env` says stands in the place of a default.
    values = _values(os.path.dirname(found.file))
    for key, line, written in found.service.commands:
        text = filled_by_default(written, values)
        words = run_by_check(text) if key == "healthcheck" else text
        yield ContainerRun(
            by=key,
            line=Elsewhere(line, shown),
            target=target,
            texts=tuple(dict.fromkeys(texts_run_by(words, root))),
            volumes=volumes_in(found.service.volumes),
        )


@kept
def _services(root: str) -> tuple[_Found, ...]:
    """Return the services of a repository's Compose files that may run a manager or a file of the project."""
    found = []
    for name, text in texts_of_containers(root):
        if host_kind(name) != "compose" or not _COMMANDS.search(text):
            continue
        file = os.path.join(root, *name.split("/"))
        folder = os.path.dirname(file)
        if not LIKELY.search(text) and not any(map(LIKELY.search, _values(folder).values() if "$" in text else ())):
            continue
        try:
            services = services_with_commands(text, variables_beside(folder))
        except UnreadableHostError:
            continue
        for one in services:
            built = tuple(_places((one.build,), folder)) if one.is_built else ()
            if not built and not one.build.names:
                beside = [build for build in _beside(folder, root) if build.label == one.build.label]
                built = tuple(_places(beside, folder))
            found.append(_Found(file=file, service=one, built=built))
    return tuple(found)


@kept
def _values(folder: str) -> dict[str, str]:
    """Return the values of the variables that a folder's `.env` sets."""
    if ".env" not in names_in(folder):
        return {}
    return dict(_SETTING.findall(text_inside_repository(os.path.join(folder, ".env"), folder, _MOST_BYTES)))


@kept
def _beside(folder: str, root: str) -> tuple[Build, ...]:
    """Return the builds of all Compose files of a folder."""
    found: list[Build] = []
    for name, text in texts_of_containers(root):
        file = os.path.join(root, *name.split("/"))
        if os.path.dirname(file) == folder and host_kind(name) == "compose" and "build" in text:
            found += builds(file, text)
    return tuple(found)


def _places(builds: Iterable[Build], folder: str) -> Iterator[tuple[str, str]]:
    """Yield the Dockerfiles of builds, by real paths, with the targets, as far as both are known."""
    for one in builds:
        place = place_of(one, ".")
        if place and one.target is not None:
            yield real_path(os.path.join(folder, place)), one.target
