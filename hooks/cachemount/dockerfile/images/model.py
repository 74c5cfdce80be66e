"""The facts about a base image."""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.records import Record, field

BASH = ("/bin/bash", "-o", "pipefail", "-c")
CMD = ("cmd", "/S", "/C")
UNCHECKED = "known, unchecked"


class Account(Record):
    """A line of /etc/passwd as far as it is known; what is not known is None."""

    uid: int | None
    gid: int | None
    home: str | None


class FromArgument(int):
    """A number that a build argument gives: its value by default, and the reference that follows another value.

    It is `OPEN` where the argument has no value by default, and the build needs to be given one.
    """

    OPEN = -1
    word: str

    @property
    def is_open(self) -> bool:
        return self == self.OPEN

    def __new__(cls, number: int, word: str) -> FromArgument:
        made = super().__new__(cls, number)
        made.word = word
        return made


class TextFromArgument(str):
    """A name or a path that build arguments give: its value by default, and the words that follow other values.

    `words` is "" where none are known that BuildKit and a shell expand alike.
    """

    words: str

    def __new__(cls, text: str, words: str) -> TextFromArgument:
        made = super().__new__(cls, text)
        made.words = words
        return made

    def __reduce__(self) -> tuple[type[TextFromArgument], tuple[str, str]]:
        return TextFromArgument, (str(self), self.words)


def joined_path(folder: str, name: str) -> str:
    """Return the path of a name in a folder; it follows the build arguments that give one of them."""
    path = f"{folder}/{name}"
    if not isinstance(folder, TextFromArgument) and not isinstance(name, TextFromArgument):
        return path
    parts = [one.words if isinstance(one, TextFromArgument) else one for one in (folder, name)]
    return TextFromArgument(path, "/".join(parts) if all(parts) else "")


def written(number: int) -> str:
    """Return a user's or group's number as a fix writes it."""
    return number.word if isinstance(number, FromArgument) else str(number)


class BaseImage(Record):
    """An entry of the table.

    `pattern` is matched in full on the name without registry `docker.io`, without `library/` or an architecture in
    front, and without tag; `tag`, where given, is searched in the tag. `source` says where the facts stand: the
    project, with "known, unchecked" for what was not looked up there. `distribution` is one of debian, ubuntu, alpine,
    fedora, rhel, suse, arch, photon, azurelinux, wolfi, windows, unknown; a word in the tag decides first.
    `tagged` means that the tag begins with the release of the distribution.

    A variable is None where releases of the image differ. `user` is "" and `workdir` None where they are not known.
    `accounts` are those of /etc/passwd that matter; with `counted` no other account or group has a number from 1000 up,
    so that the number of the next one is known. They are `listed` where a number that none of them has is free. With
    `composed` it is made of packages, and not on the distribution's own image, which has files beside them.
    """

    pattern: str
    distribution: str
    source: str
    tag: str = ""
    tagged: bool = False
    release: str = ""
    user: str = "root"
    workdir: str | None = "/"
    variables: Mapping[str, str | None] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    counted: bool = False
    listed: bool = True
    composed: bool = False

    @property
    def uid(self) -> int | None:
        account = self.accounts.get(self.user)
        return 0 if self.user == "root" else account.uid if account else None

    @property
    def gid(self) -> int | None:
        account = self.accounts.get(self.user)
        return 0 if self.user == "root" else account.gid if account else None

    @property
    def home(self) -> str | None:
        """HOME as the image sets it, else the home of its user."""
        account = self.accounts.get(self.user)
        return self.variables.get("HOME") or ("/root" if self.user == "root" else account.home if account else None)


def account(uid: int | None, gid: int | None, home: str | None) -> Account:
    return Account(uid=uid, gid=gid, home=home)
