"""Reasons not to change a file at all."""

from __future__ import annotations

from cachemount.dockerfile.model import Dockerfile
from cachemount.reasons import Withheld
from cachemount.repairs.safety.copied_itself import copied_itself
from cachemount.repairs.safety.edited_by_line import edited_by_line
from cachemount.repairs.safety.generated_files import generated, joined_part
from cachemount.repairs.safety.open_build_service import of_open_build_service
from cachemount.repairs.safety.reproducible_images import reproducible

_REASONS = (generated, joined_part, edited_by_line, reproducible, of_open_build_service, copied_itself)


def unchanged(dockerfile: Dockerfile) -> Withheld | None:
    """Return the first reason not to change a file; None where there is none."""
    return next(filter(None, (reason(dockerfile) for reason in _REASONS)), None)
