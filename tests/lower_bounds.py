"""Run the case files and the tests of the programs with the oldest dependencies that setup.cfg allows.

`python tests/lower_bounds.py`; .ci/run does so. What is installed is exactly the lower bound of each requirement.
"""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNITS = (
    "embedded/test_embedded.py",
    "lsp/test_server.py",
    "policy/test_config_reader.py",
    "program/test_main.py",
    "shell/test_reader.py",
)
TESTS = ("tests/test_cases.py", *(f"tests/unit/{one}" for one in UNITS))


def lowest(requirements: str) -> list[str]:
    """Each requirement as `name==version; marker`, with the version of its lower bound."""
    found = []
    for line in filter(None, map(str.strip, requirements.splitlines())):
        match = re.fullmatch(r"([\w.-]+)>=([\d.]+),<[\d.]+(;.*)?", line)
        assert match, f"setup.cfg: `{line}` is not NAME>=VERSION,<VERSION"
        found.append(f"{match[1]}=={match[2]}{match[3] or ''}")
    return found


def main() -> int:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = config["options.extras_require"]
    wanted = lowest(config["options"]["install_requires"]) + lowest(extras["lsp"])
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        # pytest, its processes and hypothesis are no dependencies of the programs.
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *wanted, "pytest", "pytest-xdist", "hypothesis", str(ROOT)], check=True)
        subprocess.run([python, "-m", "pip", "freeze"], check=True)
        return subprocess.run([python, "-m", "pytest", "-q", *TESTS], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
