"""The edits of one fix as one list: each once, in order, insertions at one place as one."""

from __future__ import annotations

from collections.abc import Iterable

from cachemount.findings import Edit
from cachemount.records import replace
from cachemount.source import Span


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return each edit once, in the order of the text; insertions at one place become one, in the order given."""
    found: dict[Span, list[Edit]] = {}
    for edit in edits:
        known = found.setdefault(edit.span, [])
        if edit not in known:
            known.append(edit)
    joined: list[Edit] = []
    for span, known in sorted(found.items()):
        joined += known if span.start < span.end or len(known) == 1 else [_inserted_together(known)]
    return tuple(joined)


def _inserted_together(edits: list[Edit]) -> Edit:
    """Return several insertions at one place as one: mounts first, then what goes in front of the command."""
    mounts = [edit for edit in edits if edit.targets]
    others = [edit for edit in edits if not edit.targets]
    text = "".join(f"{edit.text}{edit.joint}" for edit in mounts[:-1]) + "".join(edit.text for edit in mounts[-1:])
    if others:
        # Mounts of another fix cannot follow a command.
        return Edit(span=edits[0].span, text=text + "".join(edit.text for edit in others))
    return replace(mounts[-1], text=text, targets=tuple(target for edit in mounts for target in edit.targets))


def ends_line(text: str, at: int) -> bool:
    """Return whether nothing but blanks stands between an offset and the end of its line."""
    end = text.find("\n", at)
    return not text[at : len(text) if end < 0 else end].strip(" \t\r")
