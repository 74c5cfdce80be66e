"""Whether a repository builds images for several platforms at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.runner import Task, process
from cachemount.program.surroundings import with_surroundings
from cachemount.results import FileResult
from cachemount.source import Source
from repositories import repository

TEXT = "FROM alpine:3.18\nRUN apk add --no-cache git\n"
ACTION = """      - uses: docker/build-push-action@v7
        with:
          file: {}
          platforms: linux/amd64,linux/arm64
"""


def told(root: Path, name: str, content: str, text: str = TEXT) -> bool:
    repository(root, {"app/Dockerfile": text, name: content})
    return bool(platforms(root, text))


def platforms(root: Path, text: str = TEXT) -> tuple[str, ...]:
    return with_surroundings(Source(path=str(root / "app" / "Dockerfile"), text=text)).platforms


def test_a_list_of_platforms_that_is_empty(tmp_path: Path) -> None:
    step = ACTION.format("app/Dockerfile").replace("linux/amd64,linux/arm64", "|")
    assert not told(tmp_path, ".github/workflows/a.yml", f"env:\n  A: linux/amd64,linux/arm64\n{step}")


@pytest.mark.parametrize(
    ("name", "content", "several"),
    [
        (".github/workflows/build.yml", "env:\n  PLATFORMS: linux/arm64,linux/amd64\n", True),
        (".github/workflows/build.yml", "with:\n  platforms: linux/amd64, linux/arm/v7\n", True),
        ("docker-bake.hcl", 'platforms = ["linux/amd64", "linux/arm64"]\n', True),
        ("compose.yaml", "platforms:\n  - linux/amd64\n  - linux/arm64\n", True),
        ("app/build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", True),
        ("Makefile", "all:\n\tdocker buildx build --platform=linux/amd64,linux/arm64 .\n", True),
        ("Makefile", "all:\n\tdocker build --platform linux/amd64 .\n", False),
        ("compose.yaml", "platform: linux/amd64\nplatform: linux/arm64\n", False),
        ("other/build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", False),
        ("build.cake", 'Argument("Platform", "linux/amd64,linux/arm64");\nStartProcess("docker");\n', True),
        ("build/Build.cs", 'DockerTasks.DockerBuildxBuild(_ => _.SetPlatform("linux/amd64,linux/arm64"))\n', True),
        ("app/Rakefile", 'sh "docker buildx build --platform linux/amd64,linux/arm64 ."\n', True),
        ("build.gradle.kts", 'docker {\n  platform("linux/amd64", "linux/arm64")\n}\n', True),
        (
            "pom.xml",
            "<!--docker-->\n<platforms><platform>linux/amd64</platform>\n<platform>linux/arm64</platform></platforms>",
            True,
        ),
        ("magefile.go", 'var targets = []string{"linux/amd64", "linux/arm64"}\n', False),
        ("README.md", "docker buildx build --platform linux/amd64,linux/arm64 .\n", False),
        (".github/workflows/build.yml", ACTION.format("app/Dockerfile"), True),
        (".github/workflows/build.yml", ACTION.format("./app/Dockerfile"), True),
        (".github/workflows/build.yml", ACTION.format("${{ matrix.file }}"), True),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: app"), True),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: other"), False),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: '{{ defaultContext }}:app'"), True),
        (".github/workflows/build.yml", ACTION.replace("file: {}", "context: '{{defaultContext}}:other'"), False),
        (".github/workflows/build.yml", ACTION.format("docker/Dockerfile"), False),
        (
            ".github/workflows/build.yml",
            ACTION.format("docker/Dockerfile") + "          title: Take the docker image of today\n",
            False,
        ),
        (
            ".github/workflows/build.yml",
            ACTION.format("docker/Dockerfile") + "      - run: docker image build app\n",
            True,
        ),
        (".github/workflows/build.yml", ACTION.format("docker/Dockerfile") + "      - run: make images\n", True),
    ],
)
def test_a_file_that_names_platforms(tmp_path: Path, name: str, content: str, several: bool) -> None:
    assert told(tmp_path, name, content) is several


WITH = ACTION.format("app/Dockerfile").replace("linux/amd64,linux/arm64", "{}")
COMPOSED = """      - run: echo platforms=$(echo ${{ matrix.platforms }} | sed 's|^|linux/$x|') >> $GITHUB_ENV
"""


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        (
            ".github/workflows/build.yml",
            "include:\n  - image: app\n    platforms: amd64,arm/v7,arm64\n"
            + COMPOSED
            + WITH.format("${{ env.platforms }}"),
            "linux/amd64 linux/arm/v7 linux/arm64",
        ),
        (
            ".github/workflows/build.yml",
            "include:\n  - platform: linux/amd64\n  - platform: linux/arm/v6\n" + WITH.format("${{ matrix.platform }}"),
            "linux/amd64 linux/arm/v6",
        ),
        (
            ".github/workflows/build.yml",
            "include:\n  - { arch: amd64, x: 1 }\n  - { arch: arm64 }\n" + WITH.format("linux/${{ matrix.arch }}"),
            "linux/amd64 linux/arm64",
        ),
        (
            ".github/workflows/build.yml",
            "include:\n  - platform: linux/amd64\n    os: ubuntu-24.04\n"
            "  - platform: linux/arm64\n    os: ubuntu-24.04-arm\n"
            "runs-on: ${{ matrix.os }}\n" + WITH.format("${{ matrix.platform }}"),
            "",
        ),
        (
            ".github/workflows/build.yml",
            WITH.format("linux/amd64") + ACTION.format("other/Dockerfile"),
            "",
        ),
        (
            ".github/workflows/build.yml",
            WITH.format("linux/amd64")
            + ACTION.format("other/Dockerfile")
            + "  other:\n    uses: ./.github/workflows/x.yml\n",
            "linux/amd64 linux/arm64",
        ),
        (
            ".github/workflows/build.yml",
            WITH.format("|\n            linux/amd64\n            linux/arm"),
            "linux/amd64 linux/arm/v7",
        ),
        (
            ".github/workflows/build.yml",
            "uses: a/buildah-build@v2\nwith:\n  archs: amd64, arm64\n",
            "linux/amd64 linux/arm64",
        ),
        ("docker-bake.hcl", 'platforms = [\n  "linux/amd64",\n  "linux/arm64/v8",\n]\n', "linux/amd64 linux/arm64"),
        ("docker-bake.json", '{"platforms": ["linux/amd64", "linux/arm/v5"]}\n', "linux/amd64 linux/arm/v5"),
        ("package.json", '{"x": "docker buildx build --platform linux/amd64,linux/386 ."}', "linux/386 linux/amd64"),
        (
            "scripts/build.sh",
            "docker build --platform linux/amd64 -t a .\ndocker build -t b \\\n  --platform=linux/arm64 .\n",
            "linux/amd64 linux/arm64",
        ),
        (
            "Makefile",
            "x:\n\tfor a in amd64 arm64; do docker build --platform linux/$$a .; done\n",
            "linux/amd64 linux/arm64",
        ),
        (
            "build.py",
            'call(["docker", "buildx", "build", "--platform", "linux/amd64,linux/arm64"])\n',
            "linux/amd64 linux/arm64",
        ),
        ("Makefile", "x:\n\tdocker build --platform linux/amd64 .\ny:\n\tdocker run --platform linux/arm64 a\n", ""),
        ("Makefile", "PLATFORMS = linux/amd64 linux/arm64\nx:\n\tgox -osarch '$(PLATFORMS)'\n", ""),
    ],
)
def test_the_platforms(tmp_path: Path, name: str, content: str, found: str) -> None:
    repository(tmp_path, {"app/Dockerfile": TEXT, name: content})
    assert " ".join(platforms(tmp_path)) == found


FORCED = TEXT.replace("FROM ", "FROM --platform=linux/amd64 ")


@pytest.mark.parametrize(
    ("text", "name", "beside", "several"),
    [
        (FORCED, "app/Dockerfile.dev", TEXT, True),
        (FORCED, "app/Dockerfile.arm", FORCED.replace("amd64", "arm64"), True),
        (FORCED + TEXT, "README.md", "", True),
        (FORCED, "app/Dockerfile.dev", FORCED, False),
        (FORCED, "app/Dockerfile.dev", TEXT.replace("apk add", "apt-get install"), False),
        (FORCED, "other/Dockerfile", TEXT, False),
        (TEXT, "app/Dockerfile.dev", FORCED, False),
        (FORCED.replace("\n", " AS base\n", 1) + "FROM base\n", "README.md", "", False),
        (FORCED.replace("linux/amd64", "$TARGETPLATFORM"), "app/Dockerfile.dev", TEXT, False),
    ],
)
def test_a_platform_that_another_stage_or_file_has_not(
    tmp_path: Path, text: str, name: str, beside: str, several: bool
) -> None:
    assert told(tmp_path, name, beside, text) is several


def test_a_file_in_a_folder_between_names_platforms(tmp_path: Path) -> None:
    repository(tmp_path, {"a/b/Dockerfile": TEXT, "a/build.cake": '"docker", "--platform", "linux/amd64,linux/arm64"'})
    assert with_surroundings(Source(path=str(tmp_path / "a" / "b" / "Dockerfile"), text=TEXT)).platforms


def test_it_is_asked_for_alpine_alone(tmp_path: Path) -> None:
    text = "FROM debian\nRUN apt-get install -y git\n"
    assert not told(tmp_path, "build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", text)


def test_what_is_not_about_platforms_is_safe_all_the_same(tmp_path: Path) -> None:
    text = "FROM alpine:3.22\nRUN apk add git\nCOPY . .\nRUN dotnet restore && dotnet publish -o /app\n"
    assert told(tmp_path, "build.sh", "docker buildx build --platform linux/amd64,linux/arm64 .\n", text)
    result = process(Task(path=str(tmp_path / "app" / "Dockerfile"), config=Config(), mode="check"))
    assert isinstance(result, FileResult)
    assert "what dotnet 1 and 2 build" not in "".join(str(one.fix) for one in result.findings)


FORCING = "PLATFORM=linux/amd64\ndocker buildx build --platform $PLATFORM -f $FILE .\n"
BOTH = ["", "linux/amd64"]
COMPOSE = "services:\n  a:\n    build: app\n    platform: linux/amd64\n  b:\n    build: other\n  c: {image: redis}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"deep/network/scripts/build.sh": FORCING, "other/build.sh": "docker build other\n"}, BOTH),
        ({"a/Makefile": "P ?= linux/amd64\nx:\n\t$(DOCKER) build --platform $(P) .\n\tdocker build x\n"}, BOTH),
        ({"a.sh": FORCING.replace("linux/amd64", "${P:-linux/amd64}"), "b.sh": "docker build x\n"}, BOTH),
        ({"a.sh": "DOCKER_DEFAULT_PLATFORM=linux/amd64\ndocker build x\n", "b.sh": "docker build x\n"}, BOTH),
        ({"a.sh": FORCING}, []),
        ({"a.sh": "docker build x\n"}, []),
        ({"a.sh": FORCING, "b.sh": "echo docker build x\n# docker build x\n"}, []),
        ({"a.sh": FORCING.replace("=linux/amd64", "=$1"), "b.sh": "docker build x\n"}, []),
        ({"a.sh": FORCING, ".github/workflows/a.yml": "- run: docker build x\n"}, []),
        ({"compose.yaml": COMPOSE}, BOTH),
        ({"app/compose.yaml": COMPOSE}, BOTH),
        ({"other/compose.yaml": COMPOSE}, []),
        ({"compose.yaml": COMPOSE.replace("    build: other", "    image: other")}, []),
        ({"compose.yaml": COMPOSE.replace("other\n", "other\n    platform: linux/amd64\n")}, []),
    ],
)  # fmt: skip
def test_a_platform_that_other_builds_have_not(tmp_path: Path, files: dict[str, str], found: list[str]) -> None:
    repository(tmp_path, {"app/Dockerfile": TEXT, **files})
    assert [*platforms(tmp_path)] == found
