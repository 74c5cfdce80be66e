"""dnf, yum, microdnf: packages are dropped after the install unless keepcache is set; the directory depends on the release."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, Keep, PackageManager

# Releases whose `dnf` is dnf 5, and those whose `yum` is older than dnf.
_DNF5 = (
    r"^\s*FROM\s+(?:--\S+\s+)*\S*fedora(?:\s|$|:(?:latest|rawhide|4[1-9]|[5-9]\d)|[-/]\w*:?(?:latest|rawhide|4[1-9]))"
)
_YUM = r"^\s*FROM\s+(?:--\S+\s+)*\S*(?:centos(?::|:?centos)[5-7]|centos/systemd|amazonlinux:[12](?!\d)|oraclelinux:[5-7]|ubi7|rhel7|scientific)"
_EVERY = ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5")
_OTHER = rf"(?ims)\A(?!.*(?:{_DNF5}|{_YUM}))"

DNF = PackageManager(
    name="dnf",
    title="dnf, yum, microdnf",
    programs=("dnf", "dnf5", "dnf-3", "yum", "microdnf"),
    system=True,
    caches=(
        Cache(name="dnf5", locations=("/var/cache/libdnf5",), when=f"(?im){_DNF5}"),
        Cache(name="yum", locations=("/var/cache/yum",), when=f"(?im){_YUM}"),
        Cache(name="dnf", locations=("/var/cache/dnf",), substitutes=_EVERY, when=_OTHER),
    ),
    downloads=(
        Download(
            verbs=(
                ("install",),
                ("localinstall",),
                ("reinstall",),
                ("update",),
                ("upgrade",),
                ("upgrade-minimal",),
                ("downgrade",),
                ("distro-sync",),
                ("swap",),
                ("groupinstall",),
                ("group", "install"),
                ("module", "install"),
                ("builddep",),
                ("download",),
                ("makecache",),
                ("install-n",),
            ),
            # Another root has its cache below it.
            unless=(frozenset({"--installroot"}), frozenset({"--cacheonly"}), frozenset({"-C"})),
        ),
    ),
    valued=frozenset(
        {
            "-c",
            "--config",
            "-x",
            "--exclude",
            "--enablerepo",
            "--disablerepo",
            "--releasever",
            "--repo",
            "--repoid",
            "-d",
            "-e",
            "-R",
            "--setopt",
            "--installroot",
        }
    ),
    cleaners=(Cleaner(verbs=(("clean",),)),),
    keeps=(
        Keep(
            reason="dnf and yum delete downloaded packages unless keepcache is set",
            evidence=(r"keepcache\W{0,4}(?:1|[Tt]rue|yes|on)\b",),
            flag="--setopt=keepcache=1",
        ),
    ),
    sharing="locked",
    needed=("/var/lib/dnf", "/var/lib/rpm", "/usr/lib", "/usr/bin"),
    sources=(
        "https://dnf.readthedocs.io/en/latest/conf_ref.html",
        "https://dnf5.readthedocs.io/en/latest/misc/caching.7.html",
    ),
)
