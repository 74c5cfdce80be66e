"""Code actions: what an editor offers to do about findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lsprotocol.types import CodeAction, CodeActionKind, Diagnostic, WorkspaceEdit

from cachemount.findings import Finding
from cachemount.lsp.analysis import Analysis
from cachemount.lsp.texts import fix_title

FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.cachemount"
KINDS: tuple[str, ...] = (CodeActionKind.QuickFix.value, FIX_ALL)


class Offer:
    """What is offered for some findings of a document.

    `edit` gives the change that makes the document another text, and `diagnostic` what the editor knows a finding as.
    """

    def __init__(
        self, analysis: Analysis, edit: Callable[[str], WorkspaceEdit], diagnostic: Callable[[Finding], Diagnostic]
    ) -> None:
        self._analysis = analysis
        self._edit = edit
        self._diagnostic = diagnostic

    def actions(self, findings: Sequence[Finding], only: Sequence[str] | None) -> list[CodeAction]:
        """Return the actions of the kinds that are asked for: safe fixes, others, comments, and then all safe fixes.

        To fix the whole file is offered where there are findings, and wherever it is asked for by its kind.
        """
        offered: list[CodeAction] = []
        if _is_wanted(CodeActionKind.QuickFix.value, only):
            offered += sorted(self._fixes(findings), key=lambda one: not one.is_preferred)
            offered += self._comments(findings)
        if _is_wanted(FIX_ALL, only) and (findings or only):
            offered += self._action("make all safe fixes in this file", FIX_ALL, self._analysis.all_fixed(), [])
        return offered

    def _fixes(self, findings: Sequence[Finding]) -> Iterator[CodeAction]:
        seen: set[int] = set()
        for finding in findings:
            fix = finding.fix
            if fix is None or id(fix) in seen:
                continue
            seen.add(id(fix))
            shared = [one for one in findings if one.fix is fix]
            yield from self._action(fix_title(fix), KINDS[0], self._analysis.fixed(finding), shared, preferred=fix.safe)

    def _comments(self, findings: Sequence[Finding]) -> Iterator[CodeAction]:
        seen: set[tuple[int, str]] = set()
        for finding in findings:
            key = (finding.instruction.start, finding.rule)
            if key in seen:
                continue
            seen.add(key)
            alike = [one for one in findings if (one.instruction.start, one.rule) == key]
            title = f"ignore {finding.rule} here with a comment"
            yield from self._action(title, KINDS[0], self._analysis.ignored(finding), alike)

    def _action(
        self, title: str, kind: str, text: str, findings: Sequence[Finding], *, preferred: bool = False
    ) -> Iterator[CodeAction]:
        """Yield an action that makes the document this text, if that is another one."""
        if text != self._analysis.source.text:
            yield CodeAction(
                title=f"cachemount: {title}",
                kind=kind,
                diagnostics=[self._diagnostic(one) for one in findings] or None,
                is_preferred=preferred or None,
                edit=self._edit(text),
            )


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Return whether a kind is asked for; kinds are hierarchical, with dots between their parts."""
    return not only or any(not one or kind == one or kind.startswith(f"{one}.") for one in only)
