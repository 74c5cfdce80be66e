"""The package managers that are known: an explicit list, in alphabetical order."""

from __future__ import annotations

from cachemount.managers._model import PackageManager
from cachemount.managers.apk import APK
from cachemount.managers.apt import APT
from cachemount.managers.bower import BOWER
from cachemount.managers.bun import BUN
from cachemount.managers.bundler import BUNDLER
from cachemount.managers.cabal import CABAL
from cachemount.managers.cargo import CARGO
from cachemount.managers.clojure import CLOJURE
from cachemount.managers.composer import COMPOSER
from cachemount.managers.conda import CONDA
from cachemount.managers.coursier import COURSIER
from cachemount.managers.cpan import CPAN
from cachemount.managers.cpm import CPM
from cachemount.managers.deno import DENO
from cachemount.managers.dnf import DNF
from cachemount.managers.gem import GEM
from cachemount.managers.go import GO
from cachemount.managers.gradle import GRADLE
from cachemount.managers.lein import LEIN
from cachemount.managers.maven import MAVEN
from cachemount.managers.mix import MIX
from cachemount.managers.npm import NPM
from cachemount.managers.nuget import NUGET
from cachemount.managers.opam import OPAM
from cachemount.managers.pacman import PACMAN
from cachemount.managers.pak import PAK
from cachemount.managers.pdm import PDM
from cachemount.managers.pip import PIP
from cachemount.managers.pip_tools import PIP_TOOLS
from cachemount.managers.pipenv import PIPENV
from cachemount.managers.pipx import PIPX
from cachemount.managers.pixi import PIXI
from cachemount.managers.pnpm import PNPM
from cachemount.managers.poetry import POETRY
from cachemount.managers.pub import PUB
from cachemount.managers.rebar3 import REBAR3
from cachemount.managers.renv import RENV
from cachemount.managers.sbt import SBT
from cachemount.managers.shards import SHARDS
from cachemount.managers.stack import STACK
from cachemount.managers.swift import SWIFT
from cachemount.managers.uv import UV
from cachemount.managers.yarn import YARN
from cachemount.managers.zypper import ZYPPER

MANAGERS: tuple[PackageManager, ...] = (
    APK,
    APT,
    BOWER,
    BUN,
    BUNDLER,
    CABAL,
    CARGO,
    CLOJURE,
    COMPOSER,
    CONDA,
    COURSIER,
    CPAN,
    CPM,
    DENO,
    DNF,
    GEM,
    GO,
    GRADLE,
    LEIN,
    MAVEN,
    MIX,
    NPM,
    NUGET,
    OPAM,
    PACMAN,
    PAK,
    PDM,
    PIP,
    PIP_TOOLS,
    PIPENV,
    PIPX,
    PIXI,
    PNPM,
    POETRY,
    PUB,
    REBAR3,
    RENV,
    SBT,
    SHARDS,
    STACK,
    SWIFT,
    UV,
    YARN,
    ZYPPER,
)
