"""The rules: explicit lists, in alphabetical order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib import import_module

from cachemount.rules.model import Rule

# Each is a file here, with a `RULE` in it. These find nothing in a file without mounts, and most files have none.
OF_MOUNTS = (
    "clashing_cache",
    "disabled_cache",
    "discarded_cache",
    "hidden_install",
    "packages_not_kept",
    "unlocked_cache",
    "unwritable_cache",
)
OTHERS = (
    "expired_suppression",
    "invalid_mount",
    "misplaced_cache_mount",
    "missing_cache_mount",
    "unmounted_store",
    "unreadable_dockerfile",
    "unused_suppression",
)


class _Rules(Collection[Rule]):
    """Rules in the order of their names; each is imported when it is asked for."""

    def __init__(self, files: Collection[str]) -> None:
        self._files = sorted(files)

    def __contains__(self, rule: object) -> bool:
        return any(one is rule for one in self)

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Rule]:
        for file in self._files:
            yield import_module(f"{__name__}.{file}").RULE


RULES = _Rules((*OF_MOUNTS, *OTHERS))
WITHOUT_MOUNTS = _Rules(OTHERS)
