"""Hook: validate the configuration, and report allowlist entries that are unused or expired."""

from __future__ import annotations

import sys

from cachemount.program import check_config


def main() -> int:
    return check_config.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
