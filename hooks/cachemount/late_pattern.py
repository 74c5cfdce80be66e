"""Regular expressions that are compiled when they are first used: a run on few files needs a quarter of them."""

from __future__ import annotations

import re

from cachemount.type_checking import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import Any


class _LatePattern:
    """A pattern that is compiled when one of its methods is first called."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._text, self._flags), name)
        # From now on it is found without coming here.
        self.__dict__[name] = value
        return value


def late(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return the pattern of a regular expression, which is compiled, and checked, when it is first used.

    It has the methods and attributes of a pattern; it cannot be given to the functions of `re`.
    """
    return cast("re.Pattern[str]", _LatePattern(text, flags))
