"""Who a USER instruction names: numbers and home, as far as the accounts are known."""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.dockerfile.images.model import Account
from cachemount.records import Record


class User(Record):
    """`name` is as USER says, "" when it is not known; so are the others, with None."""

    name: str
    uid: int | None
    gid: int | None
    home: str | None


def resolve(name: str, group: str, accounts: Mapping[str, Account], *, listed: bool) -> User:
    """Return the user; `listed` tells whether the accounts are all that can have a number from 1000 up."""
    if not name:
        return User(name="", uid=None, gid=None, home=None)
    account = accounts.get(name)
    uid = account.uid if account is not None else None
    if name.isascii() and name.isdigit():
        uid = int(name)
        account = next((one for one in accounts.values() if one.uid == uid), None)
    # Packages make accounts of their own below 1000.
    missing = account is None and uid is not None and uid >= 1000 and listed and _numbered(accounts)
    gid: int | None
    if group.isascii() and group.isdigit():
        gid = int(group)
    elif group:
        named = accounts.get(group)
        gid = 0 if group == "root" else named.gid if named else None
    else:
        gid = account.gid if account is not None else 0 if missing else None
    # A number that /etc/passwd does not have gets the root directory.
    home = account.home if account is not None else "/" if missing else None
    return User(name=name, uid=uid, gid=gid, home=home)


def _numbered(accounts: Mapping[str, Account]) -> bool:
    return all(account.uid is not None and account.uid >= 0 for account in accounts.values())
