"""Bun: one cache of unpacked packages, beside bun itself and what it installed globally."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_INSTALLED = (
    r"\b(?:npm|yarn|pnpm|bun) (?:--?\S+ )*(?:install|i|ci|add|a)\b|\byarn(?: --\S+)* *(?:&&|;|$)"
    r"|node_modules|--from=(?!\S+ +\S*/bin/)"
)
# https://bun.com/docs/runtime/bunfig: `~` stands for itself in it, and this value is in the example that it gives.
_ITS_PLACE = r"[\"']~/\.bun/install/cache/?[\"']"
_MOVED = (
    rf"(?m)^\[install\.cache\][^\[]*?^[ \t]*(?:dir\s*=\s*(?!{_ITS_PLACE})[\"'][^\n]+|disable\s*=\s*true\b)"
    rf"|^[ \t]*(?:install\.)?cache(?:\.dir)?\s*=\s*(?!{_ITS_PLACE})(?:[\"']|false\b|\{{[^\n}}]*(?:\bdir\b|disable\s*=\s*true))[^\n]*"
    r"|^[ \t]*(?:install\.)?cache\.disable\s*=\s*true\b"
)
_LINKS = r"(?m)^[ \t]*(?:install\.|install\s*=\s*\{[^\n}]*)?globalStore\s*=\s*true\b"
_SETTINGS = ("bunfig.toml", ".bunfig.toml")
_VERSION = r"(?:-\S+ )*\S+@(?:latest|next|[~^]?\d)"

BUN = PackageManager(
    name="bun",
    title="Bun",
    programs=("bun", "bunx"),
    caches=(
        Cache(
            name="cache",
            locations=(
                "$BUN_INSTALL_CACHE_DIR", "$BUN_INSTALL/install/cache", "$XDG_CACHE_HOME/.bun/install/cache",
                "$HOME/.bun/install/cache",
            ),
            flags=("--cache-dir",),
            # BuildKit makes the directories above a mount, for root.
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="bun installs there too"),
            others_only=True,
        ),
    ),
    downloads=(
        Download(
            programs=("bun",),
            verbs=(("install",), ("i",), ("ci",), ("add",), ("a",), ("update",), ("create", "*"), ("c", "*"), ("init",)),
            offline=(frozenset({"--offline"}),),
        ),
        # Measured: a version is downloaded whatever the project has.
        Download(programs=("bun",), verbs=(("x", "*"),), pattern=rf"^x {_VERSION}", verb_is_program=True),
        Download(programs=("bunx",), verbs=(("*",),), pattern=rf"^{_VERSION}", verb_is_program=True),
        Download(programs=("bun",), verbs=(("x", "*"),), satisfied_by=_INSTALLED, verb_is_program=True),
        Download(programs=("bunx",), verbs=(("*",),), satisfied_by=_INSTALLED, verb_is_program=True),
    ),
    valued=frozenset({"--cwd", "--cache-dir", "--registry", "--config", "-c", "--backend", "--filter", "--network-concurrency", "--omit"}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-v", "--dry-run", "--lockfile-only"}),
    cleaners=(Cleaner(verbs=(("pm", "cache", "rm"),)),),
    needed=("$WORKDIR/node_modules",),
    # Bun itself, where its own installer put it.
    image_needs_inside={
        "$HOME/.bun/bin": r"oven/bun|\b(?:npm|yarn|pnpm)\b[^\n]*\bbun\b|/usr/(?:local/)?bin\b|\bBUN_INSTALL[= ][\"']?(?!\S*/\.bun\b)"
    },
    needed_globally=("$HOME/.bun/bin", "$HOME/.bun/install/global", "$BUN_INSTALL/bin", "$BUN_INSTALL/install/global"),
    linking_flags=("--backend=symlink", "--backend symlink"),
    # Run with 1.3.14: node_modules/.bun has links into the cache; 1.3.12 to 1.4.5 do not so by themselves.
    linking_variables={"BUN_INSTALL_GLOBAL_STORE": r"(?!(?:0|false)\Z).+"},
    linking_files=dict.fromkeys(_SETTINGS, _LINKS),
    linking_settings=(r"globalStore *= *true\b",),
    brought_by=r"\bbun\.(?:sh|com)/install\b",
    config_files=("$HOME/.bunfig.toml", "$HOME/.npmrc"),
    moving_files=dict.fromkeys(_SETTINGS, _MOVED),
    moved_by_files=r"\.?bunfig\.toml",
    sources=("https://bun.com/docs/install/cache", "https://bun.com/docs/runtime/bunfig"),
)  # fmt: skip
