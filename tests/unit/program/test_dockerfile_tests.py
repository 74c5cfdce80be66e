"""Tests of a repository that look for words in a Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount import engine
from cachemount.program.surroundings import with_surroundings
from cachemount.source import Source

TEXT = """FROM python:3.13
RUN pip install --no-cache-dir flask
RUN npm ci
"""
FLASK = '"pip install --no-cache-dir flask"'


def repaired(root: Path, name: str, text: str, dockerfile: str = "app/Dockerfile") -> tuple[bool, bool]:
    """Return whether pip and npm get a mount by a safe fix, in a repository with this test."""
    (root / ".git").mkdir()
    for one in (name, dockerfile):
        (root / one).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    (root / dockerfile).write_text(TEXT, encoding="utf-8")
    fixed, report = engine.fix(with_surroundings(Source(path=str(root / dockerfile), text=TEXT)))
    reasons = [one.fix.withheld for one in report.findings if one.fix]
    assert all(name in one for one in reasons)
    return "/pip" in fixed.text, "/.npm" in fixed.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tests/unit/test_image.py", f'text = read("app/Dockerfile")\nassert {FLASK} in text\n'),
        ("tests/image.py", f'text = (ROOT / "app" / "Dockerfile").read_text()\nassert {FLASK} in text\n'),
        ("scripts/image-contract.test.ts", f"const file = 'app/Dockerfile';\nexpect(read(file)).toContain({FLASK});\n"),
        ("scripts/check-image.mjs", f'if (!read("app/Dockerfile").includes({FLASK})) process.exit(1);\n'),
        ("app/image_test.go", f'text := read("Dockerfile")\nif !strings.Contains(text, {FLASK}) {{}}\n'),
        ("spec/image_spec.rb", f"expect(File.read('app/Dockerfile')).to include {FLASK}\n"),
        ("tests/image_test.py", f'self.words = {FLASK}\nassert self.words in read("Dockerfile")\n'),
        ("tests/test_image.py", 'assert "--no-cache-dir" in read("app/Dockerfile")\n'),
        ("test/image.test.ts", "expect(read('app/Dockerfile')).toContain('--no-cache-dir');\n"),
        ("app/image_test.go", 'if !strings.Contains(read("Dockerfile"), "--no-cache-dir") {}\n'),
        ("test/image.bats", f"grep -q {FLASK} 'app/Dockerfile'\n"),
        (
            "tests/image.sh",
            "f='app/Dockerfile'\n# It doesn't build.\ngrep -Fq 'RUN pip install ' \"$f\"\ngrep 'a \\' $f\n",
        ),
        ("tests/test_image.py", 'assert "RUN pip install " in read("Dockerfile")\n'),
        ("tests/test_image.py", 'assert "3.13\\nRUN pip install" in read("Dockerfile")\n'),
        ("tests/test_image.py", 'assert re.search(r"RUN\\s+pip install.*flask", read("Dockerfile"))\n'),
        (
            "test/image.test.ts",
            'expect(read("Dockerfile")).toMatch(\n  /FROM python:[\\d.]+\\s+RUN pip install/,\n);\n',
        ),
        ("test/image.test.ts", "assert.match(read('Dockerfile'), /pip install[\\s\\S]*--no-cache-dir flask$/m);\n"),
    ],
)
def test_words_that_the_fix_changes(tmp_path: Path, name: str, text: str) -> None:
    assert repaired(tmp_path, name, text) == (False, True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tests/test_image.py", 'assert "pip install" in read("app/Dockerfile")\n'),
        ("tests/test_image.py", f'assert {FLASK} in read("app/Dockerfile.dev")\n'),
        ("tests/test_image.py", 'assert "pip install --no-cache-dir -e" not in read("app/Dockerfile")\n'),
        ("tests/test_image.py", 'run("pip", "install", "--no-cache-dir", read("app/Dockerfile"))\n'),
        ("app/image.py", f'assert {FLASK} in read("Dockerfile")\n'),
        (
            "test/image.test.ts",
            'expect(read("Dockerfile")).toMatch(/(?:RUN pip install|RUN pip3 install)[^]*flask/);\n',
        ),
        ("test/image.test.ts", 'expect(read("Dockerfile")).toMatch(/RUN pip install|RUN uv/);\n'),
        ("test/image.test.ts", 'const half = width / height; // RUN pip install in "Dockerfile" / 2\n'),
        ("app/image_test.go", f'build("Dockerfile")\nevent.StepName = {FLASK}\nfn(event)\n'),
        ("tests/README.md", f'assert {FLASK} in read("Dockerfile")\n'),
        ("node_modules/x/test/a.js", f'assert({FLASK}, "Dockerfile")\n'),
    ],
)
def test_words_that_stay_or_are_of_another_file(tmp_path: Path, name: str, text: str) -> None:
    assert repaired(tmp_path, name, text) == (True, True)


def test_a_fix_that_counts_on_another(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_image.py").write_text(
        'assert "RUN apt-get update" in read("Dockerfile")\n', encoding="utf-8"
    )
    second = "RUN set -e; apt-get update && apt-get install -y git\n"
    text = f"FROM debian:13\nRUN apt-get update && apt-get install -y curl\n{second}RUN npm ci\n"
    source = with_surroundings(Source(path=str(tmp_path / "Dockerfile"), text=text))
    assert engine.fix(source)[0].text == text.replace("RUN npm", "RUN --mount=type=cache,target=/root/.npm \\\n    npm")


def test_a_test_among_many_folders(tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / "apps" / f"a{number}" / "src").mkdir(parents=True)
    name = "packages/api/tests/unit/image.test.ts"
    text = f"expect(read('app/Dockerfile')).toContain({FLASK});\n"
    assert repaired(tmp_path, name, text) == (False, True)
