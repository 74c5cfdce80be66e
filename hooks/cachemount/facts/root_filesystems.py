"""Who made the root filesystem of an image that begins with nothing: what an instruction brings, and from where."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Dockerfile, Instruction, Stage
from cachemount.facts.chain import stage_named
from cachemount.facts.model import Facts
from cachemount.facts.patterns import compiled


def is_made_by(facts: Facts, stage: Stage, makers: str, file: str) -> bool:
    """Return whether a stage is built on a root filesystem of certain makers, in which nothing puts a file.

    `makers` is a regular expression for their programs and addresses, with FOLDER for where they put it. Who made an
    archive of the build context is not known. The same holds for a folder into which files are copied.
    """
    first = stage.lineage()[0]
    return first.image.lower() == "scratch" and facts.memo(_is_made_by, first, makers, file)


def _is_made_by(facts: Facts, first: Stage, makers: str, file: str) -> bool:
    dockerfile = first.file or facts.dockerfile
    for one in first.instructions:
        if one.run is not None:
            return False
        if one.keyword in ("ADD", "COPY") and len(one.operands) == 2 and one.operands[1] == "/":
            return _brings(dockerfile, one, makers, file)
    return False


def _brings(dockerfile: Dockerfile, copy: Instruction, makers: str, file: str) -> bool:
    """Return whether an instruction brings what the makers made."""
    brought = copy.operands[0]
    if copy.keyword == "ADD":
        return "://" in brought and compiled(makers).search(brought) is not None
    name = next((flag.value or "" for flag in copy.flags if flag.name == "from"), "")
    # In another file it has that file's path in front.
    source = stage_named(dockerfile, name.rpartition("#")[2])
    folder = brought.strip("/")
    if source is None or not folder or "$" in folder:
        return False
    # Arguments may have the address.
    told = [one for one in source.instructions if one.keyword in ("ARG", "ENV")]
    named = re.compile(rf"(?<![\w./-])/{re.escape(folder)}(?![\w-])")
    filling = [one for one in source.instructions if one not in told and named.search(one.arguments.text)]
    if any(one.run is None or file.rpartition("/")[2] in one.arguments.text for one in filling):
        return False
    makers = makers.replace("FOLDER", f"/{re.escape(folder)}/?")
    text = "\n".join(one.arguments.text for one in (*told, *filling))
    return bool(filling) and compiled(makers).search(text) is not None
