"""The baseline's file: what it says, and what is said of every mistake in it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from cachemount.engine import check, fix
from cachemount.fingerprints import LONGEST, Fingerprint, fingerprint, step_text
from cachemount.policy.baseline import Baseline, parse, render
from cachemount.policy.model import Config, ConfigError, Known
from cachemount.source import Source

COUNT = "`count` has to be a whole number from 1 to 1,000,000"
HEAD = '{"cachemount-baseline": 1}\n'
ENTRY = {"path": "a", "rule": "missing-cache-mount", "manager": "pip", "step": "pip install x"}
BAD = "FROM python:3.13\nRUN pip install flask==3.0\n"


def prints(text: str) -> list[Fingerprint]:
    report = check(text)
    return [fingerprint(report.source, finding) for finding in report.findings]


class TestFingerprints:
    def test_they_know_no_place(self) -> None:
        assert prints("# more\nFROM x AS y\nUSER root\n" + BAD) == prints(BAD)
        assert prints(BAD.replace("\n", "\r\n")) == prints(BAD)

    @pytest.mark.parametrize(
        "step",
        [
            "pip install flask==3.0",
            "pip  install\tflask==3.0",
            "pip install \\\n    flask==3.0",
            "pip install \\\n\n  # why\n    flask==3.0",
            "pip install \\  \r\n    flask==3.0",
            "pip install `\n    flask==3.0",
        ],
    )
    def test_they_know_no_layout(self, step: str) -> None:
        assert step_text(step) == "pip install flask==3.0"

    def test_they_know_the_command(self) -> None:
        assert prints(BAD.replace("flask", "django")) != prints(BAD)
        assert step_text("echo a # b") == "echo a # b"

    def test_a_long_step_is_cut_and_stays_distinct(self) -> None:
        one, other = (step_text("pip install " + "x" * LONGEST + end) for end in "ab")
        assert one != other
        assert len(one) < LONGEST + 20
        assert step_text("\udcff" * 200)


class TestFile:
    def test_there_and_back(self) -> None:
        files = {
            "b/ü\udcff\n": Counter({Fingerprint("missing-cache-mount", None, "x \u202e\x1b"): 2}),
            "a": Counter(
                {Fingerprint("r", "pip", "s"): 1, Fingerprint("r", "apt", "s"): 1, Fingerprint("q", "x", ""): 0}
            ),
        }
        data = render(files)
        assert data.isascii()
        assert data.endswith(b"\n")
        lines = [json.loads(line) for line in data.splitlines()]
        assert lines[0] == {"cachemount-baseline": 1}
        assert [(line["path"], line["manager"], line.get("count")) for line in lines[1:]] == [
            ("a", "apt", None),
            ("a", "pip", None),
            ("b/ü\udcff\n", None, 2),
        ]
        baseline = parse("x", data)
        assert {path: +entries for path, entries in baseline.files.items()} == {
            path: +entries for path, entries in files.items()
        }
        assert baseline.lines["a", Fingerprint("r", "pip", "s")] == 3
        assert baseline.total == 4
        assert render(baseline.files) == data

    def test_the_same_line_twice_counts_twice(self) -> None:
        line = json.dumps(ENTRY)
        baseline = parse("x", f"{HEAD}{line}\r\n\n{line}\n".encode())
        assert baseline.files["a"] == Counter({Fingerprint("missing-cache-mount", "pip", "pip install x"): 2})

    def test_an_empty_one(self) -> None:
        assert parse("x", HEAD.encode()) == Baseline(path="x")
        assert render({}) == HEAD.encode()

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "x: is empty; a baseline begins with " + HEAD.strip()),
            ("[]\n", "x:1: is not a baseline, which begins with " + HEAD.strip()),
            ("FROM x\n", "x:1: is not a line of a baseline, which is one JSON object"),
            ('{"cachemount-baseline": 2}\n', "x:1: has version 2; this version of cachemount reads 1"),
            (HEAD + "[" * 100_000, "x:2: is not a line of a baseline, which is one JSON object"),
            (HEAD + "3\n", "x:2: is not a line of a baseline, which is one JSON object"),
            (HEAD + "\n<<<<<<< HEAD\n", "x:3: has the marks of a merge conflict: keep the lines that both sides have"),
            (
                HEAD + json.dumps({**ENTRY, "line": 3}),
                "x:2: unknown key `line`; known are path, rule, manager, step, count",
            ),
            (HEAD + json.dumps({**ENTRY, "path": 3}), "x:2: `path` has to be a string"),
            (HEAD + json.dumps({**ENTRY, "manager": 3}), "x:2: `manager` has to be a string or null"),
            (HEAD + json.dumps({**ENTRY, "count": 0}), f"x:2: {COUNT}"),
            (
                HEAD + json.dumps({**ENTRY, "count": 10**40}),
                f"x:2: {COUNT}",
            ),
            (HEAD + json.dumps({**ENTRY, "count": True}), f"x:2: {COUNT}"),
            (HEAD + '{"path": "a"}', "x:2: `rule` is missing"),
        ],
    )
    def test_mistakes(self, text: str, said: str) -> None:
        with pytest.raises(ConfigError) as caught:
            parse("x", text.encode())
        assert str(caught.value) == said

    def test_bytes_that_are_no_text(self) -> None:
        with pytest.raises(ConfigError, match="x:2: is not UTF-8"):
            parse("x", HEAD.encode() + b"\xff")


class TestHiding:
    def test_each_as_often_as_it_is_there(self) -> None:
        text = BAD + "RUN true\nRUN pip install flask==3.0\n"
        (one, _) = prints(text)
        report = check(text, Config(known=Known(own={one: 1})))
        assert [report.source.position(finding.span.start).line for finding in report.findings] == [4]
        assert [hidden.by for hidden in report.suppressed] == ["baseline"]
        assert check(text, Config(known=Known(own={one: 1}, moved={one: 1}))).findings == ()

    def test_what_is_hidden_is_not_repaired(self) -> None:
        text = BAD + "RUN pip install django\n"
        (old, _) = prints(text)
        fixed, report = fix(Source(path="x", text=text), Config(known=Known(own={old: 1})))
        assert report.findings == ()
        assert fixed.text.startswith(BAD)
        assert fixed.text.count("--mount") == 1

    def test_a_pragma_comes_first_and_mistakes_in_pragmas_are_never_hidden(self) -> None:
        text = BAD.replace("RUN", "# cachemount: ignore[missing-cache-mount] small\nRUN")
        known = Known(own={prints(BAD)[0]: 1})
        assert [hidden.by for hidden in check(text, Config(known=known)).suppressed] == ["pragma"]
        useless = "# cachemount: ignore[unlocked-cache] old\n" + BAD
        report = check(useless)
        everything = {fingerprint(report.source, finding): 1 for finding in report.findings}
        left = check(useless, Config(known=Known(own=everything))).findings
        assert [finding.rule for finding in left] == ["unused-suppression"]

    def test_a_file_that_cannot_be_read(self) -> None:
        known = Known(own={Fingerprint("unreadable-dockerfile", None, ""): 1})
        assert check("RUN x\n", Config(known=known)).findings == ()
