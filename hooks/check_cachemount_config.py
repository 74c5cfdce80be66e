"""Hook: validate the configuration, and report allowlist entries that are unused or expired."""

from __future__ import annotations

import sys

from cachemount import config_check


def main() -> int:
    return config_check.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
