"""pixi: packages of conda and PyPI in rattler's cache; environments are in .pixi of the project."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

# Each environment of a project is installed by itself: https://pixi.sh/latest/workspace/multi_environment/
# Options after the name of the task are the task's own.
_OF_ENVIRONMENT = (
    r"\bpixi (?:-\S+ )*(?:run|shell-hook|shell) (?:(?:--manifest-path|-m|--color) \S+ |-(?!e |-environment\b)\S+ )*"
    r"(?:-e|--environment)[ =](?!default\b)[\"']?([^\s\"']+)"
)

PIXI = PackageManager(
    name="pixi",
    title="pixi",
    programs=("pixi",),
    caches=(
        Cache(
            name="cache",
            locations=(
                "$PIXI_CACHE_DIR", "$RATTLER_CACHE_DIR", "$XDG_CACHE_HOME/rattler/cache", "$HOME/.cache/rattler/cache",
            ),
            # Taken instead where it is there already.
            substitutes=("$XDG_CACHE_HOME/pixi", "$HOME/.cache/pixi"),
        ),
    ),
    downloads=(
        Download(
            verbs=(
                ("install",), ("i",), ("reinstall",), ("add",), ("update",), ("upgrade",), ("lock",), ("build",),
                ("global", "install"), ("global", "add"), ("global", "sync"), ("global", "update"), ("exec", "*"),
            )
        ),
        Download(
            verbs=(("run", "*"), ("shell-hook",), ("shell",)),
            satisfied_by=r"\bpixi (?:--?\S+ )*(?:install|i|add|run|update)\b|\.pixi|--from=",
            satisfied_for=(_OF_ENVIRONMENT, r"\s(?:-e|--environment)[ =][\"']?{}(?![\w-])|\s(?:-a|--all)\b|\.pixi|--from="),
        ),
    ),
    valued=frozenset({"--manifest-path", "-m", "--environment", "-e", "--platform", "-p", "--color", "--feature", "-f", "--channel", "-c"}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "--dry-run", "-n"}),
    cleaners=(Cleaner(verbs=(("clean", "cache"),)),),
    needed=("$WORKDIR/.pixi/**", "$PIXI_HOME", "$HOME/.pixi"),
    # The environments are in the cache's folder then, with a link to them in the project.
    linking_files={".pixi/config.toml": r"(?m)^detached-environments\s*=\s*(?:true\b|[\"'])"},
    linking_settings=(
        r"\bpixi config set (?:--\S+ )*detached-environments (?!(?i:false)\b)\S+",
        r"(?<![\w#-])detached-environments\s*=\s*\\?(?:true\b|[\"'])",
    ),
    unproven="the channels are on their own sites",
    sources=(
        "https://pixi.sh/latest/reference/environment_variables/",
        "https://pixi.sh/latest/deployment/container/",
    ),
)  # fmt: skip
