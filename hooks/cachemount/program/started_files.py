"""Where the files of the project may be that an image runs when it starts, or that say what it runs then."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cachemount.copied_names import called_also, copies, on_path, taken_by
from cachemount.late_pattern import late
from cachemount.program.step_scripts import places_of
from cachemount.script_names import MAKEFILES, TASK_FILES

_RUN_BY_IMAGE = late(r"(?im)^[ \t]*(?:HEALTHCHECK\b.*?)?(?:CMD|ENTRYPOINT)[ \t]+((?:[^\n]*\\\r?\n)*[^\n]*)")
_PATH = late(r"[\w./-]*[\w-]+(?:\.(?:sh|bash|ash))?")
_MOST_WORDS, _LONGEST = 20, 200
_SETTINGS = (".conf", ".ini", ".service")


def started_files(text: str) -> Iterator[str]:
    """Yield the paths in the context, for a Dockerfile's text: scripts, Makefiles, and files that programs read."""
    words = (word for line in _RUN_BY_IMAGE.findall(text) for word in _PATH.findall(line))
    ran = list(dict.fromkeys(one for one in words if len(one) <= _LONGEST))
    if "make" in ran:
        yield from MAKEFILES
    paths = [word for word in ran if word.endswith(("sh", ".bash")) or "/" in word]
    yield from places_of(text, sorted(paths))
    for word in [one for one in ran if not one.startswith("-")][:_MOST_WORDS]:
        name = posixpath.basename(word)
        also = list(called_also(text, name))
        yield from also
        yield from places_of(text, also) if also else ()
        yield from on_path(text, name)
        yield from TASK_FILES.get(name, ())
        if name in ("init", "supervisord", "systemd"):
            yield from (one for words in copies(text) for one in taken_by(words) if one.endswith(_SETTINGS))
        elif name.startswith("Procfile"):
            yield name
