"""RubyGems: every gem that is fetched stays in the folder `cache` of the directory that gems are installed in."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, Packaged, PackageManager

_HINT = reasons.GEM_PLACE.about(asked="gemdir", otherwise="write `ENV GEM_HOME=/a/folder` before the step")
# Of each user: https://github.com/ruby/rubygems/blob/master/lib/rubygems/commands/environment_command.rb
_USERS = reasons.GEM_PLACE.about(
    asked="user_gemdir", otherwise="leave `--user-install` out and say where with `ENV GEM_HOME=/a/folder`"
)
# What is local needs no network, and what is in a file needs it for its dependencies alone.
_ANY = r"\A(?!.* (?:-l|--local)(?: |\Z))"
_REMOTE = _ANY + r"(?!.*\.gem(?: |\Z))"
_FILE = _ANY + r"(?=.*\.gem(?: |\Z))(?!.* --ignore-dependencies(?: |\Z))"
# They are most likely those of the project's Gemfile.
_BUNDLED = r"\bbundler? (?:.* )?(?:install|update|exec)\b|\bbundle\Z"

_COMMANDS = tuple(
    tuple(names.split())
    for names in (
        "build", "cert", "check", "cleanup", "contents", "dependency", "environment", "exec", "fetch", "generate_index", "help",
        "info", "install i", "list", "lock", "mirror", "open", "outdated", "owner", "pristine", "push", "rdoc", "rebuild",
        "search", "server", "signin login", "signout logout", "sources", "specification", "stale", "uninstall", "unpack",
        "update", "which", "yank",
    )
)  # fmt: skip

GEM = PackageManager(
    name="gem",
    title="gem",
    programs=(r"gem(-?\d[\d.]*)?", "(fluent|td-agent|fluent-package)-gem"),
    caches=(
        Cache(
            name="cache",
            locations=("$GEM_HOME/cache", "$GEMS_OF_PACKAGE/cache", "$ANY/cache"),
            flags=("--install-dir", "-i"),
            flag_suffix="/cache",
            hint=_HINT,
            disposable=True,
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="gems are installed there"),
            # The image's own directory is there.
            safe_when=r"(?s)\A(?!.*(?:\bGEM_HOME\b|--install-dir))",
            others_only=True,
        ),
        Cache(name="user", locations=("$ANY/cache",), hint=_USERS),
    ),
    downloads=(
        Download(
            verbs=(("install",), ("i",)),
            needs=frozenset({"--user-install"}),
            pattern=_REMOTE,
            caches=("user",),
        ),
        Download(verbs=(("install",), ("i",), ("update",)), pattern=_REMOTE, caches=("cache",)),
        Download(
            verbs=(("install",), ("i",)),
            needs=frozenset({"--user-install"}),
            pattern=_FILE,
            satisfied_by=_BUNDLED,
            caches=("user",),
        ),
        Download(verbs=(("install",), ("i",)), pattern=_FILE, satisfied_by=_BUNDLED, caches=("cache",)),
    ),
    commands=_COMMANDS,
    valued=frozenset(
        {
            "-v",
            "--version",
            "-i",
            "--install-dir",
            "-n",
            "--bindir",
            "-s",
            "--source",
            "-p",
            "--http-proxy",
            "-P",
            "--trust-policy",
            "--platform",
            "-g",
            "--file",
            "-B",
            "--bulk-threshold",
            "--document",
            "--build-root",
            "--config-file",
            "--backtrace-limit",
        }
    ),
    # --version names a version for `gem install`.
    no_op_flags=frozenset({"--help", "-h", "--explain"}),
    sharing="locked",
    needed=("$GEM_HOME",),
    packaged=Packaged(
        variable="GEMS_OF_PACKAGE",
        # By the version of Ruby: https://packages.debian.org/ruby, https://packages.ubuntu.com/ruby and
        # https://pkgs.alpinelinux.org/packages?name=ruby.
        places={
            r"debian:(?:wheezy|7(?:\.\d+)*)|ubuntu:(?:trusty|14\.04)": "/var/lib/gems/1.9.1",
            r"debian:(?:jessie|8(?:\.\d+)*)": "/var/lib/gems/2.1.0",
            r"debian:(?:stretch|9(?:\.\d+)*)|ubuntu:(?:xenial|16\.04)": "/var/lib/gems/2.3.0",
            r"debian:(?:buster|10(?:\.\d+)*)|ubuntu:(?:bionic|18\.04)": "/var/lib/gems/2.5.0",
            r"debian:(?:bullseye|11(?:\.\d+)*)|ubuntu:(?:focal|20\.04)": "/var/lib/gems/2.7.0",
            r"debian:(?:bookworm|12(?:\.\d+)*)": "/var/lib/gems/3.1.0",
            r"debian:(?:trixie|13(?:\.\d+)*)": "/var/lib/gems/3.3.0",
            r"ubuntu:(?:jammy|22\.04)": "/var/lib/gems/3.0.0",
            r"ubuntu:(?:noble|24\.04)": "/var/lib/gems/3.2.0",
            r"alpine:3\.[45](?:\.\d+)?": "/usr/lib/ruby/gems/2.3.0",
            r"alpine:3\.[67](?:\.\d+)?": "/usr/lib/ruby/gems/2.4.0",
            r"alpine:3\.(?:8|9|10)(?:\.\d+)?": "/usr/lib/ruby/gems/2.5.0",
            r"alpine:3\.11(?:\.\d+)?": "/usr/lib/ruby/gems/2.6.0",
            r"alpine:3\.1[2-4](?:\.\d+)?": "/usr/lib/ruby/gems/2.7.0",
            r"alpine:3\.15(?:\.\d+)?": "/usr/lib/ruby/gems/3.0.0",
            r"alpine:3\.1[67](?:\.\d+)?": "/usr/lib/ruby/gems/3.1.0",
            r"alpine:3\.1[89](?:\.\d+)?": "/usr/lib/ruby/gems/3.2.0",
            r"alpine:3\.2[01](?:\.\d+)?": "/usr/lib/ruby/gems/3.3.0",
            r"alpine:3\.22(?:\.\d+)?": "/usr/lib/ruby/gems/3.4.0",
        },
        installed_by=(
            r"\b(?:apt-get|apt|aptitude|apk)\s[^;&|]*\b(?:install|add)\s[^;&|]*(?<=\s)"
            r"(?:ruby|ruby-full|ruby-dev|rubygems|ruby-rubygems|ruby-bundler)(?=[\s=<>~;&|]|\Z)"
        ),
        # Other releases of the distribution may have another version.
        unless=(
            r"(?i)\b(?:rvm|rbenv|ruby-(?:build|install|switch)|chruby|asdf|mise|brightbox|rubylang|(?:home|linux)brew)\b"
            r"|\bruby-?v?\d|\bruby-\$|ruby-lang\.org|conda[^;&|\n]*\bruby|--from=\S*ruby|GEM_HOME|GEM_PATH|gemrc|gem_home"
            r"|\b(?:edge|testing|unstable|sid|backports)\b|/etc/apk/repositories"
        ),
    ),
    config_files=("$HOME/.gemrc", "$HOME/.gem/credentials"),
    sources=("https://guides.rubygems.org/command-reference/#gem-install",),
)
