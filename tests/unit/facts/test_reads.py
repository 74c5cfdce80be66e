"""A later instruction that needs what the mount would keep out of the image, by each way to name a path."""

from __future__ import annotations

import pytest

from unit.checks import withheld

WHY = "a later instruction reads files in /root/.cache/pip"


def reads(*lines: str) -> bool:
    """Return whether what follows an install reads pip's cache."""
    why = withheld("FROM python:3.13-slim", "RUN pip install x", *lines)
    assert why in ("", WHY), why
    return why == WHY


@pytest.mark.parametrize(
    "line",
    [
        "cat /root//.cache/pip/x",
        "cat //root/.cache/pip/x",
        "cat /root/./.cache/pip/x",
        "cat /./root/.cache/pip/x",
        "cat /etc/../root/.cache/pip/x",
        "cd /etc && cat ../root/.cache/pip/x",
        "cd / && cat root/.cache/pip/x",
        "cd /root && cat .cache/pip/x",
        "cat /root/.cache/pip/x",
        "true && cat /root/.cache/pip/x",
        "find / -name x && cat /root/.cache/pip/x",
        "cat / /root/.cache/pip/x",
        "cat $MISSING /root/.cache/pip/x",
        "cat --file=/root/.cache/pip/x",
        "cat /etc/x:/root/.cache/pip/x",
        "cat /etc/x,/root/.cache/pip/x",
        "cat '/etc/x;/root/.cache/pip/x'",
        "cp /root/.cache /x",
        "cp /etc /root/.cache /x",
        "cp -r /root/.cache /x",
        "cp -r /root/.cache/pi* /x",
        "cp -r /root/.cache/?ip /x",
        "cp -r /root/.cache/[p]ip /x",
        "cp -r /root/.cache*/p* /x",
        "mv /root/.cache/ /x",
        "tar /root/.cache -cf /x.tar",
        "chown app /root/.cache",
        "ls /root/.cache/pip/x",
    ],
)
def test_a_step_that_reads_the_cache(line: str) -> None:
    assert reads(f"RUN {line}")


@pytest.mark.parametrize(
    "line",
    [
        "cat /root/.cache",
        "cat /root/.cache/pipx/x",
        "cat /root/.cache/.pip/x",
        "cd /etc && cat ../.cache/pip/x",
        "cp -r / /x",
        "cp /x /root/.cache",
        "cp /x/pip* /y",
        "ls /root",
        "chown app /root",
        "pip install --cache-dir=/root/.cache/pip y",
    ],
)
def test_a_step_that_does_not(line: str) -> None:
    assert not reads(f"RUN {line}")


def test_the_later_of_two_readers_counts() -> None:
    assert withheld("FROM python:3.13-slim", "RUN cat /root/.cache/pip/a", "RUN pip install x") == ""
    for one, other in (("a", "b"), ("b", "a")):
        early, late = f"RUN cat /root/.cache/pip/{one}", f"RUN cat /root/.cache/pip/{other}"
        assert withheld("FROM python:3.13-slim", early, "RUN pip install x", late) == WHY


def test_folders_of_the_directory_that_a_step_is_in() -> None:
    assert reads("WORKDIR /root/.cache", "RUN cp -r * /x")
    assert reads("WORKDIR /root/.cache/pip", "RUN make")
    assert not reads("WORKDIR /root/.cache/pip", "RUN [ -f x ]")
    assert not reads("WORKDIR /root/.cache/pip", "RUN [[ -f x ]]")
    assert not reads("WORKDIR /root", "RUN make")


@pytest.mark.parametrize("line", ['CMD ["cat", "/root/.cache/pip/x"]', "ENTRYPOINT cat /root/.cache/pip"])
def test_what_the_image_reads(line: str) -> None:
    assert reads(line)


@pytest.mark.parametrize(
    "line", ['CMD ["ls", "/root"]', "CMD ls /root/.cache", "CMD ls /", "LABEL x=/root/.cache/pip/x"]
)
def test_what_the_image_runs_elsewhere(line: str) -> None:
    assert not reads(line)


@pytest.mark.parametrize(
    ("folder", "line", "reason"),
    [
        ("/var/c", "RUN chown app /var/c", True),
        ("/usr/c", "RUN ls /usr/c", True),
        ("/etc/c", "RUN chmod 700 /etc/c/x", True),
        ("/var/c", "RUN cat /var/c/x", True),
        ("/var/c", "CMD cat /var/c/x", True),
        ("/opt/c", "RUN ls /opt/c", True),
        ("/variable/c", "RUN ls /variable/c", True),
        ("/opt/c", "RUN ls /opt", False),
        ("/opt/c", "RUN cat /opt/c/", True),
        ("/c", "RUN cat /c/x", True),
        ("/c", "RUN cat /cc/x", False),
    ],
)
def test_a_folder_that_only_the_mount_makes_is_not_there_later(folder: str, line: str, reason: bool) -> None:
    why = withheld("FROM python:3.13-slim", f"ENV PIP_CACHE_DIR={folder}", "RUN pip install x", line)
    assert why == (f"a later instruction reads files in {folder}" if reason else "")


def test_a_folder_of_the_system_is_there_without_the_mount() -> None:
    install = "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*"
    assert withheld("FROM debian:13", install, "RUN ls /var/cache/apt && chmod 755 /var/lib/apt") == ""


def test_a_home_that_is_the_root_directory() -> None:
    lines = ("FROM python:3.13-slim", "ENV HOME=/", "RUN pip install x")
    assert withheld(*lines, "RUN chown -R app /.cache") == "a later instruction reads files in /.cache/pip"
    assert withheld(*lines, "RUN chown -R app /.config") == ""
