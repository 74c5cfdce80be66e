"""Small packages for managers whose public registry may be out of reach, served by `Registries` as `HOST.example`.

`http://gems.example` has gems (in the compact index), `http://packages.example` packages of Composer, and
`http://arch.example` those of pacman. Their names are first, second and third; a shape gets there by its option
`build-arg:http_proxy=LOOPBACK`.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from hashlib import md5, sha1, sha256
from pathlib import Path

NAMES = ("first", "second", "third")
_VERSION = "1.0.0"
_GEM = """\
--- !ruby/object:Gem::Specification
name: NAME
version: !ruby/object:Gem::Version
  version: VERSION
platform: ruby
authors:
- none
date: 2026-01-01 00:00:00.000000000 Z
dependencies: []
specification_version: 4
summary: A package
files:
- lib/NAME.rb
require_paths:
- lib
"""


def write_packages(folder: Path) -> None:
    """Write the folders of all hosts."""
    _write_gems(folder / "gems.example")
    _write_composer(folder / "packages.example")
    _write_pacman(folder / "arch.example")


def _write_gems(folder: Path) -> None:
    versions = ["created_at: 2026-01-01T00:00:00Z", "---"]
    for part in ("gems", "info"):
        (folder / part).mkdir(parents=True)
    for name in NAMES:
        gem = _gem(name)
        (folder / "gems" / f"{name}-{_VERSION}.gem").write_bytes(gem)
        info = f"---\n{_VERSION} |checksum:{sha256(gem).hexdigest()}\n"
        (folder / "info" / name).write_text(info, encoding="utf-8")
        versions.append(f"{name} {_VERSION} {md5(info.encode()).hexdigest()}")
    (folder / "versions").write_text("\n".join([*versions, ""]), encoding="utf-8")
    (folder / "names").write_text("\n".join(["---", *NAMES, ""]), encoding="utf-8")


def _gem(name: str) -> bytes:
    about = _GEM.replace("NAME", name).replace("VERSION", _VERSION)
    code = f"module {name.title()}\n  VERSION = '{_VERSION}'\nend\n"
    parts = {
        "metadata.gz": gzip.compress(about.encode(), mtime=0),
        "data.tar.gz": gzip.compress(_tar({f"lib/{name}.rb": code.encode()}), mtime=0),
    }
    sums = "".join(f"  {part}: {sha256(content).hexdigest()}\n" for part, content in parts.items())
    return _tar({**parts, "checksums.yaml.gz": gzip.compress(f"---\nSHA256:\n{sums}".encode(), mtime=0)})


def _tar(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def _write_composer(folder: Path) -> None:
    folder.mkdir(parents=True)
    packages: dict[str, dict[str, object]] = {}
    for name in NAMES:
        about = {"name": f"acme/{name}", "version": _VERSION, "autoload": {"files": [f"{name}.php"]}}
        archive = folder / f"{name}.zip"
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr(zipfile.ZipInfo(f"{name}/composer.json"), json.dumps(about))
            written.writestr(zipfile.ZipInfo(f"{name}/{name}.php"), f"<?php const {name.upper()} = '{_VERSION}';\n")
        digest = sha1(archive.read_bytes()).hexdigest()
        dist = {"type": "zip", "url": f"http://packages.example/{name}.zip", "reference": digest, "shasum": digest}
        packages[f"acme/{name}"] = {_VERSION: {**about, "dist": dist}}
    (folder / "packages.json").write_text(json.dumps({"packages": packages}), encoding="utf-8")


def _write_pacman(folder: Path) -> None:
    folder.mkdir(parents=True)
    known: dict[str, bytes] = {}
    for name in NAMES:
        version, file = f"{_VERSION}-1", f"{name}-{_VERSION}-1-any.pkg.tar.gz"
        about = {"pkgname": name, "pkgver": version, "pkgdesc": "A package", "size": "8", "arch": "any"}
        info = "".join(f"{key} = {value}\n" for key, value in about.items())
        archive = gzip.compress(_tar({".PKGINFO": info.encode(), f"usr/share/{name}/data": b"contents"}), mtime=0)
        (folder / file).write_bytes(archive)
        fields = {
            "FILENAME": file, "NAME": name, "VERSION": version, "DESC": "A package", "CSIZE": str(len(archive)),
            "ISIZE": "8", "SHA256SUM": sha256(archive).hexdigest(), "ARCH": "any",
        }  # fmt: skip
        described = "".join(f"%{key}%\n{value}\n\n" for key, value in fields.items())
        known[f"{name}-{version}/desc"] = described.encode()
    (folder / "here.db").write_bytes(gzip.compress(_tar(known), mtime=0))
