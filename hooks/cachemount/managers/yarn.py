"""Yarn: the classic one keeps root's cache in /usr/local/share, the later ones (berry) have a global folder."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, Installed, PackageManager

# What only berry has, or takes; an image that gets yarn from corepack may have either.
_SAID = (
    r"\.yarn/(?:releases(?!/yarn-[01]\.)|plugins|berry|sdks|patches|cache(?!(?s:.*)# yarn lockfile v1\b))|(?:COPY|ADD)\s[^\n]*\s(?:\./)?\.yarn[/\s]"
    r"|yarn set version (?:berry|stable|latest|canary|[2-9])|yarn@(?:[2-9]|stable|berry|latest)"
    r"|yarn workspaces focus|yarn dlx|yarn plugin import|YARN_(?:NODE_LINKER|ENABLE_\w+|GLOBAL_FOLDER|VERSION[= ]+[\"']?[2-9]\.)"
    r"|yarn config set (?:nodeLinker|enable\w+|globalFolder)|@yarnpkg/|(?<![\w-])plone/frontend-(?:builder|dev)(?![\w-])"
)
_FILE = r"\.yarnrc\.yml"
_LATER = rf"{_FILE}|{_SAID}"
# Beside it the settings of the later ones are there for other images, or for a project that says more.
_BY_NPM = r"\bnpm (?:install|i|add)\b[^\n&;|]*\syarn@[\"'^~]?[01]\b"
_CLASSIC = r"yarn@[^\w\n]?[01]\b|YARN_VERSION[= ]+[\"']?[01]\.|yarn set version (?:classic|[01])|# yarn lockfile v1\b"
# The classic one takes it too. One that is installed may be there to start that of the project.
_IMMUTABLE = r"(?!.*(?:yarn set version (?:classic|[01])|# yarn lockfile v1\b)).*\s--immutable\b"
_LATER_IF_UNSAID = rf"(?:{_LATER}|\A{_IMMUTABLE})"
_IS_LATER = rf"(?=.*(?:{_SAID})|(?!.*{_BY_NPM}).*{_FILE}|{_IMMUTABLE})"
_IS_NOT = rf"(?!.*(?:{_SAID})|{_IMMUTABLE})(?:(?=.*{_BY_NPM})|(?!.*{_FILE}))"
# Options of the classic one; without them a mount on ~/.yarn may be right, for the folder of the later ones is below it.
_OPTIONS = r"--(?:frozen-lockfile|pure-lockfile|no-lockfile|production|prod|non-interactive|network-timeout)\b"
# With names, corepack gives those programs alone.
_COREPACK = r"\bcorepack (?:yarn\b|(?:enable|prepare|install|use|up)\b(?:(?![^\n&;|]*\bp?npm\b)|[^\n&;|]*\byarn\b))"
_UNSURE = rf"(?:.*{_COREPACK}|(?!.*{_OPTIONS}).*target=[^,\s]*/\.yarn[,\s])"
_UNKNOWN = rf"(?s)\A(?!.*(?:{_LATER}|{_CLASSIC}|\s--immutable\b))(?={_UNSURE})"
_YARN_1 = rf"(?s)\A{_IS_NOT}(?:(?!{_UNSURE})|(?=.*(?:{_CLASSIC})))"
# A stage that takes no more of the project than files by their names, and gives yarn options of the classic one.
_FOLDER_COPIED = r"\b(?:COPY|ADD)\b[^\n]*(?:--from|[ \t](?!--)(?!\S*\.\w+[ \t])\S+[ \t]+\S)"
_CLASSIC_ALONE = rf"\A(?!.*{_COREPACK})(?!.*{_FOLDER_COPIED})(?=.*{_OPTIONS})"
_TOLD = rf"(?s){_LATER}|{_CLASSIC}|\s--immutable\b|{_CLASSIC_ALONE}"
_FOLDERS = ("$YARN_CACHE_FOLDER", "$XDG_CACHE_HOME/yarn")
_GLOBAL = ("$YARN_GLOBAL_FOLDER/cache", "$XDG_DATA_HOME/yarn/berry/cache", "$HOME/.yarn/berry/cache")
_PNP = reasons.PLUG_AND_PLAY.about()
# BuildKit makes the directories above a mount, for root. Packages with a browser put it beside the cache of another user.
_SHARED = reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="packages' scripts write there")
_OFFLINE = (frozenset({"--offline"}), frozenset({"--immutable-cache"}))
# Run with 4.12: without another setting zips are in the global folder alone, and a folder for the cache is not made.
_GLOBAL_ALONE = (
    r"(?is)\A(?=.*(?:\byarn[@-]v?[4-9](?:\.\d|[\s\"']|\Z)|\bYARN_VERSION[= ][\"']?v?[4-9]))(?!.*enable_?global_?cache)"
)
# Without a mount what lies in .yarn/cache of the project stays in the image, wherever the mirror of it is.
_IN_PROJECT = "cache"
_CLEAN = (("cache", "clean"), ("cache", "clear"))
_LATER_CACHES = ("berry", "either")
_MIRRORS = ("mirror", "mirror of an old one")
_OF_PROJECT = ("classic", *_MIRRORS, *_LATER_CACHES)
_NEVER = r"(?!)"
# A release before the fourth has the cache in the project, unless something says more.
_SET = r"(?i:enable_?(?:global_?cache|mirror))"
_SET_HERE = r"(?:YARN_ENABLE_(?:GLOBAL_CACHE|MIRROR)|\byarn config set enable(?:GlobalCache|Mirror))\b"
_BEFORE_4 = rf"(?!.*{_SET})(?=.*(?:\byarn[@-]v?[23]\.|\bYARN_VERSION[= ][\"']?v?[23]\.))"
_SAYS_PROJECT, _SAYS_NO_MIRROR = (rf"(?=.*^{one}:\s*[\"']?false)" for one in ("enableGlobalCache", "enableMirror"))
_ALL = frozenset({"--all"})
_NOT_GLOBAL = {"YARN_ENABLE_GLOBAL_CACHE": "false|0"}


def _classic(name: str, when: str = "") -> Cache:
    return Cache(
        name=name,
        locations=(*_FOLDERS, "$HOME/.cache/yarn"),
        root_locations=(*_FOLDERS, "/usr/local/share/.cache/yarn"),
        flags=("--cache-folder",),
        settings={r"\byarn config set cache-folder (\S+)": "{}"},
        # It writes into ~/.yarnrc: https://github.com/yarnpkg/yarn/blob/master/src/cli/commands/config.js
        settings_of_all=_NEVER,
        when=when,
        doubt=_SHARED,
        others_only=True,
        # https://github.com/yarnpkg/yarn/blob/master/src/cli/index.js (allowUnknownOption)
        passed_over=frozenset({"--immutable-cache"}),
    )


def _later(name: str, when: str, unused_by: tuple[str, str]) -> Cache:
    return Cache(
        name=name,
        locations=_GLOBAL,
        substitutes=("$YARN_CACHE_FOLDER", "$WORKDIR/.yarn/cache"),
        substitutes_unless=_GLOBAL_ALONE,
        substitute_settings={r"\byarn config set cacheFolder (\S+)": "{}"},
        copies_in=_IN_PROJECT,
        settings={r"\byarn config set globalFolder (\S+)": "{}/cache"},
        # A project whose packages are part of its repository downloads none.
        when=rf"(?s)\A{when}{_IS_LATER}(?!.*(?:COPY|ADD)\s[^\n]*\.yarn/cache)",
        unused_by=(".yarnrc.yml", rf"(?ms)\A{unused_by[0]}", unused_by[1]),
        # It puts a package there by renaming.
        shareable=True,
        doubt=_PNP,
    )


YARN = PackageManager(
    name="yarn",
    title="Yarn (1 and later)",
    # The file of a release that a project holds: https://yarnpkg.com/configuration/yarnrc#yarnPath
    programs=("yarn", "yarnpkg", r"yarn-\d[\w.-]*\.c?js"),
    caches=(
        _classic("classic", _YARN_1),
        # Yarn 2 and later have no global packages: https://yarnpkg.com/migration/guide
        _classic("classic, for global packages"),
        _later("berry", rf"(?!{_BEFORE_4})", (_SAYS_PROJECT, _SET_HERE)),
        # With a cache in the project the global folder is its mirror. Run with 4.9: where the settings want no mirror,
        # the packages are in the project alone.
        _later("mirror", rf"(?!.*{_SET_HERE})", (rf"(?!{_SAYS_PROJECT}(?!{_SAYS_NO_MIRROR}))", _NEVER)),
        _later("mirror of an old one", _BEFORE_4, (rf"(?=.*{_SET})", _NEVER)),
        Cache(
            name="either",
            locations=_GLOBAL,
            substitutes=(*_FOLDERS, "$HOME/.cache/yarn", "/usr/local/share/.cache/yarn", "$WORKDIR/.yarn/cache"),
            copies_in=_IN_PROJECT,
            when=_UNKNOWN,
            doubt=reasons.YARN_OF_COREPACK.about(),
        ),
    ),
    downloads=(
        Download(
            verbs=(
                (), ("install",), ("add",), ("upgrade",), ("upgrade-interactive",), ("up",), ("create", "*"),
                ("import",), ("dedupe",), ("workspaces", "focus"),
                ("workspace", "*", "add"), ("workspace", "*", "install"), ("workspace", "*", "up"),
            ),
            caches=_OF_PROJECT,
            offline=_OFFLINE,
        ),
        Download(
            verbs=(("global", "add"), ("global", "upgrade")), caches=("classic, for global packages",), offline=_OFFLINE
        ),
        Download(verbs=(("dlx", "*"),), caches=_OF_PROJECT, offline=_OFFLINE, verb_is_program=True),
    ),
    valued=frozenset(
        {
            "--cache-folder", "--cwd", "--modules-folder", "--global-folder", "--link-folder", "--preferred-cache-folder",
            "--registry", "--network-timeout", "--network-concurrency", "--mutex", "--prefix", "--proxy", "--https-proxy",
            "--use-yarnrc", "--otp", "--mode", "--inline-builds=",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-v"}),
    # Where the options or the packages are others than before, all are looked up in the cache.
    reinstalls=r"(?:-\S+(?: |\Z))*(?:\Z|(?:add|install|remove|workspaces focus)(?!\S))",
    offline_variables={"YARN_ENABLE_NETWORK": "0|false", "YARN_ENABLE_OFFLINE_MODE": "1|true"},
    offline_settings={
        "YARN_ENABLE_NETWORK": r"\byarn config set (?:-\S+ )*enableNetwork (?:0|false)\b",
        "YARN_ENABLE_OFFLINE_MODE": r"\byarn config set (?:-\S+ )*enableOfflineMode (?:1|true)\b",
    },
    # Without the global cache it is the mirror that lies in the global folder.
    cleaners=(
        Cleaner(verbs=_CLEAN, whole=True, caches=("classic", "classic, for global packages")),
        Cleaner(verbs=_CLEAN, whole=True, caches=_LATER_CACHES, needs=_ALL, only_set=_NOT_GLOBAL, lets_go=True),
        Cleaner(verbs=_CLEAN, whole=True, caches=_LATER_CACHES, needs=_ALL),
        Cleaner(verbs=_CLEAN, whole=True, caches=_MIRRORS, needs=_ALL, lets_go=True),
        Cleaner(verbs=_CLEAN, whole=True, caches=_MIRRORS, needs=frozenset({"--mirror"})),
        Cleaner(verbs=_CLEAN, whole=True, caches=_LATER_CACHES, pattern=r"\A(?!.*--mirror)", unless_set=_NOT_GLOBAL),
        Cleaner(verbs=_CLEAN, whole=True, caches=_LATER_CACHES, needs=frozenset({"--mirror"}), only_set=_NOT_GLOBAL),
    ),
    # Run: two of yarn 1 that fill one cache at once fail; its own lock is the option --mutex.
    sharing="locked",
    needed=("$WORKDIR/node_modules", "$WORKDIR/.yarn/unplugged"),
    needed_unless={
        "$WORKDIR/.yarn/unplugged": (".yarnrc.yml", r"(?m)^nodeLinker:\s*[\"']?(?:node-modules|pnpm)\b", r"(?i)node_?linker"),
    },
    installs_into=tuple(
        Installed(place=Cache(name="global", locations=(place,)), verbs=("global",))
        for place in ("/usr/local/share/.config/yarn/global", "$HOME/.config/yarn/global")
    ),
    when_unwritable="disables",
    config_files=("$HOME/.yarnrc", "$HOME/.yarnrc.yml", "$HOME/.npmrc"),
    moving_files={
        ".yarnrc.yml": r"(?m)^globalFolder\s*:\s*\S.*",
        ".yarnrc": r"(?m)^(?:--(?:[\w-]+\.)?)?cache-folder[ \t]+\S.*",
    },
    # Without the global cache, which has the mirror of it then.
    placing_files={".yarnrc.yml": r"(?m)^cacheFolder\s*:\s*\S.*"},
    moved_by_files=r"\.yarnrc(?:\.yml)?",
    # yarnPath lets yarn 1 run a later one, and corepack goes by packageManager.
    said_in={".yarnrc.yml": "yarn", "package.json": "corepack", "yarn.lock": "yarn"},
    version_of_stage=(rf"(?s){_LATER_IF_UNSAID}", _TOLD),
    sources=(
        "https://classic.yarnpkg.com/en/docs/cli/cache",
        "https://yarnpkg.com/configuration/yarnrc",
    ),
)  # fmt: skip
