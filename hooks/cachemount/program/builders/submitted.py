"""Dockerfiles that commands of a repository hand to a service or another builder that refuses `RUN --mount`.

The commands stand in scripts and READMEs in the folder of the Dockerfile and in those above, in folders of scripts at
the root of the repository, and in its workflows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, text_in, text_inside_repository, upwards
from cachemount.files.workflows import ITEM, workflows
from cachemount.late_pattern import late
from cachemount.program.builders import balena
from cachemount.records import Record
from cachemount.script_names import MAKEFILES

_MOST_BYTES = 500_000
_MOST_FILES = 50

_SCRIPT_FOLDERS = (".github/scripts", "bin", "deploy", "hack", "infra", "script", "scripts")
_PIPELINES = (".gitlab-ci.yml", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml")
# Those of Azure may be anywhere, and often are here.
_PIPELINE_FOLDERS = (
    ".azure", ".azure-pipelines", ".azuredevops", ".azdo", ".pipelines", "azure-pipelines", "devops", "pipelines",
)  # fmt: skip
# Each line has a shell of its own, or stands in a list of commands.
_LINES = (*MAKEFILES, "package.json")

# A line goes on after a backslash, and in PowerShell after a backtick.
_WORDS = r"((?:[^\n;&|\\`]|[\\`]\r?\n)*)"
_COMMANDS = late(
    rf"\b(?:gcloud\s+(?:(?:alpha|beta)\s+)?(builds\s+submit|run\s+(?:jobs\s+|worker-pools\s+)?deploy)|az\s+(acr\s+build|containerapp\s+up))\b{_WORDS}"
)
# https://github.com/NVIDIA/NemoClaw/issues/2311: what is in front of the Dockerfile is a copy of the folder.
_SANDBOX = late(r"\bopenshell\s+sandbox\s+create\b[^\n]*?--from[= ][\"']?(?:\$\{?\w+\}?/)?([\w./-]*Dockerfile[\w.-]*)")
# Both know no such flag. What spython makes of the file has it as a command: https://github.com/hpc/charliecloud/issues/1795,
# https://github.com/singularityhub/singularity-cli/blob/master/spython/main/parse/parsers/docker.py
_OF_HPC = late(rf"\b(spython[ \t]+recipe|ch-image(?:[ \t]+-\S+)*[ \t]+build)\b{_WORDS}")
# What is looked for as it is, in a tenth of the time that a pattern takes.
_SIGNS = (
    "gcloud ", "az acr ", "az containerapp ", "deploy-cloudrun@", "openshell ", "balena ",
    "balena-action@", "acr-build@", "spython ", "ch-image ",
)  # fmt: skip
_JOINED = late(r"[\\`]\r?\n")
_OPTIONS = late(r"(?<!\S)(?:--no-[\w-]+|--?[\w-]+(?:(?:=|[ ]+(?!-))(?:\"[^\"]*\"|'[^']*'|\S+))?)")
_TAG = late(r"(?<!\S)(?:--tag|-t)[= ]")
_SOURCE = late(r"(?<!\S)--source[=\s]+[\"']?([\w./-]+)")
_FILE = late(r"(?<!\S)(?:--file|-f)[=\s]+(\S+)")
_PLAIN = late(r"[\"']?([\w.-][\w./-]*)[\"']?")
_MOVE = late(r"(?<![\w.-])(?:cd|pushd)[ \t]+([^\s;&|]+)")
_DEPLOYS = late(r"\buses:[ \t]*[\"']?google-github-actions/deploy-cloudrun@")
_FILE_INPUT = late(r"(?m)^[ \t]*dockerfile:[ \t]*[\"']?([\w./-]+)")
# Its folder is one of the repository: https://github.com/Azure/acr-build
_OF_AZURE = late(r"(?i)\buses:[ \t]*[\"']?azure/acr-build@")
_FOLDER_INPUT = late(r"(?m)^[ \t]*folder:[ \t]*[\"']?([\w./-]+)")
_SOURCE_INPUT = late(r"(?m)^[ \t]*source:[ \t]*[\"']?([\w./-]+)")
_FOLDER = late(r"\bworking-directory:[ \t]*[\"']?([\w./-]+)")
_DEFAULT_FOLDER = late(r"\bdefaults:\s+run:\s+(?:shell:.*\s+)?working-directory:[ \t]*[\"']?([\w./-]+)")


class Submitted(Record):
    """A Dockerfile that a command hands in: its path, the file of the command in its repository, the command."""

    path: str
    name: str
    command: str


def submitted(path: str, root: str) -> Submitted | None:
    """Return the first command that hands a Dockerfile to a builder without BuildKit; both paths are absolute."""
    for folder in upwards(os.path.dirname(path), root):
        for one in _of_scripts(folder, root):
            if one.path == path:
                return one
    return next((one for one in (*_of_folders(root), *_of_workflows(root)) if one.path == path), None)


@kept
def _of_scripts(folder: str, root: str) -> tuple[Submitted, ...]:
    """Return what scripts and the README of a folder hand in."""
    return tuple(_in_scripts(folder, root, (folder,)))


@kept
def _of_folders(root: str) -> tuple[Submitted, ...]:
    """Return what the scripts hand in that folders at the root of a repository have; most are run at the root."""
    found: list[Submitted] = []
    for name in _SCRIPT_FOLDERS:
        if name.partition("/")[0] in names_in(root):
            folder = os.path.join(root, *name.split("/"))
            found += _in_scripts(folder, root, (root, folder))
    return tuple(found)


def _in_scripts(folder: str, root: str, places: Sequence[str]) -> Iterator[Submitted]:
    names = names_in(folder)
    scripts = [one for one in names if one.endswith((".sh", ".ps1", ".py")) or one in (*_LINES, "README.md")]
    # A folder of many programs in Python has its scripts first.
    for name in sorted(scripts, key=lambda one: one.endswith(".py"))[:_MOST_FILES]:
        text = text_inside_repository(os.path.join(folder, name), root, _MOST_BYTES)
        if any(one in text for one in _SIGNS):
            shown = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            yield from _in_text(text, shown, places, name)
            yield from _by_balena(text, shown, places, name, root)


@kept
def _of_workflows(root: str) -> tuple[Submitted, ...]:
    """Return what the workflows and pipelines of a repository hand in."""
    found: list[Submitted] = []
    for name in (*(one for one in _PIPELINES if one in names_in(root)), *_in_pipeline_folders(root), *workflows(root)):
        text = text_in(root, name, _MOST_BYTES)
        if any(one in text for one in _SIGNS):
            default = _DEFAULT_FOLDER.findall(text) or ["."]
            for step in ITEM.split(text):
                places = [os.path.join(root, one) for one in _FOLDER.findall(step) or default]
                found += _in_text(step, name, places, name)
                found += _by_balena(step, name, places, name, root)
                if _OF_AZURE.search(step):
                    found += _by_azure(step, root, name)
                if balena.ACTION.search(step):
                    folder = os.path.normpath(os.path.join(root, *_SOURCE_INPUT.findall(step)[:1]))
                    title = "balena-io/deploy-to-balena-action"
                    files = balena.built_of(folder, "", root)
                    found += [Submitted(path=one, name=name, command=title) for one in files]
                if _DEPLOYS.search(step):
                    found += [
                        _built(root, one, "", name, "google-github-actions/deploy-cloudrun with a source")
                        for one in _SOURCE_INPUT.findall(step)
                    ]
    return tuple(found)


def _in_pipeline_folders(root: str) -> Iterator[str]:
    for folder in (one for one in _PIPELINE_FOLDERS if one in names_in(root)):
        inside = sorted(names_in(os.path.join(root, folder)))[:_MOST_FILES]
        yield from (f"{folder}/{one}" for one in inside if one.endswith((".yml", ".yaml")))


def _by_azure(step: str, root: str, name: str) -> Iterator[Submitted]:
    """Yield what a step of a workflow hands to Azure's registry, whose file is named from its folder or the root."""
    folder, file = _FOLDER_INPUT.findall(step)[:1] or ["."], "".join(_FILE_INPUT.findall(step)[:1])
    for place in (folder[0], ".") if file else folder[:1]:
        yield _built(root, place, file, name, "azure/acr-build")


def _in_text(text: str, shown: str, places: Sequence[str], name: str) -> Iterator[Submitted]:
    """Yield what the commands of a text hand in that may be run in some folders."""
    for file in _SANDBOX.findall(_JOINED.sub(" ", text)) if "openshell " in text else ():
        yield from (_built(place, ".", file, shown, "openshell sandbox create --from") for place in places)
    for match in _OF_HPC.finditer(text):
        if not _is_comment(text, match.start(), name):
            for place in _moved(_before(text, match.start(), name), places):
                yield from _by_hpc(match, place, shown)
    for match in _COMMANDS.finditer(text):
        if _is_comment(text, match.start(), name):
            continue
        command = " ".join((match[1] or match[2]).split())
        words = _JOINED.sub(" ", match[3])
        for source, file, title in _handed_in(command, words):
            for place in _moved(_before(text, match.start(), name), places):
                yield _built(place, source, file, shown, title)
                if file:
                    # It may be a path from the folder of the command, too.
                    yield _built(place, ".", file, shown, title)


def _by_hpc(match: re.Match[str], place: str, shown: str) -> Iterator[Submitted]:
    """Yield the Dockerfile that a command of spython or Charliecloud takes in a folder."""
    command, words = " ".join(match[1].split()), _JOINED.sub(" ", match[2])
    if command == "spython recipe":
        # What it writes is the next word, or stands after `>`.
        given = [one.strip("\"'") for one in _OPTIONS.sub(" ", words.partition(">")[0]).split()]
        yield from (_built(place, ".", one, shown, command) for one in given[:1])
        return
    files, folders = _FILE.findall(words)[:1], _OPTIONS.sub(" ", words).split()[:1]
    yield from (_built(place, "." if files else one, "".join(files), shown, "ch-image build") for one in folders)


def _by_balena(text: str, shown: str, places: Sequence[str], name: str, root: str) -> Iterator[Submitted]:
    """Yield what the commands of a text have balena build that may be run in some folders."""
    commands = list(balena.handed_in(text, name)) if "balena " in text else []
    compose = balena.compose_files(text, places) if commands else ()
    for start, command, source, file in commands:
        if _is_comment(text, start, name):
            continue
        for place in _moved(_before(text, start, name), places):
            for path in balena.built_of(os.path.normpath(os.path.join(place, source)), file, root, compose):
                yield Submitted(path=path, name=shown, command=command)


def _is_comment(text: str, start: int, name: str) -> bool:
    line = text[text.rfind("\n", 0, start) + 1 : start].lstrip()
    return line.startswith("#") and not name.endswith((".md", ".py"))


def _before(text: str, start: int, name: str) -> str:
    """Return what stands before a command in its shell."""
    begin = text.rfind("\n", 0, start) if name in _LINES else text.rfind("```", 0, start)
    return text[max(begin, 0) : start]


def _handed_in(command: str, words: str) -> Iterator[tuple[str, str, str]]:
    """Yield the folder that a command hands in, the Dockerfile from there, and the command's name."""
    if command.endswith("deploy") or command == "containerapp up":
        title = f"gcloud {command} --source" if command.endswith("deploy") else "az containerapp up --source"
        yield from ((one, "", title) for one in _SOURCE.findall(words))
        return
    of_azure = command == "acr build"
    if not of_azure and not _TAG.search(words):
        # A file of Cloud Build says what it builds.
        return
    given = _OPTIONS.sub(" ", words).split() or ([] if of_azure else ["."])
    files = _FILE.findall(words)[:1] if of_azure else []
    if given and all(map(_PLAIN.fullmatch, (given[0], *files))):
        source, file = (one.strip("\"'") for one in (given[0], "".join(files)))
        yield source, file, "az acr build" if of_azure else "gcloud builds submit --tag"


def _moved(before: str, places: Sequence[str]) -> Iterator[str]:
    """Yield the folders that a command may be run in after what stands before it; an unknown move is left out."""
    moves = [_PLAIN.fullmatch(one) for one in _MOVE.findall(before)]
    steps = [one[1] for one in moves if one]
    yield from (os.path.join(one, *steps) for one in places)


def _built(place: str, source: str, file: str, name: str, command: str) -> Submitted:
    path = os.path.normpath(os.path.join(place, source, file or "Dockerfile"))
    return Submitted(path=path, name=name, command=command)
