"""Images in which people, or Dockerfiles elsewhere, most likely install packages: by sudo, or by what they are called.

Nothing in the repository shows such an install. Where there is a choice, apt's settings in them stay as they are.
"""

from __future__ import annotations

import posixpath

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late

_WORD = r"(?:base|devcontainer|workspace|toolbox|sandbox|runner)s?"
# `CMD ["/bin/bash", "-l"]`, `CMD sleep infinity`, `ENTRYPOINT []`
_STARTS_NOTHING = late(
    r"\s*\[?[\s\"']*(?:(?:/usr)?/bin/)?(?:(?:ba|da|z|a|fi)?sh\b[\s\"',]*(?:-[il]+|--login)?|sleep[\s\"',]+inf\w*"
    r"|tail[\s\"',]+-f[\s\"',]+/dev/null)?[\s\"',]*\]?\s*"
)
_FILE = late(rf"(?i)(?:\A|[._-]){_WORD}(?=[._-]|\Z)")
_FOLDER = late(rf"(?i)\.?(?:[\w.-]*[._-])?{_WORD}(?:[._-]images?)?")


def called_base(facts: Facts, stage: Stage) -> str:
    """Return the file or folder by which the image is called a base, or a workspace; empty if none does.

    Others are built on such an image, or people work in it.
    """
    if not chain.descends(facts.dockerfile.last, stage):
        return ""
    path = facts.dockerfile.source.path
    folder, name = posixpath.basename(posixpath.dirname(path)), posixpath.basename(path)
    return name if _FILE.search(name) else folder if _FOLDER.fullmatch(folder) else ""


def starts_nothing(facts: Facts, stage: Stage) -> bool:
    """Return whether the image starts nothing but a shell, and a README of its repository speaks of images."""
    last = facts.dockerfile.last
    if not chain.descends(last, stage) or not any(one.of_images for one in facts.dockerfile.source.context):
        return False
    started = [
        instruction.arguments.text
        for one in last.lineage()
        for instruction in one.instructions
        if instruction.keyword in ("CMD", "ENTRYPOINT")
    ]
    return all(map(_STARTS_NOTHING.fullmatch, started))


def has_sudo(facts: Facts, stage: Stage) -> bool:
    """Return whether the image gets sudo, by which people may install packages."""
    return facts.memo(_has_sudo, stage)


def _has_sudo(facts: Facts, stage: Stage) -> bool:
    last = facts.dockerfile.last
    return chain.descends(last, stage) and any(
        _installs_sudo(install) for step in facts.steps if chain.descends(last, step.stage) for install in step.installs
    )


def _installs_sudo(install: Install) -> bool:
    return install.manager.system and any(argument.text == "sudo" for argument in install.arguments)
