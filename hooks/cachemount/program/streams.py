"""The streams of every program, and its message when it cannot go on."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache

from cachemount.program.options import UsageError
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn, TextIO

FOUND = 1
FAILED = 2
INTERRUPTED = 130


def run_program(program: str, work: Callable[[], int]) -> int:
    """Do the work of a program, and return its exit status."""
    collect_seldom()
    closed = _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows would write CRLF, and CR CRLF in the patch of a file that has CRLF.
            stream.reconfigure(errors="backslashreplace", newline="\n")
    status = _status_of(program, work)
    if closed and status != INTERRUPTED:
        _say(f"{program}: standard output is closed")
        return FAILED
    return status


def _status_of(program: str, work: Callable[[], int]) -> int:
    try:
        status = work()
        sys.stdout.flush()
        return status
    except UsageError as error:
        _say_of(program, str(error), f"\nTry '{program} --help'.")
        return FAILED
    except BrokenPipeError:
        # The reader has seen enough.
        _drop_output()
        return FOUND
    except OSError as error:
        # A full disk under the output, for one.
        _drop_output()
        _say_of(program, error.strerror or str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        # Python's own exit status would be that of findings.
        from cachemount.program.runner import internal_error
        from cachemount.results import printable_lines

        result = internal_error(program, error)
        _say_of(program, result.error, f"\n{printable_lines(result.details)}")
        return FAILED


def _say_of(program: str, text: str, rest: str = "") -> None:
    from cachemount.results import printable

    _say(f"{program}: {printable(text)}{rest}")


def _say(text: str) -> None:
    """Write a line for people. Where that is not possible either, the exit status alone tells."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


def _open_missing_streams() -> bool:
    """Give the program the streams that it writes, and return whether standard output is missing.

    Otherwise the next file that is opened would take the place of a closed stream, and be written to. Standard input
    stays None, which says that it is closed.
    """
    # Windows has no such streams in a program without a console.
    if os.name == "nt" or not (sys.stdin is None or sys.stdout is None or sys.stderr is None):
        return False
    closed = sys.stdout is None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _point_to_nothing(number)
            if number:
                setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
    return closed


@cache
def collect_seldom() -> None:
    """Make Python look seldom for objects that refer to one another and to which nothing else refers.

    What is imported stays, and what is known of a file is released when the file is done. To look for garbage sooner
    takes a tenth of the time, and so, for one file, does looking through everything at the end.
    """
    gc.freeze()
    gc.set_threshold(300_000)
    atexit.register(gc.freeze)


def exit_now(status: int) -> NoReturn:
    """End this process at once: to take Python apart first takes as long as checking some files."""
    for stream in (sys.stdout, sys.stderr):
        # None where there is no console.
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    os._exit(status)


def _drop_output() -> None:
    """Point standard output to nothing: Python would complain when it flushes the stream at exit."""
    _drop(sys.stdout)


def _drop(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        _point_to_nothing(stream.fileno())


def _point_to_nothing(number: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    if nothing != number:
        os.dup2(nothing, number)
        os.close(nothing)
