"""The settings of official and widely used base images, as far as a package manager's cache depends on it.

The table is in `images/`; this module finds the entry for a reference.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from cachemount.dockerfile.images import BaseImage, table
from cachemount.dockerfile.images.counted import UBUNTU, has_ubuntu, is_counted
from cachemount.dockerfile.images.model import CMD
from cachemount.dockerfile.images.systems import ACCOUNTS
from cachemount.late_pattern import late
from cachemount.records import Record, replace

__all__ = ["BaseImage", "lookup", "split", "values_of"]

_MIRRORS = late(
    r"(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|registry\.docker\.com|registry\.hub\.docker\.com"
    r"|public\.ecr\.aws/docker|mcr\.microsoft\.com/mirror/docker|mirror\.gcr\.io|dockerproxy\.com)/"
)
# A registry that fetches from the public one: the project says so by its name, or has the folder of its official images.
# https://goharbor.io/docs/2.14.0/administration/configure-proxy-cache/,
# https://docs.gitlab.com/user/packages/dependency_proxy/
_PROXIES = late(
    r"\A(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost:\d+)/(?:(?:[\w.-]+/)*?"
    r"(?:(?:(?:proxy|cache|mirror|remote)[-_])?docker[-_]?hub(?:[-_](?:proxy|cache|mirror|remote))?"
    r"|(?:(?:index|registry-1)\.)?docker\.io|dependency_proxy/containers)/|(?:[\w.-]+/)+(?=library/[^/]+$))"
)
_ARCHITECTURE = late(
    r"(?:library|stackbrew|(?:win)?amd64|arm32v[567]|arm64v8|i386|ppc64le|s390x|riscv64|mips64le)/(?=[^/]+$)"
)
_DEBIAN = r"wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|sid|oldstable|stable"
# What other images call their own releases.
_OWN_RELEASE = late(r"(?:old)?stable")
_UBUNTU = r"trusty|xenial|bionic|focal|jammy|kinetic|lunar|mantic|noble|oracular|plucky|questing"

# What a tag says of the distribution; group 1 is the release. The first that matches counts.
_TAGS: tuple[tuple[str, str], ...] = (
    ("alpine", r"alpine-?(\d+(?:\.\d+)*)?"),
    ("windows", r"(?:windowsservercore|nanoserver)(?:-ltsc(\d+))?|ltsc(\d+)"),
    ("azurelinux", r"(?:azure-?linux|mariner)-?(\d+(?:\.\d+)*)?"),
    ("amazon", r"(?:amazonlinux|\bal)-?(20\d\d|2|1)?\b"),
    ("fedora", r"\bfedora-?(\d+)?"),
    ("rhel", r"(?:\bubi|\bel|centos|rocky(?:linux)?|alma(?:linux)?|oracle(?:linux)?|\brhel|\bstream)-?(\d+)?(?![a-z])"),
    ("suse", r"\b(?:opensuse|leap)-?(\d+(?:\.\d+)*)?"),
    ("ubuntu", rf"\b(?:ubuntu-?)?({_UBUNTU})\b|\bubuntu-?(\d\d\.?\d\d(?!\d))?"),
    ("debian", rf"\b(?:debian-?)?({_DEBIAN})\b|\bdebian-?((?:[7-9]|[1-9]\d)(?!\d))?"),
)
# A part of a reference that only a build tells. In front of a name it is a registry that mirrors the public one.
_VARIABLE = late(r"\$\{\w+\}")
_REGISTRY = late(r"\$\{\w+\}(?:/library/|(?=\w))")
_GOES_ON = late(r"[\w.]*\$")
_SLIM = late(r"\bslim\b")
# Not in parentheses.
_OR = late(r"\|(?![^(]*\))")
# Groups, and the text behind them, whose last letter may not be missing.
_BEHIND_GROUPS = late(r"(?:\((?:[^()]|\([^()]*\))*\)[?*]?|\.\*)*([\w/-]*(?:\\\.[\w/-]+)*)(?![?*{])")
# What most files begin with, by the table that alone has it: the others take longer to read than such a file.
_TABLE_OF = {
    name: one
    for one, names in (
        ("languages", ("elixir", "golang", "node", "php", "python", "ruby", "rust")),
        ("platforms", ("gradle", "maven", "openjdk")),
        ("services", ("nginx", "postgres")),
        ("systems", ("almalinux", "alpine", "amazonlinux", "busybox", "centos", "debian", "fedora", "ubuntu")),
    )
    for name in names
}
_NUMBER = late(r"v?(\d+(?:\.\d+)*)(?![\w.]*\d{6})")
_CODENAME = late(rf"({_DEBIAN}|{_UBUNTU}|tumbleweed|edge)")


@lru_cache(maxsize=512)
def lookup(reference: str) -> BaseImage | None:
    """Return the entry for an image reference with its distribution and release decided.

    Return None for an image that is not known, and for `scratch`. Variables may stand for parts of the reference that
    only a build tells.
    """
    name, tag = split(reference)
    if "$" in name or "$" in tag:
        return _unfinished(_VARIABLE.sub("9", name), tag)
    image = next((one for one in _named(name) if re.search(one.tag, tag)), None)
    return None if image is None else _decided(image, name, tag)


def _unfinished(name: str, tag: str) -> BaseImage | None:
    """Return what the images have in common that a reference with variables may name; None for an unknown name."""
    told = _tagged(tag, "")[0]
    possible: list[BaseImage] = []
    for image in _named(name):
        fits = re.search(image.tag, tag) is not None
        if fits or not told or told == image.distribution:
            possible.append(_decided(image, name, tag))
        if fits:
            break
    if not possible:
        return None
    if not told and not possible[-1].tagged:
        # Another tag may be of another distribution, which Debian's are not where they are "slim".
        slim = possible[-1].distribution == "debian" and _SLIM.search(tag)
        told = "debian" if slim else "unknown"
    from cachemount.dockerfile.images.common import in_common

    common = in_common(possible, told)
    # The next number is the same for all values of the variable, where the rest of the tag decides the distribution. Of
    # Red Hat's the oldest releases begin elsewhere.
    alike = all(one.counted and one.accounts == common.accounts for one in possible)
    told_apart = common.distribution != "rhel" or common.release != ""
    counted = alike and told_apart and is_counted(name, common.distribution, common.release)
    return replace(common, counted=counted)


def _decided(image: BaseImage, name: str, tag: str) -> BaseImage:
    """Return an entry with the distribution and release that the tag tells."""
    distribution, release = image.distribution, ""
    number = _NUMBER.match(tag) or _CODENAME.match(tag) if image.tagged else None
    if number is not None:
        release = _whole(number, number[1])
    elif distribution != "windows":
        distribution, release = _tagged(tag, distribution)
    if image.tagged and not release:
        # ubi8/ubi, centos/7, almalinux/9-minimal
        found = re.search(r"(?:ubi|rhel|centos|leap|stream|mariner|almalinux(?:org)?(?=/))-?/?(\d+(?:\.\d+)*)", name)
        release = found[1] if found else ""
    if not release and distribution == image.distribution:
        release = image.release
    accounts = {**ACCOUNTS.get(distribution, {}), **image.accounts}
    counted = is_counted(name, distribution, release)
    if counted and has_ubuntu(distribution, release):
        accounts["ubuntu"] = UBUNTU
    shell = CMD if distribution == "windows" else image.shell
    return replace(image, distribution=distribution, release=release, accounts=accounts, shell=shell, counted=counted)


@lru_cache(maxsize=64)
def values_of(variable: str) -> tuple[str, ...]:
    """Return the values that images of the table give a variable."""
    found = [value for image in table() for name, value in image.variables.items() if name == variable and value]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)
def _named(name: str) -> tuple[BaseImage, ...]:
    """Return the entries for a name, up to one that fits any tag: files share few names, with many tags."""
    found = []
    for image in fitting(name):
        found.append(image)
        if not image.tag:
            break
    return tuple(found)


def fitting(name: str) -> list[BaseImage]:
    """Return all entries for a name."""
    one_table = _TABLE_OF.get(name, "")
    index, images = _index(one_table), table(one_table)
    numbers = [*index.whole.get(name, ())]
    numbers += [number for text, number in index.begun if name.startswith(text)]
    numbers += [number for text, one, number in index.others if text in name and _pattern(one).fullmatch(name)]
    return [images[number] for number in sorted({*numbers})]


class _Index(Record, kw_only=False):
    """The alternatives of the patterns, each with the number of its entry.

    `whole` are names, `begun` what names begin with, `others` are regular expressions with a text that they need. To
    compile all of them takes longer than to read many files.
    """

    whole: dict[str, list[int]]
    begun: list[tuple[str, int]]
    others: list[tuple[str, str, int]]


@cache
def _index(one_table: str) -> _Index:
    index = _Index({}, [], [])
    for number, image in enumerate(table(one_table)):
        for one in _OR.split(image.pattern) if "(" in image.pattern else image.pattern.split("|"):
            is_open, plain = one.endswith(".*"), one.removesuffix(".*").replace("\\.", "")
            if not plain.replace("-", "").replace("_", "").replace("/", "").isalnum():
                needed = _BEHIND_GROUPS.match(one)
                index.others.append((needed[1].replace("\\", "") if needed else "", one, number))
            elif is_open:
                index.begun.append((one[:-2].replace("\\", ""), number))
            else:
                index.whole.setdefault(one.replace("\\", ""), []).append(number)
    return index


_pattern = cache(re.compile)


def _tagged(tag: str, distribution: str) -> tuple[str, str]:
    if not tag.replace("slim", "").replace("latest", "").strip("0123456789.-"):
        # As most tags are: it names a version, and no distribution.
        return distribution, ""
    for other, pattern in _TAGS:
        match = re.search(pattern, tag)
        if match and not (distribution != other and match[1] and _OWN_RELEASE.fullmatch(match[1])):
            release = next((text for text in match.groups() if text), "")
            return ("rhel" if other == "amazon" else other), _whole(match, release)
    return distribution, ""


def _whole(match: re.Match[str], release: str) -> str:
    """Return a release that a tag tells; "" where a variable goes on with it."""
    return "" if _GOES_ON.match(match.string, match.end()) else release


def short_name(reference: str) -> str:
    """Return the last part of an image's name, without registry, tag and digest: `b` for `a.example/b:1@sha256:…`."""
    return reference.partition("@")[0].rpartition("/")[2].partition(":")[0]


def name_and_tag(reference: str) -> tuple[str, str | None]:
    """Return the name of an image without a digest, as it is written, and its tag; None in place of a tag without one."""
    name, colon, tag = reference.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (reference, None)


def split(reference: str) -> tuple[str, str]:
    """Name and tag; the public registry, `library/` and an architecture are left out of the name, a digest out of both.

    Both are in lower case. A digest that only a build tells stands for the tag.
    """
    reference, _, digest = reference.lower().partition("@")
    name, tag = name_and_tag(reference)
    if tag is None:
        tag = digest if "$" in digest else ""
    if "$" in name:
        name = _REGISTRY.sub("", name, count=1)
    if "/" not in name:
        return name, tag
    if "." in name or ":" in name:
        name = _PROXIES.sub("", name)
    return _ARCHITECTURE.sub("", _MIRRORS.sub("", name, count=1), count=1), tag
