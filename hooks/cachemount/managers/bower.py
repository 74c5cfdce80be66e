"""Bower: packages as they were fetched, and what the registry said; `bower_components` has copies.

Run with Bower 1.8.14 and a git server: a second project takes the package from the cache, also with --offline.
"""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

BOWER = PackageManager(
    name="bower",
    title="Bower",
    programs=("bower",),
    caches=(
        Cache(
            name="packages",
            # It takes XDG_CACHE_HOME for its own.
            locations=("$bower_storage__packages", "$XDG_CACHE_HOME/packages", "$HOME/.cache/bower"),
            flags=("--config.storage.packages",),
        ),
    ),
    downloads=(
        Download(verbs=(("install",), ("i",), ("update",)), offline=(frozenset({"-o"}), frozenset({"--offline"}))),
    ),
    valued=frozenset({"-l", "--loglevel"}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-v"}),
    cleaners=(Cleaner(verbs=(("cache", "clean"),)),),
    sharing="locked",
    needed=("$WORKDIR/bower_components",),
    sources=("https://bower.io/docs/api/", "https://bower.io/docs/config/"),
)
