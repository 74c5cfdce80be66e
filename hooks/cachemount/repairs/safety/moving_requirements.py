"""Requirements whose content changes while their address stays: the manager takes what it has of them before.

Run with 23.2 and 25.3: a local folder, and an archive, are kept where the requirement has a name, and the last part of
the address looks like NAME-VERSION, for which a dash does. https://github.com/pypa/pip/issues/14044
Run with Yarn 1.22 and pnpm 10: the archive at an address is taken again as it was; npm 10 asks the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachemount import reasons
from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.requirement_files import requirement_files

_NAMED = late(r"(?m)(?<![\w.@/-])[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*@\s*((?:file|https?):[^\s;\"'#]+)")
_EGG = late(r"(?m)(?<![^\s\"'=])((?:file:|https?:|\.{0,2}/)?(?![\w]+\+)[^\s\"'#+]+)#egg=")
_LOOKS_VERSIONED = late(r"(?i)[a-z0-9_.]+-[a-z0-9_.!+-]+")
_ARCHIVE = late(r"\.(?:zip|tar\.gz|tgz|tar\.bz2|tar\.xz)\Z")
_AT_ADDRESS = late(r"(?:@?[\w./-]+@)?(https?:[^\s#]+)")


def moving_requirement(facts: Facts, install: Install) -> Withheld | None:
    """Return the reason not to keep what a manager has of a requirement that may change."""
    if install.manager.name in ("yarn", "pnpm"):
        return _moving_archive(install)
    if install.manager.name != "pip":
        return None
    for text in _requirements(facts, install):
        for sign, pattern in (("@", _NAMED), ("#egg=", _EGG)):
            for match in pattern.finditer(text) if sign in text else ():
                if _may_change(match[1]):
                    return reasons.MOVING_REQUIREMENT.about(requirement=" ".join(match[0].split()), manager="pip")
    return None


def _moving_archive(install: Install) -> Withheld | None:
    for argument in install.arguments:
        match = _AT_ADDRESS.fullmatch(argument.known)
        name = "" if match is None else match[1].rpartition("/")[2]
        if _ARCHIVE.search(name) and not re.search(r"\d", name):
            return reasons.MOVING_REQUIREMENT.about(requirement=argument.known, manager=install.manager.name)
    return None


def _requirements(facts: Facts, install: Install) -> Iterator[str]:
    """Yield the requirements in the command, and those in the files of the context that it names."""
    yield " ".join(argument.known for argument in install.arguments)
    yield from (text for _, text in requirement_files(facts, install))


def _may_change(address: str) -> bool:
    name = address.rstrip("/").rpartition("/")[2]
    if name.endswith(".whl") or not _LOOKS_VERSIONED.search(name):
        return False
    if not address.startswith("http"):
        return not _ARCHIVE.search(name)
    # An archive of a release has a version in its name; that of a branch has none.
    return _ARCHIVE.search(name) is not None and not re.search(r"\d", name)
