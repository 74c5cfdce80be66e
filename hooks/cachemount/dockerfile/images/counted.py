"""Images whose accounts from number 1000 up are all known, so that the number of the next one is known too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cachemount.dockerfile.images.model import account
from cachemount.late_pattern import late

# Official images whose Dockerfiles make no account from 1000 up but those in the table of images.
# https://github.com/docker-library/official-images/tree/master/library
# https://gitlab.com/nvidia/container-images/cuda, https://github.com/osrf/docker_images,
# https://github.com/astral-sh/uv/blob/main/Dockerfile
_COUNTED = frozenset({
    "almalinux", "alpine", "amazonlinux", "astral-sh/uv", "astral/uv", "buildpack-deps", "centos", "composer", "debian",
    "denoland/deno", "elixir", "erlang", "fedora", "gcc", "ghcr.io/astral-sh/uv", "golang", "node", "nvidia/cuda",
    "openjdk", "osrf/ros", "oven/bun", "perl", "php", "public.ecr.aws/amazonlinux/amazonlinux", "pypy", "python",
    "quay.io/centos/centos", "quay.io/fedora/fedora", "registry.fedoraproject.org/fedora", "rockylinux",
    "rockylinux/rockylinux", "ros", "ruby", "rust", "ubuntu",
})  # fmt: skip
_COUNTED_OF_REDHAT = late(
    r"registry\.access\.redhat\.com/ubi\d+(/ubi(-minimal|-init)?|-minimal)?|redhat/ubi\d+(-minimal)?"
)
# Of these, the packages make no account of the system. Those on Debian that are not slim, but PHP's, have
# openssh-client, whose group has the first number that was free. https://github.com/docker-library/buildpack-deps
_LANGUAGES = late(
    r"buildpack-deps|gcc|golang|node|openjdk|perl|php|pypy|python|ruby|rust|erlang|elixir|(ghcr\.io/)?astral-sh/uv|astral/uv"
)
_SLIM = late(r"(?:^|-)slim")
_SSH = 101
# Their useradd began at 500. https://bugzilla.redhat.com/show_bug.cgi?id=646166
_OLD_RHEL = late(r"[56](?:\.|$)|1$|201\d")
# https://bugs.launchpad.net/cloud-images/+bug/2005129: "ubuntu" has 1000 in images since 23.04.
UBUNTU = account(1000, 1000, "/home/ubuntu")
_WITHOUT = ("trusty", "xenial", "bionic", "focal", "jammy", "kinetic")
_WITH = ("lunar", "mantic", "noble", "oracular", "plucky", "questing")


def is_counted(name: str, distribution: str, release: str) -> bool:
    """Return whether no account but those in the table has a number from 1000 up; releases may differ."""
    if name not in _COUNTED and not ("redhat" in name and _COUNTED_OF_REDHAT.fullmatch(name)):
        return False
    if distribution == "rhel":
        return not _OLD_RHEL.match(release)
    if distribution == "ubuntu":
        # A floating tag tells nothing, for releases differ.
        return bool(re.match(r"\d\d\.?\d\d", release)) or release in _WITHOUT + _WITH
    return distribution in ("debian", "alpine", "fedora")


def has_ubuntu(distribution: str, release: str) -> bool:
    """Return whether a release of Ubuntu has its account "ubuntu"."""
    number = release.replace(".", "")[:4]
    return distribution == "ubuntu" and (release in _WITH or (number.isdigit() and int(number) >= 2304))


def system_groups(name: str, tag: str, distribution: str) -> Mapping[str, int] | None:
    """Return the groups of the system that are not the distribution's own; None where packages may have made others."""
    if name in ("debian", "ubuntu", "alpine") or _SLIM.search(tag):
        return {}
    if not _LANGUAGES.fullmatch(name) or "$" in tag:
        return None
    return {"_ssh": _SSH} if distribution == "debian" and name != "php" else {}
