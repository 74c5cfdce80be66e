"""A mount with several targets, of which BuildKit takes the last: a flag for each."""

from __future__ import annotations

from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.findings import Edit, Fix
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs import mount_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.source import Span

_TARGET = late(r"(?i)(?:target|dst|destination)=[^,\s\"'$\\]+,")


def splitting(facts: Facts, step: Step, mount: Mount) -> tuple[Fix | None, Withheld | None]:
    """Return the fix that mounts each of the targets, or the reason why there is none.

    There is one where each target that BuildKit passes over is a folder in which an install keeps what it downloads.
    """
    if not facts.with_fixes or not mount.is_cache or {"id", "from"} & {*mount.flag.options}:
        return None, None
    wanted = [pair for target in mount.unused_targets if (pair := _keeping(step, target)) is not None]
    spans = _spans(facts, mount)
    if len(wanted) != len(mount.unused_targets) or len(spans) != len(wanted):
        return None, None
    builder = FixBuilder(facts)
    builder.editable(step)
    mount_edits.add(builder, step, wanted)
    builder.mount_edits(Edit(span=span, text="") for span in spans)
    from cachemount.repairs.safety.image_content import hazards

    for install, directory in wanted:
        builder.mark_unsafe(hazards(facts, step, [directory], install.manager))
    return builder.fix("write a mount for each target"), builder.blocked_reason


def _keeping(step: Step, target: str) -> tuple[Install, Directory] | None:
    """Return the install of a step that keeps what it downloads in a folder without a mount."""
    return next(
        (
            (install, directory)
            for install in step.installs
            for directory in install.directories
            if directory.path == target and directory.cover is None
        ),
        None,
    )


def _spans(facts: Facts, mount: Mount) -> list[Span]:
    """Return where the targets stand that do not count, each with the comma after it."""
    start, counts = mount.flag.span.start, mount.flag.fields["target"]
    found = _TARGET.finditer(facts.dockerfile.source.slice(mount.flag.span))
    spans = (Span(start + one.start(), start + one.end()) for one in found)
    return [one for one in spans if one.start != counts.start]
