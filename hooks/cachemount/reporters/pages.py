"""Where the pages about rules and package managers are on this machine: they are read without a network."""

from __future__ import annotations

import os

_INSTALLED = os.path.join("share", "doc", "cachemount")


def page(rule: str) -> str:
    """Return the URL of a rule's page; "" where the pages are not installed."""
    from pathlib import Path

    path = _path("rules", rule)
    return Path(path).as_uri() if path else ""


def text(folder: str, name: str) -> str:
    """Return the page of a rule (`folder` is "rules") or a package manager ("managers"); "" where it is missing."""
    path = _path(folder, name)
    if not path:
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def _path(folder: str, name: str) -> str:
    # In a checkout the pages are beside hooks/; `pip install` puts them where setup.cfg says.
    import sysconfig

    checkout = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs")
    for root in (checkout, os.path.join(sysconfig.get_path("data"), _INSTALLED)):
        path = os.path.normpath(os.path.join(root, folder, f"{name}.md"))
        if os.path.isfile(path):
            return path
    return ""
