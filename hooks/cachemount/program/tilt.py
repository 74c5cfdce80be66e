"""What Tiltfiles run in containers of an image that they build, to update them: there its packages are wanted.

https://docs.tilt.dev/live_update_reference.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.container_runs import COMMENT, SKIPPED, texts_run_by
from cachemount.source import ContainerRun, Elsewhere

_MOST_BYTES, _LONGEST = 100_000, 10_000
_MOST_FOLDERS, _MOST_FILES, _MOST_CALLS = 200, 20, 100
_CALL = late(r"\bdocker_build(?:_with_restart)?\(")
_SIGN = late(r"\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*|[()]")
_CONTEXT = late(r"\bcontext\s*=\s*[\"']([^\"'\n]+)|\A[^,]+,\s*[\"']([^\"'\n]+)")
_DOCKERFILE = late(r"\bdockerfile\s*=\s*[\"']([^\"'\n]+)")
_TARGET = late(r"\btarget\s*=\s*[\"']([^\"'\n]+)")
_RUN = late(
    r"\brun\(\s*(\[[^\]]{0,500}\]|\"[^\"\n]*\"|'[^'\n]*')|\bentrypoint\s*=\s*(\[[^\]]{0,500}\]|\"[^\"\n]*\"|'[^'\n]*')"
)
_ELSEWHERE = late(r"\blive_update\s*=\s*[A-Za-z_]")
_WORD = late(r"[^\s\[\]\"',]+")


def runs_by_tilt(path: str) -> Iterator[ContainerRun]:
    """Yield what Tiltfiles of the repository run in containers of the image of a Dockerfile."""
    real = real_path(path)
    root = repository_of(os.path.dirname(real))
    yield from (run for dockerfile, run in _runs(root) if dockerfile == real)


@kept
def _runs(root: str) -> tuple[tuple[str, ContainerRun], ...]:
    """Return the runs of all Tiltfiles, each with the Dockerfile, by its real path, that its image is of."""
    found: list[tuple[str, ContainerRun]] = []
    for path in islice(nearest_files(root, "Tiltfile", SKIPPED, _MOST_FOLDERS), _MOST_FILES):
        text = COMMENT.sub("", text_inside_repository(path, root, _MOST_BYTES))
        for call in islice(_CALL.finditer(text), _MOST_CALLS):
            found += _runs_of(path, text, call.end(), root)
    return tuple(found)


def _runs_of(path: str, text: str, start: int, root: str) -> Iterator[tuple[str, ContainerRun]]:
    end = _end(text, start)
    told = text[start:end]
    named, context = _DOCKERFILE.search(told), _CONTEXT.search(told)
    target = _TARGET.search(told)
    if named:
        dockerfile = named[1]
    elif context and "dockerfile_contents" not in told:
        dockerfile = f"{context[1] or context[2]}/Dockerfile"
    else:
        return
    place = real_path(os.path.join(os.path.dirname(path), dockerfile))
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    # What a variable has may be any that the file has.
    begin, end = (0, len(text)) if _ELSEWHERE.search(told) else (start, end)
    for run in _RUN.finditer(text, begin, end):
        command = " ".join(_WORD.findall(run[1] or run[2]))
        yield (
            place,
            ContainerRun(
                by="tilt up",
                line=Elsewhere(text.count("\n", 0, run.start()) + 1, shown),
                target=target[1] if target else "",
                texts=tuple(dict.fromkeys(texts_run_by(command, root))),
            ),
        )


def _end(text: str, start: int) -> int:
    """Return where the bracket that is opened in front of an offset is closed."""
    depth = 1
    for sign in _SIGN.finditer(text, start, start + _LONGEST):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if not depth:
            return sign.start()
    return min(len(text), start + _LONGEST)
