"""The mounts of a step, their targets expanded as BuildKit does it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from cachemount.dockerfile.model import MountFlag, Run
from cachemount.dockerfile.state.environment import Environment
from cachemount.facts import locations
from cachemount.facts.model import Mount
from cachemount.late_pattern import late
from cachemount.shell.model import LONGEST_VALUE

_REFERENCE = late(r"\$(?:(\w+)|\{(\w+)(?::?-([^{}]*))?\})")
# Options of `docker run --volume`, after the target: https://docs.docker.com/engine/storage/bind-mounts/
_VOLUME_OPTIONS = late(r":(?:rw|ro|[zZ]|cached|delegated|consistent|r?(?:shared|slave|private))\Z")


def mounts(run: Run, environment: Environment) -> Iterator[Mount]:
    variables = environment.variables
    for flag in run.mounts:
        target, *others = (
            None if place is None else locations.absolute(place, environment.workdir)
            for place in (
                expand_flag(one, variables) for one in (flag.target or _usual_target(flag), *flag.unused_targets)
            )
        )
        yield Mount(flag=flag, target=target, unused_targets=tuple(one for one in others if one not in (None, target)))


def _usual_target(flag: MountFlag) -> str:
    """Return where BuildKit puts a secret or the socket of an ssh agent that names no target; "" for other types.

    https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
    """
    if flag.type == "secret":
        return f"/run/secrets/{flag.options.get('id') or posixpath.basename(flag.options.get('source', ''))}"
    return "/run/buildkit/ssh_agent.0" if flag.type == "ssh" else ""


def expand_flag(text: str, variables: Mapping[str, str | None]) -> str | None:
    """Return a flag's value as BuildKit expands it; None when it is not known.

    Unset variables are empty, and `~` is a letter like others.
    """
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        found = variables.get(match[1] or match[2], "")
        if found is None:
            unknown = True
            return ""
        return found or match[3] or ""

    result = _REFERENCE.sub(value, text)
    return None if unknown or "${" in result or len(result) > LONGEST_VALUE else result


def is_readonly(mount: Mount) -> bool:
    """Return whether nothing can be written to a mount."""
    options = mount.flag.options
    no = ("false", "0", "f")
    return options.get("readonly", "false").lower() not in no or options.get("readwrite", "true").lower() in no


def volume_options(target: str) -> str:
    """Return the options of `docker run --volume` that a target ends with, where they are a part of the path."""
    found = _VOLUME_OPTIONS.search(target)
    return found[0] if found else ""
