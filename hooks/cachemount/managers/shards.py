"""Shards (Crystal): clones of the dependencies; `lib` has them checked out."""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, PackageManager

SHARDS = PackageManager(
    name="shards",
    title="shards",
    programs=("shards",),
    caches=(
        Cache(
            name="cache",
            locations=("$SHARDS_CACHE_PATH", "$XDG_CACHE_HOME/shards", "$HOME/.cache/shards"),
        ),
    ),
    # With --local it takes its clones out of the cache: https://github.com/crystal-lang/shards/blob/master/src/resolvers/git.cr
    downloads=(
        Download(verbs=((), ("install",), ("update",), ("build",), ("outdated",)), offline=(frozenset({"--local"}),)),
    ),
    sharing="locked",
    needed=("$WORKDIR/lib",),
    sources=("https://crystal-lang.org/reference/latest/man/shards/",),
)  # fmt: skip
