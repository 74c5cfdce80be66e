"""The pattern of a COPY or ADD that brings a folder `vendor`: what a folder with that name holds may go elsewhere."""

from __future__ import annotations

# The last word has it, in the shell form and as a string of the exec form.
COPIED = r"(?m:\b(?:COPY|ADD)\b[^\n]*[\s,\"](?:[^\s\"]*/)?vendor(?:/[^\s\"]*)?\"?\s*\]?[ \t]*\r?$)"
