"""What is said of hadolint in the summary: one line, where it fails for what the fixes made or offer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache

from cachemount.program.hadolint.shown import NEWEST, Shown, Version, shown_in
from cachemount.results import FileResult


def hadolint_note(
    root: str, texts: Iterable[tuple[str, str]], results: Sequence[FileResult], *, unsafe: bool = False
) -> str:
    """Return the line for the first place that runs hadolint and fails after the fixes; "" where none does."""
    places = list(shown_in(root, texts))
    if not places:
        return ""
    from cachemount.program.hadolint.changes import changed_texts
    from cachemount.program.hadolint.rules import complaints, fails

    all_texts = ((one.path, changed_texts(one, unsafe=unsafe)) for one in results)
    pairs = [(_from_root(path, root), changed) for path, changed in all_texts if changed]

    @cache
    def said(index: int, version: Version) -> frozenset[str]:
        before, after = pairs[index][1]
        return frozenset(complaints(after, version) - complaints(before, version))

    for shown in places:
        read = [index for index, (path, _) in enumerate(pairs) if shown.reads(path)]
        rules = {rule for index in read for rule in said(index, shown.version)} - shown.ignored
        rules = {rule for rule in rules if fails(rule, shown.threshold)}
        if rules:
            later = {rule for index in read for rule in said(index, NEWEST)}
            return _line(shown, sorted(rules), sorted(rules - later))
    return ""


def _line(shown: Shown, rules: Sequence[str], gone: Sequence[str]) -> str:
    place = f"{shown.name}:{shown.line}" if shown.line else shown.name
    codes = ", ".join(rules)
    if not shown.config:
        way_out = f"add `{' '.join(f'--ignore {one}' for one in rules)}` there"
    elif shown.has_config:
        way_out = f"add {'them' if len(rules) > 1 else 'it'} to `ignored` in {shown.config}"
    else:
        way_out = f"write `ignored: [{codes}]` in {shown.config}"
    newer = f"; 2.14 and later accept {', '.join(gone)}" if gone else ""
    return f"{place}: fails for {codes} after the repair: {way_out}{newer}"


def _from_root(path: str, root: str) -> str:
    return os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
