"""Caches of compilers and tasks, and of what is small: mounted only where the configuration asks for them.

`[caches] also = ["turbo"]`: without it their mounts are left alone.
"""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

# The projects' scripts are not read: what `npm run build` runs is Next.js where the Dockerfile says .next.
_SAYS_NEXT = r"(?<![\w-])\.next(?![\w-])"
_NEXT_HERE = r"(?<![\w./-])(?:\./|/(?:app|src|code|build|workspace|usr/src/app|home/node/app)/)?\.next[/\s]"
_SCCACHE_RUST = r"RUSTC_WRAPPER[ =][\"']?\S*sccache|rustc-wrapper[^\n]*sccache"
_SCCACHE = r"COMPILER_LAUNCHER=[\"']?\S*sccache|\bC(?:C|XX)[= ][\"']?\S*sccache"
_SCCACHE_DIR = ("$SCCACHE_DIR", "$XDG_CACHE_HOME/sccache", "$HOME/.cache/sccache")
_REMOTE = (
    "SCCACHE_BUCKET", "SCCACHE_REDIS", "SCCACHE_REDIS_ENDPOINT", "SCCACHE_REDIS_CLUSTER_ENDPOINTS", "SCCACHE_GCS_BUCKET",
    "SCCACHE_AZURE_CONNECTION_STRING", "SCCACHE_GHA_ENABLED", "SCCACHE_MEMCACHED", "SCCACHE_MEMCACHED_ENDPOINT",
    "SCCACHE_WEBDAV_ENDPOINT", "SCCACHE_OSS_BUCKET", "SCCACHE_COS_BUCKET",
)  # fmt: skip
_CCACHE = r"COMPILER_LAUNCHER=[\"']?\S*\bccache|/usr/lib(?:64)?/ccache|\bC(?:C|XX)[= ][\"']?\S*\bccache|\bCCACHE_DIR\b"
_PNPM = (
    ("install",), ("i",), ("ci",), ("add",), ("update",), ("up",), ("upgrade",), ("import",), ("dedupe",), ("recursive", "install"),
)  # fmt: skip
_CARGO = (
    ("build",), ("b",), ("check",), ("c",), ("run",), ("r",), ("test",), ("t",), ("bench",), ("clippy",), ("rustc",), ("install",),
    ("chef", "cook"), ("nextest",),
)  # fmt: skip
_BUILDS = ("make", "gmake", "ninja", "samu", "meson", "scons")

ON_REQUEST: tuple[PackageManager, ...] = (
    PackageManager(
        name="ccache",
        title="ccache",
        programs=(*_BUILDS, "cmake"),
        caches=(
            Cache(
                name="objects",
                locations=("$CCACHE_DIR", "$XDG_CACHE_HOME/ccache", "$HOME/.cache/ccache"),
                substitutes=("$HOME/.ccache",),
                when=_CCACHE,
                doubt=reasons.CCACHE_FOLDER.about(),
                safe_when=r"\bCCACHE_DIR\b",
                holds="what it has compiled",
            ),
        ),
        downloads=(
            Download(programs=_BUILDS, verbs=((), ("*",)), pattern=r"\A(?!(?:-\S+ )*(?:clean|distclean|setup)\b)"),
            Download(programs=("cmake",), verbs=((), ("*",)), needs=frozenset({"--build"})),
        ),
        valued=frozenset({"-C", "-f", "-j", "--directory", "--file", "--build"}),
        no_op_variables={"CCACHE_DISABLE": ".+", "CCACHE_REMOTE_ONLY": "1|true"},
        on_request=True,
        sources=("https://ccache.dev/manual/latest.html#config_cache_dir",),
    ),
    PackageManager(
        name="next",
        title="Next.js",
        programs=("next", "npm", "pnpm", "yarn", "bun"),
        caches=(
            Cache(
                name="build",
                locations=("$WORKDIR/.next/cache",),
                when=_SAYS_NEXT,
                doubt=reasons.NEXT_FOLDER.about(),
                safe_when=_NEXT_HERE,
                holds="what it has built",
            ),
        ),
        downloads=(
            # The image that runs Next.js goes on to use its cache.
            Download(programs=("next",), verbs=(("build",),), for_image=True),
            Download(programs=("npm", "pnpm", "yarn", "bun"), verbs=(("run", "build"),), for_image=True),
            Download(programs=("pnpm", "yarn"), verbs=(("build",),), for_image=True),
        ),
        valued=frozenset({"--filter", "-F", "--prefix", "-C", "--dir", "--cwd", "--workspace", "-w"}),
        on_request=True,
        sources=("https://nextjs.org/docs/app/guides/ci-build-caching",),
    ),
    PackageManager(
        name="pnpm-metadata",
        title="pnpm's metadata",
        programs=("pnpm", "pn"),
        caches=(
            Cache(
                name="metadata",
                locations=(
                    "$pnpm_config_cache_dir",
                    "$npm_config_cache_dir",
                    "$XDG_CACHE_HOME/pnpm",
                    "$HOME/.cache/pnpm",
                ),
                flags=("--cache-dir", "--config.cache-dir"),
                holds="the packages' metadata",
            ),
        ),
        downloads=(Download(verbs=_PNPM, unless=(frozenset({"--offline"}), frozenset({"--frozen-lockfile"}))),),
        valued=frozenset({"--filter", "-F", "--dir", "-C", "--store-dir", "--registry", "--reporter", "--cache-dir"}),
        no_op_flags=frozenset({"--help", "-h", "--version", "-v", "--dry-run"}),
        on_request=True,
        sources=("https://pnpm.io/settings#cachedir",),
    ),
    PackageManager(
        name="sccache",
        title="sccache",
        programs=("cargo", "make", "ninja", "cmake"),
        caches=(
            Cache(name="crates", locations=_SCCACHE_DIR, when=_SCCACHE_RUST, holds="what it has compiled"),
            Cache(name="objects", locations=_SCCACHE_DIR, when=_SCCACHE, holds="what it has compiled"),
        ),
        downloads=(
            Download(programs=("cargo",), verbs=_CARGO, caches=("crates",)),
            Download(
                programs=("make", "ninja"),
                verbs=((), ("*",)),
                caches=("objects",),
                pattern=r"\A(?!(?:-\S+ )*(?:clean|distclean)\b)",
            ),
            Download(programs=("cmake",), verbs=((), ("*",)), caches=("objects",), needs=frozenset({"--build"})),
        ),
        valued=frozenset(
            {"-C", "-f", "-j", "--directory", "--file", "--build", "--manifest-path", "--target", "--bin", "-p"}
        ),
        # With one of these it keeps nothing on disk.
        no_op_variables=dict.fromkeys(_REMOTE, ".+"),
        on_request=True,
        sources=("https://github.com/mozilla/sccache/blob/main/docs/Local.md",),
    ),
    PackageManager(
        name="turbo",
        title="Turborepo",
        programs=("turbo",),
        caches=(
            Cache(
                name="tasks",
                locations=("$TURBO_CACHE_DIR", "$WORKDIR/.turbo/cache"),
                flags=("--cache-dir",),
                holds="what its tasks have made",
            ),
        ),
        downloads=(Download(verbs=(("run", "*"), ("build",), ("lint",), ("test",), ("typecheck",), ("check-types",))),),
        valued=frozenset({"--filter", "-F", "--cache-dir", "--concurrency", "--cwd", "--team", "--token", "--scope"}),
        no_op_flags=frozenset({"--help", "-h", "--version", "--dry", "--dry-run", "--no-cache"}),
        on_request=True,
        sources=("https://turborepo.com/docs/reference/run#--cache-dir-path",),
    ),
)
