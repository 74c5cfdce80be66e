"""A repository whose names and contents would steer a terminal."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

# ESC, CSI, OSC 8, BEL, CR, BS, DEL, C1, direction overrides, zero width, separators, no characters, workflow commands.
MARKS = (
    "\x1b[31m",
    "\x1b]8;;file:///etc\x1b\\",
    "\x1b]0;title\x07",
    "\x07\r\b\x7f\x0b\x0c",
    "\x9b31m\x9d0;x\x9c\x85",
    "\u202e\u2066\u200b\u200d\ufeff\u00ad",
    "\u2028\u2029\ufffe\U000e0041",
    "%0A::error::x ]]><!-- &amp; \"'",
)
ALL = "".join(MARKS)
UNDECODABLE = b"\xff\xfe\x9b\xc3"


def raw(text: str, *, allowed: str = "\n\t") -> list[str]:
    """Return the characters of a program's output that no terminal should be given."""
    return sorted(
        {
            one
            for one in text
            if one not in allowed and (unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") or one == "\ufffe")
        }
    )


def build(folder: Path) -> None:
    """Files with every mark in every place that a program quotes from."""
    (folder / ".git").mkdir()
    for number, mark in enumerate((*MARKS, "\n::error::y\n--- a/x\n+++ b/x\n")):
        name = mark.replace("/", "_")
        write(folder / f"{number}{name}.Dockerfile", f"FROM a\nRUN pip install a{mark}b\n")
    write(folder.joinpath(os.fsdecode(b"undecodable-" + UNDECODABLE + b".Dockerfile")), "FROM a\nRUN pip install a\n")
    line = ALL.replace("\r", "").replace("\x0b", "").replace("\x0c", "").replace("\x85", "")
    for number, text in enumerate(
        (
            f"FROM a{line} AS b{line}\nRUN pip install a\n",
            f"FROM a AS b\nRUN pip install '{line}' \\\n  && rm -rf /root/.cache/pip{line} # {line}\n",
            f"FROM a AS b\nENV PIP_CACHE_DIR=/c{line}\nUSER u{line}\nRUN pip install a && npm ci {line}\n",
            f"FROM a\nRUN --mount=type=cache,target=/root/.cach{line}e/pip pip install a\n",
            f"FROM a\nRUN --mount=type=cach{line} pip install a\n",
            f"FROM a\nRUN --mount=type=cache,target=/x,id={line},uid={line} pip install a\n",
            f"FROM a\n# cachemount: ignore[x{line}] reason {line}\nRUN pip install a\n",
            f"FROM a\n# cachemount: ignore[missing-cache-mount] reason {line}\nRUN pip install a\n",
            f"FROM a\nKEY{line} pip install a\n",
            f"FROM a\nRUN <<'E{line}'\npip install a\n",
            f"# escape={line}\nFROM a\nRUN pip install a\n",
            f"FROM a\nONBUILD COPY --fro{line}=x a b\n",
        )
    ):
        write(folder / f"text-{number}.Dockerfile", text)
    (folder / "bytes.Dockerfile").write_bytes(b"FROM a" + UNDECODABLE + b"\nRUN pip install a" + UNDECODABLE + b"\n")
    escaped = ALL.encode("unicode_escape").decode().replace("\\x", "\\u00").replace('"', '\\"').replace("'", "\\u0027")
    for name, text in {
        "key": f'"k{escaped}" = 1\n',
        "rule": f'disable = ["r{escaped}"]\n',
        "glob": f'exclude = ["/{escaped}"]\n',
        "broken": "a = \x1b[31m\n",
        "allow": f'[[allow]]\nrules = ["missing-cache-mount"]\nreason = "{escaped}"\n',
        "stale": f'[[allow]]\nstages = ["{escaped}"]\nreason = "{escaped}"\nexpires = 2001-01-01\n',
        "baseline": f'baseline = "{escaped}"\n',
    }.items():
        write(folder / f"config-{name}" / ".cachemount.toml", text)
        write(folder / f"config-{name}" / "Dockerfile", "FROM a\nRUN pip install a\n")
    write(folder / "old" / ".cachemount-baseline.jsonl", '{"cachemount-baseline": 1}\n{"k\\u001b[31m": 1}\n')
    write(folder / "old" / "Dockerfile", "FROM a\nRUN pip install a\n")
    body = "\n".join(f"        {one}" for one in f"FROM a{line} AS b\nRUN pip install a{line}".split("\n"))
    write(
        folder / "compose" / "compose.yaml",
        f"services:\n  'w{line}':\n    build:\n      dockerfile_inline: |\n{body}\n",
    )
    write(
        folder / "compose" / "compose.b.yaml",
        f'services:\n  w:\n    build:\n      dockerfile_inline: "FROM a\\nRUN pip install {escaped}"\n',
    )


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
