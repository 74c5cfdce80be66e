"""Hook: report Dockerfile RUN steps that download packages without a cache mount that works; change nothing."""

from __future__ import annotations

import sys

from cachemount.program.fast_path import nothing_to_say


def main() -> int:
    """Run the program; 0 when there is nothing to say."""
    if not nothing_to_say(sys.argv[1:]):
        from cachemount.program.main import check_cache_mounts  # noqa: PLC0415 - slow to import
        from cachemount.program.streams import leave  # noqa: PLC0415

        leave(check_cache_mounts())
    return 0


if __name__ == "__main__":
    sys.exit(main())
