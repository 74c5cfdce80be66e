"""The results of a run for each file, free of offsets: reporters print it, worker processes send it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from cachemount.findings import Finding, Severity
from cachemount.fingerprints import step_text
from cachemount.reasons import id_of
from cachemount.records import Record, field
from cachemount.source import Position, Source, Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Literal

    from cachemount.cache_mounts import CacheMount


class Region(Record, kw_only=False):
    """From `start` up to, and not with, `end`. It has their numbers, which travel faster between processes."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> Position:
        return Position(self.line, self.column)

    @property
    def end(self) -> Position:
        return Position(self.end_line, self.end_column)

    def to_dict(self) -> dict[str, int]:
        return {"line": self.line, "column": self.column, "end_line": self.end_line, "end_column": self.end_column}


class Replacement(Record):
    """Put `text` in the place of a region."""

    region: Region
    text: str


class PlacedFix(Record):
    """A fix; see `findings.Fix`."""

    title: str
    safe: bool
    withheld: str
    replacements: tuple[Replacement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what `report.schema.json` calls a fix."""
        return {
            "title": unicode(self.title),
            "safe": self.safe,
            "withheld": unicode(self.withheld),
            "withheld_id": id_of(self.withheld),
            "way_out": unicode(getattr(self.withheld, "way_out", "")),
            "unsafe_effect": unicode(getattr(self.withheld, "unsafe", "")),
            "edits": [{**one.region.to_dict(), "text": one.text} for one in self.replacements],
        }


class Result(Record):
    """A finding with its place in a file; `suppressed` says by what it is hidden ("": it counts), and `reason` why.

    `step` is the text of the command or mount flag at fault, on one line: see `fingerprints.step_text`.
    """

    path: str
    region: Region
    instruction_line: int
    stage: str
    rule: str
    manager: str | None
    message: str
    step: str = ""
    identity: str = ""
    severity: Severity = "warning"
    fix: PlacedFix | None = None
    note: str = ""
    by_hand: str = ""
    suppressed: Literal["", "pragma", "allowlist", "baseline"] = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return what `report.schema.json` calls a finding, or a suppressed one. A fix that is not Unicode is None."""
        fix = self.fix
        writable = fix is not None and all(is_text(one.text) for one in fix.replacements)
        finding = {
            "path": unicode(self.path),
            **self.region.to_dict(),
            "instruction_line": self.instruction_line,
            "stage": unicode(self.stage),
            "rule": self.rule,
            "severity": self.severity,
            "manager": self.manager,
            "message": unicode(self.message),
            "note": unicode(self.note),
            "note_id": id_of(self.note),
            "way_out": unicode(getattr(self.note, "way_out", "")),
            "by_hand": unicode(self.by_hand),
            "fix": fix.to_dict() if fix is not None and writable else None,
        }
        if self.suppressed:
            finding |= {"suppressed_by": self.suppressed, "reason": unicode(self.reason)}
        return finding


class FileResult(Record):
    """The result for one file.

    `with_fixes` tells whether fixes were worked out. `fixes_made` is how many were made (or, with a `diff`, would be),
    `made` what they are called, and `found` how many findings there were before. `settled` is how many of the findings
    safe fixes settle, and how many more those do that are not safe; None where each settles those that it is a fix of.
    `error` is why the file could not be dealt with, in a configuration at
    `line` and `column` (1-based; 0: not known), `skipped` why it was passed over. `entries` are the indexes of the
    allowlist entries of `config` that hid something. `text` is what the places are in, if anything was found and it
    was asked how to repair it, and `mounts` its cache mounts, where they were asked for. `changed` are the texts before
    and after the fixes, where any were made.
    """

    path: str
    findings: tuple[Result, ...] = ()
    suppressed: tuple[Result, ...] = ()
    with_fixes: bool = True
    fixes_made: int = 0
    made: tuple[str, ...] = ()
    found: int = 0
    settled: tuple[int, int] | None = None
    diff: str = ""
    error: str = ""
    line: int = 0
    column: int = 0
    details: str = ""
    skipped: str = ""
    config: str = ""
    entries: tuple[int, ...] = ()
    text: str = ""
    mounts: tuple[CacheMount, ...] = ()
    changed: tuple[str, str] | tuple[()] = ()

    @property
    def place(self) -> str:
        """Where the error is, to stand after the path: `:LINE:COLUMN`, as far as it is known."""
        return f":{self.line}:{self.column}" if self.column else f":{self.line}" if self.line else ""


# Why a file is passed over that looks like a Dockerfile, and has holes.
TEMPLATE = "it is a template, not yet a Dockerfile"


class Totals(Record, frozen=False):
    """Sums over the files of a run that are through; what the baseline hides is not in `suppressed`.

    `severe` are the findings that are errors; safe fixes settle `fixable`, fixes that are not safe `unsafe` more;
    `noted` have no safe one, for a reason that is given, and `fixed` were put right.
    `counted` is False where it was not asked of all findings whether they can be repaired. Of those `skipped`, some are
    `templates`.
    """

    files: int = 0
    findings: int = 0
    suppressed: int = 0
    baseline: int = 0
    severe: int = 0
    fixable: int = 0
    unsafe: int = 0
    noted: int = 0
    fixed: int = 0
    counted: bool = True
    fixes_made: int = 0
    fixed_files: int = 0
    errors: int = 0
    skipped: int = 0
    templates: int = 0
    bad: set[str] = field(default_factory=set)

    @property
    def bad_files(self) -> int:
        return len(self.bad)

    def add(self, result: FileResult) -> None:
        if result.skipped:
            self.skipped += 1
            self.templates += result.skipped == TEMPLATE
        else:
            self.files += 1
        self.findings += len(result.findings)
        if result.findings:
            self.bad.add(result.path)
        old = sum(one.suppressed == "baseline" for one in result.suppressed)
        self.baseline += old
        self.suppressed += len(result.suppressed) - old
        self.severe += sum(one.severity == "error" for one in result.findings)
        fixable, unsafe = result.settled or (
            sum(one.fix is not None and one.fix.safe for one in result.findings),
            sum(one.fix is not None and not one.fix.safe for one in result.findings),
        )
        self.fixable += fixable
        self.unsafe += unsafe
        self.noted += sum(bool(one.note) if one.fix is None else not one.fix.safe for one in result.findings)
        self.fixed += max(result.found - len(result.findings), 0)
        self.counted = self.counted and result.with_fixes
        if result.found > len(result.findings):
            self.bad.add(result.path)
        self.fixes_made += result.fixes_made
        self.fixed_files += bool(result.fixes_made)
        self.errors += bool(result.error)


class Run(Record, frozen=False):
    """The results of a run, and how its user wants them shown. `results` can be gone through once.

    `baseline` is True where the run looks at baselines; `fixer` is the command that
    repairs, `arguments` are those of this run, and with `unsafe` it makes fixes that are not safe as well.
    `searched` says what the run looks for ("" where it was called for configurations), and `places` where;
    `notes` gives further lines about findings, for people, `linters` those about linters that mind the fixes, and
    `elsewhere` says where else to look.
    """

    results: Iterator[FileResult]
    mode: Literal["check", "fix", "diff"] = "check"
    color: bool = False
    fixer: str = "fix-cache-mounts"
    arguments: tuple[str, ...] = ()
    unsafe: bool = False
    searched: str = ""
    places: str = ""
    notes: Callable[[], Iterable[str]] = tuple
    linters: Callable[[], Iterable[str]] = tuple
    elsewhere: Callable[[], str] = str
    baseline: bool = False
    show_suppressed: bool = False
    statistics: bool = False
    verbose: bool = False
    totals: Totals = field(default_factory=Totals)

    def __iter__(self) -> Iterator[FileResult]:
        for result in self.results:
            self.totals.add(result)
            yield result


def locate(
    source: Source,
    finding: Finding,
    *,
    suppressed: Literal["", "pragma", "allowlist", "baseline"] = "",
    reason: str = "",
) -> Result:
    """Turn the offsets of a finding into lines and columns."""

    def region(span: Span) -> Region:
        return Region(*source.position(span.start), *source.position(span.end))

    fix = None
    if finding.fix is not None:
        fix = PlacedFix(
            title=finding.fix.title,
            safe=finding.fix.safe,
            withheld=finding.fix.withheld,
            replacements=tuple(Replacement(region=region(edit.span), text=edit.text) for edit in finding.fix.edits),
        )
    return Result(
        path=source.path,
        region=region(finding.span),
        instruction_line=source.position(finding.instruction.start).line,
        stage=finding.stage,
        rule=finding.rule,
        manager=finding.manager,
        message=finding.message,
        identity=finding.identity,
        severity=finding.severity,
        step=step_text(source.slice(finding.span)),
        fix=fix,
        note=finding.note,
        by_hand=finding.by_hand,
        suppressed=suppressed,
        reason=reason,
    )


def slashed(path: str) -> str:
    """Return a path as reports for programs have it on every system: parts joined by `/`, without `./` at its start."""
    path = path.replace(os.sep, "/")
    while path.startswith("./") and len(path) > 2:
        path = path[2:].lstrip("/")
    return path


def is_text(text: str) -> bool:
    """Return whether text is Unicode: without bytes that are not UTF-8, which no report can hold."""
    return not any("\ud800" <= one <= "\udfff" for one in text)


def unicode(text: str) -> str:
    """Return text as documents can hold it: with bytes that are not UTF-8 escaped, as on a terminal."""
    return text if is_text(text) else printable(text)


def printable_lines(text: str) -> str:
    """Text of many lines for a terminal: as `printable`, with line ends and tabs."""
    return "\n".join("\t".join(map(printable, line.removesuffix("\r").split("\t"))) for line in text.split("\n"))


def printable(text: str) -> str:
    """Text for a terminal, a log or XML.

    Control, direction-changing and undecodable characters are shown as escapes, and so is what is not a character.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def printable_path(path: str) -> str:
    """Return a path for the beginning of a line; what GitHub would read there as a command is not one after `./`."""
    shown = printable(path)
    return f"./{shown}" if shown.lstrip().startswith(("::", "##[")) else shown


def _escaped(character: str) -> str:
    import unicodedata

    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - 0xDC00:02x}"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") or ord(character) & 0xFFFE == 0xFFFE:
        named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
        code = ord(character)
        return named.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
    return character
