from __future__ import annotations

import re

import pytest

from cachemount.dockerfile.images import table
from cachemount.dockerfile.images.lookup import _TABLE_OF, fitting, lookup, split

IMAGES = table()

DISTRIBUTIONS = {
    *("debian", "ubuntu", "alpine", "fedora", "rhel", "suse", "arch", "photon", "azurelinux", "wolfi", "windows"),
    "unknown",
}


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("python", ("python", "")),
        ("docker.io/library/Python:3.12", ("python", "3.12")),
        ("index.docker.io/library/python", ("python", "")),
        ("public.ecr.aws/docker/library/node:20", ("node", "20")),
        ("arm64v8/alpine:3.19", ("alpine", "3.19")),
        ("winamd64/python:3.12", ("python", "3.12")),
        ("python:3@sha256:00ff", ("python", "3")),
        ("localhost:5000/team/app", ("localhost:5000/team/app", "")),
        ("localhost:5000/team/app:1", ("localhost:5000/team/app", "1")),
        ("amd64/tool/x", ("amd64/tool/x", "")),
        ("harbor.example.org/dockerhub/rust:latest", ("rust", "latest")),
        ("a.example:5000/mirrors/docker-hub/library/rust:1", ("rust", "1")),
        ("a.example/docker.io/clux/muslrust", ("clux/muslrust", "")),
        ("1.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/node:20", ("node", "20")),
        ("gitlab.example/team/dependency_proxy/containers/ruby:3", ("ruby", "3")),
        ("a.example/proxy/library/rust", ("rust", "")),
        # The project that Harbor begins with, where a team has its own images too.
        ("a.example/library/rust", ("a.example/rust", "")),
        ("a.example/dockerhub-tools/rust", ("a.example/dockerhub-tools/rust", "")),
        ("a.example/team/rust", ("a.example/team/rust", "")),
        ("dockerhub/rust", ("dockerhub/rust", "")),
    ],
)
def test_split(reference: str, expected: tuple[str, str]) -> None:
    assert split(reference) == expected


@pytest.mark.parametrize(
    ("reference", "distribution", "release"),
    [
        ("fedora:41", "fedora", "41"),
        ("ros:jazzy-ros-base", "ubuntu", "noble"),
        ("osrf/ros:humble-desktop-full", "ubuntu", "jammy"),
        ("ros:rolling", "ubuntu", ""),
        ("clux/muslrust:stable", "ubuntu", ""),
        ("debian:stable-slim", "debian", "stable"),
        ("ghcr.io/railwayapp/nixpacks:ubuntu-1745885067", "ubuntu", ""),
        ("rocm/dev-ubuntu-24.04:6.4", "ubuntu", ""),
        ("quay.io/evl.ms/fullstaq-ruby:3.4-jemalloc-bookworm-slim", "debian", "bookworm"),
        ("fluent/fluentd:v1.16-debian-1", "debian", ""),
        ("fluent/fluentd:v1.16-debian-forward-amd64-1", "debian", ""),
        ("fluent/fluentd:v1.16-1", "unknown", ""),
        ("gcr.io/distroless/base:debian-12", "debian", "12"),
        ("ghcr.io/osgeo/gdal:alpine-small-3.9.1", "alpine", ""),
        ("ghcr.io/prefix-dev/pixi:0.40.0-noble", "ubuntu", "noble"),
        ("ghcr.io/cross-rs/aarch64-unknown-linux-gnu:main", "ubuntu", ""),
        ("cgr.dev/chainguard/node:latest-dev", "wolfi", ""),
        ("dunglas/frankenphp:1-php8.4-alpine", "alpine", ""),
        ("dhi.io/python:3.13-dev", "debian", ""),
        ("dhi.io/node:22-alpine3.22-dev", "alpine", "3.22"),
        ("dhi.io/alpine-base:3.23-dev", "alpine", "3.23"),
        ("ghcr.io/company/dhi-alpine-base:3.23-dev-2026-04-18", "alpine", "3.23"),
        ("messense/rust-musl-cross:x86_64-musl", "ubuntu", ""),
        ("mcr.microsoft.com/openjdk/jdk:21-ubuntu", "ubuntu", ""),
        ("mcr.microsoft.com/openjdk/jdk:21-azurelinux", "azurelinux", ""),
        ("registry.fedoraproject.org/fedora:rawhide", "fedora", ""),
        ("centos:7", "rhel", "7"),
        ("centos:centos7", "rhel", "7"),
        ("quay.io/centos/centos:stream9", "rhel", "9"),
        ("quay.io/rockylinux/rockylinux:8.10.20240528-ubi", "rhel", "8.10.20240528"),
        ("quay.io/almalinuxorg/almalinux:9", "rhel", "9"),
        ("quay.io/almalinuxorg/9-minimal", "rhel", "9"),
        ("almalinux/8-init:latest", "rhel", "8"),
        ("quay.io/pypa/manylinux2014_x86_64", "rhel", "7"),
        ("quay.io/pypa/manylinux_2_28_aarch64:2025.08.02-1", "rhel", "8"),
        ("quay.io/pypa/musllinux_1_2_x86_64:latest", "alpine", ""),
        ("registry.suse.com/bci/golang:1.26", "suse", ""),
        ("rockylinux:9.3", "rhel", "9.3"),
        ("registry.access.redhat.com/ubi8/ubi-minimal:8.9", "rhel", "8.9"),
        ("registry.access.redhat.com/ubi9/ubi", "rhel", "9"),
        ("amazonlinux:2023", "rhel", "2023"),
        ("debian:bookworm-slim", "debian", "bookworm"),
        ("debian:12", "debian", "12"),
        ("ubuntu:22.04", "ubuntu", "22.04"),
        ("ubuntu:jammy-20240111", "ubuntu", "jammy"),
        ("alpine:3.19", "alpine", "3.19"),
        ("alpine:edge", "alpine", "edge"),
        ("python:3.12", "debian", ""),
        ("python:3.12-slim-bookworm", "debian", "bookworm"),
        ("python:3.12-alpine3.19", "alpine", "3.19"),
        ("python:3.12-alpine", "alpine", ""),
        ("python:3.12-windowsservercore-ltsc2022", "windows", "2022"),
        ("golang:1.22-windowsservercore", "windows", ""),
        ("nvidia/cuda:12.2.0-devel-ubuntu22.04", "ubuntu", "22.04"),
        ("nvidia/cuda:11.8.0-base-ubi8", "rhel", "8"),
        ("nvidia/cuda:11.8.0-base-rockylinux8", "rhel", "8"),
        ("nvidia/cuda:10.2-devel-centos7", "rhel", "7"),
        ("mcr.microsoft.com/dotnet/sdk:8.0", "debian", ""),
        ("mcr.microsoft.com/dotnet/sdk:8.0-jammy", "ubuntu", "jammy"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-azurelinux3.0", "azurelinux", "3.0"),
        ("mcr.microsoft.com/dotnet/sdk:6.0-cbl-mariner2.0", "azurelinux", "2.0"),
        ("mcr.microsoft.com/dotnet/framework/sdk:4.8", "windows", ""),
        ("microsoft/aspnetcore-build:2.0", "debian", ""),
        ("microsoft/dotnet:2.1-sdk", "debian", ""),
        ("microsoft/dotnet-framework:4.7.2-sdk", "windows", ""),
        ("mcr.microsoft.com/azurelinux/base/core:3.0", "azurelinux", "3.0"),
        ("maven:3.9-eclipse-temurin-21", "ubuntu", ""),
        ("maven:3.9-amazoncorretto-21", "rhel", ""),
        ("maven:3.9-amazoncorretto-21-debian", "debian", ""),
        ("maven:3.9-eclipse-temurin-21-alpine", "alpine", ""),
        ("openjdk:8", "debian", ""),
        ("openjdk:17", "rhel", ""),
        ("openjdk:17-slim", "debian", ""),
        ("openjdk:17-jdk-slim-bullseye", "debian", "bullseye"),
        ("hexpm/elixir:1.16.0-erlang-26.2-alpine-3.19.0", "alpine", "3.19.0"),
        ("hexpm/elixir:1.16.0-erlang-26.2-debian-bookworm-20240130", "debian", "bookworm"),
        ("swift:5.9", "ubuntu", ""),
        ("ghcr.io/astral-sh/uv:python3.12-alpine", "alpine", ""),
        ("opensuse/leap:15.5", "suse", "15.5"),
        ("photon:5.0", "photon", "5.0"),
        ("archlinux:latest", "arch", ""),
        ("cgr.dev/chainguard/wolfi-base", "wolfi", ""),
        ("us-docker.pkg.dev/acme/pull-through/acme/chainguard-base@sha256:6806", "wolfi", ""),
        ("mysql:8", "unknown", ""),
    ],
)
def test_distribution(reference: str, distribution: str, release: str) -> None:
    image = lookup(reference)
    assert image is not None
    assert (image.distribution, image.release) == (distribution, release)


@pytest.mark.parametrize(
    ("reference", "user", "uid", "gid", "home"),
    [
        ("python:3", "root", 0, 0, "/root"),
        ("golang", "root", 0, 0, "/root"),
        ("jupyter/base-notebook", "jovyan", 1000, 100, "/home/jovyan"),
        ("mambaorg/micromamba:1.5", "mambauser", 57439, 57439, "/home/mambauser"),
        ("cimg/python:3.12", "circleci", 1001, 1002, "/home/circleci"),
        ("circleci/node:16", "circleci", 3434, 3434, "/home/circleci"),
        ("jenkins/jenkins:lts", "jenkins", 1000, 1000, "/var/jenkins_home"),
        ("jenkins/inbound-agent", "", None, None, None),
        ("gcr.io/distroless/base:nonroot", "nonroot", 65532, 65532, "/home/nonroot"),
        ("gcr.io/distroless/base", "root", 0, 0, "/root"),
        ("bitnami/python", "", None, None, None),
        ("apache/airflow:2.10.0", "airflow", 50000, 0, "/home/airflow"),
        ("ghcr.io/puppeteer/puppeteer:24", "pptruser", 10042, None, "/home/pptruser"),
        ("docker.n8n.io/n8nio/n8n", "", None, None, None),
        ("odoo:18", "", None, None, None),
        ("docker.elastic.co/elasticsearch/elasticsearch:9.0.0", "", None, None, None),
        ("bitnami/minideb:bookworm", "root", 0, 0, "/root"),
        ("gradle:5.1-jdk8", "", None, None, None),
        ("gradle:8.5-jdk21", "root", 0, 0, "/root"),
        ("mcr.microsoft.com/azure-functions/python:4", "root", 0, 0, "/home"),
        ("ghcr.io/livebook-dev/livebook:latest", "root", 0, 0, "/home/livebook"),
        ("livebook/livebook:0.14.5", "root", 0, 0, "/home/livebook"),
        ("pangeo/pangeo-notebook:2024.01.15", "jovyan", 1000, 1000, "/home/jovyan"),
        ("glcr.b-data.ch/jupyterlab/r/verse:4.4.2", "jovyan", 1000, 100, "/home/jovyan"),
        ("confluentinc/cp-kafka-connect-base:7.9.0", "appuser", 1000, 1000, "/home/appuser"),
        ("mathworks/matlab:r2024b", "matlab", None, None, "/home/matlab"),
        ("dhi.io/python:3.13-dev", "root", 0, 0, "/root"),
        ("dhi.io/node:22-alpine3.22-dev", "root", 0, 0, "/root"),
        ("dhi.io/golang:1.25-dev", "root", 0, 0, "/root"),
        ("dhi.io/golang:1.25", "", None, None, None),
        ("dhi.io/python:3.13", "", None, None, None),
        ("ubi8/python-39", "1001", None, None, "/opt/app-root/src"),
    ],
)
def test_user(reference: str, user: str, uid: int | None, gid: int | None, home: str | None) -> None:
    image = lookup(reference)
    assert image is not None
    assert (image.user, image.uid, image.gid, image.home) == (user, uid, gid, home)


@pytest.mark.parametrize(
    ("reference", "name", "value"),
    [
        ("golang:1.22", "GOPATH", "/go"),
        ("rust:1-alpine", "CARGO_HOME", "/usr/local/cargo"),
        ("ruby:3.3", "GEM_HOME", "/usr/local/bundle"),
        ("dhi.io/ruby:3.4-dev", "GEM_HOME", "/usr/local/bundle"),
        ("dhi.io/golang:1.26-alpine3.23-sfw-ent-dev", "GOPATH", "/go"),
        ("composer:2", "COMPOSER_HOME", "/tmp"),
        ("php:8.3-fpm", "PHPIZE_DEPS", "autoconf dpkg-dev file g++ gcc libc-dev make pkg-config re2c"),
        ("php:8.3-fpm-alpine", "PHPIZE_DEPS", "autoconf dpkg-dev dpkg file g++ gcc libc-dev make pkgconf re2c"),
        ("denoland/deno:2.0", "DENO_DIR", "/deno-dir/"),
        ("maven:3-openjdk-8", "MAVEN_CONFIG", "/root/.m2"),
        ("mcr.microsoft.com/dotnet/sdk:9.0", "APP_UID", "1654"),
    ],
)
def test_variable(reference: str, name: str, value: str) -> None:
    image = lookup(reference)
    assert image is not None
    assert image.variables[name] == value


@pytest.mark.parametrize(
    "reference",
    ["scratch", "company/app", "dhi.io/company:1-dev", "localhost:5000/python", "ghcr.io/company/python", ""],
)
def test_not_known(reference: str) -> None:
    assert lookup(reference) is None


@pytest.mark.parametrize("name", _TABLE_OF)
def test_a_name_of_one_table_is_in_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = fitting(name)
    assert found
    monkeypatch.delitem(_TABLE_OF, name)
    assert fitting(name) == found


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.pattern[:40] + image.tag)
def test_entry(image: object) -> None:
    found = next(one for one in IMAGES if one is image)
    re.compile(found.pattern)
    re.compile(found.tag)
    assert found.distribution in DISTRIBUTIONS
    assert "https://" in found.source or "unchecked" in found.source
    assert found.user in ("", "root") or found.user in found.accounts or found.user.isdigit()
