"""Where the pages about the rules are on this machine, so that a terminal can open them without a network."""

from __future__ import annotations

import os

_INSTALLED = os.path.join("share", "doc", "cachemount", "rules")


def page(rule: str) -> str:
    """Return the URL of a rule's page; "" where the pages are not installed."""
    # In a checkout the pages are beside hooks/; `pip install` puts them where setup.cfg says.
    # Both are slow to import.
    import sysconfig  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    checkout = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs", "rules")
    for folder in (checkout, os.path.join(sysconfig.get_path("data"), _INSTALLED)):
        path = os.path.normpath(os.path.join(folder, f"{rule}.md"))
        if os.path.isfile(path):
            return Path(path).as_uri()
    return ""
