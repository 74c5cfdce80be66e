"""The values of HCL's expressions, as far as a file itself tells them.

An expression is asked with the scope that holds where it stands. What needs anything else, such as a function that is
not in `hcl_functions.py`, is not known.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#expressions
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from cachemount.embedded.hcl_functions import FUNCTIONS, Missing, UnknownValueError, text_of

# Text, numbers, truth, None, lists, and mappings of these.
Value = Any
Expression = Callable[["Scope"], Value]

_CONSTANTS = {"true": True, "false": False, "null": None}
_DEEPEST = 40
_MOST_ITEMS = 1_000


class Scope:
    """What names mean at a place: the file's variables, with those that are made there before them.

    `asked` are the file's variables that were looked up.
    """

    def __init__(
        self,
        variables: Mapping[str, Expression | None],
        functions: Mapping[str, tuple[tuple[str, ...], Expression]],
        own: Mapping[str, Value] | None = None,
        depth: int = 0,
    ) -> None:
        self.variables = variables
        self.functions = functions
        self.own = own or {}
        self.depth = depth
        self.asked: set[str] = set()

    def inner(self, own: Mapping[str, Value]) -> Scope:
        """Return the scope with more names. Raises `UnknownValueError` where one leads to another without end."""
        if self.depth > _DEEPEST:
            raise UnknownValueError
        scope = Scope(self.variables, self.functions, {**self.own, **own}, self.depth + 1)
        scope.asked = self.asked
        return scope

    def value(self, name: str) -> Value:
        """Return the value of a name. Raises `UnknownValueError`."""
        if name in self.own:
            return _told(self.own[name])
        self.asked.add(name)
        expression = self.variables.get(name)
        if expression is None:
            raise UnknownValueError
        inner = self.inner({})
        inner.own = {}
        return expression(inner)

    def call(self, name: str, arguments: list[Value]) -> Value:
        """Return what a function gives. Raises `UnknownValueError`."""
        if name in self.functions:
            parameters, result = self.functions[name]
            if len(parameters) != len(arguments):
                raise UnknownValueError
            return result(self.inner(dict(zip(parameters, arguments, strict=True))))
        if name not in FUNCTIONS or any(isinstance(one, Missing) for one in arguments):
            raise UnknownValueError
        try:
            return _told(FUNCTIONS[name](*arguments))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise UnknownValueError from None


def unknown(_: Scope) -> Value:
    """Return nothing: the value is not known. Raises `UnknownValueError`."""
    raise UnknownValueError


def constant(value: Value) -> Expression:
    """Return what is always the same."""
    return lambda _: value


def named(word: str) -> Expression:
    """Return the value of a name."""
    if word in _CONSTANTS:
        return lambda _: _CONSTANTS[word]
    return lambda scope: scope.value(word)


def _told(value: Value) -> Value:
    if isinstance(value, Missing):
        raise UnknownValueError
    return value


def _or_unknown(expression: Expression, scope: Scope) -> Value:
    try:
        return expression(scope)
    except UnknownValueError:
        return Missing()


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise UnknownValueError
    return value


def _number(value: Value) -> Value:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnknownValueError
    return value


def negative(operand: Expression) -> Expression:
    """Return a number with the other sign."""
    return lambda scope: -_number(operand(scope))


def opposite(operand: Expression) -> Expression:
    """Return what is true where the operand is false."""
    return lambda scope: not _truth(operand(scope))


def mapping(pairs: list[tuple[Expression, Expression]]) -> Expression:
    """Return a mapping, in which a value that is not known is `Missing`."""
    return lambda scope: {text_of(key(scope)): _or_unknown(value, scope) for key, value in pairs}


def joined(parts: list[Expression]) -> Expression:
    """Return the text of all parts together."""
    return lambda scope: "".join(text_of(part(scope)) for part in parts)


def called(name: str, arguments: Expression) -> Expression:
    """Return what a function gives."""
    return lambda scope: scope.call(name, arguments(scope))


def choice(condition: Expression, first: Expression, second: Expression) -> Expression:
    """Return the first value where the condition is true, else the second one."""
    return lambda scope: first(scope) if _truth(condition(scope)) else second(scope)


def item(value: Expression, key: Expression) -> Expression:
    """Return an item of a list or mapping."""

    def get(scope: Scope) -> Value:
        try:
            return _told(value(scope)[key(scope)])
        except (LookupError, TypeError):
            raise UnknownValueError from None

    return get


def listed(items: list[tuple[Expression, bool]]) -> Expression:
    """Return a list of values, `Missing` for one that is not known; of those that are marked, their items."""

    def values(scope: Scope) -> Value:
        found: list[Value] = []
        for expression, spread in items:
            value = expression(scope) if spread else _or_unknown(expression, scope)
            if spread and not isinstance(value, list):
                raise UnknownValueError
            found += value if spread else [value]
        return found

    return values


def over_items(
    names: list[str],
    collection: Expression,
    key: Expression | None,
    result: Expression,
    condition: Expression | None,
) -> Expression:
    """Return the list, or with keys the mapping, of a result for each item for which the condition holds."""

    def values(scope: Scope) -> Value:
        items = collection(scope)
        if not isinstance(items, (list, dict)) or len(items) > _MOST_ITEMS:
            raise UnknownValueError
        pairs = items.items() if isinstance(items, dict) else enumerate(items)
        found: list[tuple[Value, Value]] = []
        for pair in pairs:
            inner = scope.inner(dict(zip(names, pair if len(names) == 2 else pair[1:], strict=True)))
            if condition is None or _truth(condition(inner)):
                found.append((text_of(key(inner)) if key else "", result(inner)))
        return dict(found) if key else [value for _, value in found]

    return values


def operation(sign: str, left: Expression, right: Expression) -> Expression:
    """Return what a sign between two values gives."""

    def value(scope: Scope) -> Value:
        first = left(scope)
        if sign in ("&&", "||"):
            # Both sides are asked, as HCL does.
            second = _truth(right(scope))
            return _truth(first) and second if sign == "&&" else _truth(first) or second
        second = right(scope)
        if sign in ("==", "!="):
            return (first == second and type(first) is type(second)) is (sign == "==")
        return _ARITHMETIC[sign](_number(first), _number(second)) if sign not in "/%" or second else unknown(scope)

    return value


_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
