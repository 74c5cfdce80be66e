"""What a run will do with each file: read as the files are found, and kept small until a file's turn comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cachemount.config import Config
from cachemount.config_search import ConfigSearch, placed
from cachemount.discovery import host_kind
from cachemount.options import Options
from cachemount.ratchet import Book, Ratchet
from cachemount.records import Record, field, replace
from cachemount.results import FileResult
from cachemount.runner import Task, narrowed


class _Group(Record, frozen=False):
    """Files that follow one another and for which the same holds. Of each the path is kept, and nothing else."""

    config: Config
    book: Book | None
    paths: list[str] = field(default_factory=list)


class Plan(Record, frozen=False):
    """The files of a run, in order."""

    options: Options
    ratchet: Ratchet
    search: ConfigSearch
    _groups: list[_Group] = field(default_factory=list)
    _adapted: dict[str, Config] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(group.paths) for group in self._groups)

    def add(self, path: str) -> FileResult | None:
        """Take up a file, or tell why not. Raises `ConfigError`."""
        config = self._config(path)
        if config.exclude and placed(config, path).excluded:
            return FileResult(path=path, skipped=f"{config.path} excludes it")
        uses_baseline = self.options.use_baseline and self.options.format != "cache-map"
        book = self.ratchet.open(config, path) if uses_baseline else None
        last = self._groups[-1] if self._groups else None
        if last is None or last.config is not config or last.book is not book:
            last = _Group(config=config, book=book)
            self._groups.append(last)
        last.paths.append(path)
        return None

    def tasks(self, *, repairs: bool = True) -> Iterator[Task]:
        for group in self._groups:
            for path in group.paths:
                config = placed(group.config, path)
                if group.book is not None:
                    config = replace(config, known=self.ratchet.known(group.book, path))
                yield Task(
                    path=path,
                    config=config,
                    mode=self.options.mode,
                    unsafe=self.options.unsafe,
                    kind=_kind(self.options, path),
                    list_mounts=self.options.format == "cache-map",
                    repairs=repairs,
                )

    def allowing(self) -> list[Config]:
        """The configurations in force that have an allowlist."""
        return list({group.config.path: group.config for group in self._groups if group.config.allow}.values())

    def _config(self, path: str) -> Config:
        """What holds for a file and others, as the command line changes it: one object for all of them."""
        options = self.options
        config = self.search.shared(path)
        if config.path not in self._adapted:
            adapted = config
            if options.rules is not None or options.managers is not None:
                adapted = narrowed(adapted, rules=options.rules, managers=options.managers)
            if not options.suppressions:
                adapted = replace(adapted, suppressions=False)
            self._adapted[config.path] = adapted
        return self._adapted[config.path]


def _kind(options: Options, path: str) -> Literal["dockerfile", "compose", "bake"]:
    """What a file is read as. The name decides, and where it says nothing, the program."""
    if kind := host_kind(path):
        return kind
    if not options.hosts:
        return "dockerfile"
    return "bake" if path.lower().endswith((".hcl", ".json")) else "compose"
