"""Settings of a cache: by commands before an install, or by the place of its program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from cachemount.dockerfile.images.lookup import lookup
from cachemount.dockerfile.images.model import BaseImage
from cachemount.dockerfile.model import Dockerfile
from cachemount.dockerfile.state.environment import environments
from cachemount.facts import chain, locations
from cachemount.facts.invocations import operands
from cachemount.facts.model import Directory, Install, Step
from cachemount.facts.patterns import found_in
from cachemount.facts.targets import in_kernel
from cachemount.late_pattern import late
from cachemount.managers.model import Cache, Download, PackageManager, Partly
from cachemount.records import replace
from cachemount.shell.model import Command

_ARGUMENT = late(r"\$(?:\w+|\{\w+(?::?-[^}]*)?\})")

_DNF5_ALONE = 43
_REFERENCE = late(r"\$(?:\w+|\{[^}]*\})")
_CHOSEN_TAG = late(r":\$(?:\w+|\{\w+(?::?-[^}]*)?\})$")


@lru_cache(maxsize=256)
def says(text: str, pattern: str) -> bool:
    """Return whether a file has the pattern, its lines joined; asked for each install, so the last answers are kept."""
    return found_in(pattern, _joined(text))


@lru_cache(maxsize=1)
def _joined(text: str) -> str:
    return text.replace("\\\r\n", "").replace("\\\n", "")


def unneeded(dockerfile: Dockerfile, step: Step, command: Command, way: Download) -> bool:
    """Return whether this download is already done, or is meant for the image itself and not for a cache."""
    if way.for_image and chain.descends(dockerfile.last, step.stage):
        return True
    if not way.satisfied_by:
        return False
    if not says(dockerfile.code, way.satisfied_by):
        return False
    pattern = re.compile(way.satisfied_by)
    copies = not _holds_some(dockerfile, way.satisfied_partly)
    done = [text for text in earlier(dockerfile, step, command, copies=copies) if pattern.search(text)]
    own, alike = way.satisfied_for
    part = re.search(own, " ".join(word.raw for word in command.words)) if own and done else None
    return bool(done) if part is None else any(re.search(alike.replace("{}", re.escape(part[1])), one) for one in done)


def _holds_some(dockerfile: Dockerfile, partly: Partly | None) -> bool:
    """Return whether a folder of the project is known to hold only some of its packages."""
    if partly is None or any(
        one.path in partly.settings and re.search(partly.unless, one.text) for one in dockerfile.source.context
    ):
        return False
    from cachemount.facts.context import nearest

    return re.search(partly.says, nearest(dockerfile.source.context, partly.file).get(partly.file, "")) is not None


def is_set_offline(
    dockerfile: Dockerfile,
    step: Step,
    command: Command,
    variables: Mapping[str, str | None],
    manager: PackageManager,
) -> bool:
    """Return whether an earlier command tells the manager to fetch nothing, and no variable tells it something else."""
    return any(
        not variables.get(name)
        and says(dockerfile.code, pattern)
        and any(re.search(pattern, text) for text in earlier(dockerfile, step, command))
        for name, pattern in manager.offline_settings.items()
    )


def used_directory(dockerfile: Dockerfile, install: Install, cache: Cache, workdir: str | None) -> Directory:
    """Return where an install keeps a cache, leaving out what sends it to /dev/null or the like."""
    if cache.moved_by_words:
        unknown = next((one for one in operands(install.manager, install.arguments) if one.text is None), None)
        if unknown is not None and unknown.raw.startswith(("$", "`")):
            return Directory(cache=cache, path=None, moved=unknown.raw)
    arguments, variables = install.arguments, install.variables
    off: list[str] = []
    while True:
        directory = locations.directory(cache, arguments, variables, workdir=workdir, root=install.root)
        default = directory
        if cache.settings and (cache.settings_first or not directory.moved):
            directory = configured(dockerfile, install, directory, workdir)
        if cache.substitute_settings and not directory.moved:
            directory = with_substitute(dockerfile, install, directory, workdir)
        moved = directory.moved
        if not moved or directory.path is None or not in_kernel(directory.path):
            break
        off.append(moved)
        words = locations.flag_words(arguments, moved)
        if directory is default and words:
            arguments = tuple(argument for argument in arguments if argument not in words)
        elif directory is default and variables.get(moved):
            variables = {**variables, moved: ""}
        else:
            directory = default
            break
    return replace(directory, switched_off=tuple(off)) if off else directory


def configured(dockerfile: Dockerfile, install: Install, directory: Directory, workdir: str | None) -> Directory:
    """Return the directory as the last command that sets it leaves it; unchanged where none does."""
    cache = directory.cache
    told = _told(
        dockerfile, install, cache.settings, workdir, itself=cache.settings_first, of_all=cache.settings_of_all
    )
    if told is None:
        return directory
    return replace(directory, path=told[0], moved=told[1], accepted=())


def with_substitute(dockerfile: Dockerfile, install: Install, directory: Directory, workdir: str | None) -> Directory:
    """Return the directory with the substitute that the last command for one names; unchanged where none does."""
    told = _told(dockerfile, install, directory.cache.substitute_settings, workdir)
    if told is None or told[0] is None:
        return directory
    return replace(directory, accepted=(*directory.accepted, told[0]))


def _told(
    dockerfile: Dockerfile,
    install: Install,
    settings: Mapping[str, str],
    workdir: str | None,
    *,
    itself: bool = False,
    of_all: str = "",
) -> tuple[str | None, str] | None:
    """Return the folder that the last command which sets one names, None where it is not known, and the command's text.

    With `itself` the install may set it as well. With `of_all` a command counts for its own user, unless it has that.
    """
    code = dockerfile.code
    if not any(says(code, pattern) for pattern in settings):
        return None
    texts = list(earlier(dockerfile, install.step, install.command))
    if of_all:
        texts = _of_user(dockerfile, install, texts, settings, of_all)
    if itself:
        texts.append(" ".join(argument.text or argument.word.raw for argument in install.arguments))
    for text in reversed(texts):
        for pattern, template in settings.items():
            matches = list(re.finditer(pattern, text))
            if matches:
                # An operator of the shell may follow without a blank.
                value = re.split("[;&|)]", matches[-1][1], maxsplit=1)[0].strip("\"'")
                written = template.replace("{}", re.sub(r"^~(?=/|$)", "$HOME", re.sub(r"\$\{(\w+)\}", r"$\1", value)))
                path, _ = locations.expand(written, install.variables)
                # What else a shell makes of it is not known.
                plain = path and not re.search(r"[$`]|^~", path)
                return (locations.absolute(path, workdir) if path and plain else None), matches[-1][0]
    return None


def _of_user(
    dockerfile: Dockerfile, install: Install, texts: Sequence[str], settings: Mapping[str, str], of_all: str
) -> list[str]:
    """Return the texts of earlier steps, without those that set something for another user's home alone."""
    step, found = install.step, []
    before = [one for one in chain.before(step.stage, step.instruction) if one.run is not None]
    known = environments(dockerfile) if any(re.search(one, text) for one in settings for text in texts[:-1]) else {}
    for instruction, text in zip((*before, step.instruction), texts, strict=True):
        environment = known.get(id(instruction))
        if environment is None or environment.home in (None, install.home) or instruction is step.instruction:
            found.append(text)
        else:
            found += [part for part in re.split(r"[;&|\n]", text) if re.search(of_all, part)]
    return found


def prefix(manager: PackageManager, command: Command, variables: Mapping[str, str | None]) -> str | None:
    """Return the directory above the `bin` that the program lies in, from the program as written or from PATH."""
    word = command.words[0].expand(variables, variables.get("HOME")) if command.words else None
    for place in [(word or "").rpartition("/")[0], *(variables.get("PATH") or "").split(":")]:
        programs = place.rstrip("/")
        home = programs.removesuffix("/condabin").removesuffix("/bin")
        match = re.fullmatch(manager.prefix, home) if home != programs else None
        if match:
            return match[1]
    return None


def image_variables(manager: PackageManager, images: Sequence[str]) -> dict[str, str]:
    """Return the variables whose values follow from the image's name, or from the names of all that it may be."""
    found = {}
    for name, (pattern, text) in manager.image_variables.items():
        values = {text.format(match[1]) if (match := re.search(pattern, one)) else "" for one in images}
        if len(values) == 1 and "" not in values:
            found[name] = values.pop()
    return found


def variants(dockerfile: Dockerfile, install: Install, directory: Directory) -> list[Directory]:
    """Return the directory where the step's image has it; each of several possible places, the likeliest first."""
    cache = directory.cache
    if not cache.variants or directory.moved:
        return [directory]
    possible = _places(cache, program_and_any_image(install))
    places = _places_by_default(cache, install) or _places_of_stages(dockerfile, install, cache)
    places = places or _places_of_said(dockerfile, install, cache)
    # Who mounts another place may know better what the builds give an argument.
    if not places or any(one.target in possible and one.target not in places for one in install.step.caches):
        places = possible
    if release := _any_release(install):
        places = tuple(dict.fromkeys((*places, *_places(cache, release))))
    found = []
    for index, place in enumerate(places):
        one = replace(cache, optional=True) if index else cache
        accepted = (*directory.accepted, *(other for other in places if other != place))
        found.append(replace(directory, cache=one, path=place, accepted=accepted))
    return found


def _places_by_default(cache: Cache, install: Install) -> tuple[str, ...]:
    """Return the one place that a cache has on the image which FROM names by default; () where that tells several.

    With it are those on the images that builds of the repository take in its place. It tells nothing of a command that
    runs on some images alone, nor where an image is not known and is called by a name that says nothing.
    """
    image = install.step.environment.image
    base = lookup(image)
    own, *others = programs_and_images(install)
    places = _places(cache, own)
    if len(places) != 1 or "$" in image or "" in others:
        return ()
    alike = (one for one in install.step.commands if one.program == install.command.program)
    from cachemount.facts.asked_systems import asks_for_system

    if all(one.conditional for one in alike) and asks_for_system(install.step, install.manager):
        return ()
    if base is None and places == _places(cache, f"{install.program} : "):
        return ()
    if base is not None and base.distribution not in install.manager.distributions:
        return ()
    return tuple(dict.fromkeys((*places, *(place for one in others for place in _places(cache, one)))))


def _places_of_stages(dockerfile: Dockerfile, install: Install, cache: Cache) -> tuple[str, ...]:
    """Return the places on the stages of which a variable chooses one, by a part of the name; () where none is known.

    All of a name may be that of any image.
    """
    first = install.step.stage.lineage()[0]
    if not re.search(r"\w", _REFERENCE.sub("", "".join(first.instruction.operands[:1]))):
        return ()
    bases = [one.lineage()[0] for one in dockerfile.stages if first in one.children]
    found: dict[str, None] = {}
    for base in bases:
        places = _places(cache, _described(install, lookup(base.image), base.image))
        if len(places) != 1 or "$" in base.image or base.choices or places == _places(cache, f"{install.program} : "):
            return ()
        found[places[0]] = None
    return tuple(found)


def _places_of_said(dockerfile: Dockerfile, install: Install, cache: Cache) -> tuple[str, ...]:
    """Return the places of the release that earlier commands name, on one image that is not known; () where none is."""
    distribution, pattern = cache.said_release
    step, stage = install.step, install.step.stage.lineage()[0]
    image = step.environment.image
    if not distribution or step.environment.base is not None or "$" in image or stage.choices:
        return ()
    before = earlier(dockerfile, step, install.command)
    releases = {one for text in before for one in re.findall(pattern, text)}
    if len(releases) != 1 or install.command.conditional:
        return ()
    return _places(cache, f"{install.program} {distribution}:{releases.pop()} {image}")


def program_and_any_image(install: Install) -> str:
    """Return what `program_and_image` does, with the distribution at the end where an argument is all of FROM's image.

    Its default is one of several: that they are of its distribution is most likely, where that has the manager.
    """
    stage = install.step.stage.lineage()[0]
    named = stage.instruction.operands[:1]
    base = install.step.environment.base
    if not named or not _ARGUMENT.fullmatch(named[0]):
        if named and "" in stage.choices:
            return f"{install.program} {base.distribution if base else ''}: {named[0]}"
        return program_and_image(install)
    likely = f" {base.distribution}" if base and base.distribution in install.manager.distributions else ""
    return f"{install.program} : {named[0]}{likely}"


def _any_release(install: Install) -> str:
    """Return what `program_and_image` does, without the release that the default of an argument gives a Fedora; or "".

    Its releases before and after 41 have other programs under one name. Who begins with one since 43 takes none of
    those before, which are no longer kept up.
    """
    base = install.step.environment.base
    named = install.step.stage.lineage()[0].instruction.operands[:1]
    is_chosen = base is not None and base.distribution == "fedora" and named and _CHOSEN_TAG.search(named[0])
    is_late = base is not None and base.release.isdigit() and int(base.release) >= _DNF5_ALONE
    return f"{install.program} fedora: {named[0]}" if is_chosen and not is_late else ""


def program_and_image(install: Install) -> str:
    """Return `PROGRAM DISTRIBUTION:RELEASE IMAGE`, what tells which program an image has under a name."""
    environment = install.step.environment
    return _described(install, environment.base, environment.image)


def programs_and_images(install: Install) -> Iterator[str]:
    """Yield `PROGRAM DISTRIBUTION:RELEASE IMAGE` for the image by default, then for each that builds take in its place.

    "" stands for one that is not known, as where a build gives one without the manager: who builds chooses another.
    """
    own = install.step.environment.image
    yield _described(install, lookup(own), own)
    for image in install.step.stage.lineage()[0].choices:
        base = lookup(image) if image else None
        known = image and (base is None or base.distribution in install.manager.distributions)
        yield _described(install, base, image) if known else ""


def _described(install: Install, base: BaseImage | None, image: str) -> str:
    return f"{install.program} {base.distribution if base else ''}:{base.release if base else ''} {image}"


@lru_cache(maxsize=256)
def _places(cache: Cache, text: str) -> tuple[str, ...]:
    """Return where a cache may be with this program and image."""
    return next(
        (places for pattern, places in cache.variants.items() if re.search(pattern, text)), cache.locations[-1:]
    )


def earlier(dockerfile: Dockerfile, step: Step, command: Command, *, copies: bool = False) -> Iterator[str]:
    """Yield the texts of earlier RUN (and COPY) instructions of the stage chain, and of this step up to the command."""
    for instruction in chain.before(step.stage, step.instruction):
        if instruction.run is not None:
            yield instruction.run.script.text or instruction.arguments.text
        elif copies and instruction.keyword in ("COPY", "ADD"):
            yield dockerfile.source.slice(instruction.span)
    yield dockerfile.source.text[step.instruction.span.start : command.span.start]


def text_before(dockerfile: Dockerfile, step: Step, command: Command) -> str:
    """Return the text of all instructions of the stage chain before a step, and of the step up to a command."""
    texts = [dockerfile.source.slice(one.span) for one in chain.before(step.stage, step.instruction)]
    texts.append(dockerfile.source.text[step.instruction.span.start : command.span.start])
    return "\n".join(texts)
