"""Caches that a step gives to another user: what is mounted keeps its owner from one step to the next."""

from __future__ import annotations

import re

from cachemount.facts import chain
from cachemount.facts.cleanups import resolved
from cachemount.facts.expansion import expanded, runner
from cachemount.facts.locations import below
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.facts.parallel_caches import cache_of

_OWNER = ("uid", "gid", "mode", "from")
_PROGRAMS = ("chown", "chmod")


def given_before(facts: Facts, install: Install, mount: Mount) -> bool:
    """Return whether a command before an install has given the cache of its mount to the user."""
    step = install.step
    users = {runner(step, install.command).user, str(install.uid)} - {"", "None"}
    for other in facts.mounted:
        text = other.run.script.text or other.instruction.arguments.text
        if not any(one in text for one in _PROGRAMS):
            continue
        if other is not step and not (
            chain.descends(step.stage, other.stage) and other.instruction.span.start < step.instruction.span.start
        ):
            continue
        for one in other.caches:
            alike = all(one.flag.options.get(key) == mount.flag.options.get(key) for key in _OWNER)
            if alike and cache_of(one) == cache_of(mount) != "" and _gives(other, one, users, install):
                return True
    return False


def _gives(step: Step, mount: Mount, users: set[str], install: Install) -> bool:
    for command, words in expanded(step):
        if step is install.step and command.span.start > install.command.span.start:
            continue
        texts = [word.known for word in words[1:] if word.known and not word.known.startswith("-")]
        if words[0].name not in _PROGRAMS or len(texts) < 2 or command.conditional:
            continue
        to = texts[0].partition(":")[0] in users if words[0].name == "chown" else _opens(texts[0])
        deep = any(word.known == "--recursive" or re.match("-[a-zA-Z]*R", word.known) for word in words[1:])
        paths = (resolved(one, command, step) for one in texts[1:])
        if to and any(
            mount.target and (one == mount.target or (deep and one and below(mount.target, one))) for one in paths
        ):
            return True
    return False


def _opens(mode: str) -> bool:
    return re.fullmatch(r"[0-7]*7|[uo]*[ao][ugo]*\+\w*w\w*", mode) is not None
