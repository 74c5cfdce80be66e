"""Fingerprints, which find the same finding in a changed file: without line numbers and layout."""

from __future__ import annotations

import re
from binascii import crc32

from cachemount.findings import Finding
from cachemount.late_pattern import late
from cachemount.source import Source
from cachemount.type_checking import NamedTuple

# A longer command is cut: the file that holds it is there to be read by people.
LONGEST = 160

_COMMENT_LINE = late(r"(?m)^[ \t]*#.*(?:\n|\Z)")
_CONTINUATION = late(r"[\\`][ \t]*\r?$", re.MULTILINE)


class Fingerprint(NamedTuple):
    """A rule, a package manager (None where none applies), and the text of the command or mount flag at fault."""

    rule: str
    manager: str | None
    step: str


def fingerprint(source: Source, finding: Finding) -> Fingerprint:
    """Return the fingerprint of a finding in a source; two findings in one file may have the same."""
    return Fingerprint(finding.rule, finding.manager, step_text(source.slice(finding.span)))


def kind_of(one: Fingerprint) -> Fingerprint:
    """Return what stays of a fingerprint when versions or packages of its command change: the program and its verb."""
    return one._replace(step=" ".join(one.step.split(" ", 2)[:2]))


def step_text(text: str) -> str:
    """Return a command on one line, without continuations and comment lines. A long text ends in a checksum."""
    if "\n" in text:
        first, newline, rest = text.partition("\n")
        text = _CONTINUATION.sub(" ", first + newline + _COMMENT_LINE.sub("", rest))
    step = " ".join(text.split())
    if len(step) <= LONGEST:
        return step
    return f"{step[:LONGEST]}... {crc32(step.encode('utf-8', 'surrogatepass')):08x}"
