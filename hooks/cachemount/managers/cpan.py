"""cpan, and the module that it is: the archives; what is built is installed elsewhere."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

CPAN = PackageManager(
    name="cpan",
    title="cpan, perl -MCPAN",
    programs=("cpan", "perl"),
    caches=(
        Cache(
            name="sources",
            # Run with 2.33: not the index beside it, which is trusted for a day, and its archives may be gone.
            locations=("$HOME/.cpan/sources/authors/id",),
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="cpan writes there"),
            others_only=True,
        ),
    ),
    downloads=(
        Download(programs=("cpan",), verbs=(("*",),), pattern=r"\A(?!(?:-\w )?\.(?: |\Z))"),
        Download(programs=("perl",), verbs=((), ("*",)), pattern=r"-MCPAN(?![:\w]).*(?:\b|-e)(?:install|upgrade)\b"),
    ),
    valued=frozenset({"-j", "-I", "-M"}),
    no_op_flags=frozenset({"--help", "-h", "-v", "-V", "-l", "-L", "-D", "-A", "-C", "-J", "-n", "-O", "-s", "-x", "-X", "-g", "-G", "-P"}),
    sharing="locked",
    mistaken_for=(r"/\S*/\.cpan(?:/sources)?",),
    sources=("https://perldoc.perl.org/cpan", "https://perldoc.perl.org/CPAN"),
)  # fmt: skip
