"""What the files around a Dockerfile tell about it."""

from __future__ import annotations

from cachemount.program.context_files import context_files
from cachemount.program.repository_images import images_around
from cachemount.records import replace
from cachemount.source import Source


def with_surroundings(source: Source, *, with_fixes: bool = True) -> Source:
    """Return a Dockerfile with what its repository tells: arguments of its builds, other images, files of its context.

    Its own text is the one that is given, whatever the file holds. Without `with_fixes`, what only says whether a fix
    is safe may be missing.
    """
    path, text = source.path, source.text
    if "ARG" in text.upper():
        from cachemount.program.build_files import chosen_arguments, given_arguments  # noqa: PLC0415 - rarely needed

        source = replace(source, arguments=given_arguments(path, text), choices=chosen_arguments(path, text))
    if images := images_around(path, text):
        source = replace(source, images=images)
    if context := context_files(path, text, with_fixes=with_fixes):
        source = replace(source, context=context)
    # Its old releases keep one index for all platforms.
    if with_fixes and "alpine" in text and "apk" in text:
        from cachemount.program.platforms import builds_for_platforms  # noqa: PLC0415 - for Alpine alone

        source = replace(source, platforms=True) if builds_for_platforms(path, text) else source
    return source
