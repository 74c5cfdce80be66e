"""Repaired Dockerfiles, built: the second build downloads the new package and little else, and the image works.

`python -m pytest -m build tests/builds/test_proofs.py`: needs root, docker.io, debootstrap and the registries. With
`-m "build and not slow"`, those of apt, pip, npm and go. With `--current` they are built by a current BuildKit (see
buildkit.py); with `--record`, what is measured becomes the table of docs/proofs.md, by `python tests/generate_docs.py`.
"""

from __future__ import annotations

import pytest

from builds.proof import Proof
from builds.proof_cases import PROOFS
from builds.proof_cases_more import MORE_PROOFS
from builds.proving import Measured, Prover, repaired
from builds.shapes import shapes
from cachemount.managers import MANAGERS

# Answers that say no more than "as before", headers of archives.
_SMALL = 20_000


@pytest.mark.build
@pytest.mark.parametrize(
    "proof",
    [*PROOFS, *(pytest.param(proof, marks=pytest.mark.long) for proof in MORE_PROOFS)],
    ids=lambda proof: proof.name,
)
def test_only_the_new_package_is_downloaded(proof: Proof, prover: Prover, measured: list[Measured]) -> None:
    found = prover.measure(proof)
    measured.append(found)
    print(found)
    assert found.after.total <= 1.1 * (found.after.new + found.after.index) + _SMALL
    assert found.after.total < found.before.total
    prover.with_empty_mounts(proof)


@pytest.mark.parametrize("proof", [*PROOFS, *MORE_PROOFS], ids=lambda proof: proof.name)
def test_each_is_repaired_in_full(proof: Proof) -> None:
    assert "--mount=type=cache" in repaired(proof)


def test_a_manager_is_proven_or_says_why_not() -> None:
    proven = {proof.manager for proof in (*PROOFS, *MORE_PROOFS)} | {shape.proves for shape in shapes() if shape.proves}
    assert proven == {manager.name for manager in MANAGERS if not manager.unproven}
