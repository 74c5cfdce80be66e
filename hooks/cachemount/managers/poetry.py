"""Poetry: downloads in two directories of its cache, beside the virtual environments unless those are elsewhere."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, Environments, Installed, PackageManager

# Anywhere in the file this is enough to accept a mount, and not to make one.
_HINTED = (
    r"virtualenvs\.create[\"']? +[\"']?(?:false|0|no)|virtualenvs\.in-project[\"']? +[\"']?(?:true|1|yes)"
    r"|POETRY_VIRTUALENVS_CREATE[= ]+[\"']?(?i:false|0|no)|POETRY_VIRTUALENVS_IN_PROJECT[= ]+[\"']?(?i:true|1|yes)"
    r"|(?<!--unset )virtualenvs\.path[\"']? +[\"']?(?!\{cache-dir\}|\S*/pypoetry(?:/|\b))[^\s-]|POETRY_VIRTUALENVS_PATH[= ]"
    r"|VIRTUAL_ENV|\.venv\b|-m venv\b|\bvirtualenv +(?!s)|poetry\.toml|activate\b|\bconda\b"
)
_SETTINGS = r"\bpoetry (?:config )(?:--\S+ )*cache-dir (?:--\S+ )*([^\s-]\S*)"
_OF_PROJECT = r"\s--local(?!\S)"
_CROWDED = reasons.CROWDED.about()

POETRY = PackageManager(
    name="poetry",
    title="Poetry",
    programs=("poetry",),
    caches=(
        Cache(
            name="cache",
            locations=("$POETRY_CACHE_DIR", "$XDG_CACHE_HOME/pypoetry", "$HOME/.cache/pypoetry"),
            settings={_SETTINGS: "{}"},
            settings_of_all=_OF_PROJECT,
            environments="apart",
        ),
        Cache(
            name="repositories",
            locations=("$POETRY_CACHE_DIR/cache", "$XDG_CACHE_HOME/pypoetry/cache", "$HOME/.cache/pypoetry/cache"),
            settings={_SETTINGS: "{}/cache"},
            settings_of_all=_OF_PROJECT,
            environments="within",
            doubt=_CROWDED,
            others_only=True,
        ),
        Cache(
            name="artifacts",
            locations=(
                "$POETRY_CACHE_DIR/artifacts",
                "$XDG_CACHE_HOME/pypoetry/artifacts",
                "$HOME/.cache/pypoetry/artifacts",
            ),
            settings={_SETTINGS: "{}/artifacts"},
            settings_of_all=_OF_PROJECT,
            environments="within",
            doubt=_CROWDED,
            others_only=True,
        ),
    ),
    downloads=(
        Download(
            verbs=(
                ("install",), ("sync",), ("add",), ("update",), ("lock",),
                ("self", "add"), ("self", "install"), ("self", "sync"), ("plugin", "add"),
            ),
            unless=(frozenset({"--only-root"}),),
        ),
    ),
    valued=frozenset({"--directory", "-C", "--project", "-P", "--group", "--with", "--without", "--only", "--extras", "-E"}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "--dry-run", "--check"}),
    keeps_builds=True,
    cleaners=(Cleaner(verbs=(("cache", "clear"), ("cache:clear",)), pattern=r"\A(?!.*\S:[^\s:]+:)"),),
    # It locks nothing: two of older releases on one cache at once read each other's unfinished downloads
    # (https://github.com/python-poetry/poetry/issues/5142, https://github.com/python-poetry/poetry/pull/7968).
    sharing="locked",
    installs_nothing=(("lock",),),
    needed=("$WORKDIR/.venv/**", "$VIRTUAL_ENV/**", "$POETRY_VIRTUALENVS_PATH/**", "$POETRY_HOME", "/usr/local/lib/**"),
    installs_into=(
        Installed(
            place=Cache(
                name="environments",
                locations=("$POETRY_VIRTUALENVS_PATH",),
                settings={r"\bpoetry (?:config )(?:--\S+ )*virtualenvs\.path (?:--\S+ )*([^\s{-]\S*)": "{}"},
            )
        ),
    ),
    image_needs_inside={
        "$POETRY_CACHE_DIR/virtualenvs": _HINTED,
        "$XDG_CACHE_HOME/pypoetry/virtualenvs": rf"{_HINTED}|POETRY_CACHE_DIR",
        "$HOME/.cache/pypoetry/virtualenvs": rf"{_HINTED}|POETRY_CACHE_DIR|XDG_CACHE_HOME",
    },
    environments=Environments(
        verb="config",
        local="--local",
        unset="--unset",
        older="settings.",
        file="poetry.toml",
        beside="pyproject.toml",
        settings_in=Cache(
            name="settings",
            locations=("$POETRY_CONFIG_DIR", "$XDG_CONFIG_HOME/pypoetry", "$HOME/.config/pypoetry"),
        ),
        variables="POETRY_",
        # Read in 2.5.1: all values but these are false. Older releases tell `True` from `true`.
        elsewhere={"virtualenvs.create": r"(?!(?i:true|1)\Z).+", "virtualenvs.in-project": r"true|1"},
        place="virtualenvs.path",
        cache="cache-dir",
        cache_in=Cache(name="cache", locations=("$XDG_CACHE_HOME/pypoetry", "$HOME/.cache/pypoetry")),
        active="VIRTUAL_ENV",
        projects=("--directory", "-C", "--project", "-P"),
    ),
    config_files=("$HOME/.config/pypoetry/auth.toml", "$HOME/.config/pypoetry/config.toml", "$HOME/.netrc"),
    moving_files={"poetry.toml": r"(?m)^[ \t]*cache-dir\s*=\s*.+"},
    moved_by_files=r"poetry\.toml|config\.toml",
    sources=("https://python-poetry.org/docs/configuration/",),
)  # fmt: skip
