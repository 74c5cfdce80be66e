"""The site that mkdocs makes of the documents: all pages are in its navigation, all links lead somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generate_docs import ROOT, SITE, filled


def pages(nav: Any) -> Iterator[str]:
    """Yield the pages of a navigation."""
    for entry in nav:
        if isinstance(entry, str):
            yield entry
        else:
            for part in entry.values():
                yield from pages(part)


def test_each_page_is_in_the_navigation_once() -> None:
    listed = list(pages(YAML(typ="safe").load(SITE.read_text(encoding="utf-8"))["nav"]))
    documents = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    assert sorted(listed) == sorted(path.relative_to(ROOT).as_posix() for path in documents)


def test_the_navigation_is_the_current_one() -> None:
    text = SITE.read_text(encoding="utf-8")
    assert text == filled(SITE, text), "run `python tests/generate_docs.py`"


def build(config: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config), "--site-dir", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_all_links_lead_somewhere(tmp_path: Path) -> None:
    done = build(SITE, tmp_path / "site")
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
    assert (tmp_path / "site" / "docs" / "usage" / "index.html").is_file()
    assert (tmp_path / "site" / "docs" / "at-scale" / "examine.py").is_file()
    assert (tmp_path / "site" / "css" / "theme.css").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("link", ["b.md", "../README.md#no-heading", "/README.md"])
def test_a_link_that_leads_nowhere_fails(link: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(f"# A\n\n[a link]({link})\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Home\n", encoding="utf-8")
    config = tmp_path / "docs" / "mkdocs.yml"
    text = SITE.read_text(encoding="utf-8")
    start, end = text.index("\nnav:"), text.index("\nnot_in_nav:")
    config.write_text(f"{text[:start]}\nnav: [README.md, docs/a.md]{text[end:]}", encoding="utf-8")
    done = build(config, tmp_path.parent / f"{tmp_path.name}-site")
    assert done.returncode == 1
    assert link in done.stderr
