"""Questions to the managers of systems, and of languages other than Python and JavaScript."""

from __future__ import annotations

from dataclasses import replace

from questions import HOMES, LOOK, Move, Question, before, env, flag
from room import folder_of

ROOT = ("root",)

# Local things to fetch, without dependencies.
CRATE = (
    "mkdir src; touch src/lib.rs; "
    'printf \'[package]\\nname="x"\\nversion="0.1.0"\\n[dependencies]\\nitoa="1"\\n\' > Cargo.toml; '
)
GEM = (
    "echo 'Gem::Specification.new{|s| s.name=%q(tiny); s.version=%q(1); s.summary=%q(x); s.authors=[%q(x)]; s.files=[]}' "
    "> t.gemspec; gem build -q t.gemspec >/dev/null 2>&1; "
)
OPAM = """
mkdir -p x r/packages/a/a.1; touch x/x; tar czf x.tgz x
timeout 60 python3 -m http.server 8765 --bind 127.0.0.1 >/dev/null 2>&1 & sleep 1
echo 'opam-version: "2.0"' > r/repo
printf 'opam-version: "2.0"\\nurl { src: "http://127.0.0.1:8765/x.tgz" checksum: "md5=%s" }\\n' \\
  $(md5sum x.tgz | cut -c-32) > r/packages/a/a.1/opam
opam init {flag} --bare -n --disable-sandboxing -k local def $PWD/r >/dev/null 2>&1
opam switch create {flag} s --empty >/dev/null 2>&1; opam install {flag} -y a >/dev/null 2>&1 ; kill %1
find / -xdev -path /proc -prune -o -name download-cache -not -empty -print
"""
BUNDLE = "touch Gemfile; ruby -rbundler -e 'puts Bundler.bundle_path.join(%q(cache))'"
LEIN = '(defproject x "0" :dependencies [[org.clojure/clojure "1.11.1"]])'
PLAIN = "lein with-profile -base,-dev,-system,-user"
REPOSITORY = "git init -q d; cd d; echo %s; git add .; git -c user.name=x -c user.email=x commit -q -m x; git tag v1.0.0; cd ..; "


def _ask(package: str, ask: str, step: str, *moves: Move, cache: str, manager: str = "", **more: object) -> Question:
    """To a program of Debian."""
    more.setdefault("version", f"dpkg-query -f '${{Version}}' -W {package}")
    return Question(
        manager=manager or package, cache=cache, program=package, ask=ask, step=step, moves=moves, **more,  # type: ignore[arg-type]
    )  # fmt: skip


SYSTEM = (
    _ask(
        "apt", "apt-config shell A Dir::Cache/d {flag}", "apt-get install {flag} curl", *flag("-o Dir::Cache=/moved/flag"),
        cache="archives", users=ROOT,
    ),
    _ask(
        "apt", "apt-config shell A Dir::State::lists/d {flag}", "apt-get install {flag} curl",
        *flag("-o Dir::State::Lists=/moved/flag"), cache="lists", users=ROOT, below="/lists",
    ),
    _ask(
        "dnf", "python3 -c 'import dnf.conf; print(dnf.conf.Conf().cachedir)'", "dnf install curl", cache="packages",
        base="fedora:40", users=ROOT,
    ),
    _ask(
        "zypper", "rm -f /etc/zypp/repos.d/*; mkdir r; zypper {flag} ar -t plaindir $PWD/r r; zypper {flag} ref" + LOOK + " -name raw -prune -printf '%h\\n'",
        "zypper {flag} install curl", *flag("--cache-dir /moved/flag", "-C /moved/flag"), cache="packages", users=ROOT,
        base="opensuse/leap:15",
    ),
    _ask(
        "pacman-package-manager", "pacman-conf CacheDir", "pacman -S curl", manager="pacman", cache="packages", base="archlinux",
        users=ROOT,
    ),
)  # fmt: skip

COMPILED = (
    *(
        _ask(
            "golang-go", f"go env {name}", "go build", *HOMES, *env(name, "GOPATH"), manager="go", cache=cache,
        )
        for name, cache in (("GOMODCACHE", "modules"), ("GOCACHE", "build"))
    ),
    _ask(
        "cargo", CRATE + "cargo fetch" + LOOK + " -name 'itoa*.crate' -printf '%h\\n' | sed 's,/registry/.*,/registry,'",
        "cargo fetch", *HOMES, *env("CARGO_HOME"), cache="registry",
    ),
    _ask(
        "cabal-install", "cabal user-config init >/dev/null; sed -n 's/.*remote-repo-cache: *//p' "
        "~/.cabal/config ${CABAL_DIR:-.}/config ${XDG_CONFIG_HOME:-$HOME/.config}/cabal/config 2>/dev/null", "cabal install x", *HOMES, *env("CABAL_DIR"), manager="cabal",
        cache="packages",
    ),
    _ask(
        "opam", OPAM, "opam install {flag} x", *env("HOME", "OPAMROOT"), *flag("--root /moved/flag", "--root=/moved/flag"),
        cache="archives",
    ),
    _ask(
        "rebar3", "echo '{deps,[jsx]}.' > rebar.config; rebar3 get-deps" + LOOK + " -name hex -print", "rebar3 get-deps", *HOMES,
        *env("REBAR_CACHE_DIR"), cache="hex",
    ),
    _ask(
        "crystal", REPOSITORY % "'name: d\nversion: 1.0.0' > shard.yml" + "printf 'name: x\nversion: 1.0.0\ndependencies:\n  d:\n"
        "    git: file:///project/d\n' > shard.yml; shards install" + LOOK + " -name '*.git' -path '*shards*' -print | sed 's,/project/.*,,'",
        "shards install", *HOMES, *env("SHARDS_CACHE_PATH"), manager="shards", cache="cache",
    ),
)  # fmt: skip

LANGUAGES = (
    _ask(
        "composer", "composer config --global cache-dir 2>/dev/null", "composer install", *HOMES,
        *env("COMPOSER_CACHE_DIR", "COMPOSER_HOME", "XDG_CONFIG_HOME"), Move(hide="/etc/xdg"), cache="cache",
    ),
    _ask(
        "ruby", GEM + "rm -rf /var/lib/gems/*/*/tiny*; gem install {flag} -q --local tiny-1.gem" + LOOK + " -name tiny-1.gem -path '*/cache/*' -printf '%h\\n'",
        "gem install {flag} x", *env("GEM_HOME"), *flag("--install-dir /moved/flag", "-i /moved/flag"), manager="gem", cache="cache",
        users=ROOT, unknown=True,
    ),
    _ask("bundler", BUNDLE, "bundle install", *env("GEM_HOME"), cache="gems", unknown=True),
    _ask(
        "bundler", BUNDLE, "bundle install", *env("BUNDLE_PATH"),
        *before("bundle config set path /moved/set", "bundle config set --local path /moved/set"), cache="gems", plain=False,
        base="ruby:{version}", version="ruby -e 'puts RUBY_VERSION[/^[0-9]+.[0-9]+/]'",
    ),
    _ask(
        "bundler", "touch Gemfile; ruby -rbundler -e 'puts Bundler.user_cache'", "BUNDLE_GLOBAL_GEM_CACHE=true bundle install", *HOMES,
        *env("BUNDLE_USER_CACHE", "BUNDLE_USER_HOME"), cache="global",
    ),
    _ask(
        "maven", "mvn -q -B -DforceStdout help:evaluate -Dexpression=settings.localRepository {flag}", "mvn package {flag}", *env("HOME"),
        *(Move(variables={name: "-Dmaven.repo.local=/moved/variable"}) for name in ("MAVEN_ARGS", "MAVEN_OPTS")),
        *flag("-Dmaven.repo.local=/moved/flag", "-Duser.home=/moved/flag"), cache="repository",
    ),
    _ask(
        "maven 4", "mvn -q -B -DforceStdout help:evaluate -Dexpression=settings.localRepository {flag} | sed 's/.*] //'", "mvn package {flag}", *env("HOME"),
        # What MAVEN_OPTS does, differs from one candidate for 4.0 to the next.
        *(Move(variables={"MAVEN_ARGS": f"-D{option}=/moved/variable"}) for option in ("maven.repo.local", "user.home")),
        *flag("-Dmaven.repo.local=/moved/flag", "-Duser.home=/moved/flag", "-Dmaven.user.conf=/moved/flag"), manager="maven",
        cache="repository of 4", base="maven:4", path=f"{folder_of('maven-4')}/bin",
        version=f"ls {folder_of('maven-4')}/lib | sed -n 's/maven-core-\\(.*\\).jar/\\1/p'",
    ),
    _ask(
        "gradle", "echo 'task where { doLast { println gradle.gradleUserHomeDir } }' > build.gradle; "
        "gradle --offline {flag} where 2>/dev/null | sed -n 's,^/.*,&/caches,p'", "gradle build {flag}", *env("HOME", "GRADLE_USER_HOME"),
        Move(variables={"GRADLE_OPTS": "-Dgradle.user.home=/moved/variable"}),
        *flag("-g /moved/flag", "--gradle-user-home /moved/flag", "-Dgradle.user.home=/moved/flag"), cache="caches",
    ),
    _ask(
        "leiningen", f"echo '{LEIN}' > project.clj; {PLAIN} deps" + LOOK + " -name 'clojure-1.11.1.jar' -printf '%h\\n' "
        "| sed 's,/org/clojure/.*,,'", "lein deps", *env("HOME"), manager="lein", cache="repository",
    ),
    _ask(
        "perl", "perl -MCPAN -e 'CPAN::HandleConfig->load(doit => 0, autoconfig => 1); print $CPAN::Config->{keep_source_where}, q(/authors/id)'",
        "cpan JSON", *env("HOME"), manager="cpan", cache="sources",
    ),
    _ask(
        "r-cran-renv", "Rscript -e 'cat(renv::paths$cache())'", "Rscript -e 'renv::restore()'", *HOMES,
        *env("RENV_PATHS_CACHE", "RENV_PATHS_ROOT", "R_USER_CACHE_DIR"), manager="renv", cache="cache", below="/.*",
    ),
)  # fmt: skip

# The same of newer versions.
NEWER = tuple(
    replace(one, suite="sid")
    for one in (*SYSTEM, *COMPILED, *LANGUAGES)
    if one.program in ("apt", "bundler", "cargo", "composer", "dnf", "golang-go", "ruby", "zypper")
)
