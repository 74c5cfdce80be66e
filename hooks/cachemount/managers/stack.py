"""Stack: the package index and what is taken from it, which later steps read. Compilers and libraries stay in the image."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

# Stack 1 knows no pantry.
_STACK_1 = r"\b(?:stack-build:lts-(?:\d|1[0-3])|haskell:(?:7|8\.[0-5]))(?!\d)"
_DOUBT = reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="Stack refuses it then")

STACK = PackageManager(
    name="stack",
    title="Stack",
    programs=("stack",),
    caches=(
        Cache(
            name="pantry",
            locations=(
                "$STACK_ROOT/pantry", "$STACK_XDG?$XDG_DATA_HOME/stack/pantry", "$STACK_XDG?$HOME/.local/share/stack/pantry",
                "$HOME/.stack/pantry",
            ),
            flags=("--stack-root",),
            flag_suffix="/pantry",
            kind="store",
            when=rf"(?is)\A(?!.*{_STACK_1})",
            doubt=_DOUBT,
            others_only=True,
        ),
        Cache(
            name="indices",
            locations=("$STACK_ROOT/indices", "$HOME/.stack/indices"),
            flags=("--stack-root",),
            flag_suffix="/indices",
            kind="store",
            when=f"(?i){_STACK_1}",
            doubt=_DOUBT,
            others_only=True,
        ),
    ),
    downloads=(
        Download(
            verbs=(("build",), ("install",), ("test",), ("bench",), ("haddock",)),
            pattern=r"(?<!\S)--(?:only-(?:snapshot|dependencies)|dependencies-only)(?!\S)",
            only_prefetches=True,
        ),
        Download(
            verbs=(
                ("build",), ("install",), ("test",), ("bench",), ("haddock",), ("run",), ("ghci",), ("repl",), ("script",),
                ("update",), ("unpack",), ("sdist",),
            )
        ),
        # They look up the project's snapshot.
        Download(verbs=(("exec",), ("runghc",), ("runhaskell",), ("ghc",), ("path",), ("ls",), ("dot",)), offline=(frozenset(),)),
    ),
    valued=frozenset(
        {
            "--stack-yaml", "--resolver", "--snapshot", "--compiler", "--local-bin-path", "--work-dir", "--stack-root", "-j", "--jobs",
            "--flag", "--ghc-options", "--docker-image", "--color", "--extra-lib-dirs", "--extra-include-dirs",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "--numeric-version", "--dry-run"}),
    sharing="locked",
    needed=("$HOME/.local/bin",),
    # The snapshot that it looks up is in the pantry.
    runtime=(
        (
            r"\bstack (?:-\S+ )*(?:bench|build|dot|eval|exec|ghc|ghci|haddock|hoogle|hpc|ide|install|ls|path|repl|run|runghc"
            r"|runhaskell|script|sdist|test)\b"
        ),
    ),
    unproven="it asks its own site first",
    sources=("https://docs.haskellstack.org/en/stable/topics/stack_root/",),
)  # fmt: skip
