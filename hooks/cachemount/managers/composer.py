"""Composer: downloaded archives; where, depends on what the image has in /etc/xdg, so a repair says where."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_COMMANDS = tuple(
    tuple(names.split())
    for names in (
        "about", "archive", "audit", "browse home", "bump", "check-platform-reqs", "clear-cache clearcache cc", "completion",
        "config", "create-project", "depends why", "diagnose", "dump-autoload dumpautoload", "exec", "fund", "global", "help",
        "init", "install i", "licenses", "list", "outdated", "prohibits why-not", "reinstall", "remove rm uninstall",
        "repository repo", "require r", "run-script run", "search", "self-update selfupdate", "show info", "status", "suggests",
        "update u upgrade", "validate",
    )
)  # fmt: skip

COMPOSER = PackageManager(
    name="composer",
    title="composer",
    programs=(r"composer([0-9.]*|\.phar)",),
    caches=(
        Cache(
            name="cache",
            locations=(
                "$COMPOSER_CACHE_DIR",
                "$COMPOSER_HOME/cache",
                "$XDG_CACHE_HOME/composer",
                "$HOME/.cache/composer",
            ),
            # Read in `getCacheDir`: it is the place where it is there. Else, with any variable of these names, or with
            # /etc/xdg in the image, the last but one of the locations is, or the last.
            substitutes=("$HOME/.composer/cache",),
            substitutes_alone_with="XDG_",
        ),
    ),
    downloads=(
        Download(verbs=(("install",), ("i",)), needs=frozenset({"--download-only"}), only_prefetches=True),
        Download(
            verbs=(
                ("install",),
                ("i",),
                ("update",),
                ("u",),
                ("upgrade",),
                ("require",),
                ("r",),
                ("create-project",),
                ("reinstall",),
                ("global", "require"),
                ("global", "install"),
                ("global", "update"),
            ),
        ),
    ),
    commands=_COMMANDS,
    valued=frozenset(
        {"-d", "--working-dir", "--stability", "-s", "--repository", "--repository-url", "--prefer-install"}
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "--dry-run"}),
    off_flags={"--no-cache": ""},
    off_variables={"COMPOSER_CACHE_DIR": "/dev/null"},
    installs_in_script=(
        r"\bcomposer[0-9.]*(?:\.phar)?[ \t]+(?:-\S+[ \t]+)*(?:install|update|require|create-project|global[ \t]+require)\b"
    ),
    empties_in_script=r"\bcomposer[ \t]+(?:clear-?cache|cc)\b|\brm[ \t][^;&|\n]*(?:\.cache|\.composer)\b",
    cleaners=(Cleaner(verbs=(("clear-cache",), ("clearcache",), ("cc",))),),
    needed=("$WORKDIR/vendor",),
    config_files=tuple(
        f"{home}/{name}"
        for home in ("$COMPOSER_HOME", "$XDG_CONFIG_HOME/composer", "$HOME/.config/composer", "$HOME/.composer")
        for name in ("auth.json", "config.json")
    ),
    # It locks nothing: of two that make one folder of a cold cache at once, one fails, but for the newest releases
    # (https://github.com/composer/composer/issues/12976).
    sharing="locked",
    set_variables={"COMPOSER_CACHE_DIR": ""},
    # Cast to a truth value by PHP, for which "false" is true: `HttpDownloader.php`.
    offline_variables={"COMPOSER_DISABLE_NETWORK": r"(?!0\Z).+"},
    when_unwritable="disables",
    # Docker's own example for PHP.
    mistaken_for=("/tmp/cache", r"(?:/root|~|\$\{?HOME\}?|/home/[\w.-]+)/\.composer"),
    moved_by_files=r"config\.json",
    sources=(
        "https://getcomposer.org/doc/03-cli.md#composer-cache-dir",
        "https://github.com/composer/composer/blob/main/src/Composer/Factory.php",
    ),
)
