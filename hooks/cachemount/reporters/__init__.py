"""The forms in which results are written, each in a module that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cachemount.results import Run
from cachemount.type_checking import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import TextIO


def shows_fixes(name: str, out: TextIO) -> bool:
    """Return whether the form `name` says of each finding how it is repaired, or why it is not."""
    return name in ("full", "json", "sarif", "rdjson", "github", "gitlab", "junit") or (name == "text" and out.isatty())


def load(name: str) -> Callable[[Run, TextIO], None]:
    """Return the function that writes the results of a run in the form `name`."""
    return cast("Callable[[Run, TextIO], None]", import_module(f"cachemount.reporters.{name.replace('-', '_')}").write)
