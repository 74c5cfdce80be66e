"""mix: Hex keeps packages in the home; `deps` has them unpacked. Hex and rebar3 themselves lie in ~/.mix, which is not a cache."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Download, PackageManager

MIX = PackageManager(
    name="mix",
    title="mix, Hex",
    programs=("mix",),
    caches=(
        Cache(
            name="packages",
            locations=(
                "$HEX_HOME/packages", "$MIX_XDG?$XDG_CACHE_HOME/hex/packages", "$MIX_XDG?$HOME/.cache/hex/packages",
                "$HOME/.hex/packages",
            ),
            doubt=reasons.FOLDER_ABOVE.about(above=reasons.DIRECTORY, effect="Hex writes there"),
            others_only=True,
        ),
    ),
    downloads=(
        Download(verbs=(("deps.get",), ("deps.update",), ("archive.install", "hex"), ("escript.install", "hex"))),
        Download(verbs=(("do",),), pattern=r"(?:\A|[ ,])deps\.(?:get|update)\b"),
    ),
    valued=frozenset({"--only", "--target", "--organization", "--repo"}),
    no_op_variables={"HEX_OFFLINE": "1|true"},
    sharing="locked",
    # Hex and rebar3 themselves go to MIX_HOME.
    idle_verbs={r"local\.(?:hex|rebar)\b": None},
    needed=("$MIX_HOME", "$HOME/.mix"),
    unproven="Hex is on its own site",
    sources=("https://hexdocs.pm/hex/Mix.Tasks.Hex.Config.html",),
)  # fmt: skip
