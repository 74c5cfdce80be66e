"""Dockerfiles as people write them, and what one more package is in each.

Debian's docker.io builds them. Its BuildKit, of 2021, leaves mount points in the image, as root's; later ones do not.
"""

from __future__ import annotations

from builds.proof import Proof, each

_APT_INDEX = r"/dists/"
PIP_INDEX = r"/simple/|\.metadata$"
NPM_INDEX = r"^(?!.*\.tgz$)"
_GO_INDEX = r"^(?!.*\.zip$)"
_DEBIAN = ("debian:bookworm-slim",)
PYTHON = ("python:3.11-slim",)
NODE = ("node:18-slim",)
_GO = ("golang:1.19",)

NUMPY = "numpy==1.26.4"
PIP_PACKAGES = each(NUMPY, f"{NUMPY}\nsix==1.16.0", f"{NUMPY}\nidna==3.7")
PIP_CHECK = ("python -c 'import numpy'", "python -c 'import numpy, six'", "python -c 'import numpy, idna'")
# A program with a cache of its own beside the mount.
_KEEP = """\
import os

os.makedirs(os.path.expanduser("~/.cache/other"), exist_ok=True)
open(os.path.expanduser("~/.cache/other/file"), "a").close()
"""
_TYPESCRIPT = '"typescript": "5.4.5"'
NPM_PACKAGES = each(_TYPESCRIPT, f'{_TYPESCRIPT}, "left-pad": "1.3.0"', f'{_TYPESCRIPT}, "is-number": "7.0.0"')
NPM_CHECK = (
    """node -e 'require("typescript")'""",
    """node -e 'require("typescript"); require("left-pad")'""",
    """node -e 'require("typescript"); require("is-number")'""",
)
PACKAGE_JSON = '{"name": "app", "version": "1.0.0", "private": true, "dependencies": {PACKAGES} }\n'

_GO_MOD = """\
module example.com/app

go 1.19

require (
	golang.org/x/text v0.14.0
	PACKAGE
)
"""
_GO_MAIN = """\
package main

import (
	"fmt"

	"golang.org/x/text/language"
	IMPORT
)

func main() { fmt.Println(language.German) }
"""
_GO_PACKAGES = (
    {"PACKAGE": "", "IMPORT": ""},
    {"PACKAGE": "github.com/google/uuid v1.6.0", "IMPORT": '_ "github.com/google/uuid"'},
    {"PACKAGE": "github.com/pkg/errors v0.9.1", "IMPORT": '_ "github.com/pkg/errors"'},
)

PROOFS = (
    Proof(
        name="apt",
        manager="apt",
        images=_DEBIAN,
        dockerfile="""\
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends PACKAGES \\
    && rm -rf /var/lib/apt/lists/*
""",
        packages=each("git", "git jq", "git tree"),
        index=_APT_INDEX,
        check=("git --version", "git --version && jq --version", "git --version && tree --version"),
    ),
    Proof(
        name="apt, update and install apart",
        manager="apt",
        images=_DEBIAN,
        dockerfile="""\
FROM debian:bookworm-slim
RUN apt-get update
RUN apt-get install -y --no-install-recommends PACKAGES
""",
        packages=each("git", "git jq", "git tree"),
        index=_APT_INDEX,
        check=("git --version", "git --version && jq --version", "git --version && tree --version"),
    ),
    Proof(
        name="pip",
        manager="pip",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
""",
        files={"requirements.txt": "PACKAGES\n"},
        packages=PIP_PACKAGES,
        index=PIP_INDEX,
        check=PIP_CHECK,
    ),
    Proof(
        name="pip, user by name",
        manager="pip",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim
RUN useradd --create-home --uid 1000 app
USER app
WORKDIR /home/app
COPY requirements.txt keep.py ./
RUN pip install --no-cache-dir --user -r requirements.txt && python keep.py
RUN python keep.py
""",
        files={"requirements.txt": "PACKAGES\n", "keep.py": _KEEP},
        packages=PIP_PACKAGES,
        index=PIP_INDEX,
        check=PIP_CHECK,
    ),
    Proof(
        name="pip, moved cache, numeric user, two stages",
        manager="pip",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim AS build
ENV PIP_CACHE_DIR=/var/cache/pip PIP_NO_CACHE_DIR=1
COPY requirements.txt /
RUN pip install --target=/packages -r /requirements.txt
FROM python:3.11-slim
COPY --from=build /packages /packages
ENV PYTHONPATH=/packages
USER 1234:1234
""",
        files={"requirements.txt": "PACKAGES\n"},
        packages=PIP_PACKAGES,
        index=PIP_INDEX,
        check=PIP_CHECK,
    ),
    Proof(
        name="npm",
        manager="npm",
        images=NODE,
        dockerfile="""\
FROM node:18-slim
WORKDIR /app
COPY package.json ./
RUN npm install && npm cache clean --force
""",
        files={"package.json": PACKAGE_JSON},
        packages=NPM_PACKAGES,
        index=NPM_INDEX,
        check=NPM_CHECK,
    ),
    Proof(
        name="npm, user by name",
        manager="npm",
        images=NODE,
        dockerfile="""\
FROM node:18-slim
USER node
WORKDIR /home/node/app
COPY --chown=node:node package.json ./
RUN npm install
""",
        files={"package.json": PACKAGE_JSON},
        packages=NPM_PACKAGES,
        index=NPM_INDEX,
        check=NPM_CHECK,
    ),
    Proof(
        name="go",
        manager="go",
        images=(*_GO, *_DEBIAN),
        dockerfile="""\
FROM golang:1.19 AS build
WORKDIR /src
COPY go.mod ./
RUN go mod download
COPY main.go ./
RUN CGO_ENABLED=0 go build -mod=mod -o /bin/app .
FROM debian:bookworm-slim
COPY --from=build /bin/app /bin/app
""",
        files={"go.mod": _GO_MOD, "main.go": _GO_MAIN},
        packages=_GO_PACKAGES,
        index=_GO_INDEX,
        check=("app", "app", "app"),
    ),
    Proof(
        name="go, numeric user",
        manager="go",
        images=_GO,
        dockerfile="""\
FROM golang:1.19
RUN useradd --create-home --uid 1500 app
USER 1500
WORKDIR /home/app
COPY --chown=1500 go.mod main.go ./
RUN CGO_ENABLED=0 go build -mod=mod -o /home/app/app .
""",
        files={"go.mod": _GO_MOD, "main.go": _GO_MAIN},
        packages=_GO_PACKAGES,
        index=_GO_INDEX,
        check=("/home/app/app", "/home/app/app", "/home/app/app"),
    ),
)
