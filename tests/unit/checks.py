"""What the engine says of a few lines."""

from __future__ import annotations

from cachemount import engine
from cachemount.engine import Report


def check(*lines: str) -> Report:
    return engine.check("".join(f"{line}\n" for line in lines))


def withheld(*lines: str) -> str:
    """Why the repair of the first finding is not safe; "" where it is."""
    fix = check(*lines).findings[0].fix
    assert fix is not None
    return fix.withheld


def impossible(*lines: str) -> str:
    """Why there is no repair of the first finding; "" where there is one."""
    finding = check(*lines).findings[0]
    return finding.note if finding.fix is None else ""
