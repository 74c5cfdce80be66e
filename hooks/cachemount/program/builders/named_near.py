"""Whether a program names a Dockerfile near a call."""

from __future__ import annotations

import os
import re

from cachemount.late_pattern import late

# Characters before and after a call.
_NEAR = 400
_ABOVE = late(r"\A(?:\.{1,2}/)+")
_PATH = late(r"[\"'`]([\w.+-]+(?:/[\w.+-]+)*/?)[\"'`]")
_FILE = late(r"(?i)(?:.*/)?[\w.+-]*(?:docker|container)file[\w.+-]*")


def named_near(call: re.Pattern[str], text: str, path: str, root: str) -> bool:
    """Return whether a program names a Dockerfile, or the folder that it lies in, near a call.

    `path` and `root` are absolute: the Dockerfile's, and its repository's.
    """
    file = os.path.relpath(path, root).replace(os.sep, "/")
    folder = file.rpartition("/")[0]
    # A file at the root is named by the parents of the program's own path, as other files are.
    for found in call.finditer(text) if folder else ():
        named = _PATH.findall(text[max(found.start() - _NEAR, 0) : found.end() + _NEAR])
        if any(_is_end(one, file) for one in named):
            return True
        # Where a call names another file, a folder may be the name of the image or of a service.
        after = _PATH.findall(text, found.end(), found.end() + _NEAR)
        other = any(_FILE.fullmatch(one) and without_dots(one) != "Dockerfile" for one in after)
        if not other and any(_is_end(one, folder) for one in named):
            return True
    return False


def without_dots(path: str) -> str:
    """Return a path that a program names without the `./` and `../` that it begins with."""
    return _ABOVE.sub("", path)


def _is_end(named: str, path: str) -> bool:
    """Return whether a path that a program names ends as another does."""
    plain = without_dots(named.rstrip("/"))
    # Every folder may have a file of that name.
    return plain not in ("", ".", "..", "Dockerfile") and (path == plain or path.endswith(f"/{plain}"))
