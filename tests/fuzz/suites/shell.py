"""The shell reader: any text gives commands that lie in it, and taking some of them out leaves the others."""

from __future__ import annotations

import contextlib
import subprocess
import zlib
from random import Random

from cachemount.dockerfile.model import BeyondLimitsError, UnreadableDockerfileError
from cachemount.dockerfile.reader import read as read_dockerfile
from cachemount.facts.scripts import script as commands_of
from cachemount.shell.model import Command, Script
from cachemount.shell.reader import read
from cachemount.shell.removal.removal import removal
from cachemount.source import Excerpt, Source, Span
from fuzz import scripts, seeds
from fuzz.dockerfiles import heredoc
from fuzz.suite import BrokenError, Suite, expect, to_bytes

# One in so many inputs is given to bash as well: a process takes longer than all the rest.
BASH_EVERY = 60
_HEAD = "FROM a\nRUN "


def check(text: str) -> None:
    # Too deep a nesting is told as a finding.
    with contextlib.suppress(BeyondLimitsError):
        _check(text)


def _check(text: str) -> None:
    if len(text) % 3 == 0:
        _script(read(Excerpt(text=text)), Source(path="x", text=text))
    source = Source(path="Dockerfile", text=f"{_HEAD}{text}\n")
    found = _run(source)
    if found is None or found[1].errors or not found[1].commands:
        return
    given, script = found
    rng = Random(zlib.crc32(to_bytes(text)))
    doomed = [one for one in script.commands if one.editable and rng.random() < 0.4] or [rng.choice(script.commands)]
    spans = removal(script, doomed, source)
    if spans is None:
        return
    changed = without(source.text, spans)
    try:
        after = _removed(script, changed)
    except BrokenError:
        # The grammar lets pass some of what no shell takes.
        if accepts(given):
            raise
        return
    if rng.randrange(BASH_EVERY) == 0 and accepts(given):
        expect(accepts(after), "bash refuses what a removal leaves", repr(after))


def _removed(script: Script, changed: str) -> str:
    """Return what a removal left, which has to be some of the script's commands."""
    after = _run(Source(path="Dockerfile", text=changed))
    if after is None:
        raise BrokenError("no RUN is left after a removal", repr(changed))
    if after[1].errors:
        # The grammar misreads some of what every shell takes.
        expect(accepts(after[0]), "a removal leaves what cannot be read", repr(changed))
        return after[0]
    left, had = _shown(after[1]), _shown(script)
    expect(len(left) < len(had), "a removal removes nothing", repr(changed))
    _subsequence(left, had, changed)
    return after[0]


def _run(source: Source) -> tuple[str, Script] | None:
    """Return the script of the one RUN of a source as the shell gets it, and its commands; None without such a RUN."""
    try:
        dockerfile = read_dockerfile(source)
    except UnreadableDockerfileError:
        return None
    if len(dockerfile.stages) != 1 or len(dockerfile.stages[0].instructions) != 1:
        return None
    one = dockerfile.stages[0].instructions[0]
    if one.run is None:
        return None
    script = commands_of(source, one, one.run, readable=True)
    _script(script, source)
    bodies = [source.text[heredoc.body.start : heredoc.terminator.end] for heredoc in one.heredocs]
    text = one.run.script.text if one.run.form == "heredoc" else "\n".join([one.run.script.text, *bodies])
    return text, script


def _script(script: Script, source: Source) -> None:
    size = len(source.text)
    for command in script.commands:
        _inside(command.span, size)
        for word in (*command.words, *command.outputs, *command.appends):
            _inside(word.span, size)
            if command.editable:
                expect(_is_in(word.raw, source.slice(word.span)), "a word of another text", (word.raw, word.span))
        for assignment in command.assignments:
            _inside(assignment.span, size)
        dict(command.exports)
    for chain in script.chains:
        items = len(chain.places)
        expect(items == len(chain.members), "a chain in disorder")
        expect(len(chain.operators) == len(chain.operator_spans) == max(0, items - 1), "operators in disorder")
        for before, behind in zip(chain.places, chain.places[1:], strict=False):
            expect(before.end <= behind.start, "items in disorder", (before, behind))


def _is_in(raw: str, written: str) -> bool:
    """Return whether a word is what is written, or that without line ends, comments and escapes between lines."""
    rest = iter(written)
    return raw == written or ("\n" in written and all(char in rest for char in raw))


def _inside(span: Span, size: int) -> None:
    expect(0 <= span.start <= span.end <= size, "a span outside the text", span)


def _shown(script: Script) -> list[tuple[object, ...]]:
    return [_one(command) for command in script.commands]


def _one(command: Command) -> tuple[object, ...]:
    # BuildKit leaves out white space in front that no shell takes for a blank.
    words = " ".join(word.raw for word in command.words).strip()
    return words, command.wrappers, command.negated, tuple(word.raw for word in command.outputs)


def _subsequence(left: list[tuple[object, ...]], had: list[tuple[object, ...]], changed: str) -> None:
    rest = iter(had)
    for one in left:
        # A string that holds a script has another text afterwards.
        expect(
            any(one == other or (one[1:] == other[1:] and "-c " in str(one[0])) for other in rest),
            "a removal changes what stays",
            (one, repr(changed)),
        )


def without(text: str, spans: tuple[Span, ...]) -> str:
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return text


def accepts(script: str) -> bool:
    """Return whether bash can read a script."""
    done = subprocess.run(["bash", "-n"], input=to_bytes(script), capture_output=True, timeout=20, check=False)
    return done.returncode == 0


def generate(rng: Random) -> str:
    if rng.random() < 0.12:
        return heredoc(rng)
    text = scripts.continued(rng, scripts.script(rng))
    return text.replace("\n", "\r\n") if rng.random() < 0.1 else text


def texts() -> list[str]:
    """Return what the RUN instructions of the case files run."""
    return [part for text in seeds.dockerfiles() for part in text.split("RUN ")[1:]]


SUITE = Suite(name="shell", weight=18, generate=generate, check=check, seeds=texts)
