"""The releases of a distribution that a step may be built on."""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import lookup
from cachemount.dockerfile.state.environment import Environment


def releases(environment: Environment) -> Iterator[str]:
    """Yield `DISTRIBUTION:RELEASE IMAGE` of each image that a stage may begin with; "" for one that is not known."""
    for image in (environment.image, *environment.others):
        base = lookup(image) if image else None
        yield "" if base is None else f"{base.distribution}:{base.release} {image}"
