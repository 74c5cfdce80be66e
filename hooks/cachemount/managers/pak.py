"""pak (R): packages as they were fetched, and as they were built, for each platform."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

PAK = PackageManager(
    name="pak",
    title="pak (R)",
    programs=("R", "Rscript", "r"),
    caches=(
        Cache(
            name="cache",
            # Not the index beside it, which is trusted for a day.
            locations=(
                "$R_PKG_CACHE_DIR/R/pkgcache/pkg", "$R_USER_CACHE_DIR/R/pkgcache/pkg", "$XDG_CACHE_HOME/R/pkgcache/pkg",
                "$HOME/.cache/R/pkgcache/pkg",
            ),
        ),
    ),
    downloads=(
        Download(
            verbs=((), ("*",)),
            pattern=r"\bpak::(?:pak|pkg_install|pkg_upgrade|pkg_download|local_install\w*|lockfile_install)\(|(?<![\w.:])pak\(",
        ),
    ),
    valued=frozenset({"-e"}),
    keeps_linked=True,
    cleaners=(Cleaner(verbs=((), ("*",)), pattern=r"\bcache_clean\(\)"),),
    mistaken_for=(r"/\S*/R/pkgcache",),
    unproven="CRAN is not reached",
    sources=(
        "https://pak.r-lib.org/reference/pak-config.html", "https://github.com/r-lib/pkgcache/blob/main/R/cache-dirs.R",
    ),
)  # fmt: skip
