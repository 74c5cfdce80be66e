"""Builds the package: as it is, or where CACHEMOUNT_COMPILED is 1, with a compiled engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import setup

if os.environ.get("CACHEMOUNT_COMPILED") == "1":
    sys.path.insert(0, str(Path(__file__).parent))
    from compiling.build import options

    setup(**options())
else:
    setup()
