"""JSON that can be printed on any terminal."""

from __future__ import annotations

import json
from itertools import islice

from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO

# The whole text would take up more than the document.
_PIECES = 10_000


def write_document(document: Any, out: TextIO, *, indent: int = 1) -> None:
    pieces = iter(json.JSONEncoder(ensure_ascii=True, indent=indent).iterencode(document))
    while text := "".join(islice(pieces, _PIECES)):
        # DEL is ASCII and may stand in JSON as it is.
        out.write(text.replace("\x7f", "\\u007f"))
    out.write("\n")
