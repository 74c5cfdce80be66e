"""Which files are checked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cachemount.program import discovery
from cachemount.program.discovery import Found, discover, walk


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "Dockerfile",
        "app/Dockerfile.dev",
        "app/main.py",
        ".devcontainer/Dockerfile",
        "node_modules/x/Dockerfile",
        "build/Dockerfile",
        "Dockerfile.dockerignore",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("FROM x\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("build/\nnode_modules/\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def paths(*given: str) -> list[str]:
    return [found.path for found in discover(given) if not found.error and not found.skipped]


def test_a_folder_without_git(tree: Path) -> None:
    assert paths(".") == [".devcontainer/Dockerfile", "Dockerfile", "app/Dockerfile.dev", "build/Dockerfile"]
    assert paths(str(tree / "app")) == [str(tree / "app/Dockerfile.dev")]


def test_ignored_files_are_left_out_in_a_repository(tree: Path) -> None:
    git(tree, "init", "-q")
    assert paths(".") == [".devcontainer/Dockerfile", "Dockerfile", "app/Dockerfile.dev"]
    git(tree, "add", "Dockerfile")
    (tree / "Dockerfile").unlink()
    assert paths(".") == [".devcontainer/Dockerfile", "app/Dockerfile.dev"], "a file that was deleted is no error"


def test_an_ignored_folder_or_file_that_is_named_is_checked(tree: Path) -> None:
    git(tree, "init", "-q")
    assert paths("build") == ["build/Dockerfile"]
    assert paths("build/Dockerfile") == ["build/Dockerfile"]


@pytest.mark.parametrize(
    ("sign", "copy"),
    [
        ("vendor/modules.txt", "vendor/github.com/x/y/Dockerfile"),
        ("app/vendor/autoload.php", "app/vendor/x/y/Dockerfile"),
        ("vendor/composer/installed.json", "vendor/x/y/Dockerfile"),
        ("vendor/bundle/ruby/3.4.0/x.gem", "vendor/bundle/ruby/3.4.0/gems/x/Dockerfile"),
        ("third_party/x/.cargo-checksum.json", "third_party/x/ci/Dockerfile"),
        ("ios/Pods/Manifest.lock", "ios/Pods/X/Dockerfile"),
        ("lib/site-packages/x/__init__.py", "lib/site-packages/x/Dockerfile"),
        ("node_modules/y/package.json", "node_modules/y/Dockerfile"),
    ],
)
def test_copies_of_others_work_are_left_out(tree: Path, sign: str, copy: str) -> None:
    before = paths(".")
    for name in (sign, copy):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("FROM x\n", encoding="utf-8")
    assert paths(".") == before
    git(tree, "init", "-q")
    git(tree, "add", "-f", ".")
    assert copy not in paths(".")
    assert paths(copy) == [copy], "a path that is named is checked"
    assert paths(str(Path(copy).parent)) == [copy]


@pytest.mark.parametrize(
    "name", ["vendor/Dockerfile", "vendor/x/Dockerfile", "bundle/ruby/Dockerfile", "Pods/Dockerfile"]
)
def test_folders_that_are_only_called_so_are_walked(tree: Path, name: str) -> None:
    (tree / name).parent.mkdir(parents=True)
    (tree / name).write_text("FROM x\n", encoding="utf-8")
    assert name in paths(".")


def test_without_the_program_git(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tree, "init", "-q")
    monkeypatch.setenv("PATH", "/nonexistent")
    assert "build/Dockerfile" in paths(".")


@pytest.mark.usefixtures("tree")
def test_a_named_file_is_checked_whatever_its_name() -> None:
    assert paths("app/main.py") == ["app/main.py"]


@pytest.mark.usefixtures("tree")
def test_ignore_files_are_skipped() -> None:
    assert list(discover(["Dockerfile.dockerignore"])) == [
        Found(path="Dockerfile.dockerignore", skipped="it is an ignore file")
    ]


def test_each_file_once(tree: Path) -> None:
    (tree / "app" / "Containerfile").symlink_to("../Dockerfile")
    (tree / "again").symlink_to("app")
    found = list(
        discover(["Dockerfile", "./Dockerfile", "app/Containerfile", "app/Dockerfile.dev", "again/Dockerfile.dev"])
    )
    assert [one.path for one in found if not one.skipped] == ["Dockerfile", "app/Dockerfile.dev"]
    assert {one.skipped for one in found} == {"", "it is the same file as one before"}


@pytest.mark.parametrize(
    "again",
    ["app/deep/../Dockerfile.dev", "link/Dockerfile.dev", "link/deep/../Dockerfile.dev", "app/deep/back/Dockerfile.dev",
     "up/app/Dockerfile.dev", "app//Dockerfile.dev", "./link/./Dockerfile.dev", "to-deep/../Dockerfile.dev",
     "to-deep/back/deep/back/Dockerfile.dev", "app/deep/up/link/Dockerfile.dev"],
)  # fmt: skip
@pytest.mark.parametrize("absolute", [False, True])
def test_each_file_once_whatever_leads_to_it(tree: Path, again: str, absolute: bool) -> None:
    (tree / "app" / "deep").mkdir()
    (tree / "link").symlink_to("app")
    (tree / "to-deep").symlink_to(tree / "app" / "deep")
    (tree / "app" / "deep" / "back").symlink_to("..")
    (tree / "app" / "deep" / "up").symlink_to("../..")
    (tree / "up").symlink_to(".")
    (tree / "app" / "deep" / "Dockerfile.dev").write_text("FROM x\n", encoding="utf-8")
    paths = ["app/Dockerfile.dev", "app/deep/Dockerfile.dev", again]
    if absolute:
        paths = [f"{tree}/{path}" for path in paths]
    assert [one.path for one in discover(paths) if not one.skipped] == paths[:2]


def test_paths_that_cannot_be_read(tree: Path) -> None:
    (tree / "loop").symlink_to("loop")
    (tree / "dangling").symlink_to("nowhere")
    found = list(discover(["none", "loop", "dangling", "a\0b", "Dockerfile"]))
    assert [one.path for one in found if not one.error] == ["Dockerfile"]
    assert "No such file" in found[0].error
    assert "symbolic links" in found[1].error
    assert "No such file" in found[2].error
    assert "null" in found[3].error


def test_a_link_to_a_folder_above_is_not_followed_for_ever(tree: Path) -> None:
    (tree / "app" / "up").symlink_to("..")
    assert len(walk(".")) == 4


def test_a_pipe_is_no_dockerfile(tree: Path) -> None:
    os.mkfifo(tree / "app" / "Dockerfile.pipe")
    assert walk("app") == ["app/Dockerfile.dev"]


def test_names_that_are_not_utf8(tree: Path) -> None:
    name = os.fsdecode(b"Dockerfile.\xff")
    (tree / name).write_text("FROM x\n", encoding="utf-8")
    git(tree, "init", "-q")
    assert name in walk(".")


def test_git_runs_no_program_of_the_repository(tree: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "config", "core.fsmonitor", "touch ran; false")
    assert discovery.known_to_git(".", "Dockerfile") == ["Dockerfile"]
    assert not (tree / "ran").exists()


@pytest.mark.parametrize("variables", ["GIT_WORK_TREE", "GIT_DIR", "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE"])
def test_the_repository_is_that_of_the_folder(
    variables: str, tree: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a hook of another repository, git's variables name that one."""
    git(tree, "init", "-q")
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    places = {"GIT_DIR": other / ".git", "GIT_WORK_TREE": other, "GIT_INDEX_FILE": other / ".git/index"}
    for name in variables.split():
        monkeypatch.setenv(name, str(places[name]))
    assert paths(".") == [".devcontainer/Dockerfile", "Dockerfile", "app/Dockerfile.dev"]


def test_a_configuration_that_says_that_the_files_are_elsewhere(tree: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "add", "Dockerfile")
    git(tree, "config", "core.worktree", "/etc")
    assert paths(".") == [".devcontainer/Dockerfile", "Dockerfile", "app/Dockerfile.dev"]
    assert paths("app") == ["app/Dockerfile.dev"]


def test_a_worktree_and_a_submodule(tree: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "-c", "user.name=a", "-c", "user.email=a", "commit", "-q", "--allow-empty", "-m", "a")
    git(tree, "worktree", "add", "-q", "build/other")
    (tree / "build/other/app").mkdir()
    (tree / "build/other/app/Dockerfile").write_text("FROM x\n", encoding="utf-8")
    assert paths("build/other") == ["build/other/app/Dockerfile"]


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be deleted there")
def test_a_current_folder_that_was_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert list(discover(["."])) == [Found(path=".", error="cannot be read: No such file or directory")]


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_that_leaves_the_repository_is_not_followed_in_a_walk(tree: Path) -> None:
    """The first line of its target would be shown."""
    git(tree, "init", "-q")
    secret = tree.parent / f"{tree.name}-secret"
    secret.write_text("password\n", encoding="utf-8")
    (tree / "Dockerfile.leak").symlink_to(secret)
    (tree / "Dockerfile.inside").symlink_to("app/Dockerfile.dev")
    found = {one.path: one.skipped for one in discover(["."])}
    assert found["Dockerfile.leak"] == "it is a link that leaves the repository"
    assert found["Dockerfile.inside"] == ""


@pytest.mark.parametrize(
    ("path", "named", "found"),
    [
        (".devcontainer/devcontainer.json", "${localWorkspaceFolder}/images/dev.docker", "images/dev.docker"),
        (".devcontainer/web/devcontainer.json", "${localWorkspaceFolder}/images/dev.docker", "images/dev.docker"),
        (".devcontainer.json", "${localWorkspaceFolder}/images/dev.docker", "images/dev.docker"),
        (".devcontainer/devcontainer.json", r"..\\images\\dev.docker", "images/dev.docker"),
        ("sub/.devcontainer/devcontainer.json", "${localWorkspaceFolder}/dev.docker", "sub/dev.docker"),
    ],
)
def test_a_devcontainer_names_a_dockerfile_from_its_workspace(
    tmp_path: Path, path: str, named: str, found: str
) -> None:
    for name, text in ((path, f'{{"build": {{"dockerfile": "{named}"}}}}'), (found, "FROM debian:13\n")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert walk(str(tmp_path)) == [str(tmp_path / found)]
