"""The table of the fixes that were wrong in docs/proofs.md."""

from __future__ import annotations

from builds.former_faults import FORMER_FAULTS
from builds.shape_results import FORMER_RESULTS, STATES, results
from builds.shapes_table import state_word


def former_faults_table() -> str:
    """Return a row for each."""
    before, since = results(FORMER_RESULTS), results()
    rows = [f"| what was wrong | Dockerfile | {' | '.join(STATES)} | since | the fix now |", "|---" * 8 + "|"]
    for fault in FORMER_FAULTS:
        states = {one.state: state_word(one) for one in before if one.name == fault.shape}
        kind = next((one.fix for one in since if one.name == fault.shape), "")
        cells = [
            fault.title,
            f"[{fault.shape}](../tests/builds/shapes/{fault.shape}/Dockerfile)",
            *(states.get(state, "-") for state in STATES),
            fault.mended,
            kind,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
