"""opam: the archives below the root; the root itself is what is installed."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

# Images with a root, in which `opam init` makes no other, nor a switch.
_IMAGES = r"ocaml/opam|ocurrent/opam|coqorg/"

_DOWNLOADS = frozenset({"-c", "--download-cache"})
_OTHERS = r"(?:^| )(?:--(?:all-switches|logs|repo-cache|switch-cleanup|untracked|unused-repositories)|-[a-z]*[ars][a-z]*)(?= |\Z)"

OPAM = PackageManager(
    name="opam",
    title="opam",
    programs=("opam", r"opam-2\.\d+"),
    caches=(
        Cache(
            name="archives",
            locations=("$OPAMROOT/download-cache", "$HOME/.opam/download-cache"),
            flags=("--root",),
            flag_suffix="/download-cache",
            settings={r"\bopam (?:config )?env\b[^&|;]*? --root[= ]([^\s)`\"']+)": "{}/download-cache"},
            made_by=r"\bopam init\b",
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="opam installs there"),
            # Their images have the directory.
            safe_when=rf"(?im)^[ \t]*FROM\s+(?:--\S+\s+)*\S*\b(?:{_IMAGES})",
            others_only=True,
        ),
    ),
    downloads=(
        Download(
            verbs=(("init",),),
            unless=(frozenset({"--bare"}), frozenset({"--show-default-opamrc"})),
            pattern=r"\A(?!.*(?<!\S)--root(?![\w-]))",
            done_in_image=_IMAGES,
        ),
        Download(
            verbs=(("init",),),
            unless=(frozenset({"--bare"}), frozenset({"--show-default-opamrc"})),
            pattern=r"(?<!\S)--root(?![\w-])",
        ),
        Download(
            verbs=(
                ("install",), ("reinstall",), ("upgrade",), ("switch", "create"), ("pin",), ("pin", "add"), ("switch", "import"),
            ),
            unless=(
                frozenset({"--deps-only", "--show"}), frozenset({"--show-actions"}), frozenset({"--show"}), frozenset({"--dry-run"}),
                frozenset({"--check"}), frozenset({"--empty"}), frozenset({"--fake"}),
            ),
            pattern=r"\A(?!.*\bpin (?:list|remove)\b|.*\bpin\b.* (?:-[a-z]*n[a-z]*|--no-action)(?!\S))",
        ),
        Download(verbs=(("depext",),), pattern=r"\bdepext\b.* (?:-[a-z]*i[a-z0-9]*|--install)(?!\S)"),
        Download(verbs=(("update",),), pattern=r"\bupdate\b.* (?:-[a-z]*u[a-z]*|--upgrade)(?!\S)"),
    ),
    valued=frozenset({"--root", "--switch", "--jobs", "-j", "--comp", "-c", "--compiler", "--kind", "-k", "--repos", "--packages"}),
    # Without one of these options it is `clean --logs --download-cache --switch-cleanup` (`let clean` in
    # https://github.com/ocaml/opam/blob/master/src/client/opamCommands.ml); only one of them empties the cache.
    cleaners=(
        Cleaner(verbs=(("clean",),), needs=_DOWNLOADS, pattern=rf"\A(?!.*{_OTHERS})"),
        Cleaner(verbs=(("clean",),), needs=_DOWNLOADS, lets_go=True),
        Cleaner(verbs=(("clean",),), pattern=r"\Aclean(?: -y| --yes)*\Z", alone={"switches": "opam clean --logs --switch-cleanup"}),
        Cleaner(verbs=(("clean",),), pattern=rf"\A(?!.*{_OTHERS})|(?:^| )-[a-z]*c[a-z]*(?= |\Z)", does_more=True),
    ),
    sharing="locked",
    needed=("$OPAMROOT", "$HOME/.opam"),
    sources=("https://opam.ocaml.org/doc/Manual.html#opam-root",),
)  # fmt: skip
