"""Records what a program does besides computing: a `sitecustomize` for its process, and reading the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SITECUSTOMIZE = """\
import json, os, sys

_record = os.open(os.environ["RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_busy = False
_KINDS = ("open", "os.", "socket.", "subprocess.", "import", "exec", "ctypes.", "shutil.", "pty.")


def _hook(event, arguments):
    global _busy
    if not _busy and event.startswith(_KINDS) and not event.startswith(("os.listdir", "os.scandir", "os.walk")):
        _busy = True
        try:
            shown = [one if isinstance(one, (str, int, type(None))) else repr(one) for one in arguments]
            if event == "exec":
                shown = [getattr(arguments[0], "co_filename", "?")]
            os.write(_record, (json.dumps([event, os.getcwd(), shown]) + "\\n").encode())
        finally:
            _busy = False


sys.addaudithook(_hook)
"""


class Event(NamedTuple):
    """An audit event of Python, its arguments, and the folder that the process was in."""

    name: str
    folder: str
    arguments: list[Any]


def prepare(folder: Path) -> dict[str, str]:
    """Return the environment of a program that is recorded; the record is in `folder`."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "RECORD": str(folder / "record"), "PYTHONDONTWRITEBYTECODE": "1"}


def recorded(folder: Path) -> Iterator[Event]:
    for line in (folder / "record").read_text(encoding="utf-8").splitlines():
        yield Event(*json.loads(line))
