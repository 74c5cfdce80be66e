"""Comments above a step which say that it cleans up, or keeps no cache: those words go with what they are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cachemount.dockerfile.model import Dockerfile, Instruction
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.repairs.text_edits import comments_above
from cachemount.source import Span

_CLEAN = r"(?:clean(?:s|ing|ed)?(?:[ -]?ups?)?|clear(?:s|ing|ed)?|(?:remov|delet|purg)(?:e|es|ing|ed))"
# What else may be said of the removal of caches alone.
_MORE = (
    r"(?:[\s'-]+(?:up|the|its|any|all|after(?:wards?)?|apt|apt-get|apk|yum|dnf|pip|npm|package|packages|manager|managers|cached?"
    r"|caches|lists?|index(?:es)?|metadata|to|reduce|keep|save|minimi[sz]e|shrink|docker|image|images|layer|layers|size|sizes"
    r"|space|small(?:er)?|down|in|same|for|of))*"
)
# It is true of what stays as well, as is the sentence after it.
_PURPOSE = r"(?:to|and) (?:reduce|keep|save|minimi[sz]e|shrink) [\w ]+"
_END = (
    r"(?=(?:\s+(?:with)?in\s+(?:an?\s+|the\s+)?(?:single|one)\s+(?:docker\s+)?(?:RUN|layer|step|command|instruction)"
    r"(?:\s+(?:command|step|instruction|statement))?)?(?:[ \t]*[.!]?[ \t]*\Z|[.!][ \t]+[A-Z]))"
)
_JOINED = late(
    rf"(?i:(?P<joint>,?\s+(?:and|&|then)(?:\s+(?:then|finally))?\s+|,\s+){_CLEAN}{_MORE}){_END}"
)  # fmt: skip
# Words that stand for themselves: "(and clean up)", ". Clean up", "with apt/lists removal".
_APART = (
    late(rf"(?i)[ \t]*\((?:(?:and|then)\s+)?{_CLEAN}{_MORE}\)"),
    late(rf"(?i)(?<=[.!])[ \t]+{_CLEAN}{_MORE}[.!]?(?=[ \t]*\Z)"),
    late(
        r"(?i)\s+(?:with|including|followed by)\s+(?:an?\s+|the\s+)?"
        r"(?:[\"'`]?(?:(?:/?var/lib/)?apt(?:/lists(?:/\*)?)?|apk|yum|dnf|pip|npm|package|manager|cache|lists?|index|metadata)"
        r"[\"'`]?[ -]+)*(?:folder[ ]+|directory[ ]+)?(?:removal|clean-?up|cleaning|deletion)"
        rf"(?=[ \t]*[.!]?[ \t]*\Z|\s+{_PURPOSE}\.?[ \t]*\Z)"
    ),
)
_SWITCHED = late(
    r"(?i)(?:,\s+(?:(?:as|because|since)\s+)?|\s+(?:as|because|since)\s+)[`'\"]?--no-ch?ache(?:-dir)?[`'\"]?\s+(?:is|was)\s+"
    r"(?:specified|set|given|used|passed|added)(?:\s+(?:a few lines\s+|in the lines\s+)?(?:below|above|here|later))?"
    r"(?=[ \t]*[.!]?[ \t]*\Z)"
)
_SWITCH = late(r"--no-cache(?:-dir)?\b")
_STILL_CLEANS = late(r"(?<![\w./-])(?:rm|unlink|find|(?:auto)?(?:clean|purge|remove)|autoremove|prune)(?![\w.-])")
# What a comment about caches alone does not speak of.
_OF_CACHES = late(r"(?i)\bcache[sd]?\b|\blists\b|\bindex")
_OF_PACKAGES = late(r"\b(?:apt|apt-get|apk|yum|dnf|microdnf|zypper)\s+(?:-\S+\s+)*(?:auto)?(?:purge|remove)\b[^;&|\n]*")
_SENTENCE = late(r".*(?:[.!?:;]|\s-+)\s+", re.DOTALL)
_IN_BRACKETS = late(r"\([^()]*\)")
# "For the tests, install git": no list.
_LEADS_IN = late(
    r"(?i)(?:to|for|in|on|as|at|by|when|if|after|before|since|because|with|first|here|now|next|finally|then)\b"
)
_VERB = late(
    r"(?i)(?:install|updat|upgrad|refresh|add|build|download|fetch|get|copy|creat|set|configur|run|enabl|compil|generat|mak"
    r"|combin|merg|chain|import|register|unpack|extract|link|pull|switch)(?:e?s|e?d|ing|e)?(?:\s|\Z)"
)
_ONE_WORD = late(r"[\w.+-]+")
# One alone cannot be combined.
_COMBINES = late(r"(?i)(?:combin|merg|chain|join|group)\w*\b")
_AND = late(r"(?i)\s(?:and|&|then)\s")
_GOES_ON = late(r"[a-z]")
_ENDS = late(r"[.!?:]\s*\Z")


def without_cleaning(
    dockerfile: Dockerfile, instruction: Instruction, edits: Collection[Edit]
) -> tuple[list[Edit], bool]:
    """Return the edits that take from the comments above a step what it does no longer, once the given ones are made.

    The second value tells whether a comment stays for now, as something in the step still does what it says.
    """
    found: list[Edit] = []
    waits = False
    own = sorted((one for one in edits if one.span.within(instruction.span)), key=lambda one: one.span)
    text, at, rest = dockerfile.source.text, instruction.span.start, ""
    for edit in own:
        rest += text[at : edit.span.start] + (edit.text if edit.span.start < edit.span.end else "")
        at = max(at, edit.span.end)
    before, rest = text[instruction.span.start : instruction.span.end], rest + text[at : instruction.span.end]
    comments = [one for _, one in comments_above(dockerfile, instruction)]
    for number, comment in enumerate(comments):
        said = text[comment.span.start : comment.span.end].rstrip("\r")
        above = comments[number + 1].text if number + 1 < len(comments) else ""
        below = comments[number - 1].text if number else ""
        for sign, spans in ((_STILL_CLEANS, _cleans), (_SWITCH, _is_switched)):
            cut = next(spans(said, above, below), None) if sign.search(before) else None
            left = rest
            if cut is not None and _OF_CACHES.search(said, *cut[0]):
                left = _OF_PACKAGES.sub("", rest)
            if cut is not None and sign.search(left):
                waits = True
            elif cut is not None:
                (start, end), words = cut
                span = Span(comment.span.start + start, comment.span.start + end)
                found.append(Edit(span=span, text=words))
    return found, waits


def _is_switched(said: str, _above: str, below: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield where a comment says that the cache is switched off, with what stands there then."""
    if match := None if _goes_on(said, below) else _SWITCHED.search(said):
        yield match.span(), ""


def _cleans(said: str, above: str, below: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield where a comment says that something is cleaned, with what stands there then; nothing where it must stay."""
    if _goes_on(said, below):
        return
    for pattern in _APART:
        if match := pattern.search(said):
            yield match.span(), ""
    match = _JOINED.search(said)
    if match is None:
        return
    start = _SENTENCE.match(said, 0, match.start())
    first = start.end() if start else len(said) - len(said.lstrip("# \t"))
    sentence = said[first : match.start()]
    continued = _goes_on(above, said.lstrip("# \t")) and not start
    comma = said.rfind(",", first, match.start())
    plain = _IN_BRACKETS.sub("", sentence)
    if "," not in plain:
        if not _COMBINES.match(sentence) or _AND.search(sentence) or " with " in sentence:
            yield match.span(), ""
    elif _AND.search(said[comma : match.start()]) or match["joint"].strip() == ",":
        # A list that is complete without it, but for one of things to do: "update, install a and b, and clean".
        if match["joint"].strip() == "," or not _VERB.match(said[comma + 1 : match.start()].lstrip()):
            yield match.span(), ""
    elif _LEADS_IN.match(sentence):
        if plain.count(",") == 1:
            yield match.span(), ""
    elif plain == sentence and not continued and _is_list(sentence):
        oxford = "," if match["joint"].startswith(",") and plain.count(",") > 1 else ""
        joint = f"{oxford} {match['joint'].strip(', ')} "
        yield (comma, match.end()), joint + said[comma + 1 : match.start()].lstrip()


def _is_list(sentence: str) -> bool:
    """Return whether a sentence is a list of things to do, or of names."""
    first, *others = (one.strip() for one in sentence.split(","))
    return _VERB.match(first) is not None and all(_VERB.match(one) or _ONE_WORD.fullmatch(one) for one in others)


def _goes_on(said: str, below: str) -> bool:
    """Return whether the sentence at the end of a line may go on in the next one."""
    return bool(said) and _GOES_ON.match(below) is not None and not _ENDS.search(said) and ":" not in below
