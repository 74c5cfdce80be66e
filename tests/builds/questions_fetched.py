"""Questions to managers whose programs come by a roundabout way, and what cannot be had at all."""

from __future__ import annotations

from questions import LOOK, Move, Question, env, flag
from room import DOTNET, folder_of, jars

SERVER = "timeout 60 python3 -m http.server 8765 --bind 127.0.0.1 >/dev/null 2>&1 & sleep 1; "

# Something small of their own kind to fetch.
PUB = (
    "mkdir -p api/packages d; printf 'name: d\\nversion: 1.0.0\\nenvironment:\\n  sdk: ^3.0.0\\n' > d/pubspec.yaml; "
    "tar czf d.tgz -C d pubspec.yaml; "
    'V=\'{"version":"1.0.0","pubspec":{"name":"d","version":"1.0.0","environment":{"sdk":"^3.0.0"}},"archive_url":"http://127.0.0.1:8765/d.tgz"}\'; '
    'echo \'{"name":"d","latest":\'"$V"\',"versions":[\'"$V"\']}\' > api/packages/d; '
    "printf 'name: x\\nenvironment:\\n  sdk: ^3.0.0\\ndependencies:\\n  d:\\n    hosted: http://127.0.0.1:8765\\n' > pubspec.yaml; "
    f"{SERVER} dart pub get{LOOK} -name d-1.0.0 -path '*/hosted/*' -printf '%h\\n' | sed 's,/[^/]*$,,'; kill %1"
)
TOOLS = "// swift-tools-version:5.5\\nimport PackageDescription\\nlet package = Package("
SWIFT = (
    f'git init -q d; cd d; mkdir -p Sources/d; touch Sources/d/d.swift; printf \'{TOOLS}name: "d", products: '
    '[.library(name: "d", targets: ["d"])], targets: [.target(name: "d")])\\n\' > Package.swift; git add .; '
    "git -c user.name=x -c user.email=x commit -q -m x; git tag 1.0.0; cd ..; "
    "timeout 60 git daemon --base-path=$PWD --export-all --listen=127.0.0.1 --port=8765 >/dev/null 2>&1 & sleep 1; mkdir p; cd p; "
    f'mkdir -p Sources/p; touch Sources/p/p.swift; printf \'{TOOLS}name: "p", dependencies: [.package(url: '
    '"git://127.0.0.1:8765/d", from: "1.0.0")], targets: [.target(name: "p", dependencies: ["d"])])\\n\' > Package.swift; '
    f"swift package resolve {{flag}}{LOOK} -name repositories -path '/*' -not -path '/project/*' -printf '%h\\n'; "
    "kill %1"
)
CLOJURE = (
    f"F={{flag}}; java ${{F#-J}} -cp '{jars('clojure')}' clojure.main -e \"(require 'clojure.tools.deps.util.maven 'clojure.tools.gitlibs.config) "
    '(println (let [x %s] (if (string? x) x @x)))"'
)
REPOSITORY = "clojure.tools.deps.util.maven/default-local-repo"
GITLIBS = "(:gitlibs/dir @clojure.tools.gitlibs.config/CONFIG)"
SBT = (
    "mkdir project; echo sbt.version=1.10.7 > project/build.properties; touch build.sbt; "
    "printf '[repositories]\\n  local\\n  maven-central\\n' > repositories; "
    "java {flag} -Dsbt.override.build.repos=true -Dsbt.repository.config=repositories -Dsbt.server.autostart=false "
    f"-jar {folder_of('sbt')}/sbt-launch-*.jar"
)
LIBRARIES = f"{SBT} 'show csrCacheDirectory' | sed -n 's,^[^/]*\\(/.*\\),\\1,p' | grep -v project"
BOOT = f"{SBT} exit{LOOK} -name 'scala-2*' -path '*/boot/*' -prune -printf '%h\\n'"
HEX = "ERL_LIBS=/usr/lib/elixir/lib elixir -e 'Mix.start(); Hex.start(); IO.puts(Hex.SCM.cache_path(~s(hexpm), ~s(a), ~s(1)))'"
CSPROJ = '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>netstandard2.1</TargetFramework></PropertyGroup></Project>'
PIPX = f"{folder_of('pipx')}/bin"


def _ask(
    manager: str, program: str, version: str, ask: str, step: str, *moves: Move, cache: str, **more: object
) -> Question:
    return Question(
        manager=manager, cache=cache, program=program, version=version, ask=ask, step=step, moves=moves, **more,  # type: ignore[arg-type]
    )  # fmt: skip


FETCHED = (
    _ask(
        "clojure", "tools.deps", f"ls {folder_of('clojure')} | sed -n 's/tools.deps-//p'", CLOJURE % REPOSITORY,
        "clojure {flag} -T:build uber", *env("HOME"), *(Move(flag=f"-J-{one}") for one in ("Dmaven.repo.local=/moved/flag", "Duser.home=/moved/flag")),
        cache="repository",
    ),
    _ask(
        "clojure", "tools.deps", f"ls {folder_of('clojure')} | sed -n 's/tools.deps-//p'", CLOJURE % GITLIBS,
        "clojure {flag} -T:build uber", *env("HOME", "GITLIBS"),
        *(Move(flag=f"-J-{one}") for one in ("Dclojure.gitlibs.dir=/moved/flag", "Duser.home=/moved/flag")), cache="gitlibs",
    ),
    _ask(
        "coursier", "coursier-cli", f"ls {folder_of('coursier')} | sed -n 's/coursier-cli_[^-]*-//p'",
        f"java -cp '{jars('coursier')}' coursier.cli.Coursier fetch {{flag}} org.hamcrest:hamcrest:2.2 | sed 's,/https/.*,,'",
        "cs fetch {flag} x --standalone", *env("HOME", "XDG_CACHE_HOME", "COURSIER_CACHE"), *flag("--cache /moved/flag", "--cache=/moved/flag"),
        cache="cache",
    ),
    _ask(
        "dnf", "dnf5", "dpkg-query -f '${Version}' -W dnf5", "dnf5 --dump-main-config | sed -n 's/^system_cachedir = //p'",
        "dnf install curl", cache="packages", base="fedora:42", users=("root",), suite="sid",
    ),
    _ask(
        "mix", "erlang-hex", "dpkg-query -f '${Version}' -W erlang-hex", f"{HEX} | sed 's,/hexpm/.*,,'", "mix deps.get",
        *env("HOME", "XDG_CACHE_HOME", "HEX_HOME", "MIX_HOME"), Move(variables={"MIX_XDG": "1"}),
        Move(variables={"MIX_XDG": "1", "XDG_CACHE_HOME": "/moved/cache"}), cache="packages",
    ),
    _ask(
        "nuget", "dotnet", f"ls {DOTNET}/sdk",
        f"echo '{CSPROJ}' > p.csproj; export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1; "
        f"{DOTNET}/dotnet restore {{flag}} >/dev/null; sed -n '/packageFolders/{{n;s/[^\"]*\"\\([^\"]*\\).*/\\1/p}}' obj/project.assets.json",
        "dotnet publish {flag}", *env("HOME", "XDG_DATA_HOME", "NUGET_PACKAGES", "DOTNET_CLI_HOME"),
        *flag("--packages /moved/flag", "-p:RestorePackagesPath=/moved/flag", "/p:RestorePackagesPath=/moved/flag"), cache="packages",
    ),
    _ask(
        "pipx", "pipx", f"{PIPX}/pipx --version", "pipx install -q pycowsay >/dev/null 2>&1; pipx runpip pycowsay cache dir",
        "pipx install x", *env("HOME", "XDG_CACHE_HOME", "PIP_CACHE_DIR"), cache="pip", path=PIPX,
    ),
    _ask(
        "pipx", "pipx with uv", f"{PIPX}/pipx --version",
        f"export PATH={folder_of('uv')}/bin:$PATH; pipx install -q pycowsay{LOOK} -name 'archive-v*' -printf '%h\\n'",
        "pipx install x", *env("HOME", "XDG_CACHE_HOME", "UV_CACHE_DIR"), cache="uv", path=PIPX,
    ),
    _ask(
        "pub", "dart-sdk", "dpkg-query -f '${Version}' -W dart-sdk", PUB, "dart compile exe bin/x.dart", *env("HOME", "PUB_CACHE"),
        cache="hosted", suite="sid",
    ),
    _ask(
        "sbt", "sbt", "echo 1.10.7", LIBRARIES, "sbt {flag} assembly", *env("COURSIER_CACHE"),
        *flag("-Dsbt.coursier.home=/moved/flag"), cache="coursier", below="/v1",
    ),
    _ask(
        "sbt", "sbt", "echo 1.10.7", BOOT, "sbt {flag} assembly",
        *flag("-Dsbt.boot.directory=/moved/boot", "-Dsbt.global.base=/moved/flag"), cache="boot", users=("root",),
    ),
    # It refuses directories that are in another user's.
    *(
        _ask(
            "stack", "haskell-stack", "dpkg-query -f '${Version}' -W haskell-stack",
            f"stack {{flag}} unpack acme-missiles{LOOK} -name pantry.sqlite3 -printf '%h\\n'", "stack {flag} build",
            Move(variables={"STACK_XDG": "1"}), *moves, cache="pantry", users=(user,),
        )
        for user, moves in (
            ("app", ()),
            (
                "root",
                (
                    *env("HOME", "STACK_ROOT"), Move(variables={"STACK_XDG": "1", "XDG_DATA_HOME": "/moved/data"}),
                    *flag("--stack-root /moved/flag"),
                ),
            ),
        )
    ),
    _ask(
        "swift", "swiftlang", "dpkg-query -f '${Version}' -W swiftlang", SWIFT, "swift build {flag}", *env("HOME", "XDG_CACHE_HOME"),
        *flag("--cache-path /moved/flag"), cache="cache",
    ),
)  # fmt: skip

# What was tried for them.
NOT_HERE = {
    "apk": "in no registry; 2.14.10 and 3.0.6, built from source by hand, keep packages where our table says",
    "bower": "its registry is not reached; the places were found with a package of a git server",
    "conda": "PyPI has 4.3.16 of 2017, which does not install with a Python of today; 26.7.1, started from its source by hand, answers as "
    "our table says, for conda; mamba and micromamba are in no registry",
    "cpm": "App::cpm and what it needs are on CPAN; its source has `cache` below its home, as our table says",
    "dnf": "microdnf and tdnf are in no registry (dnf 4 and 5 are asked)",
    "pak": "on its own site and CRAN, and in no registry; its source says what our table says",
    "pixi": "in no registry; its source says what our table says",
}
