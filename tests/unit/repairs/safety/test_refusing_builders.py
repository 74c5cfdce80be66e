"""Whether a builder that is shown may refuse new mounts in a Dockerfile."""

from __future__ import annotations

import pytest

from cachemount import engine, reasons
from cachemount.policy.model import Config
from cachemount.reasons import Withheld
from cachemount.source import Source

CLASSIC = reasons.REFUSED_MOUNTS.about(name="x", sign="y", way_out="z")
RAILWAY = reasons.REFUSED_WITHOUT_ID.about(name="x")
IGNORED = reasons.IGNORED_MOUNTS.about(name="x", builder="kaniko")
START = "FROM python:3.13\nRUN pip install flask\n"


@pytest.mark.parametrize(
    ("more", "refusal", "is_safe"),
    [
        ("", CLASSIC, False),
        ("RUN --mount=type=cache,target=/x ls\n", CLASSIC, True),
        # Only BuildKit takes heredocs.
        ("RUN <<EOF\nls\nEOF\n", CLASSIC, True),
        ("COPY <<EOF /x\nls\nEOF\n", CLASSIC, True),
        ("RUN <<EOF\nls\nEOF\n", RAILWAY, False),
        ("RUN bash -c 'cat <<< x'\n", CLASSIC, False),
    ],
)
def test_what_the_file_has_shows_that_it_takes_them(more: str, refusal: Withheld, is_safe: bool) -> None:
    fixed, _report = engine.fix(Source(path="Dockerfile", text=START + more), Config(refusal=refusal))
    assert (fixed.text != START + more) == is_safe


@pytest.mark.parametrize(
    ("step", "is_safe"),
    [
        ("pip install flask", True),
        # What it leaves in the image of a builder that ignores the mount is more than before.
        ("pip install --no-cache-dir flask", False),
        ("pip install flask && rm -rf /root/.cache/pip", False),
        ("apt-get update && apt-get install -y git", False),
        ("--mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir flask", False),
        ("--mount=type=cache,target=/root/.cache/pip pip install flask && rm -rf /root/.cache/pip", False),
        ("--mount=type=cache,target=/var/cache/pip pip install flask", True),
    ],
)
def test_mounts_alone_change_nothing_where_they_are_ignored(step: str, is_safe: bool) -> None:
    text = f"FROM python:3.13\nRUN {step}\n"
    fixed, _report = engine.fix(Source(path="Dockerfile", text=text), Config(refusal=IGNORED))
    assert (fixed.text != text) == is_safe
