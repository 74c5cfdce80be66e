"""Images in OCI's layout: made of a folder, read as a list of files, and served by a small registry on loopback."""

from __future__ import annotations

import hashlib
import http.server
import json
import shutil
import subprocess
import tarfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


def blob(layout: Path, digest: str) -> Path:
    """Return the file of a blob. The digest may have its `sha256:`."""
    return layout / "blobs" / "sha256" / digest.removeprefix("sha256:")


def blobs(layout: Path) -> list[Path]:
    """Return the files of all blobs."""
    return list((layout / "blobs" / "sha256").glob("*"))


def document(layout: Path, digest: str) -> dict[str, Any]:
    """Return the content of a blob that is JSON."""
    found: dict[str, Any] = json.loads(blob(layout, digest).read_text(encoding="utf-8"))
    return found


def put(layout: Path, content: bytes | Path) -> dict[str, Any]:
    """Store a blob; a file is moved. Return its digest and size."""
    folder = layout / "blobs" / "sha256"
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        digest, size = hashlib.sha256(content).hexdigest(), len(content)
        (folder / digest).write_bytes(content)
    else:
        with content.open("rb") as file:
            digest, size = _digest(file), content.stat().st_size
        shutil.move(content, folder / digest)
    return {"digest": f"sha256:{digest}", "size": size}


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while part := file.read(1 << 20):
        found.update(part)
    return found.hexdigest()


def pack(layout: Path, root: Path, config: dict[str, Any]) -> str:
    """Make an image of one layer out of a folder. Return the digest of its manifest."""
    archive = layout / "layer.tar"
    layout.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "--numeric-owner", "-C", str(root), "-cf", str(archive), "."], check=True)
    layer = put(layout, archive)
    settings = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        "history": [{"created_by": "debootstrap"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, **put(layout, json.dumps(settings).encode())},
        "layers": [{"mediaType": _LAYER, **layer}],
    }
    return str(put(layout, json.dumps(manifest).encode())["digest"])


def tag(layout: Path, name: str, manifest: str) -> None:
    """Give an image the name under which the registry serves it, like "python:3.13-slim"."""
    tags = tags_of(layout)
    tags[name] = f"sha256:{manifest.removeprefix('sha256:')}"
    (layout / "tags.json").write_text(json.dumps(tags, indent=2), encoding="utf-8")


def tags_of(layout: Path) -> dict[str, str]:
    path = layout / "tags.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


@dataclass(frozen=True)
class Entry:
    """A file of an image: what it is, its mode and owner, and its content or where it points."""

    kind: str
    mode: int
    owner: str
    content: str
    size: int


def files(layout: Path, manifest: str) -> dict[str, Entry]:
    """Return the files of an image."""
    found: dict[str, Entry] = {}
    for layer in document(layout, manifest)["layers"]:
        brought, gone, emptied = _layer(blob(layout, layer["digest"]))
        if gone or emptied:
            # What a layer takes away is what is below it.
            found = {
                path: entry
                for path, entry in found.items()
                if path not in gone and not any(one in gone or one in emptied for one in parents(path))
            }
        found.update(brought)
    return found


def parents(path: str) -> list[str]:
    """Return the folders above a path, less the root."""
    return [path[:end] for end, letter in enumerate(path) if letter == "/" and end]


@lru_cache(maxsize=64)
def _layer(file: Path) -> tuple[dict[str, Entry], set[str], set[str]]:
    """Return the files of a layer, the paths that it takes away, and the folders whose content it takes away."""
    with tarfile.open(file) as archive:
        found = [(_path(member.name), _entry(archive, member)) for member in archive]
        linked = {_path(member.name): _path(member.linkname) for member in archive if member.islnk()}
    first = {path: entry for path, entry in found if path not in linked}
    # Which of the names of a file comes first is by chance: a hard link has the content of the other.
    brought, gone, emptied = {}, set(), set()
    for path, entry in found:
        folder, _, name = path.rpartition("/")
        if name == _OPAQUE:
            emptied.add(folder)
        elif name.startswith(_WHITEOUT):
            gone.add(f"{folder}/{name.removeprefix(_WHITEOUT)}")
        else:
            brought[path] = first.get(linked.get(path, path), entry)
    return brought, gone, emptied


def _path(name: str) -> str:
    return "/" + name.removeprefix("./").rstrip("/")


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    content = member.linkname
    if member.isreg():
        file = archive.extractfile(member)
        assert file is not None
        content = _digest(file)
    kind = "folder" if member.isdir() else "file" if member.isreg() or member.islnk() else "link"
    return Entry(kind, member.mode, f"{member.uid}:{member.gid}", content, member.size)


class Registry:
    """Serves a layout's tagged images over HTTP for as long as the `with` block lasts."""

    def __init__(self, layout: Path) -> None:
        class Handler(_Handler):
            images = layout

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Registry:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    images: Path
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        name, _, digest = path.removeprefix("/v2/").removeprefix("library/").rpartition("/")
        repository, _, kind = name.rpartition("/")
        if kind == "manifests" and not digest.startswith("sha256:"):
            digest = tags_of(self.images).get(f"{repository}:{digest}", "")
        file = blob(self.images, digest) if digest.startswith("sha256:") else None
        if path == "/v2/" or file is None or not file.is_file():
            self.send_response(200 if path == "/v2/" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", _MANIFEST if kind == "manifests" else "application/octet-stream")
        self.send_header("Docker-Content-Digest", digest)
        self.send_header("Content-Length", str(file.stat().st_size))
        self.end_headers()
        if body:
            with file.open("rb") as content:
                shutil.copyfileobj(content, self.wfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
