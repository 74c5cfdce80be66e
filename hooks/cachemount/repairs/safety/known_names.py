"""Packages of which a cache knows no more than the name: it has the old ones when they have changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install
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
    if (
        named
        or where
        or (manager.known_by_name_after and re.search(manager.known_by_name_after, _before(facts, install)))
    ):
        title = shortened(" ".join(word.word.raw for word in install.command.words))
        yield reasons.KNOWN_BY_NAME.about(title=title, manager=manager.name)


def _before(facts: Facts, install: Install) -> str:
    """Return what the image of an install is built by, up to the install."""
    dockerfile, step = facts.dockerfile, install.step
    texts = [dockerfile.source.slice(one.span) for one in chain.before(step.stage, step.instruction)]
    own = dockerfile.source.text[step.instruction.span.start : install.command.span.start]
    return "\n".join((*texts, own))
