"""What official and widely used base images set, as far as a package manager's cache depends on it.

The facts are those of the images' own Dockerfiles; `source` names where. Where a tag decides the distribution, `-alpine` and its
like win over the entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cachemount.dockerfile.accounts import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImage:
    """`pattern` is matched in full on the name without registry `docker.io/library/` and without tag. `release` comes from the tag."""

    pattern: str
    distribution: str
    source: str
    release: str = ""
    user: str = "root"
    variables: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    shell: tuple[str, ...] = ("/bin/sh", "-c")


def _account(uid: int, gid: int, home: str) -> Account:
    return Account(uid=uid, gid=gid, home=home)


_LIBRARY = "https://github.com/docker-library/"
_RELEASE = re.compile(r"^(?:v)?(\d+(?:\.\d+)*)|\b(?:fc|el|ubi)(\d+)")

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(pattern=r"alpine|alpine/.*|.*/alpine|frolvlad/alpine-.*|gliderlabs/alpine|nimmis/alpine.*", distribution="alpine", source="https://hub.docker.com/_/alpine"),
    BaseImage(pattern="almalinux|almalinux/.*", distribution="rhel", source="https://hub.docker.com/_/almalinux"),
    BaseImage(pattern="amazonlinux|public.ecr.aws/amazonlinux/.*|public.ecr.aws/lambda/.*", distribution="rhel", source="https://hub.docker.com/_/amazonlinux"),
    BaseImage(pattern="archlinux|archlinux/.*|base/archlinux|base/devel", distribution="arch", source="https://hub.docker.com/_/archlinux"),
    BaseImage(pattern="bitnami/.*", distribution="debian", user="", source="https://github.com/bitnami/containers"),
    BaseImage(pattern="buildpack-deps", distribution="debian", source=_LIBRARY + "buildpack-deps"),
    BaseImage(pattern="(centos|centos/.*|quay.io/centos/.*)", distribution="rhel", source="https://hub.docker.com/_/centos"),
    BaseImage(
        pattern="(cgr.dev/.*|chainguard/.*)", distribution="wolfi", user="nonroot", source="https://edu.chainguard.dev/",
        accounts={"nonroot": _account(65532, 65532, "/home/nonroot")},
    ),
    BaseImage(
        pattern="circleci/.*", distribution="debian", user="circleci", source="https://github.com/circleci/circleci-images",
        accounts={"circleci": _account(3434, 3434, "/home/circleci")},
    ),
    BaseImage(
        pattern="cimg/.*", distribution="ubuntu", user="circleci", source="https://github.com/CircleCI-Public/cimg-base",
        accounts={"circleci": _account(1001, 1002, "/home/circleci")},
    ),
    BaseImage(
        pattern="composer|composer/composer", distribution="alpine", source="https://github.com/composer/docker",
        variables={"COMPOSER_HOME": "/tmp", "COMPOSER_ALLOW_SUPERUSER": "1"},
    ),
    BaseImage(pattern="(continuumio|conda|condaforge)/.*", distribution="debian", variables={"PATH": "/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, source="https://github.com/ContinuumIO/docker-images"),
    BaseImage(pattern="cypress/.*", distribution="debian", source="https://github.com/cypress-io/cypress-docker-images", accounts={"node": _account(1000, 1000, "/home/node")}),
    BaseImage(pattern="dart|google/dart", distribution="debian", source="https://github.com/dart-lang/dart-docker"),
    BaseImage(
        pattern="denoland/deno", distribution="debian", source="https://github.com/denoland/deno_docker",
        variables={"DENO_DIR": "/deno-dir", "DENO_INSTALL_ROOT": "/usr/local"}, accounts={"deno": _account(1993, 1993, "/home/deno")},
    ),
    BaseImage(pattern=r"debian|debian/.*|bitnami/minideb.*|debian-.*|google/debian", distribution="debian", source="https://github.com/debuerreotype/docker-debian-artifacts"),
    BaseImage(pattern="elixir|erlang|hexpm/.*", distribution="debian", source="https://github.com/erlef/docker-elixir"),
    BaseImage(pattern="(fedora|fedora/.*|registry.fedoraproject.org/fedora.*|quay.io/fedora/.*)", distribution="fedora", source="https://hub.docker.com/_/fedora"),
    BaseImage(
        pattern="golang|google/golang|library/golang", distribution="debian", source=_LIBRARY + "golang",
        variables={"GOPATH": "/go"},
    ),
    BaseImage(pattern="gradle", distribution="ubuntu", source="https://github.com/keeganwitt/docker-gradle", accounts={"gradle": _account(1000, 1000, "/home/gradle")}),
    BaseImage(pattern="haskell|julia|perl|r-base|rocker/.*|swift", distribution="debian", source=_LIBRARY),
    BaseImage(pattern="httpd|nginx|redis|mysql|mariadb|postgres|mongo|memcached|rabbitmq|haproxy|wordpress|drupal|tomcat|jetty|elasticsearch|logstash|kibana|cassandra|influxdb|telegraf|nextcloud|solr|neo4j|couchdb|ghost|sonarqube|varnish|traefik", distribution="debian", source=_LIBRARY),
    BaseImage(
        pattern="jenkins|jenkins/jenkins|jenkinsci/.*|jenkins/.*", distribution="debian", user="jenkins", source="https://github.com/jenkinsci/docker",
        accounts={"jenkins": _account(1000, 1000, "/var/jenkins_home")},
    ),
    BaseImage(
        pattern="(quay.io/)?jupyter/.*|jupyterhub/.*", distribution="ubuntu", user="jovyan", source="https://github.com/jupyter/docker-stacks",
        variables={"NB_USER": "jovyan", "NB_UID": "1000", "NB_GID": "100", "HOME": "/home/jovyan", "CONDA_DIR": "/opt/conda", "PATH": "/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        accounts={"jovyan": _account(1000, 100, "/home/jovyan")}, shell=("/bin/bash", "-o", "pipefail", "-c"),
    ),
    BaseImage(
        pattern="mambaorg/micromamba", distribution="debian", user="mambauser", source="https://github.com/mamba-org/micromamba-docker",
        variables={"MAMBA_ROOT_PREFIX": "/opt/conda", "MAMBA_USER": "mambauser"},
        accounts={"mambauser": _account(57439, 57439, "/home/mambauser")}, shell=("/bin/bash", "-o", "pipefail", "-c"),
    ),
    BaseImage(pattern="maven|eclipse-temurin|openjdk|java|adoptopenjdk|amazoncorretto|ibmjava|adoptopenjdk/.*|azul/.*|clojure|groovy", distribution="debian", source="https://github.com/carlossg/docker-maven"),
    BaseImage(pattern="(mcr.microsoft.com/)?(azurelinux|cbl-mariner)/.*", distribution="azurelinux", source="https://mcr.microsoft.com/"),
    BaseImage(
        pattern="(mcr.microsoft.com/dotnet/.*|microsoft/(dotnet|aspnetcore).*)", distribution="debian", source="https://github.com/dotnet/dotnet-docker",
        accounts={"app": _account(1654, 1654, "/home/app")},
    ),
    BaseImage(pattern="mcr.microsoft.com/windows.*|microsoft/(windowsservercore|nanoserver).*", distribution="windows", shell=("cmd", "/S", "/C"), user="", source="https://mcr.microsoft.com/"),
    BaseImage(pattern="mcr.microsoft.com/(vscode/)?devcontainers/.*", distribution="debian", source="https://github.com/devcontainers/images", accounts={"vscode": _account(1000, 1000, "/home/vscode"), "node": _account(1000, 1000, "/home/node")}),
    BaseImage(pattern="mcr.microsoft.com/playwright.*", distribution="ubuntu", source="https://github.com/microsoft/playwright"),
    BaseImage(
        pattern="node|node/.*|library/node|mhart/alpine-node|iojs", distribution="debian", source="https://github.com/nodejs/docker-node",
        accounts={"node": _account(1000, 1000, "/home/node")},
    ),
    BaseImage(pattern="nvidia/.*|nvcr.io/.*|tensorflow/.*|pytorch/(?!pytorch$).*", distribution="ubuntu", source="https://hub.docker.com/r/nvidia/cuda"),
    BaseImage(pattern="ocaml/.*", distribution="debian", user="opam", accounts={"opam": _account(1000, 1000, "/home/opam")}, source="https://github.com/ocurrent/docker-base-images"),
    BaseImage(pattern="opensuse.*|.*/opensuse/.*|registry.suse.com/.*", distribution="suse", source="https://hub.docker.com/u/opensuse"),
    BaseImage(pattern="oraclelinux|oraclelinux/.*", distribution="rhel", source="https://hub.docker.com/_/oraclelinux"),
    BaseImage(pattern="oven/bun", distribution="debian", source="https://github.com/oven-sh/bun", accounts={"bun": _account(1000, 1000, "/home/bun")}),
    BaseImage(pattern="photon", distribution="photon", source="https://hub.docker.com/_/photon"),
    BaseImage(pattern="php|php/.*", distribution="debian", source=_LIBRARY + "php"),
    BaseImage(pattern="phusion/.*", distribution="ubuntu", source="https://github.com/phusion/baseimage-docker"),
    BaseImage(pattern="python|pypy|python/.*|library/python|(ghcr.io/)?astral-sh/uv", distribution="debian", source=_LIBRARY + "python"),
    BaseImage(pattern="rockylinux|rockylinux/.*|(registry.access.redhat.com|registry.redhat.io|redhat)/.*|scientificlinux/.*", distribution="rhel", source="https://catalog.redhat.com/"),
    BaseImage(
        pattern="pytorch/pytorch", distribution="ubuntu", source="https://github.com/pytorch/pytorch/blob/main/Dockerfile",
        variables={"PATH": "/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
    ),
    BaseImage(
        pattern="ruby|rails", distribution="debian", source=_LIBRARY + "ruby",
        variables={"GEM_HOME": "/usr/local/bundle", "BUNDLE_SILENCE_ROOT_WARNING": "1", "BUNDLE_APP_CONFIG": "/usr/local/bundle"},
    ),
    BaseImage(
        pattern="rust|rustlang/rust", distribution="debian", source="https://github.com/rust-lang/docker-rust",
        variables={"CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": "/usr/local/rustup"},
    ),
    BaseImage(pattern="selenium/.*", distribution="ubuntu", user="seluser", accounts={"seluser": _account(1200, 1201, "/home/seluser")}, source="https://github.com/SeleniumHQ/docker-selenium"),
    BaseImage(pattern="ubuntu|ubuntu/.*|ubuntu-.*|ubuntu_.*", distribution="ubuntu", source="https://hub.docker.com/_/ubuntu"),
)  # fmt: skip

_TAGS = (("alpine", "alpine"), ("windowsservercore", "windows"), ("nanoserver", "windows"), ("fedora", "fedora"), ("ubuntu", "ubuntu"), ("jammy", "ubuntu"), ("noble", "ubuntu"), ("focal", "ubuntu"), ("bionic", "ubuntu"), ("ubi", "rhel"), ("centos", "rhel"), ("azurelinux", "azurelinux"))  # fmt: skip


def lookup(reference: str) -> BaseImage | None:
    """The entry for an image reference with its distribution and release decided; None for an image that is not known."""
    name, tag = split(reference)
    for image in IMAGES:
        if re.fullmatch(image.pattern, name):
            break
    else:
        return None
    distribution = image.distribution
    for word, other in _TAGS:
        if word in tag or (word in name.rsplit("/", 1)[-1] and distribution == "debian"):
            distribution = other
            break
    match = _RELEASE.search(tag if distribution == image.distribution else "") or _RELEASE.search(name)
    release = (match[1] or match[2] or "") if match else ""
    shell = ("cmd", "/S", "/C") if distribution == "windows" else image.shell
    return replace(image, distribution=distribution, release=release, shell=shell)


def split(reference: str) -> tuple[str, str]:
    """Name and tag; `docker.io/library/` and its like are left out of the name, a digest out of both."""
    reference = reference.split("@", 1)[0].lower()
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        name, tag = reference, ""
    for prefix in (
        "docker.io/",
        "index.docker.io/",
        "registry.hub.docker.com/",
        "public.ecr.aws/docker/",
        "mirror.gcr.io/",
    ):
        name = name.removeprefix(prefix)
    return name.removeprefix("library/"), tag
