"""zypper (openSUSE, SLE): metadata and packages in one directory; packages are kept for repositories that say so."""

from __future__ import annotations

from cachemount.managers.model import Cache, Cleaner, Download, PackageManager, Retention

# As the verb: a package may have such a name.
_ADDS = r"\bzypper[\s\\]+(?:-\S+[\s\\]+(?:/\S+[\s\\]+)?)*(?:addrepo|ar|addservice|as)\b"

ZYPPER = PackageManager(
    name="zypper",
    title="zypper",
    programs=("zypper",),
    system=True,
    distributions=frozenset({"suse"}),
    caches=(
        Cache(
            name="packages",
            locations=("/var/cache/zypp",),
            substitutes=("/var/cache/zypp/packages",),
            flags=("--cache-dir", "-C", "--pkg-cache-dir", "--root", "-R"),
            flag_suffixes={"--root": "/var/cache/zypp", "-R": "/var/cache/zypp"},
        ),
    ),
    downloads=(
        Download(
            verbs=tuple((verb,) for verb in ("install", "in", "update", "up", "dist-upgrade", "dup", "patch")),
            pattern=r"(?<!\S)(?:--download-only|(?:in|install|up|update|dup|dist-upgrade|patch) (?:\S+ )*-[a-z]*d[a-z]*)(?!\S)",
            unless=(frozenset({"--dry-run"}),),
            only_prefetches=True,
        ),
        Download(
            verbs=tuple(
                (verb,)
                for verb in (
                    "install", "in", "source-install", "si", "update", "up", "dist-upgrade", "dup", "patch", "verify", "ve",
                    "install-new-recommends", "inr", "download", "refresh", "ref", "build-deps-install", "bi",
                )
            ),
            unless=(frozenset({"--dry-run"}),),
        ),
    ),
    valued=frozenset(
        {
            "--config", "-c", "--userdata", "--table-style", "-s", "--reposd-dir", "-D", "--cache-dir", "-C", "--raw-cache-dir",
            "--solv-cache-dir", "--pkg-cache-dir", "--plus-repo", "-p", "--plus-content", "--releasever", "--root", "-R",
            "--installroot", "--repo", "-r", "--from", "--type", "-t", "--name",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V"}),
    # Run with 1.14: what is installed in the other root is noted there, and the repositories' cache is the host's.
    cleaners=(
        Cleaner(
            verbs=(("clean",), ("cc",)),
            of_root=("--installroot", "rm -rf {}/var/cache/zypp/solv/@System"),
        ),
    ),
    retentions=(
        Retention(
            reason="it deletes downloaded packages unless their repository keeps them",
            evidence=(
                r"\bzypper\b[^&;|\n]* (?:mr|modifyrepo|ar|addrepo)\b[^&;|\n]* (?:--keep-packages|-[a-zA-Z]*k[a-zA-Z]*)(?![\w-])",
                r"(?i:keeppackages\s*=\s*(?:1|true|yes|on)\b)",
                r"(?i:COPY|ADD)\b.*/etc/zypp",
                r"--download-only|\binstall -d\b|\bin -d\b",
            ),
            # It says nothing of the repositories that come later.
            undone_by=rf"{_ADDS}|repos\.d",
            command="zypper --non-interactive modifyrepo --keep-packages --all",
        ),
    ),
    moving_places={"/etc": r"(?im)^[ \t]*(?:cachedir|packagesdir)[ \t]*=[ \t]*(?!/var/cache/zypp(?:/packages)?/?\s)[^\s#]+"},
    sharing="locked",
    run_by=r"\bansible-(?:playbook|pull)\s",
    installs_in_script=r"\bzypper\s[^;&|\n#]*\s(?:dist-upgrade|dup|in|install|patch|si|source-install|up|update)\b",
    empties_in_script=r"\bzypper\s[^;&|\n]*\s(?:cc|clean)\b|\brm\s[^;&|\n]*/var/cache\b",
    refresh_verbs=(("refresh",), ("ref",)),
    # Run with 1.14: an install trusts an index of ten minutes, that of a repository without autorefresh (the default of
    # addrepo) for ever, and stops where a package of it is gone. A refresh looks at repomd.xml, and fetches what changed.
    revalidate={"": "zypper {options} refresh"},
    revalidate_options="--non-interactive",
    # Run: a refresh of all ends with 4 where one cannot be reached, and with 6 where there is none; the install with 0.
    revalidate_of=("--repo", "-r"),
    no_sources_after=r"\bzypper\s+(?:-\S+\s+)*(?:rr|removerepo)\s+(?:-\S+\s+)*(?:--all|-a)(?![\w-])",
    sources_by=rf"{_ADDS}|\brepos\.d\b|--plus-repo|\.repo\b|(?i:SUSEConnect)",
    refreshed_by=r"\bzypper\b[^&;|\n]*\s(?:refresh|ref)(?:\s+-\S+)*[\s\\]*(?:&&|;|\n)",
    needed=("/var/lib/rpm", "/var/lib/zypp", "/etc/zypp", "/usr/lib/sysimage"),
    run_with_index=(
        r"(?s)\A(?!.*\bzypper\b[^\n;&|]*\s(?:ref|refresh|clean)\b)(?=.*(?<![\w.-])zypper\s)",
        "zypper clean --all",
    ),
    sources=("https://en.opensuse.org/SDB:Zypper_manual",),
)  # fmt: skip
