"""`python -m cachemount`: the program `cachemount` where a command is named, else check-cache-mounts."""

from __future__ import annotations

import os
import sys

# Python looks in the current folder first, where a checked repository may have a json.py.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from cachemount import commands
from cachemount.program.main import check_cache_mounts

if __name__ == "__main__":
    sys.exit(commands.main() if sys.argv[1:2] and commands.knows(sys.argv[1]) else check_cache_mounts())
