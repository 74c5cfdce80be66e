"""Words of the shell: quote removal, variables, brace expansion, and the text of a word that is itself a script."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cachemount.late_pattern import late
from cachemount.shell.model import Variable, Word
from cachemount.source import Excerpt, Span

Part = str | Variable | None

_PLAIN = late(r"[^\\'\"$`]+")
_NAME = late(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_VALUE = r"[^$`\\'\"{}]*|\"[^$`\\'\"{}]*\"|'[^'{}]*'"
_BRACED = late(rf"\$\{{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]({_VALUE})|:?\+({_VALUE})|:?\?[^$`{{}}]*)?\}}")
_DOUBLE = late(r"[^\\\"$`]+")
_ANSI = late(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ANSI_ESCAPE = late(r"\\(.)", re.DOTALL)
_ANSI_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_QUOTED = late(r"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_OPAQUE = late(r"[$<>]\(|`|\$\{|\$\[")
# A program that is asked for by name.
_ASKED = late(r"(?:\$\(|`)\s*(?:which|command\s+-v|type\s+-[pP])\s+([\w.+-]+)\s*[)`]")
_SEQUENCE = late(r"(-?\d{1,4})\.\.(-?\d{1,4})|([a-zA-Z])\.\.([a-zA-Z])")
_MOST_BRACES = 256


def opaque(raw: str) -> bool:
    """Return whether the word may hold substitutions, whose extent only the grammar knows."""
    return _OPAQUE.search(raw) is not None


def unquoted(raw: str) -> bool:
    """Return whether the word stands for itself."""
    return _PLAIN.fullmatch(raw) is not None


def misread(raw: str, substitutions: Sequence[tuple[int, int]]) -> bool:
    """Return whether a line ends inside the word, outside of quotes and substitutions: then it is two words."""
    if "\n" not in raw:
        return False
    for start, end in reversed(substitutions):
        raw = raw[:start] + raw[end:]
    return "\n" in _QUOTED.sub("", raw.replace("\\\r\n", ""))


def tilded(raw: str) -> bool:
    """Return whether the word begins with a tilde that stands for the home."""
    return raw.startswith("~") and (len(raw) == 1 or raw[1] == "/")


def read_word(excerpt: Excerpt, raw: str, start: int, substitutions: Sequence[tuple[int, int]] = ()) -> Word:
    """Return the word `raw`, which stands at `start` in the text of an excerpt.

    `substitutions` are the ranges in `raw` of `$(...)`, `${...}` and such, which only the grammar can delimit.
    """
    if unquoted(raw):
        return Word(raw, raw, tilded(raw), excerpt, start)
    parts = _parts(raw, substitutions)
    first = parts[0]
    if len(parts) == 1 and isinstance(first, str):
        return Word(raw, first, tilded(raw), excerpt, start)
    return Word(raw, None, tilded(raw), excerpt, start, parts)


def _parts(raw: str, substitutions: Sequence[tuple[int, int]]) -> tuple[Part, ...]:  # noqa: PLR0915
    result: list[Part] = []
    literal: list[str] = []
    ends = dict(substitutions)

    def put(part: Variable | None) -> None:
        if literal:
            result.append("".join(literal))
            literal.clear()
        result.append(part)

    index, quoted, length = 0, False, len(raw)
    while index < length:
        run = (_DOUBLE if quoted else _PLAIN).match(raw, index)
        if run:
            literal.append(run.group())
            index = run.end()
            continue
        character = raw[index]
        if character == '"':
            quoted = not quoted
            index += 1
        elif character == "\\":
            if raw.startswith("\r\n", index + 1):
                index += 3
                continue
            following = raw[index + 1 : index + 2]
            if quoted and following not in ('"', "\\", "$", "`", "\n"):
                literal.append("\\")
                index += 1
                continue
            literal.append("" if following == "\n" else following)
            index += 2
        elif character == "'":
            end = raw.find("'", index + 1)
            end = length if end < 0 else end
            literal.append(raw[index + 1 : end])
            index = end + 1
        elif match := _NAME.match(raw, index):
            put(Variable(name=match[1]))
            index = match.end()
        elif match := _BRACED.match(raw, index):
            default, instead = (value if value is None else value.strip("\"'") for value in match.groups()[1:])
            put(Variable(name=match[1], default=default, instead=instead))
            index = match.end()
        elif index in ends:
            asked = _ASKED.fullmatch(raw, index, ends[index])
            # Where it is, only the shell knows; what it is called is enough.
            put(Variable(name="", default=asked[1]) if asked else None)
            index = max(ends[index], index + 1)
        elif not quoted and (match := _ANSI.match(raw, index)):
            literal.append(_ANSI_ESCAPE.sub(_ansi, match[1]))
            index = match.end()
        elif not quoted and raw.startswith('$"', index):
            index += 1
        elif character == "$" and not re.match(r"\$[({\[@*#?$!0-9-]", raw[index : index + 2]):
            literal.append("$")
            index += 1
        elif character == "$" and raw[index + 1] not in "({[":
            put(None)
            index += 2
        else:
            put(None)
            break
    if literal or not result:
        result.append("".join(literal))
    return tuple(result)


def _ansi(match: re.Match[str]) -> str:
    return _ANSI_CHARACTERS.get(match[1], match[0])


def script_pieces(raw: str) -> list[Span] | None:
    """Return the slices of a word that make up the script it holds, quotes and escapes left out; None when unknown.

    What the outer shell expands stays as it is: the inner shell sees its value, which is not known. Outside of quotes
    it is taken for one word, as its author means it: `"make -j "$(nproc)" all"`.
    """
    pieces: list[Span] = []
    index, quoted, length = 0, False, len(raw)
    while index < length:
        character = raw[index]
        if character == '"':
            quoted = not quoted
            index += 1
        elif character == "'" and not quoted:
            end = raw.find("'", index + 1)
            if end < 0:
                return None
            pieces.append(Span(index + 1, end))
            index = end + 1
        elif character == "\\":
            following = raw[index + 1 : index + 2]
            if quoted and following not in ('"', "\\", "$", "`", "\n"):
                pieces.append(Span(index, index + 1))
                index += 1
            else:
                if following and following != "\n":
                    pieces.append(Span(index + 1, index + 2))
                index += 2
        elif quoted:
            end = index + 1
            if character == "$" and raw.startswith("$(", index):
                end = _closing(raw, index + 1)
            while end < length and raw[end] not in '"\\$':
                end += 1
            pieces.append(Span(index, end))
            index = end
        elif raw.startswith("$'", index):
            return None
        else:
            match = _PLAIN.match(raw, index)
            end = match.end() if match else _expansion_end(raw, index)
            pieces.append(Span(index, end))
            index = end
    return None if quoted else _joined(pieces)


def _expansion_end(raw: str, start: int) -> int:
    """Return the index after what the outer shell expands, which begins at `start` with `$` or a backtick."""
    if raw.startswith("$(", start):
        return _closing(raw, start + 1)
    if raw[start] == "`" or raw.startswith("${", start):
        end = raw.find("`" if raw[start] == "`" else "}", start + 1)
        return end + 1 or len(raw)
    return start + 1


def _closing(raw: str, start: int) -> int:
    """Return the index after the parenthesis that closes the one at `start`; quotes are not looked at."""
    level = 0
    for index in range(start, len(raw)):
        if raw[index] == "(":
            level += 1
        elif raw[index] == ")":
            level -= 1
            if not level:
                return index + 1
    return len(raw)


def _joined(pieces: list[Span]) -> list[Span]:
    result: list[Span] = []
    for piece in pieces:
        if result and result[-1].end == piece.start:
            result[-1] = Span(result[-1].start, piece.end)
        elif piece.end > piece.start:
            result.append(piece)
    return result


def compose(outer: Excerpt, base: int, pieces: Sequence[Span]) -> tuple[Excerpt, list[int]]:
    """Return the excerpt of slices of `outer.text`, and the offsets in it where something was left out.

    The slices are counted from `base`.
    """
    text: list[str] = []
    starts: list[int] = []
    offsets: list[int] = []
    omitted: list[int] = []
    length = 0
    for piece in pieces:
        if piece.end <= piece.start:
            continue
        part = outer.part(base + piece.start, base + piece.end)
        if length:
            omitted.append(length)
        text.append(part.text)
        starts.extend(start + length for start in part.starts)
        offsets.extend(part.offsets)
        length += len(part.text)
    if not starts:
        return Excerpt(text="", starts=(0,), offsets=(outer.offset(base),)), []
    return Excerpt(text="".join(text), starts=tuple(starts), offsets=tuple(offsets)), omitted


def braces(text: str) -> list[str]:
    """`a{b,c}d` and `a{1..3}` as bash expands them, nested ones too; the text alone if there is nothing to expand."""
    result = [text]
    position = 0
    while position < len(result):
        expanded = _brace(result[position])
        if expanded is None:
            position += 1
        elif len(result) + len(expanded) > _MOST_BRACES:
            return [text]
        else:
            result[position : position + 1] = expanded
    return result


def _brace(text: str) -> list[str] | None:
    start = text.find("{")
    while start >= 0:
        if not (start and text[start - 1] == "$"):
            level, cuts = 0, [start]
            for index in range(start, len(text)):
                if text[index] == "{":
                    level += 1
                elif text[index] == "," and level == 1:
                    cuts.append(index)
                elif text[index] == "}":
                    level -= 1
                    if not level:
                        cuts.append(index)
                        break
            inner = [text[cut + 1 : cuts[number]] for number, cut in enumerate(cuts[:-1], 1)]
            if not level and len(inner) == 1:
                inner = _sequence(inner[0])
            if not level and inner:
                return [text[:start] + piece + text[cuts[-1] + 1 :] for piece in inner]
        start = text.find("{", start + 1)
    return None


def _sequence(text: str) -> list[str]:
    match = _SEQUENCE.fullmatch(text)
    if match is None:
        return []
    first, last = (int(match[1]), int(match[2])) if match[1] else (ord(match[3]), ord(match[4]))
    step = 1 if last >= first else -1
    if abs(last - first) >= _MOST_BRACES:
        return []
    return [str(value) if match[1] else chr(value) for value in range(first, last + step, step)]
