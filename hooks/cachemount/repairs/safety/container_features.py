"""Features of a dev container, which are installed on the finished image in layers without mounts."""

from __future__ import annotations

from cachemount.dockerfile.model import Stage
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install
from cachemount.late_pattern import late
from cachemount.repairs.safety.copied_stages import stays_out
from cachemount.source import ContextFile, Elsewhere

_NAME = late(r"(?:^|/)\.?devcontainer\.json$")
_README = late(r"(?i)(?:\.\./)*readme\b")
_TARGET = late(r"\"target\"\s*:\s*\"([\w.-]+)\"")
_FEATURES = '"features"'


def features(facts: Facts, install: Install) -> Elsewhere | None:
    """Return the line that says which features are installed on the image of an install; None where none are known."""
    files = facts.dockerfile.source.context
    found = next((one for one in files if is_of_container(one) or _shows_features(one)), None)
    places = [one.path for one in install.directories if one.path is not None]
    if found is None or stays_out(facts, install.step.stage, places) or not is_on(facts, install.step.stage, found):
        return None
    return Elsewhere(found.text.count("\n", 0, max(found.text.find(_FEATURES), 0)) + 1, found.path)


def is_of_container(file: ContextFile) -> bool:
    """Return whether a file is a devcontainer.json with features."""
    return not file.at_run_time and _NAME.search(file.path) is not None


def is_on(facts: Facts, stage: Stage, file: ContextFile) -> bool:
    """Return whether the container of a devcontainer.json may be made of a stage that begins with another one."""
    named = file.stages or _TARGET.findall(file.text)[:1]
    wanted = [one.lower() for one in named]
    targets = [one for one in facts.dockerfile.stages if one.file is None and one.name.lower() in wanted]
    targets += [facts.dockerfile.last] if "" in wanted else []
    return not targets or any(chain.descends(one, stage) for one in targets)


def _shows_features(file: ContextFile) -> bool:
    """Return whether a README shows a devcontainer.json with features for the image, in its last line."""
    return _README.match(file.path) is not None and _FEATURES in file.text.rstrip().rpartition("\n")[2]
