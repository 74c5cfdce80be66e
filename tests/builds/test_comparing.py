"""How images are made, served and compared, without a builder."""

from __future__ import annotations

import json
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

from builds import oci
from builds.comparing import CHANCE, Differences, chance_of, differences


def image(layout: Path, root: Path, files: dict[str, str], config: dict[str, Any] | None = None) -> tuple[Path, str]:
    """Make an image of files, each a path and its text."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return layout, oci.pack(layout, root, config or {})


def test_equal_images_do_not_differ(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"etc/x": "1"})
    other = image(tmp_path / "layout", tmp_path / "b", {"etc/x": "1"})
    assert differences(one, other) == Differences()


def test_what_differs_is_named(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"etc/x": "1", "gone": "1", "same": "1"}, {"User": "app"})
    other = image(tmp_path / "layout", tmp_path / "b", {"etc/x": "2", "new": "1", "same": "1"})
    (tmp_path / "b" / "same").chmod(0o755)
    other = (tmp_path / "layout", oci.pack(tmp_path / "layout", tmp_path / "b", {}))
    assert differences(one, other) == Differences(
        found=[
            "/etc/x: another content",
            "/gone: missing in the repaired image",
            "/new: only in the repaired image",
            "/same: file 644 0:0, then file 755 0:0".replace("0:0", _owner(tmp_path)),
            "User: app, then None",
        ]
    )


def _owner(path: Path) -> str:
    found = path.stat()
    return f"{found.st_uid}:{found.st_gid}"


def test_what_a_cache_mount_takes_out_of_an_image_is_left_aside(tmp_path: Path) -> None:
    before = {"root/.cache/pip/x": "1", "root/.cache/pip/y/z": "1", "root/.cache/pipes": "1"}
    one = image(tmp_path / "layout", tmp_path / "a", before)
    other = image(tmp_path / "layout", tmp_path / "b", {"root/.cache/pip/x": "2"})
    assert differences(one, other, ["/root/.cache/pip"]).found == ["/root/.cache/pipes: missing in the repaired image"]


def test_what_is_left_of_a_cache_that_was_not_there_before_differs(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"root/.cache/pip/x": "1"})
    other = image(tmp_path / "layout", tmp_path / "b", {"root/.cache/pip/x": "2", "root/.cache/pip/y/z": "2"})
    found = differences(one, other, ["/root/.cache/pip"]).found
    assert found == ["/root/.cache/pip/y/z: only in the repaired image"]


def test_what_differs_by_chance_is_left_aside_where_it_was_seen_to(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"opt/x.pyc": "1", "var/log/x": "1"})
    again = image(tmp_path / "layout", tmp_path / "b", {"opt/x.pyc": "2", "var/log/x": "1"})
    other = image(tmp_path / "layout", tmp_path / "c", {"opt/x.pyc": "3", "var/log/x": "2"})
    chance = chance_of(one, again).aside
    assert differences(one, other, chance=chance) == Differences(
        found=["/var/log/x: another content"], aside={"compiled Python, with the time of its source"}
    )


def test_the_mode_of_what_differs_by_chance_is_compared(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"var/log/x": "1"})
    image(tmp_path / "layout", tmp_path / "b", {"var/log/x": "2"})
    (tmp_path / "b" / "var" / "log" / "x").chmod(0o600)
    other = (tmp_path / "layout", oci.pack(tmp_path / "layout", tmp_path / "b", {}))
    assert [line.partition(":")[0] for line in differences(one, other, chance=CHANCE).found] == ["/var/log/x"]


def test_folders_are_left_aside_where_they_hold_caches_alone(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"root/.bun/install/cache/x": "1", "opt/a/b/x": "1"})
    other = image(tmp_path / "layout", tmp_path / "b", {"root/x": "1"})
    unexpected = differences(one, other, ["/root/.bun/install/cache"]).found
    assert [line.partition(":")[0] for line in unexpected] == ["/opt", "/opt/a", "/opt/a/b", "/opt/a/b/x", "/root/x"]


def test_what_a_fix_means_to_change_is_told_apart(tmp_path: Path) -> None:
    hook = "etc/apt/apt.conf.d/docker-clean"
    one = image(tmp_path / "layout", tmp_path / "a", {"etc/apt/apt.conf.d/x": "1", hook: "1"}, {"Env": ["A=1"]})
    other = image(tmp_path / "layout", tmp_path / "b", {"etc/apt/apt.conf.d/x": "1"})
    said = differences(one, other)
    assert said.found == []
    assert [one.partition(":")[0] for one in said.meant] == [f"/{hook}", "ENV A=1"]


def test_a_layer_takes_files_away(tmp_path: Path) -> None:
    layout, manifest = image(tmp_path / "layout", tmp_path / "a", {"x": "1", "folder/y": "1", "folder/z": "1"})
    archive = tmp_path / "second.tar"
    with tarfile.open(archive, "w") as file:
        for name in (".wh.x", "folder/.wh..wh..opq", "folder/new"):
            file.addfile(tarfile.TarInfo(name))
    document = oci.document(layout, manifest)
    document["layers"].append(oci.put(layout, archive))
    found = oci.files(layout, oci.put(layout, json.dumps(document).encode())["digest"])
    assert sorted(path for path, entry in found.items() if entry.kind == "file") == ["/folder/new"]


def test_the_registry_serves_images_by_name_and_digest(tmp_path: Path) -> None:
    layout, manifest = image(tmp_path / "layout", tmp_path / "a", {"x": "1"})
    oci.tag(layout, "python:3.13-slim", manifest)
    with oci.Registry(layout) as registry:
        base = f"http://{registry.address}/v2/library/python"
        with urllib.request.urlopen(f"{base}/manifests/3.13-slim") as answer:
            content = answer.read()
            assert answer.headers["Docker-Content-Digest"] == manifest
        layer = json.loads(content)["layers"][0]
        with urllib.request.urlopen(f"{base}/blobs/{layer['digest']}") as answer:
            assert len(answer.read()) == layer["size"]


def test_a_hard_link_is_the_file_that_it_names(tmp_path: Path) -> None:
    one = image(tmp_path / "layout", tmp_path / "a", {"opt/x": "1", "opt/y": "1"})
    (tmp_path / "b" / "opt").mkdir(parents=True)
    (tmp_path / "b" / "opt" / "x").write_text("1", encoding="utf-8")
    (tmp_path / "b" / "opt" / "y").hardlink_to(tmp_path / "b" / "opt" / "x")
    other = image(tmp_path / "layout", tmp_path / "b", {})
    assert differences(one, other) == Differences()


def test_what_is_in_a_mount_since_the_fix_may_be_missing_and_not_be_new(tmp_path: Path) -> None:
    index = "var/cache/apk/APKINDEX.13a40632.tar.gz"
    one = image(tmp_path / "layout", tmp_path / "a", {"var/cache/apk/x": "1", index: "1"})
    other = image(tmp_path / "layout", tmp_path / "b", {"var/cache/apk/x": "1"})
    assert differences(one, other).found == []
    assert differences(other, one).found == [f"/{index}: only in the repaired image"]


def test_the_folder_for_what_apt_fetches_is_in_a_mount_beside_it(tmp_path: Path) -> None:
    folder, layout = "/var/cache/apt/archives", tmp_path / "layout"
    for name, inside in (("a", "partial"), ("b", "")):
        (tmp_path / name / folder[1:] / inside).mkdir(parents=True)
    one, other = ((layout, oci.pack(layout, tmp_path / name, {})) for name in ("a", "b"))
    said = differences(one, other, [f"{folder}/kept"])
    assert not said.found
    assert said.meant == [f"{folder}/partial: apt's empty folder for what it fetches is in the mount beside it"]


def test_the_folder_that_a_clean_up_took_away_is_there_again_for_a_mount_in_it(tmp_path: Path) -> None:
    folder, layout = "/var/cache/apt/archives", tmp_path / "layout"
    (tmp_path / "a" / "var/cache/apt").mkdir(parents=True)
    (tmp_path / "b" / folder[1:]).mkdir(parents=True)
    one, other = ((layout, oci.pack(layout, tmp_path / name, {})) for name in ("a", "b"))
    said = differences(one, other, [f"{folder}/kept"])
    assert not said.found
    assert said.meant == [f"{folder}: the clean-up took the folder away, and apt's mount in it leaves it empty"]
    assert differences(other, one, [f"{folder}/kept"]).found == [f"{folder}: missing in the repaired image"]


def test_what_lies_in_a_folder_that_a_clean_up_took_away_is_a_difference(tmp_path: Path) -> None:
    folder, layout = "/var/cache/apt/archives", tmp_path / "layout"
    (tmp_path / "a" / "var/cache/apt").mkdir(parents=True)
    one = (layout, oci.pack(layout, tmp_path / "a", {}))
    other = image(layout, tmp_path / "b", {f"{folder[1:]}/lock": "", f"{folder[1:]}/x.deb": "1"})
    found = differences(one, other, [f"{folder}/kept"]).found
    assert found == [f"{folder}: only in the repaired image", f"{folder}/x.deb: only in the repaired image"]
    # A file in its place is none.
    (tmp_path / "c" / "var/cache/apt").mkdir(parents=True)
    other = image(layout, tmp_path / "c", {folder[1:]: "1"})
    assert differences(one, other, [f"{folder}/kept"]).found == [f"{folder}: only in the repaired image"]
