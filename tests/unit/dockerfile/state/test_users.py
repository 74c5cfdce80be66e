from __future__ import annotations

import pytest

from cachemount.dockerfile.images.model import written
from cachemount.dockerfile.reader import read
from cachemount.dockerfile.state.environment import Environment, environments
from cachemount.source import Source


def end(text: str) -> Environment:
    """Return the environment of the last instruction."""
    dockerfile = read(Source(path="Dockerfile", text=text + "\nRUN true\n"))
    return environments(dockerfile)[id(dockerfile.stages[-1].instructions[-1])]


def who(text: str) -> tuple[str, int | None, int | None, str | None]:
    found = end(text)
    return found.user, found.uid, found.gid, found.home


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM debian", ("root", 0, 0, "/root")),
        ("FROM debian\nUSER 0", ("0", 0, 0, "/root")),
        ("FROM node\nUSER node", ("node", 1000, 1000, "/home/node")),
        ("FROM node\nUSER node:node", ("node", 1000, 1000, "/home/node")),
        ("FROM node\nUSER 1000", ("1000", 1000, 1000, "/home/node")),
        ("FROM node\nUSER 1000:0", ("1000", 1000, 0, "/home/node")),
        ("FROM node\nUSER node:staff", ("node", 1000, None, "/home/node")),
        ("FROM node\nENV U=node\nUSER ${U}", ("node", 1000, 1000, "/home/node")),
        ("FROM node\nARG U\nUSER $U", ("", None, None, None)),
        # A number that /etc/passwd has not: BuildKit and runc give group 0 and the root directory.
        ("FROM python\nUSER 10001", ("10001", 10001, 0, "/")),
        ("FROM python\nUSER 999", ("999", 999, None, None)),
        ("FROM company/base\nUSER 1000", ("1000", 1000, None, None)),
        ("FROM company/base\nUSER 1000:1000", ("1000", 1000, 1000, None)),
        ("FROM python\nRUN useradd app\nUSER 1000", ("1000", 1000, 1000, "/home/app")),
        ("FROM company/base\nRUN useradd app\nUSER app", ("app", None, None, "/home/app")),
        ("FROM php:8-apache\nUSER www-data", ("www-data", 33, 33, "/var/www")),
        ("FROM php:8-fpm-alpine\nUSER www-data", ("www-data", 82, 82, "/home/www-data")),
        ("FROM alpine\nUSER nobody", ("nobody", 65534, 65534, "/")),
        ("FROM ubuntu:24.04\nUSER 1000", ("1000", 1000, 1000, "/home/ubuntu")),
        ("FROM ubuntu:22.04\nUSER 1000", ("1000", 1000, 0, "/")),
        ("FROM mcr.microsoft.com/dotnet/sdk:8.0\nUSER $APP_UID", ("1654", 1654, 1654, "/home/app")),
        ("FROM jupyter/scipy-notebook", ("jovyan", 1000, 100, "/home/jovyan")),
        ("FROM node AS one\nUSER node\nFROM one", ("node", 1000, 1000, "/home/node")),
        ("FROM node AS one\nUSER node\nFROM node", ("root", 0, 0, "/root")),
    ],
)
def test_user(text: str, expected: tuple[str, int | None, int | None, str | None]) -> None:
    assert who(text) == expected


@pytest.mark.parametrize(
    ("image", "script", "expected"),
    [
        ("debian", "useradd app", (1000, 1000, "/home/app")),
        ("debian", "useradd -m -u 1001 app", (1001, 1001, "/home/app")),
        ("debian", "useradd --uid=1001 --home-dir /srv/app app", (1001, 1001, "/srv/app")),
        ("debian", "useradd -rm -d /opt/app -s /bin/bash -g root -G sudo -u 1001 app", (1001, 0, "/opt/app")),
        ("python:${V}-slim-bullseye", "useradd app", (1000, 1000, "/home/app")),
        ("python:${V}", "useradd app", (None, None, "/home/app")),
        ("ubuntu:${V}", "useradd app", (None, None, "/home/app")),
        ("centos:${V}", "useradd app", (None, None, "/home/app")),
        ("amazonlinux:${V}", "useradd app", (None, None, "/home/app")),
        ("redhat/ubi9:${V}", "useradd app", (1000, 1000, "/home/app")),
        ("debian", "useradd -ms /bin/bash app", (1000, 1000, "/home/app")),
        ("debian", "useradd -mu1001 -b /srv app", (1001, 1001, "/srv/app")),
        ("debian", "useradd app --uid 1001 --no-user-group", (1001, None, "/home/app")),
        ("debian", "groupadd -g 7 crew && useradd -u 1001 -g crew app", (1001, 7, "/home/app")),
        ("debian", 'useradd -u 1001 -c "An App; of ours" app && echo ok', (1001, 1001, "/home/app")),
        ("debian", "adduser --disabled-password --gecos '' --uid 1001 app", (1001, 1001, "/home/app")),
        ("debian", 'adduser --gecos "First Last,,," --home /srv/app app', (1000, 1000, "/srv/app")),
        ("debian", "adduser --system --uid 300 app", (300, 65534, None)),
        (
            "debian",
            "apt-get update && apt-get install -y sudo && sudo /usr/sbin/useradd -u 1001 app",
            (1001, 1001, "/home/app"),
        ),
        ("debian", "useradd -u 1001 app > /dev/null 2>&1", (1001, 1001, "/home/app")),
        ("debian", "useradd -u 1001 app && usermod -u 1002 -d /srv app", (1002, 1001, "/srv")),
        ("debian", "useradd -u 1001 old && usermod -l app -d /home/app -m old", (1001, 1001, "/home/app")),
        ("debian", """useradd "-u 1001" '-m' "--home-dir=/srv" app""", (1001, 1001, "/srv")),
        ("debian", 'useradd -u 1001 app && usermod "-u 1002" "app"', (1002, 1001, "/home/app")),
        # Any account may be meant.
        ("debian", "useradd -u 1001 app && usermod -u 1002 $NAME", (None, None, "/home/app")),
        ("debian", "useradd -u 1001 app && usermod -aG video $NAME", (1001, 1001, "/home/app")),
        ("debian", "useradd -u $(id -u) app", (None, None, "/home/app")),
        ("debian", "ID=1001; useradd -u $ID -d /home/$DIR app", (None, None, None)),
        ("debian", "echo 'app:x:1001:0:An app:/srv:/bin/sh' >> /etc/passwd", (1001, 0, "/srv")),
        # It may be there already, with another number.
        ("debian", "id app || useradd -u 1001 app", (None, None, "/home/app")),
        ("debian", "if ! id app; then useradd -u 1001 app; fi", (None, None, "/home/app")),
        ("debian", "useradd -u 1001 app || true", (1001, 1001, "/home/app")),
        # What comes after `|| true` does so in any case.
        (
            "debian",
            "userdel -r $(id -un 1000) 2>/dev/null || true && \\\n groupadd -o -g 7 app && useradd -u 1001 -g 7 app",
            (1001, 7, "/home/app"),
        ),
        ("debian", "userdel app || : && useradd -u 1001 app", (1001, 1001, "/home/app")),
        ("debian", "id app || { true && useradd -u 1001 app; }", (None, None, "/home/app")),
        ("debian", "id app || echo new && useradd -u 1001 app", (None, None, "/home/app")),
        ("alpine", "adduser -D -u 1001 app", (1001, 1001, "/home/app")),
        ("alpine", "adduser -D -g '' -h /srv -u 1001 app", (1001, 1001, "/srv")),
        ("alpine", "addgroup -g 7 -S crew && adduser -u 1001 -S -D -H -G crew app", (1001, 7, "/home/app")),
        ("alpine", "addgroup -S app && adduser -S app -G app", (100, 101, "/home/app")),
        ("company/base", "adduser -D -g '' -h /srv -u 1001 app", (1001, None, "/srv")),
        ("centos:7", "adduser -u 1001 -g 0 -d /srv app", (1001, 0, "/srv")),
        ("debian", "echo useradd -u 1001 app", (None, None, None)),
        ("debian", "useradd -u 1001 app && userdel app", (None, None, None)),
    ],
)
def test_account(image: str, script: str, expected: tuple[int | None, int | None, str | None]) -> None:
    assert who(f"FROM {image}\nRUN {script}\nUSER app") == ("app", *expected)


def test_account_in_other_forms() -> None:
    assert who('FROM debian\nRUN ["useradd", "-u", "1001", "app"]\nUSER app')[1] == 1001
    assert who('FROM debian\nRUN ["/bin/sh", "-c", "useradd -u 1001 app"]\nUSER app')[1] == 1001
    assert who("FROM debian\nRUN <<EOF\nset -e\nuseradd -u 1001 app\nEOF\nUSER app")[1] == 1001
    assert who("FROM debian\nRUN useradd \\\n    # why\n    -u 1001 \\\n    app\nUSER app")[1] == 1001


def test_numbers_count_only_where_no_build_argument_can_change_them() -> None:
    assert who("FROM debian\nENV ID=1001\nRUN useradd -u $ID app\nUSER app")[1] == 1001
    text = "FROM debian\nARG N=app\nARG I=1001\nRUN groupadd --gid $I $N && useradd -u $I -g $I -m $N\nUSER $N"
    assert who(text) == ("app", 1001, 1001, "/home/app")
    found = end(text)
    assert (written(found.uid or 0), written(found.gid or 0)) == ("$I", "$I")


def test_another_number_for_an_account_of_the_image() -> None:
    text = "FROM node\nRUN groupmod -g 999 node && usermod -u 999 -g 999 node\nUSER node"
    assert who(text) == ("node", 999, 999, "/home/node")
    assert who("FROM node\nRUN deluser --remove-home node\nUSER node")[1] is None


def test_accounts_of_a_parent_stage_are_there() -> None:
    assert who("FROM debian AS one\nRUN useradd -u 1001 app\nFROM one\nUSER app")[1] == 1001


def test_accounts_copied_from_a_stage() -> None:
    text = "FROM debian AS one\nRUN useradd -u 1001 app\nFROM scratch\nCOPY --from={} /etc/passwd /etc/passwd\nUSER app"
    assert who(text.format("one"))[1:] == (1001, 1001, "/home/app")
    assert who(text.format("0"))[1:] == (1001, 1001, "/home/app")
    assert who(text.format("company/base"))[1:] == (None, None, None)


def test_accounts_copied_from_the_context() -> None:
    assert who("FROM node\nCOPY passwd /etc/passwd\nUSER node")[1:] == (None, None, None)
    assert who("FROM node\nCOPY passwd /etc/passwd\nUSER 1000")[3] is None


@pytest.mark.parametrize(
    ("image", "script", "uid", "gid"),
    [
        # What shadow 4.13 and adduser 3.134 gave with files like those of the images.
        ("debian", "useradd -r app", 999, 999),
        ("debian", "useradd -r x && groupadd -r crew && useradd -r -g crew app", 998, 998),
        ("debian", "useradd x && useradd -m app", 1001, 1001),
        ("debian", "useradd x && groupadd crew && useradd -g crew app", 1001, 1001),
        ("node:22", "useradd x && groupadd z && useradd -u 1500 y && useradd -g z app", 1501, 1002),
        ("node:22", "useradd x && groupadd z && adduser --disabled-password --gecos '' app", 1003, 1003),
        ("debian", "adduser --system app", 100, 65534),
        ("debian", "adduser --system x && adduser --system --group app", 101, 101),
        ("debian", "useradd x && adduser --disabled-login --gecos '' --uid 1500 w && adduser app", 1001, 1001),
        ("ubuntu:24.04", "userdel -r ubuntu && useradd -m app", 1000, 1000),
        ("ubuntu:24.04", "useradd -m app", 1001, 1001),
        ("ubuntu:22.04", "useradd -m app", 1000, 1000),
        ("nvidia/cuda:12.6.0-devel-ubuntu24.04", "useradd -m app", 1001, 1001),
        ("fedora:41", "useradd app", 1000, 1000),
        ("registry.access.redhat.com/ubi9/ubi-minimal", "microdnf install -y shadow-utils && useradd app", 1000, 1000),
        ("alpine:3.20", "adduser -D app", 1000, 1000),
        ("alpine:3.20", "addgroup app && adduser -D -G app app", 1000, 1000),
        ("alpine:3.20", "adduser -S app", 100, 65533),
        ("python:3.13-slim", "apt-get update && apt-get install -y curl && useradd app", 1000, 1000),
        ("python:3.13-slim", "curl -LsSf https://astral.sh/uv/install.sh | sh && useradd app", 1000, 1000),
        # Those of languages have openssh-client's group, unless they are slim.
        ("python:3.12-trixie", "groupadd -r x && useradd -r -g x app", 999, 999),
        ("node:22", "useradd -r app", 999, 999),
        ("golang:1.25", "adduser --system --group app", 102, 102),
        ("python:3.13-slim", "adduser --system --group app", 101, 101),
        ("php:8.4-cli", "adduser --system --group app", 101, 101),
        ("node:22-alpine", "addgroup -S x && adduser -S -G x app", 100, 101),
        ("python:3.13-alpine", "adduser -S app", 100, 65533),
        # Packages make accounts of the system, and scripts may make any.
        ("debian", "apt-get update && apt-get install -y postgresql && useradd -r app", None, None),
        ("alpine:3.20", "apk add nginx && adduser -S app", None, None),
        # They make no account themselves.
        ("alpine:3.20", "apk --no-cache add curl ca-certificates && adduser -S app", 100, 65533),
        ("alpine:3.20", "apk add -U --virtual .b gcc 'musl-dev>1' && apk del .b && adduser -S app", 100, 65533),
        ("alpine:3.20", "apk add curl nginx && adduser -S app", None, None),
        ("alpine:3.20", "apk add curl $MORE && adduser -S app", None, None),
        ("alpine:3.20", "apk upgrade && adduser -S app", None, None),
        # They add what a list names.
        ("alpine:3.20", "apk add && adduser -S app", None, None),
        ("alpine:3.20", "cat list | xargs apk add && adduser -S app", None, None),
        ("alpine:3.20", "xargs -a list apk add curl && adduser -S app", None, None),
        ("alpine:3.20", "xargs apk add curl < list\nRUN adduser -S app", None, None),
        ("alpine:3.20", "apk add $(cat list)\nRUN adduser -S app", None, None),
        ("alpine:3.20", "true\nCOPY world /etc/apk/world\nRUN apk add curl && adduser -S app", None, None),
        ("alpine:3.20", 'true\nCOPY ["apk", "/etc/apk/"]\nRUN apk add curl\nRUN adduser -S app', None, None),
        ("composer:2", "adduser -S app", None, None),
        ("python:3.13", "apt-get update && apt-get install -y postgresql && useradd -r app", None, None),
        ("debian", "./setup.sh && useradd app", None, None),
        ("debian", "make install && useradd app", None, None),
        ("debian", "make build users && useradd app", None, None),
        ("arm64v8/ubuntu:20.04", "make -j4 build package && useradd app", 1000, 1000),
        ("debian", "curl https://e.org/x | bash && useradd app", None, None),
        ("debian", "echo UID_MIN 5000 >> /etc/login.defs && useradd app", None, None),
        ("debian", "useradd -u $(cat /n) x && useradd app", None, None),
        ("debian", "[ -e /x ] || useradd x; useradd app", None, None),
        # Of no version of the image another account has a number from 1000 up.
        ("python:${V}-slim-bullseye", "adduser --disabled-password --gecos '' app", 1000, 1000),
        ("node:${V}-alpine", "adduser -D app", 1001, 1001),
        ("python:${V}", "useradd app", None, None),
        ("ubuntu:${V}", "useradd app", None, None),
        ("nvidia/cuda:${V}-devel-ubuntu24.04", "useradd app", 1001, 1001),
        # A floating tag where releases differ, an old release, an image that nobody counted.
        ("ubuntu", "useradd app", None, None),
        ("nvidia/cuda", "useradd app", None, None),
        ("centos:6", "useradd app", None, None),
        ("amazonlinux:2018.03", "useradd app", None, None),
        ("postgres:17", "useradd app", None, None),
    ],
)
def test_the_next_number(image: str, script: str, uid: int | None, gid: int | None) -> None:
    found = end(f"FROM {image}\nRUN {script}\nUSER app")
    assert (found.uid, found.gid) == (uid, gid)


@pytest.mark.parametrize(
    ("text", "uid", "gid"),
    [
        ("FROM node\nARG UID=1001\nARG GID=1002\nUSER ${UID}:${GID}", "${UID}", "${GID}"),
        ("FROM node\nARG UID=1001\nUSER $UID", "$UID", "0"),
        ("FROM node\nARG A=5\nENV UID=$A\nUSER ${UID}:7", "${UID}", "7"),
        ("FROM node\nENV UID=1001\nUSER ${UID}:${UID}", "1001", "1001"),
        ("FROM node\nARG UID\nUSER ${UID:-1001}:5", "${UID:-1001}", "5"),
        ("FROM node\nARG UID=1001\nRUN useradd -u ${UID} -m web\nUSER web", "${UID}", "${UID}"),
        ('FROM node\nARG UID=1001\nRUN useradd -u "$UID" -m web\nUSER web', "$UID", "$UID"),
        ("FROM node\nARG UID\nRUN useradd -u $UID web\nUSER web", "$UID", "$UID"),
        ("FROM node\nARG A\nARG B\nRUN groupadd -g $B web && useradd -u $A -g $B web\nUSER web", "$A", "$B"),
        ("FROM node\nARG G=7\nRUN groupadd -g $G crew && useradd -u 1001 -g crew web\nUSER web", "1001", "$G"),
    ],
)
def test_a_number_that_follows_its_argument(text: str, uid: str, gid: str) -> None:
    found = end(text)
    assert found.uid is not None
    assert found.gid is not None
    assert (written(found.uid), written(found.gid)) == (uid, gid)


@pytest.mark.parametrize(
    "text",
    [
        # bash has a UID of its own, and so has Fedora's sh, which is bash.
        'FROM node\nARG UID=1001\nSHELL ["/bin/bash", "-c"]\nRUN useradd -u $UID web\nUSER web',
        "FROM fedora\nARG UID=1001\nRUN useradd -u $UID web\nUSER web",
        "FROM node\nARG UID\nRUN useradd -u $UID web || true\nUSER web",
        "FROM node\nARG UID\nRUN id web || (useradd -u $UID web)\nUSER web",
        "FROM node\nENV UID=\nRUN useradd -u $UID web\nUSER web",
        "FROM node\nARG UID=1001\nRUN useradd -u 1$UID web\nUSER web",
    ],
)
def test_a_number_that_only_the_shell_knows(text: str) -> None:
    assert end(text).uid is None
