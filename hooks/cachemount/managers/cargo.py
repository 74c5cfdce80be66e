"""Cargo: the registry and git checkouts below CARGO_HOME, which later cargo steps read."""

from __future__ import annotations

from cachemount.managers._model import Cache, Download, PackageManager

_OFFLINE = (frozenset({"--offline"}), frozenset({"--frozen"}))

CARGO = PackageManager(
    name="cargo",
    title="cargo",
    programs=("cargo",),
    caches=(
        Cache(name="registry", locations=("$CARGO_HOME/registry", "$HOME/.cargo/registry"), kind="store"),
        Cache(name="git", locations=("$CARGO_HOME/git", "$HOME/.cargo/git"), kind="store", optional=True),
    ),
    downloads=(
        Download(
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
                ("clippy",),
                ("fetch",),
                ("install",),
                ("update",),
                ("vendor",),
                ("add",),
                ("generate-lockfile",),
                ("package",),
                ("publish",),
                ("fix",),
                ("rustc",),
                ("chef", "cook"),
                ("nextest",),
                ("zigbuild",),
                ("auditable", "build"),
                ("component", "build"),
                ("leptos", "build"),
            ),
            offline=_OFFLINE,
        ),
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
    harmless=frozenset({"--help", "-h", "-V"}),
    offline_variables={"CARGO_NET_OFFLINE": "true"},
    sharing="locked",
    needed=("$CARGO_HOME/bin", "$HOME/.cargo/bin"),
    runtime=(r"\bcargo (run|test|watch|build)\b",),
    sources=("https://doc.rust-lang.org/cargo/guide/cargo-home.html",),
)
