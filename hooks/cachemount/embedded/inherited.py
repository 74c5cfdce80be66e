"""What a target of a Bake file, or a service of a Compose file, takes over from those that it inherits.

https://docs.docker.com/build/bake/reference/#targetinherits
https://docs.docker.com/reference/compose-file/services/#extends
"""

from __future__ import annotations

from collections.abc import Iterable

from cachemount.embedded.model import Build
from cachemount.records import Record, replace


class Target(Record):
    """A target as it is written: its build, which of the attributes it gives itself, and the targets it inherits.

    `inherits` is None where it is not known which these are.
    """

    build: Build
    given: frozenset[str]
    inherits: tuple[str, ...] | None = ()


def with_inherited(targets: Iterable[Target]) -> list[Target]:
    """Return the targets with what they inherit."""
    targets = list(targets)
    by_name: dict[str, list[Target]] = {}
    for one in targets:
        by_name.setdefault(one.build.label, []).append(one)
    return [_whole(one, by_name, frozenset()) for one in targets]


def _whole(target: Target, by_name: dict[str, list[Target]], below: frozenset[str]) -> Target:
    """Return a target with what it inherits: of two the later one counts, and before both what it says itself."""
    if target.inherits is None:
        return _unknown(target)
    whole = Target(build=Build(), given=frozenset())
    for name in target.inherits:
        found = by_name.get(name, [])
        # Another file may have it, or a part of it.
        if len(found) != 1 or name in below:
            return _unknown(target)
        whole = _over(whole, _whole(found[0], by_name, below | {target.build.label}))
    return _over(whole, target)


def _over(first: Target, second: Target) -> Target:
    """Return what is there when the second one is laid over the first one."""
    old, new, given = first.build, second.build, second.given
    build = Build(
        context=new.context if "context" in given else old.context,
        dockerfile=new.dockerfile if "dockerfile" in given else old.dockerfile,
        target=new.target if "target" in given else old.target,
        names=new.names if "tags" in given else old.names,
        arguments=tuple(sorted({**dict(old.arguments), **dict(new.arguments)}.items())),
        contexts=tuple(sorted({**dict(old.contexts), **dict(new.contexts)}.items())),
        label=new.label,
    )
    return Target(build=build, given=first.given | given)


def _unknown(target: Target) -> Target:
    """Return a target of which it is not known what it builds."""
    return replace(
        target, build=replace(target.build, context=None, names=()), given=target.given | {"context", "tags"}
    )
