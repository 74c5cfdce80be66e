"""Cargo: the registry and git checkouts below CARGO_HOME, which later cargo steps read."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, Installed, PackageManager, Partly
from cachemount.managers.vendored import COPIED

_OFFLINE = (frozenset({"--offline"}), frozenset({"--frozen"}))

# With the dependencies in a vendor folder nothing is downloaded.
_VENDORED = (
    rf"{COPIED}|\bcargo vendor\b[^\n]*>\s*\S*\.cargo/config"
    r"|replace-with\s*=\s*[\"'\\]*vendored-sources"
)
# Crates that are taken by their paths replace those alone: https://doc.rust-lang.org/cargo/reference/source-replacement.html
_PATCHED = Partly(
    file="Cargo.toml",
    says=r"\bpath\s*=\s*[\"'](?:\./)?vendor/",
    settings=(".cargo/config.toml", ".cargo/config"),
    unless=r"(?m:^)[ \t]*replace-with\s*=",
)
_GIT_SOURCE = r'(?m:^)source = "git\+'

# https://doc.rust-lang.org/cargo/reference/config.html#hierarchical-structure
_CONFIGS = (
    ".cargo/config.toml",
    ".cargo/config",
    "$CARGO_HOME/config.toml",
    "$CARGO_HOME/config",
    "$HOME/.cargo/config.toml",
    "$HOME/.cargo/config",
)
# https://doc.rust-lang.org/cargo/reference/source-replacement.html
_ON_DISK = (
    r"(?s)\A(?=.*\[source\.[\"']?crates-io[\"']?\][^\[]*?\n\s*replace-with\s*=\s*[\"'](?P<name>[\w.-]+)[\"'])"
    r"(?=.*\[source\.[\"']?(?P=name)[\"']?\][^\[]*?\n\s*(?:directory|local-registry)\s*=)"
)

CARGO = PackageManager(
    name="cargo",
    title="cargo, wasm-pack, trunk, napi, maturin",
    programs=("cargo", "wasm-pack", "trunk", "napi", "maturin"),
    caches=(
        Cache(
            name="registry",
            locations=("$CARGO_HOME/registry", "$HOME/.cargo/registry"),
            kind="store",
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="cargo writes there"),
            # It is there already.
            safe_when=r"(?im)rustup|^[ \t]*FROM\s[^\n]*rust|CARGO_HOME",
            others_only=True,
        ),
        Cache(
            name="git",
            locations=("$CARGO_HOME/git", "$HOME/.cargo/git"),
            kind="store",
            optional=True,
            once_where=("Cargo.lock", _GIT_SOURCE),
            # Not commented out, and of a dependency: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
            once_where_manifest=("Cargo.toml", r"(?m)^[^#\n]*\bgit\s*=\s*[\"']"),
            unused_by=("Cargo.lock", rf"\A(?!(?s:.*){_GIT_SOURCE})(?s:.)", r"cargo/git|\s--git\b"),
            holds="the git repositories that crates are taken from",
        ),
    ),
    fetch_command="cargo fetch --locked",
    fetch_flags=("--manifest-path",),
    locked_readers=(
        ("build",),
        ("b",),
        ("check",),
        ("c",),
        ("test",),
        ("t",),
        ("run",),
        ("r",),
        ("clippy",),
        ("rustc",),
    ),
    locked_by=(frozenset({"--frozen"}), frozenset({"--locked", "--offline"})),
    unlike_fetch=frozenset({"--config", "-Z", "-C", "--lockfile-path"}),
    downloads=(
        Download(programs=("cargo",), verbs=(("fetch",),), offline=_OFFLINE, only_prefetches=True),
        # It builds what the project depends on: https://github.com/LukeMathWalker/cargo-chef
        Download(programs=("cargo",), verbs=(("chef", "cook"),), offline=_OFFLINE, only_prefetches=True),
        Download(
            programs=("cargo",),
            verbs=(
                ("build",),
                ("b",),
                ("check",),
                ("c",),
                ("run",),
                ("r",),
                ("test",),
                ("t",),
                ("bench",),
                ("doc",),
                ("d",),
                ("rustdoc",),
                ("cbuild",),
                ("miri",),
                ("fuzz", "build"),
                ("clippy",),
                ("package",),
                ("publish",),
                ("fix",),
                ("rustc",),
                ("zigbuild",),
                ("auditable", "build"),
                ("auditable", "zigbuild"),
                ("component", "build"),
                ("leptos", "build"),
                ("web", "build"),
                ("web", "deploy"),
                ("lambda", "build"),
                ("xwin", "build"),
                ("tauri", "build"),
                ("contract", "build"),
                ("pgrx", "install"),
                ("pgrx", "package"),
                ("pgrx", "run"),
                ("pgrx", "schema"),
                ("pgrx", "test"),
                ("build-sbf",),
                ("sqlx", "prepare"),
                ("udeps",),
                ("llvm-cov",),
                ("tarpaulin",),
                ("deb",),
                ("hack",),
                ("ndk",),
            ),
            offline=_OFFLINE,
            satisfied_by=_VENDORED,
            satisfied_partly=_PATCHED,
        ),
        # What it runs from an archive, or by what it is told of built programs, needs no cargo:
        # https://nexte.st/docs/ci-features/archiving/
        Download(
            programs=("cargo",),
            verbs=(("nextest",),),
            pattern=r"\A(?!(?:\S+ )*?(?:run|r|list) .*--(?:archive-file|binaries-metadata)\b)",
            offline=_OFFLINE,
            satisfied_by=_VENDORED,
            satisfied_partly=_PATCHED,
        ),
        Download(
            programs=("cargo",),
            verbs=(("metadata",),),
            unless=(frozenset({"--no-deps"}),),
            offline=_OFFLINE,
            satisfied_by=_VENDORED,
            satisfied_partly=_PATCHED,
            of_project=False,
        ),
        Download(
            programs=("cargo",),
            verbs=(("generate-lockfile",), ("tree",)),
            offline=_OFFLINE,
            satisfied_by=_VENDORED,
            satisfied_partly=_PATCHED,
            of_project=False,
        ),
        Download(
            programs=("cargo",),
            verbs=(("install",), ("auditable", "install")),
            unless=(frozenset({"--list"}),),
            offline=_OFFLINE,
            pattern=r"\A(?!.*(?<!\S)--path\b)",
            installs_program=True,
            of_project=False,
        ),
        Download(
            programs=("cargo",),
            verbs=(("install",), ("auditable", "install")),
            unless=(frozenset({"--list"}),),
            offline=_OFFLINE,
        ),
        Download(programs=("cargo",), verbs=(("vendor",),), offline=_OFFLINE),
        Download(programs=("cargo",), verbs=(("update",), ("add",)), offline=_OFFLINE, of_project=False),
        Download(programs=("wasm-pack", "trunk"), verbs=(("build",), ("test",)), offline=_OFFLINE),
        # It runs `cargo rustc`: https://www.maturin.rs/distribution
        Download(programs=("maturin",), verbs=(("build",), ("develop",), ("publish",)), offline=_OFFLINE),
        # It runs `cargo build`: https://napi.rs/docs/cli/build
        Download(programs=("napi",), verbs=(("build",),), offline=_OFFLINE),
    ),
    valued=frozenset(
        {
            "--bin",
            "--example",
            "--test",
            "-p",
            "--package",
            "--target",
            "--target-dir",
            "--features",
            "-F",
            "--profile",
            "-j",
            "--jobs",
            "--manifest-path",
            "--color",
            "--config",
            "-Z",
            "--path",
            "--git",
            "--branch",
            "--tag",
            "--rev",
            "--version",
            "--vers",
            "--root",
            "--registry",
            "--index",
            "--recipe-path",
            "-C",
        }
    ),
    # --version names a version for `cargo install`.
    # The last one is xx-cargo's.
    no_op_flags=frozenset({"--help", "-h", "-V", "--print-target-triple"}),
    offline_variables={"CARGO_NET_OFFLINE": "true"},
    offline_settings={
        "CARGO_NET_OFFLINE": r"(?s)config.*?(?:\\n|\b)offline\s*=\s*true|(?:\\n|\b)offline\s*=\s*true\b[^;&|]*config"
    },
    offline_files=dict.fromkeys(_CONFIGS, r"(?m)^[ \t]*(?:net\.)?offline[ \t]*=[ \t]*true\b"),
    on_disk_by=dict.fromkeys(_CONFIGS, _ON_DISK),
    # Run: two that share the registry alone fail ("File exists"); two that share all of the home wait for each other.
    sharing="locked",
    own_lock=("$CARGO_HOME", "$HOME/.cargo"),
    installs_into=(
        Installed(
            place=Cache(
                name="programs",
                locations=("$CARGO_INSTALL_ROOT/bin", "$CARGO_HOME/bin", "$HOME/.cargo/bin"),
                flags=("--root",),
                flag_suffix="/bin",
            ),
            verbs=("install", "binstall"),
        ),
        # What cargo-chef builds is there for a later step alone.
        Installed(
            place=Cache(name="target", locations=("$CARGO_TARGET_DIR", "$WORKDIR/target"), flags=("--target-dir",)),
            verbs=("chef",),
            for_steps=True,
        ),
    ),
    empties_in_script=r"\brm[ \t][^;&|\n]*(?:cargo/(?:registry|git)|CARGO_HOME)|\bcargo[ \t]+cache\b",
    linked_in_script=r"\bln[ \t][^\n]*(?:cargo/(?:registry|git)|CARGO_HOME)",
    built_by_make=(
        r"(?:(?<![\w./-])cargo|\$[({]CARGO(?:_?BIN)?[)}])\s+(?:\+\S+\s+)?(?:bench|build|check|clippy|doc|fetch|install|run|test)\b",
        r"--offline|--frozen|\bCARGO_(?:HOME|NET_OFFLINE|NET_GIT\w*|SOURCE\w*)\s*[:?+]?=|\boffline\b|\bvendor",
    ),
    program_in=("$CARGO_HOME/bin", "$HOME/.cargo/bin"),
    program_from=r"\brustup(?:-init|\.rs)\b",
    config_files=(
        "$CARGO_HOME/config.toml",
        "$CARGO_HOME/config",
        "$CARGO_HOME/credentials.toml",
        "$CARGO_HOME/credentials",
        "$HOME/.cargo/config.toml",
        "$HOME/.cargo/config",
        "$HOME/.cargo/credentials.toml",
        "$HOME/.cargo/credentials",
    ),
    storeless_verbs=frozenset(
        {
            "chef prepare",
            "clean",
            "fmt",
            "help",
            "init",
            "login",
            "new",
            "sqlx database",
            "sqlx migrate",
            "uninstall",
            "version",
        }
    ),
    # By rustler, setuptools-rust and maturin, if the project has Rust in it, and by napi.
    built_by=(
        r"\A(?:napi build\b|mix (?:do (?=.*\b(?:compile|release|test|phx\.digest)\b)"
        r"|(?!do\b|local\.|archive\.|hex\.|deps\.(?:get|update|clean|unlock|tree)|phx\.new|new\b|help|format))"
        r"|(?:uv )?pip[\d.]* (?:install|wheel)\b.*\s\.{1,2}(?:[/\[]\S*)?(?=\s|\Z)"
        r"|(?:uv|poetry|pdm) (?:sync|install|build)\b(?!.*--no-(?:install-project|root|self)\b))"
    ),
    # All but `storeless_verbs`: others are programs, and run it again.
    runtime=(
        (
            r"(?<![\w.])(?<!\w-)cargo (?:[+-]\S+ )*"
            r"(?!(?:chef prepare|clean|fmt|help|init|login|new|owner|search|sqlx (?:database|migrate)|uninstall|version)(?![\w-]))"
            r"[a-z][\w-]*(?![\w./-])"
        ),
        r"(?<![\w./-])(?:trunk|wasm-pack) (?:-\S+ )*(?:build|serve|test|watch)\b",
    ),
    sources=("https://doc.rust-lang.org/cargo/guide/cargo-home.html",),
)
