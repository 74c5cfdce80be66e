"""What every program does around its work: its streams, and what it says when it cannot go on."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import NoReturn

from cachemount.program.options import UsageError
from cachemount.results import printable, printable_lines

FOUND = 1
FAILED = 2
INTERRUPTED = 130


def run_program(program: str, work: Callable[[], int]) -> int:
    """Do the work of a program, and return its exit status."""
    collect_seldom()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows would write CRLF, and CR CRLF in the patch of a file that has CRLF.
            stream.reconfigure(errors="backslashreplace", newline="\n")
    try:
        status = work()
        sys.stdout.flush()
        return status
    except UsageError as error:
        print(f"{program}: {printable(str(error))}\nTry '{program} --help'.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The reader has seen enough.
        _drop_output()
        return FOUND
    except OSError as error:
        # A full disk behind the output, for one.
        _drop_output()
        print(f"{program}: {printable(error.strerror or str(error))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        # Python's own exit status would be that of findings.
        from cachemount.program.runner import internal_error  # noqa: PLC0415

        result = internal_error(program, error)
        print(f"{program}: {printable(result.error)}\n{printable_lines(result.details)}", file=sys.stderr)
        return FAILED


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
    """Python would complain when it flushes the stream at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
