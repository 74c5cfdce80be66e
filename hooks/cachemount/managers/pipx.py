"""pipx: it installs through pip, or through uv where it finds that, and so fills their caches."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

_UV = ("$UV_CACHE_DIR", "$XDG_CACHE_HOME/uv", "$HOME/.cache/uv")

PIPX = PackageManager(
    name="pipx",
    title="pipx",
    programs=("pipx",),
    caches=(
        Cache(
            name="pip",
            locations=("$PIP_CACHE_DIR", "$XDG_CACHE_HOME/pip", "$HOME/.cache/pip"),
            substitutes=_UV,
            # BuildKit makes the directories above a mount, for root.
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="pipx writes there"),
            others_only=True,
        ),
        # That of a distribution is too old for it: Debian 13 has 1.7, Ubuntu 24.04 has 1.4.
        Cache(
            name="uv", locations=_UV, optional=True,
            when=r"(?s)\A(?!.*\bapt(?:-get)?\s(?:[^;&|\n]|\\\n)*\binstall\s(?:[^;&|\n]|\\\n)*(?<=\s)pipx(?![\w.-]))",
            when_before=True,
        ),
    ),
    downloads=(
        Download(
            verbs=(
                ("install",), ("inject",), ("upgrade",), ("upgrade-all",), ("upgrade-shared",), ("reinstall",),
                ("reinstall-all",), ("install-all",), ("runpip", "*", "install"), ("runpip", "*", "download"),
                ("runpip", "*", "wheel"),
            )
        ),
        Download(verbs=(("run", "*"),), verb_is_program=True),
    ),
    valued=frozenset({"--python", "--pip-args", "-P", "--index-url", "-i", "--suffix", "--spec", "--backend"}),
    # The separate word is the value of --pip-args, which must keep one.
    off_flags={"--no-cache-dir": "''", "--pip-args=--no-cache-dir": ""},
    off_variables={"PIP_NO_CACHE_DIR": r"(?i)1|0|true|false|yes|no|on|off|y|n|t|f"},
    on_values={"PIP_NO_CACHE_DIR": ""},
    keeps_builds=True,
    # pip's cache is its own.
    purged_by=r"\bpip[0-9.]*\s+cache\s+(?:purge|remove)\b",
    needed=("$PIPX_HOME", "$PIPX_BIN_DIR", "$HOME/.local/share/pipx", "$HOME/.local/pipx", "$HOME/.local/bin"),
    when_unwritable="disables",
    checks_owner=True,
    sources=(
        "https://pipx.pypa.io/stable/reference/environment-variables/",
        "https://pip.pypa.io/en/stable/topics/caching/",
    ),
)  # fmt: skip
