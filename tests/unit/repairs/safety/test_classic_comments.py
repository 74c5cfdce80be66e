"""Comments that speak of builds by the classic builder."""

from __future__ import annotations

import pytest

from cachemount import engine

MOUNTED = "RUN --mount=type=cache,target=/root/.npm npm ci\n"


def withheld(comment: str, steps: str = "") -> str:
    text = f"FROM python:3.13\n{steps}{comment}\nRUN pip install flask\n"
    (finding,) = engine.check(text).findings
    assert finding.fix is not None
    return finding.fix.withheld


@pytest.mark.parametrize(
    "comment",
    [
        "# Keep this stage first so that legacy remote Docker builders do not build the others.",
        "# The flag is not there: some Compose setups still use the legacy\n# builder.",
        "# It has to build with Docker's classic builder too",
        "# COPY works without BuildKit",
        "# for hosts without BuildKit",
        "# Fallback for legacy Docker builds",
        "# A mount for BuildKit, fallback for legacy builds",
        "# BuildKit is not required; nothing below needs it.",
        "# The syntax is simple so that Docker BuildKit is optional.",
    ],
)
def test_a_build_by_the_classic_builder(comment: str) -> None:
    assert "speaks of builds without BuildKit" in withheld(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "# It does not build with the legacy builder.",
        "# The classic builder fails here: BuildKit is required",
        "# It won't work without BuildKit.",
        "# requires BuildKit, not the legacy builder",
        "# the legacy image builder of the assets",
        "# the builder stage",
        "# legacy builds of the assets",
    ],
)
def test_other_comments(comment: str) -> None:
    assert withheld(comment) == ""


def test_a_file_with_mounts_is_built_by_another() -> None:
    assert withheld("# for the legacy builder", MOUNTED) == ""
