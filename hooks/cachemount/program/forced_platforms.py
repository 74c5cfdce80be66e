"""Images that a repository always builds for one platform, beside others that it builds for that of the machine.

Both are built on one machine: by commands of scripts and Makefiles, or as services of a Compose file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.builders.likely_files import PROGRAMS, likely_files
from cachemount.program.discovery import host_kind
from cachemount.program.platform_names import MACHINE, platforms_in

_MOST_BYTES = 200_000

_BUILD = late(
    r"(?:\b(?:docker|podman)|\$[({]?\w*(?:DOCKER|PODMAN|ENGINE|RUNTIME)\w*[)}]?)[ \t]+"
    r"(?:(?:image|buildx)[ \t]+)?build[ \t]((?:\\\r?\n|[^\n;&|])*)"
)
_SHOWN = late(r"[ \t@-]*(?:#|(?:echo|printf)\b)")
_PLATFORM = late(r"--platform[= \t]+[\"']?([^\s\"']+)")
_VALUE = late(rf"(?m)\b(\w+)[ \t]*[?:]{{0,2}}=[ \t]*[\"']?(?:\$\{{\w+:-)?(linux/{MACHINE})")
_VARIABLE = late(r"\$[({]?(\w+)(?::-[^)}]*)?[)}]?\Z")
_DEFAULT = late(rf"\bDOCKER_DEFAULT_PLATFORM[\"']?[ \t]*[:=][ \t]*[\"']?(linux/{MACHINE})")
# A service, by the indentation of its name.
_SERVICES = late(r"(?m)^services:[ \t]*(?:#.*)?\r?\n((?:[ \t].*\n?|[ \t]*(?:#.*)?\r?\n)*)")
_INDENTATION = late(r"(?m)^([ \t]+)[\w.\"'-]+:")
_BUILT, _SERVICE_PLATFORM = late(r"(?m)^[ \t]+build:"), late(r"(?m)^[ \t]+platform:[ \t]*[\"']?(\S+?)[\"']?[ \t\r]*$")


@kept
def forced_platforms(root: str) -> frozenset[str]:
    """Return the platforms that a repository builds for, where they are several so; "" is that of the machine."""
    found: frozenset[str] = frozenset()
    built = {one for name, text in likely_files(root) if not name.endswith(PROGRAMS) for one in _by_commands(text)}
    found |= frozenset(built) if len(built) > 1 else frozenset()
    for name in names_in(root):
        if host_kind(name) == "compose":
            services = {*_of_services(text_inside_repository(os.path.join(root, name), root, _MOST_BYTES))}
            found |= frozenset(services) if len(services) > 1 else frozenset()
    return found


def _by_commands(text: str) -> Iterator[str]:
    """Yield the platform of each build by a command, as far as it is told and one alone."""
    values = dict(_VALUE.findall(text)) if "linux/" in text else {}
    default = _DEFAULT.search(text)
    for found in _BUILD.finditer(text):
        if _SHOWN.match(text, text.rfind("\n", 0, found.start()) + 1):
            continue
        given = _PLATFORM.search(found[1])
        variable = _VARIABLE.match(given[1]) if given else None
        value = values.get(variable[1], "") if variable else given[1] if given else default[1] if default else ""
        names = platforms_in(value) if value.startswith("linux/") else frozenset()
        if len(names) == 1:
            yield from names
        elif given is None:
            yield ""


def _of_services(text: str) -> Iterator[str]:
    """Yield the platform of each service that a Compose file builds."""
    services = _SERVICES.search(text) if "platform:" in text else None
    first = _INDENTATION.search(services[1]) if services else None
    if services is None or first is None:
        return
    blocks: list[str] = []
    for line in services[1].splitlines(keepends=True):
        begins = line.startswith(first[1]) and line[len(first[1]) : len(first[1]) + 1] not in (" ", "\t", "#", "")
        blocks += [line] if begins else []
        if not begins and blocks:
            blocks[-1] += line
    for block in blocks:
        if _BUILT.search(block):
            named = _SERVICE_PLATFORM.search(block)
            yield from platforms_in(named[1]) if named else ("",)
