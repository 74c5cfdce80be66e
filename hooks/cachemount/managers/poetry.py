"""Poetry: downloads in two directories of its cache, beside the virtual environments unless those are elsewhere."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, Installed, PackageManager

# A place below the cache directory: by its name, by a variable, in the usual place, or in the folder that a line names.
_NAMED = r"(?=(?:(?:.*\n)*(?![ \t]*#).*(?:POETRY_CACHE_DIR[= ]|\bcache-dir )[\"']?(?P<cache>/[^\s\"';&|)/]+(?:/[^\s\"';&|)/]+)*))?)"
_BELOW = r"(?:\{cache-dir\}|\$\{?POETRY_CACHE_DIR\b|\S*/pypoetry/|(?P=cache)/)"
# What settles that the virtual environment is not in the cache directory, or that there is none.
_SETTLED = (
    r"virtualenvs\.create[\"']? +[\"']?(?:false|0|no)|virtualenvs\.in-project[\"']? +[\"']?(?:true|1|yes)"
    rf"|(?<!--unset )virtualenvs\.path[\"']?[ ,](?![ \"'\\]*{_BELOW})[ \"']*[^\s\"';&|)-]"
    r"|POETRY_VIRTUALENVS_CREATE[= ]+[\"']?(?i:false|0|no)|POETRY_VIRTUALENVS_IN_PROJECT[= ]+[\"']?(?i:true|1|yes)"
    rf"|POETRY_VIRTUALENVS_PATH[= ](?![ \"'\\]*{_BELOW})|\bVIRTUAL_ENV[= ]+[\"']?[/$]"
)
# What only hints at it is enough to accept a mount, and not to make one.
_HINTS = r"VIRTUAL_ENV|\.venv\b|-m venv\b|\bvirtualenv +(?!s)|poetry\.toml|activate\b|\bconda\b"
_ELSEWHERE = rf"\A{_NAMED}(?s:.*?)(?:{_SETTLED}|{_HINTS}"
# In a line that is not a comment.
_LINE = rf"{_NAMED}(?:.*\n)*(?![ \t]*#).*(?:{_SETTLED})"
_OUTSIDE = rf"\A{_LINE}"
_INSIDE = rf"\A(?!{_LINE})"
_SETTINGS = r"\bpoetry (?:config )(?:--\S+ )*cache-dir (?:--\S+ )*([^\s-]\S*)"
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
            when=_OUTSIDE,
            when_before=True,
        ),
        Cache(
            name="repositories",
            locations=("$POETRY_CACHE_DIR/cache", "$XDG_CACHE_HOME/pypoetry/cache", "$HOME/.cache/pypoetry/cache"),
            settings={_SETTINGS: "{}/cache"},
            when=_INSIDE,
            when_before=True,
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
            when=_INSIDE,
            when_before=True,
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
        "$POETRY_CACHE_DIR/virtualenvs": _ELSEWHERE + ")",
        "$XDG_CACHE_HOME/pypoetry/virtualenvs": _ELSEWHERE + "|POETRY_CACHE_DIR)",
        "$HOME/.cache/pypoetry/virtualenvs": _ELSEWHERE + "|POETRY_CACHE_DIR|XDG_CACHE_HOME)",
    },
    config_files=("$HOME/.config/pypoetry/auth.toml", "$HOME/.config/pypoetry/config.toml", "$HOME/.netrc"),
    moved_by_files=r"poetry\.toml|config\.toml",
    sources=("https://python-poetry.org/docs/configuration/",),
)  # fmt: skip
