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
            locations=("$R_PKG_CACHE_DIR", "$R_USER_CACHE_DIR/R/pkgcache", "$XDG_CACHE_HOME/R/pkgcache", "$HOME/.cache/R/pkgcache"),
        ),
    ),
    downloads=(
        Download(
            verbs=((), ("*",)),
            pattern=r"\bpak::(?:pak|pkg_install|pkg_upgrade|pkg_download|local_install\w*|lockfile_install)\(|(?<![\w.:])pak\(",
        ),
    ),
    valued=frozenset({"-e"}),
    cleaners=(Cleaner(verbs=((), ("*",)), pattern=r"\bcache_clean\(\)"),),
    unproven="CRAN is not reached",
    sources=("https://pak.r-lib.org/reference/pak-config.html",),
)  # fmt: skip
