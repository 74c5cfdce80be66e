"""The builds that commands of scripts, Makefiles and CI files make: `docker build -t NAME -f FILE`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cachemount.dockerfile.images.lookup import name_and_tag
from cachemount.late_pattern import late
from cachemount.source import ANY_TAG
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from cachemount.embedded.model import Build

_MOVES = late(r"(?<![\w-])(?:cd|pushd|working-directory:?)\s")
# `cd "$(dirname "$0")"`: the folder of the script.
_OF_SCRIPT = r"(?:0|BASH_SOURCE|\{0\}|\{BASH_SOURCE(?:\[0\])?\})"
_TO_OWN_FOLDER = late(
    rf"(?<![\w-])cd[ \t]+(?:--[ \t]+)?\"?(?:\$\([ \t]*dirname[ \t]+(?:--[ \t]+)?\"?\${_OF_SCRIPT}\"?[ \t]*\)"
    r"|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})/?\"?(?=[ \t]*(?:[;&|\n]|\Z))"
)
# Functions of make, and variables that are set for good or where nothing else is.
_CALLS = late(r"\$\((?:if|foreach|shell|addprefix|patsubst)\b[^()\n]*\)")
_VALUES = late(
    r"(?m)^[ \t]*(?:(?:export|ARG)[ \t]+)?(\w+)[ \t]*[?:]{0,2}=[ \t]*[\"']?"
    r"((?:[\w./:-]|\$\{\w+(?::?-[\w./:-]*)?\}|\$\(\w+\)|\$\w+)+)[\"']?[ \t]*$"
)
_DEFAULT = late(r"\$\{(\w+):?-([\w./:-]*)\}")
# A registry, or an owner, that only who runs it tells.
_OPEN = late(r"\$(?:\{\w+\}|\(\w+\)|\w+)/(?=[\w./-]+\Z)")
# An image whose tag alone is not known.
_OPEN_TAG = late(r"(?<=[\w-]):\$(?:\{\w+\}|\(\w+\)|\w+)\Z")
_FOLDER = late(r"(?!-|\w+@)[^:]+")
# A value may have another in it.
_MOST_ROUNDS = 4
VARIABLE = late(r"\$(?:\{(\w+)\}|\((\w+)\)|(\w+))")
COMMAND = late(
    r"(?:\b(?:docker|podman)(?:\s+image|\s+buildx)?\s+build|\bbuildah\s+(?:build|bud)"
    r"|\$[({](?:DOCKER|PODMAN|BUILDAH)(?:_BUILD[)}]|(?!\w*COMPOSE)\w*[)}]\s+(?:build|bud)))\s+([^\n|;&]*)"
)


def is_of_make(name: str) -> bool:
    """Return whether a file of commands is one of make, by its name."""
    return name.lower().endswith((".mk", "makefile"))


def commands(text: str, *, of_make: bool = False) -> Iterator[Build]:
    """Yield the builds that `docker build` commands of a script make, where their words are plain."""
    import shlex

    from cachemount.embedded.model import Build

    joined = text.replace("\\\r\n", " ").replace("\\\n", " ")
    if of_make:
        # Each line has a shell of its own.
        joined = _CALLS.sub(" ", "\n".join(line for line in joined.splitlines() if not _MOVES.search(line)))
    elif _MOVES.search(joined := _TO_OWN_FOLDER.sub("", joined)):
        # The folder that it is run in is not known.
        return
    values = values_in(joined) if "$" in joined else {}
    for command in COMMAND.findall(joined):
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            continue
        given = options(words)
        for name in ("-f", ""):
            given[name] = [filled_by_default(one, values) for one in given[name]]
        named = (_known_name(name, values) for name in given["-t"])
        names = tuple(dict.fromkeys(name for name in named if not _is_filled_in(name)))
        # Beside a file, a context is of no interest, and the values of other options look like one.
        others = [*given["--target"], *(given["-f"] or given[""])]
        if (len(given[""]) != 1 and not given["-f"]) or any(map(_is_filled_in, others)):
            continue
        file = given["-f"][-1] if given["-f"] else os.path.join(given[""][0], "Dockerfile")
        contexts = [one for one in given[""][-1:] if not _is_filled_in(one) and _FOLDER.fullmatch(one)]
        values_given = (_OPEN_TAG.sub(f":{ANY_TAG}", filled(one, values)) for one in given["--build-arg"])
        arguments = dict(one.partition("=")[::2] for one in values_given)
        yield Build(
            context=".",
            dockerfile=file,
            target=given["--target"][-1] if given["--target"] else "",
            names=names,
            folder=contexts[0] if contexts else None,
            arguments=tuple(sorted((key, None if _is_filled_in(one) else one) for key, one in arguments.items())),
            argument_files=tuple(filled(one, values) for one in given["--build-arg-file"]),
        )


def values_in(text: str) -> dict[str, str]:
    """Return the variables that a script, or ARG in a Dockerfile, sets to one plain value, also by default.

    Of an image the tag may be open.
    """
    found: dict[str, set[str]] = {}
    for name, value in _VALUES.findall(text):
        found.setdefault(name, set()).add(value)
    values = {name: min(each) for name, each in found.items() if len(each) == 1}
    for _ in range(_MOST_ROUNDS):
        plain = {name: value for name, value in values.items() if "$" not in value}
        if len(plain) == len(values):
            break
        values = {name: filled_by_default(value, plain) for name, value in values.items()}
    values = {name: _OPEN_TAG.sub(f":{ANY_TAG}", value) for name, value in values.items()}
    return {name: value for name, value in values.items() if "$" not in value}


def filled_by_default(text: str, values: dict[str, str]) -> str:
    """Return a text with the variables filled in whose values are known, by their defaults too."""
    return filled(_DEFAULT.sub(lambda one: values.get(one[1]) or one[2], text), values) if "$" in text else text


def _known_name(name: str, values: dict[str, str]) -> str:
    """Return an image's name with the variables that the file sets filled in, and any tag where a variable is in it.

    For a variable in front that it does not set, two asterisks stand.
    """
    if "$" not in name:
        return name
    image, tag = name_and_tag(_DEFAULT.sub(lambda one: values.get(one[1]) or one[2], name))
    image = _OPEN.sub("**/", filled(image, values))
    if tag is None:
        return image
    return f"{image}:{ANY_TAG if '$' in tag else tag}"


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with the variables filled in whose values are known."""
    return VARIABLE.sub(lambda one: values.get(one[1] or one[2] or one[3], one[0]), text) if "$" in text else text


_OPTIONS = {"--tag": "-t", "--file": "-f"}
# Other options that have a value. https://docs.docker.com/reference/cli/docker/buildx/build/
_VALUED = frozenset({
    "--add-host", "--allow", "--annotation", "--arch", "--attest", "--build-context", "--builder", "--cache-from",
    "--cache-to", "--cgroup-parent", "--format", "--iidfile", "--isolation", "--label", "--memory", "--metadata-file",
    "--network", "--no-cache-filter", "--os", "--output", "--platform", "--progress", "--provenance", "--sbom",
    "--secret", "--shm-size", "--ssh", "--ulimit", "--volume", "-m", "-o", "-v",
})  # fmt: skip


def options(words: list[str]) -> dict[str, list[str]]:
    """Return the values of the options that matter, and with "" what may be the context."""
    found: dict[str, list[str]] = {
        "-t": [],
        "-f": [],
        "--target": [],
        "--build-arg": [],
        "--build-arg-file": [],
        "": [],
    }
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        name = _OPTIONS.get(name, name)
        if name in found and name:
            found[name].append(value if equals else next(waiting, ""))
        elif word in _VALUED:
            next(waiting, "")
        elif not word.startswith("-"):
            # The value of an option that is not known is taken for a second context, and nothing is known then.
            found[""].append(word)
    return found


def _is_filled_in(text: str) -> bool:
    return any(char in text for char in "$`{}%<>")
