"""Taking commands out: the text before and after. `X`, `Y` and `Z` are what goes."""

from __future__ import annotations

import pytest

from cachemount.shell.reader import read
from cachemount.shell.removal.removal import removal
from cachemount.source import Excerpt, Source
from unit.shell.texts import joined, without

DOOMED = ("X", "Y", "Z")

ONE_LINE = [
    # `&&` chains
    ("a && X", "a"),
    ("X && a", "a"),
    ("a && X && b", "a && b"),
    ("a && X && Y && b", "a && b"),
    ("a && X && Y", "a"),
    ("X && Y && a", "a"),
    ("X && a && Y && b && Z", "a && b"),
    ("a&&X&&b", "a&&b"),
    ("a && X -rf /x/* > /dev/null 2>&1 && b", "a && b"),
    ("a && Q=1 sudo X -y && b", "a && b"),
    ("a && X # why", "a # why"),
    ("a && X  ", "a  "),
    # `;` sequences
    ("a; X; b", "a; b"),
    ("X; a", "a"),
    ("set -e; a; X", "set -e; a"),
    ("set -ex; a; X;", "set -ex; a;"),
    ("a; X && b", "a; b"),
    ("a && X; b", "a; b"),
    ("a && X; Y && b", "a; b"),
    ("a; X; Y; b", "a; b"),
    ("a; X && Y; b", "a; b"),
    ("set -o errexit; a; X && Y", "set -o errexit; a"),
    ("set -Eeuo pipefail; a; X", "set -Eeuo pipefail; a"),
    ("set -uo pipefail -e; a; X", "set -uo pipefail -e; a"),
    ("set -u -o errexit; a; X", "set -u -o errexit; a"),
    ("set -euxo pipefail && a && X", "set -euxo pipefail && a"),
    ("set -e; a && echo a && X; b", "set -e; a && echo a; b"),
    ("set -e; if a; then b; X; fi; c", "set -e; if a; then b; fi; c"),
    ("set -e; { a; X; }", "set -e; { a; }"),
    ("set -e && (a || b) && X", "set -e && (a || b)"),
    ("set -e; a && { b && c || d; } && X", "set -e; a && { b && c || d; }"),
    ("set -e; a || { b; exit 1; } && X", "set -e; a || { b; exit 1; }"),
    ("set -e && a || { b && c; d; exit 12; } && X", "set -e && a || { b && c; d; exit 12; }"),
    ("set -e; a; rm --recursive --force /b; X", "set -e; a; rm --recursive --force /b"),
    ("a; rm --recursive --force /b; X", "a; rm --recursive --force /b"),
    ("set -e; for i in 1; do a; b; done; X", "set -e; for i in 1; do a; b; done"),
    ("set -e; if a && b; then c; fi; X", "set -e; if a && b; then c; fi"),
    ("set -e; a | b; X", "set -e; a | b"),
    ("set -e; a && b || exit 1; X", "set -e; a && b || exit 1"),
    ("set -e; { a && X; } && b", "set -e; { a; } && b"),
    ("set -e; b; (a && X); c", "set -e; b; (a); c"),
    ("sh -ec 'a; X'", "sh -ec 'a'"),
    ("bash -euo pipefail -c 'a; X'", "bash -euo pipefail -c 'a'"),
    ("sh -c 'set -e; a; X' && b", "sh -c 'set -e; a' && b"),
    # background
    ("a & X; b", "a & b"),
    ("X & a", "a"),
    ("a; X & b", "a; b"),
    ("a && X & b", "a & b"),
    ("a && X &", "a &"),
    # `||`
    ("a && X || true", "a || true"),
    ("X || true; a", "a"),
    ("a; X || true; b", "a; b"),
    ("a; X || :; b", "a; b"),
    ("a; X || echo no; b", "a; b"),
    ("a; X || { echo no; exit 1; }; b", "a; b"),
    ("X || true && a", "a"),
    ("X && Y || true; a", "a"),
    ("X || Y; a", "a"),
    ("a || b && X", "a || b"),
    ("a && (X || true) && b", "a && b"),
    ("a && { X || true; } && b", "a && b"),
    # tests
    ("[ -d x ] && X; a", "a"),
    ("a && [ -d x ] && X", "a && [ -d x ]"),
    ("a; [ -d x ] && [ -d y ] && X; b", "a; b"),
    ("a; [ -d x ] && X && b", "a; [ -d x ] && b"),
    # groups
    ("a && (X)", "a"),
    ("(X) && a", "a"),
    ("a && (b && X)", "a && (b)"),
    ("a && (X; b)", "a && (b)"),
    ("a && { b && X; }", "a && { b; }"),
    ("a && { X; b; }", "a && { b; }"),
    ("a && { X && Y; } && (Z) && b", "a && b"),
    ("a && ((X && Y) && (Z)) && b", "a && b"),
    ("set -e; (a; X); b", "set -e; (a); b"),
    # blocks
    ("if a; then b && X; fi", "if a; then b; fi"),
    ("if a; then X; b; else c; X; d; fi", "if a; then b; else c; d; fi"),
    ("for i in 1 2; do X && b; done", "for i in 1 2; do b; done"),
    ("case $a in x) b && X;; *) X && c; esac", "case $a in x) b;; *) c; esac"),
    ("f() { a && X; }; f", "f() { a; }; f"),
    # strings
    ("sh -c 'a && X'", "sh -c 'a'"),
    ("sh -c 'a && X && b'\"'q'\"", "sh -c 'a && b'\"'q'\""),
    ("X && \\ a", "\\ a"),
    ("a\\ b && X", "a\\ b"),
    ('bash -lc "X && a $b"', 'bash -lc "a $b"'),
    ("a && sh -c 'X' && b", "a && b"),
    ("a && sudo bash -c 'X; Y'", "a"),
    ("""su - app -c "a && X && \\"b\\"" """, """su - app -c "a && \\"b\\"" """),
    ('eval "X" && a', "a"),
    # text that is not ASCII
    ("écho ü && X && b", "écho ü && b"),
    ("! if a; then b && X; fi", "! if a; then b; fi"),
    ("time { b && X; }", "time { b; }"),
    # a condition that is a subshell
    ("if (X; a) then b; fi", "if (a) then b; fi"),
    ("while (X && a) do b; done", "while (a) do b; done"),
]

REFUSED = [
    "X",
    "if (a; X) then b; fi",
    "X && Y",
    "X | a",
    "a | X",
    "a && X | b",
    "! X",
    "a && ! X",
    "if X; then a; fi",
    "if a; then X; fi",
    "if a && X; then b; fi",
    "while X; do a; done",
    "for i in 1; do X; done",
    "f() { X; }; f",
    "a $(X)",
    "a || X",
    "a || X || b",
    "X || a; b",
    "X || true",
    "sh -c 'X'",
    "( (X) )",
    "a; X",
    "a; X &",
    "grep q f && X; a",
    "set -e; [ -f q ] && a; X",
    "for i in 1; do [ -f x ] && X; done",
    "[ -f q ] || X; a",
    'sh -c "a && X \\"q\\""',
    # a quote that would go along
    'sh -c "a&&sh -c "X',
    "sh -c \"a\"'&&X'",
    "sh -c 'a && '\"X\"",
    "sh -c 'a &&'\" X && b\"",
    # two ampersands would be left
    "set -e& X&",
    # what stays would be taken for an option of the shell, or of RUN
    "sh -c 'X && --a'",
    "sh -c 'X; +x'",
    "X && -a",
    # the backslash would join the next line
    "a\\  && X",
    "fi && X && a ((",
    # what fails in front of `&& X` does not end the script
    "set -e; show && X; b",
    "set -e; a && b && X; c",
    "set -e; a && b; X",
    "set -o errexit; a && X; Y",
    "set -e; a || b && X; c",
    "set -e; a || { b; exit 1; } && X; c",
    "set -e; a || { b; exit 0; } && X",
    "set -e; a || { b; exit $c; } && X",
    "set -e; a || { b; exit; } && X",
    "set -e; a || { b; if c; then exit 0; fi; exit 1; } && X",
    "set -e; a || { b; exit 1; c; } && X",
    "set -e; a || { . b; exit 1; } && X",
    "set -e; f() { exit 0; }; a || { b; f; exit 1; } && X",
    "set -e; (a || b; c) && X",
    "set -e; (for i in 1; do a || b; done) && X",
    "a; rm --recursive /b; X",
    "if a; then b && X; fi; set -e; c; set -e",
    "set -e; f() { a && X; }; f; b",
    "trap x ERR; a && X; b",
    "set -e; eval 'a && X'; b",
    # errexit is not in force
    "(set -e; b); a; X",
    "set -e; set +e; a; X",
    "set -e; b; set +o errexit; a; X",
    "set -- -e; a; X",
    "set -e & a; X",
    "x && set -e; a; X",
    "set -e; { a; X; } && b",
    "set -e; ( a; X ) || b",
    "set -e; ! { a; X; }",
    "set -e; f() { a; X; }; f || b",
    "set -e; f() { b && c; }; f; X",
    "set -e; if a; then b && c; fi; X",
    "set -o pipefail; a; X",
    "set -e; sh -c 'a; X'",
    "bash -c -- 'a; X'",
    # it would not be replaced any more
    "exec X; a",
    # the next command asks for the status of the one before
    "a; X; b $?",
    "{ X; } | a; b",
]


def remove(source: Source, script: Excerpt) -> str | None:
    read_script = read(script)
    doomed = [command for command in read_script.commands if command.program in DOOMED]
    assert doomed
    spans = removal(read_script, doomed, source)
    if spans is None:
        return None
    return without(source.text, spans)


@pytest.mark.parametrize(("before", "after"), ONE_LINE)
def test_one_line(before: str, after: str) -> None:
    source, script = joined(f"RUN {before}\nCMD c\n")
    assert remove(source, script) == f"RUN {after}\nCMD c\n"


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    source, script = joined(f"RUN {text}\nCMD c\n")
    assert remove(source, script) is None


LINES = [
    ("leading operator", "RUN a \\\n    && X \\\n    && b\n", "RUN a \\\n    && b\n"),
    ("leading operator, last", "RUN a \\\n    && b \\\n    && X\nCMD c\n", "RUN a \\\n    && b\nCMD c\n"),
    ("leading operator, last, no line end", "RUN a \\\n && X", "RUN a"),
    ("no blank before the escape", "RUN a b\\\n  && X\nCMD c\n", "RUN a b\nCMD c\n"),
    ("no blank before the escape, comment", "RUN a\\\n# n\n  && X\nCMD c\n", "RUN a\n# n\nCMD c\n"),
    ("no blank before the escape, string", "RUN sh -c 'a\\\n  && X'\nCMD c\n", "RUN sh -c 'a'\nCMD c\n"),
    ("two last", "RUN a \\\n    && X \\\n    && Y\n", "RUN a\n"),
    ("first", "RUN X \\\n    && a \\\n    && b\n", "RUN a \\\n    && b\n"),
    ("first two", "RUN X && \\\n    Y && \\\n    a\n", "RUN a\n"),
    ("trailing operator", "RUN a && \\\n    X && \\\n    b\n", "RUN a && \\\n    b\n"),
    ("trailing operator, last", "RUN a && \\\n    X\n", "RUN a\n"),
    (
        "semicolons",
        "RUN set -eux; \\\n    X; \\\n    a; \\\n    Y; \\\n    b\n",
        "RUN set -eux; \\\n    a; \\\n    b\n",
    ),
    ("semicolons, last", "RUN set -eux; \\\n    a; \\\n    X\n", "RUN set -eux; \\\n    a\n"),
    ("arguments over lines", "RUN a \\\n  && X \\\n     -y \\\n     foo \\\n  && b\n", "RUN a \\\n  && b\n"),
    ("part of a line", "RUN a \\\n  && X && b \\\n  && c\n", "RUN a \\\n  && b \\\n  && c\n"),
    ("own first line", "RUN \\\n  X && \\\n  a\n", "RUN \\\n  a\n"),
    ("aligned escapes", "RUN a       \\\n && X       \\\n && b\n", "RUN a       \\\n && b\n"),
    ("no blanks", "RUN a&&\\\nX&&\\\nb\n", "RUN a&&\\\nb\n"),
    ("comment above", "RUN a \\\n  # note\n  && X \\\n  && b\n", "RUN a \\\n  # note\n  && b\n"),
    ("comment above, last", "RUN a \\\n  # note\n  && X\nCMD c\n", "RUN a\n  # note\nCMD c\n"),
    ("comments around", "RUN a \\\n# 1\n && X \\\n# 2\n && Y \\\n# 3\n && b\n", "RUN a \\\n# 1\n# 2\n# 3\n && b\n"),
    ("comments around, last", "RUN a \\\n# 1\n && X \\\n\n# 2\n && Y\nCMD c\n", "RUN a\n# 1\n\n# 2\nCMD c\n"),
    ("comment above, trailing operator", "RUN a && \\\n  # note\n  X && \\\n  b\n", "RUN a && \\\n  # note\n  b\n"),
    ("comment above, trailing, last", "RUN a && \\\n  # note\n  X\nCMD c\n", "RUN a\n  # note\nCMD c\n"),
    ("comment, part of a line", "RUN a \\\n  # note\n  && X && b\n", "RUN a \\\n  # note\n  && b\n"),
    ("comment behind the first", "RUN X && \\\n  # note\n  a\n", "RUN \\\n  # note\n  a\n"),
    ("comments behind the first two", "RUN X && \\\n  # 1\n  Y && \\\n  # 2\n  a\n", "RUN \\\n  # 1\n  # 2\n  a\n"),
    ("comment inside", "RUN a && X \\\n  # note\n  -y && b\n", "RUN a \\\n  # note\n && b\n"),
    ("comment inside, last", "RUN a && X \\\n  # note\n  -y\n", "RUN a\n  # note\n"),
    ("blank line", "RUN a \\\n\n  && X \\\n\n  && b\n", "RUN a \\\n\n\n  && b\n"),
    ("crlf", "RUN a \\\r\n  && X \\\r\n  && b\r\n", "RUN a \\\r\n  && b\r\n"),
    ("crlf, last", "RUN a \\\r\n  && X\r\nCMD c\r\n", "RUN a\r\nCMD c\r\n"),
    ("crlf, comment", "RUN a \\\r\n  # n\r\n  && X \\\r\n  && b\r\n", "RUN a \\\r\n  # n\r\n  && b\r\n"),
    ("crlf, comment, last", "RUN a \\\r\n  # n\r\n  && X\r\nCMD c\r\n", "RUN a\r\n  # n\r\nCMD c\r\n"),
    (
        "group over lines",
        "RUN a && ( \\\n  X; \\\n  b \\\n  ) && \\\n  Y && \\\n  c\n",
        "RUN a && ( \\\n  b \\\n  ) && \\\n  c\n",
    ),
    ("whole group over lines", "RUN a && \\\n ( X && \\\n   Y ) && \\\n c\n", "RUN a && \\\n c\n"),
    ("block over lines", "RUN if a; then \\\n    X; \\\n    b; \\\n  fi\n", "RUN if a; then \\\n    b; \\\n  fi\n"),
    ("word before", "RUN if a; then\\\n X;\\\nb; fi\n", "RUN if a; then\\\n \\\nb; fi\n"),
    ("string over lines", "RUN sh -c 'a && \\\n  X && \\\n  b'\n", "RUN sh -c 'a && \\\n  b'\n"),
    ("fallback over lines", "RUN a; \\\n  X \\\n    || true; \\\n  b\n", "RUN a; \\\n  b\n"),
]


@pytest.mark.parametrize(("before", "after"), [pytest.param(*case[1:], id=case[0]) for case in LINES])
def test_lines(before: str, after: str) -> None:
    source, script = joined(before)
    assert remove(source, script) == after


def test_backtick_escape() -> None:
    source, script = joined("RUN a `\n  # note\n  && X `\n  && b\n", "`")
    assert remove(source, script) == "RUN a `\n  # note\n  && b\n"


@pytest.mark.parametrize(
    "text",
    [
        # The comment would become the first word of a line, and the rest of the RUN with it a comment.
        "RUN a \\\n  # note\n  && X # more\n",
        # Behind the string's end the comment would be a part of it.
        "RUN sh -c 'a \\\n  # note\n  && X'\n",
    ],
)
def test_lines_refused(text: str) -> None:
    source, script = joined(text)
    assert remove(source, script) is None


SCRIPTS = [
    ("set -e\na\nX\nb\n", "set -e\na\nb\n"),
    ("X\na\n", "a\n"),
    ("set -e\na\nX\n", "set -e\na\n"),
    ("set -e\na\nX", "set -e\na"),
    ("  a\n  # note\n  X\n  b\n", "  a\n  # note\n  b\n"),
    ("a # 1\nX # 2\nb # 3\n", "a # 1\nb # 3\n"),
    ("X\n# note\na\n", "# note\na\n"),
    ("a\nX\n# note\nY\nb\n", "a\n# note\nb\n"),
    ("a\n\nX\n\nb\n", "a\n\nb\n"),
    ("a; X\nb\n", "a\nb\n"),
    ("a\nX; b\n", "a\nb\n"),
    ("a &&\n  X &&\n  b\n", "a &&\n  b\n"),
    ("a \\\n  && X \\\n  && b\n", "a \\\n  && b\n"),
    ("a \\\n  && X\nb\n", "a\nb\n"),
    ("if a; then\n  X\n  b\nfi\n", "if a; then\n  b\nfi\n"),
    ("if a\nthen\n  b\n  X\n  c\nfi\n", "if a\nthen\n  b\n  c\nfi\n"),
    ("a\r\nX\r\nb\r\n", "a\r\nb\r\n"),
    ("cat <<E > f\nX\nE\nX\nb\n", "cat <<E > f\nX\nE\nb\n"),
]


@pytest.mark.parametrize(("before", "after"), SCRIPTS)
def test_scripts(before: str, after: str) -> None:
    source = Source(path="Dockerfile", text=before)
    assert remove(source, Excerpt(text=before)) == after


def test_nothing_is_missed_of_a_set() -> None:
    """One command that cannot go keeps all of them."""
    source, script = joined("RUN a && X && b && if Y; then c; fi\n")
    assert remove(source, script) is None


def test_heredoc_behind_the_run() -> None:
    text = "RUN cat <<E \\\n  # note\n  && X\nbody\nE\n"
    source, script = joined(text)
    operator = text.index("<<E")
    body = text.index("body")
    bodies = [(type(script.span(0, 1))(operator, operator + 3), Excerpt(text="body\n", offsets=(body,)))]
    commands = read(script, bodies)
    doomed = [command for command in commands.commands if command.program == "X"]
    assert removal(commands, doomed, source) is None
