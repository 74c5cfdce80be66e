"""The registries on loopback: what a client asks for is fetched once, kept, served as public ones do, and counted.

Public indexes say how long an answer holds (`Cache-Control`, `ETag`), and clients cache by that; a mirror in front of
them may not. A request is `/at/SCHEME/HOST/PATH`, or comes as to a proxy, which is what apt does.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

_PASSED_ON = ("Accept", "User-Agent")
_KEPT = ("Content-Type", "Last-Modified")
_LINKED = re.compile(r"text/html|json")
_LINK = re.compile(rb"(https?)://([\w.:-]+)/")
_FILE = re.compile(r"file://|http://(?=[a-z]+\.example/)")
_TRIES = 4
_CHUNK = 1 << 16


class Taken(NamedTuple):
    """An answer: the address at the registry, and the bytes of its body."""

    url: str
    size: int


class _Kept(NamedTuple):
    status: int
    headers: dict[str, str]
    body: Path


class Registries:
    """A server for as long as the `with` block lasts; `taken` holds the answers since `clear`.

    What lies in `files` is served as `/at/file/PATH`, and to a proxy's client as `http://NAME.example/PATH`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.taken: list[Taken] = []
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()
        registries = self

        class Handler(_Handler):
            owner = registries

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Registries:
        self.files.mkdir(parents=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def at(self, url: str) -> str:
        """Return the address here of an address there."""
        return _LINK.sub(rf"{self.address}/at/\1/\2/".encode(), url.encode()).decode()

    def clear(self) -> None:
        self.taken = []

    def note(self, url: str, size: int) -> None:
        with self._lock:
            self.taken.append(Taken(url, size))

    def kept(self, url: str, headers: dict[str, str]) -> _Kept:
        """Return the registry's answer, fetched when it is first asked for. Raises `OSError` where none comes."""
        key = (url, headers.get("Accept", ""))
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._kept:
                self._kept[key] = self._fetch(url, headers)
            return self._kept[key]

    def _fetch(self, url: str, headers: dict[str, str]) -> _Kept:
        body = self.folder / hashlib.sha256(repr((url, headers.get("Accept"))).encode()).hexdigest()
        if _FILE.match(url):
            # What follows the question mark is for servers of git, which this one is not.
            file = self.files / _FILE.sub("", url.partition("?")[0], count=1)
            return _Kept(200, {}, file) if file.is_file() else _Kept(404, {}, Path(os.devnull))
        request = urllib.request.Request(url, headers={**headers, "Accept-Encoding": "identity"})
        for left in reversed(range(_TRIES)):
            try:
                with urllib.request.urlopen(request, timeout=120) as answer, body.open("wb") as file:
                    shutil.copyfileobj(answer, file)
                    found = {name: answer.headers[name] for name in _KEPT if answer.headers[name]}
                    # That of a crates index has no type.
                    linked = _LINKED.search(found.get("Content-Type", "")) or url.endswith("/config.json")
                    if linked and "/@v/" not in url:
                        file.close()
                        here = rf"{self.address}/at/\1/\2/".encode()
                        body.write_bytes(_LINK.sub(here, body.read_bytes()))
                    return _Kept(answer.status, found, body)
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    body.write_bytes(error.read())
                    return _Kept(error.code, {}, body)
                if not left:
                    raise
            except OSError:
                if not left:
                    raise
            time.sleep(3)
        raise AssertionError


class _Handler(BaseHTTPRequestHandler):
    owner: Registries
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer from what is kept."""
        url = self.path if "://" in self.path else re.sub(r"^/at/(\w+)/", r"\1://", self.path)
        if "://" not in url:
            self.send_error(404)
            return
        try:
            kept = self.owner.kept(url, {name: self.headers[name] for name in _PASSED_ON if self.headers[name]})
        except OSError as error:
            self.send_error(502, str(error))
            return
        tag = f'"{kept.body.name}"'
        known = self.headers["If-None-Match"] == tag or (
            self.headers["If-Modified-Since"] is not None
            and self.headers["If-Modified-Since"] == kept.headers.get("Last-Modified")
        )
        size = 0 if known or self.command == "HEAD" else kept.body.stat().st_size
        self.send_response(304 if known else kept.status)
        linked = _LINKED.search(kept.headers.get("Content-Type", "")) is not None
        for name, value in kept.headers.items():
            self.send_header(name, value)
        if kept.status == 200:
            self.send_header("ETag", tag)
            self.send_header(
                "Cache-Control", "max-age=600, public" if linked else "max-age=365000000, immutable, public"
            )
        self.send_header("Content-Length", str(size if not known else 0))
        self.end_headers()
        if size:
            # uv closes a connection when it has read what it wants.
            with kept.body.open("rb") as file, contextlib.suppress(ConnectionError):
                shutil.copyfileobj(file, self.wfile, _CHUNK)
        self.owner.note(url, size)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""
