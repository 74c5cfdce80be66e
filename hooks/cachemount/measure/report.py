"""Measurements as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from cachemount.measure.results import Measurement, MountResult, StepResult
from cachemount.reporters.documents import write_document
from cachemount.results import printable

_UNITS = ("B", "kB", "MB", "GB", "TB")


def write_text(found: Sequence[Measurement], out: TextIO) -> None:
    """A line a mount, a line a step, and a sum; errors are not in it."""
    for one in found:
        if not one.error:
            out.write("".join(f"{printable(line)}\n" for line in _lines(one)))


def error_lines(one: Measurement) -> list[str]:
    """What went wrong, fit for a terminal."""
    lines = [f"{one.path}: {one.error}"] if one.error else []
    lines += [f"    {line}" for line in one.output]
    if one.left:
        lines.append(f"{one.path}: could not be taken out of the builder's cache: {', '.join(one.left)}")
    unknown = [mount for mount in one.mounts if mount.state == "unknown"]
    lines += [f"{one.path}:{mount.line}:{mount.column}: the builder does not say what is in it" for mount in unknown]
    return [printable(line) for line in lines]


def _lines(one: Measurement) -> Iterator[str]:
    if not one.mounts:
        yield f"{one.path}: no cache mounts, nothing to measure"
        return
    for mount in one.mounts:
        yield f"{one.path}:{mount.line}:{mount.column}: {_sentence(mount, partial=one.partial)}"
    for step in one.steps:
        yield f"{one.path}:{step.line}: the step took {_seconds(step)}"
    filled = sum(mount.state == "filled" for mount in one.mounts)
    text = f"{one.path}: {filled} of {len(one.mounts)} mounts filled, {bytes_text(one.size)} kept"
    if one.steps:
        text += f"; {_change(sum(step.cold for step in one.steps) - sum(step.warm for step in one.steps))}"
    yield text


def _sentence(mount: MountResult, *, partial: bool) -> str:
    name = f"the mount on {mount.target or 'a place that only the builder knows'}"
    if mount.id is not None and mount.id != mount.target:
        name += f" (id {mount.id})"
    if mount.state == "filled":
        return f"{name} is filled: {bytes_text(mount.size or 0)}"
    if mount.state == "unused":
        why = "the target does not need" if partial else "the build does not need"
        return f"{name} is not used: {why} the stage {mount.stage}"
    if mount.state == "unknown":
        return f"{name} could not be measured"
    rules = ", ".join(mount.rules)
    says = f"check-cache-mounts says {rules}" if rules else "check-cache-mounts finds nothing wrong in the step"
    return f"{name} is empty ({bytes_text(mount.size or 0)}); {says}"


def _seconds(step: StepResult) -> str:
    return f"{step.cold:.1f} s with empty mounts, {step.warm:.1f} s with filled ones: {_change(step.cold - step.warm)}"


def _change(saved: float) -> str:
    return f"{saved:.1f} s saved" if saved > -0.05 else f"{-saved:.1f} s lost"


def bytes_text(size: int) -> str:
    """A number of bytes as people and docker write it, in powers of a thousand."""
    value, units = float(size), iter(_UNITS)
    unit = next(units)
    while value >= 999.95 and unit != _UNITS[-1]:
        value, unit = value / 1000, next(units)
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"


def write_json(found: Sequence[Measurement], out: TextIO) -> None:
    """One document; docs/measure.md says what is in it."""
    write_document({"version": 1, "files": [_file(one) for one in found]}, out)


def _file(one: Measurement) -> dict[str, Any]:
    cold = sum(step.cold for step in one.steps)
    warm = sum(step.warm for step in one.steps)
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
                "rules": list(mount.rules),
            }
            for mount in one.mounts
        ],
        "steps": [
            {
                "instruction_line": step.line,
                "stage": step.stage,
                "seconds_empty": step.cold,
                "seconds_filled": step.warm,
                "seconds_saved": round(step.cold - step.warm, 1),
            }
            for step in one.steps
        ],
        "bytes": one.size,
        "seconds_saved": round(cold - warm, 1),
        "error": {"message": one.error, "output": list(one.output)} if one.error else None,
    }
