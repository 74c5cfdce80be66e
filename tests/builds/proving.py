"""Building a proof's Dockerfile with more packages, and counting what is downloaded."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pip._internal.models.index import PyPI

from builds.bases import Bases
from builds.builder import ImageBuilder
from builds.proof import Proof
from builds.registries import Registries, Taken
from cachemount.engine import fix
from cachemount.source import Source

RECORD = Path(__file__).parent / "measured.json"
_TAG = "proof"


@dataclass(frozen=True, kw_only=True)
class Download:
    """What one build took from the registries, in bytes, and how long it took, in seconds.

    `index` is what the manager asked to know what there is; `new` are files that the build before did not take.
    """

    total: int
    index: int
    new: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the second build of a proof downloads as people write it, and repaired."""

    name: str
    manager: str
    before: Download
    after: Download


def repaired(proof: Proof) -> str:
    """Return the Dockerfile after our safe repairs. Raises `AssertionError` where there is none or a finding stays."""
    source = Source(path="Dockerfile", text=proof.dockerfile)
    after, report = fix(source)
    assert after.text != source.text, f"{proof.name}: nothing is repaired"
    assert not report.findings, f"{proof.name}: {report.findings}"
    return after.text


class Prover:
    """Builds proofs in a folder of its own."""

    def __init__(self, builder: ImageBuilder, registries: Registries, folder: Path) -> None:
        self._builder, self._registries, self._folder = builder, registries, folder / "context"
        self.bases = Bases(builder, registries, folder / "bases")

    def measure(self, proof: Proof) -> Measured:
        """Build it twice as it is and twice repaired. Raises `BuildError` or `RoomError`."""
        for image in proof.images:
            self.bases.need(image)
        before = self._second(proof, proof.dockerfile)
        after = self._second(proof, repaired(proof))
        return Measured(name=proof.name, manager=proof.manager, before=before, after=after)

    def _second(self, proof: Proof, dockerfile: str) -> Download:
        # From nothing.
        self._builder.forget(_TAG)
        first, _ = self._build(proof, dockerfile, 0)
        known = {one.url for one in first}
        taken, seconds = self._build(proof, dockerfile, 1)
        index = sum(one.size for one in taken if re.search(proof.index, one.url))
        new = sum(one.size for one in taken if not re.search(proof.index, one.url) and one.url not in known)
        return Download(total=sum(one.size for one in taken), index=index, new=new, seconds=seconds)

    def with_empty_mounts(self, proof: Proof) -> None:
        """Build it repaired, with the layers of the builds before but nothing in the mounts. Raises `BuildError`."""
        self._builder.forget_mounts()
        self._build(proof, repaired(proof), 2)

    def _build(self, proof: Proof, dockerfile: str, turn: int) -> tuple[list[Taken], float]:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        for name, template in {**proof.files, "Dockerfile": dockerfile}.items():
            text = template.replace("INDEX", self._registries.at(PyPI.simple_url)).replace(
                "ADDRESS", self._registries.address
            )
            for placeholder, packages in proof.packages[turn].items():
                text = text.replace(placeholder, packages)
            (self._folder / name).write_text(text, encoding="utf-8")
        self._registries.clear()
        built = self._builder.build(self._folder, _TAG)
        taken = self._registries.taken
        self._builder.run(_TAG, ["sh", "-c", proof.check[turn]])
        return taken, built.seconds
