"""Scripts from the net that a shell runs: those known to install a program and to count on nothing in the image."""

from __future__ import annotations

import re

from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.repairs.safety.later_commands import Called, runs_file

_PIPED = late(r"https?://([^\s'\"|;&<>]+)[^|;&]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\w+=\S+\s+)*(?:ba|da|z)?sh\b")
_NAMES = (
    r"sh\.rustup\.rs|astral\.sh/uv|bun\.(?:sh|com)/install|deno\.land/(?:x/)?install|get\.pnpm\.io"
    r"|install\.python-poetry\.org|raw\.githubusercontent\.com/nvm-sh/nvm|deb\.nodesource\.com/setup_|mise\.(?:run|jdx\.dev)"
    r"|get\.sdkman\.io|pyenv\.run|starship\.rs"
    # They unpack one archive of a release.
    r"|raw\.githubusercontent\.com/(?:anchore|aquasecurity|golangci|goreleaser|trufflesecurity)/[^\s'\"]*/install\.sh"
)
_LEAVES_PACKAGES = late(_NAMES)
_INSTALLS_PROGRAM = late(
    rf"{_NAMES}|get\.docker\.com|rpm\.nodesource\.com/setup_|getcomposer\.org/installer|taskfile\.dev/install\.sh"
    r"|raw\.githubusercontent\.com/(?:anchore|aquasecurity|cargo-bins|golangci|goreleaser|helm|rustwasm|trufflesecurity)/"
    r"|fly\.io/install\.sh|just\.systems/install\.sh|foundry\.paradigm\.xyz|wasmtime\.dev/install\.sh|sh\.wasmer\.io"
    r"|rclone\.org/install\.sh|nixpacks\.com/install\.sh|railpack\.com/install\.sh"
    r"|rustwasm\.github\.io/wasm-pack|get\.helm\.sh|golangci-lint\.run/install\.sh|install\.goreleaser\.com"
)


def leaves_packages(step: Step, called: Called) -> bool:
    """Return whether a command runs a script that is known to leave alone what the distribution's manager has."""
    return _all_match(step, called, _LEAVES_PACKAGES)


def installs_program(step: Step, called: Called) -> bool:
    """Return whether a command runs a script that is known to install a program: it reads no manager's store."""
    return _all_match(step, called, _INSTALLS_PROGRAM)


def is_known_installer(source: str) -> bool:
    """Return whether an ADD fetches a script that is known to leave alone what the distribution's manager has."""
    _, scheme, address = source.partition("://")
    return bool(scheme) and _LEAVES_PACKAGES.match(address) is not None


def _all_match(step: Step, called: Called, known: re.Pattern[str]) -> bool:
    """Return whether a command is a shell that reads its input, and all that the step pipes into shells is known."""
    piped = _PIPED.findall(step.run.script.text) if runs_file(called) == "-" else []
    return bool(piped) and all(map(known.match, piped))
