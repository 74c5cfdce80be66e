"""The images that are named like folders of the repository, each with the Dockerfile in its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import lookup, name_and_tag, short_name, split
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository
from cachemount.program.repository_images import references
from cachemount.source import ANY_TAG, BuiltImage

_MOST_BYTES = 100_000


def named_like_folders(path: str, text: str) -> tuple[BuiltImage, ...]:
    """Return the images of a Dockerfile's FROM that folders of the repository have the names of."""
    return (*_beside(path, text), *_with_tags(path, text))


def _with_tags(path: str, text: str) -> Iterator[BuiltImage]:
    """Yield the images whose name and tag are those of one folder: `ghcr.io/team/go:1.26` of `images/go-1.26`.

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
        places = [os.path.join(one, f"{short}-{tag}", "Dockerfile") for one in near]
        found = [(one, text_inside_repository(one, root, _MOST_BYTES)) for one in places if one != full]
        known = [(one, content) for one, content in found if content]
        if len(known) == 1:
            file, content = known[0]
            place = os.path.relpath(file, root).replace(os.sep, "/")
            yield BuiltImage(name=word, path=place, text=content, within=path)


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


def _behind(name: str, root: str) -> str:
    """Return what the name of an image with an owner has behind that of the repository; "" for another name.

    That of one word, such as `docker`, others have as well.
    """
    own, short = os.path.basename(root), short_name(name)
    return short.removeprefix(f"{own}-") if "/" in name and "-" in own and short.startswith(f"{own}-") else ""
