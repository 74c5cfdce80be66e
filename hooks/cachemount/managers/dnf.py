"""dnf, dnf5, microdnf, yum, tdnf: one cache each, at a place that the distribution's release decides."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager, Retention

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: the runtimes on Amazon Linux 2.
_LAMBDA_2 = (
    r"(?:lambda/|aws-lambda-|sam/build-)(?:python:?3\.(?:\d|1[01])(?!\d)|nodejs:?1[0-8](?!\d)|java:?(?:8|11|17)(?!\d)"
    r"|ruby:?(?:2|3\.[0-2](?!\d))|dotnet:?(?:core|[5-7](?!\d))|go:?(?:1|\Z)|provided[.:]al2(?!\d))|lambci/"
)
# Its image has been on Amazon Linux 2023 since July 2025: https://github.com/aws/aws-cli/issues/9586
_AWS_2 = r"aws-cli:(?:1|2\.(?:1?\d|2[0-6]))(?![\d])"
# The image of Java had Oracle Linux 7 before August 2020: https://github.com/docker-library/openjdk/pull/425
_JAVA_7 = r"openjdk:1[23](?!\d)|jboss/(?:base|wildfly)(?![\w])"
# Until July 2026 Amazon Linux 2 was what Corretto up to 21 had by default, and images on it:
# https://github.com/docker-library/official-images/pull/21894, https://github.com/carlossg/docker-maven/pull/670
_CORRETTO_2 = (
    r"amazoncorretto:(?:8u[1-4]\d\d|11\.0\.(?:[12]?\d|3[01])|17\.0\.1?\d|21\.0\.(?:\d|1[01])|1[2-689]|20)(?![\d.])"
    r"(?!\S*al20)|maven:3\.(?:[0-8]|9\.(?:\d|1[01]))(?!\d)\S*amazoncorretto(?:-(?:8|1\d|2[01]))?(?!-?\d|\S*al20)"
    r"|\bal2(?![\d.])"
)
# Images of releases before dnf: CentOS 7 and its like (manylinux2014 is built on it), Amazon Linux 2.
_OLD = (
    r"(?:centos|rhel|ubi|el|oraclelinux|scientific\w*|sl)[-/:a-z]*(?:_|\b)?[567](?!\d)|scientificlinux|centos/s2i"
    rf"|centos/systemd|manylinux20(?:10|14)_|amazonlinux[:-](?:1|2)(?!\d)|amazonlinux:201[5-8]|{_CORRETTO_2}|{_LAMBDA_2}|{_AWS_2}|{_JAVA_7}"
)
# A tag that names such a distribution without its number, beside a name that tells nothing: it may be of any release.
_UNNUMBERED = r"rhel: [^:]*:(?!\S*stream)(?:\S*[-_.])?(?:centos|el|rhel)(?![\w.]*\d)"
# Packages of a repository in a folder are taken from there, where it is the only one.
_LOCAL = (
    r"(?=.*--(?:disablerepo[= ]\*|repo(?:id)?[= ]))(?=.*--repofrompath[= ]([^\s,]+),(?:file:|[./]))"
    r"(?!.*--repofrompath[= ](?!\1,))(?!.*--(?:enablerepo|repo|repoid)[= ](?!\1(?:\s|\Z)))"
)
_HERE = rf"\A(?!.*(?<!\S)--(?:downloaddir|destdir)\b)(?!{_LOCAL})"
_KEEP = r"keepcache\s*=\s*(?i:1|true|yes|on)\b"
_IN_FILE = rf"(?m)^[ \t]*{_KEEP}"
_OPTION = rf"--setopt[= ]{_KEEP}"
# With an option that switches it off, that option is at fault.
_OFF = r"--setopt[= ]keepcache=(?i:0|false|no|off)\b"
_EVIDENCE = (
    rf"(?<!setopt[ =]){_KEEP}(?![^\n]*\btdnf\.conf)",
    rf"config-manager\b.*{_KEEP}",
    r"(?i:COPY|ADD)\b.*(?:/etc/dnf/|\b(?:dnf|yum)\.conf)",
)
_REASON = "it deletes downloaded packages unless keepcache is set"
# https://learn.microsoft.com/en-us/azure/azure-linux/manage-packages: since 4.0 all names are links to dnf 5.
_DNF5_ON_AZURE = r"azurelinux:(?:[4-9]|[1-9]\d)"
# In Photon and in Azure Linux before that, yum is a link to tdnf.
_TDNF = rf"(?:tdnf (?!{_DNF5_ON_AZURE})|yum (?:photon:|azurelinux:(?![4-9])))"

# dnf 4 under both names, whatever the tag is: AlmaLinux and Rocky Linux began with 8, and none of them has dnf 5 up to
# 10. Of Oracle Linux 7 alone yum is another program.
_SINCE_8 = (
    r"(?:dnf|yum) rhel: [^:@$]*(?:almalinux|rockylinux)[^:@$]*[:@]"
    r"|dnf rhel: [^:@$]*oraclelinux[^:@$]*[:@]|(?:dnf|yum) rhel:(?:8|9|10)(?:\.\d+)* (?!\S*lambda/)[^:@$]*[:@]\S*\$"
)
# Images that are not known, by the last part of the name or the tag: alma9-base, almalinux:8.10-minimal, stable-rocky9.
_NAMED_8 = (
    r"(?:dnf|yum) : (?:\S*/)?(?:[^/\s]*[-_.:])?"
    r"(?:almalinux|rockylinux|(?:alma|rocky|el|ubi|oraclelinux|rhel|centos-?(?:stream)?|stream)-?(?:8|9|10)(?!\d))(?![a-z])[^/\s]*\Z"
)
# Of other images without a release in their tags it is not known which yum they have.
_SURELY_8 = (
    r"(?:almalinux|rockylinux|(?:centos-?|\b)stream|(?:ubi|rhel|el|centos|oraclelinux|rocky|alma)-?(?:[89]|1\d)(?!\d))"
    r"|(?<![\w.-])amazonlinux(?::latest)?(?:@|\Z)"
)
_DNF_4 = rf"(?:{_SINCE_8}|{_NAMED_8})"


def _kept_by_tdnf(where: str, *own: str) -> Retention:
    return Retention(
        reason="tdnf deletes downloaded packages unless keepcache is set in /etc/tdnf/tdnf.conf",
        evidence=(rf"(?<!setopt[ =]){_KEEP}(?![^\n]*/etc/dnf/)", r"(?i:COPY|ADD)\b.*(?:/etc/tdnf/|\btdnf\.conf)"),
        own_evidence=(_OFF, *own),
        where=where,
        step=("echo keepcache=1 >> /etc/tdnf/tdnf.conf",),
        in_file=_IN_FILE,
    )


DNF = PackageManager(
    name="dnf",
    title="dnf, yum, microdnf, tdnf",
    programs=("dnf", "dnf-?[345]", "microdnf", "yum", "tdnf", "yum-builddep"),
    system=True,
    distributions=frozenset({"azurelinux", "fedora", "photon", "rhel"}),
    caches=(
        Cache(
            name="packages",
            locations=("/var/cache/libdnf5", "/var/cache/tdnf", "/var/cache/yum", "/var/cache/dnf"),
            # yum is dnf since RHEL 8; dnf is dnf 5 since Fedora 41, microdnf since 39.
            variants={
                r"^dnf-?5 ": ("/var/cache/libdnf5",),
                # The older one beside it, in Fedora too: https://src.fedoraproject.org/rpms/dnf (python3-dnf).
                r"^dnf-?[34] ": ("/var/cache/dnf",),
                # Beside dnf 5 it is there under these names.
                r"^dnf(?:-3|-?4) ": ("/var/cache/dnf",),
                rf"^{_TDNF}": ("/var/cache/tdnf",),
                rf"^{_DNF_4}": ("/var/cache/dnf",),
                # That of all releases; it is another program in Fedora alone.
                r"^microdnf (?:rhel:|: \S* rhel$)": ("/var/cache/yum",),
                r"^microdnf \S+ \S*[${]": ("/var/cache/yum", "/var/cache/libdnf5"),
                r"^(?!microdnf )\S+ fedora: [^:]*:\S*[${]": ("/var/cache/dnf", "/var/cache/libdnf5"),
                r"^\S+ rhel: [^:]*:\S*[${]": ("/var/cache/dnf", "/var/cache/yum"),
                rf"^yum\S* {_UNNUMBERED}": ("/var/cache/yum", "/var/cache/dnf"),
                r"^\S+ \S+ [^:]*:\S*[${]|^\S+ \S+ \S*[${][^:]*$": ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"),
                # In Fedora 38 dnf 5 took the place of microdnf.
                r"^microdnf fedora:38": ("/var/cache/libdnf5", "/var/cache/yum"),
                r"^microdnf fedora:(?:39|[4-9]\d| )": ("/var/cache/libdnf5",),
                r"^microdnf ": ("/var/cache/yum",),
                r"^\S+ fedora:(?:4[1-9]|[5-9]\d| )": ("/var/cache/libdnf5",),
                r"^yum\S* fedora:(?:1?\d|2[01])\b": ("/var/cache/yum",),
                r"^\S+ fedora:": ("/var/cache/dnf",),
                rf"^yum\S* rhel:\S* \S*(?:{_OLD})": ("/var/cache/yum",),
                # By the name alone, which PEP 599 and 571 give to images of CentOS 7 and 6.
                r"^yum\S* : [^$]*(?:manylinux_?20(?:10|14)(?!\d)|\bcern/cc7-)": ("/var/cache/yum",),
                r"^dnf : [^$]*-c(?:8|9|10)s(?![\w.-])": ("/var/cache/dnf",),
                # Lambda's and the minimal images have microdnf under the name dnf.
                r"^\S+ rhel:\S* \S*(?:lambda/|amazonlinux:\S*minimal)": ("/var/cache/yum", "/var/cache/dnf"),
                rf"^\S+ {_DNF5_ON_AZURE}": ("/var/cache/libdnf5",),
                r"^\S+ azurelinux: ": ("/var/cache/dnf", "/var/cache/libdnf5"),
                r"^\S+ (?:rhel|azurelinux|photon):": ("/var/cache/dnf",),
                r"^dnf": ("/var/cache/dnf", "/var/cache/libdnf5"),
                r"^yum": ("/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"),
            },
            # The distribution's own repositories (ubi-9-baseos-rpms), and EPEL's package for it.
            said_release=(
                "rhel",
                r"\b(?:(?:codeready-builder-for-)?rhel-|ubi-(?=\d+-)|epel-release-latest-)(\d{1,2})(?=[-.])",
            ),
            # The option may be a word of its own.
            flags=("--setopt=cachedir", "--setopt=system_cachedir", "cachedir", "system_cachedir"),
            settings={r"(?<!setopt[ =])(?:\b|(?<=\\n))(?:system_)?cachedir\s*=\s*(/[^\s'\";&|\\]+)": "{}"},
        ),
    ),
    downloads=(
        # A directory that packages are put into is their place.
        Download(
            verbs=(("install",), ("reinstall",), ("update",), ("upgrade",), ("groupinstall",), ("group", "install")),
            pattern=rf"{_HERE}.*(?<!\S)--downloadonly(?!\S)",
            only_prefetches=True,
        ),
        Download(
            verbs=(
                ("install",), ("localinstall",), ("reinstall",), ("update",), ("upgrade",), ("upgrade-minimal",), ("update-minimal",),
                ("upgrade-to",), ("localupdate",), ("downgrade",), ("distro-sync",), ("distribution-synchronization",), ("dsync",),
                ("swap",), ("groupinstall",), ("groupupdate",), ("group", "install"), ("group", "update"), ("group", "upgrade"),
                ("groups", "install"), ("groups", "update"), ("module", "install"), ("module", "update"), ("builddep",),
                ("build-dep",), ("environment", "install"), ("in",), ("up",), ("do",), ("rei",), ("system-upgrade", "download"), ("install-n",),
                ("install-na",), ("install-nevra",), ("makecache",), ("check-update",), ("check-upgrade",), ("mc",), ("dg",),
                ("debuginfo-install",), ("grp", "install"), ("grp", "upgrade"), ("environment", "upgrade"), ("replay",),
                ("history", "redo"), ("history", "undo"), ("history", "rollback"), ("history", "replay"),
                ("offline-upgrade", "download"), ("offline-distrosync", "download"),
                ("repository-packages", "*", "install"), ("repository-packages", "*", "upgrade"),
            ),
            unless=(
                frozenset({"--cacheonly"}), frozenset({"-C"}), frozenset({"--assumeno"}),
            ),
            pattern=_HERE,
        ),
        Download(programs=("yum-builddep",), verbs=(("*",),)),
        # It reads the index that an earlier command has fetched, and fails without one.
        Download(
            verbs=(("*",),),
            needs=frozenset({"--cacheonly", "-C"}),
            offline=(frozenset({"--cacheonly"}), frozenset({"-C"})),
            of_project=False,
        ),
    ),
    valued=frozenset(
        {
            "--advisory", "--arch", "-c", "--color", "--comment", "--config", "-d", "--debuglevel", "--destdir", "--disableplugin",
            "--disablerepo", "--downloaddir", "-e", "--enableplugin", "--enablerepo", "--errorlevel", "--exclude",
            "--excludepkgs", "--forcearch", "-x", "--installroot", "-R", "--randomwait", "--releasever", "--repo", "--repofrompath",
            "--repoid", "--rpmverbosity", "--setopt", "--define", "-D",
        }
    ),
    # It installs what is in a folder from there: https://github.com/rpm-software-management/librepo
    local_index=(
        r"(?=.*--disablerepo[= ]\*(?!\S))(?=.*--repofrompath[= ](?P<name>[^\s,]+),(?:file:|\.{0,2}/))"
        r"(?!.*--repofrompath[= ][^\s,]+,(?!file:|\.{0,2}/))(?!.*--(?:enablerepo|repo|repoid)[= ](?!(?P=name)(?!\S)))"
    ),
    root_flags=("--installroot",),
    off_flags={
        **{f"--setopt=keepcache={no}": "--setopt=keepcache=1" for no in ("0", "false", "False", "no", "off")},
        "keepcache=0": "keepcache=1",
    },
    cleaners=(Cleaner(verbs=(("clean", "all"), ("clean", "packages"), ("clean", "metadata"), ("clean", "dbcache"))),),
    retentions=(
        Retention(
            reason=_REASON,
            evidence=_EVIDENCE,
            own_evidence=(_OPTION, _OFF),
            where=rf"^(?!microdnf |{_TDNF})",
            flag="--setopt=keepcache=1",
            in_file=_IN_FILE,
        ),
        # Before 3.7.0, which came with RHEL 8.5 and Fedora 34, microdnf refuses the option.
        Retention(
            reason=_REASON,
            evidence=_EVIDENCE,
            own_evidence=(_OPTION, _OFF),
            where="^microdnf ",
            flag="--setopt=keepcache=1",
            in_file=_IN_FILE,
            doubt=reasons.OLD_MICRODNF.about(),
            safe_where=(
                # The numbers of products, as in ubi8/openjdk-11:1.3, are others.
                r"^\S+ rhel:(?:8\.(?:[5-9]|\d\d)|9|[1-9]\d)\S* (?!\S*ubi\d+/(?!ubi))|^\S+ rhel:8 [^$@{]*$"
                r"|^\S+ rhel: [^$@{:]*\bubi8/[^$@{:]*(?::latest)?$"
                r"|^\S+ \S+ \S*(?:ubi|el|rhel|stream)-?(?:9|[1-9]\d)(?!\d)"
                r"|^\S+ fedora:(?:3[4-9]|[4-9]\d)|^\S+ fedora: [^$@{]*$"
            ),
        ),
        # Azure Linux 3.0 has tdnf 3.5.8. Before 3.6.0 tdnf takes any option, and reads this setting in its file alone.
        _kept_by_tdnf(r"^(?:tdnf|yum) azurelinux:(?![4-9])"),
        _kept_by_tdnf(r"^tdnf (?!azurelinux:)|^yum photon:", _OPTION),
    ),
    moving_places={"/etc": r"(?im)^[ \t]*(?:system_)?cachedir[ \t]*=[ \t]*(?!/var/cache/)[^\s#]+"},
    # tdnf takes a file of that name from its cache without a look at the server (`TDNFDownloadPackage` in
    # https://github.com/vmware/tdnf/blob/dev/client/remoterepo.c).
    known_by_name=r"\Atdnf .*(?:https?|ftp)://\S",
    sharing="locked",
    # The setting of tdnf holds for later steps.
    installs_in_script=r"\b(?:tdnf|yum)\s[^;&|\n#]*\b(?:install|update|upgrade|reinstall|distro-sync)\b",
    empties_in_script=r"\b(?:tdnf|yum)\s[^;&|\n]*\bclean\b|\brm\s[^;&|\n]*/var/cache\b",
    needed=("/var/lib/rpm", "/var/lib/dnf", "/var/lib/yum", "/usr/lib/sysimage", "/etc/yum.repos.d", "/etc/dnf"),
    needed_by_itself=frozenset({"/var/lib/dnf", "/var/lib/yum"}),
    # dnf 5 has it in /usr/lib/sysimage: https://dnf5.readthedocs.io/en/latest/dnf5.conf.5.html, at system_state_dir
    unneeded_beside={"/var/lib/dnf": "/var/cache/libdnf5"},
    refresh_verbs=(("makecache",), ("mc",), ("check-update",), ("check-upgrade",)),
    refresh_flags=frozenset({"--refresh"}),
    # Run: dnf 4 and 5 trust an index for metadata_expire (2 days, if the repository says nothing), fail where a package of
    # it is gone, and find none that came later. An index that is still the newest costs repomd.xml alone.
    revalidate={
        # yum 3 has no flag for it. The command is known to yum of all ages.
        rf"^yum\S* (?:rhel:\S* \S*(?:{_OLD})|rhel: [^:]*:\S*[${{]|{_UNNUMBERED}|\S+ \S*[${{]|fedora:(?:1?\d|2[01])\b|:)": "yum clean expire-cache",
        rf"^yum\S* (?:unknown: |rhel:(?:[1-7]|201\d)(?:\.\d+)* |rhel: (?!\S*(?:{_SURELY_8})))": "yum clean expire-cache",
        "": "--refresh",
    },
    refreshed_by=r"\bclean expire-cache\b",
    # yum 3 keeps the newer of two indexes; dnf adds a sum of the address to the name.
    index_by_name=(
        r"yum\S* /var/cache/yum",
        r"/etc/yum\.repos\.d\b|\byum-config-manager\b|://\S*(?:\.repo\b|\brelease\b\S*\.rpm\b)",
    ),
    run_with_index=(
        r"(?s)\A(?!.*(?:--refresh\b|\bmakecache\b|\bclean\b))(?=.*(?<![\w.-])(?:dnf|microdnf|yum|yumdownloader|repoquery|reposync)(?![\w-]))",
        "dnf clean all",
    ),
    asks_again_for=r"repo|release|enable|copr|://|\.rpm\b|(?<!\S)[\"']?\$",
    sources=(
        "https://dnf.readthedocs.io/en/latest/conf_ref.html",
        "https://dnf5.readthedocs.io/en/latest/misc/caching.7.html",
        "https://github.com/rpm-software-management/microdnf/blob/main/dnf/dnf-main.c",
        "https://github.com/vmware/tdnf/blob/dev/common/config.h",
        "https://github.com/vmware/tdnf/blob/dev/client/repo.c",
        "https://github.com/rpm-software-management/yum/blob/master/docs/yum.8",
    ),
)  # fmt: skip
