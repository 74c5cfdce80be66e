"""Deno: a store of modules that programs read when they run."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_OFFLINE = (frozenset({"--cached-only"}), frozenset({"--no-remote", "--no-npm"}))

DENO = PackageManager(
    name="deno",
    title="Deno",
    programs=("deno",),
    caches=(
        Cache(
            name="modules",
            locations=("$DENO_DIR", "$XDG_CACHE_HOME/deno", "$HOME/.cache/deno"),
            kind="store",
            # Run with 2.9: an import without a version stays what it was when it was first fetched.
            doubt=reasons.UNPINNED_IMPORTS.about(),
            safe_when=r"\bdeno\.lock\b|\s--(?:frozen|lock|reload)\b",
        ),
    ),
    downloads=(
        Download(verbs=(("compile",), ("bundle",)), offline=_OFFLINE),
        # Modules are copied to vendor/, but not npm's packages.
        Download(verbs=(("vendor",),), offline=_OFFLINE),
        Download(
            verbs=(("cache",), ("install",), ("i",), ("add",)), needs=frozenset({"--vendor", "--vendor=true"}), offline=_OFFLINE,
        ),
        # A package that is run while the image is built.
        Download(verbs=(("run", "*"), ("x", "*")), pattern=r"\A(?:-\S+ )*(?:run|x) (?:-\S+ )*npm:", offline=_OFFLINE, verb_is_program=True),
        # In the image that runs, these fill the store for the program itself, which a mount would take away.
        Download(
            verbs=(
                ("cache",), ("install",), ("i",), ("add",), ("run", "*"), ("test",), ("bench",), ("check",), ("x", "*"), ("eval",),
            ),
            offline=_OFFLINE,
            for_image=True,
        ),
    ),
    valued=frozenset({"--config", "-c", "--import-map", "--lock", "--output", "-o", "--cert", "--target", "--reload="}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V"}),
    cleaners=(Cleaner(verbs=(("clean",),)),),
    # Run with 2.9: it asks for newer versions, and for a module's text, only where what it has does not fit, by a lock file too.
    needed=("$DENO_INSTALL_ROOT/bin", "$HOME/.deno/bin"),
    storeless_verbs=frozenset({"completions", "fmt", "help", "upgrade"}),
    # The images' own entry point is deno.
    runtime=(r"\bdeno\b|\A(?:run|serve|task|start)\b",),
    sources=("https://docs.deno.com/runtime/fundamentals/modules/",),
)  # fmt: skip
