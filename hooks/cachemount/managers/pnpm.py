"""pnpm: a store of files; a mount above it makes pnpm put the store elsewhere, so only the store itself will do."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

_CONFIGURED = ("$pnpm_config_store_dir", "$npm_config_store_dir", "$NPM_CONFIG_STORE_DIR", "$PNPM_CONFIG_STORE_DIR")
_EXPLICIT = tuple(name.removeprefix("$") for name in _CONFIGURED)
_SETTINGS = {
    r"\bpnpm (?:config |c )?set (?:--?(?!store)\S+ )*store-?[dD]ir[ =](\S+)": "{}",
    r"\bnpm config set store-dir[ =](\S+)": "{}",
}
# BuildKit makes the directories above a mount, for root.
_ABOVE = "the directory above the mount may become root's, and pnpm writes there"
# Up to version 6 the default was another.
_OLD = r"\bpnpm@[\"'^~v]*[1-6](?:[.\s\"']|$)"
_INSTALLED = r"\b(?:npm|yarn|pnpm|bun) (?:--?\S+ )*(?:install|i|ci|add|fetch)\b|\byarn(?: --\S+)* *(?:&&|;|$)|node_modules|--from="

PNPM = PackageManager(
    name="pnpm",
    title="pnpm",
    programs=("pnpm", "pnpx"),
    caches=(
        Cache(
            name="store",
            locations=(
                *_CONFIGURED, "$PNPM_HOME/store", "$XDG_DATA_HOME/pnpm/store", "$HOME/.local/share/pnpm/store",
            ),
            flags=("--store-dir", "--store", "--config.store-dir"),
            settings=_SETTINGS,
            kind="store",
            exact=True,
            explicit=_EXPLICIT,
            doubt=_ABOVE,
            others_only=True,
            when=rf"(?s)\A(?!.*{_OLD})",
        ),
        Cache(
            name="old store",
            locations=(*_CONFIGURED, "$HOME/.pnpm-store"),
            flags=("--store-dir", "--store"),
            settings=_SETTINGS,
            kind="store",
            exact=True,
            explicit=_EXPLICIT,
            doubt=_ABOVE,
            others_only=True,
            when=_OLD,
        ),
    ),
    downloads=(
        Download(
            programs=("pnpm",),
            verbs=(
                ("install",), ("i",), ("ci",), ("clean-install",), ("add",), ("update",), ("up",), ("upgrade",), ("fetch",),
                ("dlx", "*"), ("create", "*"), ("import",), ("dedupe",), ("deploy", "*"), ("store", "add"),
                ("install-test",), ("it",),
            ),
            offline=(frozenset({"--offline"}),),
        ),
        Download(programs=("pnpx",), verbs=(("*",),), satisfied_by=_INSTALLED, unless=(frozenset({"--offline"}),)),
    ),
    valued=frozenset(
        {
            "--filter", "-F", "--filter-prod", "--dir", "-C", "--store-dir", "--store", "--registry", "--reporter", "--loglevel",
            "--network-concurrency", "--child-concurrency", "--workspace-concurrency", "--virtual-store-dir", "--modules-dir",
            "--lockfile-dir", "--package-import-method", "--cache-dir", "--state-dir", "--global-dir", "--package",
        }
    ),
    harmless=frozenset({"--help", "-h", "--version", "-v", "--lockfile-only"}),
    offline_variables={"npm_config_offline": "true", "pnpm_config_offline": "true"},
    cleaners=(Cleaner(verbs=(("store", "prune"),)),),
    needed=("$WORKDIR/node_modules",),
    linking_variables={"npm_config_enable_global_virtual_store": "true", "pnpm_config_enable_global_virtual_store": "true"},
    sources=("https://pnpm.io/docker", "https://pnpm.io/settings#storedir"),
)  # fmt: skip
