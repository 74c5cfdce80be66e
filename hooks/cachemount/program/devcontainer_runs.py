"""What dev containers of the image of a Dockerfile run when they are made or started: there its packages are wanted.

https://containers.dev/implementors/json_reference/#lifecycle-scripts
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.copied_names import BOUND, copies
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.program.container_features import stages_of_containers
from cachemount.program.container_runs import texts_run_by, volumes_in
from cachemount.program.devcontainer import LIFECYCLE, lifecycle
from cachemount.source import ContainerRun, Elsewhere

_MOST_BYTES = 100_000


def runs_by_devcontainers(path: str, text: str) -> Iterator[ContainerRun]:
    """Yield what dev containers run that are made of the image of a Dockerfile with the text.

    Where it takes nothing of the project, the image has none of the project's packages.
    """
    if not any(copies(text)) and not BOUND.search(text):
        return
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    for told, stage in stages_of_containers(real, root):
        settings = text_inside_repository(os.path.join(root, *told.path.split("/")), root, _MOST_BYTES)
        for key, command in lifecycle(settings) if any(one in settings for one in LIFECYCLE) else ():
            at = re.search(rf"(?m)^(?![ \t]*//).*\"{key}\"", settings)
            yield ContainerRun(
                by=key,
                line=Elsewhere(settings.count("\n", 0, at.end()) + 1 if at else 1, told.path),
                target=stage,
                texts=tuple(dict.fromkeys(texts_run_by(command, root))),
                volumes=volumes_in(settings),
            )
