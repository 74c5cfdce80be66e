"""How far the lines that a fix writes are indented: like those of the instruction, else like others of the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts.model import Facts
from cachemount.late_pattern import late

_DEFAULT = "    "
_WIDEST = 12
_MOUNT = "--mount="
_BEGINS_COMMAND = late(r"&&|\|\|?|;")
# An operator, or the last of the flags.
_BEFORE_COMMAND = late(r"(?:&&|\|\|?|;)[ \t]*.\Z|\A(?:RUN\b)?(?:[ \t]*--\w+=\S+)+[ \t]+.\Z")


def of_continuations(facts: Facts, instruction: Instruction) -> str:
    """Return the blanks in front of a line by which an instruction is continued."""
    before = before_instruction(facts, instruction)
    return before + (_own(facts, instruction) or facts.memo(_usual))


def of_new_step(facts: Facts, instruction: Instruction) -> str:
    """Return the blanks in front of the second line of a step that is put after an instruction."""
    return before_instruction(facts, instruction) + facts.memo(_usual)


def before_instruction(facts: Facts, instruction: Instruction) -> str:
    """Return the blanks in front of an instruction."""
    text, start = facts.dockerfile.source.text, instruction.span.start
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return "" if before.strip(" \t") else before


def _usual(facts: Facts) -> str:
    own = (stage for stage in facts.dockerfile.stages if stage.file is None)
    steps = (one for stage in own for one in stage.instructions if one.run is not None)
    found = Counter(filter(None, (_own(facts, one) for one in steps)))
    return found.most_common(1)[0][0] if found else _DEFAULT


def _own(facts: Facts, instruction: Instruction) -> str:
    """Return how much further than an instruction the lines are indented by which it is continued; "" if not known.

    Lines with mounts tell it, or the smallest of those with commands. Of lines with arguments the smallest counts, as
    far as it is not wide: they may be indented further than the command.
    """
    before = before_instruction(facts, instruction)
    commands, arguments = [], []
    for leading, line, follows in _continuations(facts, instruction):
        if not leading.startswith(before):
            continue
        blanks = leading[len(before) :]
        if line.startswith(_MOUNT):
            return blanks or _DEFAULT
        if follows or _BEGINS_COMMAND.match(line):
            commands.append(blanks)
        elif 1 < _width(blanks) <= len(_DEFAULT) or blanks == "\t":
            arguments.append(blanks)
    found = min(commands or arguments, key=_width, default="")
    if _width(found) > _WIDEST:
        # They stand below a word of the first line.
        return ""
    # With one blank, `&&` stands so that the commands are in one column with that after RUN.
    return found if _width(found) != 1 else _DEFAULT


def _width(blanks: str) -> int:
    return len(blanks.expandtabs())


def _continuations(facts: Facts, instruction: Instruction) -> Iterator[tuple[str, str, bool]]:
    """Yield the blanks and the text of each line by which an instruction goes on, and whether a command begins it."""
    heredocs = instruction.heredocs
    end = heredocs[0].body.start if heredocs else instruction.span.end
    first, *lines = facts.dockerfile.source.text[instruction.span.start : end].splitlines()
    for line in lines:
        match = re.match(r"[ \t]*", line)
        text = line.strip(" \t")
        if match is None or not text or text.startswith("#"):
            continue
        yield match[0], text, _BEFORE_COMMAND.search(first.rstrip(" \t")) is not None
        first = line
