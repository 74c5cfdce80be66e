"""Reads a Dockerfile as BuildKit does."""

from __future__ import annotations

from cachemount.dockerfile.model import (
    BeyondLimitsError,
    Dockerfile,
    Flag,
    Instruction,
    MountFlag,
    Run,
    Stage,
    UnreadableDockerfileError,
    may_name,
)
from cachemount.dockerfile.syntax.checks import check, stage_name
from cachemount.dockerfile.syntax.heredocs import heredoc_word
from cachemount.dockerfile.syntax.lexer import PLAIN, Lexer, LexError
from cachemount.dockerfile.syntax.scanner import Scan, scan
from cachemount.dockerfile.syntax.splitting import RawInstruction, SplitError
from cachemount.dockerfile.syntax.words import split_blanks, split_words
from cachemount.late_pattern import late
from cachemount.records import replace
from cachemount.source import Excerpt, Source, Span, new_span

# BuildKit sets these itself, to what depends on the build.
_PLATFORM_ARGUMENTS = tuple(
    f"{side}{name}" for side in ("BUILD", "TARGET") for name in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
)
_PLAIN_VARIABLE = late(r"\$(?:\{(?=\w+\}))?(\w+)")
_NAME_OF_VARIABLE = late(r"\$\{?(\w+)")
# A variable and nothing else.
_ONE_VARIABLE = late(r"\$(?:(\w+)|\{(\w+)(?::?-[^{}]*)?\})")
# What is cut out of a value, put into it, or has to be given.
_CUT = late(r"\$\{(\w+)(?:[/#%]|:?\?)[^{}]*\}")
_IMAGE_NAME = late(r"[:@](?=[^/]*\Z)")
# The most of 99,789 public files is 23.
_MOST_STAGES = 500


def read(source: Source) -> Dockerfile:
    """Return the instructions of `source`, stage by stage. Raises `UnreadableDockerfileError` where BuildKit does."""
    if source.text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        raise UnreadableDockerfileError("it is UTF-16; save it as UTF-8", 0)
    found = scan(source.text)
    try:
        for raw in found.instructions:
            check(raw, found.escape)
    except SplitError as error:
        raise UnreadableDockerfileError(str(error), raw.joined_line.offset(error.offset)) from None
    reader = _Reader(source, found)
    for raw in found.instructions:
        reader.add(raw)
    if not reader.stages:
        raise UnreadableDockerfileError("dockerfile contains no stages to build", found.instructions[0].offset)
    return reader.dockerfile()


class _Reader:
    """Collects instructions into stages."""

    def __init__(self, source: Source, found: Scan) -> None:
        self.stages: list[Stage] = []
        self._source = source
        self._scan = found
        self._globals: list[Instruction] = []
        self._arguments: dict[str, str | None] = {}
        self._variables: dict[str, str | None] = dict.fromkeys(_PLATFORM_ARGUMENTS)
        # What they are in a build that gives none, and how their values are written.
        self._defaults: dict[str, str | None] = dict.fromkeys(_PLATFORM_ARGUMENTS)
        self._written: dict[str, str] = {}
        self._named: dict[str, Stage] = {}

    def add(self, raw: RawInstruction) -> None:
        instruction = _instruction(raw, self._source.text, self._scan.escape)
        if raw.keyword == "FROM":
            self._begin_stage(instruction, raw)
        elif self.stages:
            self.stages[-1].instructions.append(instruction)
        elif raw.keyword == "ARG":
            self._globals.append(instruction)
            self._declare(raw.rest)
        else:
            raise UnreadableDockerfileError("no build stage in current context", raw.offset)

    def dockerfile(self) -> Dockerfile:
        return Dockerfile(
            source=self._source,
            escape=self._scan.escape,
            syntax=self._scan.syntax,
            globals=tuple(self._globals),
            global_arguments=self._arguments,
            stages=tuple(self.stages),
            last=self.stages[-1],
            comments=tuple(self._scan.comments),
        )

    def _declare(self, text: str) -> None:
        build = dict(self._source.arguments)
        for word in split_words(text, self._scan.escape):
            name, equals, value = word.partition("=")
            if name in build:
                self._arguments[name] = self._variables[name] = self._defaults[name] = build[name]
            elif equals:
                self._defaults[name], self._written[name] = self._by_default(value), self._meant(value)
                self._arguments[name] = self._variables[name] = self._expand(value)
            else:
                self._arguments.setdefault(name, None)

    def _begin_stage(self, instruction: Instruction, split: RawInstruction) -> None:
        written = split_blanks(split.rest)[0]
        image = self._reference(written)
        meant = self._meant(written)
        bases = [one for one in self.stages if may_name(meant, one.name)] if self._is_open(written) else []
        parent = self._named.get(image.lower())
        if parent is None and "$" in image and (by_default := self._by_default(written)):
            parent = self._named.get(by_default.lower())
            image = image if parent is None else by_default
        if bases and _are_alike(bases):
            parent = parent or bases[0]
        elif bases:
            # A build may choose another one than the default.
            image, parent = written, None
        platform = next((flag.value for flag in instruction.flags if flag.name == "platform"), None) or ""
        name = stage_name(split)
        stage = Stage(
            index=len(self.stages),
            name=name,
            image=image,
            platform=self._expand(platform) or "",
            parent=parent,
            instruction=instruction,
            choices=self._choices(written, image) if self._source.choices and parent is None else (),
        )
        if len(self.stages) == _MOST_STAGES:
            raise BeyondLimitsError(
                f"a file with more than {_MOST_STAGES:,} stages is not checked", instruction.span.start
            )
        self.stages.append(stage)
        for one in bases if stage.parent is None or stage.parent in bases else (stage.parent,):
            one.children.append(stage)
        if name:
            self._named[name] = stage

    def _choices(self, written: str, image: str) -> tuple[str, ...]:
        """Return the other images that a reference names with the arguments of the known builds.

        "" stands for one that has a value which is not known.
        """
        found = []
        for choice in self._source.choices if "$" in written else ():
            build = _Reader(replace(self._source, arguments=choice, choices=()), self._scan)
            for one in self._globals:
                build._declare(one.arguments.text)
            other = build._reference(written)
            is_open = other != image and any(value is None and f"${{{name}}}" in other for name, value in choice)
            found.append("" if is_open else other)
        return tuple(one for one in dict.fromkeys(found) if one != image)

    def _meant(self, reference: str) -> str:
        """Return a reference, or how the value of the argument is written that is all of it."""
        variable = _ONE_VARIABLE.fullmatch(reference)
        return self._written.get(variable[1] or variable[2], reference) if variable else reference

    def _by_default(self, text: str) -> str | None:
        """Return the text filled in as in a build that gives no argument: one without a value is empty then."""
        variables = {name: self._defaults.get(name, "") for name in _NAME_OF_VARIABLE.findall(text)}
        try:
            return Lexer(text, escape=self._scan.escape, variables=variables).word()
        except LexError:
            return None

    def _is_open(self, reference: str) -> bool:
        """Return whether a build may choose what a reference names: it has a variable that none is known to set."""
        given = {name for name, value in self._source.arguments if value is not None}
        return "$" in reference and not given.issuperset(_NAME_OF_VARIABLE.findall(reference))

    def _reference(self, text: str) -> str:
        """Return the name of an image, in which variables without a value stay."""
        known = self._expand(text)
        if known is not None:
            return known
        cut = set(_CUT.findall(text))
        text = _CUT.sub(r"${\1}", text)
        names = (name for name in _PLAIN_VARIABLE.findall(text) if name in cut or self._variables.get(name) is None)
        variables = {**self._variables, **{name: f"${{{name}}}" for name in names}}
        try:
            return Lexer(text, escape=self._scan.escape, variables=variables).word()
        except LexError:
            return text

    def _expand(self, text: str) -> str | None:
        """Return the text with global arguments filled in; None when that takes one without a value."""
        if PLAIN.fullmatch(text):
            return text
        try:
            return Lexer(text, escape=self._scan.escape, variables=self._variables).word()
        except LexError:
            return None


def _are_alike(bases: list[Stage]) -> bool:
    """Return whether the stages that a stage may be built on have one image and one user."""
    return len({(_IMAGE_NAME.split(one.lineage()[0].image)[0], _user(one)) for one in bases}) == 1


def _user(stage: Stage) -> str:
    found = ""
    for one in stage.lineage():
        for instruction in one.instructions:
            if instruction.keyword == "USER":
                found = instruction.arguments.text.strip()
    return found


def _instruction(raw: RawInstruction, text: str, escape: str) -> Instruction:
    line = raw.joined_line
    split = raw.child or raw
    begin, end = split.arguments, max(split.arguments, split.end)
    if len(line.offsets) == 1:
        # A line of the file, as most instructions are.
        shift = line.offsets[0]
        start, insertion = shift + raw.start, shift + split.insertion
        arguments = Excerpt(line.text[begin:end], (0,), (shift + begin,))
    else:
        start, insertion = raw.offset, line.offset(split.insertion - 1) + 1
        arguments = line.part(begin, end)
    flags = (
        tuple([_flag(flag.word.text, line.span(flag.start, flag.end)) for flag in split.flags]) if split.flags else ()
    )
    onbuild = split is not raw
    run = _run(raw, split, arguments, text, escape) if split.keyword == "RUN" else None
    return Instruction(
        split.keyword, new_span((start, raw.end_offset)), insertion, arguments, flags, raw.heredocs, onbuild, run
    )


def _flag(word: str, span: Span) -> Flag:
    name, equals, value = word[2:].partition("=")
    return Flag(span=span, name=name, value=value if equals else None)


def _run(raw: RawInstruction, split: RawInstruction, arguments: Excerpt, text: str, escape: str) -> Run:
    if not split.flags and split.strings is None and not raw.heredocs:
        return Run("shell", arguments)
    line = raw.joined_line
    mounts = _mounts(split, line, escape)
    networks = [flag.word.text[len("--network=") :] for flag in split.flags if flag.word.text.startswith("--network=")]
    network = networks[0] if networks else ""
    if split.strings is not None:
        base = split.arguments
        return Run(
            form="exec",
            script=line.part(split.arguments, split.arguments),
            argv=tuple(string.value for string in split.strings),
            argv_spans=tuple(line.span(base + string.start, base + string.end) for string in split.strings),
            mounts=mounts,
            network=network,
        )
    if raw.heredocs and _is_script(arguments.text):
        script = _script(raw, text)
        return Run(form="heredoc", script=script, mounts=mounts, network=network, interpreter=_interpreter(script.text))
    return Run(form="shell", script=arguments, mounts=mounts, network=network)


def _mounts(split: RawInstruction, line: Excerpt, escape: str) -> tuple[MountFlag, ...]:
    flags = [flag for flag in split.flags if flag.word.text.startswith("--mount=")]
    if not flags:
        return ()
    from cachemount.dockerfile.syntax.mounts import read_mount

    return tuple([read_mount(flag.word, line, line.span(flag.start, flag.end), escape) for flag in flags])


def _is_script(arguments: str) -> bool:
    """Return whether the arguments are one heredoc and nothing else; then its body is what runs."""
    try:
        return heredoc_word(arguments) is not None
    except LexError:
        return False


def _script(raw: RawInstruction, text: str) -> Excerpt:
    heredoc = raw.heredocs[0]
    if not heredoc.chomp:
        return Excerpt.of_pieces(text, [heredoc.body])
    pieces = []
    at = heredoc.body.start
    while at < heredoc.body.end:
        line_end = text.find("\n", at) + 1
        while text[at] == "\t":
            at += 1
        pieces.append(Span(at, line_end))
        at = line_end
    return Excerpt.of_pieces(text, pieces or [heredoc.body])


def _interpreter(script: str) -> str:
    first = script.split("\n", 1)[0]
    return first[2:].strip() if first.startswith("#!") else ""
