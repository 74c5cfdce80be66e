"""Folders of wheels: what `pip wheel` or `pip download` puts there needs nothing else."""

from __future__ import annotations

from cachemount.managers.model import Gathered

# https://pip.pypa.io/en/stable/cli/pip_wheel/: a wheel for each requirement and for all that they need.
WHEELS = Gathered(
    files=r"\S*/(?:\S*\.whl|\*)",
    unless=r"-r\S*|--requirement(?:=.*)?|-e\S*|--editable(?:=.*)?|-U|--upgrade",
    by=(
        r"\bpip[0-9.]*[ \t]+(?:-\S+[ \t]+)*(?:wheel|download)\b(?![^;&|\n]*--no-deps)(?:[^;&|\n]|\\\r?\n)*?"
        r"\s(?:-w|--wheel-dir|-d|--dest)[ =]?([^\s;&|\\]+)"
    ),
)
