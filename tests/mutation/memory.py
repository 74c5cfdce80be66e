"""What need not be done again for each mutant: reading a text, and checking one twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from cachemount.dockerfile import reader as dockerfiles
from cachemount.dockerfile.model import Dockerfile
from cachemount.dockerfile.state import environment
from cachemount.policy.model import Config
from cachemount.shell import reader as scripts
from cachemount.shell.model import Script
from cachemount.source import Excerpt, Source


def remember_reading() -> None:
    """Read each text once, in this interpreter and its forks: the readers are not mutated, and what they give stays."""
    dockerfiles.read = _by_key(dockerfiles.read, lambda source: (source.path, source.text))
    environment.environments = _by_key(environment.environments, _Same)
    read = scripts.read
    whole = _by_key(read, _Same)

    def read_script(script: Excerpt, bodies: Sequence[tuple[Any, Excerpt]] = ()) -> Script:
        return read(script, bodies) if bodies else whole(script)

    scripts.read = read_script


def check_once(engine: ModuleType) -> Callable[[], None]:
    """Let the engine check each text of a case once, until what this gives is called."""
    check = engine.check
    known: dict[str, Any] = {}

    def check_text(source: Source | str, config: Config | None = None, **options: Any) -> Any:
        if config is None or options or isinstance(source, str):
            return check(source, config, **options)
        if source.text not in known:
            known[source.text] = check(source, config)
        return known[source.text]

    engine.check = check_text  # type: ignore[attr-defined]
    return known.clear


class _Same:
    """A key that is equal for the same object only, and keeps it."""

    def __init__(self, value: Dockerfile | Excerpt) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def _by_key(function: Callable[[Any], Any], key: Callable[[Any], Any]) -> Any:
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        name = key(value)
        if name not in known:
            known[name] = function(value)
        return known[name]

    return remembered
