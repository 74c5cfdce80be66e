"""Read shell text: the only module that knows tree-sitter, which is imported when the first script is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from cachemount.dockerfile.model import BeyondLimitsError
from cachemount.records import replace
from cachemount.shell.effects import context_of
from cachemount.shell.grammar_text import GrammarText
from cachemount.shell.heredocs import Body, find, redirected
from cachemount.shell.launchers.unwrap import Unwrapped, posix, unwrap
from cachemount.shell.model import Assignment, Command, Script, Word
from cachemount.shell.readable import Readable, attempts, plain, readable
from cachemount.shell.scope import Scope
from cachemount.shell.statements import Node, broken, dashed
from cachemount.shell.walk import Context, Owner, Results, Walker
from cachemount.source import Excerpt, Span
from cachemount.type_checking import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import Any

__all__ = ["LONGEST_FILE", "posix", "read", "read_exec", "read_file"]

_OUTERMOST = Context()
# Scripts that hold scripts: `sh -c "sh -c ..."`. What BuildKit reads has room for 16 that double their backslashes.
_DEEPEST = 20
# In characters: few scripts of a build are longer.
LONGEST_FILE = 20_000


def read(script: Excerpt, bodies: Sequence[tuple[Span, Excerpt]] = ()) -> Script:
    """Return the commands of a script.

    `bodies` are the here-documents of a RUN in shell form: the source span of each operator (`<<-EOF`, with its
    delimiter) and the lines of its body, which are not part of `script`.
    """
    results = Results()
    given = []
    for operator, body in bodies:
        span = Span(_index(script, operator.start), _index(script, operator.end - 1) + 1)
        quoted = any(sign in script.text[span.start : span.end] for sign in "'\"\\")
        given.append(Body(operator=span, text=body, quoted=quoted))
    _read(script, (), given, results, _OUTERMOST, Scope(), None)
    return _script(results)


def read_file(text: str) -> Script | None:
    """Return the commands of a file that is a script; None where it is too long, or not all of it can be read."""
    if len(text) > LONGEST_FILE:
        return None
    try:
        script = read(Excerpt(text))
    except BeyondLimitsError:
        return None
    return None if script.errors else script


def read_exec(argv: Sequence[str], spans: Sequence[Span]) -> Script:
    """Return the command of an exec form, or the commands of its `sh -c` string. None of them can be edited."""
    words = tuple(Word(text, text, place=span) for text, span in zip(argv, spans, strict=True))
    if not words:
        return Script(commands=(), all_chains=())
    results = Results()
    unwrapped = unwrap(words)
    assignments = tuple(_assignment(words[index]) for index in unwrapped.assignments)
    if unwrapped.script is None:
        if unwrapped.first >= len(words):
            unwrapped = Unwrapped()
        results.commands.append(_exec_command(words, unwrapped, assignments))
        return _script(results)
    if unwrapped.staying is not None:
        results.commands.append(_exec_command(words, unwrapped.staying, assignments))
    string, begin = words[unwrapped.script], unwrapped.script_from
    excerpt = Excerpt(text=string.raw[begin:], offsets=(string.span.start + 1 + begin,))
    context = Context(
        editable=False,
        wrappers=tuple(unwrapped.names),
        user=unwrapped.user,
        bare=unwrapped.clears_image_env,
        given=frozenset(one.name for one in assignments),
        depth=1,
        other_root=unwrapped.other_root,
    )
    scope = Scope(*context_of(unwrapped, words, Scope()))
    for assignment in assignments:
        scope.assign(assignment.name, assignment.value.text)
    _read(excerpt, (), [], results, context, scope, None)
    return _script(results)


def _assignment(word: Word) -> Assignment:
    """Return the assignment that an element of an exec form is to a launcher."""
    name, _, value = word.raw.partition("=")
    return Assignment(name=name, value=word.filled_in(value), span=word.span)


def _exec_command(words: Sequence[Word], unwrapped: Unwrapped, assignments: tuple[Assignment, ...]) -> Command:
    directory, variables = context_of(unwrapped, words, Scope())
    return Command(
        words=tuple(words[unwrapped.first : unwrapped.end]),
        span=Span(words[0].span.start, words[-1].span.end),
        assignments=assignments,
        exports=variables,
        wrappers=tuple(unwrapped.names),
        user=unwrapped.user,
        bare=unwrapped.clears_image_env,
        directory=directory,
        editable=False,
        other_root=unwrapped.other_root,
    )


def _script(results: Results) -> Script:
    commands = sorted(results.commands, key=lambda command: (command.span.start, -command.span.end))
    if results.errors:
        for command in commands:
            command.editable = False
    return Script(
        commands=tuple(commands),
        all_chains=tuple(results.chains),
        unfinished=results.unfinished,
        errors=results.errors,
        defined=frozenset(results.defined),
    )


def _index(excerpt: Excerpt, offset: int) -> int:
    """Return the index in the text of the character at a source offset; pieces are in the order of the source."""
    piece = max(0, bisect_right(excerpt.offsets, offset) - 1)
    return min(len(excerpt.text), excerpt.starts[piece] + max(0, offset - excerpt.offsets[piece]))


def _read(  # noqa: PLR0917
    excerpt: Excerpt,
    omitted: Sequence[int],
    bodies: list[Body],
    results: Results,
    context: Context,
    scope: Scope,
    owner: Owner,
) -> None:
    if context.depth > _DEEPEST:
        raise BeyondLimitsError(f"a script in more than {_DEEPEST} others is not checked", excerpt.offset(0))
    blanked, found = find(excerpt)
    root, read, is_broken = _parse(redirected(plain(blanked), [*bodies, *found]))
    if is_broken or dashed(read.text):
        results.errors = True
    text = GrammarText(
        excerpt=excerpt,
        omitted=omitted,
        padding=read.padding,
        prefixed=read.prefixed,
        bodies={body.operator.start: body for body in (*bodies, *found)},
    )

    def nested(inner: Excerpt, gaps: Sequence[int], deeper: Context, inside: Scope, above: Owner) -> None:
        _read(inner, gaps, [], results, deeper, inside, above)

    walker = Walker(text, results, nested)
    walker.block(root.children, context, scope, chained=True, owner=owner)
    results.errors = results.errors or text.misread


def _parse(plain: str) -> tuple[Node, Readable, bool]:
    """Return the tree of the first text that the grammar can read, that text, and whether it could read none."""
    first = readable(plain)
    root = _tree(first.text)
    if not broken(root):
        return *_with_line_ends(root, first), False
    for attempt in attempts(first):
        tree = _tree(attempt.text)
        if not broken(tree):
            return tree, attempt, False
    return root, first, True


def _with_line_ends(root: Node, read: Readable) -> tuple[Node, Readable]:
    """Return the tree, and the text that it is of, in which no line ends inside of a command, as far as that helps."""
    if "\n" not in read.text.replace("\\\n", ""):
        return root, read
    from cachemount.shell.line_ends import marked

    while (text := marked(root, read.text)) != read.text:
        tree = _tree(text)
        if broken(tree):
            break
        root, read = tree, replace(read, text=text)
    return root, read


@cache
def _parser() -> object:
    """Return the parser. Raises `ImportError` where the packages are missing, broken, or do not fit each other."""
    try:
        library, grammar = _extension("tree_sitter"), _extension("tree_sitter_bash")
        return library.Parser(library.Language(grammar.language()))
    except Exception as error:
        raise ImportError(f"tree-sitter with its grammar of bash cannot be loaded: {error}") from error


def _extension(name: str) -> Any:
    """Return a package's extension module, which has all that the package has; the package itself where it has none.

    The packages themselves also import `typing` and importlib.resources, which takes as long as reading a file.
    """
    from importlib.machinery import PathFinder

    package = PathFinder.find_spec(name)
    found = PathFinder.find_spec(f"{name}._binding", package.submodule_search_locations) if package else None
    module = found.loader.create_module(found) if found and found.loader else None
    if found is None or found.loader is None or module is None:
        return import_module(name)
    found.loader.exec_module(module)
    return module


def _tree(plain: str) -> Node:
    parser = _parser()
    return cast("Node", parser.parse(plain.encode("ascii")).root_node)  # type: ignore[attr-defined]
