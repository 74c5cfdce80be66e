"""cpan, and the module that it is: the index and the archives; what is built is installed elsewhere."""

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
            locations=("$HOME/.cpan/sources",),
            doubt=reasons.FOLDER_ABOVE.about(above="the directory", effect="cpan writes there"),
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
    unproven="CPAN is not reached",
    sources=("https://perldoc.perl.org/cpan", "https://perldoc.perl.org/CPAN"),
)  # fmt: skip
