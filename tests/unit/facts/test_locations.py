"""Paths: made absolute, put together from templates, taken from flags; and what a mount covers."""

from __future__ import annotations

import pytest

from cachemount.dockerfile.reader import read
from cachemount.facts import locations
from cachemount.facts.model import Directory, Mount
from cachemount.managers import MANAGERS
from cachemount.managers.model import Cache
from cachemount.shell.model import Word
from cachemount.shell.reader import read as read_script
from cachemount.source import Excerpt, Source, Span


def arguments(line: str) -> tuple[Word, ...]:
    return read_script(Excerpt.of_pieces(line, [Span(0, len(line))])).commands[0].words


def mount(options: str, target: str | None) -> Mount:
    source = Source(path="Dockerfile", text=f"FROM x\nRUN --mount={options} true\n")
    run = read(source).stages[0].instructions[-1].run
    assert run is not None
    return Mount(flag=run.mounts[0], target=target)


@pytest.mark.parametrize(
    ("path", "directory", "absolute"),
    [
        ("/a", None, "/a"),
        ("/a/../b/./c/", "/x", "/b/c"),
        ("//a", None, "/a"),
        ("a", "/x", "/x/a"),
        ("../a", "/x/y", "/x/a"),
        ("a", None, None),
        ("//X//X", None, "/X/X"),
    ],
)
def test_absolute(path: str, directory: str | None, absolute: str | None) -> None:
    assert locations.absolute(path, directory) == absolute


@pytest.mark.parametrize(
    ("path", "directory", "is_below"),
    [
        ("/a", "/a", True),
        ("/a/b", "/a", True),
        ("/a/b", "/a/", True),
        ("/ab", "/a", False),
        ("/a", "/a/b", False),
        ("/a", "/", True),
        ("/a /b", "/a ", True),
        ("/a/b", "/a ", False),
        ("/aX/b", "/aX", True),
    ],
)
def test_below(path: str, directory: str, is_below: bool) -> None:
    assert locations.below(path, directory) is is_below


@pytest.mark.parametrize(
    ("path", "folders"), [("/a/b/c", ["/a/b/c", "/a/b", "/a"]), ("/a", ["/a"]), ("/", []), ("/a/b", ["/a/b", "/a"])]
)
def test_upwards(path: str, folders: list[str]) -> None:
    assert list(locations.upwards(path)) == folders


VARIABLES = {"HOME": "/root", "GOPATH": "/one:/two", "EMPTY": "", "UNKNOWN": None, "A_X": "/x"}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("/plain", ("/plain", True)),
        ("$HOME/a", ("/root/a", True)),
        ("$GOPATH[0]/a", ("/one/a", True)),
        ("$A_X/a", ("/x/a", True)),
        ("$UNKNOWN/a", (None, True)),
        ("$UNKNOWN/$NONE", (None, False)),
        ("$EMPTY/a", (None, False)),
        ("$NONE/a", (None, False)),
    ],
)
def test_expand(template: str, result: tuple[str | None, bool]) -> None:
    assert locations.expand(template, VARIABLES) == result


@pytest.mark.parametrize(
    ("template", "moved"),
    [
        ("$HOME/a", ""),
        ("$ACCOUNT_HOME/a", ""),
        ("$WORKDIR/a", ""),
        ("$PREFIX/a", ""),
        ("$ANY/a", ""),
        ("/a", ""),
        ("$XDG_CACHE_HOME/a", "XDG_CACHE_HOME"),
    ],
)
def test_moved_by(template: str, moved: str) -> None:
    assert locations.moved_by(template) == moved


FLAGS = ("--dir", "--cache-", "-c", "-Dx=")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("p --dir /a", ("--dir", "/a")),
        ("p --dir=/a", ("--dir", "/a")),
        ("p --dir=/a=b", ("--dir", "/a=b")),
        ("p --dir /a --dir /b", ("--dir", "/b")),
        ("p -c /a x", ("-c", "/a")),
        ("p -c", ("-c", None)),
        ("p --dir", ("--dir", None)),
        ("p -Dx=/a", ("-Dx=", "/a")),
        ("p -Dx=", ("-Dx=", None)),
        ("p --directory=/a", None),
        ("p --other", None),
        ("p", None),
        ("p --dir=$(pwd)/a", ("--dir", None)),
        ("p -Dx=$(pwd)/a", ("-Dx=", None)),
        ("p -c /a $(pwd)", ("-c", "/a")),
        ("p --other=$(pwd) -c /a", ("-c", "/a")),
        ("p -c /a --other=$(pwd)", ("-c", "/a")),
        ("p --dir $(pwd)", ("--dir", None)),
        ("p --dirs=$(pwd)", None),
    ],
)
def test_flag_value(line: str, found: tuple[str, str | None] | None) -> None:
    assert locations.flag_value(arguments(line), FLAGS) == found


CACHE = Cache(
    name="c",
    locations=("$X_CACHE/c", "$HOME/.c"),
    root_locations=("$X_CACHE/c", "/var/c"),
    flags=("--dir",),
    flag_suffix="/s",
    flag_suffixes={"-d": "/d"},
    substitutes=("$X_CACHE/other", "$HOME/.other", "rel"),
    option_variables=("X_OPTS", "Y_OPTS"),
)


@pytest.mark.parametrize(
    ("line", "variables", "root", "expected"),
    [
        ("p", {"HOME": "/h"}, False, ("/h/.c", "", ("/h/.other", "/w/rel"))),
        ("p", {"HOME": "/h"}, True, ("/var/c", "", ("/h/.other", "/w/rel"))),
        ("p", {"HOME": "/h", "X_CACHE": "/x"}, False, ("/x/c", "X_CACHE", ("/x/other",))),
        ("p", {"HOME": "/h", "X_CACHE": "x"}, False, ("/w/x/c", "X_CACHE", ("/w/x/other",))),
        ("p", {"HOME": "/h", "X_CACHE": None}, False, (None, "X_CACHE", ())),
        ("p", {"HOME": None}, False, (None, "", ("/w/rel",))),
        ("p --dir /d", {"HOME": "/h"}, False, ("/d/s", "--dir", ())),
        ("p --dir d", {"HOME": "/h"}, False, ("/w/d/s", "--dir", ())),
        ("p --dir", {"HOME": "/h"}, False, (None, "--dir", ())),
        ("p", {"HOME": "/h", "X_OPTS": "-q --dir=/o -v"}, False, ("/o/s", "--dir", ())),
        ("p", {"HOME": "/h", "X_OPTS": "-q --dir '/o'"}, False, ("/o/s", "--dir", ())),
        ("p", {"HOME": "/h", "Y_OPTS": '"--dir=/o"'}, False, ("/o/s", "--dir", ())),
        ("p", {"HOME": "/h", "X_OPTS": "--dir /a --dir /b"}, False, ("/b/s", "--dir", ())),
        ("p", {"HOME": "/h", "X_OPTS": "--dir=/XaX"}, False, ("/XaX/s", "--dir", ())),
        ("p", {"HOME": "/h", "X_OPTS": "no--dir /a"}, False, ("/h/.c", "", ("/h/.other", "/w/rel"))),
        ("p", {}, False, (None, "", ("/w/rel",))),
    ],
)
def test_directory(line: str, variables: dict[str, str | None], root: bool, expected: tuple[object, ...]) -> None:
    found = locations.directory(CACHE, arguments(line), variables, workdir="/w", root=root)
    assert (found.path, found.moved, found.accepted) == expected


def test_the_ending_of_a_flag() -> None:
    cache = Cache(name="c", locations=(), flags=("-d", "-e"), flag_suffix="/$A", flag_suffixes={"-e": "/e"})
    for line, path in (("p -d /x", "/x/a"), ("p -e /x", "/x/e")):
        found = locations.directory(cache, arguments(line), {"A": "a"}, workdir=None, root=False)
        assert found.path == path


def test_tails() -> None:
    assert locations.tails(CACHE) == ("/c", "/.c", "/c", "/var/c", "/other", "/.other")
    assert locations.tails(Cache(name="c", locations=("$GOPATH[0]/pkg/mod", "$A", "$A$B/c"))) == ("/pkg/mod",)


@pytest.mark.parametrize(
    ("target", "is_plausible"),
    [
        ("/anywhere/.c", True),
        ("/anywhere/.c/", True),
        ("/anywhere/.c ", False),
        ("/.c", False),
        ("~/.c", False),
        ("$HOME/.c", False),
        ("/anywhere/.d", False),
        ("/anywhere/.cX", False),
    ],
)
def test_plausible(target: str, is_plausible: bool) -> None:
    assert locations.plausible(mount(f"type=cache,target='{target}'", target), CACHE) is is_plausible


@pytest.mark.parametrize(
    ("kind", "target", "path", "covers"),
    [
        ("cache", "/a/b", "/a/b", True),
        ("cache", "/a", "/a/b", True),
        ("cache", "/a/b/c", "/a/b", True),
        ("cache", "/accepted", "/a/b", True),
        ("cache", "/accepted/x", "/a/b", False),
        ("cache", "/c", "/a/b", False),
        ("cache", "/", "/a/b", False),
        ("cache", None, "/a/b", True),
        ("cache", "/a", None, True),
        ("bind", "/a/b", "/a/b", True),
        ("bind", None, "/a/b", False),
        ("bind", "/a", None, False),
        ("tmpfs", "/a/b", "/a/b", False),
        ("secret", None, "/a/b", False),
    ],
)
def test_covers(kind: str, target: str | None, path: str | None, covers: bool) -> None:
    wanted = Directory(cache=Cache(name="c", locations=()), path=path, accepted=("/accepted",))
    assert locations.covers(mount(f"type={kind}", target), wanted) is covers


@pytest.mark.parametrize(
    ("target", "moved", "covers"),
    [
        ("/a/b", "", True),
        ("/a/b/c", "", True),
        ("/a", "", False),
        ("/accepted", "", True),
        ("/accepted", "--flag", True),
        ("/a", "--flag", True),
        ("/a", "NAMED", True),
        ("/a", "OTHER", False),
    ],
)
def test_a_cache_whose_folder_has_to_be_exact(target: str, moved: str, covers: bool) -> None:
    cache = Cache(name="c", locations=(), exact_target=True, explicit=("NAMED",))
    wanted = Directory(cache=cache, path="/a/b", accepted=("/accepted",), moved=moved)
    assert locations.covers(mount("type=cache", target), wanted) is covers


@pytest.mark.parametrize(
    ("moved", "surely"), [("--dir", True), ("X_CACHE", True), ("Y_CACHE", False), ("", False), ("a setting", False)]
)
def test_a_place_that_nothing_else_names(moved: str, surely: bool) -> None:
    for cache in (CACHE, Cache(name="c", locations=("$HOME/.c",))):
        wanted = Directory(cache=cache, path="/x", moved=moved)
        assert locations.surely(wanted) is (surely and (cache is CACHE or moved == "--dir"))


_SYSTEM_PLACES = sorted({place for one in MANAGERS if one.system for cache in one.caches for place in cache.locations})


@pytest.mark.parametrize("place", _SYSTEM_PLACES)
def test_a_cache_of_an_unknown_place_is_not_where_a_distribution_keeps_its_own(place: str) -> None:
    apart = mount(f"type=cache,target={place}", place)
    npm = next(one for one in MANAGERS if one.name == "npm").caches[0]
    assert not locations.covers(apart, Directory(cache=npm, path=None))
    assert locations.covers(mount("type=cache,target=/cache", "/cache"), Directory(cache=npm, path=None))
    own = next(one for manager in MANAGERS if manager.system for one in manager.caches if place in one.locations)
    assert locations.covers(apart, Directory(cache=own, path=None))
