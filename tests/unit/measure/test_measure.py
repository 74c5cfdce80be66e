"""measure-cache-mounts with a docker that says what real ones said: Docker 20.10.24, and buildx with BuildKit 0.34."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cachemount.cache_mounts import cache_mounts
from cachemount.measure.content import Content, script
from cachemount.measure.downloads import downloaded
from cachemount.measure.program import main
from cachemount.source import Source

pytestmark = pytest.mark.slow

_FAKE = Path(__file__).parent / "fake_docker.py"
_DOCKERFILE = """\
FROM debian:bookworm-slim AS unused
RUN --mount=type=cache,target=/root/.cache/other true
FROM debian:bookworm-slim
RUN --mount=type=cache,target=/var/lib/apt,sharing=locked,id=lists \\
    apt-get update
RUN --mount=type=cache,target=/root/.cache/pip true
"""
_PROGRESS = """\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#5 [stage-1 1/3] FROM debian:bookworm-slim
#5 DONE 0.0s

#6 [stage-1 2/3] RUN --mount=type=cache,target=/var/lib/apt,sharing=locked,id=lists     apt-get update
#6 0.310 #7 [stage-1 3/3] RUN something that a command prints
#6 DONE {first}s

#7 [stage-1 3/3] RUN --mount=type=cache,target=/root/.cache/pip true
#7 DONE 0.1s
"""


def _record(name: str, size: str, description: str) -> str:
    return json.dumps({"ID": name, "Description": description, "Size": size, "Type": "exec.cachemount"})


_APT = 'cached mount /var/lib/apt from exec /bin/sh -c apt-get update with id "NS/lists"'
_PIP = 'cached mount /root/.cache/pip from exec /bin/sh -c true with id "NS//root/.cache/pip"'
_OTHERS = 'cached mount /root/.cache/pip from exec /bin/sh -c true with id "/root/.cache/pip"'
_JSON = "\n".join(
    (_record("aaaaaaaa1", "87.3MB", _APT), _record("bbbbbbbb2*", "4.1kB", _PIP), _record("cccccccc3", "9GB", _OTHERS))
)
_BLOCKS = f"""\
ID:           aaaaaaaa1
Mutable:      true
Size:         87.3MB
Description:  {_APT}
Last used:    3 hours ago
Type:         exec.cachemount

ID:           dddddddd4
Size:         4.096kB
Description:  local source for context
Type:         source.local

ID:           bbbbbbbb2*
Size:         4.1kB
Description:  {_PIP}
Type:         exec.cachemount

Reclaimable:  0B
Total:        87.3MB
"""

_LOOK = """\
#9 0.111 MARK 1 file /var/lib/apt/lists/some_Packages.lz4
#9 0.111 MARK 1 end
#9 0.112 MARK 2 end
"""

Give = Callable[..., Path]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Give:
    """Make a docker with these answers, on a PATH with nothing else, beside a Dockerfile."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {_FAKE} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    folder = tmp_path / "answers"
    folder.mkdir()
    (tmp_path / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("FAKE_DOCKER", str(folder))
    monkeypatch.chdir(tmp_path)

    def give(**answers: str) -> Path:
        modern = {
            "version": "Docker version 28.2.2, build e6534b4",
            "buildx": "github.com/docker/buildx v0.29.1",
            "build1": _PROGRESS.format(first="3.6"),
            "build2": _PROGRESS.format(first="2.2"),
            "look": _LOOK,
            "json": _JSON,
        }
        for name, text in {**modern, **answers}.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8")
        return folder

    return give


_TEXT = """\
Dockerfile:2:5: the mount on /root/.cache/other is not used: the build does not need the stage unused
Dockerfile:4:5: the mount on /var/lib/apt (id lists) is filled: 87.3 MB
Dockerfile:6:5: the mount on /root/.cache/pip is empty (4.1 kB): nothing in this step uses the mount on \
/root/.cache/pip, the cache of pip [misplaced-cache-mount]
Dockerfile:4: the step took 3.6 s with empty mounts, 2.2 s with filled ones: 1.4 s saved (one pair of builds)
Dockerfile:6: the step took 0.1 s with empty mounts, 0.1 s with filled ones: 0.0 s saved (not sure: too close for one \
pair of builds)
Dockerfile: 1 of 3 mounts filled, 87.3 MB kept; 1.4 s saved
"""


@pytest.mark.parametrize("answers", [{}, {"json": "", "blocks": _BLOCKS}], ids=["json", "blocks"])
def test_filled_empty_and_not_used(docker: Give, answers: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = docker(**answers)
    assert main([".", "--", "--network=host"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == (_TEXT, "")
    calls = (folder / "calls").read_text(encoding="utf-8").splitlines()
    first, second, *_ = (call for call in calls if "BUILDKIT_CACHE_MOUNT_NS" in call)
    # Each build runs all steps, whatever was built before.
    assert len({word for call in (first, second) for word in call.split() if word.startswith("--add-host=")}) == 2
    assert "--network=host" in first
    assert "--output=type=cacheonly" in first
    # What the measurement made goes away, what others have stays.
    assert [call.split("id=")[1] for call in calls if "prune" in call] == ["aaaaaaaa1", "bbbbbbbb2"]


def test_json(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker()
    assert main(["--format", "json", "."]) == 1
    [found] = json.loads(capsys.readouterr().out)["files"]
    assert [(one["line"], one["state"], one["bytes"]) for one in found["mounts"]] == [
        (2, "unused", None),
        (4, "filled", 87_300_000),
        (6, "empty", 4100),
    ]
    assert found["steps"][0] == {
        "instruction_line": 4,
        "stage": "1",
        "seconds_empty": 3.6,
        "seconds_filled": 2.2,
        "seconds_saved": 1.4,
        "sure": True,
        "pairs": [{"seconds_empty": 3.6, "seconds_filled": 2.2}],
        "downloaded_empty": None,
        "downloaded_filled": None,
    }
    assert [one["content"] for one in found["mounts"]] == [None, ["/var/lib/apt/lists/some_Packages.lz4"], []]
    assert (found["bytes"], found["seconds_saved"], found["error"]) == (87_304_100, 1.4, None)


def test_a_small_difference_is_measured_again(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    closer = {f"build{number}": _PROGRESS.format(first=first) for number, first in enumerate(("3.6", "3.2"), 1)}
    docker(**closer, build3=_PROGRESS.format(first="3.9"), build4=_PROGRESS.format(first="3.3"))
    assert main(["."]) == 1
    said = capsys.readouterr().out
    assert "3.8 s with empty mounts, 3.2 s with filled ones: 0.5 s saved (0.4 to 0.6 s in 2 pairs of builds)" in said


def test_pairs_that_disagree_are_not_sure(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    slower = {f"build{number}": _PROGRESS.format(first=first) for number, first in enumerate(("3.6", "3.9"), 1)}
    docker(**slower, build3=_PROGRESS.format(first="3.9"), build4=_PROGRESS.format(first="3.3"))
    assert main(["--format", "json", "."]) == 1
    [found] = json.loads(capsys.readouterr().out)["files"]
    assert [(one["seconds_saved"], one["sure"]) for one in found["steps"]] == [(0.15, False), (0.0, False)]


def test_as_many_pairs_as_are_asked_for(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    folder = docker()
    assert main(["--pairs", "3", "."]) == 1
    assert "1.4 to 1.4 s in 3 pairs of builds" in capsys.readouterr().out
    assert len(re.findall(r"-empty[.]invalid", (folder / "calls").read_text(encoding="utf-8"))) == 3


def test_a_step_from_the_layer_cache_has_no_time(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(build2=_PROGRESS.format(first="2.2").replace("#6 DONE 2.2s", "#6 CACHED"))
    assert main(["."]) == 1
    assert "Dockerfile:4: no time: the builder did not run the step in each build" in capsys.readouterr().err


def test_what_package_managers_say_they_download(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*lines: str) -> str:
        return _PROGRESS.format(first="3.6").replace(
            "#6 DONE", "\n".join([f"#6 1.200 {x}" for x in lines] + ["#6 DONE"])
        )

    docker(
        build1=printed("Fetched 8,214 kB in 1s (5,123 kB/s)", "  Downloading flask-3.0-py3-none-any.whl (101 kB)"),
        build2=printed("Need to get 0 B/3,456 kB of archives.", "  Using cached flask-3.0-py3-none-any.whl (101 kB)"),
    )
    main([".", "--pairs=1"])
    assert "Dockerfile:4: the step took 3.6 s with empty mounts" in (said := capsys.readouterr().out)
    assert "; downloaded 8.3 MB and 0 B\n" in said


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("Fetched 9,301 B in 0s (30.1 kB/s)", 9301),
        ("Total download size: 12 M", 12_000_000),
        ("Total size: 12 M", 0),
        ("Overall download size: 1.5 MiB. Already cached: 0 B.", 1_572_864),
        ("                                           Total:        62.5 MB", 62_500_000),
        ("Total Download Size:    1.00 KiB", 1024),
        ("Downloading the internet", None),
        ("", None),
    ],
)
def test_lines_about_downloads(line: str, size: int | None) -> None:
    assert downloaded(line) == size


def test_a_mount_is_empty_where_it_holds_no_packages(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(look=_LOOK.replace("file /var/lib/apt/lists/some_Packages.lz4", "other /var/lib/apt/lists/lock"))
    assert main(["."]) == 1
    said = capsys.readouterr().out
    assert "(id lists) is empty (87.3 MB): " in said
    assert "; it holds only /var/lib/apt/lists/lock\n" in said


def test_without_a_shell_the_size_decides(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(look="ERROR")
    assert main(["."]) == 1
    said = capsys.readouterr().out
    assert "(id lists) is filled: 87.3 MB, judged by its size: no shell in the image to look with" in said
    assert "pip is empty (4.1 kB, judged by its size" in said


def test_a_folder_of_no_package_manager(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(json=_JSON.replace("/root/.cache/pip", "/root/things"))
    Path("Dockerfile").write_text(_DOCKERFILE.replace("/root/.cache/pip", "/root/things"), encoding="utf-8")
    assert main(["."]) == 1
    said = capsys.readouterr().out
    assert "on /root/things is empty (4.1 kB): no command of the step is known to keep packages there\n" in said


def test_the_reason_is_that_of_the_mount(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    text = _DOCKERFILE.replace("pip true", "pip true && pip install --no-cache-dir x && npm ci")
    Path("Dockerfile").write_text(text, encoding="utf-8")
    docker()
    Path("Dockerfile").write_text(text, encoding="utf-8")
    assert main(["--format", "json", "."]) == 1
    [found] = json.loads(capsys.readouterr().out)["files"]
    # npm has no mount, which is no fault of pip's.
    assert found["mounts"][2]["rules"] == ["disabled-cache"]
    assert "[disabled-cache]" in found["mounts"][2]["reason"]


def test_the_look_goes_through_a_real_shell(tmp_path: Path) -> None:
    for name, text in {
        "a/wheel.whl": "x",
        "a/b/lock": "",
        "a/b/.hidden file": "y",
        "c/x.log": "z",
        "c/empty": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "c" / "link").symlink_to("../a")
    (tmp_path / "d").mkdir()
    text = "FROM x\n" + "".join(f"RUN --mount=type=cache,target={tmp_path / name} true\n" for name in "acd")
    mounts = list(enumerate(cache_mounts(Source(path="Dockerfile", text=text))))
    done = subprocess.run(["/bin/sh", "-c", script(mounts, "mark")], capture_output=True, text=True, check=True)
    content = Content("mark")
    for line in done.stdout.splitlines():
        content.line(f"#5 0.123 {line}")
    assert sorted(content.files([0]) or ()) == [f"{tmp_path}/a/b/.hidden file", f"{tmp_path}/a/wheel.whl"]
    assert content.others([0]) == (f"{tmp_path}/a/b/lock",)
    assert content.files([1]) == content.files([2]) == ()
    assert sorted(content.others([1]) or ()) == [f"{tmp_path}/c/empty", f"{tmp_path}/c/x.log"]
    assert content.files([3]) is None


def test_a_target_may_leave_mounts_out(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(json=_record("aaaaaaaa1", "87.3MB", _APT))
    Path("Dockerfile").write_text("".join(_DOCKERFILE.splitlines(keepends=True)[:5]), encoding="utf-8")
    assert main([".", "--target", "last"]) == 0
    assert "is not used: the target does not need the stage unused" in capsys.readouterr().out


def test_docker_without_buildx(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    # Docker 20.10 tells no ids, and its own BuildKit is asked by `docker build`.
    listed = [
        {"ID": "aaaaaaaa1", "CacheType": "exec.cachemount", "Size": "87.3MB",
         "Description": "cached mount /var/lib/apt from exec /bin/sh -c apt-get update"},
        {"ID": "bbbbbbbb2", "CacheType": "exec.cachemount", "Size": "0B",
         "Description": "cached mount /root/.cache/pip from exec /bin/sh -c true"},
    ]  # fmt: skip
    folder = docker(version="Docker version 20.10.24", buildx="", help="--progress string", list="null")
    # They are not there before the builds.
    (folder / "build2").write_text(_PROGRESS.format(first="2.2"), encoding="utf-8")
    state = {"asked": 0}

    from cachemount.measure import builder

    real = builder._ask

    def ask(command: tuple[str, ...]) -> tuple[int, str, str]:
        if "df" in command:
            state["asked"] += 1
            return 0, "null" if state["asked"] == 1 else json.dumps(listed), ""
        return real(command)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "_ask", ask)
        assert main(["."]) == 1
    assert "(id lists) is filled: 87.3 MB" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"version": "podman version 4.9"}, "`docker` is podman here, which does not tell the size of a cache mount"),
        ({"buildx": ""}, "this docker has no BuildKit: install buildx"),
        ({"json": "", "blocks": ""}, "the builder does not answer: unknown command: docker buildx du --verbose"),
        ({"json": "nonsense", "blocks": "ID: x\nType: exec.cachemount"}, "says something that is not understood"),
        ({"build1": "#5 0.1 E: no such package\nERROR"}, "the build failed with empty mounts"),
        ({"build2": "#5 0.1 E: no such package\nERROR"}, "the build failed with filled mounts, though not with empty"),
    ],
)
def test_what_goes_wrong_is_said(
    docker: Give, answers: dict[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    docker(**answers)
    assert main(["."]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Dockerfile: ")
    assert message in said.err


def test_a_failing_build_leaves_nothing(docker: Give) -> None:
    folder = docker(build2="ERROR")
    assert main(["."]) == 2
    calls = (folder / "calls").read_text(encoding="utf-8")
    assert "--filter id=aaaaaaaa1" in calls
    assert "--filter id=bbbbbbbb2" in calls


def test_no_docker(docker: Give, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    docker()
    monkeypatch.setenv("PATH", "")
    assert main(["."]) == 2
    assert "`docker` is not on the PATH: measuring needs Docker with BuildKit" in capsys.readouterr().err


def test_no_mounts_need_no_builder(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    folder = docker()
    Path("Dockerfile").write_text("FROM debian\nRUN true\n", encoding="utf-8")
    assert main(["Dockerfile"]) == 0
    assert capsys.readouterr().out == "Dockerfile: no cache mounts, nothing to measure\n"
    assert not (folder / "calls").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no build context and no Dockerfile given"),
        (["https://example.com/repository.git"], "only a build context on this machine can be measured"),
        ([".", "--context", "."], "--context goes with Dockerfiles"),
        ([".", "--", "--no-cache"], "--no-cache cannot be given to the builder: it gives new mounts"),
        ([".", "--build-arg", "BUILDKIT_CACHE_MOUNT_NS=x"], "is what keeps the mounts of this measurement apart"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_usage(docker: Give, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    docker()
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "message"),
    [("absent/Dockerfile", "absent/Dockerfile: "), ("bad", "bad: line 2: cannot be read: ")],
)
def test_a_file_that_cannot_be_read(docker: Give, path: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    docker()
    Path("bad").write_text("FROM debian\nRUN --mount=type=cache,target=/x <<EOF\n", encoding="utf-8")
    assert main([path]) == 2
    assert capsys.readouterr().err.startswith(message)


class _Page(HTMLParser):
    """What a page draws and says: bars by class with their width, texts by element, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.bars: list[tuple[str, float]] = []
        self.texts: dict[str, list[str]] = {}
        self.loads: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open = tag
        self.loads += [str(given[name]) for name in ("src", "href", "xlink:href") if name in given]
        # Those of the legend are as wide as they are high.
        if tag == "rect" and given["width"] != given["height"]:
            self.bars.append((str(given["class"]), float(str(given["width"]))))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.setdefault(self._open, []).append(data.strip())


def test_a_page_for_the_team(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    fetched = _PROGRESS.replace("#6 DONE", "#6 1.2 Fetched {size} in 1s (5 B/s)\n#6 DONE")
    docker(build1=fetched.format(first="4.0", size="8,000 kB"), build2=fetched.format(first="1.0", size="80 kB"))
    assert main(["--format", "html", "."]) == 1
    text = capsys.readouterr().out
    page = _Page(text)
    # Seconds of both steps, then the bytes of the one that tells them; each bar as long as its number.
    assert [kind for kind, _ in page.bars] == ["without", "with"] * 3
    without, with_ = page.bars[0][1], page.bars[1][1]
    assert without == pytest.approx(4 * with_)
    assert page.bars[4][1] == pytest.approx(100 * page.bars[5][1], rel=0.02)
    assert {"4.0 s", "1.0 s", "8.0 MB", "80.0 kB", "empty mounts", "filled mounts"} <= set(page.texts["text"])
    assert page.texts["h2"] == ["Dockerfile"]
    assert {"/var/lib/apt", "/root/.cache/other", "filled", "not used by the build", "87.3 MB"} <= set(page.texts["td"])
    assert not page.loads
    assert "prefers-color-scheme: dark" in text


def test_the_page_says_what_went_wrong(docker: Give, capsys: pytest.CaptureFixture[str]) -> None:
    docker(build1="#5 0.1 <script>no</script>\nERROR")
    assert main(["--format", "html", "."]) == 2
    page = _Page(capsys.readouterr().out)
    assert "Dockerfile: the build failed with empty mounts" in page.texts["pre"][0]
    assert "script" not in page.texts
    assert not page.bars


def test_bars_on_a_terminal(docker: Give, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    docker()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["."]) == 1
    bars = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert len(bars) == 3
    assert bars[1].endswith(" 87.3 MB")
    assert len(set(bars[1].split()[0])) == 1, "the largest is a whole bar"
