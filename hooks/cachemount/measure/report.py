"""Measurements as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cachemount.measure.results import Measurement, MountResult, StepResult
from cachemount.reporters.documents import write_document
from cachemount.results import printable
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO

_BAR = 30
_UNITS = ("B", "kB", "MB", "GB", "TB")


def write_text(found: Sequence[Measurement], out: TextIO, *, bars: bool = False) -> None:
    """Write a line per mount, a line per step, and a sum; errors are not in it. `bars` draws how much a mount holds."""
    for one in found:
        if not one.error:
            out.write("".join(f"{printable(line)}\n" for line in _lines(one, bars=_blocks(out) if bars else "")))


def error_lines(one: Measurement) -> list[str]:
    """Return what went wrong, in lines that are safe to print on a terminal."""
    lines = [f"{one.path}: {one.error}"] if one.error else []
    lines += [f"    {line}" for line in one.output]
    if one.left:
        lines.append(f"{one.path}: could not be taken out of the builder's cache: {', '.join(one.left)}")
    unknown = [mount for mount in one.mounts if mount.state == "unknown"]
    lines += [f"{one.path}:{mount.line}:{mount.column}: the builder does not say what is in it" for mount in unknown]
    lines += [f"{one.path}:{line}: no time: the builder did not run the step in each build" for line in one.untimed]
    return [printable(line) for line in lines]


def _blocks(out: TextIO) -> str:
    """Return what a bar is made of: its filled and its empty part, as far as the terminal can show them."""
    blocks = "\N{FULL BLOCK}\N{LIGHT SHADE}"
    try:
        blocks.encode(getattr(out, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#."
    return blocks


def _lines(one: Measurement, bars: str) -> Iterator[str]:
    if not one.mounts:
        yield f"{one.path}: no cache mounts, nothing to measure"
        return
    largest = max((mount.size or 0 for mount in one.mounts), default=0)
    for mount in one.mounts:
        yield f"{one.path}:{mount.line}:{mount.column}: {_sentence(mount, partial=one.partial)}"
        if bars:
            part = round(_BAR * (mount.size or 0) / largest) if largest and mount.state != "unused" else 0
            yield f"    {bars[0] * part}{bars[1] * (_BAR - part)} {bytes_text(mount.size or 0)}"
    for step in one.steps:
        yield f"{one.path}:{step.line}: the step took {step_sentence(step)}"
    filled = sum(mount.state == "filled" for mount in one.mounts)
    text = f"{one.path}: {filled} of {len(one.mounts)} mounts filled, {bytes_text(one.size)} kept"
    if one.steps:
        text += f"; {_change(sum(step.saved for step in one.steps))}"
    yield text


def _sentence(mount: MountResult, *, partial: bool) -> str:
    name = f"the mount on {mount.target or 'a place that only the builder knows'}"
    if mount.id is not None and mount.id != mount.target:
        name += f" (id {mount.id})"
    if mount.state == "unused":
        why = "the target does not need" if partial else "the build does not need"
        return f"{name} is not used: {why} the stage {mount.stage}"
    if mount.state == "unknown":
        return f"{name} could not be measured"
    judged = ", judged by its size: no shell in the image to look with" if mount.content is None else ""
    if mount.state == "filled":
        return f"{name} is filled: {bytes_text(mount.size or 0)}{judged}"
    return f"{name} is empty ({bytes_text(mount.size or 0)}{judged}): {mount.reason}"


def step_sentence(step: StepResult) -> str:
    """Say what a step took, how sure that is, and what it downloaded."""
    text = f"{step.cold:.1f} s with empty mounts, {step.warm:.1f} s with filled ones: {_change(step.saved)}"
    text += f" ({how_sure(step)})"
    if step.downloaded is not None:
        cold, warm = (bytes_text(size) for size in step.downloaded)
        text += f"; downloaded {cold} and {warm}"
    return text


def how_sure(step: StepResult) -> str:
    """How sure the difference is."""
    if len(step.pairs) > 1:
        saved = sorted(pair.saved for pair in step.pairs)
        said = f"{saved[0]:.1f} to {saved[-1]:.1f} s in {len(step.pairs)} pairs of builds"
        return said if step.sure else f"not sure: {said}"
    return "one pair of builds" if step.sure else "not sure: too close for one pair of builds"


def _change(saved: float) -> str:
    return f"{saved:.1f} s saved" if saved > -0.05 else f"{-saved:.1f} s lost"


def bytes_text(size: int) -> str:
    """Return a number of bytes as people and docker write it, in powers of a thousand."""
    value, units = float(size), iter(_UNITS)
    unit = next(units)
    while value >= 999.95 and unit != _UNITS[-1]:
        value, unit = value / 1000, next(units)
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"


def write_json(found: Sequence[Measurement], out: TextIO) -> None:
    """One document; docs/measure.md says what is in it."""
    write_document({"version": 1, "files": [_file(one) for one in found]}, out)


def _file(one: Measurement) -> dict[str, Any]:
    return {
        "path": one.path,
        "context": one.context,
        "mounts": [
            {
                "line": mount.line,
                "column": mount.column,
                "instruction_line": mount.instruction_line,
                "stage": mount.stage,
                "target": mount.target,
                "id": mount.id,
                "state": mount.state,
                "bytes": mount.size,
                "content": None if mount.content is None else list(mount.content),
                "rules": list(mount.rules),
                "reason": mount.reason,
            }
            for mount in one.mounts
        ],
        "steps": [
            {
                "instruction_line": step.line,
                "stage": step.stage,
                "seconds_empty": round(step.cold, 2),
                "seconds_filled": round(step.warm, 2),
                "seconds_saved": round(step.saved, 2),
                "sure": step.sure,
                "pairs": [{"seconds_empty": pair.cold, "seconds_filled": pair.warm} for pair in step.pairs],
                "downloaded_empty": step.downloaded[0] if step.downloaded else None,
                "downloaded_filled": step.downloaded[1] if step.downloaded else None,
            }
            for step in one.steps
        ],
        "bytes": one.size,
        "seconds_saved": round(sum(step.saved for step in one.steps), 2),
        "error": {"message": one.error, "output": list(one.output)} if one.error else None,
    }
