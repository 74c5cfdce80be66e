"""More managers, each once or twice. Where a registry is not reached, a small one is served on loopback."""

from __future__ import annotations

from builds.proof import Proof, each
from builds.proof_cases import NODE, NPM_CHECK, NPM_INDEX, NPM_PACKAGES, NUMPY, PACKAGE_JSON, PIP_INDEX, PYTHON

_PYTHON_PACKAGES = each(f'"{NUMPY}"', f'"{NUMPY}", "six==1.16.0"', f'"{NUMPY}", "idna==3.7"')
_PYPROJECT = """\
[project]
name = "app"
version = "1.0.0"
requires-python = ">=3.11,<3.12"
dependencies = [PACKAGES]
"""
_PIPFILE = """\
[[source]]
name = "pypi"
url = "INDEX"
verify_ssl = false

[packages]
PACKAGES
"""
_LOCAL = each("first", "first second", "first third")


def _imports(python: str) -> tuple[str, str, str]:
    return f"{python} -c 'import numpy'", f"{python} -c 'import numpy, six'", f"{python} -c 'import numpy, idna'"


def _files(template: str) -> tuple[str, str, str]:
    """Return a check that the data of each package is there."""
    return (
        f"test -s {template.replace('NAME', 'first')}",
        f"test -s {template.replace('NAME', 'second')}",
        f"test -s {template.replace('NAME', 'third')}",
    )


_CARGO_TOML = """\
[package]
name = "app"
version = "1.0.0"
edition = "2021"

[dependencies]
syn = "=2.0.60"
PACKAGES
"""
_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId>
  <artifactId>app</artifactId>
  <version>1.0.0</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.google.guava</groupId>
      <artifactId>guava</artifactId>
      <version>33.1.0-jre</version>
    </dependency>
    PACKAGES
  </dependencies>
</project>
"""
_JAVA = """\
public class App {
    public static void main(String[] arguments) {
        System.out.println(com.google.common.base.Joiner.on("-").join("a", "b"));
    }
}
"""


_RUN_JAVA = "java -cp 'target/app-1.0.0.jar:target/dependency/*' App"


def _dependency(group: str, artifact: str, version: str) -> str:
    ids = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
    return f"<dependency>{ids}</dependency>"


MORE_PROOFS = (
    Proof(
        name="uv",
        manager="uv",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY pyproject.toml ./
RUN uv sync --no-cache
""",
        files={"pyproject.toml": f'{_PYPROJECT}\n[[tool.uv.index]]\nurl = "INDEX"\ndefault = true\n'},
        packages=_PYTHON_PACKAGES,
        index=PIP_INDEX,
        check=_imports(".venv/bin/python"),
    ),
    Proof(
        name="poetry",
        manager="poetry",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim
RUN pip install --no-cache-dir poetry
WORKDIR /app
COPY pyproject.toml ./
RUN poetry config virtualenvs.create false \\
    && poetry install --no-root --no-interaction \\
    && rm -rf ~/.cache/pypoetry
""",
        files={"pyproject.toml": f'{_PYPROJECT}\n[[tool.poetry.source]]\nname = "here"\nurl = "INDEX"\n'},
        packages=_PYTHON_PACKAGES,
        index=PIP_INDEX,
        check=_imports("python"),
    ),
    Proof(
        name="pipenv",
        manager="pipenv",
        images=PYTHON,
        dockerfile="""\
FROM python:3.11-slim
RUN pip install pipenv
WORKDIR /app
COPY Pipfile ./
RUN pipenv install --system --skip-lock
""",
        files={"Pipfile": _PIPFILE},
        packages=each(
            'numpy = "==1.26.4"', 'numpy = "==1.26.4"\nsix = "==1.16.0"', 'numpy = "==1.26.4"\nidna = "==3.7"'
        ),
        index=PIP_INDEX,
        check=_imports("python"),
    ),
    Proof(
        name="yarn 1",
        manager="yarn",
        images=NODE,
        dockerfile="""\
FROM node:18-slim
RUN npm install -g yarn@1
WORKDIR /app
COPY package.json ./
RUN yarn install && yarn cache clean
""",
        files={"package.json": PACKAGE_JSON},
        packages=NPM_PACKAGES,
        index=NPM_INDEX,
        check=NPM_CHECK,
    ),
    Proof(
        name="pnpm",
        manager="pnpm",
        images=NODE,
        dockerfile="""\
FROM node:18-slim
RUN npm install -g pnpm@8
WORKDIR /app
COPY package.json ./
RUN pnpm install && pnpm store prune
""",
        files={"package.json": PACKAGE_JSON},
        packages=NPM_PACKAGES,
        index=NPM_INDEX,
        check=NPM_CHECK,
    ),
    Proof(
        name="bun",
        manager="bun",
        images=NODE,
        dockerfile="""\
FROM node:18-slim
RUN npm install -g bun
WORKDIR /app
COPY package.json ./
RUN bun install
""",
        files={"package.json": PACKAGE_JSON},
        packages=NPM_PACKAGES,
        index=NPM_INDEX,
        check=NPM_CHECK,
    ),
    Proof(
        name="cargo",
        manager="cargo",
        images=("rust:1.96-slim", "debian:bookworm-slim"),
        dockerfile="""\
FROM rust:1.96-slim AS build
WORKDIR /app
COPY Cargo.toml ./
COPY main.rs src/
RUN cargo build --release
FROM debian:bookworm-slim
COPY --from=build /app/target/release/app /bin/app
""",
        files={
            "Cargo.toml": _CARGO_TOML,
            "main.rs": 'fn main() { println!("{:?}", syn::parse_str::<syn::Type>("u8").is_ok()); }\n',
        },
        packages=each("", 'hex = "=0.4.3"', 'fnv = "=1.0.7"'),
        index=r"^(?!.*(\.crate|/download)$)",
        check=("app", "app", "app"),
    ),
    Proof(
        name="maven",
        manager="maven",
        images=("maven:3.8-eclipse-temurin-17",),
        dockerfile="""\
FROM maven:3.8-eclipse-temurin-17
WORKDIR /app
COPY pom.xml ./
COPY App.java src/main/java/
RUN mvn -B -q package && mvn -B -q dependency:copy-dependencies
""",
        files={"pom.xml": _POM, "App.java": _JAVA},
        packages=each(
            "", _dependency("org.slf4j", "slf4j-api", "2.0.13"), _dependency("commons-io", "commons-io", "2.16.1")
        ),
        index=r"/maven-metadata\.xml",
        check=(
            _RUN_JAVA,
            f"{_RUN_JAVA} && test -s target/dependency/slf4j-api-2.0.13.jar",
            f"{_RUN_JAVA} && test -s target/dependency/commons-io-2.16.1.jar",
        ),
    ),
    Proof(
        name="gem",
        manager="gem",
        images=("ruby:3.1-slim",),
        dockerfile="""\
FROM ruby:3.1-slim
RUN gem install --no-document PACKAGES
""",
        packages=_LOCAL,
        index=r"specs\.4\.8|/quick/",
        check=_files("/usr/local/bundle/gems/NAME-1.0.0/data"),
    ),
    Proof(
        name="bundler",
        manager="bundler",
        images=("ruby:3.1-slim",),
        dockerfile="""\
FROM ruby:3.1-slim
WORKDIR /app
COPY Gemfile ./
RUN bundle install
""",
        files={"Gemfile": 'source "ADDRESS/at/file/gems/"\nPACKAGES\n'},
        packages=each('gem "first"', 'gem "first"\ngem "second"', 'gem "first"\ngem "third"'),
        index=r"specs\.4\.8|/quick/",
        check=_files("/usr/local/bundle/gems/NAME-1.0.0/data"),
    ),
    Proof(
        name="composer",
        manager="composer",
        images=("composer:2",),
        dockerfile="""\
FROM composer:2
COPY composer.json ./
RUN composer install --no-dev --no-cache
""",
        files={"composer.json": '{"require": {PACKAGES}}\n'},
        packages=each(
            '"acme/first": "*"', '"acme/first": "*", "acme/second": "*"', '"acme/first": "*", "acme/third": "*"'
        ),
        index=r"\.json$",
        check=_files("vendor/acme/NAME/data"),
    ),
    Proof(
        name="dnf",
        manager="dnf",
        images=("fedora:40",),
        dockerfile="""\
FROM fedora:40
RUN dnf install -y PACKAGES && dnf clean all
""",
        packages=_LOCAL,
        index=r"/repodata/",
        check=_files("/usr/share/NAME/data"),
    ),
    Proof(
        name="zypper",
        manager="zypper",
        images=("opensuse/leap:15.6",),
        dockerfile="""\
FROM opensuse/leap:15.6
RUN zypper --non-interactive install PACKAGES && zypper clean --all
""",
        packages=_LOCAL,
        index=r"/repodata/",
        check=_files("/usr/share/NAME/data"),
    ),
)
