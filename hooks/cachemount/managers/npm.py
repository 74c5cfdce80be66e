"""npm and npx: one content-addressed cache, in the home whatever XDG says."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, Installed, PackageManager, ProjectPrograms

_OFFLINE = frozenset({"--offline"})
# After these a program of the project is there, and npx downloads nothing.
_INSTALLED = (
    r"\b(?:npm|yarn|pnpm|bun|cnpm|lerna)\b(?:[^&;|\n]*? )(?:install|i|ci|add|bootstrap)\b"
    r"|\byarn(?: --\S+)* *(?:&&|;|$)|node_modules|--from=(?!\S+ +\S*/bin/)"
    # The whole context may bring them.
    r"|(?m:^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*\[?\s*[\"']?\./?[\"']?[\s,])"
)
_LACKS_SOME = (
    r"(?s:\bnpm\s+prune\s[^\n;&|]*--(?:omit[= ]dev|production)\b.*\bnpm\s+(?:link|ln)\s+[\w@./])"
    rf"|\A(?=(?s:.*)\bpackage\.json\b)(?!(?s:.*)(?:{_INSTALLED}))"
)
# Run with 11: npx takes what is installed in the project or a folder above, whatever its package.json says.
_PROGRAMS = ProjectPrograms(
    file="package.json",
    parts=("dependencies", "optionalDependencies", "devDependencies"),
    left_out=("devDependencies",),
    leaves_out=r"--prod(?:uction)?\b|--omit[= ]dev\b|--only[= ]prod|\bNODE_ENV[= ][\"']?production|\bworkspaces\s+focus\b|\bprune\b",
    installed_by=(
        r"\b(?:npm|pnpm|bun)[ \t]+(?:install|i|ci)(?:[ \t]+-(?!g\b|-global\b)\S+)*[ \t]*(?:[;&|\n)]|\Z)"
        r"|\byarn(?:[ \t]+install)?(?:[ \t]+-\S+)*[ \t]*(?:[;&|\n)]|\Z)|\A(?:COPY|ADD)[ \t][^\n]*--from=[^\n]*node_modules"
    ),
    unless=("-p", "--package"),
    # Asked of each: `npm view PACKAGE bin`.
    packages={
        "babel": "@babel/cli", "biome": "@biomejs/biome", "cap": "@capacitor/cli", "changeset": "@changesets/cli",
        "commitlint": "@commitlint/cli", "docusaurus": "@docusaurus/core", "eleventy": "@11ty/eleventy",
        "graphql-codegen": "@graphql-codegen/cli", "lingui": "@lingui/cli", "mikro-orm": "@mikro-orm/cli",
        "ncc": "@vercel/ncc", "nest": "@nestjs/cli", "ng": "@angular/cli",
        "openapi-generator-cli": "@openapitools/openapi-generator-cli", "playwright": "@playwright/test",
        "react-router": "@react-router/dev", "redocly": "@redocly/cli", "remix": "@remix-run/dev",
        "rsbuild": "@rsbuild/core", "rspack": "@rspack/cli", "sentry-cli": "@sentry/cli", "strapi": "@strapi/strapi",
        "svelte-kit": "@sveltejs/kit", "swc": "@swc/cli", "tailwindcss": "@tailwindcss/cli", "tauri": "@tauri-apps/cli",
        "tsc": "typescript", "vue-cli-service": "@vue/cli-service",
    },
)  # fmt: skip
# Every spelling that npm takes for one of its verbs. These install beside what is in node_modules:
# https://docs.npmjs.com/cli/v11/commands/npm-ci
_ADDS = tuple(
    (verb,)
    for verb in (
        "install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "add", "install-test", "it",
    )
)  # fmt: skip
_INSTALLS = (
    *_ADDS,
    *(
        (verb,)
        for verb in (
            "ci", "clean-install", "ic", "install-clean", "isntall-clean", "update", "u", "up", "upgrade", "udpate", "install-ci-test",
            "cit", "clean-install-test", "sit", "dedupe", "ddp",
        )
    ),
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
            substitutes=("$npm_config_cache/_cacache", "$NPM_CONFIG_CACHE/_cacache", "$HOME/.npm/_cacache"),
            settings={r"\bnpm (?:config |c )?set (?:--?\S+ )*cache[ =](\S+)": "{}"},
            # The last two are those of prebuild-install and sharp.
            parts=frozenset({"_cacache", "_npx", "_prebuilds", "_libvips"}),
        ),
        # Run: beside it, in _npx, are installations with programs of one platform, whose names do not tell which.
        Cache(
            name="content",
            locations=("$npm_config_cache/_cacache", "$NPM_CONFIG_CACHE/_cacache", "$HOME/.npm/_cacache"),
            flags=("--cache",),
            flag_suffix="/_cacache",
            settings={r"\bnpm (?:config |c )?set (?:--?\S+ )*cache[ =](\S+)": "{}/_cacache"},
        ),
    ),
    downloads=(
        Download(programs=("npm",), caches=("cache",), verbs=(("cache", "add"),), offline=(_OFFLINE,), only_prefetches=True),
        Download(
            programs=("npm",),
            caches=("cache",),
            verbs=_INSTALLS,
            needs=frozenset({"-g", "--global"}),
            offline=(_OFFLINE,),
            of_project=False,
        ),
        Download(
            programs=("npm",),
            caches=("content",),
            verbs=(("init", "*"), ("create", "*"), ("innit", "*")),
            offline=(_OFFLINE,),
        ),
        Download(
            programs=("npm",),
            caches=("cache",),
            verbs=_ADDS,
            offline=(_OFFLINE,),
            finds_in=("node_modules", "--prefix", "-C"),
        ),
        Download(
            programs=("npm",),
            caches=("cache",),
            verbs=(*_INSTALLS, ("audit", "fix"), ("diff",)),
            offline=(_OFFLINE,),
        ),
        # Run with 11: it installs what the project's folder lacks, with the dependencies for development; without a name, or
        # where nothing lacks, it fetches nothing.
        Download(
            programs=("npm",),
            caches=("cache",),
            verbs=(("link", "*"), ("ln", "*")),
            unless=(frozenset({"--omit=dev"}), frozenset({"--production"})),
            offline=(_OFFLINE,),
            when=_LACKS_SOME,
        ),
        Download(
            programs=("npx",),
            caches=("content",),
            verbs=(("*",),),
            pattern=r"^(?:-\S+ )*(?:-y|--yes|-p|--package)\b|^(?:-\S+ )*\S+@(?:latest|next|[~^]?\d)",
            unless=(_OFFLINE,),
            project_programs=_PROGRAMS,
            verb_is_program=True,
        ),
        Download(
            programs=("npx",),
            caches=("content",),
            verbs=(("*",),),
            unless=(_OFFLINE, frozenset({"--no-install"}), frozenset({"--no"})),
            satisfied_by=_INSTALLED,
            verb_is_program=True,
        ),
        Download(
            programs=("npm",),
            caches=("content",),
            verbs=(("exec", "*"), ("x", "*")),
            unless=(_OFFLINE,),
            satisfied_by=_INSTALLED,
            verb_is_program=True,
        ),
        Download(programs=("npm",), caches=("content",), verbs=(("exec",), ("x",)), unless=(_OFFLINE,), satisfied_by=_INSTALLED),
    ),
    valued=frozenset(
        {
            "--cache", "--prefix", "-C", "--registry", "--userconfig", "--globalconfig", "--loglevel", "--omit", "--include",
            "--only", "--workspace", "-w", "--tag", "--package", "-p", "--call", "-c", "--fetch-retries", "--fetch-timeout",
            "--network-timeout", "--maxsockets", "--install-strategy", "--https-proxy", "--proxy", "--python", "--scope",
            "--otp", "--before", "--cafile", "--node-options", "--script-shell",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-v", "--dry-run", "--package-lock-only"}),
    # The folder with what is installed goes first.
    reinstalls=r"(?:-\S+ )*(?:ci|ic|cit|clean-install(?:-test)?|install-clean|isntall-clean)(?!\S)",
    offline_variables={"npm_config_offline": "true", "NPM_CONFIG_OFFLINE": "true"},
    no_op_variables={"npm_config_registry": r"file:.*", "NPM_CONFIG_REGISTRY": r"file:.*"},
    local_index=r"--registry[= ]file:",
    cleaners=(Cleaner(verbs=(("cache", "clean"), ("cache", "clear"), ("cache", "rm")), whole=True),),
    # Run with 11: for the five minutes that the registry allows, what a package has is not asked for again, and a version that
    # came since is not found. --prefer-online asks.
    needed=("$WORKDIR/node_modules", "/usr/local/lib/node_modules", "/usr/lib/node_modules"),
    installs_into=(
        Installed(
            place=Cache(
                name="prefix",
                locations=("$npm_config_prefix", "$NPM_CONFIG_PREFIX"),
                flags=("--prefix",),
                settings={
                    r"\bnpm (?:config |c )?set (?:--?\S+ )*prefix[ =](\S+)": "{}",
                    r"(?<![\w-])prefix *= *([^\s\"'\\]+)[^;&|\n]*>[\s\"']*\S*npmrc\b": "{}",
                },
            ),
            globally=True,
        ),
    ),
    config_files=("$NPM_CONFIG_USERCONFIG", "$npm_config_userconfig", "$HOME/.npmrc"),
    moving_files={".npmrc": r"(?m)^\s*cache\s*=\s*\S+"},
    moved_by_files=r"\.npmrc",
    sources=("https://docs.npmjs.com/cli/v11/using-npm/config#cache",),
)  # fmt: skip
