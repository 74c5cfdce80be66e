"""Simple commands of a shell script, with spans in the source. Knows no manager and no Dockerfile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cachemount.records import Record, field
from cachemount.source import Excerpt, Span

EMPTY = Excerpt(text="")

# A value with variables in it that is longer than this is not known: it could double with each step.
LONGEST_VALUE = 4_096


class Variable(Record):
    """`$name`, `${name}`, `${name:-default}`, `${name:+instead}` in a word.

    `default` and `instead` are None when there is none (unset means unknown).
    """

    name: str
    default: str | None = None
    instead: str | None = None


class Word(Record, kw_only=False):
    """A word of a command.

    `raw` is the word as the shell got it. It stands at `start` in the text of the excerpt; `place` is where it is in
    the source if that is another text. `text` is the value after quote removal, None where that is not literal; then
    `pieces` are its parts: literal text, variables, and None for what only the shell knows (a command substitution,
    `${x%y}`, arithmetic). `tilde` is True when it starts with an unquoted `~/` or is `~` (the tilde is then left in
    the text).

    As an argument of an install, `text` has the variables filled in (None: unknown), and `written` is the word that it
    comes from, if that is another.
    """

    raw: str
    text: str | None
    tilde: bool = False
    excerpt: Excerpt = EMPTY
    start: int = 0
    pieces: tuple[str | Variable | None, ...] = ()
    place: Span | None = None
    written: Word | None = None

    @property
    def parts(self) -> tuple[str | Variable | None, ...]:
        return self.pieces or (self.text,)

    @property
    def span(self) -> Span:
        return self.place or self.excerpt.span(self.start, self.start + len(self.raw))

    @property
    def word(self) -> Word:
        """The word as it is written."""
        return self.written or self

    @property
    def known(self) -> str:
        """The text; "" where it is not known."""
        return self.text or ""

    @property
    def name(self) -> str:
        """The name of a program, without its path."""
        return self.known.rpartition("/")[2]

    def filled_in(self, text: str | None) -> Word:
        """Return the word as an argument with this text."""
        return Word(self.raw, text, False, self.excerpt, self.start, (), self.place, self.word)

    def expand(self, variables: Mapping[str, str | None], home: str | None = None) -> str | None:
        """Return the value with `variables` filled in (a missing one is empty, None is unknown); None when unknown."""
        result = []
        for part in self.parts:
            if isinstance(part, Variable):
                value = variables.get(part.name, "")
                if value is None:
                    return None
                if not value and part.default is not None:
                    value = part.default
                if value and part.instead is not None:
                    value = part.instead
                    if " " in value:
                        # A command line, which may set variables.
                        return None
                result.append(value)
            elif part is None:
                return None
            else:
                result.append(part)
        value = "".join(result)
        if len(value) > LONGEST_VALUE and any(isinstance(part, Variable) for part in self.parts):
            return None
        if self.tilde:
            return None if home is None else home + value[1:]
        return value


class Assignment(Record):
    """`NAME=value`, in front of a command, by `export`/`declare`, alone, or given to `env`. `span` covers all of it."""

    name: str
    value: Word
    span: Span


class Command(Record, frozen=False, eq=False, kw_only=False):
    """A simple command. Compared by identity.

    `words[0]` is the program; there are no words where only variables are set. Wrappers (sudo, env, time, ...) and
    their options are unwrapped off and named in `wrappers`, outermost first, and a `sh -c` string is replaced by its
    commands. `span` is the whole command as written, wrappers, assignments and redirections included. `depth` says how
    many `sh -c` strings and here-documents deep it stands.

    `assignments` hold for this command alone (for `export`, `declare` and assignments without a program: for what
    follows). `exports` are the shell variables set earlier in the script that this command sees (assignments alone on a
    line or by export; None when unknown, or set on only some path; "" when unset by `env -u`). `directory` is where an
    earlier `cd` went ("" when it stays in WORKDIR, relative when it hangs on WORKDIR, None when unknown). `user` is set
    by `su USER -c`, `gosu USER`, `sudo -u USER` ("": as the step; "root" for plain sudo and doas; else as written).
    With `bare` the image's variables do not reach it (sudo, `su -`, `env -i`). `given` are the names that the command
    which started its shell put into the environment (`NAME=value sh -c ...`): they are exported there. `other_root` is
    the program that gives it another root folder ("chroot"), "" where none does.

    `conditional` is True inside if, case, for, while and function bodies and on the right of `||` or of `[ ... ] &&`;
    `negated` when its status is used by `if`, `while`, `!`. `outputs` are the paths of its `>` redirections and of
    the blocks around it, `appends` those of `>>`. `editable` is False where the source text is not the command's text
    one to one: exec form, escapes inside strings, a here-document, a parse error nearby, `$(...)`.
    """

    words: tuple[Word, ...]
    span: Span
    assignments: tuple[Assignment, ...]
    exports: Mapping[str, str | None]
    wrappers: tuple[str, ...] = ()
    directory: str | None = ""
    user: str = ""
    bare: bool = False
    conditional: bool = False
    negated: bool = False
    outputs: tuple[Word, ...] = ()
    appends: tuple[Word, ...] = ()
    depth: int = 0
    editable: bool = True
    given: frozenset[str] = frozenset()
    other_root: str = ""

    @property
    def program(self) -> str:
        """Last path component of the program, "" when only the shell knows it."""
        return ((self.words[0].text or "") if self.words else "").rsplit("/", 1)[-1]


class Chain(Record, frozen=False, eq=False):
    """A flat sequence of items joined by operators: the body of a script, a block, a branch, a subshell.

    `members[i]` is the one simple command that item i is, or None where it is a compound (whose own chains stand for
    themselves), a pipeline or anything else. `operators[i]` (`&&`, `||`, `;`, `&` or a line end) stands between items i
    and i+1.
    `required` is True where an empty chain is a syntax error or would change the meaning (branches, a whole RUN).

    `owner` is the chain and the index of the item that this chain is the whole content of (a subshell, block, `sh -c`
    string), None where it is none or where that item's status is used. `excerpt` is the text that the chain stands in,
    `places[i]` and `operator_spans[i]` are where in it item i and operator i are, `comments` where comments and the
    lines of here-documents are. `final` is True where the chain is all of the RUN's text, so that its last status is
    the RUN's; `bodies` where the text has here-documents. `omitted` are where quotes and escapes were left out of a
    string's text.
    """

    members: tuple[Command | None, ...]
    operators: tuple[str, ...]
    required: bool = True
    excerpt: Excerpt = EMPTY
    places: tuple[Span, ...] = ()
    operator_spans: tuple[Span, ...] = ()
    comments: tuple[Span, ...] = ()
    omitted: Sequence[int] = ()
    owner: tuple[Chain, int] | None = None
    final: bool = False
    bodies: bool = False

    def span(self, index: int) -> Span:
        """Return where in the source an item is."""
        return self.excerpt.span(*self.places[index])

    def text(self, index: int) -> str:
        """Return the text of an item, as the shell gets it."""
        start, end = self.places[index]
        return self.excerpt.text[start:end]


class Script(Record):
    """`commands` in order of the text. `errors` is True when the grammar could not read all of it: report, never edit.

    `defined` are the names of functions it defines. The chains are finished when they are first asked for.
    """

    commands: tuple[Command, ...]
    all_chains: tuple[Chain, ...]
    unfinished: list[Callable[[], None]] = field(default_factory=list)
    errors: bool = False
    defined: frozenset[str] = frozenset()

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The lists of commands, each where its items and operators are."""
        while self.unfinished:
            self.unfinished.pop()()
        return self.all_chains

    def item_of(self, command: Command) -> tuple[Chain, int] | None:
        """Return the smallest item of a chain that holds a command, such as a pipeline: the chain and its index."""
        found: tuple[int, Chain, int] | None = None
        for chain in self.chains:
            for index in range(len(chain.places)):
                item = chain.span(index)
                if command.span.within(item) and (found is None or item.end - item.start < found[0]):
                    found = (item.end - item.start, chain, index)
        return None if found is None else found[1:]
