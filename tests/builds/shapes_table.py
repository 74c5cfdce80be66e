"""The table of the shapes in docs/proofs.md, and what differs or fails."""

from __future__ import annotations

from builds.comparing import CHANCE
from builds.shape_results import STATES, Result, results
from builds.shapes import Shape, shapes

_NAMED = 4


def shapes_table() -> str:
    """Return the table of the results that are recorded."""
    by_shape: dict[str, list[Result]] = {}
    for one in results():
        by_shape.setdefault(one.name, []).append(one)
    built = [shape for shape in shapes() if shape.name in by_shape]
    rows = ["| shape | why | fix | " + " | ".join(STATES) + " | MB | MB fixed |", "|---" * 7 + "|---:|---:|"]
    rows += [_row(shape, by_shape[shape.name]) for shape in built]
    builders = ", ".join(sorted({one.builder for one in results()}))
    dates = sorted({one.date for one in results()})
    safe = sum(by_shape[shape.name][0].fix == "safe" for shape in built)
    when = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    summary = f"{len(built)} shapes, {safe} of them with safe fixes; {builders}; {when}."
    notes = [note for shape in built for note in _notes(shape, by_shape[shape.name])]
    differs = ["", "What differs or fails:", "", *notes] if notes else []
    return "\n".join([summary, "", *rows, *differs, "", *_left_aside(results())])


def _left_aside(found: list[Result]) -> list[str]:
    lines = [
        "Left out of the comparison, where two builds of the Dockerfile as it is written differ in it as well:",
        "",
    ]
    for kind in CHANCE:
        names = list(dict.fromkeys(one.name for one in found if kind in one.aside))
        more = f" and {len(names) - _NAMED} more shapes" if len(names) > _NAMED else ""
        lines.append(f"- {kind} (`{CHANCE[kind]}`): {', '.join(names[:_NAMED])}{more}")
    return lines


def _row(shape: Shape, found: list[Result]) -> str:
    states = {one.state: state_word(one) for one in found}
    sizes = [f"{size / 1e6:.1f}" for size in (found[0].bytes_original, found[0].bytes_fixed)]
    cells = [
        f"[{shape.name}](../tests/builds/shapes/{shape.name}/Dockerfile)",
        f"{shape.title}: {shape.why}",
        found[0].fix,
        *(states.get(state, "-") for state in STATES),
        *sizes,
    ]
    return f"| {' | '.join(cells)} |"


def state_word(result: Result) -> str:
    """Return the word for what came of a state."""
    if not result.original:
        return "fails as written"
    if not result.built:
        return "fails"
    return "equal" if result.equal else "differs"


def _notes(shape: Shape, found: list[Result]) -> list[str]:
    notes = [f"- **{shape.name}: a fault of the fix, {shape.fault}**"] if shape.fault else []
    for one in found:
        if one.original and not one.equal:
            said = "; ".join(f"`{line.strip().replace('`', chr(39))[:150]}`" for line in one.differs[-3:])
            notes.append(f"- {shape.name}, {one.state}, {one.fix} fix, {state_word(one)}: {said}")
    return notes
