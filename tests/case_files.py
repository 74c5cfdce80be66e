"""Case files: Markdown that says of a Dockerfile what is found in it and how it is repaired.

A case is a `## heading` with a `dockerfile` block; a `text` block holds the exact findings (none: it is clean), a
`dockerfile fixed` block the text after the safe repairs (none: it stays as it is), a `toml` block a configuration.
A `dockerfile base` block is another file of the repository that builds the image `base`; a `dockerfile derived` block
is one that begins with `ours`, the image of the case's own file. A `context PATH` block is a file of the context;
`context Dockerfile.x` has what another Dockerfile of the folder begins with. A `platforms` block has those that the
repository builds the image for, a `published` block the stages (`last`, or their names) whose images it hands to
others.
Where it matters, a `repairs` block says of each finding what its repair is called and why it is not safe or not there,
and a `dockerfile unsafe` block holds the text after all repairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cachemount import engine, fixer
from cachemount.engine import Report
from cachemount.findings import Finding, Fix
from cachemount.policy.config_reader import parse
from cachemount.policy.model import Config
from cachemount.records import replace
from cachemount.source import BuiltImage, ContextFile, Elsewhere, Published, Source

FOLDER = Path(__file__).parent / "cases"
KINDS = (
    "dockerfile", "text", "repairs", "dockerfile fixed", "dockerfile unsafe", "toml",
    "dockerfile base", "dockerfile derived", "platforms", "published",
)  # fmt: skip
_CONTEXT = "context "
TODAY = date(2026, 11, 1)

_FENCE = re.compile(r"(`{3,})(.*)")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block: `first` is the index of its opening line, `last` that of its closing one."""

    kind: str
    text: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Case:
    path: Path
    title: str
    line: int
    blocks: dict[str, Block] = field(default_factory=dict)

    def text(self, kind: str) -> str:
        return self.blocks[kind].text if kind in self.blocks else ""

    @property
    def name(self) -> str:
        return f"{self.path.relative_to(FOLDER).as_posix()}: {self.title}"

    @property
    def source(self) -> Source:
        platforms = tuple(self.text("platforms").split())
        line = Elsewhere(7, "release.yml")
        stages = ("" if one == "last" else one for one in self.text("published").split())
        return Source(
            path="Dockerfile",
            text=self.text("dockerfile"),
            images=self.images,
            context=self.context,
            platforms=platforms,
            published=tuple(Published(stage=one, line=line) for one in stages),
        )

    @property
    def images(self) -> tuple[BuiltImage, ...]:
        """The images of the repository: `base` of another file, and `ours` of this one, which `derived` begins with."""
        base, derived = self.text("dockerfile base"), self.text("dockerfile derived")
        found = [BuiltImage(name="base", path="base/Dockerfile", text=base)] if base else []
        if derived:
            found.append(BuiltImage(name="ours", path="Dockerfile", text=""))
            found.append(BuiltImage(name="derived", path="derived/Dockerfile", text=derived))
        return tuple(found)

    @property
    def context(self) -> tuple[ContextFile, ...]:
        """The files of the build's context."""
        blocks = (block for kind, block in self.blocks.items() if kind.startswith(_CONTEXT))
        files = ((one.kind.removeprefix(_CONTEXT), one.text) for one in blocks)
        return tuple(ContextFile(path=path, text=text, sibling=path.startswith("Dockerfile")) for path, text in files)

    @property
    def config(self) -> Config:
        config = parse(".cachemount.toml", self.text("toml").encode(), today=TODAY)
        assert config is not None
        return config.for_file("Dockerfile")

    @property
    def fixed(self) -> str:
        return self.text("dockerfile fixed") or self.text("dockerfile")


def load_all() -> list[Case]:
    return [case for path in sorted(FOLDER.rglob("*.md")) for case in load(path)]


def load(path: Path) -> list[Case]:
    """Return the cases of a file. Raises `ValueError` for one that is not well formed."""
    cases: list[Case] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    at = 0
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        if fence:
            end = next((end for end in range(at + 1, len(lines)) if lines[end] == fence[1]), None)
            if end is None:
                raise ValueError(f"{path}:{at + 1}: the block has no end")
            kind = fence[2].strip()
            if cases:
                _add(
                    cases[-1],
                    Block(kind=kind, text="".join(f"{line}\n" for line in lines[at + 1 : end]), first=at, last=end),
                )
            at = end
        elif lines[at].startswith("## "):
            cases.append(Case(path=path, title=lines[at][3:].strip(), line=at + 1))
        at += 1
    for case in cases:
        if "dockerfile" not in case.blocks:
            raise ValueError(f"{path}:{case.line}: the case has no `dockerfile` block")
    titles = [case.title for case in cases]
    if len(set(titles)) < len(titles):
        raise ValueError(f"{path}: two cases have the same heading")
    return cases


def _add(case: Case, block: Block) -> None:
    if block.kind not in KINDS and not block.kind.startswith(_CONTEXT):
        raise ValueError(
            f"{case.path}:{block.first + 1}: `{block.kind}` is no kind of block; known are {', '.join(KINDS)}"
        )
    if block.kind in case.blocks:
        raise ValueError(f"{case.path}:{block.first + 1}: the case has two `{block.kind}` blocks")
    case.blocks[block.kind] = block


def findings_text(report: Report) -> str:
    """Return findings as they stand in a `text` block."""
    lines = []
    for finding in report.findings:
        line, column = report.source.position(finding.span.start)
        lines.append(f"{line}:{column}: {finding.message} [{finding.rule}]\n")
    return "".join(lines)


def _more(case: Case, report: Report) -> dict[str, str]:
    """Return what is found, for those of the blocks that the case has for once; `report` is of the case as it is."""
    found = {}
    if "repairs" in case.blocks:
        found["repairs"] = "".join(_repair(report, finding) for finding in report.findings)
    if "dockerfile unsafe" in case.blocks:
        found["dockerfile unsafe"] = engine.fix_checked(report, case.config, unsafe=True)[0].text
    return found


def _repair(report: Report, finding: Finding) -> str:
    line, column = report.source.position(finding.span.start)
    if finding.fix is None:
        text = f"no repair{f': {finding.note}' if finding.note else ''}"
    else:
        text = f"{finding.fix.title}{'' if finding.fix.safe else f' (not safe: {finding.fix.withheld})'}"
    return f"{line}:{column}: {f'{finding.manager}: ' if finding.manager else ''}{text} [{finding.rule}]\n"


def verify(case: Case, *, again: bool = True) -> None:
    """Raise `AssertionError` where something else is found or repaired than the case says.

    With `again` the repaired text is checked as well; else it is where one round of repairs does not make it.
    """
    first = engine.check(case.source, case.config)
    assert findings_text(first) == case.text("text")
    if not again and fixer.apply(case.source.text, _safe(first.findings))[0] == case.fixed:
        for kind, text in _more(case, first).items():
            assert text == case.text(kind)
        return
    fixed, rest = engine.fix_checked(first, case.config)
    assert fixed.text == case.fixed
    assert _safe(rest.findings) == []
    for kind, text in _more(case, first).items():
        assert text == case.text(kind)
    _verify_round(case, first, rest)


def is_settled(case: Case) -> bool:
    """Return whether a second repair changes nothing and finds what the first left."""
    fixed, rest = engine.fix(case.source, case.config)
    again, report = engine.fix(fixed, case.config)
    return again.text == fixed.text and findings_text(rest) == findings_text(report)


def _verify_round(case: Case, first: Report, last: Report) -> None:
    """One round of repairs is enough, unless they meet, a mount is moved, or caches have one id."""
    text, applied = fixer.apply(case.source.text, fixes := _safe(first.findings))
    if fixes and applied == len(fixes) and "[misplaced-cache-mount]" not in case.text("text"):
        source = replace(case.source, text=text)
        report = last if source == last.source else engine.check(source, case.config)
        assert _safe([finding for finding in report.findings if finding.rule != "clashing-cache"]) == []


def _safe(findings: Iterable[Finding]) -> list[Fix]:
    return [finding.fix for finding in findings if finding.fix is not None and finding.fix.safe]


def accept(case: Case) -> None:
    """Rewrite the `text` and `dockerfile fixed` blocks of a case so that they say what is."""
    case = next(one for one in load(case.path) if one.title == case.title)
    report = engine.check(case.source, case.config)
    fixed = engine.fix_checked(report, case.config)[0].text
    wanted = {"text": findings_text(report), "dockerfile fixed": fixed if fixed != case.source.text else ""}
    wanted |= _more(case, report)
    lines = case.path.read_text(encoding="utf-8").split("\n")
    changes: list[tuple[int, int, list[str]]] = []
    at = case.blocks["dockerfile"].last + 1
    for kind, text in sorted(wanted.items(), key=lambda one: KINDS.index(one[0])):
        new = _fenced(kind, text) if text else []
        old = case.blocks.get(kind)
        if old is None:
            changes.append((at, at, ["", *new] if new else []))
        else:
            # A block that goes takes the empty line above it along.
            first = old.first - 1 if not new and old.first and not lines[old.first - 1] else old.first
            changes.append((first, old.last + 1, new))
            at = old.last + 1
    for first, last, new in sorted(changes, key=lambda change: change[0], reverse=True):
        lines[first:last] = new
    case.path.write_text("\n".join(lines), encoding="utf-8")


def _fenced(kind: str, text: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"^`{3,}", text, re.MULTILINE)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{kind}", *text.removesuffix("\n").split("\n"), fence]
