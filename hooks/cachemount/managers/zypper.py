"""zypper: packages are dropped after the install unless the repository keeps them."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, Keep, PackageManager

ZYPPER = PackageManager(
    name="zypper",
    title="zypper",
    programs=("zypper",),
    system=True,
    caches=(Cache(name="cache", locations=("/var/cache/zypp",), flags=("-C", "--cache-dir")),),
    downloads=(
        Download(
            verbs=(
                ("install",),
                ("in",),
                ("source-install",),
                ("si",),
                ("update",),
                ("up",),
                ("dist-upgrade",),
                ("dup",),
                ("patch",),
                ("install-new-recommends",),
                ("inr",),
                ("refresh",),
                ("ref",),
                ("download",),
            ),
            unless=(frozenset({"-D"}), frozenset({"--dry-run"})),
        ),
    ),
    valued=frozenset(
        {
            "-C",
            "--cache-dir",
            "-R",
            "--root",
            "-c",
            "--config",
            "-r",
            "--repo",
            "--from",
            "-t",
            "--type",
            "--reposd-dir",
            "--releasever",
        }
    ),
    cleaners=(Cleaner(verbs=(("clean",), ("cc",))),),
    keeps=(
        Keep(
            reason="zypper deletes downloaded packages unless their repository keeps them",
            evidence=(
                r"zypper\b[^&;|]*\b(?:mr|modifyrepo|ar|addrepo)\b[^&;|]* (?:-k|--keep-packages)",
                r"keeppackages\s*=\s*1",
            ),
            command="zypper modifyrepo --keep-packages --all",
        ),
    ),
    sharing="locked",
    needed=("/var/lib/zypp", "/etc/zypp", "/usr/lib", "/usr/bin"),
    sources=("https://en.opensuse.org/SDB:Zypper_manual",),
)
