"""The images that a repository builds, as far as the files around a Dockerfile tell which Dockerfile an image is of.

Compose files say it with `image` and `build`, Bake files with `tags`, both with contexts that are other builds;
scripts, Makefiles and CI files with `docker build -t NAME -f FILE`, workflows with Docker's action. What has a variable
in it that the file does not set is not known, but for the tag. Where none of them names it, an image with a name of
several words is that of the folder beside it with the same name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from cachemount.dockerfile.images.lookup import lookup, short_name, split
from cachemount.files.kept import kept
from cachemount.files.reading import begins_repository, names_in, real_path, repository_of, text_inside_repository
from cachemount.late_pattern import late
from cachemount.program.bake_folders import bake_folders
from cachemount.program.odd_names import is_compose, may_be_compose
from cachemount.program.open_names import is_named_alike, meant
from cachemount.program.shell_builds import COMMAND, commands, filled_by_default, is_of_make, values_in
from cachemount.records import replace
from cachemount.source import ANY_TAG, IMAGE_CONTEXT, BuiltImage
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.embedded.model import Build

_MOST_BYTES = 100_000
# How many folders a folder may be in: each is a call in a call.
_DEEPEST = 100
_MOST_SCRIPTS = 30
_MOST_PATHS = 60
_HOSTS = r"((docker|podman|container)-)?compose([._-][^/]*)?\.ya?ml|(docker-)?bake([._-][^/]*)?\.(hcl|json)"
_COMMANDS = r"(?:GNU)?makefile|.*\.(?:mk|sh|bash)|justfile|\.gitlab-ci\.yml"
DOCKERFILE = late(r"(?:.*[._-])?(?:Docker|Container)file(?:[._-].*)?", re.IGNORECASE)
_TOLD, _SCRIPTS = late(_HOSTS, re.IGNORECASE), late(_COMMANDS, re.IGNORECASE)
# Most names end otherwise, which is told sooner than by these patterns.
_ENDS = (".bash", ".hcl", ".json", ".mk", ".sh", ".yaml", ".yml", "justfile", "makefile")
_RELATED = late(r"\bimage\b|\btags\b|(?:service|target):")
# With a line feed in front of the text: a pattern that begins with one is found ten times as fast as one with `^`.
_BASES = late(r"(?i)\n[ \t]*(?:FROM|ARG)[ \t]+([^\r\n]*)")
_REFERENCES = late(r"(?<![\w./:-])[\w][\w./:-]*")
# An image of several words behind a variable, as `${REGISTRY}team-base:1`.
BEHIND_VARIABLE = late(r"(?im)^[ \t]*(?:FROM|ARG)[ \t][^\r\n]*\}(\w[\w.]*-[\w.:-]*)(?![\w./-])")
# With it, what stands behind a variable is a part of the word.
_END_OF_VARIABLE = late(r"[)}]+(?=[/.\w-])")
_FOLDERS = late(
    r"(?:\bbuild|\bcontext)[\"']?\s*[:=]\s*[\"']?([^\s\"',#{}]+)|\sbuild\s[^\n]*\s([^\s;&|]+)\s*$", re.MULTILINE
)
_NAMED = late(r"(?:\bdockerfile[\"']?\s*[:=]\s*|\s-f[ =]?|--file[ =])[\"']?([^\s\"',#}]+)")


def images_around(path: str, text: str) -> tuple[BuiltImage, ...]:
    """Return the images that files beside a Dockerfile and in the folders above it name; () where none is related.

    The paths are relative to the root of the repository, but for the path that was given.
    """
    from cachemount.program.named_folders import named_like_folders

    folders = telling_folders(os.path.dirname(os.path.abspath(path)))
    beside = named_like_folders(path, text) + _of_workflows(path, text)
    if not folders:
        return beside
    bases = _unknown_bases(text)
    root = repository_of(os.path.dirname(real_path(path)))
    found: list[BuiltImage] = []
    for folder in folders:
        if not bases.isdisjoint(named_words(folder)) or _are_related(folder):
            found += images_of(real_path(folder), root)
    if not found:
        return beside
    own = os.path.relpath(real_path(path), root).replace(os.sep, "/")
    if any(one.path == own and one.name for one in found):
        # What these files do not build may begin with it as well.
        known = {one.path for one in found}
        found += [one for folder in folders for one in _others(real_path(folder), root) if one.path not in known]
        names = frozenset(short_name(one.name) for one in found if one.path == own and "/" in one.name)
        found += [one for folder in folders for one in _given_bases(real_path(folder), root, names)]
    given = [_given(one, own, path) for one in _closed(found, text)]
    # What files say of the builds of this Dockerfile counts more than a name.
    told = {split(one.name)[0] for one in given if one.within == path}
    return (*given, *(one for one in beside if split(one.name)[0] not in told))


def _closed(images: Sequence[BuiltImage], text: str) -> Iterator[BuiltImage]:
    """Yield images, those with asterisks in the name under the names that Dockerfiles of them begin with."""
    wanted = {split(word)[0] for one in (text, *(one.text for one in images)) for word in references(one)}
    for image in images:
        name, tag = split(image.name)
        if not name.startswith("**/"):
            yield image
            continue
        found = [] if is_named_alike(name, references(image.text)) else meant(name, wanted)
        yield from (replace(image, name=f"{one}:{tag or ANY_TAG}") for one in found)
        if not found:
            yield replace(image, name="")


def _of_workflows(path: str, text: str) -> tuple[BuiltImage, ...]:
    """Return the images that the repository's workflows build, or copy, and that a Dockerfile begins with.

    Before them come its own, and those that workflows build on that one.
    """
    from cachemount.program.workflow_chains import built_on_by_workflows

    found = (*built_on_by_workflows(path, text),)
    if not BEHIND_VARIABLE.search(text) and all(
        "/" not in word or lookup(word) is not None for word in references(text)
    ):
        return found
    from cachemount.program.mirrored_images import mirrored
    from cachemount.program.workflow_images import named_by_workflows

    return (*found, *mirrored(path, text), *named_by_workflows(path, text))


@lru_cache(maxsize=8)
def references(text: str) -> tuple[str, ...]:
    """Return the words of a Dockerfile that may be images that it begins with; several ask for those of a file."""
    lines = _BASES.findall(f"\n{text}")
    values = values_in(text) if any("$" in line for line in lines) else {}
    lines += [filled_by_default(line, values) for line in lines if "$" in line]
    return tuple(dict.fromkeys(word for line in lines for word in _words(line)))


def _words(text: str) -> list[str]:
    return _REFERENCES.findall(_END_OF_VARIABLE.sub("", text))


def _given(image: BuiltImage, own: str, path: str) -> BuiltImage:
    """Return the image with the path that the user gave, where it is of that file."""
    if own not in (image.path, image.within):
        return image
    mine, within = image.path == own, path if image.within == own else image.within
    return BuiltImage(
        name=image.name, path=path if mine else image.path, text=image.text, target=image.target,
        arguments=image.arguments, within=within,
    )  # fmt: skip


@kept
def telling_folders(folder: str) -> tuple[str, ...]:
    """Return the folder and those above it, up to the repository's root, that have a file that may name an image.

    After them come the folders at the root that have Bake files.
    """
    if folder.count(os.sep) > _DEEPEST:
        return ()
    found = (folder,) if telling_texts(folder) else ()
    above = os.path.dirname(folder)
    if begins_repository(folder):
        return found + bake_folders(folder)
    return found if above == folder else tuple(dict.fromkeys(found + telling_folders(above)))


@kept
def _files(folder: str) -> tuple[str, ...]:
    """Return the files of a folder that may say which images are built, with those of GitHub's workflows."""
    names = names_in(folder)
    likely = [name for name in names if name.lower().endswith(_ENDS)]
    if not likely and ".github" not in names:
        return ()
    found = [name for name in likely if _TOLD.fullmatch(name)] + may_be_compose(likely)
    found += [name for name in likely if _SCRIPTS.fullmatch(name)][:_MOST_SCRIPTS]
    if ".github" in names:
        workflows = os.path.join(".github", "workflows")
        inside = names_in(os.path.join(folder, workflows))
        found += [os.path.join(workflows, name) for name in inside if name.endswith((".yml", ".yaml"))][:_MOST_SCRIPTS]
    return tuple(sorted(found))


@kept
def images_of(folder: str, root: str) -> tuple[BuiltImage, ...]:
    """Return the images that the files of a folder say are built; "" is the name of one that has none."""
    known: dict[str, str] = {}
    found: list[BuiltImage] = []
    for builds, places in _builds(folder, root):
        labels = {f"{IMAGE_CONTEXT}{name}": build for build in builds for name in build.names}
        labels.update((build.label, build) for build in builds if build.label)
        for build in builds:
            if place := _place(build, places, root, known):
                found += [_image(name, build, place, known) for name in build.names or ("",)]
                for name, label in build.contexts:
                    other = labels.get(label)
                    if other is not None and (file := _place(other, places, root, known)):
                        found.append(_image(name, other, file, known, within=place))
    return tuple(found)


@kept
def telling_texts(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the files of a folder that may name an image of a Dockerfile: name and text."""
    files = _files(folder)
    if not files:
        return ()
    texts = ((name, text_inside_repository(os.path.join(folder, name), folder, _MOST_BYTES)) for name in files)
    return tuple((name, text) for name, text in texts if _may_tell(name, text))


def _may_tell(name: str, text: str) -> bool:
    if _is_odd(name):
        return is_compose(text) and "image:" in text
    if not _TOLD.fullmatch(name):
        return COMMAND.search(text) is not None
    return ("build" in text or "target" in text) and _RELATED.search(text) is not None


def _is_odd(name: str) -> bool:
    return may_be_compose([name]) != []


@kept
def named_words(folder: str) -> frozenset[str]:
    """Return all words of these files that may be names of images, without registry and tag."""
    return frozenset(short_name(word) for _, text in telling_texts(folder) for word in _words(text))


@kept
def _are_related(folder: str) -> bool:
    """Return whether a Dockerfile that the files may name begins with an image that is not known and that they say.

    To read them as what they are takes much longer.
    """
    texts = [text for _, text in telling_texts(folder)]
    folders = {one[0] or one[1] for text in texts for one in _FOLDERS.findall(text)} | {"."}
    files = {one for text in texts for one in _NAMED.findall(text)} | {"Dockerfile"}
    paths = [os.path.join(folder, one, file) for one in sorted(folders) for file in sorted(files)]
    paths = list(dict.fromkeys((*paths[:_MOST_PATHS], *_below(folder))))
    found = (text_inside_repository(path, folder, _MOST_BYTES) for path in paths)
    return any(not _unknown_bases(text).isdisjoint(named_words(folder)) for text in found)


@kept
def _others(folder: str, root: str) -> tuple[BuiltImage, ...]:
    """Return the Dockerfiles in the folders below, as images without a name."""
    found = ((path, text_inside_repository(path, root, _MOST_BYTES)) for path in _below(folder))
    return tuple(
        BuiltImage(name="", path=os.path.relpath(path, root).replace(os.sep, "/"), text=text) for path, text in found
    )


@kept
def _given_bases(folder: str, root: str, names: frozenset[str]) -> tuple[BuiltImage, ...]:
    """Return what Compose and Bake files in the folders of a folder build with one of these images for an argument."""
    from cachemount.program.build_files import builds_in, places_of

    found: list[BuiltImage] = []
    known: dict[str, str] = {}
    for one in [name for name in sorted(names_in(folder)) if "." not in name][:_MOST_PATHS] if names else ():
        for host, build in builds_in(os.path.join(folder, one), names):
            if any(short_name(value or "") in names for _, value in build.arguments):
                place = _place(build, places_of(host, root), root, known)
                found += [_image("", build, place, known)] if place else []
    return tuple(found)


@kept
def _below(folder: str) -> tuple[str, ...]:
    """Return the paths of Dockerfiles with usual names in the folders of a folder."""
    folders = [name for name in sorted(names_in(folder)) if "." not in name][:_MOST_PATHS]
    paths = (os.path.join(folder, one, name) for one in folders for name in sorted(names_in(os.path.join(folder, one))))
    return tuple(path for path in paths if DOCKERFILE.fullmatch(os.path.basename(path)))[:_MOST_PATHS]


def _unknown_bases(text: str) -> set[str]:
    """Return the images, without registry and tag, that a Dockerfile may begin with, known ones left out."""
    return {short_name(word) for word in references(text) if lookup(word) is None}


def _builds(folder: str, root: str) -> Iterator[tuple[list[Build], Sequence[str]]]:
    """Yield the builds of each file, and the folders from which their paths may be."""
    from cachemount.program.argument_files import with_files
    from cachemount.program.build_files import builds, places_of

    for name, text in telling_texts(folder):
        if _TOLD.fullmatch(name) or _is_odd(name):
            path = os.path.join(folder, name)
            yield builds(path, text), places_of(path, root)
        else:
            yield [with_files(one, folder, root) for one in commands(text, of_make=is_of_make(name))], (folder,)


def builds_by_commands(path: str, arguments: Collection[str]) -> Iterator[Build]:
    """Yield the builds of a Dockerfile by commands of scripts around it that have one of the arguments."""
    from cachemount.program.argument_files import with_files
    from cachemount.program.build_files import place_of

    for folder in telling_folders(os.path.dirname(path)):
        for name, text in telling_texts(folder):
            if "--build-arg" not in text or _TOLD.fullmatch(name):
                continue
            if "--build-arg-file" not in text and not any(one in text for one in arguments):
                continue
            for build in (with_files(one, folder, folder) for one in commands(text, of_make=is_of_make(name))):
                if (place := place_of(build, ".")) and real_path(os.path.join(folder, place)) == path:
                    yield build


def _place(build: Build, folders: Sequence[str], root: str, known: dict[str, str]) -> str:
    """Return the Dockerfile of a build from the repository's root, "" if it is not known, and read it.

    Its path is from the first of the folders that has such a file.
    """
    from cachemount.program.build_files import place_of

    place = place_of(build, ".")
    if not place or build.target is None:
        return ""
    for folder in folders:
        full = real_path(os.path.join(folder, place))
        path = os.path.relpath(full, root).replace(os.sep, "/")
        if path not in known:
            known[path] = text_inside_repository(full, root, _MOST_BYTES)
        if known[path]:
            return path
    return ""


def _image(name: str, build: Build, path: str, known: dict[str, str], within: str = "") -> BuiltImage:
    return BuiltImage(
        name=name, path=path, text=known[path], target=build.target or "", arguments=build.arguments, within=within
    )
