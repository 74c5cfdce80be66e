"""Reasons not to change a file at all."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Dockerfile
from cachemount.reasons import Withheld


def unchanged(dockerfile: Dockerfile) -> Withheld | None:
    """Return the first reason not to change a file; None where there is none."""
    return next(filter(None, _reasons(dockerfile)), None)


def _reasons(dockerfile: Dockerfile) -> Iterator[Withheld | None]:
    if dockerfile.comments or dockerfile.source.context:
        from cachemount.repairs.safety.compared_file import compared_file
        from cachemount.repairs.safety.data_of_tests import data_of_tests
        from cachemount.repairs.safety.edited_by_line import edited_by_line
        from cachemount.repairs.safety.generated_files import generated, joined_part

        yield generated(dockerfile)
        yield joined_part(dockerfile)
        yield edited_by_line(dockerfile)
        yield compared_file(dockerfile)
        yield data_of_tests(dockerfile)
    if dockerfile.comments:
        from cachemount.repairs.safety.open_build_service import of_open_build_service
        from cachemount.repairs.safety.reproducible_images import reproducible

        yield reproducible(dockerfile)
        yield of_open_build_service(dockerfile)
    from cachemount.repairs.safety.copied_itself import copied_itself

    yield copied_itself(dockerfile)
