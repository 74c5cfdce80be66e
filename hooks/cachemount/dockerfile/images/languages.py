"""Images of a language with its package manager."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BASH, UNCHECKED, BaseImage, account

_LIBRARY = "https://github.com/docker-library/"
_GEMS = {
    "GEM_HOME": "/usr/local/bundle",
    "BUNDLE_SILENCE_ROOT_WARNING": "1",
    "BUNDLE_APP_CONFIG": "/usr/local/bundle",
}
_CARGO = {"CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": "/usr/local/rustup"}
_CONDA = "/opt/conda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NODE = {"node": account(1000, 1000, "/home/node")}

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(pattern="buildpack-deps|gcc|perl|haxe", distribution="debian", workdir=None, source=_LIBRARY),
    BaseImage(
        pattern="golang|golangci/golangci-lint",
        distribution="debian",
        workdir="/go",
        variables={"GOPATH": "/go"},
        source=_LIBRARY + "golang",
    ),
    BaseImage(
        pattern="caddy",
        tag="builder",
        distribution="alpine",
        workdir="/usr/bin",
        variables={"GOPATH": "/go"},
        source="https://github.com/caddyserver/caddy-docker",
    ),
    BaseImage(
        pattern="google/golang",
        distribution="debian",
        workdir=None,
        variables={"GOPATH": "/gopath"},
        source=UNCHECKED,
    ),
    BaseImage(
        pattern="node|node/.*|iojs",
        distribution="debian",
        accounts=_NODE,
        source="https://github.com/nodejs/docker-node",
    ),
    BaseImage(pattern="mhart/alpine-node", distribution="alpine", source="https://github.com/mhart/alpine-node"),
    BaseImage(
        pattern="imbios/bun-node",
        distribution="debian",
        workdir="/home/bun/app",
        accounts={**_NODE, "bun": account(1001, 1001, "/home/bun")},
        source="https://github.com/ImBIOS/bun-node/tree/main/src/base",
    ),
    BaseImage(
        pattern="cypress/.*",
        distribution="debian",
        workdir=None,
        accounts=_NODE,
        source="https://github.com/cypress-io/cypress-docker-images",
    ),
    BaseImage(
        pattern="oven/bun",
        distribution="debian",
        workdir="/home/bun/app",
        accounts={"bun": account(1000, 1000, "/home/bun")},
        source="https://github.com/oven-sh/bun/tree/main/dockerhub",
    ),
    BaseImage(
        pattern="denoland/deno",
        tag="alpine",
        distribution="alpine",
        variables={"DENO_DIR": "/deno-dir/", "DENO_INSTALL_ROOT": "/usr/local"},
        accounts={"deno": account(1000, 1000, "/home/deno")},
        source="https://github.com/denoland/deno_docker",
    ),
    BaseImage(
        pattern="denoland/deno",
        distribution="debian",
        variables={"DENO_DIR": "/deno-dir/", "DENO_INSTALL_ROOT": "/usr/local"},
        accounts={"deno": account(1993, 1993, "/home/deno")},
        source="https://github.com/denoland/deno_docker",
    ),
    BaseImage(pattern="python|python/.*|pypy", distribution="debian", source=_LIBRARY + "python"),
    BaseImage(
        pattern=r"(ghcr\.io/)?astral-sh/uv|astral/uv",
        distribution="debian",
        variables={"UV_TOOL_BIN_DIR": "/usr/local/bin"},
        source="https://github.com/astral-sh/uv; " + UNCHECKED,
    ),
    # It begins with python:…-slim, whose first new account has the number 1000.
    BaseImage(
        pattern=r"mitodl/ol-python-base",
        distribution="debian",
        workdir="/src",
        variables={"UV_CACHE_DIR": "/opt/uv-cache", "UV_PROJECT_ENVIRONMENT": "/opt/venv"},
        accounts={"mitodl": account(1000, 1000, "/home/mitodl")},
        source="https://github.com/mitodl/ol-infrastructure/blob/main/dockerfiles/ol-python-base/Dockerfile",
    ),
    BaseImage(
        pattern=r"tiangolo/(uwsgi-nginx|uvicorn|meinheld|nginx)[\w-]*",
        distribution="debian",
        workdir="/app",
        source="https://github.com/tiangolo/uwsgi-nginx-docker; " + UNCHECKED,
    ),
    BaseImage(
        pattern="continuumio/(mini|ana)conda[23]?",
        distribution="debian",
        variables={"PATH": _CONDA},
        source="https://github.com/anaconda/docker-images",
    ),
    BaseImage(
        pattern=r"(quay\.io/)?condaforge/(miniforge|mambaforge).*",
        distribution="ubuntu",
        variables={"CONDA_DIR": "/opt/conda", "PATH": _CONDA},
        source="https://github.com/conda-forge/miniforge-images",
    ),
    BaseImage(pattern="conda/(mini|ana)conda[23]", distribution="debian", workdir=None, source=UNCHECKED),
    # SHELL is a script of its own, which hands the text to bash in the environment "base".
    BaseImage(
        pattern=r"(ghcr\.io/)?mamba-?org/micromamba",
        distribution="debian",
        user="mambauser",
        workdir="/tmp",
        variables={"MAMBA_ROOT_PREFIX": "/opt/conda", "MAMBA_USER": "mambauser", "ENV_NAME": "base"},
        accounts={"mambauser": account(57439, 57439, "/home/mambauser")},
        shell=BASH,
        source="https://github.com/mamba-org/micromamba-docker",
    ),
    BaseImage(
        pattern=r"(quay\.io/)?jupyter/[\w-]*-(notebook|foundation)|jupyterhub/singleuser",
        distribution="ubuntu",
        user="jovyan",
        workdir="/home/jovyan",
        variables={
            "NB_USER": "jovyan",
            "NB_UID": "1000",
            "NB_GID": "100",
            "HOME": "/home/jovyan",
            "CONDA_DIR": "/opt/conda",
            "PATH": _CONDA,
        },
        accounts={"jovyan": account(1000, 100, "/home/jovyan")},
        shell=BASH,
        source="https://github.com/jupyter/docker-stacks",
    ),
    BaseImage(
        pattern="jupyterhub/jupyterhub",
        distribution="ubuntu",
        workdir=None,
        source="https://github.com/jupyterhub/jupyterhub; " + UNCHECKED,
    ),
    BaseImage(
        pattern="pytorch/pytorch",
        distribution="ubuntu",
        workdir="/workspace",
        variables={"PATH": _CONDA},
        source="https://github.com/pytorch/pytorch/blob/main/Dockerfile",
    ),
    # Its hook docker-clean stays; what is in /var/cache/apt is removed.
    BaseImage(
        pattern=r"quay\.io/evl\.ms/fullstaq-ruby",
        distribution="debian",
        variables={**_GEMS, "BUNDLE_PATH": "/usr/local/bundle"},
        shell=BASH,
        source="https://github.com/evilmartians/fullstaq-ruby-docker/blob/main/Dockerfile",
    ),
    BaseImage(pattern="ruby|rails", distribution="debian", variables=_GEMS, source=_LIBRARY + "ruby"),
    BaseImage(pattern="jruby", distribution="ubuntu", variables=_GEMS, source="https://github.com/jruby/docker-jruby"),
    BaseImage(
        pattern="rust|rustlang/rust",
        distribution="debian",
        variables=_CARGO,
        source="https://github.com/rust-lang/docker-rust",
    ),
    BaseImage(
        pattern="lukemathwalker/cargo-chef",
        distribution="debian",
        workdir=None,
        variables=_CARGO,
        source="https://github.com/LukeMathWalker/cargo-chef; " + UNCHECKED,
    ),
    BaseImage(
        pattern="ekidd/rust-musl-builder",
        distribution="ubuntu",
        user="rust",
        workdir="/home/rust/src",
        accounts={"rust": account(1000, 1000, "/home/rust")},
        source="https://github.com/emk/rust-musl-builder; " + UNCHECKED,
    ),
    # Alpine has no account www-data; these images make it.
    BaseImage(
        pattern="php",
        tag="alpine",
        distribution="alpine",
        workdir="/var/www/html",
        variables={"PHPIZE_DEPS": "autoconf dpkg-dev dpkg file g++ gcc libc-dev make pkgconf re2c"},
        accounts={"www-data": account(82, 82, "/home/www-data")},
        source=_LIBRARY + "php",
    ),
    BaseImage(
        pattern="php|php/.*",
        distribution="debian",
        workdir=None,
        variables={"PHPIZE_DEPS": "autoconf dpkg-dev file g++ gcc libc-dev make pkg-config re2c"},
        source=_LIBRARY + "php",
    ),
    BaseImage(
        pattern="composer|composer/composer",
        distribution="alpine",
        workdir="/app",
        variables={"COMPOSER_HOME": "/tmp", "COMPOSER_ALLOW_SUPERUSER": "1"},
        accounts={"www-data": account(82, 82, "/home/www-data")},
        source="https://github.com/composer/docker",
    ),
    BaseImage(
        pattern="elixir|erlang|hylang|swipl|rakudo-star|crystallang/crystal",
        distribution="debian",
        source="https://github.com/erlef/docker-elixir; the others " + UNCHECKED,
    ),
    BaseImage(pattern="hexpm/.*", distribution="unknown", source="https://github.com/hexpm/bob"),
    BaseImage(
        pattern="haskell|julia|r-base|dart|google/dart",
        distribution="debian",
        source="https://github.com/haskell/docker-haskell and the like; " + UNCHECKED,
    ),
    BaseImage(pattern="fpco/stack-build.*", distribution="ubuntu", source=UNCHECKED),
    BaseImage(
        pattern="rocker/.*|bioconductor/bioconductor(_docker)?",
        distribution="unknown",
        workdir=None,
        source="https://github.com/rocker-org/rocker-versioned2: Debian before R 4.0, then Ubuntu; "
        "https://github.com/Bioconductor/bioconductor_docker builds on it",
    ),
    BaseImage(
        pattern="swift|swiftlang/swift", distribution="ubuntu", source="https://github.com/swiftlang/swift-docker"
    ),
    BaseImage(
        pattern="(cirrusci|ghcr\\.io/cirruslabs)/flutter",
        distribution="ubuntu",
        workdir=None,
        source="https://github.com/cirruslabs/docker-images-flutter; " + UNCHECKED,
    ),
    BaseImage(
        pattern="ocaml/opam.*",
        distribution="debian",
        user="opam",
        workdir="/home/opam",
        accounts={"opam": account(1000, 1000, "/home/opam")},
        source="https://github.com/ocurrent/docker-base-images; " + UNCHECKED,
    ),
)
