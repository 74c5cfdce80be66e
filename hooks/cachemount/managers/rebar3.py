"""rebar3: packages from Hex. Beside them lie plugins and rebar3's own installation, which are not a cache."""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, PackageManager

_VERBS = (
    "compile", "get-deps", "release", "tar", "relup", "upgrade", "update", "ct", "eunit", "proper", "cover", "dialyzer", "xref",
    "shell", "escriptize", "edoc", "tree", "deps", "lock", "bare",
)  # fmt: skip

REBAR3 = PackageManager(
    name="rebar3",
    title="rebar3",
    programs=("rebar3",),
    caches=(Cache(name="hex", locations=("$REBAR_CACHE_DIR/hex", "$HOME/.cache/rebar3/hex")),),
    downloads=(
        Download(verbs=tuple((verb,) for verb in _VERBS)),
        Download(verbs=tuple(("as", "*", verb) for verb in _VERBS)),
        Download(verbs=(("do",), ("as", "*", "do")), pattern=rf" (?:{'|'.join(_VERBS)}),?(?: |\Z)"),
    ),
    no_op_variables={"REBAR_OFFLINE": "1"},
    sharing="locked",
    unproven="Hex is on its own site",
    sources=("https://hex.pm/docs/rebar3-usage", "https://rebar3.org/docs/configuration/configuration/"),
)
