"""renv (R): built packages, to which the project's library has links unless it is told to copy."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

RENV = PackageManager(
    name="renv",
    title="renv (R)",
    programs=("R", "Rscript", "r"),
    caches=(
        Cache(
            name="cache",
            locations=(
                "$RENV_PATHS_CACHE", "$RENV_PATHS_ROOT/cache", "$R_USER_CACHE_DIR/R/renv/cache", "$XDG_CACHE_HOME/R/renv/cache",
                "$HOME/.cache/R/renv/cache",
            ),
            doubt=reasons.BUILT_ELSEWHERE.about(),
        ),
    ),
    downloads=(Download(verbs=((), ("*",)), pattern=r"\brenv::(?:restore|install|hydrate|rebuild|update|init)\("),),
    valued=frozenset({"-e"}),
    # Of two that put one package into the cache at once, one fails: https://github.com/rstudio/renv/issues/1571
    sharing="locked",
    set_variables={"RENV_CONFIG_CACHE_SYMLINKS": "FALSE"},
    linking_unless=("RENV_CONFIG_CACHE_SYMLINKS", "FALSE"),
    # An option of R counts more than the variable: https://github.com/rstudio/renv/blob/main/R/config.R
    linking_unless_files={".Rprofile": r"(?m)^[^#\n]*\brenv\.config\.cache\.symlinks\s*=\s*F(?:ALSE)?\b"},
    unproven="CRAN is not reached",
    sources=("https://rstudio.github.io/renv/reference/paths.html", "https://rstudio.github.io/renv/articles/docker.html"),
)  # fmt: skip
