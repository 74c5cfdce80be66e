"""A script's text as the grammar reads it best: what it misreads is written in another way that means the same.

Each character stays where it is but for those that are put in, whose offsets are known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from cachemount.late_pattern import late
from cachemount.records import Record, replace

_FOREIGN = late(r"[^\x01-\x7f]")
_ESCAPED_BLANK = late(r"(?<!\\)((?:\\\\)*)\\[ \t]")
_CARRIAGE_RETURN = late(r"\r(?=\n|$)")
# In a comment the line ends in spite of the backslash.
_CUT_WORD = late(r"(?m)^([^#\n]*[\w./-])(\\\r?\n)(?=[\w./-])")
_BARE = late(r"\$(?![A-Za-z_0-9{(@*#?$!'\"-])")
# In a command's name the grammar takes it for the beginning of a pattern.
_AT = late(r"(?<=\w)@(?=\w)")
_CLOSED = late(r"([})]|\b(?:fi|done|esac))[ \t](?=[ \t]*(?:[}]|(?:fi|done|esac|else|elif|then|do)\b))")
_DOUBLED = late(r"(?<![$(])\(\((?!\()")
_BEGIN = r"(?:\A|[\n;&|({)]|\b(?:then|do|else|elif|if|while|until)\b)[ \t]*"
_PREFIX = r"(?:!|time(?:[ \t]+-p)?)[ \t]+"
_BLOCK = r"[({]|(?:if|for|while|until|case|select)\b|\[\["
# `!` and `time` in front of a block, and several of them.
_PREFIXED = late(rf"(?P<begin>{_BEGIN})(?:(?:{_PREFIX})+(?={_BLOCK})|(?:{_PREFIX})+![ \t]+(?=\S))")
_FUNCTION = late(r"(?<![^\s;&|({])[\w.:@%+,-]+(?=[ \t]*\([ \t]*\))")
_OVER_NOTHING = late(r"\b(for[ \t]+\w+[ \t]+)in(?=[ \t]*[;\n])")
# An assignment and a redirection, and no command.
_ALONE = late(r"(?<![^\s;&|({])([A-Za-z_]\w*)=(?=[^\s;&|<>()'\"$`\\]*(?:[ \t]+\d*)?[<>])")


class Readable(Record):
    """`padding` are the offsets in `text` of what was put in; `prefixed` where `!` or `time` stands before a command.

    That is told by where the command begins, in `text` too.
    """

    text: str
    padding: Sequence[int] = ()
    prefixed: Mapping[int, int]

    def padded(self, places: Sequence[int], character: str) -> Readable:
        """Return the text with a character put in at offsets of it, which are in order."""
        pieces, index = [], 0
        for place in places:
            pieces += [self.text[index:place], character]
            index = place
        padding = sorted(
            [each + bisect_right(places, each) for each in self.padding]
            + [place + count for count, place in enumerate(places)]
        )
        prefixed = {
            at + bisect_right(places, at): start + bisect_right(places, start) for at, start in self.prefixed.items()
        }
        return Readable(text="".join([*pieces, self.text[index:]]), padding=padding, prefixed=prefixed)


def plain(text: str) -> str:
    """Return a text of the same length without what the grammar takes for something else."""
    if "\\" in text:
        # At the beginning of a word the grammar takes an escaped blank for a blank.
        text = _ESCAPED_BLANK.sub(r"\1..", text)
        if "\\\n" in text or "\\\r\n" in text:
            text = _CUT_WORD.sub(lambda match: match[1] + "." * len(match[2]), text)
    if "\r" in text:
        text = _CARRIAGE_RETURN.sub(" ", text)
    return text if text.isascii() and "\0" not in text else _FOREIGN.sub(".", text)


def readable(text: str) -> Readable:
    """Return what the grammar is given first for a plain text."""
    result = Readable(text=text, prefixed={})
    if "`" in text:
        from cachemount.shell.backticks import substitutions_as_dollars

        text, places = substitutions_as_dollars(text)
        result = replace(result, text=text).padded(places, "(")
    if "!" in text or "time" in text:
        result = _without_prefixes(result)
    return result


def attempts(first: Readable) -> Iterator[Readable]:
    """Return what may help where the grammar could not read the text."""
    cured = _AT.sub("_", _BARE.sub(".", first.text).replace("<>", "< "))
    for name in {*_FUNCTION.findall(cured)}:
        if not name.isalnum():
            cured = cured.replace(name, "_" * len(name))
    cured = _ALONE.sub(r"\1.", _OVER_NOTHING.sub(r"\1  ", cured))
    # After another redirection the grammar knows no here-string; a file's name is the same to it.
    texts = list(dict.fromkeys((cured, _CLOSED.sub(r"\1;", cured), cured.replace("<<<", "<  "))))
    for text in texts:
        if text != first.text:
            yield replace(first, text=text)
    for text in texts:
        places = [match.start() + 1 for match in _DOUBLED.finditer(text)]
        if places:
            yield replace(first, text=text).padded(places, " ")


def _without_prefixes(result: Readable) -> Readable:
    text, prefixed, pieces, index = result.text, {}, [], 0
    for match in _PREFIXED.finditer(text):
        start, end = match.end("begin"), match.end()
        prefixed[end] = start
        pieces += [text[index:start], " " * (end - start)]
        index = end
    if not prefixed:
        return result
    return replace(result, text="".join([*pieces, text[index:]]), prefixed=prefixed)
