"""The picture in docs/proofs.md: what the second build takes from the registries, as people write it and fixed."""

from __future__ import annotations

from typing import NamedTuple

_WIDTH, _LEFT, _RIGHT, _ROW = 790, 290, 90, 30
_STYLE = (
    "text{font:12px sans-serif;fill:#1f2328}.before{fill:#c2410c}.after{fill:#15803d}.ground{fill:#ffffff}"
    "@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}}"
)


class Bars(NamedTuple):
    """Bytes of one Dockerfile as written, and fixed."""

    name: str
    before: int
    after: int


def picture(bars: list[Bars]) -> str:
    """Return an SVG with two bars for each Dockerfile, the longest first."""
    ordered = sorted(bars, key=lambda one: -one.before)
    widest = ordered[0].before
    height = 40 + _ROW * len(ordered)
    rows = [line for place, one in enumerate(ordered) for line in _row(one, 34 + _ROW * place, widest)]
    title = "MB that the second build downloads, with one more package: as written, and fixed"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" role="img">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{height}"/>',
            f'<text x="8" y="20" font-weight="bold">{title}</text>',
            *rows,
            "</svg>",
            "",
        ]
    )


def _row(bars: Bars, top: int, widest: int) -> list[str]:
    lines = [f'<text x="{_LEFT - 8}" y="{top + 16}" text-anchor="end">{bars.name}</text>']
    for name, size, y in (("before", bars.before, top), ("after", bars.after, top + 12)):
        # A bar that cannot be seen looks like a number that is missing.
        width = max(1.0, size / widest * (_WIDTH - _LEFT - _RIGHT))
        lines.append(f'<rect class="{name}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="10"/>')
        lines.append(f'<text x="{_LEFT + width + 5:.1f}" y="{y + 10}">{size / 1e6:.2f}</text>')
    return lines
