"""A step downloads packages into a directory that no cache mount covers.

Each build that misses the layer cache then downloads every package again, though most of them did not change. A cache
mount keeps the downloads between builds, outside the image. Where an earlier step fills the same cache in the image, a
step downloads only what that one did not fetch, as long as the earlier step is not built again.

The repair puts one `--mount=type=cache` flag per line after RUN, for every directory that the manager fills, and
takes away what would make the mount useless: a flag or variable that switches the cache off, a command that empties it,
the hook of Debian's images that deletes downloaded packages. For a user other than root, a step in front makes the
folder above the mount, where BuildKit would make it for root and nothing could be written beside
the mount. It is safe unless something later reads the directory, or the user of the step is not known.

A script of the repository that a step runs may download as well: where its command runs in any case, there is a
finding, which names its line. It has a repair where a Makefile or script builds with Go or cargo: the step gets the
mount on the store. What else other scripts do with the cache only their readers know.

Where the store of another stage was copied to its place before, a step downloads next to nothing and has no finding.
Nor has one that does nothing but install and throw away what it installs: its cache is what the image is to have.

What lets apt keep its packages is a step of its own, in front of the first with a mount. Where several stages begin
with one stage and all need it, it stands at the end of that.

Where a step says how pip builds packages, an empty folder lies over the wheels that pip keeps: the mount has downloads
alone.

What Go compiles gets no mount where a step before makes a C library, or brings one in a version of its own: Go does not
see that such a library changes, and could link a program to another than it was compiled against. The same holds where
the project's own C reads headers of another folder than its package's. The modules get one.

A later step that builds with Go or cargo by `make` gets the mount on the store too, where the Makefile shows that they
may fetch there.

Where a later script may need apt's package lists in the image, or a step installs by those that an earlier one has
fetched, they stay there, and only the packages get a mount.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.locations import below
from cachemount.facts.model import Facts
from cachemount.facts.queries import all_steps
from cachemount.facts.unmounted import Unmounted, unmounted_installs
from cachemount.findings import Finding
from cachemount.managers.model import PackageManager
from cachemount.repairs.gap_fixes import mounting, mounting_for_script
from cachemount.repairs.text_edits import CacheMount
from cachemount.rules.message import finding, named, program
from cachemount.rules.model import Rule
from cachemount.rules.price import lack, price
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.repairs.safety.script_gaps import ScriptGap

NAME = "missing-cache-mount"


def check(facts: Facts) -> Iterator[Finding]:
    for gap in unmounted_installs(facts):
        if gap.kind != "missing":
            continue
        directories = [directory for _, directory in gap.wanted]
        if _is_left(facts, gap) or _is_brought(facts, gap) or _is_for_cache_alone(facts, gap):
            continue
        fix, note = mounting(facts, gap)
        places = list(dict.fromkeys(directory.path for directory in directories if not directory.cache.optional))
        known = [place for place in places if place is not None]
        where = f"into {' and '.join(known)} " if known else ""
        yield finding(
            NAME,
            f"`{program(named(gap.install))}` has {lack(gap)}: {price(facts, gap)}",
            gap.step,
            gap.install.command.span,
            manager=gap.manager.name,
            fix=fix,
            note=note,
            identity=f"`{program(gap.install)}` downloads packages {where}without a cache mount",
        )
    if facts.dockerfile.source.context or "<<" in facts.dockerfile.code:
        from cachemount.repairs.safety.script_gaps import script_gaps

        yield from (
            _in_script(facts, one)
            for one in script_gaps(facts)
            if not _is_left(facts, one.gap) and not _is_brought(facts, one.gap)
        )


def _in_script(facts: Facts, found: ScriptGap) -> Finding:
    """Return the finding for what a script of the repository downloads."""
    gap, place = found.gap, found.place
    install = gap.install
    uid, gid = (None, None) if install.root else (install.uid, install.gid)
    wanted = dict.fromkeys(one.path for one in found.wanted if one.path)
    mounts = [CacheMount(target=one, sharing=gap.manager.sharing, uid=uid, gid=gid) for one in wanted]
    flags = " ".join(map(str, mounts)) or "--mount=type=cache,target=..."
    fix, note = mounting_for_script(facts, found)
    return finding(
        NAME,
        f"`{program(gap.install)}` in `{place}` has {lack(gap)}: {price(facts, gap)}",
        gap.step,
        found.command.span,
        manager=gap.manager.name,
        fix=fix,
        note=note if fix or note else reasons.SCRIPT_INSTALLS.about(place=place, mounts=flags),
        identity=f"`{program(gap.install)}` of a script downloads packages without a cache mount",
    )


def _is_for_cache_alone(facts: Facts, gap: Unmounted) -> bool:
    """Return whether the image is to have the cache: the step removes all else that it installs."""
    if "rm " not in gap.step.run.script.text:
        return False
    from cachemount.repairs.safety.image_content import is_for_cache_alone

    return is_for_cache_alone(facts, gap.step, gap.manager)


def _is_left(facts: Facts, gap: Unmounted) -> bool:
    """Return whether nothing but the index has no mount, and it had better stay in the image."""
    if not gap.manager.has_index:
        return False
    from cachemount.repairs.safety.index_readers import left_in_image, stays_unmounted

    only_index = all(directory.cache.index or directory.cache.optional for _, directory in gap.wanted)
    left = only_index and bool(left_in_image(facts, gap.step, gap.manager))
    return left or stays_unmounted(facts, gap.step, gap.manager)


def _is_brought(facts: Facts, gap: Unmounted) -> bool:
    """Return whether the store of a stage that fills it was copied to its own place: the project has what it needs."""
    every = [one for _, one in gap.wanted]
    wanted = [one for one in every if not one.cache.optional] or every
    if gap.install.download.installs_program or any(one.cache.kind != "store" or one.path is None for one in wanted):
        return False
    folders = set()
    for one in chain.before(gap.step.stage, gap.step.instruction):
        source = next((flag.value for flag in one.flags if flag.name == "from"), None)
        if one.keyword == "COPY" and source and _fills_store(facts, source.lower(), gap.manager):
            places = {word.rstrip("/") for word in one.operands}
            folders |= places if len(places) == 1 and "" not in places else set()
    return bool(folders) and all(any(below(one.path or "", folder) for folder in folders) for one in wanted)


def _fills_store(facts: Facts, source: str, manager: PackageManager) -> bool:
    """Return whether a stage, by its name or number, downloads with the manager."""
    stage = next((one for one in facts.dockerfile.stages if source in (one.name.lower(), str(one.index))), None)
    return stage is not None and any(
        install.manager is manager and not install.reader
        for step in all_steps(facts, stage).values()
        for install in step.installs
    )


RULE = Rule(name=NAME, check=check)
