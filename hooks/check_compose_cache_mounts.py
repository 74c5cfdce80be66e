"""Hook: report what check_cache_mounts reports, of Dockerfiles in Compose and Bake files; change nothing."""

from __future__ import annotations

import sys

from cachemount.program.main import check_compose_cache_mounts as main

if __name__ == "__main__":
    sys.exit(main())
