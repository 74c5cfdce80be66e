"""Inputs guided by coverage: `pip install atheris`, then run.py with `--atheris --suite NAME`."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import atheris

from fuzz.minimise import failure, minimise
from fuzz.mutation import mutate
from fuzz.suite import Suite, canonical, kind_of, to_bytes


def guide(suite: Suite, inputs: int, seed: int, save: Path) -> int:
    """Let atheris choose which inputs to go on with; they are changed as in an unguided run."""
    corpus = save / f"{suite.name}.corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(suite.seeds()):
        (corpus / f"seed.{number}").write_bytes(to_bytes(text))

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        error = failure(suite.check, text)
        if error is not None:
            kind = kind_of(error)
            (save / f"{suite.name}.found").write_bytes(to_bytes(minimise(suite.check, text, kind)))
            raise error

    def change(data: bytes, size: int, number: int) -> bytes:
        rng = Random(number)
        text = data.decode("utf-8", "surrogateescape") if rng.random() < 0.9 else suite.generate(rng)
        return to_bytes(canonical(mutate(rng, text, suite.seeds())))[:size]

    atheris.instrument_all()
    arguments = [sys.argv[0], f"-runs={inputs}", f"-seed={seed or 1}", "-max_len=4096", str(corpus)]
    atheris.Setup(arguments, one, custom_mutator=change)
    atheris.Fuzz()
    return 0
