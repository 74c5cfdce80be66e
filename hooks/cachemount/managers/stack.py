"""Stack: the package index and what is taken from it. Compilers and libraries beside it stay in the image."""

from __future__ import annotations

from cachemount.managers._model import Cache, Download, PackageManager

STACK = PackageManager(
    name="stack",
    title="Stack",
    programs=("stack",),
    caches=(
        Cache(
            name="pantry",
            locations=("$STACK_ROOT/pantry", "$HOME/.stack/pantry"),
            flags=("--stack-root",),
            flag_suffix="/pantry",
            # Stack 1 knows no pantry.
            when=r"(?is)\A(?!.*\b(?:stack-build:lts-(?:\d|1[0-3])|haskell:(?:7|8\.[0-5]))(?!\d))",
            doubt="the directory above the mount may become root's, and Stack refuses it then",
            others_only=True,
        ),
    ),
    downloads=(
        Download(verbs=(("build",), ("install",), ("test",), ("bench",), ("haddock",), ("update",), ("unpack",), ("sdist",))),
    ),
    valued=frozenset(
        {
            "--stack-yaml", "--resolver", "--snapshot", "--compiler", "--local-bin-path", "--work-dir", "--stack-root", "-j", "--jobs",
            "--flag", "--ghc-options", "--docker-image", "--color", "--extra-lib-dirs", "--extra-include-dirs",
        }
    ),
    harmless=frozenset({"--help", "-h", "--version", "--numeric-version", "--dry-run"}),
    sharing="locked",
    needed=("$HOME/.local/bin",),
    unproven="it asks its own site first",
    sources=("https://docs.haskellstack.org/en/stable/topics/stack_root/",),
)  # fmt: skip
