"""Run in a process of its own: fix-cache-mounts, killed before and after every call of a C function while it writes.

Each line of standard output is a moment at which a file was neither old nor new, or a name that a program would take
for a Dockerfile was left; the last line is the number of moments.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import fix_cache_mounts
from cachemount.program.discovery import is_dockerfile_name, is_host_name

MOMENTS = 0
LAST = 0


def watch(frame: FrameType, event: str, _: object) -> None:
    """Count what happens between `Folder.put` and the rename, and die at the moment that is wanted."""
    global MOMENTS  # noqa: PLW0603 - a profile function has nothing else
    if event.startswith("c_") and frame.f_code.co_filename.endswith("atomic_write.py"):
        MOMENTS += 1
        if MOMENTS == LAST:
            os.kill(os.getpid(), signal.SIGKILL)


def repair(folder: Path, last: int) -> int:
    """Fix all in a child that dies at a moment (0: that lives); its status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    global LAST  # noqa: PLW0603
    LAST = last
    os.chdir(folder)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    sys.argv = ["fix-cache-mounts", *sorted(one.name for one in folder.glob("Dockerfile*"))]
    sys.setprofile(watch if last else None)
    status = 3
    try:
        status = fix_cache_mounts.main()
    finally:
        os._exit(status)


def main(template: Path, folder: Path) -> None:
    old = {path.name: path.read_bytes() for path in template.iterdir()}
    shutil.copytree(template, folder)
    # All is imported here once, so that children start fast.
    sys.argv = ["fix-cache-mounts", "--exit-zero", str(folder)]
    fix_cache_mounts.main()
    new = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert new.keys() == old.keys()
    assert all(new[name] != old[name] for name in old)
    moment = 0
    killed = True
    while killed:
        moment += 1
        shutil.rmtree(folder)
        shutil.copytree(template, folder)
        killed = os.WIFSIGNALED(repair(folder, moment))
        for path in folder.iterdir():
            if path.name not in old:
                if is_dockerfile_name(path.name) or is_host_name(path.name):
                    print(f"moment {moment}: left {path.name}")
            elif path.read_bytes() not in (old[path.name], new[path.name]):
                print(f"moment {moment}: {path.name} is half")
        repair(folder, 0)
        if {path.name: path.read_bytes() for path in folder.iterdir()} != new:
            print(f"moment {moment}: the next run does not put it right: {sorted(folder.iterdir())}")
    print(moment - 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
