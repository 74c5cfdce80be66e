"""apk (Alpine, Wolfi): packages are kept only where /etc/apk/cache exists, as a directory or a link."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

APK = PackageManager(
    name="apk",
    title="apk",
    programs=(r"apk(?:\.static)?",),
    system=True,
    caches=(
        Cache(
            name="packages",
            # apk 2 puts its index in /var/cache/apk where this does not exist, and keeps no packages; so does apk 3
            # without --cache-packages. A mount makes it exist.
            locations=("/etc/apk/cache",),
            flags=("--cache-dir",),
            settings={
                r"\bln (?:-\S+ )*(/\S+) +/etc/apk/cache(?![\w/.-])": "{}",
                r"\bsetup-apkcache +(/\S+)": "{}",
            },
        ),
    ),
    downloads=(
        Download(
            verbs=(("add",), ("upgrade",), ("fix",), ("fetch",), ("update",), ("cache", "download"), ("cache", "sync")),
            unless=(frozenset({"--no-network"}), frozenset({"--simulate"}), frozenset({"-s"}), frozenset({"--print-arch"})),
            # Files that are there, and a virtual package of nothing, come from nowhere; so does what removes only.
            pattern=(
                r"\A(?!(?=.*\badd\b)(?:\S+ )*?add(?: (?:-[tX] \S+|--(?:virtual|repository) \S+|-\S+|!\S+))*"
                r"(?: (?:-[tX] \S+|--(?:virtual|repository) \S+|-\S+|\S+\.apk|!\S+))*\Z)"
            ),
        ),
    ),
    valued=frozenset(
        {
            "--arch", "--cache-dir", "--cache-max-age", "--keys-dir", "--progress-fd", "--repositories-file", "--repository",
            "--root", "--timeout", "--virtual", "--wait", "-p", "-t", "-X", "--output", "-o",
        }
    ),
    # What it brings along is a fresh index.
    off_flags={"--no-cache": "-U|--update-cache|--update"},
    cleaners=(Cleaner(verbs=(("cache", "clean"), ("cache", "purge"))),),
    sharing="locked",
    needed=("/lib/apk", "/usr/lib/apk", "/etc/apk/keys", "/etc/apk/world", "/etc/apk/repositories"),
    refresh="apk update",
    refresh_verbs=(("update",),),
    refresh_flags=frozenset({"--no-cache", "-U", "--update-cache", "--update"}),
    sources=(
        "https://wiki.alpinelinux.org/wiki/Local_APK_cache",
        "https://man.archlinux.org/man/apk-cache.5.en",
        "https://github.com/alpinelinux/apk-tools/blob/master/src/database.c",
    ),
)  # fmt: skip
