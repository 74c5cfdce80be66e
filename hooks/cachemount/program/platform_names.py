"""The platforms that a file of a repository builds images for, where it names several.

https://docs.docker.com/build/building/multi-platform/
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cachemount.late_pattern import late

MACHINE = (
    r"(?:amd64|x86_64|arm64|aarch64|armhf|arm/?v[5-8]|arm|386|i386|ppc64le|s390x|riscv64|mips64le|loong64)"
    r"(?:/v\d)?(?![\w/-])"
)
_NAME = rf"linux/{MACHINE}"
# What stands between two entries of a list: also in brackets over several lines, and in a list of YAML.
_COMMA = r"[\"']?[ \t]*,[\s\\]*[\"']?"
_BETWEEN = rf"(?:{_COMMA}|</platform>\s*<platform>|[\"']?(?:[ \t]*#[^\n]*\n)?[\s\\;|]+(?:-[ \t]+)?[\"']?)"
_COMMAS = late(rf"\b{_NAME}(?:{_COMMA}{_NAME})+")
_LIST = late(rf"\b{_NAME}(?:{_BETWEEN}{_NAME})+")
_BARE_LIST = late(rf"(?<![\w/.-]){MACHINE}(?:{_BETWEEN}{MACHINE})+")
_NAMES = late(rf"(?:linux/)?({MACHINE})")
# `linux/$arch`: the names of machines alone stand elsewhere. Buildah's action takes such.
_COMPOSED = late(r"(?<![\w/.-])linux/[\"'$%{]|\barchs:")
# Builders of images take platforms by these; those of programs have lists of such names too.
_FOR_IMAGES = late(r"--platforms?\b|<platforms>|\b(?:platforms?|archs)[\"']?[ \t]*[:=]")
_OPTION = late(rf"--platforms?(?:[= ]|[\"'],[ \t]*)[\"']?({_NAME})")
_NOT_BUILT = late(r"\b(?:docker|podman|nerdctl)[ \t]+(?:container[ \t]+|image[ \t]+)?(?:run|pull|create)\b")
_CONTINUED = late(r"\\\r?\n")
_VALUE = late(
    r"(?m)(?:^(?:[ \t]|-(?![\w-]))*|[{,][ \t]*)[\"']?[\w-]*(?:platform|arch)\w*[\"']?:[ \t]*[\"']?"
    rf"((?:linux/)?{MACHINE})"
)
# Each platform has a machine of its own then.
_OWN_RUNNERS = late(r"\bruns-on:[^\n]*\$\{\{")
_SAME = {"x86_64": "amd64", "aarch64": "arm64", "i386": "386", "arm": "arm/v7", "armhf": "arm/v7"}
_OF_ARM = late(r"arm/?(v\d)")


def named_platforms(text: str) -> frozenset[str]:
    """Return the platforms of lists in a file, and those that its commands build for; none where it is one alone."""
    if "linux/" not in text and "archs:" not in text:
        return frozenset()
    is_for_images = _FOR_IMAGES.search(text) is not None
    found = _of_lists(_LIST if is_for_images else _COMMAS, text)
    if is_for_images:
        if _COMPOSED.search(text):
            found |= _of_lists(_BARE_LIST, text)
        lines = _CONTINUED.sub(" ", text).splitlines() if "--platform" in text else ()
        found |= _several({name for line in lines if not _NOT_BUILT.search(line) for name in _OPTION.findall(line)})
    return found


def platforms_of_jobs(workflow: str) -> frozenset[str]:
    """Return the platforms that a workflow names, also where each entry of a matrix has one."""
    found = named_platforms(workflow)
    if _OWN_RUNNERS.search(workflow):
        return found
    values = _VALUE.findall(workflow)
    if not _COMPOSED.search(workflow):
        values = [one for one in values if one.startswith("linux/")]
    return found | _several(values)


def platforms_in(value: str) -> frozenset[str]:
    """Return the platforms that a value names."""
    return frozenset(map(_normal, _NAMES.findall(value)))


def _of_lists(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    return frozenset(one for found in pattern.finditer(text) for one in platforms_in(found[0]))


def _several(values: Iterable[str]) -> frozenset[str]:
    found = frozenset(one for value in values for one in platforms_in(value))
    return found if len(found) > 1 else frozenset()


def _normal(machine: str) -> str:
    """Return the name of a platform as Docker normalizes it."""
    version = _OF_ARM.fullmatch(machine)
    if version is not None and version[1] != "v8":
        return f"linux/arm/{version[1]}"
    name = "arm64" if version is not None else machine.partition("/")[0]
    return f"linux/{_SAME.get(name, name)}"
