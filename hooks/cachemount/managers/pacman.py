"""pacman: packages are kept by default; its verbs are flags."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

PACMAN = PackageManager(
    name="pacman",
    title="pacman",
    programs=("pacman",),
    system=True,
    caches=(Cache(name="packages", locations=("/var/cache/pacman/pkg",), flags=("--cachedir",)),),
    downloads=(
        Download(verbs=(("*",),), pattern=r"(?:^| )(?:-S(?![a-z]*[silgcp])[a-z]*|--sync)(?: |$)"),
        # -Sy alone fetches databases, which are not in the cache.
        Download(verbs=((),), pattern=r"(?:^| )-S(?![a-z]*[silgcp])[a-z]*u"),
    ),
    valued=frozenset({"--cachedir", "-b", "--dbpath", "-r", "--root", "--config", "--arch", "--ignore", "--overwrite"}),
    harmless=frozenset({"--help", "-h", "--version", "-V", "-p", "--print"}),
    cleaners=(Cleaner(verbs=((), ("*",)), pattern=r"(?:^| )-S[a-z]*c"),),
    sharing="locked",
    needed=("/var/lib/pacman", "/usr/lib", "/usr/bin"),
    sources=("https://man.archlinux.org/man/pacman.conf.5",),
)
