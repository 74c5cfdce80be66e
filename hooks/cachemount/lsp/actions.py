"""Code actions: what an editor offers to do about findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lsprotocol.types import CodeAction, CodeActionKind, Diagnostic

from cachemount.findings import Finding
from cachemount.lsp.analysis import Analysis, Change
from cachemount.lsp.texts import fix_title

FIX = CodeActionKind.QuickFix.value
FIX_ALL = f"{CodeActionKind.SourceFixAll.value}.cachemount"


class Offer:
    """The actions for some findings of a document, given by their indexes.

    `attach` gives an action its change, and returns whether it has one; `diagnostic` is what the editor knows a finding
    as.
    """

    def __init__(
        self,
        analysis: Analysis,
        attach: Callable[[CodeAction, Change, int], bool],
        diagnostic: Callable[[Finding], Diagnostic],
    ) -> None:
        self._findings = analysis.report.findings
        self._attach = attach
        self._diagnostic = diagnostic

    def actions(self, touched: Sequence[int], only: Sequence[str]) -> list[CodeAction]:
        """Return the actions of the kinds that are asked for: safe fixes, others, comments, and then all safe fixes.

        To fix the whole file is offered where there are findings, and wherever it is asked for by its kind.
        """
        offered: list[CodeAction] = []
        if _is_wanted(FIX, only):
            offered += sorted(self._fixes(touched), key=lambda one: not one.is_preferred)
            offered += self._comments(touched)
        if _is_wanted(FIX_ALL, only) and (touched or only):
            offered += self._action("make all safe fixes in this file", FIX_ALL, "all", 0, [])
        return offered

    def _fixes(self, touched: Sequence[int]) -> Iterator[CodeAction]:
        seen: set[int] = set()
        for index in touched:
            fix = self._findings[index].fix
            if fix is None or id(fix) in seen:
                continue
            seen.add(id(fix))
            shared = [one for one in touched if self._findings[one].fix is fix]
            yield from self._action(fix_title(fix), FIX, "fix", index, shared, preferred=fix.safe)

    def _comments(self, touched: Sequence[int]) -> Iterator[CodeAction]:
        places = {index: (self._findings[index].instruction.start, self._findings[index].rule) for index in touched}
        seen: set[tuple[int, str]] = set()
        for index, place in places.items():
            if place in seen:
                continue
            seen.add(place)
            alike = [one for one in touched if places[one] == place]
            yield from self._action(f"ignore {place[1]} here with a comment", FIX, "ignore", index, alike)

    def _action(
        self, title: str, kind: str, change: Change, index: int, solved: Sequence[int], *, preferred: bool = False
    ) -> Iterator[CodeAction]:
        action = CodeAction(
            title=f"cachemount: {title}",
            kind=kind,
            diagnostics=[self._diagnostic(self._findings[one]) for one in solved] or None,
            is_preferred=preferred or None,
        )
        if self._attach(action, change, index):
            yield action


def _is_wanted(kind: str, only: Sequence[str]) -> bool:
    """Return whether a kind is asked for; kinds are hierarchical, with dots between their parts."""
    return not only or any(not one or kind == one or kind.startswith(f"{one}.") for one in only)
