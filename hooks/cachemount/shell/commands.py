"""One simple command: its words, assignments, redirections, and what it changes for the commands after it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cachemount.late_pattern import late
from cachemount.records import Record, replace
from cachemount.shell import heredocs
from cachemount.shell.effects import apply_side_effects, context_of
from cachemount.shell.grammar_text import APPENDS, WRITES, Argument, GrammarText, Script, split, target
from cachemount.shell.launchers.shells import basename
from cachemount.shell.launchers.unwrap import Unwrapped, executed, unwrap
from cachemount.shell.model import Assignment, Command, Word
from cachemount.shell.scope import Scope, Variables
from cachemount.shell.statements import Leaf, Node
from cachemount.shell.words import opaque
from cachemount.source import Span
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.shell.walk import Context, Nested, Owner, Results

_ASSIGNMENT = late(r"[A-Za-z_]\w*=")
_DECLARATIONS = frozenset(("declaration_command", "unset_command"))


class _Given(Record, frozen=False):
    """The parts of a leaf, as the shell is given them; of a plain command, the arguments are seldom asked for."""

    leaf: Leaf
    names: list[Argument]
    words: tuple[Word, ...]
    split: list[Argument] | None = None

    @property
    def arguments(self) -> list[Argument]:
        if self.split is None:
            self.split = split(self.leaf)[1]
        return self.split


class Builder:
    """Makes commands out of the leaves that a walker, which it is a part of, meets."""

    def __init__(self, text: GrammarText, results: Results, nested: Nested) -> None:
        self.text = text
        self.results = results
        self.nested = nested

    def substituted(self, nodes: Sequence[Node], context: Context, scope: Scope) -> None:
        """Read the commands of `$(...)`, backticks and `<(...)` in words."""
        raise NotImplementedError

    def redirections(self, leaf: Leaf, context: Context, scope: Scope) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        """Return the paths written and the paths appended to; read the commands in them."""
        outputs: list[Word] = []
        appends: list[Word] = []
        for redirect in leaf.redirects:
            self.substituted([redirect], context, scope)
            if redirect.type == "file_redirect":
                operator, path = target(redirect)
                if path is not None and operator in WRITES:
                    outputs.append(self.text.word(path))
                elif path is not None and operator in APPENDS:
                    appends.append(self.text.word(path))
        return tuple(outputs), tuple(appends)

    def bodies(self, leaf: Leaf, context: Context, scope: Scope) -> None:
        """Read the commands of `$(...)` and backticks in the leaf's here-documents."""
        for body in self.text.heredocs(leaf):
            for excerpt in heredocs.substitutions(body):
                inner = replace(context, editable=False, outputs=(), appends=(), depth=context.depth + 1)
                self.nested(excerpt, (), inner, scope.copy(), None)

    def test(self, leaf: Leaf, context: Context, scope: Scope) -> Command:
        """`[ ... ]` and `[[ ... ]]`, as a command with one word."""
        assert leaf.node is not None
        bracket = leaf.node.children[0]
        argument = Argument(start=bracket.start_byte, end=bracket.end_byte, nodes=[bracket])
        given = _Given(leaf=leaf, names=[], words=(self.text.word(argument),), split=[])
        self.substituted([leaf.node], context, scope)
        return self._add(given, context, scope)

    def simple(
        self, leaf: Leaf, context: Context, scope: Scope, *, owner: Owner, fed: Leaf | None = None
    ) -> Command | None:
        """Read a simple command; None if it is a script of its own, whose commands stand for it.

        `fed` is what stands in front of it in a pipeline.
        """
        text = self.text
        if plain := text.plain_words(leaf):
            return self._called(_Given(leaf=leaf, names=[], words=plain), (), context, scope, owner=owner, fed=fed)
        names, arguments = split(leaf)
        words = tuple([text.word(argument) for argument in arguments])
        if "\n" in text.excerpt.text and self._torn(leaf, names, arguments):
            # The grammar reads on after a pipeline of three and its line end, and after redirections alone.
            self.results.errors = True
        assignments = tuple(filter(None, map(text.assignment, names)))
        kind = "" if leaf.node is None else leaf.node.type
        # After a value of several pieces the grammar takes one for a word.
        first = last = int(kind == "declaration_command")
        while last < len(words) and "=" in words[last].raw and _ASSIGNMENT.match(words[last].raw):
            last += 1
        if last > first:
            moved = arguments[first:last]
            assignments += tuple(map(text.given, words[first:last], moved))
            names = [*names, *moved]
            arguments = arguments[:first] + arguments[last:]
            words = words[:first] + words[last:]
        given = _Given(leaf=leaf, names=names, words=words, split=arguments)
        if kind in _DECLARATIONS or not words:
            command = self._add(given, context, scope, assignments)
            self._substituted(given, context, scope)
            for assignment in assignments:
                scope.assign(assignment.name, scope.value(assignment.value))
            if kind == "unset_command":
                for word in words[1:]:
                    if word.text and not word.text.startswith("-"):
                        scope.assign(word.text, "")
            return command
        return self._called(given, assignments, context, scope, owner=owner, fed=fed)

    def _called(
        self,
        given: _Given,
        assignments: tuple[Assignment, ...],
        context: Context,
        scope: Scope,
        *,
        owner: Owner,
        fed: Leaf | None,
    ) -> Command | None:
        """Read a command that has a program."""
        words = given.words
        unwrapped = unwrap(words)
        if unwrapped.assignments:
            assignments += tuple(
                self.text.given(words[index], given.arguments[index]) for index in unwrapped.assignments
            )
        scripts = self._scripts(given, unwrapped, fed)
        if scripts:
            if unwrapped.staying is not None:
                self._add(given, context, scope, assignments, unwrapped.staying)
            self._run(scripts, given, unwrapped, assignments, context, scope, owner=owner)
            return None
        if unwrapped.first >= len(words) or unwrapped.script is not None:
            unwrapped = Unwrapped()
        command = self._add(given, context, scope, assignments, unwrapped)
        self._substituted(given, context, scope)
        if self.text.bodies:
            self.bodies(given.leaf, context, scope)
        apply_side_effects(command, unwrapped.names, scope, self.results.defined)
        if command.program == "find":
            self._executed(given, context, scope, unwrapped)
        return command

    def _torn(self, leaf: Leaf, names: list[Argument], arguments: list[Argument]) -> bool:
        """Return whether a line ends between the pieces of a command."""
        pieces = [(one.start, one.end) for one in arguments]
        if leaf.redirects:
            pieces += [(one.start, one.end) for one in names]
            pieces = sorted([*pieces, *((node.start_byte, node.end_byte) for node in leaf.redirects)])
        return any(_ends_line(self.text.raw(end, start)) for (_, end), (start, _) in pairwise(pieces))

    def _add(
        self,
        given: _Given,
        context: Context,
        scope: Scope,
        assignments: tuple[Assignment, ...] = (),
        unwrapped: Unwrapped | None = None,
    ) -> Command:
        leaf = given.leaf
        outputs, appends = self.redirections(leaf, context, scope) if leaf.redirects else ((), ())
        start, end = leaf.start, leaf.end
        directory, variables = context_of(unwrapped, given.words, scope)
        editable = context.editable and self.text.whole(start, end) and not self.text.heredocs(leaf)
        command = Command(
            words=given.words if unwrapped is None else given.words[unwrapped.first : unwrapped.end],
            span=self.text.span(start, end),
            assignments=assignments,
            exports=variables,
            wrappers=context.wrappers + tuple(unwrapped.names if unwrapped else ()),
            directory=directory,
            user=(unwrapped.user if unwrapped else "") or context.user,
            bare=context.bare or (unwrapped is not None and unwrapped.clears_image_env),
            other_root=context.other_root or (unwrapped.other_root if unwrapped else ""),
            conditional=context.conditional,
            negated=context.negated,
            outputs=context.outputs + outputs,
            appends=context.appends + appends,
            depth=context.depth,
            editable=editable,
            given=context.given,
        )
        self.results.commands.append(command)
        return command

    def _scripts(self, given: _Given, unwrapped: Unwrapped, fed: Leaf | None) -> list[Script]:
        """Return the texts that the command runs as a script."""
        if unwrapped.script is not None:
            argument = given.arguments[unwrapped.script]
            if unwrapped.script_from:
                argument = replace(argument, start=argument.start + unwrapped.script_from)
            found = self.text.script(argument)
            return [found] if found else []
        if not unwrapped.stdin:
            return []
        bodies = self.text.heredocs(given.leaf)
        here = [one for one in given.leaf.redirects if self.text.raw(one.start_byte, one.end_byte).startswith("<<<")]
        if here and not bodies:
            last = here[0].children[-1]
            found = self.text.script(Argument(start=last.start_byte, end=last.end_byte, nodes=[last]))
            return [found] if found else []
        if not bodies and fed is not None and fed.node is not None and fed.node.type == "command":
            sent = split(fed)[1]
            texts = [self.text.word(argument).text for argument in sent]
            if texts in (["cat"], ["cat", "-"]):
                bodies = self.text.heredocs(fed)
            elif len(texts) == 2 and basename(texts[0] or "") == "echo":
                found = self.text.script(sent[1])
                return [found] if found else []
        # The last one is what the command reads.
        for body in bodies[-1:]:
            self.text.misread = self.text.misread or heredocs.joins_comment(body)
        return [(body.text, []) for body in bodies[-1:]]

    def _run(  # noqa: PLR0917
        self,
        scripts: list[Script],
        given: _Given,
        unwrapped: Unwrapped,
        assignments: tuple[Assignment, ...],
        context: Context,
        scope: Scope,
        *,
        owner: Owner,
    ) -> None:
        """Read the scripts that a command runs."""
        directory, variables = context_of(unwrapped, given.words, scope)
        for assignment in assignments:
            variables = Variables(variables, assignment.name, scope.value(assignment.value))
        inner = scope if unwrapped.shared else Scope(directory, variables)
        outputs, appends = self.redirections(given.leaf, context, scope)
        deeper = replace(
            context,
            wrappers=context.wrappers + tuple(unwrapped.names),
            user=unwrapped.user or context.user,
            bare=context.bare or unwrapped.clears_image_env,
            other_root=context.other_root or unwrapped.other_root,
            given=context.given.union(one.name for one in assignments),
            depth=context.depth + 1,
            outputs=context.outputs + outputs,
            appends=context.appends + appends,
        )
        for excerpt, omitted in scripts:
            self.nested(excerpt, omitted, deeper, inner, owner if unwrapped.script is not None else None)
        self._substituted(given, context, scope, unwrapped.script)

    def _substituted(self, given: _Given, context: Context, scope: Scope, script: int | None = None) -> None:
        """Read the commands in the words, the script's own word left out."""
        # Plain words, which are not split before that is asked for, have none.
        if given.split is None or not opaque(self.text.raw(given.leaf.start, given.leaf.end)):
            return
        nodes = [node for name in given.names for node in name.nodes]
        for index, argument in enumerate(given.arguments):
            if index != script:
                nodes += argument.nodes
        self.substituted(nodes, context, scope)

    def _executed(self, given: _Given, context: Context, scope: Scope, outer: Unwrapped) -> None:
        """Read the commands of `find -exec`: reported, never edited on their own."""
        for start, end in executed(given.words):
            words = given.words[start:end]
            unwrapped = unwrap(words)
            inner = replace(
                context,
                wrappers=(*context.wrappers, *outer.names, "find"),
                user=unwrapped.user or outer.user or context.user,
                editable=False,
            )
            if unwrapped.script is not None:
                found = self.text.script(given.arguments[start + unwrapped.script])
                if found:
                    deeper = replace(inner, wrappers=(*inner.wrappers, *unwrapped.names), depth=context.depth + 1)
                    self.nested(*found, deeper, scope.copy(), None)
            elif unwrapped.first < len(words):
                command = self._add(
                    replace(given, leaf=Leaf(node=given.leaf.node), words=words), inner, scope, (), unwrapped
                )
                command.span = Span(words[0].span.start, words[-1].span.end)


def _ends_line(gap: str) -> bool:
    return "\n" in gap and "\n" in gap.replace("\\\r\n", "").replace("\\\n", "")
