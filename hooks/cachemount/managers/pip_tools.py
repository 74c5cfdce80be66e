"""pip-tools: pip-compile has a cache of its own, pip-sync installs through pip."""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, PackageManager

PIP_TOOLS = PackageManager(
    name="pip-tools",
    title="pip-tools (pip-compile, pip-sync)",
    programs=("pip-compile", "pip-sync", "piptools"),
    caches=(
        Cache(
            name="compile",
            locations=("$PIP_TOOLS_CACHE_DIR", "$XDG_CACHE_HOME/pip-tools", "$HOME/.cache/pip-tools"),
            flags=("--cache-dir",),
        ),
        Cache(name="pip", locations=("$PIP_CACHE_DIR", "$XDG_CACHE_HOME/pip", "$HOME/.cache/pip")),
    ),
    downloads=(
        Download(programs=("pip-compile",), verbs=((), ("*",)), caches=("compile",), unless=(frozenset({"--no-index"}),)),
        Download(programs=("pip-sync",), verbs=((), ("*",)), caches=("pip",), unless=(frozenset({"--no-index"}),)),
        Download(programs=("piptools",), verbs=(("compile",),), caches=("compile",)),
        Download(programs=("piptools",), verbs=(("sync",),), caches=("pip",)),
    ),
    valued=frozenset(
        {
            "--cache-dir", "--config", "--constraint", "-c", "--extra", "--extra-index-url", "--find-links", "-f", "--index-url",
            "-i", "--output-file", "-o", "--pip-args", "--python-executable", "--resolver", "--upgrade-package", "-P",
            "--cert", "--client-cert", "--trusted-host", "--annotation-style", "--newline", "--unsafe-package",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "--version", "--dry-run", "-n"}),
    off_flags={"--pip-args=--no-cache-dir": ""},
    off_variables={"PIP_NO_CACHE_DIR": r"(?i)1|0|true|false|yes|no|on|off|y|n|t|f"},
    on_values={"PIP_NO_CACHE_DIR": ""},
    keeps_builds=True,
    needed=("/usr/local/lib/**", "$VIRTUAL_ENV/**"),
    when_unwritable="disables",
    checks_owner=True,
    sources=("https://pip-tools.readthedocs.io/en/stable/",),
)  # fmt: skip
