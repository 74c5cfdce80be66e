"""Packages of which a cache knows no more than the name: it has the old ones when they have changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts.model import Facts, Install
from cachemount.facts.settings import text_before
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened


def known_by_name(facts: Facts, install: Install) -> Iterator[Withheld]:
    """Yield the reason not to keep what an install fetches, where it may be another thing under the same name."""
    if install.reader:
        return
    manager = install.manager
    line = " ".join((install.program, *(one.text or one.word.raw for one in install.arguments)))
    named = manager.known_by_name and re.search(manager.known_by_name, line)
    where = manager.known_by_name_where and facts.says(manager.known_by_name_where)
    if named or where or _after(facts, install):
        title = shortened(" ".join(word.word.raw for word in install.command.words))
        yield reasons.KNOWN_BY_NAME.about(title=title, manager=manager.name)


def _after(facts: Facts, install: Install) -> bool:
    """Return whether what comes before an install lets its names stand for other things."""
    pattern = install.manager.known_by_name_after
    text = text_before(facts.dockerfile, install.step, install.command) if pattern else ""
    return bool(pattern) and re.search(pattern, text) is not None
