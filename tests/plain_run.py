"""Whether a run of pytest is that of the whole plain suite, which leaves out what takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def is_plain(config: pytest.Config) -> bool:
    """Return whether no file, name or mark was given, so that all is run but what has one of the slow marks."""
    plain = config.option.markexpr == config.getini("plain_marks") and not config.option.file_or_dir
    return bool(plain and not config.option.accept and not config.option.keyword)
