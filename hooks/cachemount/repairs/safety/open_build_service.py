"""Comments that the Open Build Service reads: it builds without a network, from packages that it has put ready.

It takes the first words of a RUN for those of a package manager, where a mount would stand, and builds with podman or
with Docker's former builder: https://github.com/openSUSE/obs-build/blob/master/Build/Docker.pm
"""

from __future__ import annotations

from cachemount import reasons
from cachemount.dockerfile.model import Dockerfile
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import shortened

_DIRECTIVE = late(
    r"!(?:Build(?:Tag|Name|Version|Release|Constraint)|Ex(?:clude|clusive)Arch|Arch(?:Exclusive|Excluded)Line):"
    r"|!(?:UseOBSRepositories|UnorderedRepos|PlusRecommended|NoSquash|ForceMultiVersion)\s*\Z"
)


def of_open_build_service(dockerfile: Dockerfile) -> Withheld | None:
    """Return the reason not to change a file that the Open Build Service builds; None where no comment is for it."""
    for comment in dockerfile.comments:
        if _DIRECTIVE.match(comment.text):
            line = dockerfile.source.position(comment.span.start).line
            return reasons.OPEN_BUILD_SERVICE.about(line=line, words=shortened(comment.text))
    return None
