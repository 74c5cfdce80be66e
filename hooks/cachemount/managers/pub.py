"""pub (Dart, Flutter): the packages, which later steps and programs that are not compiled read where they are."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_OFFLINE = (frozenset({"--offline"}),)
# What reads the packages and never fetches any.
_READS = (frozenset[str](),)

PUB = PackageManager(
    name="pub",
    title="pub (dart, flutter)",
    programs=("dart", "flutter", "pub", "dart2native"),
    caches=(
        Cache(name="hosted", locations=("$PUB_CACHE/hosted", "$HOME/.pub-cache/hosted"), kind="store"),
        Cache(name="git", locations=("$PUB_CACHE/git", "$HOME/.pub-cache/git"), kind="store", optional=True),
    ),
    downloads=(
        Download(
            programs=("dart", "flutter"),
            verbs=(("pub", "get"), ("pub", "upgrade"), ("pub", "downgrade"), ("pub", "add"), ("packages", "get"), ("packages", "upgrade")),
            offline=_OFFLINE,
            only_prefetches=True,
        ),
        Download(
            programs=("pub",),
            verbs=(("get",), ("install",), ("upgrade",), ("update",), ("downgrade",), ("add",)),
            offline=_OFFLINE,
            only_prefetches=True,
        ),
        Download(programs=("flutter",), verbs=(("build",), ("test",), ("run",), ("analyze",), ("gen-l10n",)), offline=(frozenset({"--no-pub"}),)),
        Download(
            programs=("dart",),
            verbs=(("compile",), ("run",), ("test",), ("analyze",), ("pub", "run"), ("build",), ("pub", "publish")),
            offline=_READS,
        ),
        Download(programs=("pub",), verbs=(("run",), ("build",)), offline=_READS),
        Download(programs=("dart2native",), verbs=(("*",),), offline=_READS),
    ),
    valued=frozenset({"-o", "--output", "-C", "--directory", "-d", "--device-id", "-t", "--target", "--dart-define", "--packages"}),
    cleaners=(
        Cleaner(verbs=(("cache", "clean"),)),
        Cleaner(verbs=(("pub", "cache", "clean"),)),
    ),
    sharing="locked",
    runtime=(r"\b(?:dart|pub|flutter|webdev)\b", r"\.dart\b"),
    unproven="the SDK comes from its own site",
    sources=("https://dart.dev/tools/pub/environment-variables", "https://dart.dev/tools/pub/cmd/pub-cache"),
)  # fmt: skip
