"""conda, mamba and micromamba: packages are unpacked into pkgs/ of the installation and linked or copied from there."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager, Shown

_OLD = r"(?:[0-3]|4\.[0-2])(?![\d])\.?"
_ON = r"(?i)1|true|yes|on"
# With these it takes packages from the cache alone.
_FROM_CACHE = (frozenset({"--offline"}), frozenset({"--clone"}))

CONDA = PackageManager(
    name="conda",
    shown=Shown(
        variable="PREFIX",
        names=r"\b(?:conda|mamba)[ \t]+(?:env[ \t]+)?create[ \t][^;&|\n]*?(?:-n|--name)[ =]([\w.-]+)",
        place=r"(/(?:[\w.-]+/)*[\w.-]*(?i:conda|mamba|miniforge)[\w.-]*)/envs/{}",
        unless=r"(?i)\bCONDA_ENVS_(?:PATH|DIRS)\b|\benvs_dirs\b",
    ),
    title="conda, mamba, micromamba",
    programs=("conda", "mamba", "micromamba", "conda-env", "conda-lock", "conda-pack"),
    prefix=r"(/(?:.*/)?[\w.-]*(?i:conda|mamba|miniforge)[\w.-]*)(?:/envs/[^/]+)?",
    unpacked=True,
    caches=(
        Cache(
            name="pkgs",
            locations=("$CONDA_PKGS_DIRS[0]", "$MAMBA_ROOT_PREFIX/pkgs", "$PREFIX/pkgs"),
            flags=("--root-prefix", "-r"),
            flag_suffix="/pkgs",
            substitutes=("$HOME/.conda/pkgs",),
            # The installers stop where their directory exists.
            made_by=r"(?i)(?<!profile\.d/)(?:conda|mamba|forge)[\w.${}-]*\.sh\b|\.sh[\"']?\s[^&|;]*-[fsu]*b",
            settings={
                r"(?:conda|mamba) config (?:--(?!add|append|prepend)\S+ )*--(?:add|append|prepend) pkgs_dirs (\S+)": "{}",
                r"(?i)(?:conda|mamba|forge)[\w.${}-]*\.sh\b[^&|;\n]*?\s(?:-[bfsu]*p|--prefix)[ =]\s*(\S+)": "{}/pkgs",
            },
        ),
    ),
    downloads=(
        Download(
            programs=("conda", "mamba", "micromamba"),
            verbs=(("install",), ("create",), ("update",), ("upgrade",)),
            needs=frozenset({"--download-only"}),
            offline=_FROM_CACHE,
            only_prefetches=True,
        ),
        Download(
            programs=("conda", "mamba", "micromamba"),
            verbs=(
                ("install",), ("update",), ("upgrade",), ("build",), ("mambabuild",),
                ("env", "create"), ("env", "update"), ("lock", "install"), ("self-update",),
            ),
            offline=_FROM_CACHE,
        ),
        Download(
            programs=("conda", "mamba", "micromamba"),
            verbs=(("create",),),
            offline=_FROM_CACHE,
            # An environment without packages, unless a flag names a file or another environment.
            named=frozenset({"create"}),
            completes=r"--file(?:=.*)?|-f.*|--clone(?:=.*)?",
        ),
        Download(programs=("conda-env",), verbs=(("create",), ("update",))),
        Download(programs=("conda-lock",), verbs=(("install",),)),
        # It asks the cache which files have the prefix in them: https://github.com/conda/conda-pack/blob/main/conda_pack/core.py
        Download(programs=("conda",), verbs=(("pack",),), offline=(frozenset(),)),
        Download(programs=("conda-pack",), verbs=((), ("*",)), offline=(frozenset(),)),
    ),
    valued=frozenset(
        {
            "--name", "-n", "--prefix", "-p", "--channel", "-c", "--file", "-f", "--solver", "--subdir", "--platform",
            "--repodata-fn", "--root-prefix", "-r", "--rc-file", "--clone",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "--dry-run"}),
    offline_variables={"CONDA_OFFLINE": r"(?i)1|true|yes|on"},
    cleaners=(
        Cleaner(
            verbs=(("clean",),),
            pattern=r"(?:^| )(?:--all|--packages|--tarballs|--force-pkgs-dirs|-[a-z]*[apft][a-z]*)(?= |$)",
        ),
    ),
    sharing="locked",
    needed=(
        "$PREFIX/envs/**", "$PREFIX/bin", "$PREFIX/lib/**", "$PREFIX/conda-meta", "$MAMBA_ROOT_PREFIX/envs/**",
        "$CONDA_ENVS_PATH/**", "$CONDA_ENVS_DIRS/**",
    ),
    # It takes the first directory that it can write, which is then in the home.
    when_unwritable="disables",
    # The first always, the second where it cannot make hard links, as from a mount.
    linking_flags=("--always-softlink", "--allow-softlinks"),
    linking_variables={"CONDA_ALWAYS_SOFTLINK": _ON, "CONDA_ALLOW_SOFTLINKS": _ON},
    linking_files={".condarc": r"(?m)^(?:always_softlink|allow_softlinks):\s*(?i:true|yes|on)\b"},
    linking_settings=(
        # Up to 4.2 it links across filesystems: https://github.com/conda/conda/blob/4.2.x/conda/config.py (allow_softlinks).
        rf"\b(?:Mini|Ana)conda[23]?-{_OLD}[\d.]+|\bMiniconda-latest\b|(?<![\w-])conda==?{_OLD}[\d.]*",
        rf"(?i)\b\w*conda[23]?_?ver(?:sion)?[ =]+[\"']?{_OLD}[\d.]+",
        r"\b(?:conda|mamba) config (?:--\S+ )*--set (?:always_softlink|allow_softlinks) (?i:true|1|yes|on)\b",
        r"\b(?:always_softlink|allow_softlinks): *(?i:true|yes|on)\b",
    ),
    # Of a file of a package, which has no checksum of an index: `make_actions_for_record` in
    # https://github.com/conda/conda/blob/main/conda/core/package_cache_data.py
    known_by_name=(
        r"(?<![^\s\"'])(?:(?!https?:|s3:|[\w-]+::)[^\s\"'=#]+|https?:\S*/(?![^/\s]*-v?[\d$][^/\s]*-)[^/\s\"'#]+)\.(?:tar\.bz2|conda)(?=[\s\"']|\Z)"
    ),
    cache_read_in_script=r"\bconda[- ]pack\b",
    unproven="the programs and channels are on their own sites",
    config_files=("$CONDARC", "$HOME/.condarc"),
    moved_by_files=r"\.condarc",
    moving_files={".condarc": r"(?m)^pkgs_dirs:"},
    sources=(
        "https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/custom-env-and-pkg-locations.html",
        "https://micromamba-docker.readthedocs.io/",
    ),
)  # fmt: skip
