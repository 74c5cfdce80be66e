"""Hook: repair Dockerfiles in Compose files as fix_cache_mounts does; report the rest."""

from __future__ import annotations

import sys

from cachemount.program.main import fix_compose_cache_mounts as main

if __name__ == "__main__":
    sys.exit(main())
