"""The language server, driven by a client over standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from cachemount import __version__, engine
from cachemount.embedded import hosts
from cachemount.lsp.analysis import is_ours
from cachemount.program.main import main
from cachemount.source import Source
from editor import HOOKS, PATIENCE, Editor

BAD = "FROM python:3.13\nRUN pip install flask\n"
# The user's home is not known to exist, so the fix is not safe.
UNSAFE = "FROM node:22\nRUN useradd app\nUSER app\nRUN npm ci\nRUN pip install flask\n"
COMPOSE = (
    "services:\n  \U0001f600:\n    build:\n      dockerfile_inline: |\n        FROM python:3.13\n"
    "        RUN pip install flask\n"
)
BAKE = 'target "a" {\n  dockerfile-inline = <<EOT\nFROM python:3.13\nRUN pip install flask\nEOT\n}\n'
IGNORE = "cachemount: ignore missing-cache-mount here with a comment"
FIX_ALL = "cachemount: make all safe fixes in this file"
EVERYWHERE = types.Range(types.Position(0, 0), types.Position(999, 0))


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    one = Editor()
    yield one
    assert one.quit() == 0
    assert one.logged == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def at(line: int, character: int) -> types.Range:
    return types.Range(types.Position(line, character), types.Position(line, character))


def test_open_edit_hover_fix_save_close(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    (found,) = editor.open(path, BAD)
    assert (found.code, found.severity, found.source) == (
        "missing-cache-mount",
        types.DiagnosticSeverity.Warning,
        "cachemount",
    )
    assert found.range == types.Range(types.Position(1, 4), types.Position(1, 21))
    assert found.message.startswith("`pip install` has no cache mount")
    assert found.code_description is not None
    assert found.code_description.href.endswith("docs/rules/missing-cache-mount.md")

    hover = editor.hover(path, types.Position(1, 10))
    assert hover is not None
    assert hover.range == found.range
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind == types.MarkupKind.Markdown
    assert "A step downloads packages into a directory that no cache mount covers." in hover.contents.value
    assert "- cache, as root: /root/.cache/pip" in hover.contents.value
    assert editor.hover(path, types.Position(0, 2)) is None

    # Two units of UTF-16 for one character, in front of the command.
    found_after = editor.edit(path, BAD.replace("RUN ", "RUN echo '\U0001f600' && "))
    assert [one.range.start for one in found_after] == [types.Position(1, 4 + len("echo '  ' && "))]
    assert not path.exists()

    (moved,) = found_after
    actions = editor.actions(path, moved.range)
    assert list(actions) == ["cachemount: mount pip's cache", IGNORE, FIX_ALL]
    action = actions["cachemount: mount pip's cache"]
    assert action.is_preferred
    assert list(action.diagnostics or ()) == [moved]
    assert editor.apply(path, action) == []
    assert editor.texts[path.as_uri()] == (
        "FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n"
        "    echo '\U0001f600' && pip install flask\n"
    )
    assert editor.actions(path, EVERYWHERE) == {}
    assert editor.save(path) == []
    editor.close(path)


def test_what_is_not_fixed_says_the_way_out(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    (_, unsafe) = editor.open(path, UNSAFE)
    said = (
        "no safe fix: the mount makes /home/app/.cache for root, and whether the user has a home is not known",
        "way out: make the user's home, as in `useradd -m`, or say with ENV where the cache is",
        "the unsafe fix: it mounts the cache all the same, and BuildKit may make the folders above it for root",
    )
    assert tuple(unsafe.message.splitlines()[1:]) == said
    hover = editor.hover(path, unsafe.range.start)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert "  \n".join(said) in hover.contents.value
    # The way out leads out: the finding is fixed safely then.
    (_, safe) = editor.edit(path, UNSAFE.replace("useradd app", "useradd -m app"))
    assert "\n" not in safe.message
    editor.close(path)


@pytest.mark.slow
def test_what_is_not_safe_says_what_it_may_change(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    found = editor.open(path, UNSAFE)
    assert [one.range.start.line for one in found] == [3, 4]
    assert "\nno safe fix: " in found[1].message
    (title,) = (one for one in editor.actions(path, found[1].range) if "(not safe: " in one)
    assert "whether the user has a home is not known" in title
    assert not editor.actions(path, found[1].range)[title].is_preferred
    # All safe fixes leave it.
    (action,) = editor.actions(path, EVERYWHERE, ["source.fixAll"]).values()
    assert action.kind == "source.fixAll.cachemount"
    (left,) = editor.apply(path, action)
    assert left.message == found[1].message
    assert editor.apply(path, editor.actions(path, left.range)[title]) == []
    editor.close(path)


@pytest.mark.slow
def test_an_action_of_an_older_text_changes_nothing(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    (found,) = editor.open(path, BAD)
    action = editor.actions(path, found.range)["cachemount: mount pip's cache"]
    assert action.edit is None
    editor.edit(path, "# later\n" + BAD)
    assert editor.resolve(action).edit is None
    (found,) = editor.edit(path, BAD)
    action = editor.actions(path, found.range)["cachemount: mount pip's cache"]
    (folder / ".cachemount.toml").write_text("managers = { disable = ['pip'] }\n", encoding="utf-8")
    assert editor.save(path) == []
    assert editor.resolve(action).edit is None
    editor.close(path)
    assert editor.resolve(action).edit is None


@pytest.mark.slow
def test_kinds_that_are_asked_for(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    editor.open(path, BAD)
    assert list(editor.actions(path, at(0, 0))) == []
    assert list(editor.actions(path, at(0, 0), ["source"])) == [FIX_ALL]
    assert FIX_ALL not in editor.actions(path, EVERYWHERE, ["quickfix"])
    assert editor.actions(path, EVERYWHERE, ["refactor"]) == {}
    editor.close(path)


@pytest.mark.slow
def test_a_comment_ignores_a_finding(editor: Editor, folder: Path) -> None:
    path = folder / "Dockerfile"
    (found,) = editor.open(path, BAD.replace("RUN", "  RUN"))
    assert editor.apply(path, editor.actions(path, found.range)[IGNORE]) == []
    assert editor.texts[path.as_uri()].splitlines()[1] == ("  # cachemount: ignore[missing-cache-mount] TODO: say why")
    editor.close(path)


@pytest.mark.slow
@pytest.mark.parametrize("text", [BAD.replace("\n", "\r\n"), "\ufeff" + BAD, BAD.rstrip("\n"), UNSAFE])
def test_all_safe_fixes_are_those_of_the_program(editor: Editor, folder: Path, text: str) -> None:
    path = folder / "Dockerfile"
    editor.open(path, text)
    (action,) = editor.actions(path, EVERYWHERE, ["source.fixAll"]).values()
    editor.apply(path, action)
    assert editor.texts[path.as_uri()] == engine.fix(Source(path="Dockerfile", text=text))[0].text
    editor.close(path)


def test_a_compose_file(editor: Editor, folder: Path) -> None:
    path = folder / "compose.yaml"
    text = COMPOSE.replace("\n", "\r\n")
    (found,) = editor.open(path, text, "yaml")
    assert found.range == types.Range(types.Position(5, 12), types.Position(5, 29))
    assert editor.hover(path, found.range.start) is not None
    actions = editor.actions(path, found.range)
    assert list(actions) == ["cachemount: mount pip's cache", IGNORE, FIX_ALL]
    assert editor.apply(path, actions["cachemount: mount pip's cache"]) == []
    assert editor.texts[path.as_uri()] == hosts.fix(Source(path="compose.yaml", text=text), "compose")[0].text
    assert editor.save(path) == []
    (found,) = editor.edit(path, text)
    assert editor.apply(path, editor.actions(path, found.range)[IGNORE]) == []
    assert (
        "\r\n        # cachemount: ignore[missing-cache-mount] TODO: say why\r\n        RUN pip"
        in (editor.texts[path.as_uri()])
    )
    (found,) = editor.edit(path, COMPOSE + "[\n")
    assert found.code == "unreadable-dockerfile"
    editor.close(path)


@pytest.mark.slow
def test_a_bake_file_is_checked_only(editor: Editor, folder: Path) -> None:
    path = folder / "docker-bake.hcl"
    (found,) = editor.open(path, BAKE, "hcl")
    assert found.range.start == types.Position(3, 4)
    assert "it stands in a Bake file" in found.message
    assert editor.actions(path, found.range) == {}
    editor.close(path)


@pytest.mark.parametrize(
    ("name", "language", "ours"),
    [
        ("web.docker", "dockerfile", True),
        ("Containerfile", "plaintext", True),
        ("Untitled-1", "Dockerfile", True),
        ("compose.yaml", "yaml", True),
        ("stack.yml", "yaml.docker-compose", True),
        ("stack.yml", "dockercompose", True),
        ("bake.hcl", "hcl", True),
        ("values.yaml", "yaml", False),
        ("README.md", "markdown", False),
        ("Dockerfile.dockerignore", "dockerfile", False),
    ],
)
def test_which_documents_are_checked(name: str, language: str, ours: bool) -> None:
    assert is_ours(f"/folder/{name}", language) is ours


@pytest.mark.slow
def test_a_language_says_what_a_name_does_not(editor: Editor, folder: Path) -> None:
    assert len(editor.open(folder / "web.docker", BAD, "dockerfile")) == 1
    assert len(editor.open("untitled:Untitled-1", BAD, "dockerfile")) == 1
    assert len(editor.open(folder / "stack.yml", COMPOSE, "yaml.docker-compose")) == 1
    for path in (folder / "web.docker", "untitled:Untitled-1", folder / "stack.yml"):
        editor.close(path)


@pytest.mark.slow
def test_a_configuration_holds_and_is_read_again(editor: Editor, folder: Path) -> None:
    assert {"**/.cachemount.toml", "**/pyproject.toml", "**/.cachemount-baseline.jsonl"} <= set(editor.watched)
    path, config = folder / "a" / "Dockerfile", folder / ".cachemount.toml"
    path.parent.mkdir()
    uri = path.as_uri()
    assert len(editor.open(path, BAD)) == 1

    config.write_text("exclude = ['a/**']\n", encoding="utf-8")
    editor.file_changed(config)
    editor.wait_for(lambda: not editor.published[uri].diagnostics)
    assert editor.actions(path, EVERYWHERE, ["source.fixAll"]) == {}

    config.write_text("[severity]\nmissing-cache-mount = 'error'\n", encoding="utf-8")
    # Also where nobody watches: at the next change.
    (found,) = editor.edit(path, BAD + "# more\n")
    assert found.severity == types.DiagnosticSeverity.Error

    config.write_text("inline-ignores = 'forbid'\n", encoding="utf-8")
    (found,) = editor.save(path)
    assert IGNORE not in editor.actions(path, found.range)

    config.write_text("\nexlude = ['a/**']\n", encoding="utf-8")
    assert editor.save(path) == []
    editor.wait_for(lambda: config.as_uri() in editor.published)
    (mistake,) = editor.published[config.as_uri()].diagnostics
    assert mistake.message.startswith("unknown key `exlude`")
    assert mistake.range.start == types.Position(1, 0)
    assert any("unknown key `exlude`" in one for one in editor.shown)

    config.write_text("", encoding="utf-8")
    assert len(editor.save(path)) == 1
    editor.wait_for(lambda: not editor.published[config.as_uri()].diagnostics)
    editor.close(path)


COMPOSE_OF_IMAGES = """services:
  base:
    image: acme/base
    build: base
  app:
    build:
      context: app
      args: {FLAVOR: "node:22"}
"""
WITH_BASE = "FROM acme/base\nRUN --mount=type=cache,target=/pip pip install flask\n"
OF_GO = "FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build ./cmd/x\n"
OF_UV = (
    "FROM python:3.13-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nWORKDIR /app\nCOPY . .\nRUN uv sync\n"
    'ENTRYPOINT ["/app/start.sh"]\n'
)
REPOSITORY = {
    "base/Dockerfile": "FROM python:3.13\nENV PIP_CACHE_DIR=/pip\n",
    "compose.yaml": COMPOSE_OF_IMAGES,
    "go.mod": "go 1.24\n",
    "vendor/modules.txt": "# a v1\n",
    "pyproject.toml": "[project]\nname = 'x'\n[build-system]\nrequires = ['hatchling']\n",
    "app/start.sh": "exec uv run app\n",
}


def write_repository(folder: Path) -> Path:
    for name, text in REPOSITORY.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "app" / "Dockerfile"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        WITH_BASE,
        WITH_BASE.replace("/pip ", "/else "),
        "ARG FLAVOR\nFROM ${FLAVOR}\nUSER node\nRUN npm ci\n",
        OF_GO,
        OF_UV,
    ],
)
def test_what_the_repository_tells_counts_as_in_the_program(
    editor: Editor, folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_repository(folder)
    # What is typed counts, not what the file holds.
    path.write_text("FROM scratch\n", encoding="utf-8")
    found = editor.open(path, text)
    actions = editor.actions(path, EVERYWHERE, ["source.fixAll"])
    fixed = editor.apply(path, actions[FIX_ALL]) if actions else found
    edited = editor.texts[path.as_uri()]
    editor.close(path)
    path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    main("check-cache-mounts", ["--format=json", "--no-baseline", "app/Dockerfile"])
    known = json.loads(capsys.readouterr().out)["findings"]
    assert [one.message.partition("\n")[0] for one in found] == [one["message"] for one in known]
    main("fix-cache-mounts", ["--format=json", "app/Dockerfile"])
    left = json.loads(capsys.readouterr().out)["findings"]
    assert [one.message.partition("\n")[0] for one in fixed] == [one["message"] for one in left]
    assert edited == path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_the_repository_tells_is_read_again_when_it_changes(editor: Editor, folder: Path) -> None:
    path = write_repository(folder)
    base, uri = folder / "base" / "Dockerfile", path.as_uri()
    assert editor.open(path, WITH_BASE) == []

    base.write_text("FROM python:3.13\nENV PIP_CACHE_DIR=/elsewhere\n", encoding="utf-8")
    editor.file_changed(base)
    editor.wait_for(lambda: len(editor.published[uri].diagnostics) == 1)

    # Also where nobody tells: once the other document is saved.
    assert editor.open(base, REPOSITORY["base/Dockerfile"]) == []
    editor.save(base)
    editor.wait_for(lambda: not editor.published[uri].diagnostics)

    # A file that was not there.
    (found,) = editor.edit(path, BAD)
    assert "\n" not in found.message
    (folder / "railway.json").write_text("{}", encoding="utf-8")
    editor.file_changed(folder / "railway.json")
    editor.wait_for(lambda: "Railway" in editor.published[uri].diagnostics[0].message)
    editor.close(base)
    editor.close(path)


@pytest.mark.slow
def test_a_baseline_hides_what_it_holds(editor: Editor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "Dockerfile"
    path.write_text(BAD, encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main("check-cache-mounts", ["--write-baseline", "Dockerfile"]) == 0
    assert editor.open(path, BAD) == []
    (new,) = editor.edit(path, BAD + "RUN npm ci\n")
    assert new.message.startswith("`npm ci`")
    editor.close(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "\ufeff",
        "FROM",
        "\r\r\n\n\r",
        "FROM a\rRUN pip install b\r",
        "FROM a\x0bRUN\u2028pip install b\nRUN npm\x85ci\x0c",
        "FROM a\nRUN pip install '\ud800' \U0001f600\n",
        "FROM a\nRUN pip install '\udcff'\n",
        "FROM a\nRUN <<EOF\nnpm ci",
        "FROM a\nRUN --mount=type=cache,target= npm ci \\",
        '{"services": {"a": {"build": {"dockerfile_inline": "FROM a\\nRUN npm ci"}}}}',
        "FROM a\n" + "RUN npm ci && \\\n" * 300,
    ],
)
@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "docker-bake.json"])
def test_any_text_gets_an_answer(editor: Editor, folder: Path, name: str, text: str) -> None:
    path = folder / name
    editor.open(path, text, "dockerfile")
    for action in editor.actions(path, EVERYWHERE).values():
        assert editor.resolve(action).edit is not None
    editor.hover(path, types.Position(1, 8))
    editor.close(path)


BROKEN = f"""
import sys
sys.path.insert(0, {str(HOOKS)!r})
from cachemount.lsp import program, server

class Broken(server.Analysis):
    def __init__(self, task, text):
        if "CRASH" in text:
            raise ValueError("as asked for")
        super().__init__(task, text)

server.Analysis = Broken
sys.exit(program.main(["--stdio", "--clientProcessId=1"]))
"""


@pytest.mark.slow
def test_an_editor_that_can_do_less_and_an_error_of_our_own(folder: Path) -> None:
    editor = Editor(sys.executable, "-c", BROKEN, capabilities=types.ClientCapabilities(), folder=folder)
    path = folder / "Dockerfile"
    (found,) = editor.open(path, BAD)
    hover = editor.hover(path, found.range.start)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind == types.MarkupKind.PlainText
    action = editor.actions(path, found.range)["cachemount: mount pip's cache"]
    assert action.edit is not None
    assert list(action.edit.changes or {}) == [path.as_uri()]
    assert editor.apply(path, action) == []

    assert editor.edit(path, BAD + "# CRASH\n") == []
    editor.wait_for(lambda: bool(editor.logged))
    assert "internal error, please report it: ValueError: as asked for" in editor.logged[0]
    assert "Traceback" in editor.logged[0]
    assert editor.actions(path, EVERYWHERE) == {}
    assert len(editor.edit(path, BAD)) == 1
    assert editor.watched == []
    assert editor.quit() == 0


def program(*arguments: str, before: str = "pass") -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys; {before}; sys.path.insert(0, {str(HOOKS)!r}); import cachemount_lsp as one; sys.exit(one.main())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )


@pytest.mark.slow
def test_without_its_package_it_says_how_to_get_it() -> None:
    done = program(before="sys.modules['pygls'] = None")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "cachemount-lsp needs the package pygls: `pip install 'pygls>=2.0,<3'`\n"


@pytest.mark.slow
def test_arguments() -> None:
    assert program("--version").stdout == f"cachemount-lsp {__version__}\n"
    said = program("--help").stdout
    assert said.startswith("usage: cachemount-lsp")
    assert max(map(len, said.splitlines())) <= 80
    done = program("--tcp")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unrecognized arguments: --tcp" in done.stderr
    # Standard input has ended: the editor is gone.
    assert program().returncode == 0
