"""One cache id is used with different owners or modes, or by different distributions, in one file.

BuildKit makes a cache once per id; the owner and the mode that come second have no effect or split the cache, and
packages of one distribution are of no use to another, whose system manager may even trip over them.

The repair for distributions gives the later mount an id of its own, which is safe. For owners and modes there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.facts.cleanups import installs_using
from cachemount.facts.model import Facts, Mount, Step
from cachemount.findings import Finding
from cachemount.repairs.builder import FixBuilder
from cachemount.rules.message import finding
from cachemount.rules.model import Rule

NAME = "clashing-cache"


def check(facts: Facts) -> Iterator[Finding]:
    owners: dict[str, tuple[Mount, tuple[str, str, str]]] = {}
    systems: dict[str, str] = {}
    for step in facts.mounted:
        for mount in step.caches:
            identity = mount.flag.options.get("id") or mount.flag.target.rstrip("/")
            if "$" in identity or mount.flag.problem or mount.flag.options.get("from") or not identity:
                continue
            yield from _owner(facts, step, mount, identity, owners)
            yield from _distribution(facts, step, mount, identity, systems)


def _owner(
    facts: Facts, step: Step, mount: Mount, identity: str, owners: dict[str, tuple[Mount, tuple[str, str, str]]]
) -> Iterator[Finding]:
    options = mount.flag.options
    mine = (options.get("uid", "0"), options.get("gid", "0"), options.get("mode", "0755").lstrip("0"))
    first, theirs = owners.setdefault(identity, (mount, mine))
    if theirs != mine and "$" not in "".join(mine + theirs):
        line = facts.dockerfile.source.position(first.flag.span.start).line
        yield finding(
            NAME,
            f"the cache {identity} has another owner or mode in line {line}: give one of them an id of its own",
            step,
            mount.flag.span,
        )


def _distribution(facts: Facts, step: Step, mount: Mount, identity: str, systems: dict[str, str]) -> Iterator[Finding]:
    base = step.environment.base
    managers = [install.manager for install, _ in installs_using(step, mount) if install.manager.system]
    if not managers or base is None or base.distribution in ("", "unknown"):
        return
    first = systems.setdefault(identity, base.distribution)
    if first == base.distribution:
        return
    builder = FixBuilder(facts)
    builder.editable(step)
    name = f"{identity.strip('/').replace('/', '-')}-{base.distribution}"
    builder.option(mount, "id", name)
    yield finding(
        NAME,
        f"the cache {identity} serves {first} in one stage and {base.distribution} here: give it an id of its own",
        step,
        mount.flag.span,
        manager=managers[0].name,
        fix=builder.fix("give the cache an id of its own"),
        note=builder.blocked_reason,
    )


RULE = Rule(name=NAME, check=check, of_mounts=True)
