"""The rules: an explicit list, in alphabetical order."""

from __future__ import annotations

from cachemount.rules import (
    clashing_cache,
    disabled_cache,
    discarded_cache,
    expired_suppression,
    hidden_install,
    invalid_mount,
    misplaced_cache_mount,
    missing_cache_mount,
    packages_not_kept,
    unlocked_cache,
    unmounted_store,
    unreadable_dockerfile,
    unused_suppression,
    unwritable_cache,
)
from cachemount.rules.model import Rule

RULES: tuple[Rule, ...] = (
    clashing_cache.RULE,
    disabled_cache.RULE,
    discarded_cache.RULE,
    expired_suppression.RULE,
    hidden_install.RULE,
    invalid_mount.RULE,
    misplaced_cache_mount.RULE,
    missing_cache_mount.RULE,
    packages_not_kept.RULE,
    unlocked_cache.RULE,
    unmounted_store.RULE,
    unreadable_dockerfile.RULE,
    unused_suppression.RULE,
    unwritable_cache.RULE,
)
