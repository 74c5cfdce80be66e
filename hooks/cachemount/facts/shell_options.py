"""How the shell of a step is started."""

from __future__ import annotations

from cachemount.facts.model import Step
from cachemount.shell.launchers.shells import SHELLS, basename
from cachemount.shell.removal.errexit import started_with


def has_errexit(step: Step) -> bool:
    """Return whether SHELL, or the first line of a here-document, starts the step's shell with `-e`."""
    return step.memo(_has_errexit)


def _has_errexit(step: Step) -> bool:
    words = step.run.interpreter.split() if step.run.interpreter else [*step.environment.shell]
    at = next((index for index, word in enumerate(words) if basename(word) in SHELLS), None)
    return at is not None and started_with(words[at + 1 :])
