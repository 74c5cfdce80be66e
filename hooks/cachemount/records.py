"""Classes of named values, as dataclasses are, but made when they are first needed.

Dataclasses cost too much when a program starts: their module imports `inspect`, and each class compiles its methods at
once. A check of one file loads about 100 such classes, makes objects of 60, and many objects of two. It takes 57 ms
with the classes here, 83 ms with dataclasses that have nothing but an `__init__`, and 106 ms with frozen ones (the
processor's time; a bare Python takes 9 ms).

To import 93 classes with six fields each takes 2 ms with the classes here and nothing where the methods are written by
hand, which would be some 2,000 lines. It takes 8 ms more with `NamedTuple`, whose objects would also be equal to those
of other classes and could not be changed, 19 ms more with dataclasses that have an `__init__` alone, 38 ms more with
`frozen=True` (with `slots=True` too), and 53 ms more with attrs (CPython 3.11). One kind of class everywhere is easier
to follow than dataclasses where a first check does not come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from cachemount.type_checking import TYPE_CHECKING, Protocol, cast

# Compiling an `__init__` takes as long as some fifty calls of the general one.
_FEW = 20
_MISSING = object()

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import dataclass_transform

    T = TypeVar("T")
    R = TypeVar("R", bound="_Replaceable")
else:

    def dataclass_transform(**_options: object) -> Callable[[T], T]:
        return lambda decorated: decorated


class _Factory:
    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], T]) -> T:
    """Return the default of a field whose value is made anew for each record."""
    return cast("T", _Factory(default_factory))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """Annotated names are fields, given by keyword; a value is the default.

    Records of one class with equal fields are equal, and can be hashed if their fields can. Options of a class:
    `frozen=False` (assigning is meant, so no hash; that nothing else is assigned to is checked by the type checker
    alone), `eq=False` (each is equal to itself only) and `kw_only=False` (fields can be given by position, which takes
    half the time: for the few classes that have a record for every word or line).
    """

    _kw_only = True
    _made = 0

    def __init_subclass__(cls, *, frozen: bool = True, eq: bool = True, kw_only: bool = True) -> None:
        cls._kw_only = kw_only
        if not eq:
            cls.__eq__ = object.__eq__  # type: ignore[method-assign]
            cls.__hash__ = object.__hash__  # type: ignore[method-assign]
        elif not frozen:
            cls.__hash__ = None  # type: ignore[assignment]

    def __init__(self, *some: Any, **values: Any) -> None:
        """Make the first records of a class; a class with more of them gets an `__init__` of its own, compiled."""
        cls: Any = type(self)
        cls._made += 1
        if some or cls._made > _FEW:
            cls.__init__ = _initializer(cls)
            cls.__init__(self, *some, **values)
            return
        given = len(values)
        for name, default in _defaults(cls).items():
            if name in values:
                given -= 1
                self.__dict__[name] = values[name]
            elif default is _MISSING:
                raise TypeError(f"{cls.__name__} needs {name}")
            else:
                self.__dict__[name] = default.make() if isinstance(default, _Factory) else default
        if given:
            raise TypeError(f"{cls.__name__} has no {', '.join(values.keys() - self.__dict__.keys())}")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def replaced(self, changes: Mapping[str, Any]) -> Any:
        """Return what `replace` gives. Raises `TypeError`."""
        values = {**self.__dict__, **changes}
        if len(values) != len(self.__dict__):
            raise TypeError(f"{type(self).__name__} has no {', '.join(changes.keys() - self.__dict__.keys())}")
        copy = object.__new__(type(self))
        copy.__dict__ = values
        return copy

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


@cache
def _defaults(cls: type[Any]) -> dict[str, object]:
    """Return the defaults of the fields, in their order."""
    names = [name for one in reversed(cls.__mro__) if issubclass(one, Record) for name in one.__annotations__]
    return {name: getattr(cls, name, _MISSING) for name in names}


def _initializer(cls: Any) -> Callable[..., None]:
    defaults: dict[str, object] = {}
    parameters, lines = [], []
    for name, default in _defaults(cls).items():
        value = name
        if default is not _MISSING:
            defaults[f"_{name}"] = default
            parameters.append(f"{name}=_{name}")
            if isinstance(default, _Factory):
                value = f"_{name}.make() if {name} is _{name} else {name}"
        else:
            parameters.append(name)
        lines.append(f"    self.{name} = {value}")
    if cls._kw_only:
        parameters.insert(0, "*")
    code = f"def __init__(self, {', '.join(parameters)}):\n" + "\n".join(lines)
    exec(code, defaults)
    return cast("Callable[..., None]", defaults["__init__"])


class _Replaceable(Protocol):
    def replaced(self, changes: Mapping[str, Any]) -> Any: ...


def replace(record: R, **changes: Any) -> R:
    """Return a copy of a record with other values. Raises `TypeError` for a name that is not a field."""
    return cast("R", record.replaced(changes))
