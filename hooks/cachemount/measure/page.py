"""Measurements as one HTML page: what to show to a team that has to be convinced.

The page is whole in itself, so it can be sent or kept: no script, no font and no picture from elsewhere.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from cachemount.measure.report import bytes_text, error_lines, how_sure
from cachemount.measure.results import Measurement, MountResult, StepResult
from cachemount.records import Record
from cachemount.results import printable
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_WIDTH, _NAMES, _NUMBERS, _BAR, _ROW = 860, 300, 90, 16, 50
_STYLE = """\
:root { color-scheme: light dark; --text: #1f2328; --page: #fff; --soft: #59636e; --line: #d1d9e0;
  --without: #bc4c00; --with: #0969da; --filled: #1a7f37; --bad: #d1242f }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --page: #0d1117; --soft: #9198a1; --line: #3d444d;
  --without: #f0883e; --with: #58a6ff; --filled: #3fb950; --bad: #ff7b72 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 860px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem; overflow-wrap: anywhere }
p.sum { font-size: 1.15rem } .soft, figcaption { color: var(--soft) } figure { margin: 1rem 0; overflow-x: auto }
svg { display: block; max-width: 100%; height: auto } svg text { font: 13px system-ui, sans-serif; fill: var(--text) }
.without { fill: var(--without) } .with { fill: var(--with) } svg text.soft { fill: var(--soft) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line) }
td:first-child { overflow-wrap: anywhere; min-width: 11rem } .n { text-align: right; white-space: nowrap }
.filled { color: var(--filled) } .empty, .unused, .unknown { color: var(--bad) } pre { overflow-x: auto }"""


class _Row(Record):
    """A step in a chart: its two bars, and a remark under its name."""

    name: str
    remark: str
    without: float
    with_: float


def write_html(found: Sequence[Measurement], out: TextIO) -> None:
    """Write the page."""
    sections = "".join(_section(one) for one in found)
    out.write(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What cache mounts save</title>\n<style>\n{_STYLE}\n</style></head>\n<body>\n"
        "<h1>What cache mounts save</h1>\n"
        '<p class="soft">Each Dockerfile was built with empty cache mounts, which is as without any, and again with '
        f"the mounts that were filled then. Every RUN was run in each build.</p>\n{sections}</body></html>\n"
    )


def _section(one: Measurement) -> str:
    title = f"<section>\n<h2>{_text(one.path)}</h2>\n"
    problems = "".join(f"{_text(line)}\n" for line in error_lines(one))
    said = f"<pre>{problems}</pre>\n" if problems else ""
    if one.error:
        return f"{title}{said}</section>\n"
    if not one.mounts:
        return f"{title}<p>No cache mounts, nothing to measure.</p>\n</section>\n"
    return f"{title}{_sum(one)}{said}{_charts(one)}{_table(one)}</section>\n"


def _sum(one: Measurement) -> str:
    cold, warm = (sum(getattr(step, name) for step in one.steps) for name in ("cold", "warm"))
    told = [step.downloaded for step in one.steps if step.downloaded is not None]
    text = f"<b>{cold:.1f} s</b> without, <b>{warm:.1f} s</b> with filled mounts" if one.steps else ""
    if told:
        fetched, again = (bytes_text(sum(pair[number] for pair in told)) for number in (0, 1))
        text += f"; <b>{fetched}</b> and <b>{again}</b> downloaded"
    filled = sum(mount.state == "filled" for mount in one.mounts)
    kept = f"{filled} of {len(one.mounts)} mounts filled, {bytes_text(one.size)} kept"
    return f'<p class="sum">{text}{"; " if text else ""}{kept}.</p>\n'


def _charts(one: Measurement) -> str:
    mounts = {step.line: [mount for mount in one.mounts if mount.instruction_line == step.line] for step in one.steps}
    seconds = [
        _Row(name=_name(step, mounts), remark=how_sure(step), without=step.cold, with_=step.warm) for step in one.steps
    ]
    fetched = [
        _Row(name=_name(step, mounts), remark="", without=step.downloaded[0], with_=step.downloaded[1])
        for step in one.steps
        if step.downloaded is not None
    ]
    return _chart("Seconds of each step", seconds, lambda value: f"{value:.1f} s") + _chart(
        "Bytes downloaded, as the package managers print them", fetched, lambda value: bytes_text(round(value))
    )


def _name(step: StepResult, mounts: dict[int, list[MountResult]]) -> str:
    return f"line {step.line}: " + ", ".join(mount.target or "?" for mount in mounts[step.line])


def _chart(title: str, rows: Sequence[_Row], unit: Callable[[float], str]) -> str:
    if not rows:
        return ""
    most = max((value for row in rows for value in (row.without, row.with_)), default=0) or 1
    room = _WIDTH - _NAMES - _NUMBERS
    drawn = ""
    for number, row in enumerate(rows):
        top = number * _ROW
        drawn += _label(row.name, "", top + 16) + _label(row.remark, "soft", top + 33)
        for index, (kind, value) in enumerate((("without", row.without), ("with", row.with_))):
            width, y = max(room * value / most, 1), top + 3 + index * (_BAR + 2)
            drawn += f'<rect class="{kind}" x="{_NAMES}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>'
            drawn += f'<text x="{_NAMES + width + 6:.1f}" y="{y + 12}">{unit(value)}</text>'
        drawn += "\n"
    legend = len(rows) * _ROW
    for index, (kind, name) in enumerate((("without", "empty mounts"), ("with", "filled mounts"))):
        x = _NAMES + 130 * index
        drawn += f'<rect class="{kind}" x="{x}" y="{legend + 4}" width="12" height="12" rx="2"/>'
        drawn += f'<text x="{x + 18}" y="{legend + 15}">{name}</text>'
    size = f'viewBox="0 0 {_WIDTH} {legend + 22}" width="{_WIDTH}" height="{legend + 22}"'
    picture = f'<svg {size} role="img" aria-label="{title}">{drawn}</svg>'
    return f"<figure><figcaption>{title}</figcaption>\n{picture}</figure>\n"


def _label(text: str, kind: str, y: int) -> str:
    return f'<text class="{kind}" x="0" y="{y}">{_text(_short(text))}<title>{_text(text)}</title></text>'


def _short(text: str) -> str:
    # As many letters as there is room for in front of the bars; the whole name is in the title.
    return text if len(text) <= 41 else text[:40] + "\N{HORIZONTAL ELLIPSIS}"


def _table(one: Measurement) -> str:
    rows = "".join(
        f'<tr><td>{_text(mount.target or "?")}<td class="n">{mount.line}<td class="{mount.state}">{_state(mount)}'
        f'<td class="n">{"" if mount.size is None else bytes_text(mount.size)}</tr>\n'
        for mount in one.mounts
    )
    return f'<table><tr><th>mount<th class="n">line<th>state<th class="n">holds</tr>\n{rows}</table>\n'


def _state(mount: MountResult) -> str:
    words = "not used by the build" if mount.state == "unused" else mount.state
    return f"{words}: {_text(mount.reason)}" if mount.reason else words


def _text(text: str) -> str:
    return html.escape(printable(text))
