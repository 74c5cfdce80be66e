"""Programs that build, test or look at a project when the image runs them: they run its compiler, or its manager.

Names that are more often a project's own, or a word that a program is told, are not among them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from cachemount.late_pattern import late

_WATCHERS = frozenset({
    "CompileDaemon", "air", "bacon", "cargo-watch", "fresh", "gin", "gomon", "gow", "make", "modd", "realize", "reflex",
    "wgo",
})  # fmt: skip

_OF_GO = frozenset({
    "bee", "buffalo", "dlv", "errcheck", "ginkgo", "goconvey", "goimports", "golangci-lint", "golint", "gometalinter",
    "gomobile", "gopls", "goreleaser", "gosec", "gotest", "gotests", "gotestsum", "govulncheck", "gox", "mage",
    "mockery", "mockgen", "pkgsite", "revel", "revive", "richgo", "staticcheck", "tinygo", "wails", "wails3", "yaegi",
})  # fmt: skip

_OF_RUST = frozenset({
    "cargo-leptos", "cargo-nextest", "dioxus", "dx", "evcxr", "maturin", "rust-analyzer", "rust-script", "tauri",
})  # fmt: skip

_OF_JAVA = frozenset({
    "amm", "bb", "bloop", "cordova", "fastlane", "grails", "ionic", "jbang", "jdtls", "kscript", "mn", "quarkus",
    "react-native", "scala-cli", "shadow-cljs",
})  # fmt: skip

_OF_OTHERS = frozenset({
    "dart_frog", "dotnet-ef", "dotnet-script", "dotnet-stryker", "dotnet-watch", "ghcid", "haskell-language-server",
    "haskell-language-server-wrapper", "jaspr", "melos", "omnisharp", "serverpod", "yesod",
})  # fmt: skip

DEVELOPING = _WATCHERS | _OF_GO | _OF_RUST | _OF_JAVA | _OF_OTHERS

# With the first a debugger works on a program that is built: https://github.com/go-delve/delve/tree/master/Documentation/usage
_ON_BUILT = {"dlv": frozenset({"attach", "connect", "core", "exec", "replay"})}
_BUILDING = frozenset({"dap", "debug", "test", "trace"})
_QUERIES = frozenset({"--help", "--version", "-V", "-h", "help", "version"})
# Elsewhere it is rather what the project makes.
_PLACE = late(r"(?:/(?:[\w.-]+/)*bin/)?")


def developing(word: str) -> str:
    """Return the name of such a program that a word names; "" for others."""
    name = posixpath.basename(word)
    if name not in DEVELOPING:
        return ""
    return name if name in _ON_BUILT or _PLACE.fullmatch(word.removesuffix(name)) else ""


def builds_project(name: str, arguments: Sequence[str]) -> bool:
    """Return whether a program with these arguments is one that may build a project when it runs."""
    if name not in DEVELOPING or not _QUERIES.isdisjoint(arguments[:1]):
        return False
    built = _ON_BUILT.get(name, frozenset())
    return next((one not in built for one in arguments if one in built or (built and one in _BUILDING)), True)
