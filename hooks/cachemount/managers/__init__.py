"""The package managers that are known: an explicit list, in alphabetical order."""

from __future__ import annotations

from cachemount.managers._model import PackageManager
from cachemount.managers.apt import APT
from cachemount.managers.go import GO
from cachemount.managers.npm import NPM
from cachemount.managers.pip import PIP

MANAGERS: tuple[PackageManager, ...] = (
    APT,
    GO,
    NPM,
    PIP,
)
