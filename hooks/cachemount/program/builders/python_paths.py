"""The Dockerfiles that calls of Docker's API in a Python file build, as far as they are told without running it.

A path is a pattern: what is not known of it is a `*`. A name has the values that its function, or else the module, sets
it to: by an assignment, a loop, a test's parameters, or the calls of the function in the file and in those that import
it. `settings.NAME` has those that modules of settings give it.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product

from cachemount.late_pattern import late

_UNKNOWN = "*"
# Of the values that are looked at.
_MOST = 60

_SAME = frozenset({
    "Path", "PurePath", "str", "fspath", "abspath", "realpath", "normpath", "absolute", "as_posix", "resolve",
})  # fmt: skip
_JOINS = frozenset({"join", "joinpath", "Path", "PurePath"})
_OWN = frozenset({"absolute", "as_posix", "joinpath", "resolve"})
_CURRENT = frozenset({"cwd", "getcwd"})
_CLIENTS = frozenset({"APIClient", "Client"})
# In the name of a folder, or of what makes one, it says that the folder is temporary.
TEMPORARY = r"(?i)tmp|(?<!at)temp(?!lat|erat)"
_TEMPORARY = late(TEMPORARY)


class _Scope:
    """The names of a module or function, with the expressions that they are set to, and where those stand."""

    def __init__(self, parent: _Scope | None, path: str = "") -> None:
        self.parent = parent
        # That of the file.
        self.path: str = path or (parent.path if parent else "")
        self.names: dict[str, list[tuple[ast.expr, _Scope]]] = {}

    def bind(self, target: ast.expr | str, value: ast.expr, scope: _Scope) -> None:
        """Set a name, or the names of a tuple one by one."""
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            for one, other in zip(target.elts, value.elts, strict=False):
                self.bind(one, other, scope)
        elif isinstance(target, (ast.Name, ast.Attribute, str)):
            name = target if isinstance(target, str) else ast.unparse(target)
            self.names.setdefault(name, []).append((value, scope))

    def values(self, name: str) -> list[tuple[ast.expr, _Scope]]:
        """Return what a name is set to in the scope, or in the nearest around it that sets it."""
        at: _Scope | None = self
        while at is not None and name not in at.names:
            at = at.parent
        return at.names[name] if at is not None else []


def built(
    path: str, text: str, settings: Iterable[tuple[str, str]] = (), callers: Iterable[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Return the context and the Dockerfile in it, both patterns, of each build by Docker's API in a Python file.

    A context that is not known is `*`, one that the program makes for itself is empty.
    `settings` are the paths and texts of modules that hold settings of the project, `callers` those of the files that
    import this one.
    """
    others = [*filter(None, (_parsed(*one) for one in settings))]
    module = _parsed(path, text, others)
    try:
        if module is None:
            return []
        module.set_parameters(filter(None, (_parsed(*one) for one in callers)))
        return [*module.builds()]
    except (ValueError, RecursionError):
        return []


def _parsed(path: str, text: str, settings: Sequence[_Module] = ()) -> _Module | None:
    try:
        return _Module(path, ast.parse(text), settings)
    except (SyntaxError, ValueError, RecursionError):
        return None


class _Module:
    def __init__(self, path: str, tree: ast.Module, settings: Sequence[_Module]) -> None:
        self._settings = settings
        self._calls: list[tuple[ast.Call, _Scope]] = []
        self._functions: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, _Scope, _Scope]] = []
        self._known: dict[tuple[int, int], list[str]] = {}
        self._looping: set[tuple[int, int]] = set()
        # Those of objects are known in the whole file.
        self._attributes = _Scope(None)
        self._loops: list[tuple[ast.For | ast.AsyncFor | ast.comprehension, _Scope]] = []
        self._top = _Scope(None, path)
        imported = {one.module for one in tree.body if isinstance(one, ast.ImportFrom)}
        self._has_fixtures = "pytest_docker_tools" in imported
        self._read(tree, self._top)
        for loop, scope in self._loops:
            for item, where in self._items(loop.iter, scope):
                scope.bind(loop.target, item, where)
        for function, inside, around in self._functions:
            self._set_parameters(function, inside, around)

    def set_parameters(self, callers: Iterable[_Module]) -> None:
        """Set the parameters of functions to what files that import the module give them."""
        for caller in callers:
            # What it does not set itself may come from here.
            caller._top.parent = self._top
            for function, inside, _ in self._functions:
                _bind_calls(function, inside, caller._calls)

    def builds(self) -> Iterator[tuple[str, str]]:
        for call, scope in self._calls:
            file_name = self._file_argument(call, scope)
            given = {one.arg: one.value for one in call.keywords}
            if not file_name or "fileobj" in given:
                continue
            is_here = self._is_of_prefect(call)
            context = given.get("path", None if is_here or not call.args else call.args[0])
            file = given.get(file_name)
            contexts = [os.curdir if is_here else _UNKNOWN] if context is None else self._paths(context, scope)
            if context is not None and self._is_temporary(context, scope):
                contexts = ["" if one.startswith(_UNKNOWN) else one for one in contexts]
            files = ["Dockerfile"] if file is None else [one for one in self._paths(file, scope) if one != _UNKNOWN]
            yield from product(contexts, files)

    def _is_temporary(self, node: ast.expr, scope: _Scope) -> bool:
        """Return whether a program makes a folder for itself, by its name or by that of what makes it."""
        values = [node, *(value for one in ast.walk(node) for value, _ in self._values_of(one, scope))]
        return any(_TEMPORARY.search(ast.unparse(one)) for one in values)

    def _values_of(self, node: ast.AST, scope: _Scope) -> list[tuple[ast.expr, _Scope]]:
        return self._values(node, scope) if isinstance(node, ast.expr) else []

    def paths_of(self, name: str) -> Iterator[str]:
        """Yield the patterns of the paths that a name of the module may be."""
        for value, scope in self._top.values(name):
            yield from self._paths(value, scope)

    def _file_argument(self, call: ast.Call, scope: _Scope) -> str:
        """Return the argument of a build that names the Dockerfile; "" where the call is none."""
        if _last(call.func) == "DockerImage":
            return "dockerfile" if self._is_of_prefect(call) else "dockerfile_path"
        if isinstance(call.func, ast.Name):
            return "dockerfile" if call.func.id == "build" and self._has_fixtures else ""
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "build":
            return ""
        client = call.func.value
        makers = [client, *(one for one, _ in self._values(client, scope))]
        made = any(isinstance(one, ast.Call) and _last(one.func) in _CLIENTS for one in makers)
        return "dockerfile" if made or _last(client) in ("images", "api") else ""

    def _is_of_prefect(self, call: ast.Call) -> bool:
        """Return whether a call is that of an image of Prefect's, which is named and built where it runs."""
        return _last(call.func) == "DockerImage" and any(one.arg == "dockerfile" for one in call.keywords)

    def _read(self, node: ast.AST, scope: _Scope) -> None:
        """Note the calls and functions in a node, and what its names are set to."""
        for child in ast.iter_child_nodes(node):
            inside = scope
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inside = _Scope(scope)
                self._functions.append((child, inside, scope))
                for one in ast.walk(child):
                    if isinstance(one, ast.Return) and one.value is not None:
                        scope.bind(f"{child.name}()", one.value, inside)
            elif isinstance(child, ast.Call):
                self._calls.append((child, scope))
            elif isinstance(child, ast.Assign):
                for target in child.targets:
                    self._bind(target, child.value, scope)
            elif isinstance(child, (ast.AnnAssign, ast.NamedExpr)) and child.value is not None:
                self._bind(child.target, child.value, scope)
            elif isinstance(child, (ast.For, ast.AsyncFor, ast.comprehension)):
                self._loops.append((child, scope))
            self._read(child, inside)

    def _bind(self, target: ast.expr, value: ast.expr, scope: _Scope) -> None:
        (self._attributes if isinstance(target, ast.Attribute) else scope).bind(target, value, scope)

    def _items(self, node: ast.expr, scope: _Scope) -> Iterator[tuple[ast.expr, _Scope]]:
        """Yield what a loop over an expression gives to its name."""
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from ((one, scope) for one in node.elts)
        elif isinstance(node, ast.Dict):
            yield from ((one, scope) for one in node.keys if one is not None)
        elif isinstance(node, ast.Call) and _last(node.func) in ("items", "values"):
            yield from self._items_of_mapping(node.func, scope)
        elif (key := (id(node), id(scope))) not in self._looping:
            self._looping.add(key)
            for held, where in self._values(node, scope):
                yield from self._items(held, where)

    def _items_of_mapping(self, called: ast.expr, scope: _Scope) -> Iterator[tuple[ast.expr, _Scope]]:
        """Yield what a loop over the pairs or the values of a dictionary gives to its names."""
        node = called.value if isinstance(called, ast.Attribute) else called
        for held, where in [(node, scope), *self._values(node, scope)]:
            for key, value in zip(held.keys, held.values, strict=True) if isinstance(held, ast.Dict) else ():
                yield ast.Tuple([key or value, value], ast.Load()) if _last(called) == "items" else value, where

    def _values(self, node: ast.expr, scope: _Scope) -> list[tuple[ast.expr, _Scope]]:
        """Return what a name, or an attribute of an object, is set to."""
        if isinstance(node, ast.Name):
            return scope.values(node.id)
        return self._attributes.values(ast.unparse(node)) if isinstance(node, ast.Attribute) else []

    def _set_parameters(self, function: ast.FunctionDef | ast.AsyncFunctionDef, inside: _Scope, around: _Scope) -> None:
        """Set the parameters of a function to what its calls, its defaults and its decorators give them."""
        places = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        for name, default in zip(reversed(places), reversed(function.args.defaults), strict=False):
            inside.bind(name, default, around)
        for one, other in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
            if other is not None:
                inside.bind(one.arg, other, around)
        _bind_calls(function, inside, self._calls)
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and _last(decorator.func) == "parametrize" and len(decorator.args) > 1:
                names = _words(decorator.args[0])
                for item, where in self._items(decorator.args[1], around):
                    values = item.elts if isinstance(item, (ast.Tuple, ast.List)) and len(names) > 1 else [item]
                    for name, value in zip(names, values, strict=False):
                        inside.bind(name, value, where)

    def _paths(self, node: ast.expr, scope: _Scope) -> list[str]:
        """Return the patterns of the paths that an expression may be."""
        key = (id(node), id(scope))
        if key not in self._known:
            # A name may be set by itself.
            self._known[key] = [_UNKNOWN]
            found = [*dict.fromkeys(islice(self._told(node, scope), _MOST))]
            self._known[key] = found or [_UNKNOWN]
        return self._known[key]

    def _told(self, node: ast.expr, scope: _Scope) -> Iterator[str]:
        if isinstance(node, ast.Constant):
            yield node.value if isinstance(node.value, str) else _UNKNOWN
        elif isinstance(node, ast.JoinedStr):
            yield from self._each(node.values, scope, "".join)
        elif isinstance(node, ast.FormattedValue):
            yield from self._paths(node.value, scope)
        elif isinstance(node, ast.Name) and node.id == "__file__":
            yield scope.path
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            join = "".join if isinstance(node.op, ast.Add) else _joined
            yield from self._each([node.left, node.right], scope, join)
        elif isinstance(node, ast.IfExp):
            yield from (*self._paths(node.body, scope), *self._paths(node.orelse, scope))
        elif isinstance(node, ast.BoolOp):
            yield from (path for one in node.values for path in self._paths(one, scope))
        elif isinstance(node, ast.Attribute) and node.attr == "parent":
            yield from (_joined([one, ".."]) for one in self._paths(node.value, scope))
        elif isinstance(node, ast.Subscript):
            yield from self._of_subscript(node, scope)
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, scope)
        else:
            for value, where in self._values(node, scope):
                yield from self._paths(value, where)
            if isinstance(node, ast.Attribute) and _last(node.value) == "settings":
                yield from (path for one in self._settings for path in one.paths_of(node.attr))

    def _of_subscript(self, node: ast.Subscript, scope: _Scope) -> Iterator[str]:
        held, number = node.value, getattr(node.slice, "value", None)
        if isinstance(held, ast.Attribute) and held.attr == "parents" and isinstance(number, int):
            yield from (_joined([one, *[".."] * (number + 1)]) for one in self._paths(held.value, scope))
            return
        for one, where in self._values(held, scope):
            for value in one.values if isinstance(one, ast.Dict) else ():
                yield from self._paths(value, where)

    def _of_call(self, node: ast.Call, scope: _Scope) -> Iterator[str]:
        called = _last(node.func)
        own = [node.func.value] if isinstance(node.func, ast.Attribute) and called in _OWN else []
        words = [*own, *node.args]
        if called in _CURRENT:
            yield "."
        elif called == "dirname" and node.args:
            yield from (_joined([one, ".."]) for one in self._paths(node.args[0], scope))
        elif called == "with_name" and isinstance(node.func, ast.Attribute) and node.args:
            yield from self._each([node.func.value, node.args[0]], scope, _beside)
        elif words and (called in _JOINS or (called in _SAME and len(words) == 1)):
            yield from self._each(words, scope, _joined)
        elif isinstance(node.func, ast.Name):
            yield from (path for value, where in scope.values(f"{called}()") for path in self._paths(value, where))

    def _each(self, nodes: Sequence[ast.expr], scope: _Scope, join: Callable[[Iterable[str]], str]) -> Iterator[str]:
        """Yield the paths that the parts make together."""
        parts = [self._paths(one, scope) for one in nodes]
        yield from islice(map(join, product(*parts)), _MOST)


def _bind_calls(
    function: ast.FunctionDef | ast.AsyncFunctionDef, inside: _Scope, calls: Iterable[tuple[ast.Call, _Scope]]
) -> None:
    """Set the parameters of a function to what calls of it give them."""
    places = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    for call, scope in calls:
        if _last(call.func) == function.name:
            is_method = isinstance(call.func, ast.Attribute) and places[:1] in (["self"], ["cls"])
            for name, value in zip(places[is_method:], call.args, strict=False):
                inside.bind(name, value, scope)
            for keyword in call.keywords:
                inside.bind(keyword.arg or "", keyword.value, scope)


def _last(node: ast.expr) -> str:
    """Return the last name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _words(node: ast.expr) -> list[str]:
    """Return the names of a test's parameters."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [one.strip() for one in node.value.split(",")]
    elements = node.elts if isinstance(node, (ast.Tuple, ast.List)) else []
    return [str(one.value) for one in elements if isinstance(one, ast.Constant)]


def _beside(parts: Iterable[str]) -> str:
    """Return the path of a name in the folder that holds a file."""
    path, name = parts
    return _joined([path, "..", name])


def _joined(parts: Iterable[str]) -> str:
    """Return the path that parts make; above an unknown folder is another one."""
    path = os.path.join(*parts)
    start, rest = (_UNKNOWN, path[1:].lstrip("/")) if path.startswith("*/") else ("", path)
    plain = os.path.normpath(rest)
    while start and (plain == ".." or plain.startswith("../")):
        plain = plain[3:] or "."
    return plain if not start else start if plain == "." else f"{start}/{plain}"
