"""apk (Alpine, Wolfi): packages are kept only where /etc/apk/cache is, as a directory or a link; a mount makes it."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_LINKS = {
    r"\bln (?:-\S+ )*([\"']?[/$][^\s;&|]+?)/?[\"']? +[\"']?/etc/apk/cache(?![\w/.-])": "{}",
    r"\bsetup-apkcache +([\"']?[/$][^\s;&|]+)": "{}",
}

_OFFLINE = tuple(frozenset({flag}) for flag in ("--no-network", "-s", "--simulate"))

_OFFICIAL = r"(?:docker\.io/|mirror\.gcr\.io/|public\.ecr\.aws/docker/)?(?:library/)?"

# What these tags name has been newer than 3.22 since December 2025.
_NEWEST = rf"alpine:(?:3|edge)? {_OFFICIAL}alpine(?::(?:3|latest|edge))?\Z"

# Versions of languages that are younger than Alpine 3.23, whose apk is 3. Their images begin with the newest Alpine:
# https://github.com/docker-library/official-images/tree/master/library
_SINCE_3_23 = (
    rf"alpine: {_OFFICIAL}(?:ruby:[4-9]|golang:1\.(?:2[6-9]|[3-9]\d)|python:3\.(?:1[5-9]|[2-9]\d)|node:(?:2[6-9]|[3-9]\d))"
    r"(?:\.[\w.]+)?-alpine(?:@|\Z)"
)

# Images with Alpine 3.8 or later, whose apk is 2.10 or later.
_SINCE_2_10 = (
    rf"\A(?:wolfi:|alpine:(?:edge|3\.(?:[89]|\d\d))(?:\.\d+)? |{_NEWEST}"
    rf"|alpine: {_OFFICIAL}"
    r"(?:rust:|[a-z]+:(?:(?:lts|latest|current|stable|mainline)-)?alpine(?:@|\Z)|node:(?:1[2-9]|[2-9]\d)\b|python:3\.(?:[89]|\d\d)\b"
    r"|golang:1\.(?:1[2-9]|[2-9]\d)\b|php:(?:7\.4|[89])\b|ruby:(?:2\.7|[3-9])\b))"
)

# Alpine to 3.19 by its number (what 3.18 and 3.19 alone name has apk 2.14.4 by now), and images, or one version of them,
# whose last one was made before 3.20 (May 2024): https://github.com/docker-library/official-images/tree/master/library,
# and before July 2024 those of .NET: https://github.com/dotnet/dotnet-docker/issues/5559
_ENDED = (
    r"php:(?:[57]|8\.0|8\.1\.(?:1?\d|2[0-7])|8\.2\.(?:\d|1[0-8])|8\.3\.[0-6])"
    r"|python:(?:2|3\.[0-7]|3\.[89]\.(?:\d|1[0-8])|3\.10\.(?:\d|1[0-3])|3\.11\.[0-8]|3\.12\.[0-2])"
    r"|node:(?:(?:lts-)?(?:argon|boron|carbon|dubnium|erbium|fermium|gallium)"
    r"|\d|1[0-7]|18\.(?:1?\d|20\.[0-2])|19|20\.(?:\d|1[0-2])|21\.(?:[0-6]|7\.[0-2])|22\.[01])"
    r"|ruby:(?:2|3\.0|3\.1\.[0-4]|3\.2\.[0-3]|3\.3\.0)|golang:1\.(?:\d|1\d|20|21\.\d|22\.[0-2])"
    r"|nginx:1\.(?:\d|1\d|2[0-5])|rust:1\.(?:[0-6]?\d|7[0-7])|postgres:(?:\d|1[01])|redis:(?:[1-5]|6\.0)"
    r"|docker:(?:1?\d|2[0-4])|caddy:(?:1|2\.[0-7])|erlang:(?:1?\d|2[0-4])|elixir:1\.(?:\d|1[0-3])"
    r"|openjdk:(?:\d|1\d|2[01])|(?:eclipse-temurin|amazoncorretto):(?:1[2-689]|20)|maven:3\.[0-7]|gradle:[1-6]"
)
_DOTNET_ENDED = (
    r"microsoft/dotnet:|mcr\.microsoft\.com/dotnet/(?:core/|(?:nightly/)?(?:"
    r"(?:aspnet|runtime(?:-deps)?):(?:[1-57]\.|(?:6\.0\.(?:[12]?\d|3[01])|8\.0\.[0-6])(?!\d))"
    r"|sdk:(?:[1-57]\.|6\.0\.(?:[1-3]\d\d|4[01]\d|42[0-3])|8\.0\.(?:[12]0[0-6]|30[0-2]))))"
)
_BEFORE_3_20 = (
    rf"\Aalpine:(?!3\.1[89] {_OFFICIAL}alpine:3\.1[89]\Z)"
    rf"(?:3\.1?\d(?:\.\d+)? | (?:{_OFFICIAL}(?:{_ENDED})(?!\d)|{_DOTNET_ENDED}))"
)

APK = PackageManager(
    name="apk",
    title="apk",
    programs=(r"apk(?:\.static)?",),
    system=True,
    distributions=frozenset({"alpine", "wolfi"}),
    caches=(
        Cache(
            name="cache",
            # Where it is not there, apk 2 and 3 put their index in /var/cache/apk, and keep no packages.
            locations=("/etc/apk/cache",),
            filled_unmounted=("/var/cache/apk",),
            # Before 2.14.1 its name is made of the repository's address without the architecture:
            # https://gitlab.alpinelinux.org/alpine/apk-tools/-/commit/042c5eb
            doubt=reasons.ONE_INDEX.about(),
            doubt_on=_BEFORE_3_20,
            safe_when=r"(?s)\A(?!.*\b(?:TARGET|BUILD)(?:PLATFORM|ARCH)\b)",
            flags=("--cache-dir",),
            settings=_LINKS,
        ),
        # With --cache-packages apk 3 keeps packages beside its index.
        Cache(
            name="packages beside the index",
            locations=("/var/cache/apk",),
            substitutes=("/etc/apk/cache",),
            flags=("--cache-dir",),
            settings=_LINKS,
        ),
    ),
    downloads=(
        Download(
            verbs=(("add",), ("upgrade",), ("fix",)),
            needs=frozenset({"--cache-packages"}),
            unless=_OFFLINE,
            caches=("packages beside the index",),
        ),
        Download(
            # The first word that is a verb is the verb, were it the value of an option (--virtual add).
            verbs=(("add",), ("upgrade",), ("fix",), ("fetch",), ("update",), ("*", "add")),
            unless=_OFFLINE,
            # Files that are there come from nowhere.
            caches=("cache",),
            pattern=r"\A(?!(?:-\S+ )*add(?=.*\.apk(?: |\Z))(?: (?:-[tXp] \S+|--(?:virtual|repository) \S+|-\S+|\S+\.apk))*\Z)",
        ),
        Download(verbs=(("cache", "download"), ("cache", "sync")), unless=_OFFLINE, caches=("cache",), only_prefetches=True),
    ),
    valued=frozenset(
        {
            "--arch", "--cache-dir", "--cache-max-age", "--keys-dir", "--progress-fd", "--repositories-file", "--repository",
            "--root", "--timeout", "--wait", "-p", "-X", "--output", "-o",
        }
    ),
    # Its /etc/apk/repositories has a folder of its own alone:
    # https://github.com/linuxkit/linuxkit/blob/master/tools/alpine/Dockerfile
    packages_in_image=r"\A(?:docker\.io/)?linuxkit/alpine[:@]",
    root_flags=("-p", "--root"),
    # Without a cache the index is fetched anew; with one it has to be asked for.
    off_flags={"--no-cache": "-U"},
    # apk 2 leaves out the index only.
    off_flags_ignored_on=r"\Aalpine:3\.(?:\d|1\d|2[0-2])\Z",
    cleaners=(Cleaner(verbs=(("cache", "clean"), ("cache", "purge"))),),
    sharing="locked",
    needed=("/lib/apk", "/usr/lib/apk", "/etc/apk", "/usr/bin", "/usr/lib"),
    # Run with 2.10, 2.12, 2.14 and 3.0: an install trusts an index of up to four hours, fails where a package of it is gone,
    # and finds none that came since. With -U it fetches a new one, also for one that was written by half.
    refresh="-U",
    # In /etc/apk/cache/_ARCHITECTURE, by a root folder of its own: https://github.com/tonistiigi/xx/blob/master/src/xx-apk
    index_apart_by="xx-apk",
    asks_again_for=r"/etc/apk|\s-X|--repositor",
    refresh_verbs=(("update",),),
    # Run: apk 2.14.8 to 2.14.10, as in Alpine 3.22, trust it in `apk update` as well.
    refresh_verbs_idle_on=rf"\A\S+ (?!alpine:3\.(?:\d|1\d|2[013-9])(?:\.\d+)?(?: |\Z)|{_NEWEST}|{_SINCE_3_23})",
    # Read: since 2.10 all that writes the database does, in `apk_db_add_repository`.
    installs_fetch_index_on=_SINCE_2_10,
    index_verbs=frozenset({"dot", "list", "policy", "search", "stats", "version"}),
    # Read: they open the database to read it, so that none of them fetches an index (`apk_db_open`).
    run_with_index=(
        r"(?s)\A(?!.*\bapk\s[^\n;&|]*(?<![\w-])(?:add|fix|update|upgrade|-\w*U|--update(?:-cache)?)(?![\w-]))(?=.*(?<![\w./-])apk\s+(?:-\S+\s+)*(?:dot|list(?!\s+(?:-\w*I|--installed))|policy|search|version(?!\s+-t))(?![\w-]))",
        "rm -rf /var/cache/apk/*",
    ),
    # Not -u, which upgrades what is there.
    refresh_flags=frozenset({"-U", "--update-cache", "--update", "--no-cache"}),
    sources=(
        "https://wiki.alpinelinux.org/wiki/Local_APK_cache",
        "https://man.archlinux.org/man/apk-cache.5.en",
        "https://github.com/alpinelinux/apk-tools/blob/master/src/database.c",
    ),
)  # fmt: skip
