"""Images whose apt keeps its settings, by what they are called."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.source import Source

TEXT = "FROM debian:13\nRUN apt-get update && apt-get install -y git\nRUN curl -fsSL https://get.docker.com | sh\n"


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("Dockerfile", False),
        ("docker/Dockerfile", False),
        ("docker/Dockerfile.base", True),
        ("base.Dockerfile", True),
        ("images/python-base/Dockerfile", True),
        ("base/Dockerfile", True),
        (".devcontainer/Dockerfile", True),
        ("ci-runner/Dockerfile", True),
        ("database/Dockerfile", False),
        ("baseline/Dockerfile.web", False),
        ("base/app/Dockerfile", False),
    ],
)
def test_an_image_that_is_called_a_base_keeps_its_settings(path: str, stays: bool) -> None:
    fixed = engine.fix(Source(path=path, text=TEXT))[0].text
    assert ("Dir::Cache::archives=" in fixed) is stays
    assert ("rm -f /etc/apt/apt.conf.d/docker-clean" in fixed) is not stays


def test_without_an_option_the_settings_of_a_base_are_not_changed_safely() -> None:
    text = TEXT.replace("apt-get", "aptitude")
    assert engine.fix(Source(path="Dockerfile.base", text=text))[0].text == text
    assert engine.fix(Source(path="Dockerfile.web", text=text))[0].text != text
