"""Cargo: the registry and git checkouts below CARGO_HOME, which later cargo steps read."""

from __future__ import annotations

from cachemount.managers._model import Cache, Download, PackageManager

_OFFLINE = (frozenset({"--offline"}), frozenset({"--frozen"}))

# With the dependencies in a vendor folder nothing is downloaded.
_VENDORED = r"\b(?:COPY|ADD)\b[^\n]*(?<![\w/.-])(?:\./)?vendor/?(?=\s)"

CARGO = PackageManager(
    name="cargo",
    title="cargo, wasm-pack, trunk",
    programs=("cargo", "wasm-pack", "trunk"),
    caches=(
        Cache(
            name="registry",
            locations=("$CARGO_HOME/registry", "$HOME/.cargo/registry"),
            kind="store",
            doubt="the directory above the mount may become root's, and cargo writes there",
            # It is there already.
            settled=r"(?im)rustup|^\s*FROM\s[^\n]*rust|CARGO_HOME",
            others_only=True,
        ),
        Cache(name="git", locations=("$CARGO_HOME/git", "$HOME/.cargo/git"), kind="store", optional=True),
    ),
    downloads=(
        Download(programs=("cargo",), verbs=(("fetch",),), offline=_OFFLINE, warms=True),
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
                ("clippy",),
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
                ("web", "build"),
                ("web", "deploy"),
                ("lambda", "build"),
                ("xwin", "build"),
                ("tauri", "build"),
                ("contract", "build"),
                ("build-sbf",),
                ("sqlx", "prepare"),
                ("udeps",),
                ("llvm-cov",),
                ("tarpaulin",),
                ("deb",),
                ("hack",),
                ("ndk",),
                ("tree",),
                ("metadata",),
            ),
            offline=_OFFLINE,
            satisfied_by=_VENDORED,
        ),
        Download(programs=("cargo",), verbs=(("vendor",), ("install",), ("update",), ("add",)), offline=_OFFLINE),
        Download(programs=("wasm-pack", "trunk"), verbs=(("build",), ("test",)), offline=_OFFLINE),
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
