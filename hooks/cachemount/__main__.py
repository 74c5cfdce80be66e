"""`python -m cachemount` is check-cache-mounts."""

from __future__ import annotations

import sys

from cachemount.cli import check_cache_mounts

if __name__ == "__main__":
    sys.exit(check_cache_mounts())
