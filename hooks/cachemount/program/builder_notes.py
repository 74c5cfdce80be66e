"""What a run with findings says of builders that refuse or ignore cache mounts, once for the repository.

It is asked for after most runs, of repositories that mostly have none: the builders that only say whether a fix is safe
are not imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.policy.model import Config
from cachemount.program.builders import app_platform
from cachemount.program.builders.declared import declared_in
from cachemount.program.builders.service_steps import service_pipelines
from cachemount.program.shown_builders import SKAFFOLD, SWITCHED_OFF, is_plain_cloud_build, is_railway, texts_of_builds


def builder_notes(root: str, config: Config) -> Iterator[str]:
    """Yield a line for each kind of builder that the files of a repository show."""
    if not config.warn_builders:
        return
    seen: set[str] = set()
    for name, text in texts_of_builds(root):
        for note in _notes(name, text, config) if text else ():
            if note not in seen:
                seen.add(note)
                yield f"{name}: {note}"
    yield from dict.fromkeys(_notes_of_services(root))


def _notes_of_services(root: str) -> Iterator[str]:
    """Yield a line for each file that names a Dockerfile to a service or tool without cache mounts."""
    for one in declared_in(root, root):
        if os.path.isfile(one.path):
            yield f"{one.name}: {one.builder} refuses cache mounts"
    for step in service_pipelines(root):
        if any(map(os.path.isfile, step.files)):
            yield f"{step.name}: {step.sign} refuses cache mounts"
    for name, files in app_platform.specifications(root):
        if any(map(os.path.isfile, files)):
            yield f"{name}: {app_platform.BUILDER} ignores cache mounts"


def _notes(name: str, text: str, config: Config) -> Iterator[str]:
    if is_railway(name, text, has_ids=bool(config.ids)):
        yield "Railway refuses a mount without id=s/<service id>-<target>: set [[ids]]"
    from cachemount.program.builders.cloud_build import built_by

    if is_plain_cloud_build(name, text) and built_by(text):
        yield "Cloud Build's docker step refuses mounts without DOCKER_BUILDKIT=1"
    from cachemount.program.builders.skaffold import builds_in_cloud, is_classic

    if name in SKAFFOLD and is_classic(text):
        by, without = (
            ("googleCloudBuild", "a newer dockerImage")
            if builds_in_cloud(text)
            else ("docker builder", "useBuildkit: true")
        )
        yield f"Skaffold's {by} refuses mounts without {without}"
    from cachemount.program.builders import kaniko

    if kaniko.ignores_mounts(text):
        yield "kaniko ignores cache mounts"
    if SWITCHED_OFF.search(text):
        yield "DOCKER_BUILDKIT=0 chooses a builder that refuses mounts"
