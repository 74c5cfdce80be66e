"""Pipenv: it gives pip a cache directory of its own."""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, PackageManager

PIPENV = PackageManager(
    name="pipenv",
    title="Pipenv",
    programs=("pipenv",),
    caches=(
        Cache(name="cache", locations=("$PIPENV_CACHE_DIR", "$XDG_CACHE_HOME/pipenv", "$HOME/.cache/pipenv")),
    ),
    downloads=(Download(verbs=(("install",), ("sync",), ("update",), ("upgrade",), ("lock",))),),
    valued=frozenset(
        {
            "--python", "--index", "-i", "--pypi-mirror", "--requirements", "-r", "--categories", "--extra-pip-args",
            "--editable", "-e",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "--dry-run", "--outdated"}),
    # Pipenv empties its cache with this before it starts.
    off_flags={"--clear": ""},
    # Run: it removes the folder itself, and pip's, which fails while they are mounted.
    purged_by=r"\bpipenv\s+--clear\b",
    off_variables={"PIP_NO_CACHE_DIR": r"(?i)1|0|true|false|yes|no|on|off|y|n|t|f"},
    on_values={"PIP_NO_CACHE_DIR": ""},
    keeps_builds=True,
    needed=("$WORKDIR/.venv/**", "$WORKON_HOME/**", "$HOME/.local/share/virtualenvs/**", "$VIRTUAL_ENV/**", "/usr/local/lib/**"),
    # Measured: with a cache directory of root's it installs all the same.
    when_unwritable="disables",
    checks_owner=True,
    sources=("https://pipenv.pypa.io/en/latest/configuration.html",),
)  # fmt: skip
