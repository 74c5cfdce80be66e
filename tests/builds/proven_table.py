"""The table of the managers in docs/proofs.md: by what each is proven, or what was tried."""

from __future__ import annotations

from builds.proof_cases import PROOFS
from builds.proof_cases_more import MORE_PROOFS
from builds.shapes import shapes
from cachemount.managers import MANAGERS

# Where no build was to be had with what Debian, PyPI, npm, crates.io, Maven Central and the Go module proxy have.
TRIED = {
    "cabal": "Debian has the program; the fix is not a safe one, because a release decides where the packages lie",
    "clojure": "tools.deps is in Maven Central and answers where it keeps packages; the scripts around it are not",
    "conda": "PyPI and npm have no current conda",
    "coursier": "its jar is in Maven Central and answers where it keeps packages; the fix is not a safe one",
    "cpm": "Debian has no App::cpm",
    "mix": "Debian has the program; it reads a registry that is signed, which has to be made first",
    "pak": "Debian has no pak",
    "pixi": "PyPI and npm have no pixi",
    "pub": "only a newer Debian has the SDK; it answers where it keeps packages",
    "rebar3": "Debian has the program; it reads a registry that is signed, which has to be made first",
    "renv": "Debian has the program; the fix is not a safe one, because packages are built for one image",
    "stack": "it asks its own site before it reads its configuration",
    "swift": "Debian has the program, of 2 GB; not built",
}


def proven_table() -> str:
    """Return a row for each manager."""
    rows = ["| manager | proven by | or what was tried |", "|---|---|---|"]
    for manager in MANAGERS:
        proofs = [proof.name for proof in (*PROOFS, *MORE_PROOFS) if proof.manager == manager.name]
        proofs += [shape.name for shape in shapes() if shape.proves == manager.name]
        tried = f"{manager.unproven}; {TRIED.get(manager.name, 'not tried')}" if manager.unproven else ""
        rows.append(f"| {manager.title} | {'; '.join(proofs)} | {tried} |")
    proven = sum(not manager.unproven for manager in MANAGERS)
    return "\n".join([f"{proven} of {len(MANAGERS)} managers are proven by a build.", "", *rows])
