"""`python -m cachemount` is check-cache-mounts."""

from __future__ import annotations

import os
import sys

# Python looks in the current folder first, where a checked repository may have a json.py.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from cachemount.program.main import check_cache_mounts

if __name__ == "__main__":
    sys.exit(check_cache_mounts())
