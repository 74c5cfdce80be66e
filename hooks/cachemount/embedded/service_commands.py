"""What the services of a Compose file run in containers of their images.

https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cachemount.embedded import nodes, yaml
from cachemount.embedded.inherited import with_inherited
from cachemount.embedded.model import Build
from cachemount.records import Record
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

# Of the second ones the items are mappings with a command.
_KEYS, _HOOKS = ("command", "entrypoint"), ("post_start", "pre_stop")


class Service(Record):
    """A service: the build of its image, as far as the file has it, and what it runs.

    `is_built` is True where the file says that and how. `commands` are the keys that have them, their lines, counted
    from 1, and their words in one text. `volumes` are what is mounted, as it is written.
    """

    build: Build
    is_built: bool
    commands: tuple[tuple[str, int, str], ...]
    volumes: str


def services_with_commands(text: str, settings: Collection[str] = ()) -> list[Service]:
    """Return the services of a Compose file that say what they run. Raises `UnreadableHostError`.

    `settings` are the variables that the `.env` beside the file sets.
    """
    found = []
    for root in yaml.documents(text, "services"):
        own = list(nodes.merged(nodes.get(root, "services")).values())
        targets = with_inherited(yaml.target_of(name, service, settings) for name, service in own)
        for target, (_, service) in zip(targets, own, strict=True):
            commands = tuple(_commands(service))
            if commands:
                volumes = " ".join(map(_written, nodes.items(nodes.get(service, "volumes"))))
                found.append(
                    Service(build=target.build, is_built="build" in target.given, commands=commands, volumes=volumes)
                )
    return found


def _commands(service: Node) -> Iterator[tuple[str, int, str]]:
    given = [(key, nodes.get(service, key)) for key in _KEYS]
    given.append(("healthcheck", nodes.get(nodes.get(service, "healthcheck"), "test")))
    given += [(key, nodes.get(one, "command")) for key in _HOOKS for one in nodes.items(nodes.get(service, key))]
    for key, node in given:
        if node is not None and (words := _written(node)):
            yield key, node.start_mark.line + 1, words


def _written(node: Node) -> str:
    """Return a text, the words of a list, or the target of a volume that is a mapping."""
    if isinstance(node.value, str):
        return node.value
    target = nodes.text(node, "target")
    return f":{target}" if target else " ".join(one.value for one in nodes.items(node) if isinstance(one.value, str))
