"""Ids of mounts as Railway wants them: they have the number of a service, and end as the target.

https://docs.railway.com/builds/dockerfiles
"""

from __future__ import annotations

from cachemount.facts.model import Facts, Mount
from cachemount.late_pattern import late

_OF_SERVICE = late(r"s/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-")


def first_of_service(facts: Facts) -> Mount | None:
    """Return the first mount with an id of Railway's, where all have an id: it shows who builds the file."""
    caches = [mount for step in facts.mounted for mount in step.caches]
    found = (one for one in caches if is_of_service(one.flag.options.get("id", "")))
    return next(found, None) if all("id" in one.flag.options for one in caches) else None


def is_of_service(name: str) -> bool:
    """Return whether Railway may take an id."""
    return _OF_SERVICE.match(name) is not None


def service_of_ids(facts: Facts) -> str:
    """Return what all ids of a file begin with that end as their target; "" where one is of another form."""
    return facts.memo(_service)


def _service(facts: Facts) -> str:
    found = {
        name[: -len(one.target)] if one.target and name.endswith(one.target) else ""
        for step in facts.mounted
        for one in step.caches
        for name in [one.flag.options.get("id", "")]
    }
    service = found.pop() if len(found) == 1 else ""
    return service if _OF_SERVICE.fullmatch(service) else ""
