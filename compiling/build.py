"""What setup.py is given to build the package with a compiled engine."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from setuptools import find_packages

from compiling.records import written_out

_ROOT = Path(__file__).parent.parent
_TREE = Path("build", "compiled")
# What runs for each file. The tables of managers and images are read once, and the rules are generators of a few lines.
_COMPILED = (
    "dockerfile/*.py",
    "facts/*.py",
    "shell/*.py",
    "rules/_[!_]*.py",
    "managers/_model.py",
    "engine.py",
    "findings.py",
    "fingerprints.py",
    "pragmas.py",
    "source.py",
    "suppress.py",
)
_NEEDED = "mypy>=2.4,<2.5"


def options() -> dict[str, Any]:
    """Arguments of `setuptools.setup`; before mypy is installed, only that it is needed."""
    if find_spec("mypyc") is None:
        return {"setup_requires": [_NEEDED]}
    from mypyc.build import mypycify  # noqa: PLC0415 - it is what is asked for first

    tree = _ROOT / _TREE
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(_ROOT / "hooks", tree, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    compiled = {path for pattern in _COMPILED for path in (tree / "cachemount").glob(pattern)}
    for path in tree.rglob("*.py"):
        if path != tree / "cachemount" / "records.py":
            text = written_out(path.read_text(encoding="utf-8"), native=path in compiled)
            path.write_text(text, encoding="utf-8")
    sources = sorted(str(path.relative_to(_ROOT)) for path in compiled)
    # What is not compiled is not checked either: mypy checks the sources themselves.
    checking = ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent"]
    return {
        "package_dir": {"": str(_TREE)},
        "packages": find_packages(str(tree)),
        "ext_modules": mypycify([*checking, *sources], opt_level="2", debug_level="0", group_name="cachemount"),
    }
