"""The package managers that are known: an explicit list, in alphabetical order."""

from __future__ import annotations

from cachemount.managers._model import PackageManager
from cachemount.managers.apk import APK
from cachemount.managers.apt import APT
from cachemount.managers.bun import BUN
from cachemount.managers.cargo import CARGO
from cachemount.managers.composer import COMPOSER
from cachemount.managers.conda import CONDA
from cachemount.managers.deno import DENO
from cachemount.managers.dnf import DNF
from cachemount.managers.go import GO
from cachemount.managers.gradle import GRADLE
from cachemount.managers.maven import MAVEN
from cachemount.managers.npm import NPM
from cachemount.managers.nuget import NUGET
from cachemount.managers.pacman import PACMAN
from cachemount.managers.pdm import PDM
from cachemount.managers.pip import PIP
from cachemount.managers.pip_tools import PIP_TOOLS
from cachemount.managers.pipenv import PIPENV
from cachemount.managers.pipx import PIPX
from cachemount.managers.pixi import PIXI
from cachemount.managers.pnpm import PNPM
from cachemount.managers.poetry import POETRY
from cachemount.managers.uv import UV
from cachemount.managers.yarn import YARN
from cachemount.managers.zypper import ZYPPER

MANAGERS: tuple[PackageManager, ...] = (
    APK,
    APT,
    BUN,
    CARGO,
    COMPOSER,
    CONDA,
    DENO,
    DNF,
    GO,
    GRADLE,
    MAVEN,
    NPM,
    NUGET,
    PACMAN,
    PDM,
    PIP,
    PIP_TOOLS,
    PIPENV,
    PIPX,
    PIXI,
    PNPM,
    POETRY,
    UV,
    YARN,
    ZYPPER,
)
