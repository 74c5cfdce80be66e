"""The comparison as a picture: for each set of files a bar a program, on a scale of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH = 760
_LABEL = 130
_BAR = WIDTH - _LABEL - 90
_ROW = 22
_OURS = "#1f6feb"
_OTHERS = "#8b949e"


def draw(groups: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> str:
    """Return an SVG document; each group is a title and, by program, the seconds."""
    parts: list[str] = []
    y = 0
    for title, bars in groups:
        y += 30
        parts.append(_text(0, y, title, bold=True))
        longest = max(seconds for _, seconds in bars)
        for name, seconds in bars:
            y += _ROW
            width = max(1.0, _BAR * seconds / longest)
            color = _OURS if name == "cachemount" else _OTHERS
            parts.append(_text(_LABEL - 8, y, name, end=True))
            parts.append(f'<rect x="{_LABEL}" y="{y - 12}" width="{width:.1f}" height="15" fill="{color}"/>')
            parts.append(_text(_LABEL + width + 6, y, _seconds(seconds)))
    height = y + 14
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    # A grey that is read on white and on black.
    return f'{head} font-family="sans-serif" font-size="13" fill="#7d8590">\n' + "\n".join(parts) + "\n</svg>\n"


def _text(x: float, y: float, text: str, *, bold: bool = False, end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:.1f}" y="{y}"{weight}{anchor}>{escape(text)}</text>'


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"
