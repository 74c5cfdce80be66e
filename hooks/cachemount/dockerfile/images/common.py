"""What several base images have in common: one of them it is, and only a build tells which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cachemount.dockerfile.images.model import Account, BaseImage
from cachemount.records import replace
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


def in_common(images: Sequence[BaseImage], distribution: str) -> BaseImage:
    """Return what holds for each of the images; "" as the distribution takes the one that they share."""
    first = images[0]
    shared = distribution or _same([one.distribution for one in images], "unknown")
    return replace(
        first,
        distribution=shared,
        release=_same([one.release for one in images], ""),
        user=_same([one.user for one in images], ""),
        workdir=_same([one.workdir for one in images], None),
        variables=_variables(images),
        accounts=_accounts(images),
        shell=_same([one.shell for one in images], first.shell),
        counted=False,
        listed=False,
        composed=any(one.composed for one in images),
    )


def one_of(images: Sequence[BaseImage]) -> BaseImage:
    """Return what holds for each of several images that are known in full."""
    common = in_common(images, "")
    first = images[0]
    names = ("distribution", "user", "workdir", "variables", "accounts", "shell", "counted", "listed", "composed")
    if all(getattr(one, name) == getattr(first, name) for one in images for name in names):
        # They are alike but for the release: what is counted holds for each.
        return replace(first, release=common.release)
    return common


def _same(values: Sequence[T], otherwise: T) -> T:
    return values[0] if all(value == values[0] for value in values) else otherwise


def _variables(images: Sequence[BaseImage]) -> Mapping[str, str | None]:
    names = dict.fromkeys(name for one in images for name in one.variables)
    return {name: _same([one.variables.get(name) for one in images], None) for name in names}


def _accounts(images: Sequence[BaseImage]) -> Mapping[str, Account]:
    names = dict.fromkeys(name for one in images for name in one.accounts)
    unknown = Account(uid=None, gid=None, home=None)
    return {name: _same([one.accounts.get(name, unknown) for one in images], unknown) for name in names}
