"""Hook: repair Dockerfile RUN steps that download packages without a cache mount that works; report the rest."""

from __future__ import annotations

import sys

from cachemount.cli import fix_cache_mounts as main

if __name__ == "__main__":
    sys.exit(main())
