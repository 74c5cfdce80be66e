"""What could miss the content of a directory once a mount keeps it out of the image."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, locations
from cachemount.facts.model import Directory, Facts, Step
from cachemount.managers._model import PackageManager
from cachemount.rules._places import discards, paths

# Programs and scripts that may run the manager, or read its lists, without naming it.
_OPAQUE = re.compile(
    r"""(?:^|[\s;&|('"])(?:
        rosdep | gdebi | apt-cache | mk-build-deps | tasksel | apt-file | equivs-build
        | (?:ba|da|z|k)?sh\s+(?:-[a-z]+\s+)*[\w./${}-]*\w+\.(?:sh|bash) |
        (?:\.{0,2}/|/)[\w./${}-]*(?:install|setup|provision|build|deps?|bootstrap)[\w.-]*\.sh |
        \.{1,2}/(?!configure|autogen|config|bootstrap\b)[\w./-]*(?:install|setup|provision|deps)[\w.-]*
    )(?=[\s;&|)'"]|$)""",
    re.VERBOSE,
)
_BUILDERS = re.compile(
    r"(?:^|[\s;&|('\"])(?:make|gmake|just|task|mage|rake|bazel|goreleaser|earthly|(?:\.{0,2}/)[\w./-]*build[\w.-]*(?:\.sh)?)(?=[\s;&|)'\"]|$)"
)
_TAKERS = re.compile(r"\b(?:cp|mv|tar|rsync|ln|zip)\b")


def hazards(facts: Facts, step: Step, directories: Collection[Directory], manager: PackageManager) -> Iterator[str]:
    """The reasons why mounting the directories in this step is not safe."""
    dockerfile = facts.dockerfile
    places = paths(directories)
    for _instruction, sources in chain.copies(dockerfile, step.stage):
        for source in sources:
            path = locations.absolute(source, "/")
            if (
                path is not None
                and path != "/"
                and any(locations.below(place, path) or locations.below(path, place) for place in places)
            ):
                yield f"{source} is taken out of the stage later"
    later = list(chain.after(dockerfile, step.stage, step.instruction))
    yield from _taken(later, places)
    if manager.refresh and not list(discards(step, directories, [manager])):
        yield from _needs_lists(later)
    if any(directory.cache.kind == "store" for directory in directories):
        yield from _reads_store(facts, later, manager)


def _text(instruction: Instruction) -> str:
    return (
        instruction.run.script.text if instruction.run and instruction.run.script.text else instruction.arguments.text
    )


def _taken(later: Collection[Instruction], places: Collection[str]) -> Iterator[str]:
    for instruction in later:
        text = _text(instruction)
        if instruction.keyword == "RUN" and _TAKERS.search(text):
            for place in places:
                if re.search(rf"\b(?:cp|mv|tar|rsync|ln|zip)\b[^;&|]*{re.escape(place)}(?![\w.-])", text):
                    yield f"a later step takes files out of {place}"


def _needs_lists(later: Collection[Instruction]) -> Iterator[str]:
    for instruction in later:
        if instruction.keyword == "RUN":
            text = _text(instruction)
            match = _OPAQUE.search(text)
            if match and not re.search(r"\bapt(?:-get)? (?:-\S+ )*update\b", text):
                yield f"a later step runs `{match[0].strip()}`, which may need the package lists in the image"
                return


def _reads_store(facts: Facts, later: Collection[Instruction], manager: PackageManager) -> Iterator[str]:
    runtime = "|".join(manager.runtime)
    for instruction in later:
        text = _text(instruction)
        if instruction.keyword in ("CMD", "ENTRYPOINT") and runtime:
            plain = re.sub(r'[\[\]",]+', " ", text)
            if re.search(runtime, re.sub(r"\s+", " ", plain)):
                yield f"the image's {instruction.keyword} reads {manager.title}'s store"
        elif instruction.keyword == "RUN":
            known = any(other.instruction is instruction and other.installs for other in facts.steps)
            match = None if known else _BUILDERS.search(text) or _OPAQUE.search(text)
            if match:
                name = posixpath.basename(match[0].strip(" ;&|('\""))
                yield f"a later step runs `{name}`, which may read {manager.title}'s store"
                return
