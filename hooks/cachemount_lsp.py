"""Language server: findings, explanations and fixes in an editor, while the file is written."""

from __future__ import annotations

import sys


def main() -> int:
    try:
        from cachemount.lsp.program import main as run
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "attrs", "cattrs"):
            raise
        print("cachemount-lsp needs the package pygls: `pip install 'pygls>=2.0,<3'`", file=sys.stderr)
        return 2
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
