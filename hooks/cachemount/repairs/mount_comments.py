"""Comments above a step that name the folder of a mount: they name the new one where the mount is moved."""

from __future__ import annotations

import re

from cachemount.dockerfile.model import Instruction
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.source import Source, Span

_COMMENT = late(r"[ \t]*#[^\r\n]*\r?\n")
# Others are about what else is in the folder, or about where the manager has it unless it is told otherwise.
_ABOUT_MOUNT = late(r"(?i)(?<![\w./-])(?:cache-mounts?|cach(?:e[sd]?|ing)|mount(?:s|ed|ing)?)(?![\w/]|-\w)")
_ABOUT_HABIT = late(r"(?i)\b(?:defaults?|usual(?:ly)?|normally)\b")


def renamed(source: Source, instruction: Instruction, old: str, new: str) -> list[Edit]:
    """Return the edits that put a folder's new name in the comment lines right above an instruction.

    There are none where the comment says nothing of a cache or a mount, or speaks of the manager's habits. A path that
    is part of another, or of a command's option, stays.
    """
    text = source.text
    start = end = text.rfind("\n", 0, instruction.span.start) + 1
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        if _COMMENT.fullmatch(text, line, start) is None:
            break
        start = line
    said, folder = text[start:end], old.rstrip("/")
    if folder not in said or not _ABOUT_MOUNT.search(said) or _ABOUT_HABIT.search(said):
        return []
    alone = rf"(?<![\w./~$}}{{=:,-]){re.escape(folder)}(?![\w~$*-]|/[^\s\"'`),.;:]|\.\w)"
    spans = (Span(start + one.start(), start + one.end()) for one in re.finditer(alone, said))
    return [Edit(span=span, text=new.rstrip("/")) for span in spans]
