"""npm and npx: one content-addressed cache, in the home whatever XDG says."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

_OFFLINE = frozenset({"--offline"})
# Every spelling that npm takes for one of its verbs.
_INSTALLS = tuple(
    (verb,)
    for verb in (
        "install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "add", "ci", "clean-install",
        "ic", "install-clean", "isntall-clean", "update", "up", "upgrade", "udpate", "install-test", "it", "install-ci-test", "cit",
        "clean-install-test", "sit", "exec", "x", "dedupe", "ddp",
    )
)  # fmt: skip

NPM = PackageManager(
    name="npm",
    title="npm, npx",
    programs=("npm", "npx"),
    caches=(
        Cache(
            name="cache",
            locations=("$npm_config_cache", "$NPM_CONFIG_CACHE", "$HOME/.npm"),
            flags=("--cache",),
            substitutes=("$HOME/.npm/_cacache",),
        ),
    ),
    downloads=(
        Download(
            programs=("npm",),
            verbs=(
                *_INSTALLS,
                ("audit", "fix"),
                ("cache", "add"),
                ("init", "*"),
                ("create", "*"),
                ("innit", "*"),
            ),
            unless=(_OFFLINE,),
        ),
        Download(
            programs=("npx",), verbs=(("*",),), unless=(_OFFLINE, frozenset({"--no-install"}), frozenset({"--no"}))
        ),
    ),
    valued=frozenset(
        {
            "--cache",
            "--prefix",
            "-C",
            "--registry",
            "--userconfig",
            "--globalconfig",
            "--loglevel",
            "--omit",
            "--include",
            "--only",
            "--workspace",
            "-w",
            "--tag",
            "--package",
            "-p",
            "--call",
            "-c",
            "--fetch-retries",
            "--fetch-timeout",
            "--network-timeout",
            "--maxsockets",
            "--install-strategy",
            "--https-proxy",
            "--proxy",
            "--python",
            "--scope",
            "--otp",
            "--before",
            "--cafile",
            "--node-options",
            "--script-shell",
            "--unsafe-perm=",
        }
    ),
    offline_variables={"npm_config_offline": "true", "NPM_CONFIG_OFFLINE": "true"},
    cleaners=(Cleaner(verbs=(("cache", "clean"), ("cache", "clear"), ("cache", "rm"))),),
    needed=("$WORKDIR/node_modules", "/usr/local/lib/node_modules", "/usr/lib/node_modules"),
    sources=("https://docs.npmjs.com/cli/v11/using-npm/config#cache",),
)
