"""What is in the distributions, and that what is installed from them runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from cachemount.commands import SHELLS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / "hooks"


def python(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=clean | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with an sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("package")
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "build")
    shutil.copytree(ROOT, folder / "tree", ignore=ignored)
    done = python("-m", "build", "--outdir", str(folder / "dist"), str(folder / "tree"), folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


def test_the_wheel_has_all_of_the_package_and_nothing_else(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {path.relative_to(HOOKS).as_posix() for path in HOOKS.rglob("*.py") if "egg-info" not in str(path)}
    data = {
        f"cachemount/{name}"
        for name in ("py.typed", "config.schema.json", "problem-matcher.json", "report.schema.json")
    }
    data |= {f"cachemount/completions/cachemount.{shell}" for shell in SHELLS}
    assert all((HOOKS / name).is_file() for name in data)
    version = wheel.name.split("-")[1]
    pages = {
        f"cachemount-{version}.data/data/share/doc/cachemount/{folder}/{path.name}"
        for folder in ("rules", "managers")
        for path in (ROOT / "docs" / folder).iterdir()
    }
    information = {name for name in names if name.startswith(f"cachemount-{version}.dist-info/")}
    assert names - information == code | data | pages
    assert any(name.endswith("LICENSE") for name in information)
    wanted = ConfigParser()
    wanted.read(ROOT / "setup.cfg")
    scripts = wanted["options.entry_points"]["console_scripts"].split("\n")
    entries = zipfile.ZipFile(wheel).read(f"cachemount-{version}.dist-info/entry_points.txt").decode()
    assert sorted(entries.strip().splitlines()[1:]) == sorted(line for line in scripts if line)


def test_the_sdist_has_the_documents_and_what_builds_it(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    documents = {"README.md", "LICENSE", "docs/rules/missing-cache-mount.md"}
    assert documents | {"setup.cfg", "pyproject.toml"} <= names


def test_what_is_installed_runs(distributions: Path, tmp_path: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    target = tmp_path / "site"
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(target))
    done = python("-m", "pip", "install", *options, str(wheel), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN apt-get install -y jq\n", encoding="utf-8")
    done = python("-c", "import cachemount; print(cachemount.__file__)", folder=tmp_path, PYTHONPATH=str(target))
    assert done.stdout.startswith(str(target))
    done = python("-m", "cachemount", "Dockerfile", folder=tmp_path, PYTHONPATH=str(target))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("Dockerfile:2:5: warning: `apt-get install` has no cache mount")
    for name in ("--version", "--help"):
        assert python("-m", "cachemount", name, folder=tmp_path, PYTHONPATH=str(target)).returncode == 0
