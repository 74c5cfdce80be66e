"""pacman (Arch Linux): packages are kept, but not in the official image, whose hook deletes them."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager, Retention

# One letter word that has an S and none of the letters that only ask, print or clean.
_SYNC = r"-(?=[A-Za-z]*S)(?![A-Za-z]*[cgilpsT])[A-Za-z]+"
_ASKS = r"--(?:search|info|groups|list|print|clean|print-format)\b|(?:^| )-[a-z]*[gilps][a-z]*(?= |$)"
# In its configuration; a comment says nothing.
_SETTING = r"(?:(?<![\w#])|(?<=\\n))"
_MOVED = rf"{_SETTING}CacheDir\s*=\s*"
_FROM = r"(?:\A|\n)[ \t]*FROM\s[^\n]*"
_OTHERS = r"arch-?linux-?arm|\balarm\b|artix|cachyos|manjaro|parabola|steamos"
_HELPERS = r"aura|pacaur|paru|pikaur|trizen|yaourt|yay"
# Whether to remove all packages it asks with no as the answer, which --noconfirm takes (run with 6.0): nothing goes then.
_ALL = r"(?<!\S)-(?:(?=[a-z]*S)[A-Za-z]*c[a-z]*c|S[a-z]*(?= ).* -cc)[a-z]*(?!\S)|--clean.*--clean"
_DECLINES = rf"(?=[^;&|\n]*--noconfirm)[^;&|\n]*(?:{_ALL})"
_MAKEPKG = r"\bmakepkg\s[^;&|\n]*(?<!\S)(?:-[A-Za-z]*[is]|--(?:install|syncdeps)\b)"

PACMAN = PackageManager(
    name="pacman",
    title="pacman",
    programs=("pacman",),
    system=True,
    distributions=frozenset({"arch"}),
    caches=(
        Cache(
            name="packages",
            locations=("/var/cache/pacman/pkg",),
            flags=("--cachedir",),
            settings={rf"{_MOVED}(/[^\s'\";&|\\]+)": "{}"},
            # Run with 6.0: a package with another checksum is called corrupted. An argument may choose such an image.
            doubt=reasons.OTHER_PACMAN.about(),
            safe_when=rf"(?i)\A(?!(?=[\s\S]*{_FROM}(?:{_OTHERS}))[\s\S]*{_FROM}\$)",
        ),
    ),
    downloads=(
        Download(
            verbs=((), ("*",)),
            pattern=rf"\A(?!.*(?:{_ASKS}))(?=.*(?:(?<!\S){_SYNC}(?!\S)|--sync\b)).*(?<!\S)(?:-[A-Za-z]*w[A-Za-z]*|--downloadonly)(?!\S)",
            only_prefetches=True,
        ),
        # Packages by name; -Sy alone fetches the databases, which are not in the cache.
        Download(verbs=(("*",),), pattern=rf"\A(?!.*(?:{_ASKS})).*(?:(?<!\S){_SYNC}(?!\S)|--sync\b)"),
        Download(verbs=((),), pattern=r"(?<!\S)-(?=[A-Za-z]*S)(?=[A-Za-z]*u)(?![A-Za-z]*[cgilpsT])[A-Za-z]+(?!\S)"),
        # What only the shell knows is not a word.
        Download(verbs=((),), pattern=rf"(?<!\S){_SYNC}(?!\S).*(?<!\S)[\"']?\$"),
        Download(verbs=((),), pattern=r"--sync\b.*--sysupgrade|--sync\b.*(?<!\S)-[a-z]*u|(?<!\S)-Sy*(?!\S).*(?<!\S)(?:-y*u|--sysupgrade)"),
        Download(verbs=(("*",),), pattern=r"(?<!\S)(?:-[a-z]*U[a-z]*|--upgrade)(?!\S).*\b(?:https?|ftp)://"),
    ),
    valued=frozenset(
        {
            "-b", "--dbpath", "-r", "--root", "--arch", "--assume-installed", "--cachedir", "--color", "--config", "--gpgdir",
            "--hookdir", "--ignore", "--ignoregroup", "--logfile", "--overwrite", "--print-format", "--sysroot",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "-V", "-p", "--print"}),
    cleaners=(
        Cleaner(
            verbs=((), ("*",)),
            pattern=rf"\A(?!{_DECLINES}).*(?:(?<!\S)-(?=[A-Za-z]*S)[A-Za-z]*c[A-Za-z]*(?!\S)|--sync\b.*(?:--clean|(?<!\S)-c))",
        ),
    ),
    retentions=(
        Retention(
            reason="the image's package-cleanup hook deletes downloaded packages after every install",
            # The hook knows one directory.
            evidence=(
                r"package-cleanup\.hook", r"\brm\b.*/usr/share/libalpm/hooks(/?\*|/?$|/?\s)",
                rf"{_MOVED}/(?!var/cache/pacman/pkg)",
            ),
            own_evidence=(r"--cachedir\b",),
            step=("rm -f /usr/share/libalpm/hooks/package-cleanup.hook",),
        ),
    ),
    moving_places={"/etc": r"(?m)^[ \t]*CacheDir[ \t]*=[ \t]*(?!/var/cache/pacman/pkg/?\s)[^\s#]+"},
    # It takes a file of that name from its cache without a look at the server (`_alpm_filecache_find` in
    # https://gitlab.archlinux.org/pacman/pacman/-/blob/master/lib/libalpm/dload.c), and a package of the build's own
    # repository is another one each time: its checksum is not that of the file then.
    known_by_name=r"(?:https?|ftp)://\S*/(?![^/\s]*[-_][\d$v])[^/\s\"']+(?=[\s\"']|\Z)",
    known_by_name_where=r"(?s)\A(?=.*\brepo-add\b)(?=.*\b(?:COPY|ADD)\b[^\n]*\bpacman\.(?:conf|d)\b)",
    known_by_name_after=rf"{_SETTING}Server\s*=\s*file:",
    sharing="locked",
    # They build packages of the same names and versions by themselves.
    other_repositories=rf"({_OTHERS})",
    # Helpers for the user repository, as a user who may sudo.
    run_by=rf"\b(?:{_HELPERS})\s[^;&|\n]*(?<!\S)(?:{_SYNC}(?!\S)|--sync\b)|{_MAKEPKG}|\bansible-(?:playbook|pull)\s",
    installs_in_script=rf"\b(?:pacman|{_HELPERS})\s[^;&|\n#]*(?<!\S)(?:{_SYNC}(?!\S)|--sync\b)|{_MAKEPKG}",
    empties_in_script=(
        rf"\b(?:pacman|{_HELPERS})\s(?!{_DECLINES})[^;&|\n]*(?<!\S)-(?=\w*S)\w*c\w*c|\bpaccache\s[^;&|\n]*-\w*r\w*k\s*0"
        r"|\brm\s[^;&|\n]*/var/cache\b"
    ),
    needed=("/var/lib/pacman", "/etc/pacman.d"),
    sources=(
        "https://man.archlinux.org/man/pacman.conf.5",
        "https://github.com/archlinux/archlinux-docker/blob/master/rootfs/usr/share/libalpm/hooks/package-cleanup.hook",
    ),
)  # fmt: skip
