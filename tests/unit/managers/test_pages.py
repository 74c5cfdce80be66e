"""docs/managers/: a page for each package manager, with a step in which it is found."""

from __future__ import annotations

import re

import pytest

from cachemount import engine
from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from generate_docs import MANAGER_PAGES
from manager_pages import manager_page


def test_there_is_a_page_for_each_manager_and_no_other() -> None:
    assert {path.stem for path in MANAGER_PAGES.iterdir()} == {one.name for one in MANAGERS}


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda one: one.name)
def test_the_page_is_the_current_one_and_its_step_is_found(manager: PackageManager) -> None:
    text = (MANAGER_PAGES / f"{manager.name}.md").read_text(encoding="utf-8")
    assert text == manager_page(manager), "run `python tests/generate_docs.py`"
    step = re.findall(r"^```dockerfile\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[0]
    assert manager.name in {one.manager for one in engine.check(step).findings}
