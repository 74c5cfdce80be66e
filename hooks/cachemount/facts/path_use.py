"""What commands do with the paths that they are given, and which paths an image runs.

`uses.py` asks who surely needs a folder that is in no layer, which is a finding. `reads.py` asks who may read one,
which is a doubt about a fix. What is sure is possible too; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Instruction
from cachemount.facts import locations
from cachemount.facts.model import Facts
from cachemount.late_pattern import late

# All but the last operand is read.
COPIERS = frozenset({"cp", "mv", "rsync", "scp", "install", "ln"})
# What lies below their operands is read too.
PACKERS = frozenset({"tar", "zip", "7z", "mksquashfs", "cpio"})
# They fail where a path is not there, and do as well where it is empty.
WANT_IT_THERE = frozenset({"chmod", "chown", "chgrp", "setfacl", "ls", "du", "stat", "cd", "pushd", "rmdir"})
# Their first operand is a program, the others are its own.
SCRIPTED = frozenset({"java", "node", "python", "python3"})
# They fail where a file among their operands is not there.
READERS = SCRIPTED | {
    "base64", "cat", "chmod", "chown", "du", "file", "ldd", "ls", "md5sum", "objcopy", "patchelf", "sha256sum",
    "sha512sum", "strip", "tar", "upx", "wc",
}  # fmt: skip
# They do as well without the paths that they are given.
READ_NOTHING = frozenset({
    ":", "[", "[[", "adduser", "echo", "export", "mkdir", "mount", "printf", "rm", "set", "test", "touch", "true",
    "umount", "unlink", "unset", "useradd", "usermod", "which",
})  # fmt: skip
# They put nothing where they are not told to.
MAKE_NOTHING = READ_NOTHING | COPIERS | READERS | {
    "addgroup", "cd", "date", "env", "exit", "find", "grep", "groupadd", "id", "ldconfig", "pwd", "rmdir", "sed",
    "sleep", "uname", "whoami",
}  # fmt: skip

_TOKEN = late(r"[\w./@+~${}-]*/[\w./@+-]+")
_REFERENCE = late(r"\$(?:(\w+)|\{(\w+)\})")
_HOME = late(r"~(?=/)")


def copied(name: str, operands: list[str]) -> list[str]:
    """Return which operands a program that copies or packs reads as a whole."""
    if name in COPIERS:
        return operands[:-1]
    return operands if name in PACKERS else []


def run_by_image(facts: Facts, instruction: Instruction) -> Iterator[tuple[str, str]]:
    """Yield the paths that CMD, ENTRYPOINT or HEALTHCHECK says, as written and made absolute."""
    environment = facts.environments[id(instruction)]
    home = environment.home
    variables = {**environment.variables, "HOME": home}
    for text in _TOKEN.findall(instruction.arguments.text):
        known = _REFERENCE.sub(lambda match: variables.get(match[1] or match[2]) or "$", text)
        path = locations.absolute(_HOME.sub(home or "$", known), environment.workdir)
        if path is not None and "$" not in path:
            yield text, path


def searched_for_programs(facts: Facts, instruction: Instruction) -> Iterator[str]:
    """Yield the folders in PATH as they are at an instruction."""
    for folder in (facts.environments[id(instruction)].variables.get("PATH") or "").split(":"):
        if folder.startswith("/"):
            yield folder.rstrip("/")
