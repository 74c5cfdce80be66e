"""The step's user cannot write to the cache mount.

A cache mount is made for root unless it says otherwise. A step of another user then fails, or goes on without a cache;
pip as root in turn refuses a cache that belongs to another user. pnpm looks at the folder above its store first: where
the builder has made that too, as root's, it keeps its packages elsewhere.

A cache that an earlier step has given to the user, by `chown` in the same mount, is that user's.

A `readonly` mount that nothing else in the file fills stays empty.

The repair adds `uid=` and `gid=` where the numbers are known from the file or the base image. Where they are not,
`mode=0777` would do, which is not taken for safe. With them a mount begins as an empty folder: `from=` goes, which only
would make a new cache of it after each change of that stage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.dockerfile.images.model import written
from cachemount.facts.begun_mounts import brings_content
from cachemount.facts.cache_names import cache_name
from cachemount.facts.cleanups import installs_using
from cachemount.facts.expansion import runner
from cachemount.facts.given_mounts import given_before
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.mounts import is_readonly
from cachemount.findings import Finding
from cachemount.repairs import mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.cache_doubts import cache_doubt
from cachemount.repairs.cache_ids import apart
from cachemount.rules.message import finding, program
from cachemount.rules.model import Rule

NAME = "unwritable-cache"


def check(facts: Facts) -> Iterator[Finding]:
    for step in facts.mounted:
        for mount in step.caches:
            used = list(installs_using(step, mount))
            installs = [install for install, _ in used]
            if installs and not mount.flag.problem and _only_read(facts, mount):
                yield _readonly(facts, step, mount, installs[0])
                continue
            install, directory = next((pair for pair in used if _denied(pair[0], mount)), (None, None))
            if install is None or directory is None or mount.flag.problem or given_before(facts, install, mount):
                continue
            builder = FixBuilder(facts)
            builder.editable(step)
            wanted = mount_edits.owned(builder, install, "")
            if not wanted.mode and len({one.uid for one in installs if _minds(one)}) > 1:
                builder.give_up(reasons.TWO_USERS.about())
            elif install.root:
                builder.mark_unsafe([reasons.OTHER_USER.about()])
                builder.option(mount, "uid", "0")
            else:
                for one in (mount, *_alike(facts, step, mount, install)):
                    for key, number in (("uid", wanted.uid), ("gid", wanted.gid)):
                        if number is not None:
                            builder.option(one, key, written(number))
                    if wanted.mode:
                        builder.option(one, "mode", wanted.mode)
                if brings_content(facts, mount):
                    builder.give_up(reasons.BEGUN_WITH.about(stage=mount.flag.options["from"]))
                elif "from" in mount.flag.options:
                    builder.drop_option(mount, "from")
                    if _is_shared(facts, mount):
                        builder.option(mount, "id", apart(mount.flag.target, step.stage.label))
            avoids = _avoids(builder, install, directory)
            who = "root" if install.root else runner(step, install.command).user
            owner = mount.flag.options.get("uid", "0")
            effect = "runs without it" if install.manager.when_unwritable == "disables" else "fails"
            if avoids:
                effect = "keeps its packages elsewhere"
            yield finding(
                NAME,
                f"the cache mount on {mount.flag.target} belongs to uid {owner}, "
                f"so `{program(install)}` as {who} {effect}",
                step,
                mount.flag.span,
                manager=install.manager.name,
                fix=builder.fix("let the step's user own the cache"),
                note=builder.blocked_reason,
                severity="error" if effect == "fails" else "warning",
            )


def _alike(facts: Facts, step: Step, mount: Mount, install: Install) -> Iterator[Mount]:
    """Yield the other mounts of the same cache to which the same user cannot write: it has one owner."""
    name = cache_name(mount, step.environment)
    for other in facts.mounted if name is not None else ():
        for one in other.caches:
            used = [pair[0] for pair in installs_using(other, one)]
            alike = one is not mount and not one.flag.problem and "from" not in one.flag.options
            if (
                alike
                and used
                and cache_name(one, other.environment) == name
                and all((user.uid, user.gid) == (install.uid, install.gid) and _denied(user, one) for user in used)
            ):
                yield one


def _avoids(builder: FixBuilder, install: Install, directory: Directory) -> bool:
    """Return whether the manager keeps its cache elsewhere since the folder above the mount is root's.

    Run with pnpm 8, 9 and 10: it tries whether it can write to that folder, and never looks at the mount. A fix lets
    the user make the folder first, or is none.
    """
    named = directory.moved.startswith("-") or directory.moved in directory.cache.explicit
    if install.root or not directory.cache.exact_target or named or directory.path is None:
        return False
    doubt = cache_doubt(builder, install, directory)
    if doubt is None:
        return False
    mount_edits.make_folder(builder, install, directory.path, directory)
    if still := cache_doubt(builder, install, directory):
        builder.give_up(still)
    elif builder.facts.with_fixes:
        from cachemount.repairs.safety.image_content import hazards

        # What was in the image up to now goes into the mount.
        builder.mark_unsafe(hazards(builder.facts, install.step, [directory], install.manager))
    return True


def _readonly(facts: Facts, step: Step, mount: Mount, install: Install) -> Finding:
    builder = FixBuilder(facts)
    builder.editable(step)
    for key in ("readonly", "readwrite"):
        if key in mount.flag.options:
            builder.drop_option(mount, key)
    return finding(
        NAME,
        f"the cache mount on {mount.flag.target} is readonly and no other step fills it, so it stays empty",
        step,
        mount.flag.span,
        manager=install.manager.name,
        fix=builder.fix("let the step write to the cache"),
        note=builder.blocked_reason,
    )


def _only_read(facts: Facts, mount: Mount) -> bool:
    """Return whether a mount cannot be written to, and no other one of the file fills the same cache."""
    if not is_readonly(mount) or "from" in mount.flag.options:
        return False
    return all(
        is_readonly(other)
        or (other.flag.options.get("id") or other.target) != (mount.flag.options.get("id") or mount.target)
        for step in facts.mounted
        for other in step.caches
    )


def _is_shared(facts: Facts, mount: Mount) -> bool:
    """Return whether another mount of the file is on the same cache, as soon as this one begins with nothing."""
    return "id" not in mount.flag.options and any(
        other is not mount and other.target == mount.target and not {"id", "from"} & {*other.flag.options}
        for step in facts.mounted
        for other in step.caches
    )


def _denied(install: Install, mount: Mount) -> bool:
    options = mount.flag.options
    uid, mode = options.get("uid", ""), options.get("mode", "")
    if "$" in uid + mode or options.get("source"):
        return False
    if install.root:
        return uid not in ("", "0") and _minds(install)
    if _allows(mode, 0o002):
        return False
    if install.uid is None or install.uid < 0:
        # A user whose name is not known may be root.
        return uid in ("", "0") and runner(install.step, install.command).user != ""
    if uid == str(install.uid):
        return False
    return not (options.get("gid", "0") == str(install.gid) and _allows(mode, 0o020))


def _minds(install: Install) -> bool:
    """Return whether the install needs the cache to belong to its user; root can write everywhere, pip will not."""
    return install.manager.name == "pip" if install.root else install.uid is not None


def _allows(mode: str, bit: int) -> bool:
    return re.fullmatch("[0-7]+", mode) is not None and int(mode, 8) & bit > 0


RULE = Rule(name=NAME, check=check)
