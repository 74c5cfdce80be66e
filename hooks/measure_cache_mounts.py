"""Hook: build Dockerfiles twice with the user's own builder, and say what their cache mounts are worth."""

from __future__ import annotations

import sys

from cachemount.measure.program import measure_cache_mounts as main

if __name__ == "__main__":
    sys.exit(main())
