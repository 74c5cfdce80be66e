"""The names of caches, as far as the file tells which of them are one in every build."""

from __future__ import annotations

import re

from cachemount.dockerfile.state.environment import PLATFORM, Environment
from cachemount.facts.model import Mount
from cachemount.late_pattern import late

_REFERENCE = late(r"\$(?:(\w+)|\{(\w+)\})")


def cache_name(mount: Mount, environment: Environment) -> str | None:
    """Return what BuildKit calls a cache; None where that is not known.

    An argument stays in it: a build gives the same value to all stages that declare it with the same default.
    """
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        name = match[1] or match[2]
        setting = environment.settings.get(name)
        if setting is None:
            unknown = unknown or name not in PLATFORM
            return ""
        if setting.origin == "arg" and (name in PLATFORM or setting.value is not None):
            return f"${{{name}={setting.value or ''}}}"
        unknown = unknown or setting.value is None or setting.given
        return setting.value or ""

    text = mount.flag.options.get("id") or mount.flag.target.rstrip("/")
    name = _REFERENCE.sub(value, text)
    return None if unknown or not name or "$" in re.sub(r"\$\{\w+=[^${}]*\}", "", name) else name
