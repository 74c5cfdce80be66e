"""Docker's hardened images. Those to build with are root's and have "dev" in the tag; the others have no shell.

They are made of Debian's packages by the catalog's files, none of which writes docker-clean.
"""

from __future__ import annotations

from cachemount.dockerfile.images.model import BaseImage, account

_CATALOG = "https://github.com/docker-hardened-images/catalog/tree/main/image"
_DEV = r"(?:^|-)dev(?:-|$)"
_NODE = {"node": account(1000, 1000, None)}
_NONROOT = {"nonroot": account(65532, 65532, None)}

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(
        pattern=r"dhi\.io/golang",
        tag=_DEV,
        distribution="debian",
        composed=True,
        workdir="/go",
        variables={"GOPATH": "/go"},
        accounts=_NONROOT,
        source=_CATALOG + "/golang",
    ),
    BaseImage(
        pattern=r"dhi\.io/ruby",
        tag=_DEV,
        distribution="debian",
        composed=True,
        workdir=None,
        variables={"GEM_HOME": "/usr/local/bundle", "BUNDLE_APP_CONFIG": "/usr/local/bundle"},
        accounts=_NONROOT,
        source=_CATALOG + "/ruby",
    ),
    BaseImage(
        pattern=r"dhi\.io/node",
        tag=_DEV,
        distribution="debian",
        composed=True,
        workdir="/app",
        accounts=_NODE,
        source=_CATALOG + "/node",
    ),
    # Cargo is in /usr/local/bin, and what it keeps where it is by default.
    BaseImage(
        pattern=r"dhi\.io/(?:rust|maven)",
        tag=_DEV,
        distribution="debian",
        composed=True,
        workdir="/build",
        accounts=_NONROOT,
        source=_CATALOG + "/rust",
    ),
    BaseImage(
        pattern=r"dhi\.io/python",
        tag=_DEV,
        distribution="debian",
        composed=True,
        workdir=None,
        accounts=_NONROOT,
        source=_CATALOG + "/python",
    ),
    # An organization has those that it mirrors with "dhi-" in front of the name.
    BaseImage(
        pattern=r"dhi\.io/alpine-base|.*/dhi-alpine-base",
        tag=_DEV,
        distribution="alpine",
        tagged=True,
        workdir=None,
        accounts=_NONROOT,
        source=_CATALOG + "/alpine-base",
    ),
    BaseImage(
        pattern=r"dhi\.io/(?:golang|ruby|node|rust|python|maven)",
        distribution="debian",
        composed=True,
        user="",
        workdir=None,
        source=_CATALOG,
    ),
)
