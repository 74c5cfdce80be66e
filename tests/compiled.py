"""Run the tests of what is compiled on the compiled build.

`python tests/compiled.py`; .ci/run does so. It needs a C compiler and the header files of Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = (
    "tests/test_cases.py",
    "tests/test_contract.py",
    "tests/test_fix_properties.py",
    "tests/test_library.py",
    "tests/unit",
    "tests/safety",
)
IS_COMPILED = "from cachemount import engine; raise SystemExit(engine.__file__.endswith('.py'))"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{ROOT}[test]"]
        subprocess.run(install, check=True, env={**os.environ, "CACHEMOUNT_COMPILED": "1"})
        subprocess.run([python, "-c", IS_COMPILED], check=True, cwd=folder)
        # setup.cfg has the tests import what is in the checkout.
        test = [python, "-m", "pytest", "-q", "-o", "pythonpath=", *TESTS]
        return subprocess.run(test, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
