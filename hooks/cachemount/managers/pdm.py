"""PDM: one cache of HTTP responses, wheels and metadata."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, Installed, PackageManager

PDM = PackageManager(
    name="pdm",
    title="PDM",
    programs=("pdm",),
    caches=(
        Cache(
            name="cache",
            locations=("$PDM_CACHE_DIR", "$XDG_CACHE_HOME/pdm", "$HOME/.cache/pdm"),
            settings={r"\bpdm config (?:--\S+ )*cache_dir (\S+)": "{}"},
        ),
    ),
    downloads=(
        Download(
            verbs=(("install",), ("sync",), ("add",), ("update",), ("self", "add"), ("self", "update"), ("plugin", "add")),
        ),
        Download(verbs=(("lock",),), unless=(frozenset({"--check"}),)),
    ),
    valued=frozenset({"--project", "-p", "--config", "-c", "--group", "-G", "--lockfile", "-L", "--venv", "--without"}),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "--dry-run"}),
    off_flags={"--no-cache": ""},
    # PDM asks only whether the variable has a value: https://github.com/pdm-project/pdm
    off_variables={"PDM_NO_CACHE": r".+"},
    keeps_builds=True,
    cleaners=(Cleaner(verbs=(("cache", "clear"),)),),
    installs_nothing=(("lock",),),
    needed=(
        "$WORKDIR/.venv/**", "$WORKDIR/__pypackages__/**", "$HOME/.local/share/pdm/**", "$VIRTUAL_ENV/**", "/usr/local/lib/**",
    ),
    installs_into=(
        Installed(
            place=Cache(
                name="environments", locations=(), settings={r"\bpdm config (?:--\S+ )*venv\.location ([^\s-]\S*)": "{}"}
            )
        ),
    ),
    # https://github.com/pdm-project/pdm/blob/main/src/pdm/project/config.py: links are its usual way with a cache.
    linking_files={"pdm.toml": r"(?m)^\[install\][^\[]*^cache\s*=\s*true\b"},
    linking_settings=(r"\bpdm config (?:--\S+ )*install\.cache (?i:true|1|yes|on)\b",),
    moved_by_files=r"pdm\.toml",
    sources=("https://pdm-project.org/latest/reference/configuration/",),
)  # fmt: skip
