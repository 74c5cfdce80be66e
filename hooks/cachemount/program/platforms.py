"""The platforms that a repository builds images for on one builder and so with one cache."""

from __future__ import annotations

import os
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.reading import names_in, real_path, repository_of, text_inside_repository, upwards
from cachemount.files.workflows import workflows
from cachemount.late_pattern import late
from cachemount.program.forced_platforms import forced_platforms
from cachemount.program.platform_names import named_platforms, platforms_in, platforms_of_jobs
from cachemount.program.repository_images import DOCKERFILE
from cachemount.program.workflow_builds import BuildStep, build_steps
from cachemount.script_names import MAKEFILES

_MOST_BYTES = 200_000
_MOST_FILES = 50
_ENDS = (".sh", ".bash", ".hcl", ".yml", ".yaml", ".mk", ".ps1")
_NAMES = frozenset({
    *MAKEFILES, "docker-bake.json", "docker-bake.override.json", "package.json", "Jenkinsfile", "justfile", "Justfile",
})  # fmt: skip
# Programs that build all of a project: Cake, FAKE, Nuke, sbt, Gradle, Maven, Mage, Rake, Nox, invoke, doit.
_BUILD_PROGRAM = late(
    r"(?i)(?:[\w.-]+\.(?:cake|fsx|sbt|gradle|gradle\.kts|rake|csx)|build\w*\.(?:cs|fs|go|js|mjs|ts)|rakefile|pom\.xml|mage\w*\.go"
    r"|(?:noxfile|tasks|dodo|fabfile|conanfile)\.py|gulpfile\.\w+|SConstruct|pyproject\.toml|Earthfile|Tiltfile)\Z"
)
_OF_IMAGES = late(r"(?i)docker|podman|buildah|buildx|buildkit")
# A folder may have many programs of its own.
_SCRIPT = late(r"(?i)(?:build|docker|image|publish|release)[\w-]*\.py\Z")
# Folders at the root of a repository with scripts and pipelines that build its images.
FOLDERS = (
    ".buildkite", ".ci", ".circleci", ".woodpecker", "bin", "build", "ci", "hack", "magefiles", "script", "scripts",
    "tools",
)  # fmt: skip
_FROM = late(r"(?im)^[ \t]*FROM[ \t]+(?:--platform=[\"']?([\w/$.{}-]+)[\"']?[ \t]+)?([^\s-]\S*)")
_OTHER_BUILDS = late(
    r"\b(?:docker|podman|buildah)[ \t]+(?:buildx?|image[ \t]+build|bud|compose)\b|\bbake\b|\bmake[ \t]"
    r"|(?<!docker/)\bbuild-push-action@|\bbuildah-build@"
    r"|\buses:[ \t]*[\"']?(?:\./\S*(?:build|container|docker|image|publish|push|release)|\S*\.github/workflows/)"
)
_STAGE = late(r"(?im)^[ \t]*FROM[ \t][^\n]*[ \t]AS[ \t]+(\S+)")
_INPUT = late(r"(?m)^([ \t]*)platforms:[ \t]*(?:[|>][+-]?[ \t]*\n((?:\1[ \t]+\S.*\n?|[ \t]*\n)*)|(\S.*))")


def platforms_of(path: str, text: str) -> tuple[str, ...]:
    """Return the platforms that a Dockerfile's image is built for, where they are several, in order.

    A file beside it or in a folder above, or in a folder with scripts at the root, or a workflow, names them. Or
    FROM names one that another stage or Dockerfile of the folder does not: "" stands for that of the build. Or some of
    the repository's images are always built for one.
    """
    real = real_path(path)
    folder = os.path.dirname(real)
    root = repository_of(folder)
    found = frozenset().union(
        *(_named_in(one, root) for one in _folders(folder, root)), _built_by_workflows(real, root)
    )
    if "--platform=" in text:
        own = _platforms(text) | _platforms_beside(folder, root)
        found |= own if len(own) > 1 else frozenset()
    if "apk" in text:
        found |= forced_platforms(folder, root)
    return tuple(sorted(found))


def _folders(folder: str, root: str) -> list[str]:
    names = names_in(root)
    return [*dict.fromkeys((*upwards(folder, root), *(os.path.join(root, one) for one in FOLDERS if one in names)))]


def _platforms(text: str) -> frozenset[str]:
    """Return the platforms of the images that stages of a Dockerfile begin with; "" is that of the build."""
    stages = {name.lower() for name in _STAGE.findall(text)}
    found = _FROM.findall(text)
    return frozenset(one for one, image in found if image.lower() not in stages and not one.startswith("$"))


@kept
def _platforms_beside(folder: str, root: str) -> frozenset[str]:
    """Return the platforms of the images that the Dockerfiles of a folder with apk begin with."""
    names = islice((one for one in sorted(names_in(folder)) if DOCKERFILE.fullmatch(one)), _MOST_FILES)
    texts = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in names)
    return frozenset(one for text in texts if "apk " in text for one in _platforms(text))


@kept
def _named_in(folder: str, root: str) -> frozenset[str]:
    """Return the platforms that the files in a folder name, where one of them names several."""
    names = sorted(names_in(folder))
    scripts = (one for one in names if one.endswith(_ENDS) or one in _NAMES or _SCRIPT.search(one))
    texts = [
        text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in islice(scripts, _MOST_FILES)
    ]
    # Others compile for the platforms that they name.
    programs = islice((one for one in names if _BUILD_PROGRAM.fullmatch(one)), _MOST_FILES)
    others = (text_inside_repository(os.path.join(folder, one), root, _MOST_BYTES) for one in programs)
    texts += (text for text in others if _OF_IMAGES.search(text))
    return frozenset(one for text in texts for one in named_platforms(text))


def _built_by_workflows(path: str, root: str) -> frozenset[str]:
    """Return the platforms of workflows that may build a Dockerfile for several; both paths are absolute."""
    own = os.path.relpath(path, root).replace(os.sep, "/")
    found: frozenset[str] = frozenset()
    for workflow, platforms in _workflows_with_platforms(root):
        steps = [one for one in build_steps(root) if one.workflow == workflow]
        if not steps or _OTHER_BUILDS.search(workflow):
            found |= platforms
            continue
        built = frozenset(one for step in steps if step.builds(own) for one in _of_step(step, platforms))
        found |= built if len(built) > 1 else frozenset()
    return found


@kept
def _workflows_with_platforms(root: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the texts of the workflows that name several platforms, with those."""
    texts = (text_inside_repository(os.path.join(root, *one.split("/")), root, _MOST_BYTES) for one in workflows(root))
    return tuple((text, found) for text in texts if (found := platforms_of_jobs(text)))


def _of_step(step: BuildStep, platforms: frozenset[str]) -> frozenset[str]:
    """Return the platforms that a step builds for: those of the workflow where only an expression tells."""
    found = _INPUT.search(step.text)
    if found is None:
        return frozenset()
    value = found[2] or found[3] or ""
    return platforms if "$" in value else platforms_in(value)
