"""Images whose apt keeps its settings, by what they are called."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.source import ContextFile, Source

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
        (".devcontainer/cuda/Dockerfile", True),
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


@pytest.mark.parametrize(
    ("end", "stays"),
    [
        ("", True),
        ('CMD ["/bin/bash", "-l"]\n', True),
        ("CMD sleep infinity\n", True),
        ('ENTRYPOINT ["/mount.sh"]\nCMD ["bash"]\n', True),
        ("ENTRYPOINT []\n", True),
        ('CMD ["nginx", "-g", "daemon off;"]\n', False),
        ('ENTRYPOINT ["/app"]\n', False),
        ('CMD ["bash", "-c", "exec server"]\n', False),
        ("FROM debian:13\nCOPY --from=build /app /app\n", False),
        ('CMD ["bash"]\nFROM build\nCMD ["/app"]\n', False),
        ('CMD ["/app"]\nFROM build\nCMD ["bash"]\n', True),
        ('CMD ["bash"]\nFROM build\nENTRYPOINT ["/app"]\n', False),
        ('CMD ["bash"]\nENTRYPOINT ["/mount.sh"]\nFROM build\nENV A=1\n', True),
    ],
)
def test_an_image_that_starts_a_shell_keeps_its_settings_where_a_readme_speaks_of_images(end: str, stays: bool) -> None:
    text = f"FROM debian:13 AS build\nRUN apt-get update && apt-get install -y git\n{end}"
    readme = ContextFile(path="README.md", text="", of_images=True)
    assert "docker-clean" in engine.fix(Source(path="Dockerfile", text=text))[0].text
    fixed = engine.fix(Source(path="Dockerfile", text=text, context=(readme,)))[0].text
    assert ("Dir::Cache::archives=" in fixed) is stays


def test_an_image_of_a_repository_of_images_keeps_its_settings_whatever_it_starts() -> None:
    text = 'FROM debian:13\nRUN apt-get update && apt-get install -y nginx\nCMD ["nginx"]\n'
    readme = ContextFile(path="README.md", text="Docker images for projects", of_images=True)
    assert "Dir::Cache::archives=" in engine.fix(Source(path="Dockerfile", text=text, context=(readme,)))[0].text


@pytest.mark.parametrize(("name", "stays"), [("devcontainer", True), ("team-workspace", True), ("builder", False)])
def test_a_stage_that_is_called_a_workspace_keeps_the_settings_of_what_it_is_built_on(name: str, stays: bool) -> None:
    text = f"FROM debian:13 AS base\nRUN apt-get update && apt-get install -y git\nFROM base AS {name}\nFROM base\n"
    assert ("Dir::Cache::archives=" in engine.fix(Source(path="Dockerfile", text=text))[0].text) is stays
