"""Images of a distribution and little else."""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.dockerfile.images.model import UNCHECKED, Account, BaseImage, account

_LINUXSERVER = "https://github.com/linuxserver/docker-baseimage-alpine"
_SCLORG = "https://github.com/sclorg/s2i-base-container"
_OF_S2I = {"HOME": "/opt/app-root/src", "APP_ROOT": "/opt/app-root", "STI_SCRIPTS_PATH": "/usr/libexec/s2i"}

# https://salsa.debian.org/debian/base-passwd/-/blob/master/passwd.master
_DEBIAN = {
    "daemon": account(1, 1, "/usr/sbin"),
    "bin": account(2, 2, "/bin"),
    "games": account(5, 60, "/usr/games"),
    "mail": account(8, 8, "/var/mail"),
    "www-data": account(33, 33, "/var/www"),
    "backup": account(34, 34, "/var/backups"),
    "nobody": account(65534, 65534, "/nonexistent"),
}
# https://gitlab.alpinelinux.org/alpine/aports/-/tree/master/main/alpine-baselayout
_ALPINE = {"guest": account(405, 100, "/dev/null"), "nobody": account(65534, 65534, "/")}
# The accounts that a distribution has before anything is installed.
ACCOUNTS: Mapping[str, Mapping[str, Account]] = {"debian": _DEBIAN, "ubuntu": _DEBIAN, "alpine": _ALPINE}

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(
        pattern=r"alpine|.*/alpine|frolvlad/alpine-.*|nimmis/alpine.*|anapsix/alpine-java|jeanblanchard/alpine-glibc"
        r"|lsiobase/alpine.*|(ghcr\.io/)?linuxserver/baseimage-alpine|ajoergensen/baseimage-alpine",
        distribution="alpine",
        tagged=True,
        source="https://gitlab.alpinelinux.org/alpine; derived ones " + UNCHECKED,
    ),
    # Their tags are releases of Alpine: 3.22, and 3.22-2025.10.1.
    BaseImage(
        pattern=r"ghcr\.io/home-assistant/(?:base|\w+-base)|homeassistant/\w+-base",
        distribution="alpine",
        tagged=True,
        shell=("/bin/ash", "-o", "pipefail", "-c"),
        source="https://github.com/home-assistant/docker-base/blob/master/alpine/Dockerfile",
    ),
    BaseImage(pattern="alpine/.*", distribution="alpine", workdir=None, source="https://github.com/alpine-docker"),
    BaseImage(
        pattern=r"lsiobase/(ubuntu|xenial|bionic).*|(ghcr\.io/)?linuxserver/baseimage-ubuntu",
        distribution="ubuntu",
        variables={"HOME": "/root"},
        source=_LINUXSERVER,
    ),
    BaseImage(
        pattern="busybox|.*/busybox|clearlinux.*|gentoo/.*|nixos/nix|voidlinux/.*|ghcr.io/void-linux/.*|openwrt/.*",
        distribution="unknown",
        source=UNCHECKED,
    ),
    # Ubuntu has its account "ubuntu" in images since 23.04.
    BaseImage(
        pattern="ubuntu",
        tag=r"^$|latest|devel|rolling|2[4-9]\.|23\.04|23\.10|lunar|mantic|noble|oracular|plucky|questing",
        distribution="ubuntu",
        tagged=True,
        accounts={"ubuntu": account(1000, 1000, "/home/ubuntu")},
        source="https://git.launchpad.net/cloud-images",
    ),
    BaseImage(
        pattern=r"ubuntu|ubuntu/.*|ubuntu-.*|ubuntu_.*|ioft/.*-ubuntu|(sameersbn|pataquets|bmoorman|blitznote|multiarch)/ubuntu.*",
        distribution="ubuntu",
        tagged=True,
        source="https://git.launchpad.net/cloud-images; derived ones " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"debian|debian/.*|bitnami/minideb.*|debian-.*|google/debian|(combro2k|tianon)/debian.*|kalilinux/.*"
        r"|neurodebian|raspbian/.*|devuan/.*|multiarch/(qemu-)?debian.*",
        distribution="debian",
        tagged=True,
        source="https://github.com/debuerreotype/docker-debian-artifacts; derived ones " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"phusion/.*|dockerfile/.*|stackbrew/ubuntu.*",
        distribution="ubuntu",
        workdir=None,
        source="https://github.com/phusion/baseimage-docker; dockerfile/* " + UNCHECKED,
    ),
    BaseImage(pattern=r"(resin|balenalib)/[\w.-]*alpine.*", distribution="alpine", workdir=None, source=UNCHECKED),
    BaseImage(pattern=r"(resin|balenalib)/[\w.-]*fedora.*", distribution="fedora", workdir=None, source=UNCHECKED),
    BaseImage(pattern=r"(resin|balenalib)/[\w.-]*ubuntu.*", distribution="ubuntu", workdir=None, source=UNCHECKED),
    BaseImage(pattern="(resin|balenalib)/.*", distribution="debian", workdir=None, source=UNCHECKED),
    # Source-to-image: the user 1001 without a name of its own. https://github.com/sclorg/s2i-base-container
    BaseImage(
        pattern=r"openshift/base-centos7|centos/s2i-\w+-centos7|quay\.io/centos7/s2i-\w+-centos7|(registry\.[\w.]+/)?(ubi\d+|rhel\d+|rhscl)/s2i-\w+(-rhel7)?"
        r"|(quay\.io/)?sclorg/s2i-(core|base)-(c\d+s|el\d+|rhel\d+)",
        distribution="rhel",
        tagged=True,
        workdir="/opt/app-root/src",
        variables=_OF_S2I,
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source=_SCLORG,
    ),
    BaseImage(
        pattern=r"(quay\.io/)?fedora/s2i-(core|base)",
        distribution="fedora",
        tagged=True,
        workdir="/opt/app-root/src",
        variables=_OF_S2I,
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source=_SCLORG,
    ),
    BaseImage(
        pattern=r"((registry\.access\.redhat\.com|registry\.redhat\.io|quay\.io)/)?(sclorg|ubi\d+|rhel\d+)/nodejs-\d+[\w-]*",
        distribution="rhel",
        user="1001",
        workdir="/opt/app-root/src",
        variables={"HOME": "/opt/app-root/src", "NPM_CONFIG_PREFIX": "/opt/app-root/src/.npm-global"},
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source="https://github.com/sclorg/s2i-nodejs-container/blob/master/20/Dockerfile.rhel9",
    ),
    BaseImage(
        pattern=r"(quay\.io/)?fedora/(python|ruby|php|perl|nginx|httpd)-\d+",
        distribution="fedora",
        user="1001",
        workdir="/opt/app-root/src",
        variables=_OF_S2I,
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source=_SCLORG,
    ),
    BaseImage(
        pattern=r"((registry\.access\.redhat\.com|registry\.redhat\.io|quay\.io)/)?"
        r"(centos|centos7|sclorg|ubi\d+|rhel\d+|rhscl)/python-\d+[\w-]*",
        distribution="rhel",
        user="1001",
        workdir="/opt/app-root/src",
        # Whatever it is, pip keeps nothing.
        variables={**_OF_S2I, "PIP_NO_CACHE_DIR": "off"},
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source="https://github.com/sclorg/s2i-python-container/blob/master/3.11/Dockerfile.rhel9",
    ),
    BaseImage(
        pattern=r"((registry\.access\.redhat\.com|registry\.redhat\.io|quay\.io)/)?"
        r"(centos|centos7|sclorg|ubi\d+|rhel\d+|rhscl|dotnet)/"
        r"(python|nodejs|ruby|php|perl|dotnet|nginx|httpd)-\d+[\w-]*",
        distribution="rhel",
        user="1001",
        workdir="/opt/app-root/src",
        variables=_OF_S2I,
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source=_SCLORG,
    ),
    BaseImage(
        pattern=r"(registry\.[\w.]+/)?(ubi\d+|rhel\d+)/go-toolset",
        distribution="rhel",
        user="1001",
        workdir="/opt/app-root/src",
        variables={"HOME": "/opt/app-root/src"},
        accounts={"default": account(1001, 0, "/opt/app-root/src")},
        source="https://github.com/sclorg/golang-container/blob/master/7/Dockerfile; the later ones " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"registry\.[\w.]+/ubi\d+/openjdk-\d+.*",
        distribution="rhel",
        user="185",
        workdir="/home/jboss",
        variables={"HOME": "/home/jboss"},
        accounts={"jboss": account(185, 0, "/home/jboss")},
        source="https://github.com/rh-openjdk/redhat-openjdk-containers " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"centos|.*/centos|centos/.*|quay\.io/centos/.*|almalinux|almalinux/.*|rockylinux|rockylinux/.*|oraclelinux"
        r"|oraclelinux/.*|scientificlinux/.*|amazonlinux|public\.ecr\.aws/amazonlinux/.*|amazon/amazonlinux"
        r"|container-registry\.oracle\.com/os/oraclelinux|ghcr\.io/oracle/oraclelinux"
        r"|quay\.io/(?:rockylinux|almalinuxorg)/.*|ghcr\.io/almalinux/.*",
        distribution="rhel",
        tagged=True,
        source="https://github.com/docker-library/official-images, https://quay.io/organization/rockylinux,"
        " https://quay.io/organization/almalinuxorg, https://github.com/orgs/AlmaLinux/packages",
    ),
    BaseImage(
        # The release is in the name: oraclelinux9-python, amazonlinux-2.
        pattern=r"ghcr\.io/oracle/oraclelinux\d+-.*"
        r"|dokken/(?:almalinux|amazonlinux|centos|centos-stream|oraclelinux|rockylinux)-.*",
        distribution="rhel",
        source="https://github.com/oracle/docker-images/tree/main/OracleLinuxDevelopers,"
        " https://github.com/test-kitchen/dokken-images " + UNCHECKED,
    ),
    *(
        BaseImage(
            pattern=rf"quay\.io/pypa/{name}_\w+",
            distribution=distribution,
            release=release,
            workdir=None,
            source="https://github.com/pypa/manylinux",
        )
        for name, distribution, release in (
            ("manylinux2010", "rhel", "6"),
            ("manylinux2014", "rhel", "7"),
            ("manylinux_2_24", "debian", "9"),
            ("manylinux_2_28", "rhel", "8"),
            ("manylinux_2_34", "rhel", "9"),
            ("manylinux_2_39", "rhel", "10"),
            # It went from one release to the next.
            (r"musllinux_1_\d", "alpine", ""),
        )
    ),
    BaseImage(
        # Those below hi/ are another system, and not root's.
        pattern=r"(registry\.access\.redhat\.com|registry\.redhat\.io|redhat)/(?!hi/).*",
        distribution="rhel",
        tagged=True,
        source="https://catalog.redhat.com; all but the ubi images " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"fedora|fedora/.*|registry\.fedoraproject\.org/fedora.*|quay\.io/fedora/.*",
        distribution="fedora",
        tagged=True,
        source="https://pagure.io/fedora-kickstarts",
    ),
    BaseImage(
        pattern="archlinux|archlinux/.*|base/archlinux|base/devel|archimg/.*|finalduty/archlinux|binhex/arch-.*",
        distribution="arch",
        source="https://gitlab.archlinux.org/archlinux/archlinux-docker; derived ones " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"registry\.suse\.com/bci/golang|registry\.opensuse\.org/opensuse/bci/golang",
        distribution="suse",
        workdir=None,
        variables={"GOPATH": "/go"},
        source="https://github.com/SUSE/BCI-dockerfile-generator",
    ),
    BaseImage(
        pattern=r"opensuse.*|.*/opensuse/.*|registry\.suse\.com/.*",
        distribution="suse",
        tagged=True,
        source="https://build.opensuse.org; " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"(.*/)?photon",
        distribution="photon",
        tagged=True,
        source="https://github.com/vmware/photon-docker-image",
    ),
    BaseImage(
        pattern=r"(mcr\.microsoft\.com/)?(azurelinux|cbl-mariner)/.*",
        distribution="azurelinux",
        tagged=True,
        source="https://github.com/microsoft/azurelinux",
    ),
    # In an organization's mirror they keep their names.
    BaseImage(
        pattern=r"(?:.*/)?(?:chainguard|wolfi)-base",
        distribution="wolfi",
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://edu.chainguard.dev; " + UNCHECKED,
    ),
    # Which user they run as differs from image to image.
    BaseImage(
        pattern=r"cgr\.dev/.*|chainguard/.*",
        distribution="wolfi",
        user="",
        workdir=None,
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://edu.chainguard.dev; " + UNCHECKED,
    ),
)
