"""What the code needs of `typing` while it runs, without that module.

To import `typing` takes a fifteenth of a check of one file. What only annotations name is imported where
`TYPE_CHECKING` is true, which type checkers take it for wherever it comes from
(https://mypy.readthedocs.io/en/stable/common_issues.html#import-cycles).
"""

from __future__ import annotations

from collections import namedtuple

__all__ = ["TYPE_CHECKING", "NamedTuple", "Protocol", "cast"]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NamedTuple, Protocol, cast
else:
    Protocol = object

    def cast(_type: str, value: object) -> object:
        """Return the value as it is."""
        return value

    class _FieldsOfAnnotations(type):
        def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, members)
            made = namedtuple(name, members["__annotations__"], module=members["__module__"])
            for key in members.keys() - made.__dict__.keys() | {"__doc__"}:
                setattr(made, key, members.get(key))
            return made

    class NamedTuple(metaclass=_FieldsOfAnnotations):
        """A tuple with a name for each field, as `typing.NamedTuple` makes it; the fields have no defaults."""
