"""cpm (Perl): the archives. Beside them lie built modules, which are not told apart by distribution."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

CPM = PackageManager(
    name="cpm",
    title="cpm",
    programs=("cpm",),
    caches=(
        Cache(
            name="archives",
            locations=("$HOME/.perl-cpm/cache",),
            flags=("--home",),
            flag_suffix="/cache",
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="cpm writes there"),
            others_only=True,
        ),
    ),
    downloads=(Download(verbs=(("install",),)),),
    valued=frozenset({"-L", "--local-lib-contained", "--home", "-w", "--workers", "-r", "--resolver", "--cpanfile", "--snapshot", "--mirror"}),
    sharing="locked",
    needed=("$WORKDIR/local",),
    unproven="CPAN is not reached",
    sources=("https://github.com/skaji/cpm",),
)  # fmt: skip
