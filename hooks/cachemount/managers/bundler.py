"""Bundler: gems stay in the folder `cache` of the place they are installed in.

BUNDLE_GLOBAL_GEM_CACHE moves them to the home, together with compiled extensions, which know only Ruby's version: those of
one distribution are then used in another. So a repair does not set it.
"""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, Installed, PackageManager

_GLOBAL = r"global_gem_cache"
_DEPLOYED = r"--deployment\b|\bdeployment[ =:'\"]+(?:true|1)|bundle_deployment[ =:'\"]+(?:true|1)"
_HINT = "`bundle config get path`, or else `gem env gemdir`, says where gems are: mount the folder `cache` in it"
_ABOVE = "the directories above the mount may become root's, and gems are installed there"

# What `bundle config` and options say beats variables; a path of one's own is followed by Ruby's version.
_OWN = {
    r"\bbundler? config (?:set )?(?:--(?:local|global) )?path[ =]+([^\s;&|]+)": "{}/ruby/$RUBY_ABI/cache",
    r"(?:^| )--path[ =]([^\s;&|]+)": "{}/ruby/$RUBY_ABI/cache",
    # Where `bundle cache` puts gems, Bundler looks for them too.
    r"\bbundler? config (?:set )?(?:--(?:local|global) )?cache_path[ =]+([^\s;&|]+)": "{}",
}
_PATH = ("$BUNDLE_PATH/ruby/$RUBY_ABI/cache", "$BUNDLE_PATH/ruby/$ANY/cache")
_VENDORED = ("$WORKDIR/vendor/bundle/ruby/$RUBY_ABI/cache", "$WORKDIR/vendor/bundle/ruby/$ANY/cache")
# Bundler 1 puts nothing behind BUNDLE_PATH.
_OLD = ("$BUNDLE_PATH/cache",)

_ALWAYS = frozenset({"--local"})

BUNDLER = PackageManager(
    name="bundler",
    title="Bundler",
    programs=("bundle", "bundler"),
    caches=(
        Cache(
            name="gems",
            when=rf"(?is)\A(?!.*(?:{_GLOBAL}|{_DEPLOYED}))",
            locations=(*_PATH, "$GEM_HOME/cache", "$ANY/cache"),
            substitutes=_OLD,
            settings=_OWN,
            settings_first=True,
            hint=_HINT,
            disposable=True,
            doubt=_ABOVE,
            # The image's own directory is there.
            safe_when=r"(?is)\A(?!.*(?:\bbundle_path|\bgem_home|--path[ =]|\bconfig\b[^\n]*\bpath\b))",
            others_only=True,
        ),
        Cache(
            name="deployed gems",
            when=rf"(?is)\A(?!.*{_GLOBAL})(?=.*(?:{_DEPLOYED}))",
            locations=(*_PATH, *_VENDORED),
            substitutes=_OLD,
            settings=_OWN,
            settings_first=True,
            hint=_HINT,
            disposable=True,
            doubt=_ABOVE,
            others_only=True,
        ),
        Cache(
            name="global",
            when=rf"(?i){_GLOBAL}",
            locations=("$BUNDLE_USER_CACHE", "$BUNDLE_USER_HOME/cache", "$HOME/.bundle/cache"),
            doubt="compiled extensions in the global cache are used by other distributions with the same Ruby",
        ),
    ),
    downloads=(
        Download(
            verbs=(
                (), ("install",), ("i",), ("ins",), ("inst",), ("update",), ("up",), ("add",), ("cache",), ("package",), ("pack",),
            ),
            unless=(_ALWAYS,),
        ),
        # Options alone; a version of Bundler in front.
        Download(verbs=(("*",),), pattern=r"\A--(?:without|with|path|jobs|retry|deployment|binstubs)\b", unless=(_ALWAYS,)),
        Download(
            verbs=(("*", "install"), ("*", "update"), ("*",)),
            pattern=r"\A_[\w.]+_(?:\Z| (?:install|update|--))",
            unless=(_ALWAYS,),
        ),
    ),
    valued=frozenset(
        {"--path", "--jobs", "-j", "--retry", "--without", "--with", "--gemfile", "--binstubs", "-P", "--trust-policy", "--shebang"}
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-v", "--print"}),
    image_variables={"RUBY_ABI": (r"\bruby:v?([2-9]\.\d+)", "{}.0")},
    sharing="locked",
    needed=("$BUNDLE_PATH", "$GEM_HOME"),
    installs_into=(
        Installed(
            place=Cache(name="vendored gems", locations=("$WORKDIR/vendor/cache",)), verbs=("cache", "package", "pack")
        ),
        Installed(
            place=Cache(name="installed gems", locations=("$WORKDIR/vendor/bundle",)),
            verbs=("install", "i", "ins", "inst", "update", "up", "add"),
        ),
    ),
    config_files=("$BUNDLE_APP_CONFIG/config", "$HOME/.bundle/config"),
    # Docker's own example for Ruby.
    mistaken_for=(r"(?:/root|~|\$\{?HOME\}?|/home/[\w.-]+)/\.gem",),
    moved_by_files=r"\.bundle(?:/config)?",
    sources=("https://bundler.io/man/bundle-config.1.html", "https://bundler.io/man/bundle-install.1.html"),
)  # fmt: skip
