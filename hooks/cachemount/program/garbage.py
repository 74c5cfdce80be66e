"""How often Python looks for objects that refer to one another and to which nothing else refers."""

from __future__ import annotations

import atexit
import gc
from functools import cache


@cache
def collect_seldom() -> None:
    """For a process of ours: what is imported stays, and what is known of a file is let go when the file is done.

    To look for garbage sooner takes a tenth of the time, and so, for one file, does looking through everything at the
    end.
    """
    gc.freeze()
    gc.set_threshold(300_000)
    atexit.register(gc.freeze)
