"""A docker for tests: it answers with what is in the folder FAKE_DOCKER, and writes down how it was called.

`build1`, `build2` and so on are what the builds print (exit status 1 where the text ends with "ERROR"; from the third
on, those that are not there print what the first and the second did), `look` what the look into the mounts prints,
`json`, `blocks` and `list` what the three commands about the cache print, and a missing file is a command that fails.
`NS` stands for the namespace that the builds were given, `MARK` for the part of it that is the same in all. `version`
names the program, `buildx` is there if it has buildx, and `help` is what `build --help` prints.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def main() -> int:
    folder, arguments = Path(os.environ["FAKE_DOCKER"]), sys.argv[1:]
    calls = folder / "calls"
    before = calls.read_text(encoding="utf-8") if calls.exists() else ""
    calls.write_text(before + " ".join(arguments) + "\n", encoding="utf-8")
    name = _name([one for one in arguments if one != "buildx" or arguments[1] == "version"], before)
    if name[:5] == "build" and name[5:] > "2" and not (folder / name).exists():
        name = f"build{2 - int(name[5:]) % 2}"
    if not name:
        return 0
    if not (folder / name).exists():
        print(f"unknown command: docker {' '.join(arguments)}", file=sys.stderr)
        return 1
    text = (folder / name).read_text(encoding="utf-8")
    if namespaces := re.findall(r"BUILDKIT_CACHE_MOUNT_NS=((\S+)-\d+)", calls.read_text(encoding="utf-8")):
        whole, mark = namespaces[-1]
        text = text.replace("NS", whole).replace("MARK", mark)
    sys.stdout.write(text)
    return int(text.rstrip().endswith("ERROR"))


def _name(arguments: list[str], before: str) -> str:
    text = " ".join(arguments)
    if text == "--version":
        return "version"
    if text == "buildx version":
        return "buildx"
    if text == "build --help":
        return "help"
    if arguments[0] == "build":
        if "/cachemount-" in text:
            return "look"
        return f"build{len(re.findall('-(?:empty|filled)[.]invalid(?!.*/cachemount-)', before)) + 1}"
    if arguments[0] == "du":
        return "json" if "json" in arguments else "blocks"
    return "list" if arguments[:2] == ["system", "df"] else ""


if __name__ == "__main__":
    sys.exit(main())
