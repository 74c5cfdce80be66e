"""Dockerfiles that code of the repository builds by a library of another language than Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.policy.model import Config
from cachemount.program.refusals import refusal
from repositories import repository

NODE = '{"devDependencies": {"testcontainers": "11"}}'
JAVA = "dependencies { testImplementation 'org.testcontainers:testcontainers:2.0.2' }\n"
GO = "module x\n\nrequire github.com/testcontainers/testcontainers-go v0.40.0\n"
RUST = '[dependencies]\nbollard = "0.19"\n'
NET = '<Project><ItemGroup><PackageReference Include="Testcontainers" /></ItemGroup></Project>\n'
RUBY = "gem 'docker-api'\n"

FROM = 'import { GenericContainer } from "testcontainers";\n'
BUILT = "GenericContainer.fromDockerfile(context).build();\n"
NEW = "image = new ImageFromDockerfile()"
NEW_NET = "var image = new ImageFromDockerfileBuilder()"
OPTIONS = 'let options = BuildImageOptions { dockerfile: "Dockerfile".to_string(), ..Default::default() };\n'
BOLLARD = OPTIONS + "docker.build_image(options, None, Some(context.into()));\n"


def refused(root: Path, manifest: tuple[str, str], program: str, code: str, *others: str) -> set[str]:
    """Return which Dockerfiles, of four and others, such a program may build with the classic builder."""
    files = ("Dockerfile", "images/db/Dockerfile", "images/web/Dockerfile", "tests/own/Dockerfile", *others)
    repository(root, {**dict.fromkeys(files, ""), manifest[0]: manifest[1], program: code})
    told = {one: refusal(str(root / one), Config()) for one in files}
    assert all(program in one and "a build by the engine's interface" in one for one in told.values() if one)
    return {one for one, why in told.items() if why}


@pytest.mark.parametrize(
    "code",
    [
        FROM + 'await GenericContainer.fromDockerfile("images/db").build();\n',
        FROM + 'await GenericContainer.fromDockerfile("images/db", "Dockerfile").build();\n',
        FROM + 'await GenericContainer\n  .fromDockerfile(path.join(__dirname, "..", "images", "db"))\n  .build();\n',
        FROM + f'const context = path.resolve(root, "images/db");\n{" " * 900}\n{BUILT}',
        FROM + f'const root = path.join(__dirname, "..");\nconst context = join(root, "images", "db");\n{BUILT}',
        FROM + f'const context = find();\nfunction find() {{\n  return join(root, "images", "db");\n}}\n{BUILT}',
        FROM + "GenericContainer.fromDockerfile(`${root}/images/db`).withBuildArgs({ A: 'web' }).build();\n",
        FROM + "GenericContainer.fromDockerfile(new URL('../images/db', import.meta.url).pathname).build();\n",
        FROM + 'GenericContainer.fromDockerfile(".", "images/db/Dockerfile").build();\n',
        'import Docker from "dockerode"; docker.buildImage({ context: "images/db", src: ["Dockerfile"] });\n',
    ],
)
def test_a_folder_that_a_program_of_node_names(tmp_path: Path, code: str) -> None:
    assert refused(tmp_path, ("package.json", NODE), "tests/db.test.ts", code) == {"images/db/Dockerfile"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("GenericContainer.fromDockerfile(process.cwd()).build();\n", {"Dockerfile"}),
        ('GenericContainer.fromDockerfile(".").build();\n', {"Dockerfile"}),
        (f'const context = resolve(__dirname, "..");\n{BUILT}', {"Dockerfile"}),
        ('GenericContainer.fromDockerfile(PROJECT, "Dockerfile").build();\n', {"Dockerfile", "tests/own/Dockerfile"}),
        ('GenericContainer.fromDockerfile(PROJECT, "Dockerfile.ci").build();\n', {"Dockerfile.ci"}),
        (f"const context = mkdtempSync(join(tmpdir(), 'x'));\n{BUILT}", set()),
        (f"const context = mkdtempSync(tmpdir());\ncp('images/db', context);\n{BUILT}", {"images/db/Dockerfile"}),
        ("const images = `images/${name}`;\nGenericContainer.fromDockerfile(images).build();\n",
         {"images/db/Dockerfile", "images/web/Dockerfile"}),
        ("// GenericContainer.fromDockerfile('images/db').build();\n", set()),
        ("GenericContainer.fromDockerfile('images/db').withBuildkit().build();\n", set()),
        ("new GenericContainer('images/db').start();\n", set()),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_named(tmp_path: Path, code: str, found: set[str]) -> None:
    # What is below the program is meant only where nothing tells more.
    told = refused(tmp_path, ("package.json", NODE), "tests/db.test.ts", FROM + code, "Dockerfile.ci")
    assert told - {"tests/own/Dockerfile"} == found - {"tests/own/Dockerfile"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (f'{NEW}.withDockerfile(Paths.get("images/db/Dockerfile"));\n', {"images/db/Dockerfile"}),
        (f'{NEW}.withDockerfile(Path.of("images", "db", "Dockerfile"));\n', {"images/db/Dockerfile"}),
        (f'{NEW}\n    .withFileFromPath(".", Paths.get("images/db"));\n', {"images/db/Dockerfile"}),
        (f'static String FILE = "images/db/Dockerfile";\n{NEW}.withDockerfile(find(FILE));\n',
         {"images/db/Dockerfile"}),
        (f'{NEW}.withFileFromFile("Dockerfile", new File("images/" + os + "/Dockerfile"));\n',
         {"images/db/Dockerfile", "images/web/Dockerfile"}),
        (f'{NEW}.withDockerfile(Paths.get("Dockerfile"));\n', {"Dockerfile"}),
        (f'{NEW}.withFileFromClasspath("Dockerfile", "kafka/Dockerfile");\n',
         {"src/test/resources/kafka/Dockerfile"}),
        (f'{NEW}.withDockerfileFromBuilder(b -> b.from("images/db"));\n', set()),
        ('client.buildImageCmd(new File("images/db/Dockerfile")).exec();\n', {"images/db/Dockerfile"}),
    ],
)  # fmt: skip
def test_a_program_of_java(tmp_path: Path, code: str, found: set[str]) -> None:
    program, resource = "src/test/java/org/example/db/DbTest.java", "src/test/resources/kafka/Dockerfile"
    assert refused(tmp_path, ("build.gradle", JAVA), program, code, resource) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ('Context: "../images/db"', {"images/db/Dockerfile"}),
        ('Context: filepath.Join("..", "images", "db")', {"images/db/Dockerfile"}),
        ('Context: "..", Dockerfile: "images/db/Dockerfile"', {"images/db/Dockerfile"}),
        ('Context: root, Dockerfile: "images/db/Dockerfile"', {"images/db/Dockerfile"}),
        ('Context: "..", Dockerfile: "Dockerfile"', {"Dockerfile"}),
        ('Context: "own"', {"tests/own/Dockerfile"}),
        ("Context: folder()", {"Dockerfile", "tests/own/Dockerfile"}),
        ("ContextArchive: archive", set()),
        ('Context: "..", BuildOptionsModifier: func(o *O) { o.Version = build.BuilderBuildKit }', set()),
    ],
)
def test_a_program_of_go(tmp_path: Path, given: str, found: set[str]) -> None:
    code = f"package tests\n\nvar request = tc.Request{{FromDockerfile: tc.FromDockerfile{{{given}}}}}\n"
    assert refused(tmp_path, ("go.mod", GO), "tests/db_test.go", code) == found


def test_a_program_of_a_large_project(tmp_path: Path) -> None:
    repository(tmp_path, {f"internal/{number}/x.go": "package x\n" for number in range(1_100)})
    code = 'var request = tc.FromDockerfile{Context: "../images/db"}\n'
    assert refused(tmp_path, ("go.mod", GO), "tests/db_test.go", code) == {"images/db/Dockerfile"}


def test_dockertest(tmp_path: Path) -> None:
    manifest = "module x\n\nrequire github.com/ory/dockertest/v3 v3.12.0\n"
    code = 'pool.BuildAndRun("db", "../images/db/Dockerfile", nil) // docker\n'
    assert refused(tmp_path, ("go.mod", manifest), "tests/db_test.go", code) == {"images/db/Dockerfile"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (f'let context = tar("images/db");\n{BOLLARD}', {"images/db/Dockerfile"}),
        (f'let context = tar(root.join("images").join("db"));\n{BOLLARD}', {"images/db/Dockerfile"}),
        (BOLLARD, set()),
        (f'let context = tar("images/db");\n{BOLLARD}'.replace("..D", "version: BuilderBuildKit, ..D"), set()),
    ],
)
def test_a_program_of_rust(tmp_path: Path, code: str, found: set[str]) -> None:
    assert refused(tmp_path, ("Cargo.toml", RUST), "src/build.rs", code) == found


def test_testcontainers_of_rust_build_with_buildkit(tmp_path: Path) -> None:
    code = 'GenericBuildableImage::new("db", "x").with_dockerfile("images/db/Dockerfile").build_image();\n'
    assert not refused(tmp_path, ("Cargo.toml", '[dependencies]\ntestcontainers = "0.28"\n'), "tests/db.rs", code)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (f'{NEW_NET}.WithDockerfileDirectory(CommonDirectoryPath.GetGitDirectory(), "images/db").Build();\n',
         {"images/db/Dockerfile"}),
        (f'{NEW_NET}\n  .WithDockerfileDirectory(root, "")\n  .WithDockerfile("images/db/Dockerfile")\n  .Build();\n',
         {"images/db/Dockerfile"}),
        (f'var at = Path.Combine(Base, "../../../images/db");\n{NEW_NET}.WithDockerfileDirectory(at).Build();\n',
         {"images/db/Dockerfile"}),
        (f"{NEW_NET}.WithDockerfileDirectory(CommonDirectoryPath.GetSolutionDirectory(), string.Empty).Build();\n",
         {"Dockerfile"}),
        ('var image = new BuildKitImageFromDockerfileBuilder().WithDockerfileDirectory("images/db");\n', set()),
    ],
)  # fmt: skip
def test_a_program_of_net(tmp_path: Path, code: str, found: set[str]) -> None:
    manifest = "test/Example.App.Tests/Example.App.Tests.csproj"
    assert refused(tmp_path, (manifest, NET), "test/Example.App.Tests/Data/Db.cs", code) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("Docker::Image.build_from_dir('images/db')\n", {"images/db/Dockerfile"}),
        ("Docker::Image.build_from_dir File.join(__dir__, '..', 'images', 'db')\n", {"images/db/Dockerfile"}),
        ("folder = Rails.root.join(\"images/#{name}\")\nDocker::Image.build_from_dir(folder)\n",
         {"images/db/Dockerfile", "images/web/Dockerfile"}),
        ("Docker::Image.build_from_dir('.')\n", {"Dockerfile"}),
        ("Docker::Image.build_from_dir('images/db', 'version' => '2')\n", set()),
        ("Docker::Image.build_from_dir(Dir.mktmpdir)\n", set()),
    ],
)  # fmt: skip
def test_a_program_of_ruby(tmp_path: Path, code: str, found: set[str]) -> None:
    assert refused(tmp_path, ("Gemfile", RUBY), "spec/db_spec.rb", code) == found


@pytest.mark.parametrize("manifest", ["package.json", "services/api/package.json"])
def test_the_project_must_require_the_library(tmp_path: Path, manifest: str) -> None:
    code = FROM + 'GenericContainer.fromDockerfile("images/db").build();\n'
    place = manifest.removesuffix("package.json")
    for text, found in (("{}", set()), (NODE, {"images/db/Dockerfile"})):
        case = tmp_path / str(len(text))
        case.mkdir()
        assert refused(case, (manifest, text), f"{place}src/db.ts", code) == found
