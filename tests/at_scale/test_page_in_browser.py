"""The page of a run over many repositories as a browser lays it out.

It needs Chromium (`apt-get install chromium`) and `pip install '.[scale]'`.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

SCRIPTS = Path(__file__).parents[2] / "docs" / "at-scale"
_MAKE = """\
import pandas
import examine
rows = [(f"acme/<{number:03}>", "pip", "missing-cache-mount", 1200 - number, 700, 100) for number in range(120)]
rows.append(("acme/one", "", "unreadable-dockerfile", 1, 0, 0))
print(examine.page(pandas.DataFrame(rows, columns=[*examine.KEYS, "findings", "safe", "unsafe"]), 20_000))
"""
_ASKED = """\
<script>
const all = (what, give) => [...document.querySelectorAll(what)].map(give);
document.body.dataset.said = JSON.stringify({
  text: document.body.innerText,
  rows: all("table tr", (one) => [...one.cells].map((cell) => cell.innerText)),
  bars: all("td i", (one) => [one.className, one.getBoundingClientRect().width, getComputedStyle(one).backgroundColor]),
  wide: document.documentElement.scrollWidth > innerWidth,
});
</script>
"""


@pytest.mark.parametrize("width", [1280, 500])
def test_the_numbers_and_bars_can_be_seen(width: int, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert browser, "this test needs Chromium: apt-get install chromium"
    done = subprocess.run(
        [sys.executable, "-c", _MAKE], cwd=SCRIPTS, capture_output=True, text=True, check=True, timeout=120
    )
    page = tmp_path / "report.html"
    page.write_text(done.stdout.replace("</html>", f"{_ASKED}</html>"), encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found = re.search(r'data-said="([^"]*)"', shown)
    assert found, shown[-2000:]
    said: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert not said["wide"]
    assert "20,000 files, 136,861 findings" in said["text"]
    assert "By repository (the first 100 of 121)" in said["text"]
    assert ["acme/<000>", "1,200", "700", "100", "400"] in [row[:5] for row in said["rows"]]
    assert ["(no manager)", "1", "0", "0", "1"] in [row[:5] for row in said["rows"]]
    safe, unsafe, none = said["bars"][:3]
    assert [one[0] for one in (safe, unsafe, none)] == ["safe", "unsafe", "none"]
    assert len({one[2] for one in (safe, unsafe, none)}) == 3
    # Beside the numbers there is room for bars on a wide screen alone.
    assert (safe[1] > unsafe[1] > 0) == (width > 640)
