"""apk: kept only where /etc/apk/cache is, which a mount makes; the index lies beside the packages."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

APK = PackageManager(
    name="apk",
    title="apk",
    programs=("apk",),
    system=True,
    caches=(
        Cache(
            name="cache",
            locations=("/etc/apk/cache",),
            flags=("--cache-dir",),
            settings={r"\bln -s\w* (/var/cache/apk)/? /etc/apk/cache": "{}"},
        ),
    ),
    downloads=(
        Download(
            verbs=(("add",), ("upgrade",), ("fix",), ("fetch",), ("update",), ("cache", "download"), ("cache", "sync")),
            unless=(frozenset({"--no-network"}), frozenset({"-s"}), frozenset({"--simulate"})),
        ),
    ),
    valued=frozenset(
        {
            "-t",
            "--virtual",
            "-X",
            "--repository",
            "-p",
            "--root",
            "--keys-dir",
            "--cache-dir",
            "--repositories-file",
            "--wait",
            "--arch",
            "--cache-max-age",
            "--timeout",
            "-o",
            "--output",
        }
    ),
    # Without a cache the index is fetched anew; with one it has to be asked for.
    off_flags={"--no-cache": "-U"},
    cleaners=(Cleaner(verbs=(("cache", "purge"),)),),
    sharing="locked",
    needed=("/lib/apk", "/etc/apk", "/usr/bin", "/usr/lib"),
    refresh="apk update",
    refresh_verbs=(("update",),),
    refresh_flags=frozenset({"-U", "--update-cache", "--update", "-u", "--no-cache"}),
    sources=("https://wiki.alpinelinux.org/wiki/Local_APK_cache", "https://man.archlinux.org/man/apk-cache.5.en"),
)
