"""JSON that can be printed on any terminal."""

from __future__ import annotations

import json
from typing import Any, TextIO


def write_document(document: Any, out: TextIO, *, indent: int = 1) -> None:
    # DEL is ASCII and may stand in JSON as it is.
    text = json.dumps(document, ensure_ascii=True, indent=indent).replace("\x7f", "\\u007f")
    out.write(f"{text}\n")
