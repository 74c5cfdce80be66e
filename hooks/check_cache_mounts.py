"""Hook: report Dockerfile RUN steps that download packages without a cache mount that works; change nothing."""

from __future__ import annotations

import sys

from cachemount.cli import check_cache_mounts as main

if __name__ == "__main__":
    sys.exit(main())
