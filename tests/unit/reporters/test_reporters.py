"""What the reporters write, for one set of results."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cachemount import reporters
from cachemount.findings import Edit, Finding, Fix
from cachemount.program.options import FORMATS
from cachemount.results import FileResult, Run, locate, printable, printable_path
from cachemount.source import Source, Span

TEXT = "FROM x\nRUN pip install a\nRUN pip install b\n"
FIRST, SECOND = Span(11, 24), Span(29, 42)


def finding(span: Span, fix: Fix | None = None, message: str = "`pip` downloads", note: str = "") -> Finding:
    instruction = Span(span.start - 4, span.end)
    return Finding(
        rule="missing-cache-mount",
        message=message,
        span=span,
        instruction=instruction,
        stage="0",
        manager="pip",
        fix=fix,
        note=note,
    )


def results(path: str = "a/Dockerfile") -> list[FileResult]:
    source = Source(path=path, text=TEXT)
    edit = Edit(span=Span(11, 11), text="--mount=type=cache,target=/c \\\n    ")
    safe = Fix(title="mount pip's cache", edits=(edit,), safe=True)
    unsafe = Fix(title="mount pip's cache", edits=(edit,), withheld="the user is not known")
    return [
        FileResult(
            path=path,
            findings=(
                locate(source, finding(FIRST, safe)),
                locate(source, finding(SECOND, unsafe, "50% <&> ,: \x1b[31m")),
            ),
            suppressed=(locate(source, finding(SECOND), suppressed="pragma", reason="small"),),
        ),
        FileResult(path="clean", skipped=""),
        FileResult(path="gone", error="cannot be read: No such file"),
        FileResult(path="left", skipped="it is an ignore file"),
    ]


def write(form: str, given: list[FileResult] | None = None, **options: Any) -> str:
    out = io.StringIO()
    reporters.load(form)(Run(results=iter(results() if given is None else given), **options), out)
    return out.getvalue()


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert write("text") == (
        "a/Dockerfile:2:5: warning: `pip` downloads [missing-cache-mount]\n"
        "a/Dockerfile:3:5: warning: 50% <&> ,: \\x1b[31m [missing-cache-mount]\n"
        "    not repaired: the user is not known (--unsafe-fixes repairs it nevertheless)\n"
        "2 findings in 1 file: 1 can be repaired, 1 cannot (1 of them with --unsafe-fixes) (1 suppressed)\n"
    )
    assert capsys.readouterr().err == "gone: cannot be read: No such file\n"


def test_text_of_a_repair() -> None:
    given = [FileResult(path="a", fixes_made=1), FileResult(path="b", fixes_made=2, findings=results()[0].findings)]
    assert write("text", given, mode="fix") == (
        "Repaired a\n"
        "Repaired b\n"
        "a/Dockerfile:2:5: warning: `pip` downloads [missing-cache-mount]\n"
        "a/Dockerfile:3:5: warning: 50% <&> ,: \\x1b[31m [missing-cache-mount]\n"
        "    not repaired: the user is not known (--unsafe-fixes repairs it nevertheless)\n"
        "2 findings in 1 file: 0 repaired, 2 left (1 of them with --unsafe-fixes)\n"
    )


def test_text_says_why_there_is_no_repair() -> None:
    source = Source(path="a", text=TEXT)
    given = [FileResult(path="a", findings=(locate(source, finding(FIRST, note="the shell is PowerShell")),))]
    assert "    not repaired: the shell is PowerShell\n" in write("text", given, mode="fix")


def test_text_of_a_diff(capsys: pytest.CaptureFixture[str]) -> None:
    given = [FileResult(path="a", fixes_made=1, found=1, diff="--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\r\n+y\x1b\n")]
    assert write("text", given, mode="diff") == "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\r\n+y\x1b\n"
    assert capsys.readouterr().err == "1 finding in 1 file: 1 would be repaired\n"
    assert "\x1b[32m+y" in write("text", given, mode="diff", color=True)


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        ([], {}, ""),
        ([FileResult(path="a")], {"verbose": True}, "No findings in 1 file.\n"),
        ([FileResult(path="a", suppressed=results()[0].suppressed)], {}, "No findings in 1 file (1 suppressed).\n"),
        ([FileResult(path="a", error="x")], {"verbose": True}, ""),
    ],
)
def test_text_when_nothing_is_found(given: list[FileResult], options: dict[str, Any], said: str) -> None:
    assert write("text", given, **options) == said


def test_text_with_more_and_with_less() -> None:
    shown = write("text", show_suppressed=True)
    assert (
        "a/Dockerfile:3:5: warning: `pip` downloads [missing-cache-mount]\n    suppressed by a pragma: small\n" in shown
    )
    assert write("text", statistics=True).startswith("     2 missing-cache-mount pip\n2 findings in 1 file")
    colored = write("text", color=True)
    assert "\x1b[1ma/Dockerfile:2:5:\x1b[0m \x1b[33mwarning:\x1b[0m `pip` downloads [missing-cache-mount]\n" in colored
    assert "\x1b[31m" not in colored


def test_verbose_text_says_what_was_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    write("text", [FileResult(path="a", skipped="it is an ignore file")], verbose=True)
    assert capsys.readouterr().err == "a: skipped: it is an ignore file\n"


def test_json() -> None:
    document = json.loads(write("json"))
    edit = {"line": 2, "column": 5, "end_line": 2, "end_column": 5, "text": "--mount=type=cache,target=/c \\\n    "}
    assert list(document) == ["version", "files", "suppressed", "baseline", "findings", "errors"]
    assert (document["version"], document["files"], document["suppressed"]) == (1, 3, 1)
    assert document["findings"][0] == {
        "path": "a/Dockerfile",
        "line": 2,
        "column": 5,
        "end_line": 2,
        "end_column": 18,
        "instruction_line": 2,
        "stage": "0",
        "rule": "missing-cache-mount",
        "severity": "warning",
        "manager": "pip",
        "message": "`pip` downloads",
        "note": "",
        "note_id": "",
        "way_out": "",
        "by_hand": "",
        "fix": {
            "title": "mount pip's cache",
            "safe": True,
            "withheld": "",
            "withheld_id": "",
            "way_out": "",
            "unsafe_effect": "",
            "edits": [edit],
        },
    }
    assert document["findings"][1]["fix"]["safe"] is False
    assert document["errors"] == [
        {"path": "gone", "message": "cannot be read: No such file", "line": None, "column": None}
    ]


def test_json_of_a_repair_and_of_what_is_suppressed() -> None:
    document = json.loads(
        write("json", [*results(), FileResult(path="b", fixes_made=2)], mode="fix", show_suppressed=True)
    )
    assert document["repaired"] == [{"path": "b", "fixes": 2}]
    assert document["suppressed_findings"][0]["reason"] == "small"
    assert document["suppressed_findings"][0]["suppressed_by"] == "pragma"


def test_sarif() -> None:
    from cachemount.rules import RULES

    run = json.loads(write("sarif"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.name for rule in RULES]
    first, second, hidden = run["results"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a/Dockerfile"
    assert place["region"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 18}
    replacement = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["deletedRegion"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 5}
    assert replacement["insertedContent"]["text"].startswith("--mount=")
    assert "not safe: the user is not known" in second["fixes"][0]["description"]["text"]
    assert "suppressions" not in second
    assert hidden["suppressions"] == [{"kind": "inSource", "justification": "small"}]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("cannot be read")


def test_sarif_escapes_paths() -> None:
    run = json.loads(write("sarif", results("a b/ü#\udcff")))["runs"][0]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%C3%BC%23%FF"


def test_github() -> None:
    place = "line=2,col=5,endLine=2,endColumn=18"
    note = "%0Anot repaired: the user is not known (--unsafe-fixes repairs it nevertheless)"
    title, hostile = "title=missing-cache-mount", "50%25 <&> ,: \\x1b[31m"
    assert write("github").splitlines() == [
        f"::warning file=a/Dockerfile,{place},{title}::`pip` downloads [missing-cache-mount]",
        f"::warning file=a/Dockerfile,{place.replace('ine=2', 'ine=3')},{title}::{hostile} [missing-cache-mount]{note}",
        "::error file=gone::cannot be read: No such file",
    ]
    assert write("github", results("a,b:c%"))[:26] == "::warning file=a%2Cb%3Ac%25"[:26]


def test_gitlab() -> None:
    issues = json.loads(write("gitlab"))
    assert [issue["location"] for issue in issues] == [
        {"path": "a/Dockerfile", "lines": {"begin": 2}},
        {"path": "a/Dockerfile", "lines": {"begin": 3}},
        {"path": "gone", "lines": {"begin": 1}},
    ]
    assert {issue["severity"] for issue in issues} == {"major", "blocker"}
    twice = json.loads(write("gitlab", results() + results()))
    prints = [issue["fingerprint"] for issue in twice]
    assert len(set(prints)) == len(prints)
    assert prints[:3] == [issue["fingerprint"] for issue in issues]


def test_junit() -> None:
    root = ElementTree.fromstring(write("junit"))
    assert root.attrib == {"name": "cachemount", "tests": "4", "failures": "2", "errors": "1"}
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["a/Dockerfile", "clean", "gone"]
    assert [case.get("name") for case in suites["a/Dockerfile"]] == [
        "missing-cache-mount at 2:5",
        "missing-cache-mount at 3:5",
    ]
    failure = suites["a/Dockerfile"][1].find("failure")
    assert failure is not None
    assert failure.text == (
        "a/Dockerfile:3:5: 50% <&> ,: \\x1b[31m\nseverity: warning\n"
        "not repaired: the user is not known (--unsafe-fixes repairs it nevertheless)"
    )
    assert suites["clean"][0].find("failure") is None
    assert suites["gone"][0].find("error") is not None


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_and_no_text_can_break_a_report(form: str) -> None:
    hostile = "\x1b]0;x\x07\r\n\t\u202e\u2028\udcff\ud800]]><!--%0A::x"
    written = write(form, results(hostile))
    written.encode("ascii" if form in ("json", "sarif", "rdjson", "gitlab") else "utf-8")
    assert "\x1b" not in written
    if form == "junit":
        ElementTree.fromstring(written)
    elif form in ("json", "sarif", "rdjson", "gitlab"):
        json.loads(written)
    elif form not in ("full", "cache-map", "cache-workflow"):
        assert len(written.splitlines()) == (3 if form == "github" else 4)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_report(form: str) -> None:
    written = write(form, [])
    assert form in ("text", "full", "concise", "github") or written.strip()


def test_every_form_is_a_module() -> None:
    stems = {path.stem for path in Path(reporters.__file__).parent.glob("*.py")} - {
        "__init__",
        "cells",
        "changes",
        "documents",
        "advice",
        "pages",
    }
    assert sorted(FORMATS) == sorted(stem.replace("_", "-") for stem in stems)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain ü", "plain ü"), ("\x1b\x9b", "\\x1b\\x9b"), ("\udc80", "\\x80"), ("a\nb", "a\\nb"), ("\u202e", "\\u202e")],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("::set-output name=a::b.Dockerfile", "./::set-output name=a::b.Dockerfile"),
        ("##[error]x.Dockerfile", "./##[error]x.Dockerfile"),
        (" ::debug::x", "./ ::debug::x"),
        ("a::b", "a::b"),
        ("a/::b", "a/::b"),
    ],
)
def test_a_path_is_no_command_of_a_workflow(path: str, shown: str) -> None:
    assert printable_path(path) == shown
