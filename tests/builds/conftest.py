"""One builder, one server of registries and one set of base images for all proofs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from builds.builder import Builder
from builds.proving import RECORD, Measured, Prover
from builds.registries import Registries


@pytest.fixture(scope="session")
def builder() -> Iterator[Builder]:
    with Builder() as builder:
        yield builder


@pytest.fixture(scope="session")
def prover(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    folder = tmp_path_factory.mktemp("proofs")
    with Registries(folder / "registries") as registries:
        yield Prover(builder, registries, folder)


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest, builder: Builder) -> Iterator[list[Measured]]:
    found: list[Measured] = []
    yield found
    if request.config.getoption("--record"):
        document = {"builder": builder.version, "proofs": [asdict(one) for one in found]}
        RECORD.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
