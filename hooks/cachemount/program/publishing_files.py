"""Files of tools, and workflows of others, by which a repository pushes images: where they are, and what shows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from cachemount.files.kept import kept
from cachemount.files.nearest import nearest_files
from cachemount.files.reading import names_in
from cachemount.late_pattern import late

FILES = (
    ".gitlab-ci.yml", ".drone.yml", ".woodpecker.yml", ".travis.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml",
    "Jenkinsfile", ".circleci/config.yml", "cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json", ".goreleaser.yml",
    ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml", "package.json", "Earthfile", "Taskfile.yml",
    "Taskfile.yaml", "justfile", "Justfile", "Rakefile", "mage.go", "magefile.go", "tasks.py", "noxfile.py",
    ".releaserc", ".releaserc.json", ".releaserc.yml", ".releaserc.yaml", "release.config.js", "release.config.cjs",
    ".github/publish.yaml", "ci/config.yaml", ".onedev-buildspec.yml",
)  # fmt: skip
_MOST_FOLDERS, _MOST_FILES = 200, 60
_SKIPPED = frozenset({"build", "dist", "docs", "node_modules", "target", "third_party", "vendor"})
# What begins a project of a tool, and the ends of the names that its files have, by any folder.
_OF_TOOLS = (
    (("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"),
     (".gradle", ".gradle.kts", ".gincl", ".groovy")),
    (("pom.xml",), ("pom.xml",)),
)  # fmt: skip

# Those of https://github.com/camptocamp/tag-publish, and of what was before it.
_TAG_PUBLISH = late(r"(?m)^docker:|^publish:(?s:.*)^[ \t]+docker:")
# A workflow of another repository that is for images: docker/github-builder's have no such name.
_REUSED = late(
    r"(?im)^(?![ \t]*#)[^\n]*?\buses:[ \t]*[\"']?(?=[\w-]+/[\w.-]+/\.github/workflows/"
    r"(?![\w.-]*(?:check|clean|delete|lint|prune|retention|scan))[\w.-]*(?:docker|container|image|oci\b|ghcr)"
    r"|docker/github-builder)[\w./-]+\.ya?ml@"
)
_NEXT_JOB = late(r"\n {0,3}[\w\"'-]+:")


@kept
def files_of_tools(root: str) -> tuple[str, ...]:
    """Return the paths in a repository of files that tell Gradle or Maven what to build, wherever they are."""
    there = names_in(root)
    ends = tuple(end for begins, ends in _OF_TOOLS if any(one in there for one in begins) for end in ends)
    found = islice(nearest_files(root, ends, _SKIPPED, _MOST_FOLDERS), _MOST_FILES) if ends else ()
    return tuple(os.path.relpath(one, root).replace(os.sep, "/") for one in found)


def tag_publish(name: str, text: str) -> int | None:
    """Return where a file of tag-publish says that it pushes images; None where it does not."""
    found = _TAG_PUBLISH.search(text) if name in (".github/publish.yaml", "ci/config.yaml") else None
    return found.start() if found else None


def reused(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a workflow runs one of another repository that is for images, and the text of that job."""
    for match in _REUSED.finditer(text):
        end = _NEXT_JOB.search(text, match.end())
        yield match.start(), text[match.start() : end.start() if end else len(text)]
