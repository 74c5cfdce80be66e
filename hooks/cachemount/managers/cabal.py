"""cabal-install: the package index and the sources, which every later build reads."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

_VERBS = (
    "update",
    "build",
    "install",
    "run",
    "test",
    "bench",
    "exec",
    "repl",
    "haddock",
    "configure",
    "freeze",
    "fetch",
    "get",
)

_PREFIXES = ("", "new-", "v1-", "v2-")

CABAL = PackageManager(
    name="cabal",
    title="cabal",
    programs=("cabal",),
    caches=(
        Cache(
            name="packages",
            locations=("$CABAL_DIR/packages", "$HOME/.cabal/packages"),
            substitutes=("$XDG_CACHE_HOME/cabal/packages", "$HOME/.cache/cabal/packages"),
            kind="store",
            holds_index=True,
            doubt=reasons.CABAL_RELEASE.about(),
        ),
    ),
    downloads=(
        Download(
            verbs=tuple((prefix + verb,) for prefix in _PREFIXES for verb in _VERBS),
            offline=(frozenset({"--offline"}),),
        ),
    ),
    valued=frozenset(
        {
            "-w", "--with-compiler", "-j", "--installdir", "--prefix", "--bindir", "--builddir", "--project-file", "--flags", "-f",
            "--constraint", "--config-file", "--store-dir", "--install-method",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "--numeric-version", "--dry-run"}),
    sharing="locked",
    refresh="cabal update",
    refresh_verbs=tuple((f"{prefix}update",) for prefix in _PREFIXES),
    # It asks the index, and builds what is not built.
    runtime=(
        (
            r"(?<![\w.])(?<!\w-)cabal (?:-\S+ )*(?:new-|v[12]-)?"
            r"(?:bench|build|configure|exec|freeze|ghci|haddock|install|list-bin|repl|run|sdist|test)\b"
        ),
    ),
    unproven="the package index comes from its own site",
    sources=("https://cabal.readthedocs.io/en/stable/config.html",),
)  # fmt: skip
