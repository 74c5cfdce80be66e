"""Images in which people, or Dockerfiles elsewhere, most likely install packages: by sudo, name, or what they start.

Nothing in the repository shows such an install. Where there is a choice, apt's settings in them stay as they are.
"""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late

_WORD = r"(?:base|devcontainer|workspace|toolbox|sandbox|runner)s?"
# `CMD ["/bin/bash", "-l"]`, `CMD sleep infinity`, `ENTRYPOINT []`
_STARTS_NOTHING = late(
    r"\s*\[?[\s\"']*(?:(?:/usr)?/bin/)?(?:(?:ba|da|z|a|fi)?sh\b[\s\"',]*(?:-[il]+|--login)?|sleep[\s\"',]+inf\w*"
    r"|tail[\s\"',]+-f[\s\"',]+/dev/null)?[\s\"',]*\]?\s*"
)
_LONGEST = 100
_WORKED_IN = late(r"(?i)(?:\A|/)(?:[\w.-]*[._-])?(?:runner|devcontainers?|codespaces?|workspaces?)(?:[/:@._-]|\Z|\s)")
_FILE = late(rf"(?i)(?:\A|[._-]){_WORD}(?=[._-]|\Z)")
_CONTAINERS = ".devcontainer"
_STAGE = late(r"(?i)(?:[\w.-]*[._-])?(?:devcontainer|workspace|toolbox|sandbox)s?")
_FOLDER = late(rf"(?i)\.?(?:[\w.-]*[._-])?{_WORD}(?:[._-]images?)?")


def called_base(facts: Facts, stage: Stage) -> str:
    """Return the file, folder or stage by which the image is called a base, or a workspace; empty if none does.

    Others are built on such an image, or people work in it.
    """
    stages = (one.name for one in facts.dockerfile.stages if one.file is None and chain.descends(one, stage))
    if workspace := next((one for one in stages if _STAGE.fullmatch(one)), ""):
        return workspace
    if not chain.descends(facts.dockerfile.last, stage):
        return ""
    *folders, name = facts.dockerfile.source.path.replace("\\", "/").split("/")
    if _FILE.search(name):
        return name
    return next((one for one in folders[-1:] if _FOLDER.fullmatch(one)), _CONTAINERS if _CONTAINERS in folders else "")


def is_for_others(facts: Facts, stage: Stage) -> bool:
    """Return whether the image starts nothing but a shell, in a repository whose README speaks of images.

    Where that calls the repository one of images, others most likely begin with them, whatever they start. What begins
    with a runner of jobs, or a dev container, is worked in as that is.
    """
    last = facts.dockerfile.last
    if not chain.descends(last, stage):
        return False
    if _WORKED_IN.search(last.lineage()[0].instruction.arguments.text):
        return True
    speaking = [one for one in facts.dockerfile.source.context if one.of_images]
    if not speaking:
        return False
    return bool(speaking[0].text) or _is_nothing(_started(last))


def starts_shell(facts: Facts) -> bool:
    """Return whether the image is told to start a shell, in which people work."""
    started = _started(facts.dockerfile.last)
    return started.strip() not in ("", "[]") and _is_nothing(started)


def _is_nothing(started: str) -> bool:
    return len(started) <= _LONGEST and _STARTS_NOTHING.fullmatch(started) is not None


def _started(last: Stage) -> str:
    """Return what the image of a stage starts: what an ENTRYPOINT is told to run by CMD, it most likely runs.

    An ENTRYPOINT takes the CMD of the stages below away:
    https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
    """
    command = entrypoint = ""
    for stage in last.lineage():
        has_command = False
        for one in stage.instructions:
            if one.keyword == "CMD":
                command, has_command = one.arguments.text, True
            elif one.keyword == "ENTRYPOINT":
                entrypoint, command = one.arguments.text, command if has_command else ""
    return command or entrypoint


def has_sudo(facts: Facts, stage: Stage) -> bool:
    """Return whether the image gets sudo, by which people may install packages."""
    return facts.memo(_has_sudo, stage)


def _has_sudo(facts: Facts, stage: Stage) -> bool:
    last = facts.dockerfile.last
    return chain.descends(last, stage) and any(
        _installs_sudo(install) for step in facts.steps if chain.descends(last, step.stage) for install in step.installs
    )


def _installs_sudo(install: Install) -> bool:
    return install.manager.system and any(argument.text == "sudo" for argument in install.arguments)
