"""A step empties the cache that it mounts.

What is in a cache mount is never part of the image, so emptying it saves nothing; it only makes the next build download
everything again.

The repair drops the command, or only the argument at fault where the command has others; a manager that would trust the
index that then stays for hours is told to ask for a newer one. It is safe, unless the command stands before the
install, which it may be meant to let build or fetch anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.cleanups import cleanups_of, installs_using
from cachemount.facts.model import Directory, Facts, Mount, Step
from cachemount.findings import Finding
from cachemount.managers.model import Cache, PackageManager
from cachemount.repairs import cleanup_edits, download_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "discarded-cache"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        if not step.caches:
            continue
        directories, managers = _mounted(step)
        found = list(cleanups_of(step, directories, managers))
        if not found:
            continue
        builder = FixBuilder(facts)
        builder.editable(step)
        cleanup_edits.drop(builder, step, found)
        for install in step.installs:
            if install.manager in managers and not install.reader:
                # Until now every build fetched the index anew.
                download_edits.revalidate(builder, install)
                builder.keep_builds(install)
        cleanup_edits.keep_order(builder, step, managers, found)
        for discard in found:
            words = (
                discard.arguments[0].word.raw
                if discard.arguments
                else " ".join(word.raw for word in discard.command.words)
            )
            yield finding(
                NAME,
                f"`{words}` empties the cache mount of its own step"
                if not discard.arguments
                else f"`rm {words}` empties the cache mount of its own step",
                step,
                discard.command.span,
                manager=managers[0].name if len(managers) == 1 else None,
                fix=builder.fix("keep the cache"),
                note=builder.blocked_reason,
            )


def _mounted(step: Step) -> tuple[list[Directory], list[PackageManager]]:
    directories: list[Directory] = []
    managers: list[PackageManager] = []
    for mount in step.caches:
        pairs = installs_using(step, mount)
        directories.extend(directory for _, directory in pairs)
        managers.extend(install.manager for install, _ in pairs)
        directories.append(_plain(mount))
    return directories, list(dict.fromkeys(managers))


def _plain(mount: Mount) -> Directory:
    """Return the mount's own target as a directory, whatever it is for."""
    return Directory(cache=Cache(name="", locations=()), path=mount.target)


RULE = Rule(name=NAME, check=check, of_mounts=True)
