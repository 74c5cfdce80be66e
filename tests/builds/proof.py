"""What a proof is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A Dockerfile that is repaired and built.

    In `dockerfile` and in the files of the build context, the names in `packages` stand for the packages of the first
    build, then for those of the second, then of the third; INDEX is PyPI's address, ADDRESS that of the registries.
    `index` is a regular expression for the addresses where a manager asks what there is. `check` runs in the image, for
    each build.
    """

    name: str
    manager: str
    images: tuple[str, ...]
    dockerfile: str
    files: dict[str, str] = field(default_factory=dict)
    packages: tuple[dict[str, str], dict[str, str], dict[str, str]]
    index: str
    check: tuple[str, str, str]


def each(first: str, second: str, third: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    return {"PACKAGES": first}, {"PACKAGES": second}, {"PACKAGES": third}
