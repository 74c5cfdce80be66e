"""The commands of a RUN, in whatever form it gives them."""

from __future__ import annotations

from cachemount.dockerfile.model import Instruction, Run
from cachemount.shell.model import Script
from cachemount.shell.reader import read, read_exec
from cachemount.source import Excerpt, Source

_NOTHING = Script(commands=(), all_chains=())
_SHELLS = ("sh", "bash", "ash", "dash", "zsh", "ksh")


def script(source: Source, instruction: Instruction, run: Run, *, readable: bool) -> Script:
    """Read the commands; none where the step's shell (`readable`) or the heredoc's interpreter is not POSIX-like."""
    if run.form == "exec":
        return read_exec(run.argv, run.argv_spans)
    if run.interpreter:
        names = run.interpreter.replace("/", " ").split()
        if not any(name in _SHELLS for name in names):
            return _NOTHING
    elif not readable:
        return _NOTHING
    if run.form == "heredoc":
        return read(run.script)
    bodies = [(heredoc.operator, Excerpt.of_pieces(source.text, [heredoc.body])) for heredoc in instruction.heredocs]
    return read(run.script, bodies)
