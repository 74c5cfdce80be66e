"""Dockerfiles and how BuildKit 0.34.2 reads them, taken from its own Go packages: None for a file that it refuses.

An instruction is its lines, keyword, flags, arguments (a list in JSON form) and heredocs with their bodies."""

from __future__ import annotations

CASES: dict[str, tuple[bytes, list[tuple[object, ...]] | None]] = {
    "plain": (b"FROM alpine\nRUN echo hi\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "echo hi", [])]),
    "no line end": (b"FROM a\nRUN x", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "crlf": (
        b"FROM a\r\nRUN a \\\r\n  b\r\nCMD c\r\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "a   b", []), (4, 4, "CMD", [], None, [])],
    ),
    "several carriage returns": (
        b"FROM a\nRUN a \\\r\r\n b\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "a  b", [])],
    ),
    "lone carriage return ends no line": (
        b"FROM a\nRUN a\rRUN b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a\rRUN b", [])],
    ),
    "byte order mark": (b"\xef\xbb\xbfFROM a\nRUN x\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "byte order mark before directive": (
        b"\xef\xbb\xbf# escape=`\nFROM a\nRUN a `\n b\n",
        [(2, 2, "FROM", [], None, []), (3, 4, "RUN", [], "a  b", [])],
    ),
    "byte order mark on second line": (b"FROM a\n\xef\xbb\xbfRUN x\n", None),
    "nul": (
        b"FROM a\nRUN printf '\x00' \\\n b\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "printf '\x00'  b", [])],
    ),
    "invalid utf-8": (
        b"FROM a\nRUN echo \xff\xfe \\\n  \xe9t\xe9\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "echo \udcff\udcfe   \udce9t\udce9", [])],
    ),
    "lower case keyword": (b"from a\nrun x\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "kelvin sign keyword": (
        b"FROM a\nWOR\xe2\x84\xaaDIR /x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "WORKDIR", [], None, [])],
    ),
    "leading blanks": (b"  FROM a\n \t RUN x\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "leading no-break space": (b"FROM a\n\xc2\xa0RUN x\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "no-break space after keyword": (b"FROM a\nRUN\xc2\xa0x\n", None),
    "control character is no blank": (b"FROM a\nRUN\x1cx\n", None),
    "vertical tab separates": (b"FROM a\nRUN\x0bx\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x", [])]),
    "blank line in continuation": (
        b"FROM a\nRUN a \\\n\n \t\n  && b\nCMD c\n",
        [(1, 1, "FROM", [], None, []), (2, 5, "RUN", [], "a   && b", []), (6, 6, "CMD", [], None, [])],
    ),
    "comment in continuation": (
        b"FROM a\nRUN a \\\n# one \\\n   # two\n  && b\n",
        [(1, 1, "FROM", [], None, []), (2, 5, "RUN", [], "a   && b", [])],
    ),
    "comment and blank mixed": (
        b"FROM a\nRUN a && \\\n\n# c\n\n  b\n",
        [(1, 1, "FROM", [], None, []), (2, 6, "RUN", [], "a &&   b", [])],
    ),
    "hash after text is no comment": (
        b"FROM a\nRUN a # b \\\n && c\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "a # b  && c", [])],
    ),
    "escape glued to keyword": (
        b"FROM a\nRUN\\\n  apt\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "apt", [])],
    ),
    "escape glued without blank": (b"FROM a\nRUN\\\napt\n", None),
    "word split over lines": (b"FROM a\nRUN ec\\\nho\n", [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "echo", [])]),
    "blanks after escape": (
        b"FROM a\nRUN a \\ \t \n b\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "a  b", [])],
    ),
    "no-break space after escape": (
        b"FROM a\nRUN a \\\xc2\xa0\nCMD b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a \\", []), (3, 3, "CMD", [], None, [])],
    ),
    "doubled escape": (
        b"FROM a\nRUN a \\\\\nCMD b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a \\\\", []), (3, 3, "CMD", [], None, [])],
    ),
    "tripled escape": (
        b"FROM a\nRUN a \\\\\\\nCMD b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a \\\\\\", []), (3, 3, "CMD", [], None, [])],
    ),
    "dangling escape": (b"FROM a\nRUN a \\", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a", [])]),
    "dangling escape and line end": (b"FROM a\nRUN a \\\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "a", [])]),
    "dangling escape and comment": (
        b"FROM a\nRUN a \\\n# x\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "a", [])],
    ),
    "dangling escape and blank lines": (
        b"FROM a\nRUN a \\\n\n  \n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "a", [])],
    ),
    "lone escape first": (b"FROM a\n\\\nRUN x\n", [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], "x", [])]),
    "lone escape last": (b"FROM a\nRUN x\n\\\n", None),
    "run alone": (b"FROM a\nRUN\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "", [])]),
    "backtick escape": (
        b"# escape=`\nFROM a\nRUN a `\n  b \\\nCMD c\n",
        [(2, 2, "FROM", [], None, []), (3, 4, "RUN", [], "a   b \\", []), (5, 5, "CMD", [], None, [])],
    ),
    "backslash under backtick at end": (
        b"# escape=`\nFROM a\nRUN dir c:\\\nCMD b\n",
        [(2, 2, "FROM", [], None, []), (3, 3, "RUN", [], "dir c:\\", []), (4, 4, "CMD", [], None, [])],
    ),
    "directives in any order": (
        b"# check=skip=all\n#Syntax = docker/dockerfile:1\n#escape=\\\nFROM a\n",
        [(4, 4, "FROM", [], None, [])],
    ),
    "directive in any case, indented, crlf": (
        b"  # ESCAPE = ` \r\nFROM a\nRUN a `\n b\n",
        [(2, 2, "FROM", [], None, []), (3, 4, "RUN", [], "a  b", [])],
    ),
    "late directive": (
        b"# hello\n# escape=`\nFROM a\nRUN a `\n",
        [(3, 3, "FROM", [], None, []), (4, 4, "RUN", [], "a `", [])],
    ),
    "directive after blank line": (
        b"\n# escape=`\nFROM a\nRUN a \\\n b\n",
        [(3, 3, "FROM", [], None, []), (4, 5, "RUN", [], "a  b", [])],
    ),
    "directive after unknown one": (
        b"# foo=bar\n# escape=`\nFROM a\nRUN a \\\n b\n",
        [(3, 3, "FROM", [], None, []), (4, 5, "RUN", [], "a  b", [])],
    ),
    "directive after shebang": (
        b"#!/usr/bin/env x\n# syntax=docker/dockerfile:1\nFROM a\n",
        [(3, 3, "FROM", [], None, [])],
    ),
    "duplicate directive": (b"# escape=`\n# Escape=`\nFROM a\n", None),
    "duplicate syntax": (b"# syntax=a\n# syntax=a\nFROM a\n", None),
    "invalid escape": (b"# escape=x\nFROM a\n", None),
    "blank escape": (b"# escape= \nFROM a\n", None),
    "invalid check option": (b"# check=all\nFROM a\n", None),
    "invalid check error": (b"# check=skip=A;error=maybe\nFROM a\n", None),
    "empty": (b"", None),
    "comments alone": (b"# a\n\n# b\n", None),
    "args alone": (b"ARG a=b\n", None),
    "heredoc script": (
        b"FROM a\nRUN <<EOF\napt update\n# no comment \\\n\nEOF\nCMD x\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 6, "RUN", [], "<<EOF", [("EOF", "apt update\n# no comment \\\n\n")]),
            (7, 7, "CMD", [], None, []),
        ],
    ),
    "heredoc chomped": (
        b"FROM a\nRUN <<-EOF\n\tapt update\n\t\tEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<-EOF", [("EOF", "\tapt update\n")])],
    ),
    "heredoc with shebang": (
        b"FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 5, "RUN", [], "<<EOF", [("EOF", "#!/usr/bin/env python3\nprint()\n")])],
    ),
    "heredoc double quoted": (
        b'FROM a\nRUN <<"E F"\nx\nE F\n',
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], '<<"E F"', [("E F", "x\n")])],
    ),
    "heredoc single quoted": (
        b"FROM a\nRUN <<'EOF'\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<'EOF'", [("EOF", "x\n")])],
    ),
    "heredoc escaped": (
        b"FROM a\nRUN <<\\EOF\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<\\EOF", [("EOF", "x\n")])],
    ),
    "heredoc with descriptor": (
        b"FROM a\nRUN 3<<EOF\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "3<<EOF", [("EOF", "x\n")])],
    ),
    "heredoc after blank": (
        b"FROM a\nRUN << EOF\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<< EOF", [("EOF", "x\n")])],
    ),
    "heredoc chomped after blank": (b"FROM a\nRUN <<- EOF\nx\nEOF\n", None),
    "heredoc for a command": (
        b"FROM a\nRUN cat <<EOF > /x && y\na\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "cat <<EOF > /x && y", [("EOF", "a\n")])],
    ),
    "heredoc glued right": (
        b"FROM a\nRUN cat <<EOF>f\nx\nEOF>f\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "cat <<EOF>f", [("EOF>f", "x\n")])],
    ),
    "heredoc glued left": (
        b"FROM a\nRUN cat<<EOF\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat<<EOF", [])],
    ),
    "here string": (b"FROM a\nRUN cat <<<x\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat <<<x", [])]),
    "quoted operator": (
        b'FROM a\nRUN echo "<<EOF"\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], 'echo "<<EOF"', [])],
    ),
    "empty delimiter": (b"FROM a\nRUN cat <<''\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat <<''", [])]),
    "two heredocs": (
        b"FROM a\nRUN a <<ONE <<-TWO\n1\nONE\n\t2\n\tTWO\nCMD x\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 6, "RUN", [], "a <<ONE <<-TWO", [("ONE", "1\n"), ("TWO", "\t2\n")]),
            (7, 7, "CMD", [], None, []),
        ],
    ),
    "heredoc after continuation": (
        b"FROM a\nRUN a \\\n# c\n  <<EOF\nx \\\nEOF\nCMD x\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 6, "RUN", [], "a   <<EOF", [("EOF", "x \\\n")]),
            (7, 7, "CMD", [], None, []),
        ],
    ),
    "heredoc terminator with carriage return": (
        b"FROM a\r\nRUN <<EOF\r\nx\r\nEOF\r\nCMD x\r\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<EOF", [("EOF", "x\r\n")]), (5, 5, "CMD", [], None, [])],
    ),
    "heredoc terminator without line end": (
        b"FROM a\nRUN <<EOF\nx\nEOF",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<EOF", [("EOF", "x\n")])],
    ),
    "heredoc terminator indented": (
        b"FROM a\nRUN <<EOF\n EOF\n\tEOF\nEOF \nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 6, "RUN", [], "<<EOF", [("EOF", " EOF\n\tEOF\nEOF \n")])],
    ),
    "heredoc unterminated": (b"FROM a\nRUN <<EOF\nx\n", None),
    "heredoc of an arithmetic shift": (b"FROM a\nRUN echo $((1 << 2))\n", None),
    "heredoc not seen for an apostrophe": (
        b"FROM a\nRUN cat <<EOF # it's\nRUN b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat <<EOF # it's", []), (3, 3, "RUN", [], "b", [])],
    ),
    "heredoc not seen for an expansion": (
        b"FROM a\nRUN cat <<EOF ${x^^}\nRUN b\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat <<EOF ${x^^}", []), (3, 3, "RUN", [], "b", [])],
    ),
    "heredoc name from a default": (
        b"FROM a\nRUN cat <<a${x:-EOF}\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "cat <<a${x:-EOF}", [])],
    ),
    "heredoc in copy": (
        b"FROM a\nCOPY <<EOF /x\na\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "COPY", [], None, [("EOF", "a\n")])],
    ),
    "heredoc as destination": (b"FROM a\nCOPY x <<EOF\na\nEOF\n", None),
    "heredoc in add": (
        b'FROM a\nADD <<-"EOF" <<B /x/\na\nEOF\nb\nB\n',
        [(1, 1, "FROM", [], None, []), (2, 6, "ADD", [], None, [("EOF", "a\n"), ("B", "b\n")])],
    ),
    "heredoc in cmd": (b"FROM a\nCMD cat <<EOF\n", [(1, 1, "FROM", [], None, []), (2, 2, "CMD", [], None, [])]),
    "heredoc in exec form": (
        b'FROM a\nRUN ["cat", "<<EOF"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], ["cat", "<<EOF"], [])],
    ),
    "heredoc in onbuild": (
        b"FROM a\nONBUILD RUN <<EOF\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "ONBUILD RUN", [], "<<EOF", [("EOF", "x\n")])],
    ),
    "heredoc with flags": (
        b"FROM a\nRUN --mount=type=cache,target=/c <<EOF\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", ["--mount=type=cache,target=/c"], "<<EOF", [("EOF", "x\n")])],
    ),
    "heredoc escape is a backslash always": (
        b"# escape=`\nFROM a\nRUN <<\\EOF\nx `\nEOF\n",
        [(2, 2, "FROM", [], None, []), (3, 5, "RUN", [], "<<\\EOF", [("EOF", "x `\n")])],
    ),
    "flag": (
        b"FROM a\nRUN --mount=type=cache,target=/c --network=none x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/c", "--network=none"], "x", [])],
    ),
    "flags on lines": (
        b"FROM a\nRUN --mount=type=cache,target=/c \\\n  # c\n\n    --mount=type=tmpfs,target=/t \\\n  x\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 6, "RUN", ["--mount=type=cache,target=/c", "--mount=type=tmpfs,target=/t"], "x", []),
        ],
    ),
    "flag split over lines": (
        b"FROM a\nRUN --mount=type=cache,\\\ntarget=/c x\n",
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", ["--mount=type=cache,target=/c"], "x", [])],
    ),
    "flags only": (
        b"FROM a\nRUN --mount=type=cache,target=/c\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/c"], "", [])],
    ),
    "flag quoted": (
        b'FROM a\nRUN --mount="type=cache,target=/a b" x\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/a b"], "x", [])],
    ),
    "flag with quotes inside": (
        b"FROM a\nRUN --mount=type=cache,target='/a b'/c x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/a b/c"], "x", [])],
    ),
    "flag escaped": (
        b"FROM a\nRUN --mount=type=cache,target=/a\\ b x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/a b"], "x", [])],
    ),
    "flag escaped by backtick": (
        b"# escape=`\nFROM a\nRUN --mount=type=cache,target=C:\\a` b x\n",
        [(2, 2, "FROM", [], None, []), (3, 3, "RUN", ["--mount=type=cache,target=C:\\a b"], "x", [])],
    ),
    "flag in escaped csv quotes": (
        b'FROM a\nRUN --mount=type=cache,\\"target=/a,b\\" x\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ['--mount=type=cache,"target=/a,b"'], "x", [])],
    ),
    "flags ended": (b"FROM a\nRUN -- --foo\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "--foo", [])]),
    "single dash is no flag": (b"FROM a\nRUN -x y\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "-x y", [])]),
    "flag in latin-1": (
        b"FROM a\nRUN --mount=type=cache,target=/\xc3\xa9 x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/Ã©"], "x", [])],
    ),
    "flag broken in a character": (
        b"FROM a\nRUN --mount=type=cache,target=/\xc3\xa0 x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--mount=type=cache,target=/Ã"], "x", [])],
    ),
    "flag unknown": (b"FROM a\nRUN --foo x\n", None),
    "flag without value": (b"FROM a\nRUN --mount x\n", None),
    "flag twice": (b"FROM a\nRUN --network=none --network=host x\n", None),
    "network unknown": (b"FROM a\nRUN --network=x y\n", None),
    "security unknown": (b"FROM a\nRUN --security=x y\n", None),
    "device": (
        b"FROM a\nRUN --device=vendor.com/gpu=all,required x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--device=vendor.com/gpu=all,required"], "x", [])],
    ),
    "device wrong": (b"FROM a\nRUN --device=a,b x\n", None),
    "copy flags": (
        b"FROM a AS b\nFROM c\nCOPY --from=b --link --exclude=x --exclude=y --chown=1:2 /a /b\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 2, "FROM", [], None, []),
            (3, 3, "COPY", ["--from=b", "--link", "--exclude=x", "--exclude=y", "--chown=1:2"], None, []),
        ],
    ),
    "copy switch wrong": (b"FROM a\nCOPY --link=maybe a b\n", None),
    "copy without destination": (b"FROM a\nCOPY a\n", None),
    "add flags": (
        b"FROM a\nADD --keep-git-dir=true --checksum=sha256:1 --unpack a b\n",
        [
            (1, 1, "FROM", [], None, []),
            (2, 2, "ADD", ["--keep-git-dir=true", "--checksum=sha256:1", "--unpack"], None, []),
        ],
    ),
    "from platform": (
        b"FROM --platform=$BUILDPLATFORM a AS b\n",
        [(1, 1, "FROM", ["--platform=$BUILDPLATFORM"], None, [])],
    ),
    "from with four words": (b"FROM a AS b c\n", None),
    "from alone": (b"FROM\n", None),
    "from without as": (b"FROM a is b\n", None),
    "stage name wrong": (b"FROM a AS 1b\n", None),
    "stage name in capitals": (b"FROM a as Build_1.x-y\n", [(1, 1, "FROM", [], None, [])]),
    "exec form": (
        b'FROM a\nRUN ["pip", "install", "a\\u00e9\\n"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], ["pip", "install", "aé\n"], [])],
    ),
    "exec form over lines": (
        b'FROM a\nRUN [ "pip", \\\n  "install" ]\n',
        [(1, 1, "FROM", [], None, []), (2, 3, "RUN", [], ["pip", "install"], [])],
    ),
    "exec form empty": (b"FROM a\nRUN []\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], [], [])]),
    "exec form with number": (b'FROM a\nRUN ["a", 1]\n', None),
    "exec form of numbers": (b"FROM a\nRUN [1]\n", None),
    "exec form nested": (b'FROM a\nRUN [["a"]]\n', None),
    "exec form null": (b"FROM a\nRUN [null]\n", None),
    "exec form not a number": (b"FROM a\nRUN [NaN]\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "[NaN]", [])]),
    "exec form number too large": (
        b"FROM a\nRUN [1e999]\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "[1e999]", [])],
    ),
    "exec form single quotes": (b"FROM a\nRUN ['a']\n", [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "['a']", [])]),
    "exec form with tail": (b'FROM a\nRUN ["a"] b\n', [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], '["a"] b', [])]),
    "exec form trailing comma": (
        b'FROM a\nRUN ["a",]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], '["a",]', [])],
    ),
    "test command": (
        b"FROM a\nRUN [ -f x ] && y\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "[ -f x ] && y", [])],
    ),
    "exec form tab inside": (
        b'FROM a\nRUN ["a\tb"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], '["a\tb"]', [])],
    ),
    "exec form invalid utf-8": (
        b'FROM a\nRUN ["\xff"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], ["�"], [])],
    ),
    "exec form lone surrogate": (
        b'FROM a\nRUN ["\\ud800"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], ["�"], [])],
    ),
    "exec form after flags": (
        b'FROM a\nRUN --network=none ["a"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", ["--network=none"], ["a"], [])],
    ),
    "cmd with number": (b'FROM a\nCMD ["a", 1]\n', None),
    "shell": (b'FROM a\nSHELL ["/bin/bash", "-c"]\n', [(1, 1, "FROM", [], None, []), (2, 2, "SHELL", [], None, [])]),
    "shell not in json": (b"FROM a\nSHELL /bin/bash -c\n", None),
    "shell empty": (b"FROM a\nSHELL []\n", None),
    "onbuild": (b"FROM a\nONBUILD RUN x\n", [(1, 1, "FROM", [], None, []), (2, 2, "ONBUILD RUN", [], "x", [])]),
    "onbuild in lower case over lines": (
        b"FROM a\nonbuild \\\n  run --mount=type=cache,target=/c \\\n  x\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "ONBUILD RUN", ["--mount=type=cache,target=/c"], "x", [])],
    ),
    "onbuild exec": (
        b'FROM a\nONBUILD RUN ["a"]\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "ONBUILD RUN", [], ["a"], [])],
    ),
    "onbuild unknown flag": (
        b"FROM a\nONBUILD RUN --foo x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "ONBUILD RUN", ["--foo"], "x", [])],
    ),
    "onbuild unknown": (
        b"FROM a\nONBUILD FOO x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "ONBUILD FOO", [], None, [])],
    ),
    "onbuild flag": (b"FROM a\nONBUILD --x RUN y\n", None),
    "onbuild onbuild": (b"FROM a\nONBUILD ONBUILD RUN x\n", None),
    "onbuild from": (b"FROM a\nONBUILD FROM b\n", None),
    "onbuild maintainer": (b"FROM a\nONBUILD maintainer b\n", None),
    "onbuild alone": (b"FROM a\nONBUILD\n", None),
    "onbuild bad env": (b"FROM a\nONBUILD ENV a=b c\n", None),
    "onbuild mixed json": (b"FROM a\nONBUILD CMD [1]\n", None),
    "unknown instruction": (b"FROM a\nRUNN x\n", None),
    "run before from": (b"RUN x\nFROM a\n", None),
    "arg before from": (b"ARG V=1\nFROM a:$V\n", [(1, 1, "ARG", [], None, []), (2, 2, "FROM", [], None, [])]),
    "env": (
        b'FROM a\nENV a=b c="d e" f=g\\ h\nENV i j k\n',
        [(1, 1, "FROM", [], None, []), (2, 2, "ENV", [], None, []), (3, 3, "ENV", [], None, [])],
    ),
    "env bad": (b"FROM a\nENV a=b c\n", None),
    "env alone": (b"FROM a\nENV\n", None),
    "env one word": (b"FROM a\nENV a\n", None),
    "env blank name": (b"FROM a\nENV =a\n", None),
    "env flag": (b"FROM a\nENV --a=b\n", None),
    "label": (b"FROM a\nLABEL a=b\n", [(1, 1, "FROM", [], None, []), (2, 2, "LABEL", [], None, [])]),
    "label blank name": (b"FROM a\nLABEL a=b =c\n", None),
    "arg blank name": (b"FROM a\nARG =a\n", None),
    "arg alone": (b"FROM a\nARG\n", None),
    "arg flag": (b"FROM a\nARG --x a\n", [(1, 1, "FROM", [], None, []), (2, 2, "ARG", ["--x"], None, [])]),
    "healthcheck": (
        b"FROM a\nHEALTHCHECK --interval=1m30s --retries=3 CMD x\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "HEALTHCHECK", ["--interval=1m30s", "--retries=3"], None, [])],
    ),
    "healthcheck none": (
        b"FROM a\nHEALTHCHECK NONE\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "HEALTHCHECK", [], None, [])],
    ),
    "healthcheck none with command": (b"FROM a\nHEALTHCHECK NONE x\n", None),
    "healthcheck without command": (b"FROM a\nHEALTHCHECK CMD\n", None),
    "healthcheck other": (b"FROM a\nHEALTHCHECK x\n", None),
    "healthcheck interval": (b"FROM a\nHEALTHCHECK --interval=1us CMD x\n", None),
    "healthcheck interval wrong": (b"FROM a\nHEALTHCHECK --interval=5 CMD x\n", None),
    "healthcheck retries": (b"FROM a\nHEALTHCHECK --retries=-1 CMD x\n", None),
    "user alone": (b"FROM a\nUSER\n", None),
    "workdir": (b"FROM a\nWORKDIR /a b\n", [(1, 1, "FROM", [], None, []), (2, 2, "WORKDIR", [], None, [])]),
    "stopsignal flag": (
        b"FROM a\nSTOPSIGNAL --x 9\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "STOPSIGNAL", ["--x"], None, [])],
    ),
    "user flag": (b"FROM a\nUSER --x y\n", None),
    "expose alone": (b"FROM a\nEXPOSE\n", None),
    "volume empty": (b'FROM a\nVOLUME [""]\n', None),
    "volume": (b"FROM a\nVOLUME /a /b\n", [(1, 1, "FROM", [], None, []), (2, 2, "VOLUME", [], None, [])]),
    "two words heredoc": (
        b"FROM a\nRUN <<EOF cat\nx\nEOF\n",
        [(1, 1, "FROM", [], None, []), (2, 4, "RUN", [], "<<EOF cat", [("EOF", "x\n")])],
    ),
    "longest line": (
        b"FROM a\nRUN " + b"x" * 65531 + b"\n",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x" * 65531, [])],
    ),
    "line too long": (b"FROM a\nRUN " + b"x" * 65532 + b"\n", None),
    "longest last line": (
        b"FROM a\nRUN " + b"x" * 65531 + b"",
        [(1, 1, "FROM", [], None, []), (2, 2, "RUN", [], "x" * 65531, [])],
    ),
    "last line too long": (b"FROM a\nRUN " + b"x" * 65532 + b"", None),
    "long line of wide characters": (b"FROM a\n# " + b"\xc3\xa9" * 32766 + b"\n", [(1, 1, "FROM", [], None, [])]),
    "comment too long": (b"FROM a\n# " + b"\xc3\xa9" * 32767 + b"\n", None),
}
