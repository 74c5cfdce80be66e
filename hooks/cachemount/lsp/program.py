"""The program `cachemount-lsp`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cachemount import __version__
from cachemount.lsp.server import make_server

_USAGE = """\
usage: cachemount-lsp [--stdio]

Language server for Dockerfiles, Compose and Bake files. An editor starts it and
talks to it over standard input and output.

options:
  --stdio    as many editors say it: standard input and output, nothing else
  --version  print the version
  --help     print this"""


def main(arguments: Sequence[str]) -> int:
    """Serve until the editor goes, and return the exit status; 2 for wrong arguments."""
    if "--help" in arguments or "-h" in arguments:
        print(_USAGE)
        return 0
    if "--version" in arguments:
        print(f"cachemount-lsp {__version__}")
        return 0
    # Libraries of editors also tell their process, so that a server could end when they die: standard input ends then.
    unknown = [one for one in arguments if one != "--stdio" and not one.startswith("--clientProcessId=")]
    if unknown:
        print(f"cachemount-lsp: unrecognized arguments: {' '.join(unknown)}\n{_USAGE}", file=sys.stderr)
        return 2
    if sys.stdin is None or sys.stdout is None:
        print("cachemount-lsp: standard input or output is closed", file=sys.stderr)
        return 2
    if sys.stdin.isatty():
        print("cachemount-lsp waits for an editor: it reads messages from standard input", file=sys.stderr)
    make_server().start_io()
    return 0
