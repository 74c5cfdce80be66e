"""Each word that is read in a step: programs that run a manager, that read a cache, that make a folder, shared folders.

The words stand here once more, for a table cannot test itself.
"""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.source import Source
from unit.checks import check, withheld


def managers(line: str) -> list[str | None]:
    findings = check("FROM debian:12", f"RUN {line}").findings
    return [finding.manager for finding in findings if finding.rule == "missing-cache-mount"]


@pytest.mark.parametrize(
    ("line", "manager"),
    [
        ("corepack pnpm install", "pnpm"),
        ("corepack pnpm@9 install", "pnpm"),
        ("poetry run npm ci", "npm"),
        ("pipenv run pip install x", "pip"),
        ("uv run --with black npm ci", "npm"),
        ("pdm run pip install x", "pip"),
        ("hatch run pip install x", "pip"),
        ("rye run pip install x", "pip"),
        ("conda run -n base npm ci", "npm"),
        ("conda run --name base npm ci", "npm"),
        ("conda run -p /env npm ci", "npm"),
        ("conda run --prefix /env npm ci", "npm"),
        ("mamba run pip install x", "pip"),
        ("micromamba run -r /root -n base npm ci", "npm"),
        ("pixi run pip install x", "pip"),
        ("uv run --python 3.12 --project a --directory b npm ci", "npm"),
        ("bundle exec gem install x", "gem"),
        ("pyenv exec pip install x", "pip"),
        ("rbenv exec gem install x", "gem"),
        ("nodenv exec npm ci", "npm"),
        ("mise exec npm ci", "npm"),
        ("mise exec -- npm ci", "npm"),
        ("asdf exec npm ci", "npm"),
        ("rvm exec gem install x", "gem"),
        ("nvm exec npm ci", "npm"),
        ("volta run npm ci", "npm"),
        ("php -d memory_limit=-1 composer install", "composer"),
        ("php /usr/bin/composer install", "composer"),
        ("node /usr/bin/npm ci", "npm"),
        ("mono nuget.exe restore", "nuget"),
        ("npm exec pnpm install", "pnpm"),
        ("npx pnpm@9 install", "pnpm"),
        ("meteor npm ci", "npm"),
        ("ruby -S gem install x", "gem"),
        ("jruby -S gem install x", "gem"),
        ("python3.13 -m pip install x", "pip"),
        ("python3.13 -mpip install x", "pip"),
        ("python -W ignore -m pip install x", "pip"),
        ("python -X dev -m pip install x", "pip"),
        ("python -I -m pip install x", "pip"),
        ("python /usr/bin/pip install x", "pip"),
        ("pypy3 -m pip install x", "pip"),
        ("ipython -m pip install x", "pip"),
        ("python3-dbg -m pip install x", "pip"),
        ("python -W ignore /usr/bin/pip install x", "pip"),
        ("python -X dev -W ignore -I -m pip install x", "pip"),
        ("php -n composer install", "composer"),
        ("direnv exec . npm ci", "npm"),
        ("chef gem install x", "gem"),
        ("exec npm ci", "npm"),
        ("embulk gem install x", "gem"),
        ("mold -run cargo build", "cargo"),
        ("opam exec -- npm ci", "npm"),
        ("opam config exec -- npm ci", "npm"),
        ("rvm 2.7,3.0 do gem install x", "gem"),
        ("chruby-exec 3.4 -- gem install x", "gem"),
        ("java -jar jruby.jar -S gem install x", "gem"),
        ("npm exec pnpm@9 install", "pnpm"),
        ("ruby -X /srv -S gem install x", "gem"),
        ("pip $(cat flags) install x", "pip"),
        ("wrap apt-get install curl", "apt"),
        ("sh ./gradlew build", "gradle"),
        ("bash -x +e gradlew build", "gradle"),
        ("ash sbt assembly", "sbt"),
        ("dash /usr/bin/lein deps", "lein"),
        ("zsh mvnw package", "maven"),
        ("sh mill _.assembly", "coursier"),
        ("sh millw _.assembly", "coursier"),
        ("apt-wrap apt-get install -y x", "apt"),
        ("apk-wrap apk add x", "apk"),
        ("wrap dnf install x", "dnf"),
        ("wrap yum install x", "dnf"),
        ("wrap zypper install x", "zypper"),
        ("wrap pip install x", "pip"),
        ("wrap pip download x", "pip"),
        ("xx-apk add x", "apk"),
        ("xx-apt install x", "apt"),
        ("xx-apt-get install x", "apt"),
        ("xx-cargo build", "cargo"),
        ("xx-go build", "go"),
    ],
)
def test_a_program_that_runs_a_manager(line: str, manager: str) -> None:
    assert manager in managers(line)


@pytest.mark.parametrize(
    "line",
    [
        "poetry pip install x",
        "poetry run",
        "pyenv pip install x",
        "npm run pip install x",
        "python -c pip install x",
        "python -m",
        "python -W pip install x",
        "sh -c",
        "sh install.sh gradlew build",
        "sh install.sh apt-get install x",
        "sh -e",
        "bash -x +e",
        "corepack",
        "corepack -v",
        "npx -q",
        "fish gradlew build",
        "wrap pip list",
        "wrap apt-get",
        "wrap -- apt-get install x",
        "xx-pip install x",
    ],
)
def test_a_program_that_runs_none(line: str) -> None:
    assert managers(line) == []


@pytest.mark.parametrize(
    "word",
    [
        "alias",
        "apropos",
        "apt-mark",
        "cat",
        "chmod",
        "chown",
        "cp",
        "diff",
        "dpkg",
        "dpkg-divert",
        "echo",
        "equivs",
        "expr",
        "file",
        "find",
        "grep",
        "hash",
        "help",
        "history",
        "info",
        "kill",
        "killall",
        "ln",
        "ls",
        "make",
        "man",
        "mkdir",
        "mv",
        "pgrep",
        "pkill",
        "print",
        "printf",
        "ps",
        "rm",
        "rpm",
        "sed",
        "set",
        "test",
        "touch",
        "type",
        "unalias",
        "update-alternatives",
        "whatis",
        "whereis",
        "which",
    ],
)
def test_a_program_that_only_speaks_of_a_manager(word: str) -> None:
    assert managers(f"{word} apt-get install x") == ([] if word != "command" else ["apt"])


@pytest.mark.parametrize(
    "folder",
    [
        "/app",
        "/bin",
        "/boot",
        "/data",
        "/etc",
        "/home",
        "/lib",
        "/lib64",
        "/media",
        "/mnt",
        "/opt",
        "/root",
        "/run",
        "/sbin",
        "/srv",
        "/tmp",
        "/usr",
        "/usr/bin",
        "/usr/lib",
        "/usr/local",
        "/usr/local/bin",
        "/usr/local/lib",
        "/usr/local/share",
        "/usr/share",
        "/usr/src",
        "/var",
        "/var/cache",
        "/var/lib",
        "/var/log",
        "/var/run",
        "/var/tmp",
    ],
)
def test_a_folder_that_others_use_too(folder: str) -> None:
    lines = "FROM python:3.13-slim", f"ENV HOME=/h PIP_CACHE_DIR={folder}", "RUN pip install x"
    assert withheld(*lines).startswith(f"{folder} is not only a cache")
    assert withheld(lines[0], f"ENV HOME=/h PIP_CACHE_DIR={folder.rstrip('/')}/pip-cache", lines[2]) == ""


@pytest.mark.parametrize("folder", ["/dev", "/dev/null", "/dev/shm/pip", "/proc", "/sys/x"])
def test_nothing_is_mounted_where_the_kernel_is(folder: str) -> None:
    text = f"FROM python:3.13-slim\nENV PIP_CACHE_DIR={folder}\nRUN pip install x\n"
    fixed = engine.fix(Source(path="Dockerfile", text=text), unsafe=True)[0].text
    assert fixed == ("FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install x\n")
    moved = text.replace("PIP_CACHE_DIR", "HOME")
    assert engine.fix(Source(path="Dockerfile", text=moved), unsafe=True)[0].text == moved


def reads(line: str) -> bool:
    """Return whether a later step that runs the line reads pip's cache."""
    why = withheld("FROM python:3.13-slim", "RUN pip install x", f"RUN {line}")
    assert why in ("", "a later instruction reads files in /root/.cache/pip"), why
    return why != ""


@pytest.mark.parametrize("word", ["cp", "mv", "rsync", "scp", "install", "ln"])
def test_a_program_that_copies_what_it_is_given(word: str) -> None:
    assert reads(f"{word} -r /root/.cache /to")
    assert reads(f"{word} /root/.cache/pip/file /to")
    assert not reads(f"{word} -r /from /root/.cache")


@pytest.mark.parametrize("word", ["tar", "zip", "7z", "mksquashfs", "cpio"])
def test_a_program_that_packs_all_that_it_is_given(word: str) -> None:
    assert reads(f"{word} x /from /root/.cache")
    assert not reads(f"{word} x /from /root/.config")


@pytest.mark.parametrize("word", ["chmod", "chown", "chgrp", "setfacl", "ls", "du", "stat", "cd", "pushd", "rmdir"])
def test_a_program_that_wants_a_folder_to_be_there(word: str) -> None:
    assert reads(f"{word} /root/.cache")
    assert not reads(f"{word} /root")


@pytest.mark.parametrize(
    "word",
    [
        ":",
        "[",
        "[[",
        "adduser",
        "echo",
        "export",
        "mkdir",
        "mount",
        "printf",
        "rm",
        "set",
        "test",
        "touch",
        "true",
        "umount",
        "unset",
        "useradd",
        "usermod",
        "which",
    ],
)
def test_a_program_that_needs_nothing_there(word: str) -> None:
    assert not reads(f"{word} /root/.cache/pip")
    assert not reads(f"{word} /root/.cache/pip/file")


@pytest.mark.parametrize("word", ["cp", "mv", "ln", "tar", "cat", "dpkg", "rpm"])
def test_what_find_does_with_the_files(word: str) -> None:
    assert reads(f"find /root/.cache/pip -exec {word} {{}} \\;")
    assert not reads("find /root/.cache/pip -exec echo {} \\; || true")


@pytest.mark.parametrize(
    "end", ["deb", "rpm", "apk", "whl", "jar", "war", "gem", "tgz", "zip", "tar", "tar.gz", "crate", "nupkg", "pom"]
)
def test_a_manager_that_is_given_a_file(end: str) -> None:
    assert reads(f"pip install --no-index /root/.cache/pip/a.{end} || npm install /root/.cache/pip/a.{end}")


@pytest.mark.parametrize("keyword", ["CMD", "ENTRYPOINT", "HEALTHCHECK CMD"])
def test_what_the_image_runs(keyword: str) -> None:
    why = withheld("FROM python:3.13-slim", "RUN pip install x", f"{keyword} cat /root/.cache/pip/x")
    assert why == "a later instruction reads files in /root/.cache/pip"


def clash(line: str, folder: str = "/made/cache") -> str:
    return withheld("FROM python:3.13-slim", f"ENV PIP_CACHE_DIR={folder}", f"RUN {line} && pip install x")


@pytest.mark.parametrize("flag", ["-b", "--branch", "--depth", "-o", "--origin", "-c", "--config", "-j", "--jobs"])
def test_an_option_with_a_value_is_no_folder(flag: str) -> None:
    assert clash(f"git clone {flag} /value https://example.org/a /made").startswith("the step makes /made itself")


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("git clone https://example.org/made", "/made"),
        ("git clone https://example.org/made.git", "/made"),
        ("git clone https://example.org/made.git/", "/made"),
        ("git clone -q https://example.org/a /made", "/made"),
        ("mkdir /made", "/made"),
        ("mkdir -m 755 /made", "/made"),
        ("mkdir --mode 755 /other /made", "/made"),
        ("cd / && mkdir made", "/made"),
        ("useradd -d /made app", "/made"),
        ("useradd --home /made app", "/made"),
        ("useradd --home-dir /made app", "/made"),
        ("adduser -h /made app", "/made"),
    ],
)
def test_a_folder_that_the_step_makes_itself(line: str, folder: str) -> None:
    assert clash(line) == f"the step makes {folder} itself, and may refuse it where the mount has made it"


@pytest.mark.parametrize(
    "line",
    [
        "git clone https://example.org/other",
        "git fetch /made",
        "git clone",
        "mkdir -p /made",
        "mkdir -vp /made",
        "mkdir --parents /made",
        "mkdir /",
        "useradd -d /home/made made",
        "useradd",
        "install /made",
        "mv /made/cache/x /made",
        "mv /x /made",
        "mv / /made",
    ],
)
def test_a_folder_that_it_does_not_make(line: str) -> None:
    assert clash(line) == ""


@pytest.mark.parametrize(
    "line", ["mkdir /made/cache/x", "git clone https://example.org/x /made/cache/x", "ln -s /a /made/cache/x"]
)
def test_what_is_there_when_the_mount_comes_filled(line: str) -> None:
    assert clash(line) == "the step makes /made/cache/x, which is there already when the mount comes filled"


@pytest.mark.parametrize("line", ["mkdir -p /made/cache/x", "ln -sf /a /made/cache/x", "ln -s /made/cache/x"])
def test_what_may_be_there_when_the_mount_comes_filled(line: str) -> None:
    assert clash(line) == ""


def test_a_user_whose_home_holds_the_cache() -> None:
    why = "the step makes /home/app itself, and may refuse it where the mount has made it"
    assert clash("useradd app", "/home/app/c") == why
    assert clash("adduser -D app", "/home/app/c") == why
    assert clash("useradd app", "/home/apple/c") == ""


def test_a_folder_that_is_moved() -> None:
    assert clash("mv /made /x") == "the step moves a directory that /made/cache lies in"
    assert clash("mv -f /a /made /x") == "the step moves a directory that /made/cache lies in"


@pytest.mark.parametrize("shell", ["sh", "bash", "ash", "dash", "zsh", "ksh"])
def test_a_here_document_for_a_shell(shell: str) -> None:
    assert managers(f"<<EOF\n#!/bin/{shell}\npip install x\nEOF") == ["pip"]
    assert managers(f"<<EOF\n#!/usr/bin/env {shell}\npip install x\nEOF") == ["pip"]


def test_a_here_document_for_something_else() -> None:
    assert managers("<<EOF\n#!/usr/bin/env python3\npip install x\nEOF") == []
    assert managers("<<EOF\n#!/bin/fish\npip install x\nEOF") == []


@pytest.mark.parametrize("folder", [".cache", "cache", ".m2", ".gradle", ".npm", ".nuget", ".ivy2", ".composer"])
def test_a_folder_that_holds_nothing_but_caches(folder: str) -> None:
    for pattern in (f"/opt/{folder}", f"/opt/{folder}/*"):
        assert removes(f"/opt/{folder}/x", pattern) == ""


@pytest.mark.parametrize("folder", ["/var/cache", "/var/lib/apt"])
def test_a_folder_of_the_system_that_holds_nothing_but_caches(folder: str) -> None:
    assert removes(f"{folder}/x/y", f"{folder}/x") == ""


def test_a_folder_that_holds_more() -> None:
    assert removes("/opt/x/y", "/opt/x") == "the step removes /opt/x, which holds more than the cache"
    assert removes("/opt/x/y", "/opt/x/*") == "the step removes /opt/x/*, which holds more than the cache"
    assert removes("/opt/x/y", "/opt/x/y") == ""
    assert removes("/opt/x/y", "/opt/x/y/*") == ""
    assert removes("/opt/x/y", "/opt/x/y/*.*") == ""


def removes(target: str, pattern: str) -> str:
    step = f"RUN --mount=type=cache,target={target} pip install flask && rm -rf {pattern}"
    return withheld("FROM python:3.13", f"ENV PIP_CACHE_DIR={target}", step)


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("/root/.cache/pix", True),
        ("/root/.cache/xyp", True),
        ("/root/.cache/xyz", False),
        ("/root/.cache/pi", True),
        ("/root/.cache/p", True),
        ("/root/.cache/pipx", True),
        ("/root/.cache/pipxy", True),
        ("/root/.cache/pipxyz", False),
        ("/root/.cache/xpixy", False),
        ("/xroot/.cache/pix", True),
        ("/xroot/.cache/xix", False),
        ("/oot/.cache/pix", True),
        ("/ot/.cache/pix", False),
        ("/rxot/.cachx/pi", False),
        ("/opt/pip", True),
        ("/opt/.pip", True),
        ("/opt/pip-cache", True),
        ("/opt/pip-store/", True),
        ("/opt/.pip-cache", True),
        ("/opt/pip-wheels", False),
        ("/opt/Pip", False),
    ],
)
def test_a_mount_that_was_meant_for_the_cache(target: str, meant: bool) -> None:
    (finding,) = check("FROM python:3.13-slim", f"RUN --mount=type=cache,target={target} pip install x").findings
    assert finding.rule == ("misplaced-cache-mount" if meant else "missing-cache-mount")
