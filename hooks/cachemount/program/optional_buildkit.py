"""Dockerfiles of which a README says that they are built without BuildKit too, which is no more than faster.

The usual advice to switch BuildKit on tells nothing: most often it is for a file that needs it.
"""

from __future__ import annotations

import os

from cachemount.files.kept import kept
from cachemount.files.reading import upwards
from cachemount.late_pattern import late
from cachemount.program.readmes import readmes

_LINK, _MARKS = late(r"!?\[([^\]\n]*)\](?:\([^)\s]*\)|\[[^\]\n]*\])"), late(r"[`*>|]|(?m:^[ \t]*(?:[-+]|\d+\.)[ \t])")
_CODE = late(r"(?ms)^[ \t]*(```|~~~).*?^[ \t]*\1")
_PARAGRAPH, _SENTENCE = late(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-+*#|]|\d+\.)[ \t])"), late(r"(?<=[.!?])\s")
_OPTIONAL = late(
    # Not "Docker with BuildKit is optional": there it is Docker.
    r"(?i)(?<!with )(?<!and )\b(?:docker_)?buildkit(?:=1)? is "
    r"(?:optional\b|not (?:strictly )?(?:mandatory|needed|necessary|required)\b)"
    r"|\b(?:builds?|built|works) (?:fine |also |equally )?(?:with or |with and )?without (?:docker )?buildkit\b"
    r"|\b(?:builds?|built|works) (?:\w+ ){0,2}(?:with|by|on|using) (?:the |docker's )?(?:docker )?"
    r"(?:classic|legacy) (?:docker )?builder\b"
    r"|\b(?:do not|don't|does not|doesn't|may not|might not) use buildkit by default,? (?:and|but|so) (?:it|this|that) "
    r"(?:can|could|may|might) (?:also )?(?:be (?:more efficient|faster|quicker|recommended|useful)|help|speed)\b"
)
_OTHERWISE = late(
    r"(?i)\b(?:cannot|can't|couldn't|won't|will not|never|not (?:be )?(?:build|built|work|supported)|fails?|breaks?"
    r"|no longer|pulled|unless|if|must|needs? buildkit|requires? buildkit|deprecated)\b"
)


def says_optional(text: str) -> str:
    """Return the words by which a document says that BuildKit need not build its images; "" without them."""
    if "uildkit" not in text.lower() and " builder" not in text:
        return ""
    for paragraph in _PARAGRAPH.split(_CODE.sub("", text)):
        plain = " ".join(_MARKS.sub("", _LINK.sub(r"\1", paragraph)).replace("\u2019", "'").split())
        for sentence in _SENTENCE.split(plain):
            said = _OPTIONAL.search(sentence)
            if said and not _OTHERWISE.search(sentence):
                return said[0]
    return ""


def readme_without_buildkit(path: str, root: str) -> tuple[str, str] | None:
    """Return the README beside a Dockerfile or above it, relative to its repository, that says so, and its words."""
    for folder in upwards(os.path.dirname(path), root):
        if found := _said(folder, root):
            return found
    return None


@kept
def _said(folder: str, root: str) -> tuple[str, str] | None:
    for name, text in readmes(folder):
        if words := says_optional(text):
            return os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"), words
    return None
