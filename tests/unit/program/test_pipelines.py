"""Dockerfiles that a pipeline builds by the classic builder."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal

BITBUCKET = "pipelines:\n  default:\n  - step:\n      script:\n      - docker build -t x:$BITBUCKET_COMMIT app\n"
GITLAB = """build:
  image: docker:20.10.16
  services:
    - docker:20.10.16-dind
  script:
    - docker build -t "$CI_REGISTRY_IMAGE:latest" -f app/Dockerfile .
"""
NAMED = GITLAB.replace("image: docker:20.10.16", "image:\n    name: docker:19.03")
VARIABLE = 'variables:\n  VERSION: "20.10"\n' + GITLAB.replace(
    "docker:20.10.16\n  services", "docker:${VERSION}-git\n  services"
)
JENKINS = """pipeline {
  agent { docker { image 'docker:19.03' } }
  stages { stage('build') { steps { sh 'docker build -t x app' } } }
}
"""
TEMPLATE = "podTemplate(containers: [containerTemplate(name: 'docker', image: 'docker:17.12', ttyEnabled: true)])"
BUILDAH = "build:\n  image: quay.io/buildah/stable:v1.23.1\n  script:\n  - buildah bud -t x app\n"
TRAVIS = "dist: bionic\nservices: docker\nscript:\n- docker build -t x app\n"
CIRCLE = """jobs:
  build:
    docker:
    - image: circleci/python:3.8
    steps:
    - setup_remote_docker
    - run: docker build -t x app
"""


def refused(root: Path, name: str, text: str) -> str | None:
    """Return the refusal of app/Dockerfile in a repository with this pipeline."""
    (root / ".git").mkdir()
    for one in (name, "app/Dockerfile"):
        (root / one).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    return refusal(str(root / "app" / "Dockerfile"), Config())


@pytest.mark.parametrize(
    ("name", "text", "sign"),
    [
        ("bitbucket-pipelines.yml", BITBUCKET, "docker build without DOCKER_BUILDKIT=1"),
        (".gitlab-ci.yml", GITLAB, "docker build by Docker 20"),
        (".gitlab/ci/images.yml", GITLAB, "docker build by Docker 20"),
        (".gitlab-ci.yml", NAMED, "docker build by Docker 19"),
        (".gitlab-ci.yml", GITLAB.replace("image: docker", "image: registry.test/library/docker"), "by Docker 20"),
        (".gitlab-ci.yml", GITLAB.replace("docker:20.10.16\n  services", "docker:stable\n  services"), "by Docker 19"),
        (
            ".gitlab-ci.yml",
            GITLAB.replace("docker:20.10.16\n  services", "docker:stable-git\n  services"),
            "by Docker 19",
        ),
        (".gitlab-ci.yml", GITLAB.replace("image: docker", "image: ${CI_PROXY}/docker"), "by Docker 20"),
        (".gitlab-ci.yml", VARIABLE, "by Docker 20"),
        (
            ".gitlab-ci.yml",
            GITLAB.replace("docker build", "cd app && docker build").replace("app/D", "D"),
            "by Docker 20",
        ),
        (
            ".gitlab-ci.yml",
            GITLAB.replace("app/Dockerfile .", "$NAME/Dockerfile $NAME") + "  variables: {NAME: app}\n",
            "",
        ),
        ("Jenkinsfile", JENKINS, "by Docker 19"),
        (".gitlab-ci.yml", BUILDAH, "an image of an old buildah or podman"),
        (".gitlab-ci.yml", BUILDAH.replace("buildah bud", "cd app; buildah bud").replace(" app\n", " .\n"), "buildah"),
        ("Jenkinsfile", JENKINS.replace("agent { docker { image 'docker:19.03' } }", TEMPLATE), "by Docker 17"),
        ("Jenkinsfile", JENKINS.replace("sh 'docker build -t x app'", 'docker.build("x", "app")'), "by Docker 19"),
        (".travis.yml", TRAVIS, "by Docker 18 of Travis's bionic"),
        (".circleci/config.yml", CIRCLE, "in an image of CircleCI from before 2022"),
        (".drone.yml", "steps:\n- image: docker:20-cli\n  commands:\n  - docker build app\n", "by Docker 20"),
    ],
)
def test_a_pipeline_with_the_classic_builder(tmp_path: Path, name: str, text: str, sign: str) -> None:
    found = refused(tmp_path, name, text)
    assert found is not None
    assert f"{name} shows a builder that refuses such mounts (" in found
    assert sign in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bitbucket-pipelines.yml", BITBUCKET.replace("- docker", "- export DOCKER_BUILDKIT=1\n      - docker")),
        ("bitbucket-pipelines.yml", BITBUCKET.replace(" app\n", " other\n")),
        (".gitlab-ci.yml", GITLAB.replace("docker:20.10.16\n  services", "docker:27\n  services")),
        (".gitlab-ci.yml", GITLAB.replace("docker:20.10.16\n  services", "docker:latest\n  services")),
        (
            ".gitlab-ci.yml",
            GITLAB.replace(
                "docker:20.10.16\n  services", "docker:20.10\n  variables: {DOCKER_BUILDKIT: 1}\n  services"
            ),
        ),
        (".gitlab-ci.yml", VARIABLE.replace('"20.10"', '"27"')),
        (".gitlab-ci.yml", GITLAB.replace("app/Dockerfile .", "$NAME/Dockerfile $NAME") + "  variables: {NAME: web}\n"),
        (".gitlab-ci.yml", GITLAB.replace("app/Dockerfile .", "$NAME/Dockerfile $NAME") + "# app\n"),
        (".gitlab-ci.yml", VARIABLE.replace("  VERSION:", "  OTHER:")),
        (".gitlab-ci.yml", BUILDAH.replace("1.23.1", "1.29")),
        (".gitlab-ci.yml", BUILDAH.replace(":v1.23.1", "")),
        (".gitlab-ci.yml", BUILDAH.replace(" app\n", " web\n")),
        ("Jenkinsfile", JENKINS.replace("19.03", "28")),
        ("Jenkinsfile", JENKINS.replace("{ docker { image 'docker:19.03' } }", "any")),
        ("Jenkinsfile", JENKINS.replace("-t x app", "-t x web")),
        ("Jenkinsfile", JENKINS.replace("sh 'docker build -t x app'", 'docker.build("x")')),
        (".travis.yml", TRAVIS.replace("bionic", "focal")),
        (".travis.yml", TRAVIS.replace("dist: bionic\n", "")),
        (".travis.yml", TRAVIS + "addons: {apt: {packages: [docker-ce]}}\n"),
        (".travis.yml", TRAVIS + "jobs:\n  include:\n  - dist: jammy\n"),
        (".circleci/config.yml", CIRCLE.replace("circleci/python", "cimg/python")),
        (".circleci/config.yml", CIRCLE.replace("    - setup_remote_docker\n", "")),
        (".circleci/config.yml", CIRCLE + "  other:\n    machine: true\n"),
        (".gitlab-ci.yml", GITLAB + "other:\n  image: docker:28\n"),
        (".gitlab-ci.yml", GITLAB.replace("app/Dockerfile", "app/Dockerfile.dev")),
        (".gitlab-ci.yml", "build:\n  script: docker build app\n"),
    ],
)
def test_a_pipeline_with_another_builder_or_file(tmp_path: Path, name: str, text: str) -> None:
    assert refused(tmp_path, name, text) is None


@pytest.mark.parametrize(
    ("main", "text", "is_refused"),
    [
        ("", GITLAB, True),
        ("image: docker:20.10\n", "build:\n  script: docker build -f app/Dockerfile .\n", True),
        ("image: docker:28\n", "build:\n  script: docker build -f app/Dockerfile .\n", False),
        ("variables: {DOCKER_BUILDKIT: 1}\n", GITLAB, False),
    ],
)
def test_a_file_that_a_pipeline_includes(tmp_path: Path, main: str, text: str, is_refused: bool) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(f"{main}include:\n  - local: /ci/build.yml\n", encoding="utf-8")
    found = refused(tmp_path, "ci/build.yml", text)
    assert (found is not None) == is_refused
    assert found is None or found.startswith("ci/build.yml shows a builder")
