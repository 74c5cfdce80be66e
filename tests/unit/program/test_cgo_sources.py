"""Files of a project in Go whose C reads headers in other folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from cachemount.files.kept import forget
from cachemount.program.cgo_sources import cgo_sources

_ALL = "FROM golang:1.23\nCOPY . .\nRUN go build\n"
_C = 'package p\n\n// {}\nimport "C"\n'
# A project's files: header, source and what is found in it.
_ELSEWHERE = (
    ("inc/x.h", "p/p.go", _C.format("#cgo CFLAGS: -O2 -I${SRCDIR}/../inc"), "#cgo CFLAGS: -O2 -I${SRCDIR}/../inc"),
    ("inc/x.h", "p/p.go", _C.format("#cgo linux CFLAGS: -I ../inc"), "#cgo linux CFLAGS: -I ../inc"),
    ("p/sub/x.h", "p/p.go", _C.format('#include "sub/x.h"'), '#include "sub/x.h"'),
    ("inc/x.h", "p.go", 'package p\n\n/*\n  #include "inc/x.h"\n*/\nimport (\n\t"C"\n)\n', '#include "inc/x.h"'),
)
_BESIDE = (
    ("p/x.h", "p/p.go", _C.format('#include "x.h"')),
    ("p/x.h", "p/p.go", _C.format("#cgo CFLAGS: -I. -I${SRCDIR} -I/usr/include/x")),
    # Of the system, though it is asked for as one of the project.
    ("p/x.h", "p/p.go", _C.format('#include "libav/codec.h"')),
    ("inc/x.h", "p/p.go", 'package p\n\n// #include "../inc/x.h"\nimport "fmt"\n'),
    ("inc/x.h", "p/p_test.go", _C.format('#include "../inc/x.h"')),
    ("inc/x.h", "vendor/p/p.go", _C.format('#include "../../inc/x.h"')),
)


def _write(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def _found(root: Path, text: str = _ALL) -> list[tuple[str, str]]:
    return [(one.path, one.text) for one in cgo_sources(text, [(str(root), ".")])]


@pytest.mark.parametrize(("header", "name", "text", "line"), _ELSEWHERE)
def test_headers_of_another_folder_are_found(tmp_path: Path, header: str, name: str, text: str, line: str) -> None:
    _write(tmp_path, **{".git/HEAD": "", "go.mod": "module x\n", header: "", name: text})
    assert _found(tmp_path) == [(name, line)]


@pytest.mark.parametrize(("header", "name", "text"), _BESIDE)
def test_headers_that_go_sees_are_not(tmp_path: Path, header: str, name: str, text: str) -> None:
    _write(tmp_path, **{".git/HEAD": "", "go.mod": "module x\n", header: "", name: text})
    assert not _found(tmp_path)


def test_sources_in_c_count_where_go_compiles_them(tmp_path: Path) -> None:
    _write(tmp_path, **{".git/HEAD": "", "go.mod": "module x\n", "inc/x.h": "", "p/x.c": '#include "../inc/x.h"\n'})
    assert not _found(tmp_path)
    forget()
    _write(tmp_path, **{"p/p.go": _C.format("int f();")})
    assert _found(tmp_path) == [("p/x.c", '#include "../inc/x.h"')]


def test_a_project_may_lie_in_a_folder_that_is_copied(tmp_path: Path) -> None:
    text = _C.format('#include "sub/x.h"')
    _write(tmp_path, **{".git/HEAD": "", "server/go.mod": "module x\n", "server/sub/x.h": "", "server/p.go": text})
    assert _found(tmp_path, "COPY server/ .\n") == [("server/p.go", '#include "sub/x.h"')]
    assert not _found(tmp_path, "COPY client/ .\n")


def test_without_c_nothing_is_looked_for(tmp_path: Path) -> None:
    _write(
        tmp_path, **{".git/HEAD": "", "go.mod": "module x\n", "sub/x.h": "", "p.go": _C.format('#include "sub/x.h"')}
    )
    assert not _found(tmp_path, f"ENV CGO_ENABLED=0\n{_ALL}")
    assert _found(tmp_path, f"RUN CGO_ENABLED=0 go vet && CGO_ENABLED=1 go build\n{_ALL}")
