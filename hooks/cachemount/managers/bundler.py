"""Bundler: gems stay in the folder `cache` of the place they are installed in.

BUNDLE_GLOBAL_GEM_CACHE moves them to the home, together with compiled extensions, which know only Ruby's version: those of
one distribution are then used in another. So a repair does not set it.
"""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, Installed, PackageManager

_GLOBAL = r"global_gem_cache"
_DEPLOYED = r"--deployment\b|\bdeployment[ =:'\"]+(?:true|1)|bundle_deployment[ =:'\"]+(?:true|1)"
# Where nothing else says where gems are: https://bundler.io/man/bundle-install.1.html
_STANDALONE = r"(?<!\S)--standalone\b"
_HINT = reasons.BUNDLE_PLACE.about()
_ABOVE = reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="gems are installed there")

# What `bundle config` and options say beats variables; a path of one's own is followed by Ruby's version.
_OWN = {
    r"\bbundler? config (?:set )?(?:--(?:local|global) )?path[ =]+([^\s;&|]+)": "{}/ruby/$RUBY_ABI/cache",
    r"(?:^| )--path[ =]([^\s;&|]+)": "{}/ruby/$RUBY_ABI/cache",
    # Where `bundle cache` puts gems, Bundler looks for them too.
    r"\bbundler? config (?:set )?(?:--(?:local|global) )?cache_path[ =]+([^\s;&|]+)": "{}",
}
_PATH = ("$BUNDLE_PATH/ruby/$RUBY_ABI/cache", "$BUNDLE_PATH/ruby/$ANY/cache")
_VENDORED = ("$WORKDIR/vendor/bundle/ruby/$RUBY_ABI/cache", "$WORKDIR/vendor/bundle/ruby/$ANY/cache")
_BESIDE = ("$WORKDIR/bundle/ruby/$RUBY_ABI/cache", "$WORKDIR/bundle/ruby/$ANY/cache")
# Bundler 1 adds nothing to BUNDLE_PATH; the images of Ruby up to 2.6 have it.
_OLD = r"\bruby:(?:1|2\.[0-6])(?:\b|\D)|\bbundler\b[^\n]{0,20}[^\w.]1\.\d"


def _gems(name: str, when: str, *locations: str, safe_when: str = "") -> tuple[Cache, ...]:
    """Return the cache of Bundler 1, which a mount beside BUNDLE_PATH serves, and that of the later ones."""
    return tuple(
        Cache(
            name=f"{name}{suffix}",
            when=rf"(?is)\A{age}{when}",
            locations=(*_PATH, *locations),
            substitutes=substitutes,
            settings=_OWN,
            settings_first=True,
            hint=_HINT,
            disposable=True,
            doubt=_ABOVE,
            safe_when=safe_when,
            others_only=True,
        )
        for suffix, age, substitutes in (
            ("", rf"(?!.*(?:{_OLD}))", ()),
            (" of 1", rf"(?=.*(?:{_OLD}))", ("$BUNDLE_PATH/cache",)),
        )
    )


_ALWAYS = frozenset({"--local"})

BUNDLER = PackageManager(
    name="bundler",
    title="Bundler",
    programs=("bundle", "bundler"),
    caches=(
        *_gems(
            "gems",
            rf"(?!.*(?:{_GLOBAL}|{_DEPLOYED}|{_STANDALONE}))",
            "$GEM_HOME/cache",
            "$ANY/cache",
            # The image's own directory is there.
            safe_when=r"(?is)\A(?!.*(?:\bbundle_path|\bgem_home|--path[ =]|\bconfig\b[^\n]*\bpath\b))",
        ),
        *_gems("standalone gems", rf"(?!.*(?:{_GLOBAL}|{_DEPLOYED}))(?=.*{_STANDALONE})", *_BESIDE),
        *_gems("deployed gems", rf"(?!.*{_GLOBAL})(?=.*(?:{_DEPLOYED}))", *_VENDORED),
        Cache(
            name="global",
            when=rf"(?i){_GLOBAL}",
            locations=("$BUNDLE_USER_CACHE", "$BUNDLE_USER_HOME/cache", "$HOME/.bundle/cache"),
            doubt=reasons.COMPILED_EXTENSIONS.about(),
        ),
    ),
    downloads=(
        Download(
            verbs=((), ("install",), ("i",), ("ins",), ("inst",), ("update",), ("up",), ("add",)),
            unless=(_ALWAYS,),
        ),
        # https://github.com/rubygems/rubygems/blob/master/bundler/lib/bundler/source/rubygems.rb (`def cache`)
        Download(verbs=(("cache",), ("package",), ("pack",)), unless=(_ALWAYS,), takes_installed=True),
        # It takes gems that are not there for done: https://github.com/rubygems/rubygems/blob/master/bundler/lib/bundler/cli/pristine.rb
        Download(verbs=(("pristine",),), offline=(frozenset(),), takes_installed=True),
        Download(
            verbs=(("install",), ("i",), ("update",)),
            pattern=r"\A(?=.*--(?:redownload|force)\b)(?=.*--local\b)",
            offline=(frozenset(),),
            takes_installed=True,
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
    cache_read_in_script=r"\bbundler?\s+(?:cache|pack(?:age)?|pristine)\b",
    config_files=("$BUNDLE_APP_CONFIG/config", "$HOME/.bundle/config"),
    # Docker's own example for Ruby.
    mistaken_for=("/usr/local/bundle/cache", r"(?:/root|~|\$\{?HOME\}?|/home/[\w.-]+)/\.gem",),
    moved_by_files=r"\.bundle(?:/config)?",
    # The setting of another stage is none of an official image's.
    version_of_stage=(rf"(?i){_OLD}|{_DEPLOYED}", r"(?i)\bruby:[\d$]|\bbundler\b[^\n]{0,20}[^\w.]\d\.\d"),
    sources=("https://bundler.io/man/bundle-config.1.html", "https://bundler.io/man/bundle-install.1.html"),
)  # fmt: skip
