"""Dockerfiles that tests compare as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from repositories import withheld

TEXT = "FROM node:22\nRUN npm ci\n"
RENDERS = """pub fn render() -> String {
    format!("{}{}", include_str!("../templates/base.Dockerfile"), "USER app")
}
"""
COMPARES = '#[test]\nfn full() {\n    assert_str_eq!(render(), include_str!("../tests/full.Dockerfile"));\n}\n'
CRATE = {"maker/Cargo.toml": "", "maker/src/lib.rs": RENDERS + COMPARES}


@pytest.mark.parametrize(
    ("name", "files", "where"),
    [
        ("pkg/testdata/golden/small.base.Dockerfile", {}, "the name pkg/testdata/golden "),
        ("src/__snapshots__/Dockerfile", {}, "the name src/__snapshots__ "),
        ("tests/golden-files/Dockerfile", {}, "the name tests/golden-files "),
        ("tests/data/expected/app/Dockerfile", {}, "the name tests/data/expected "),
        ("tests/snapshots/app.Dockerfile", {}, "the name tests/snapshots "),
        ("test/fixtures/expected.Dockerfile", {}, "the name test/fixtures/expected.Dockerfile "),
        ("test/fixtures/Dockerfile.golden", {}, "the name test/fixtures/Dockerfile.golden "),
        ("maker/tests/full.Dockerfile", CRATE, "line 6 of maker/src/lib.rs "),
        ("maker/templates/base.Dockerfile", CRATE, "line 2 of maker/src/lib.rs "),
        (
            "maker/templates/base.Dockerfile",
            {"maker/Cargo.toml": "", "maker/src/lib.rs": RENDERS, "maker/tests/all.rs": COMPARES},
            "line 2 of maker/src/lib.rs ",
        ),
        (
            "tests/full.Dockerfile",
            {"tests/test_render.py": '\n    assert render() == (HERE / "full.Dockerfile").read_text()\n'},
            "line 2 of tests/test_render.py ",
        ),
        (
            "test/render/Dockerfile",
            {"test/render.test.ts": 'expect(render()).toEqual(fs.readFileSync("render/Dockerfile", "utf8"));\n'},
            "line 1 of test/render.test.ts ",
        ),
        (
            "pkg/testdata/full.Dockerfile",
            {"pkg/render_test.go": 'require.Equal(t, readFile(t, "testdata/full.Dockerfile"), render())\n'},
            "line 1 of pkg/render_test.go ",
        ),
    ],
)
def test_what_is_compared(tmp_path: Path, name: str, files: dict[str, str], where: str) -> None:
    assert withheld(tmp_path, files, TEXT, name).startswith(where)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        # Golden images, and what runs tests of snapshots.
        ("images/golden/Dockerfile", {}),
        ("tests/snapshots/Dockerfile", {}),
        ("tests/Dockerfile", {}),
        ("snapshots/Dockerfile", {}),
        ("tests/Dockerfile.expected-failure", {}),
        # Nothing compares one of them.
        ("maker/templates/base.Dockerfile", {"maker/Cargo.toml": "", "maker/src/lib.rs": RENDERS}),
        ("maker/templates/other.Dockerfile", CRATE),
        ("app/Dockerfile", {"test/a.test.ts": 'expect(readFileSync("app/Dockerfile").includes("npm")).toBe(true);\n'}),
        ("app/Dockerfile", {"tests/test_a.py": 'assert "FROM a" == open("app/Dockerfile").read().splitlines()[0]\n'}),
        # One line of it.
        ("app/Dockerfile", {"tests/test_image.py": 'assert base(open("app/Dockerfile"))\n'}),
        ("app/Dockerfile", {"tests/test_image.py": 'assert render() == open("other/Dockerfile").read()\n'}),
    ],
)
def test_what_is_built(tmp_path: Path, name: str, files: dict[str, str]) -> None:
    assert not withheld(tmp_path, files, TEXT, name)
