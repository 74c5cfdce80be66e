"""Baselines in a run: which findings they hide, which of their entries are stale, and what is written back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator

from cachemount.files.reading import FileError, create, write
from cachemount.fingerprints import Fingerprint, kind_of
from cachemount.policy.baseline_search import BaselineSearch, Opened
from cachemount.policy.model import UNSUPPRESSIBLE, Config, Known
from cachemount.policy.suppress import OLD, UNUSED
from cachemount.records import Record, field, replace
from cachemount.results import FileResult, Region, Result
from cachemount.source import Position

_UNREADABLE = "unreadable-dockerfile"
_MOST_NOTES = 10
# What most files need of a baseline: one object for all of them.
_NOTHING: Counter[Fingerprint] = Counter()


class BaselineState(Record, frozen=False):
    """The results of a run about one baseline: `found` has the checked files, each with the entries it still needs.

    `gone` has the entries of files that are gone, by what was found and in which file: a renamed file takes its entries
    along. `moved` is how many there were of each when the run began.
    """

    opened: Opened
    found: dict[str, Counter[Fingerprint]] = field(default_factory=dict)
    added: int = 0
    refused: int = 0
    silent: bool = False
    gone: dict[Fingerprint, Counter[str]]
    moved: dict[Fingerprint, int]

    def take_moved(self, one: Fingerprint) -> bool:
        places = +self.gone.get(one, Counter())
        if not places:
            return False
        self.gone[one][min(places)] -= 1
        return True

    def left_of(self, key: str) -> Counter[Fingerprint]:
        """Return the entries of a deleted file that was not checked, without those that another file has taken over."""
        if os.path.lexists(self.opened.place(key)):
            return Counter(self.opened.baseline.files[key])
        left = {one: places[key] for one, places in self.gone.items() if places[key] > 0}
        return Counter(left)


def _gone(opened: Opened) -> dict[Fingerprint, Counter[str]]:
    gone: dict[Fingerprint, Counter[str]] = {}
    for key, entries in opened.baseline.files.items():
        if not os.path.lexists(opened.place(key)):
            for one, count in entries.items():
                gone.setdefault(one, Counter())[key] += count
    return gone


class Ratchet(Record, frozen=False):
    """The baselines of a run.

    `writing`: write them at the end; entries that are no longer found go, and only a new baseline, or one that is
    `adding`, takes up findings. `dropping`: entries that are no longer found go, for a run that repairs. Otherwise they
    are findings. `rules` and `managers` are those that the run was narrowed to (None: all).
    """

    search: BaselineSearch
    writing: bool = False
    adding: bool = False
    dropping: bool = False
    rules: frozenset[str] | None = None
    managers: frozenset[str] | None = None
    notes: list[str] = field(default_factory=list)
    wrote: bool = False
    _states: dict[str, BaselineState] = field(default_factory=dict)
    _of: dict[str, BaselineState] = field(default_factory=dict)

    def open(self, config: Config, path: str) -> BaselineState | None:
        """Return the state for a file that will be checked, or None. Raises `ConfigError` for a broken baseline."""
        opened = self.search.for_file(path, config)
        if opened is None:
            return None
        name = opened.baseline.path
        if name not in self._states:
            gone = _gone(opened)
            moved = {one: sum(places.values()) for one, places in gone.items()}
            self._states[name] = BaselineState(opened=opened, gone=gone, moved=moved)
        state = self._states[name]
        state.silent = state.silent or UNUSED in config.disable
        return state

    def known(self, state: BaselineState, path: str) -> Known | None:
        """Return what the baseline knows of a file that is checked now (None: the baseline is to be written anew)."""
        self._of[path] = state
        if self._takes_all(state):
            return None
        own: Counter[Fingerprint] = state.opened.baseline.files.get(state.opened.key(path), Counter())
        return Known(own=own, moved=state.moved)

    def _takes_all(self, state: BaselineState) -> bool:
        return self.writing and (self.adding or state.opened.content is None)

    def apply(self, result: FileResult) -> FileResult:
        """Take note of what came of a file; what its baseline hides is among the suppressed afterwards."""
        state = self._of.pop(result.path, None)
        if state is None or result.error or result.skipped:
            return result
        key = state.opened.key(result.path)
        entries = state.opened.baseline.files.get(key, Counter())
        found: Counter[Fingerprint] = Counter()
        counting: list[Result] = []
        hidden: list[Result] = []
        takes_all = self._takes_all(state)
        ordered = sorted([*result.findings, *result.suppressed], key=lambda one: (one.region.start, one.rule))
        by_entry = _paired([one for one in ordered if _may_be_old(one) and (takes_all or one.suppressed)], entries)
        for one in ordered:
            print_ = _fingerprint(one)
            if one.suppressed in ("pragma", "allowlist"):
                hidden.append(one)
            elif one.rule in UNSUPPRESSIBLE or not (takes_all or one.suppressed):
                counting.append(one)
            elif (entry := by_entry.get(id(one))) is not None:
                found[print_ if self.writing or self.dropping else entry] += 1
                hidden.append(replace(one, suppressed="baseline", reason=OLD))
            elif (known := state.take_moved(print_)) or takes_all:
                state.added += not known
                found[print_] += 1
                hidden.append(replace(one, suppressed="baseline", reason=OLD))
            else:
                # Another file has taken over what this one would have.
                counting.append(replace(one, suppressed="", reason=""))
        state.refused += sum(one.rule not in UNSUPPRESSIBLE for one in counting)
        unreadable = any(one.rule == _UNREADABLE for one in (*result.findings, *result.suppressed))
        for print_, count in entries.items():
            if (unreadable and print_.rule != _UNREADABLE) or not self._judges(print_):
                found[print_] = count
        state.found[key] = found or _NOTHING
        settled = result.settled if len(counting) == len(result.findings) else None
        return replace(result, findings=tuple(counting), suppressed=tuple(hidden), settled=settled)

    def _judges(self, one: Fingerprint) -> bool:
        """Return whether a run that was narrowed would have found this."""
        by_rule = self.rules is None or one.rule in self.rules
        return by_rule and (self.managers is None or one.manager is None or one.manager in self.managers)

    def finish(self, walked: Iterable[str]) -> Iterator[FileResult]:
        """Write the baselines, or give a finding for each entry that is no longer found.

        Entries are judged only for files that were checked, and for files that are gone from the folders `walked`.
        """
        if not self._states:
            return
        folders = [os.path.abspath(folder).rstrip(os.sep) + os.sep for folder in walked]
        for state in self._states.values():
            after = {key: self._after(state, key, folders) for key in {*state.opened.baseline.files, *state.found}}
            if self.writing or self.dropping:
                yield from self._write(state, after)
            elif not state.silent:
                yield from self._stale(state, after)
        self.notes = _shortened(self.notes)

    def _after(self, state: BaselineState, key: str, folders: list[str]) -> Counter[Fingerprint]:
        """Return the entries of a file that stay."""
        if key in state.found:
            return state.found[key]
        place = state.opened.place(key)
        if not os.path.lexists(place) and any(place.startswith(folder) for folder in folders):
            left = {one: count for one, count in state.left_of(key).items() if not self._judges(one)}
            return Counter(left)
        return state.left_of(key) if self.writing or self.dropping else Counter(state.opened.baseline.files[key])

    def _write(self, state: BaselineState, after: dict[str, Counter[Fingerprint]]) -> Iterator[FileResult]:
        baseline, content = state.opened.baseline, state.opened.content
        if self.writing and state.refused:
            self.notes.append(
                f"Not in {baseline.path}: {_count(state.refused, 'finding')}; --add-to-baseline takes up new ones"
            )
        from cachemount.policy.baseline import render

        data = render(after)
        total = sum(sum((+entries).values()) for entries in after.values())
        if content is not None and data == content.data:
            if self.writing:
                self.notes.append(f"{baseline.path} is up to date: {_count(total, 'finding')}")
            return
        # A repository that is asked about alone gets one in any case: what is run next may be to add it.
        if content is None and not (self.writing and state.found and (total or len(self._states) == 1)):
            return
        try:
            if content is None:
                create(baseline.path, data)
            else:
                write(baseline.path, data, content)
        except FileError as error:
            yield FileResult(path=baseline.path, error=str(error))
            return
        self.wrote = True
        dropped = baseline.total + state.added - total
        parts = [f"{dropped} dropped"] if dropped else []
        parts += [f"{state.added} added"] if state.added and content is not None else []
        self.notes.append(f"Wrote {baseline.path}: {_count(total, 'finding')}" + "".join(f", {one}" for one in parts))

    def _stale(self, state: BaselineState, after: dict[str, Counter[Fingerprint]]) -> Iterator[FileResult]:
        baseline = state.opened.baseline
        results = []
        for (key, one), line in baseline.lines.items():
            # A renamed file's entries are found again under another name: they wait to be written anew.
            taken = 0 if key in state.found else baseline.files[key][one] - state.left_of(key)[one]
            missing = baseline.files[key][one] - after[key][one] - taken
            if missing > 0:
                count = baseline.files[key][one]
                part = f"{missing} of the {count} findings of this entry are" if count > 1 else "this entry is"
                message = f"{part} no longer found in {key}: `{one.step or one.rule}`; --write-baseline drops it"
                results.append(_result(baseline.path, line, message))
        results.sort(key=lambda result: result.region.start)
        if results:
            yield FileResult(path=baseline.path, findings=tuple(results))


def _shortened(notes: list[str]) -> list[str]:
    """Return as many lines as are read; of many repositories there is one for each."""
    left = len(notes) - _MOST_NOTES
    return [*notes[:_MOST_NOTES], f"and {left} more"] if left > 0 else notes


def _fingerprint(one: Result) -> Fingerprint:
    return Fingerprint(one.rule, one.manager, one.step)


def _may_be_old(one: Result) -> bool:
    return one.suppressed not in ("pragma", "allowlist") and one.rule not in UNSUPPRESSIBLE


def _paired(results: list[Result], entries: Counter[Fingerprint]) -> dict[int, Fingerprint]:
    """Pair results, by their `id`, with entries of a baseline: the same ones first, then those of the same kind."""
    left = Counter(entries)
    paired: dict[int, Fingerprint] = {}
    for one in results:
        print_ = _fingerprint(one)
        if left[print_] > 0:
            left[print_] -= 1
            paired[id(one)] = print_
    kinds: dict[Fingerprint, list[Fingerprint]] = {}
    for entry in reversed(list((+left).elements())):
        kinds.setdefault(kind_of(entry), []).append(entry)
    for one in results:
        alike = kinds.get(kind_of(_fingerprint(one)))
        if id(one) not in paired and alike:
            paired[id(one)] = alike.pop()
    return paired


def _result(path: str, line: int, message: str) -> Result:
    place = Position(line, 1)
    return Result(
        path=path,
        region=Region(*place, *place),
        instruction_line=line,
        stage="",
        rule=UNUSED,
        manager=None,
        message=message,
    )


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
