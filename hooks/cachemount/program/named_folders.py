"""The images that are named like folders of the repository, each with the Dockerfile in it, or like Dockerfiles."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import lookup, name_and_tag, short_name, split
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.files.workflows import pipelines, workflows
from cachemount.late_pattern import late
from cachemount.program.repository_images import DOCKERFILE, references
from cachemount.program.shell_builds import VARIABLE
from cachemount.records import replace
from cachemount.source import ANY_TAG, BuiltImage

_MOST_BYTES = 100_000
_MOST_FILES = 25
# Where no registry is meant: Podman's images, and those of build tools that name the folder.
_LOCAL = late(r"(?:localhost|local|local[-_]images?)/\w")
# Dockerfile_base_24.04
_OF_RELEASE = late(r"(?:Docker|Container)file[._-]base[._-](\d[\w.]*)")
_ARGUMENT = late(r"(?im)^[ \t]*ARG[ \t]+(\w+)=[\"']?([\w./:-]+)[\"']?[ \t]*\r?$")
_FROM = late(r"(?im)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")
_USED = r"(?:\b(?:container|image|from|uses|(?:docker|podman)[ \t]+(?:pull|run))\b|#)"
_BETWEEN = late(r"[-_]")
_DEFAULT = late(r"(?im)^[ \t]*ARG[ \t]+\w+=[\"']?(\w[\w.-]*)[\"']?[ \t]*\r?$")


def named_like_folders(path: str, text: str) -> tuple[BuiltImage, ...]:
    """Return the images of a Dockerfile's FROM that are named like folders of the repository, or files beside it.

    So are those that their Dockerfiles begin with.
    """
    found = [*_named(path, text)]
    root = repository_of(os.path.dirname(real_path(path))) if found else ""
    seen: set[str] = set()
    for image in found:
        if image.path not in seen and len(seen) < _MOST_FILES:
            seen.add(image.path)
            below = _named(os.path.join(root, *image.path.split("/")), image.text)
            found += [replace(one, within=image.path) for one in below]
    return tuple(found)


def _named(path: str, text: str) -> tuple[BuiltImage, ...]:
    return (
        *_beside(path, text),
        *_with_tags(path, text),
        *_by_files(path, text),
        *_by_releases(path, text),
        *_local(path, text),
    )


def _local(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images that are called local, with any tag: `local-image/app/base` of `app/base` or `base` beside."""
    words = sorted({word for word in references(text) if _LOCAL.match(word) and lookup(word) is None})
    full = real_path(path) if words else ""
    root = repository_of(os.path.dirname(full)) if words else ""
    for word in words:
        name = split(word)[0]
        inside = name.partition("/")[2]
        above = os.path.dirname(os.path.dirname(full))
        files = dict.fromkeys(os.path.join(folder, *inside.split("/"), "Dockerfile") for folder in (root, above))
        texts = [(one, text_inside_repository(one, root, _MOST_BYTES)) for one in files if one != full]
        known = [(one, content) for one, content in texts if content]
        if len(known) == 1:
            file, content = known[0]
            place = os.path.relpath(file, root).replace(os.sep, "/")
            yield BuiltImage(name=f"{name}:{ANY_TAG}", path=place, text=content, within=path)


def _with_tags(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images whose name and tag are those of one folder: `ghcr.io/team/go:1.26` of `images/go-1.26`.

    So is one whose tag goes on with numbers, as `1.26.5.2_noble` of `images/go-1.26-noble`, where the repository
    publishes images of that owner.
    They have a registry or an owner in front, as a name of one word is that of a public image.
    """
    wanted = {word for word in references(text) if "/" in word and lookup(word) is None}
    if not wanted:
        return
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    for word in sorted(wanted):
        name, tag = name_and_tag(word)
        short = short_name(name)
        if tag is None or not any(char.isdigit() for char in tag):
            continue
        near = [root, *(os.path.join(root, one) for one in names_in(root) if short in one and "." not in one)]
        own = [os.path.join(one, f"{short}-{tag}") for one in near]
        exact = [one for one in own if os.path.basename(one) in names_in(os.path.dirname(one))]
        begun = [os.path.join(one, name) for one in near for name in names_in(one) if _begins(short, tag, name)]
        if begun and not exact and not _publishes(root, name.removesuffix(short)):
            continue
        places = [os.path.join(one, "Dockerfile") for one in exact or begun]
        found = [(one, text_inside_repository(one, root, _MOST_BYTES)) for one in places if one != full]
        known = [(one, content) for one, content in found if content]
        if len(known) == 1:
            file, content = known[0]
            place = os.path.relpath(file, root).replace(os.sep, "/")
            yield BuiltImage(name=word, path=place, text=content, within=path)


def _publishes(root: str, owner: str) -> bool:
    """Return whether what a repository runs pushes images, and names some of an owner that it does not only use."""
    named = re.compile(rf"(?m)^(?!.*{_USED}).*(?<![\w./-]){re.escape(owner)}")
    texts = (text_inside_repository(os.path.join(root, *one.split("/")), root, _MOST_BYTES) for one in pipelines(root))
    return any("push" in text and named.search(text) is not None for text in texts)


def _begins(short: str, tag: str, folder: str) -> bool:
    """Return whether a folder has the name of an image, and the parts of its tag or what their numbers begin with."""
    name, dash, release = folder.partition(f"{short}-")
    parts, wanted = _BETWEEN.split(release), _BETWEEN.split(tag)
    return (
        not name
        and bool(dash)
        and release[:1].isdigit()
        and len(parts) == len(wanted)
        and all(one == part or one.startswith(f"{part}.") for part, one in zip(parts, wanted, strict=True))
    )


def _beside(path: str, text: str) -> tuple[BuiltImage, ...]:
    """Return the images of a Dockerfile's FROM that are named like folders beside its own, with any tag.

    A name of one word, such as `base`, may be that of another image. So may one that the Dockerfile there begins with.
    Behind the name of the repository one word is enough: `ghcr.io/team/dev-tools-base` of `dev-tools` is of `base`.
    """
    words = sorted({word for word in references(text) if "-" in short_name(word)})
    if not words:
        return ()
    full = real_path(path)
    root = repository_of(os.path.dirname(full))
    above = os.path.dirname(os.path.dirname(full))
    found = []
    for word in words:
        name = split(word)[0]
        called = [one for one in (short_name(name), _behind(name, root)) if one and one in names_in(above)]
        if not called or lookup(word) is not None:
            continue
        file = os.path.join(above, called[0], "Dockerfile")
        content = "" if file == full else text_inside_repository(file, root, _MOST_BYTES)
        if content and short_name(name) not in {short_name(one) for one in references(content)}:
            place = os.path.relpath(file, root).replace(os.sep, "/")
            found.append(BuiltImage(name=f"{name}:{ANY_TAG}", path=place, text=content, within=path))
    return tuple(found)


def _by_files(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images of a Dockerfile's FROM that are named like files beside it: `our-sdk` of `our-sdk.dockerfile`.

    Their tags are `latest`, and what an argument has by default there, as the release that the image is made for.
    """
    words = sorted({word for word in references(text) if "-" in short_name(word) and lookup(word) is None})
    if not words:
        return
    full = real_path(path)
    folder, own = os.path.split(full)
    root = repository_of(folder)
    for name in dict.fromkeys(split(word)[0] for word in words):
        short = short_name(name)
        called = {f"{short}.dockerfile", f"{short}.containerfile", f"dockerfile.{short}", f"containerfile.{short}"}
        files = [one for one in names_in(folder) if one.lower() in called and one != own and DOCKERFILE.fullmatch(one)]
        file = os.path.join(folder, files[0]) if len(files) == 1 else ""
        content = text_inside_repository(file, root, _MOST_BYTES) if file else ""
        if content and short not in {short_name(one) for one in references(content)}:
            place = os.path.relpath(file, root).replace(os.sep, "/")
            for tag in dict.fromkeys(("latest", *_DEFAULT.findall(content))):
                yield BuiltImage(name=f"{name}:{tag}", path=place, text=content, within=path)


def _by_releases(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the base images of a Dockerfile that files beside it are of by the release: `our-app-base:latest-24.04`.

    It is that of `Dockerfile_base_24.04` where a workflow of the repository has its name.
    """
    full = real_path(path)
    folder = os.path.dirname(full)
    files = {found[1]: name for name in names_in(folder) if (found := _OF_RELEASE.fullmatch(name))}
    if not files:
        return
    values = dict(_ARGUMENT.findall(text))
    for written in _FROM.findall(text):
        image = VARIABLE.sub(lambda one: values.get(one[1] or one[2] or one[3], one[0]), written)
        name, tag = name_and_tag(image)
        short = short_name(name)
        releases = [one for one in files if one in (tag or "").split("-")]
        if "$" in image or not short.endswith("-base") or len(releases) != 1 or lookup(image) is not None:
            continue
        root = repository_of(folder)
        if not any(
            short in text_inside_repository(os.path.join(root, one), root, _MOST_BYTES) for one in workflows(root)
        ):
            continue
        file = os.path.join(folder, files[releases[0]])
        content = "" if file == full else text_inside_repository(file, root, _MOST_BYTES)
        if content and short not in {short_name(one) for one in references(content)}:
            place = os.path.relpath(file, root).replace(os.sep, "/")
            yield BuiltImage(name=image, path=place, text=content, within=path)


def _behind(name: str, root: str) -> str:
    """Return what the name of an image with an owner has behind that of the repository; "" for another name.

    That of one word, such as `docker`, others have as well.
    """
    own, short = os.path.basename(root), short_name(name)
    return short.removeprefix(f"{own}-") if "/" in name and "-" in own and short.startswith(f"{own}-") else ""
