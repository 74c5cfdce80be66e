"""The paths that may be the target of a cache mount: judged here alone, by checks and fixes alike."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.facts.locations import below
from cachemount.late_pattern import late
from cachemount.reasons import Withheld

# What needs no quotes, neither in a flag nor in the shell, and does not refer to a variable.
_WRITABLE = late(r"/[\w./~:@%+=-]+", re.ASCII)
# File systems of the kernel. A cache that is set to a path in one of them is switched off.
_KERNEL = ("/dev", "/proc", "/sys")


def in_kernel(path: str) -> bool:
    """Return whether the path lies in a file system of the kernel, as /dev/null does."""
    return any(below(path, folder) for folder in _KERNEL)


def refusal(target: str) -> Withheld | None:
    """Return why nothing can be mounted on the target; None where it can."""
    if in_kernel(target):
        return reasons.KERNEL_TARGET.about(target=target)
    if not _WRITABLE.fullmatch(target):
        return reasons.TARGET_NOT_WRITABLE.about(target=target)
    return None
