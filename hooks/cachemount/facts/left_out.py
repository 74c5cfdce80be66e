"""Whether an earlier `uv sync` has left out what `uv run` installs: a group of packages, or the project itself.

To build the project takes its build packages, which no lock file names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts import chain
from cachemount.facts.context import copies_all, nearest
from cachemount.facts.model import Step
from cachemount.facts.settings import earlier
from cachemount.late_pattern import late
from cachemount.managers.model import LeftOut
from cachemount.shell.model import Command

_PROJECT = "pyproject.toml"
_SYNC = late(r"(?:\bUV_\w+=\S+ +)*\buv (?:--?\S+ )*sync\b[^;&|\n]*")
_ELSEWHERE = late(r" --(?:directory|project|package|active|dry-run)\b")
_ALL = late(r" --(?:no-default-groups|only-group)\b|\bUV_NO_DEFAULT_GROUPS=(?:1|true)\b")
_DEV = late(r" --no-dev\b|\bUV_NO_DEV=(?:1|true)\b")
_GROUP = late(r" --no-group[= ]([\w.-]+)")
_COPIED = late(
    r"(?i)^(?:COPY|ADD) (?!.*--from=)(?:.* )?(\S*pyproject\.toml) (?:.* )?(?:\.|\./|(?:\./)?pyproject\.toml)$"
)
_DEFAULTS = late(r"(?ms)^\[tool\.uv\][ \t]*$(?:(?!^\[).)*?^default-groups\s*=\s*(\[[^\]]*\]|\"all\")")
# uv has a build backend of its own, for which it mostly fetches nothing.
_NOT_PROJECT = late(
    r" --no-install-(?:project|workspace|local)\b|\bUV_NO_INSTALL_(?:PROJECT|WORKSPACE|LOCAL)=(?:1|true)\b"
)
_BUILT_BY = late(r"(?ms)^\[build-system\][ \t]*$(?:(?!^\[).)*?^requires\s*=\s*\[\s*[\"'](?!uv[_-]build)")
_NO_PACKAGE = late(
    r"(?m)^[ \t]*(?:(?:tool\.uv\.)?(?:package|managed)\s*=\s*false\b|(?:tool\.uv\.)?no-build-isolation\s*=\s*true\b)"
)
# Nor is it built, or its build packages are those of the environment.
_NO_BUILD = late(r"--no-(?:build-isolation|install-(?:project|workspace|local))\Z")
_NAME = late(r"[\"']([^\"']+)[\"']")


def lacks_packages(
    dockerfile: Dockerfile, step: Step, command: Command, left_out: LeftOut, variables: Mapping[str, str | None]
) -> bool:
    """Return whether a command plainly installs a group of the project, or itself, that all earlier ones left out."""
    if any(variables.get(name, "") != "" for name in left_out.variables):
        return False
    if not left_out.unless.isdisjoint(word.known.partition("=")[0] for word in command.words):
        return False
    if variables["WORKDIR"] is None or variables["WORKDIR"] != step.environment.workdir:
        return False
    done = [joined(text) for text in earlier(dockerfile, step, command)]
    copied = [joined(text) for text in earlier(dockerfile, step, command, copies=True)]
    if any(re.search(left_out.complete, text) for text in copied):
        return False
    syncs = [found[0] for text in done for found in _SYNC.finditer(text)]
    if not syncs or any(_ELSEWHERE.search(one) for one in syncs):
        return False
    project = project_at(dockerfile, step)
    fetches = variables.get("UV_NO_BUILD_ISOLATION", "") == "" and not any(
        _NO_BUILD.match(word.known) for word in command.words
    )
    if fetches and _is_built(project) and all(_NOT_PROJECT.search(one) for one in syncs):
        return True
    groups = _default_groups(project)
    return bool(groups) and all(_leaves_out(one, groups) for one in syncs)


def joined(text: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"\\\r?\n", " ", text)).strip()


def _leaves_out(sync: str, groups: Iterable[str]) -> bool:
    """Return whether a `uv sync` leaves out one of the groups."""
    if _ALL.search(sync):
        return True
    names = {*_GROUP.findall(sync), *(("dev",) if _DEV.search(sync) else ())}
    return not names.isdisjoint(groups)


def project_at(dockerfile: Dockerfile, step: Step) -> str:
    """Return the pyproject.toml in the folder of a step; "" where it is not plain which one it is."""
    context, path = dockerfile.source.context, ""
    for instruction in chain.before(step.stage, step.instruction):
        text = joined(dockerfile.source.slice(instruction.span))
        if path and instruction.keyword == "WORKDIR":
            return ""
        if found := _COPIED.search(text):
            path = path or found[1].removeprefix("./")
        elif instruction.keyword in ("COPY", "ADD") and copies_all(f"{text}\n") and text.endswith((" .", " ./")):
            path = path or _PROJECT
    return nearest(context, path).get(path, "") if path else ""


def _is_built(project: str) -> bool:
    """Return whether a project is a package that a build backend of others makes."""
    return _BUILT_BY.search(project) is not None and _NO_PACKAGE.search(project) is None


def _default_groups(project: str) -> frozenset[str]:
    """Return the groups with packages that are installed where no option says otherwise."""
    said = _DEFAULTS.search(project)
    names = _NAME.findall(said[1]) if said else ["dev"]
    return frozenset(name for name in names if _has_packages(project, name))


def _has_packages(project: str, group: str) -> bool:
    table = rf"(?ms)^\[dependency-groups\][ \t]*$(?:(?!^\[).)*?^{re.escape(group)}\s*=\s*\[\s*[\"'{{]"
    older = r"(?ms)^\[tool\.uv\][ \t]*$(?:(?!^\[).)*?^dev-dependencies\s*=\s*\[\s*[\"']"
    return re.search(table, project) is not None or (group == "dev" and re.search(older, project) is not None)
