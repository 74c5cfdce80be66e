"""Small packages for managers whose public registry may be out of reach, served by `Registries` as `HOST.example`.

`http://gems.example` has gems (in the compact index), `http://packages.example` packages of Composer,
`http://arch.example` those of pacman, `http://alpine.example` those of apk, `http://nuget.example` those of NuGet,
`http://opam.example` archives for opam, `http://cpan.example` distributions of CPAN, `http://bower.example` archives
for Bower, and `http://git.example` repositories of shards. Their names are first, second and third; a shape gets there
by its option `build-arg:http_proxy=LOOPBACK`.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
import zipfile
from base64 import b64encode
from hashlib import md5, sha1, sha256
from pathlib import Path

NAMES = ("first", "second", "third")
_VERSION = "1.0.0"
_DATES = {f"GIT_{one}_DATE": "2026-01-01T00:00:00Z" for one in ("AUTHOR", "COMMITTER")}
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
    _write_alpine(folder / "alpine.example" / "main" / "x86_64")
    _write_nuget(folder / "nuget.example")
    _write_opam(folder / "opam.example")
    _write_cpan(folder / "cpan.example")
    _write_bower(folder / "bower.example")
    _write_repositories(folder / "git.example")


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


def _tar(files: dict[str, bytes], *, sums: bool = False) -> bytes:
    """Return an archive; with the files' check sums as apk wants them. A name that ends in `/` is a folder's."""
    written = io.BytesIO()
    with tarfile.open(
        fileobj=written, mode="w", format=tarfile.PAX_FORMAT if sums else tarfile.USTAR_FORMAT
    ) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if name.endswith("/"):
                member.type, member.mode = tarfile.DIRTYPE, 0o755
            elif sums:
                member.pax_headers = {"APK-TOOLS.checksum.SHA1": sha1(content).hexdigest()}
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


def _write_alpine(folder: Path) -> None:
    folder.mkdir(parents=True)
    known = ""
    for name in NAMES:
        version = f"{_VERSION}-r0"
        folders = dict.fromkeys(("usr/", "usr/share/", f"usr/share/{name}/"), b"")
        data = gzip.compress(_tar({**folders, f"usr/share/{name}/data": b"contents"}, sums=True), mtime=0)
        about = {
            "pkgname": name, "pkgver": version, "pkgdesc": "A package", "arch": "noarch", "size": "8",
            "license": "none", "origin": name, "datahash": sha256(data).hexdigest(),
        }  # fmt: skip
        info = "".join(f"{key} = {value}\n" for key, value in about.items()).encode()
        # No end of the archive: the data follow.
        control = gzip.compress(_tar({".PKGINFO": info})[: 512 + -(-len(info) // 512) * 512], mtime=0)
        (folder / f"{name}-{version}.apk").write_bytes(control + data)
        fields = {
            "C": f"Q1{b64encode(sha1(control).digest()).decode()}", "P": name, "V": version, "A": "x86_64",
            "S": str(len(control + data)), "I": "8", "T": "A package", "U": "", "L": "none", "o": name,
        }  # fmt: skip
        known += "".join(f"{key}:{value}\n" for key, value in fields.items()) + "\n"
    index = {"DESCRIPTION": b"here", "APKINDEX": known.encode()}
    (folder / "APKINDEX.tar.gz").write_bytes(gzip.compress(_tar(index), mtime=0))


def _zip(files: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            file = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            # Bower wants to know what it is.
            file.external_attr = 0o100644 << 16
            archive.writestr(file, content)
    return written.getvalue()


def _write_nuget(folder: Path) -> None:
    content = {"@id": "http://nuget.example/packages/", "@type": "PackageBaseAddress/3.0.0"}
    folder.mkdir(parents=True)
    (folder / "index.json").write_text(json.dumps({"version": "3.0.0", "resources": [content]}), encoding="utf-8")
    for name in NAMES:
        place = folder / "packages" / name
        (place / _VERSION).mkdir(parents=True)
        (place / "index.json").write_text(json.dumps({"versions": [_VERSION]}), encoding="utf-8")
        about = (
            f"<id>{name}</id><version>{_VERSION}</version><authors>none</authors><description>A package</description>"
        )
        package = _zip(
            {
                f"{name}.nuspec": f"<package><metadata>{about}</metadata></package>",
                f"content/{name}.txt": "contents",
                "lib/netstandard2.0/_._": "",
            }
        )
        (place / _VERSION / f"{name}.{_VERSION}.nupkg").write_bytes(package)


def _opam_archive(name: str) -> bytes:
    return gzip.compress(_tar({f"{name}-{_VERSION}/data": b"contents"}), mtime=0)


def _write_opam(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.tar.gz").write_bytes(_opam_archive(name))


def opam_descriptions() -> str:
    """Return the end of a shell command that writes what opam has to know of the packages."""
    said = ""
    for name in NAMES:
        sum_ = sha256(_opam_archive(name)).hexdigest()
        lines = [
            'opam-version: "2.0"',
            'synopsis: "A package"',
            f'install: [ ["mkdir" "-p" "%{{share}}%/{name}"] ["cp" "data" "%{{share}}%/{name}/data"] ]',
            f'url {{ src: "http://opam.example/{name}.tar.gz" checksum: "sha256={sum_}" }}',
        ]
        place = f"packages/{name}/{name}.{_VERSION}"
        said += f"&& mkdir -p {place} && printf '%s\\n' {' '.join(repr(line) for line in lines)} > {place}/opam "
    return said


def _write_cpan(folder: Path) -> None:
    authors = folder / "authors" / "id" / "N" / "NO" / "NONE"
    modules = folder / "modules"
    authors.mkdir(parents=True)
    modules.mkdir()
    lines, sums = [], []
    for name in NAMES:
        module, file = name.title(), f"{name.title()}-{_VERSION}.tar.gz"
        make = f"use ExtUtils::MakeMaker; WriteMakefile(NAME => '{module}', VERSION => '{_VERSION}');\n"
        code = f"package {module};\nour $VERSION = '{_VERSION}';\n1;\n"
        top = f"{module}-{_VERSION}"
        parts = {"Makefile.PL": make, f"lib/{module}.pm": code, "MANIFEST": f"MANIFEST\nMakefile.PL\nlib/{module}.pm\n"}
        archive = gzip.compress(_tar({f"{top}/{part}": text.encode() for part, text in parts.items()}), mtime=0)
        (authors / file).write_bytes(archive)
        lines.append(f"{module}  {_VERSION}  N/NO/NONE/{file}")
        sums.append(f"'{file}' => {{cpan_path => 'N/NO/NONE', sha256 => '{sha256(archive).hexdigest()}'}}")
    (authors / "CHECKSUMS").write_text(f"$cksum = {{{', '.join(sums)}}};\n", encoding="utf-8")
    head = "\n".join(
        ["File: 02packages.details.txt", f"Line-Count: {len(lines)}", "Last-Updated: Thu, 01 Jan 2026 00:00:00 GMT", ""]
    )
    _write_packed(modules / "02packages.details.txt.gz", "\n".join([head, *lines, ""]))
    _write_packed(
        modules / "03modlist.data.gz", "File: 03modlist.data\n\npackage CPAN::Modulelist; sub data { {} } 1;\n"
    )
    _write_packed(folder / "authors" / "01mailrc.txt.gz", 'alias NONE "None <none@cpan.example>"\n')


def _write_packed(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _write_bower(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in NAMES:
        about = json.dumps({"name": name, "version": _VERSION})
        (folder / f"{name}.zip").write_bytes(_zip({"bower.json": about, "data": "contents"}))


def _write_repositories(folder: Path) -> None:
    for name in NAMES:
        work = folder / name
        (work / "src").mkdir(parents=True)
        (work / "src" / f"{name}.cr").write_text(f"module {name.title()}\nend\n", encoding="utf-8")
        (work / "shard.yml").write_text(f"name: {name}\nversion: {_VERSION}\n", encoding="utf-8")
        author = ("-c", "user.name=none", "-c", "user.email=none@git.example")
        for command in (
            ("init", "-q", "-b", "main"),
            ("add", "."),
            (*author, "commit", "-q", "-m", "A package"),
            ("tag", f"v{_VERSION}"),
            ("clone", "-q", "--bare", ".", f"../{name}.git"),
            ("--git-dir", f"../{name}.git", "update-server-info"),
        ):
            subprocess.run(["git", *command], cwd=work, check=True, env={**os.environ, **_DATES})
