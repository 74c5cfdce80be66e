"""C libraries that a build makes, or brings in a version of its own: what was compiled against others may not fit them.

A manager that keeps what it compiles sees no change of their headers: https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching.
Packages of a distribution are no such libraries: within a release, they keep what programs are compiled against.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from itertools import pairwise

from cachemount.dockerfile.model import Instruction
from cachemount.facts import chain, unmounted
from cachemount.facts.context import scripts_in, takes, with_scripts
from cachemount.facts.model import Directory, Facts, Install, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.context_scripts import script_of
from cachemount.repairs.safety.later_commands import Called, commands_of, runs_file, shortened
from cachemount.script_names import MAKEFILES
from cachemount.source import ContextFile

_PROGRAMS = frozenset({
    "autoreconf", "b2", "bjam", "cmake", "conan", "ldconfig", "meson", "ninja", "scons", "vcpkg", "waf", "xmake",
})  # fmt: skip
_CONFIGURES = frozenset({"autogen.sh", "bootstrap", "bootstrap.sh", "Config", "Configure", "config", "configure"})
_COMPILERS = r"(?:[\w-]{1,50}-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ar)(?:-\d+)?"
_COMPILER = late(_COMPILERS)
# What is left of a compiler that makes no program.
_OBJECT = late(r"-c|-shared|-fPIC|r?cs?|.*\.(?:a|o|so)")
_OF_RUST = frozenset({"build", "cbuild", "cinstall", "rustc"})
_FILLING = frozenset({"bsdtar", "cp", "curl", "install", "ln", "mv", "rsync", "tar", "unzip", "wget"})
_FETCHING = frozenset({"bsdtar", "curl", "git", "hg", "svn", "tar", "unzip", "wget"})
_INSTALLING = frozenset({"apk", "apt", "apt-get", "dnf", "dpkg", "microdnf", "rpm", "yum", "zypper"})
_PACKAGE_FILE = late(r"(?=.*(?:\blib|[-_]dev)).*(?<!\*)\.(?:deb|rpm|apk)")
# Not what describes messages, which has such a folder too.
_HEADERS = late(r"(?!.*\b(?:google|protobuf|protoc|proto)\b)(?:.*/)?(?:include|headers)(?:/.*)?|.*\.h(?:h|pp)?")
_IN_SYSTEM = late(r"/usr/(?:local/)?include\b(?!.*\bgoogle\b).*|/.*\.h(?:h|pp)?")
# Programs that are kept whole are of older libraries too.
_LINKED = late(r".*\.(?:a|so)(?:\.\d+)*")
_ROOTS = frozenset({"/", "/usr", "/usr/local"})
_NAMES_LIBRARY = late(
    r"(?i)(?<![a-z])lib(?!c\b|exec|rar)[a-z]|onnxruntime|tensorflow|torch|wasm(?:time|er|edge)|instantclient"
    r"|[-_](?:dev|devel|sdk)\b"
)
# What C is made by in a Makefile or a script.
_MAKES_C = late(
    r"(?m)(?:^|[;&|@(`+-]|\b(?:do|else|exec|sudo|then)\b)[ \t]*(?:[A-Za-z_]\w{0,50}=\S{0,200}[ \t]+){0,20}(?:"
    r"(?:[\w./-]{0,100}/)?(?:autogen\.sh|[Cc]onfigure)\b"
    r"|(?:autoreconf|cmake|conan|ldconfig|meson|ninja|scons|vcpkg)(?=[ \t\n;&|]|\Z)"
    rf"|(?:\$[({{](?:AR|CC|CXX|LD)[)}}]|{_COMPILERS})[ \t](?:[^\n;&|]{{0,500}}[ \t])?"
    r"(?:-c|-shared|-fPIC|r?cs?|[^\s;&|]{0,200}\.(?:a|o|so))(?=\s|\Z)"
    r"|cargo[ \t]+(?:\+\S+[ \t]+)?(?:build|cbuild|cinstall|rustc)\b"
    r"|(?:g?make|\$[({]MAKE[)}])[ \t](?:[^\n;&|]{0,500}[ \t])?install(?=[ \t\n;&|]|\Z)"
    r")|/usr/(?:local/)?include\b(?!/google)"
)
_MADE_IN = late(r"(?:\$[({]MAKE[)}]|\bmake)[ \t](?:[^\n;&|]{0,500}[ \t])?-C[ \t]*([\w./-]+)")
# A file of the project and its line that names headers of another folder.
_WITH_C = (".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx")
_READS = late(r"#[ \t]*(?:include|cgo)\b")
# Of them Go keeps the program, or what it said: https://go.dev/doc/go1.24#go-command
_KEEPS_PROGRAMS = frozenset({"generate", "run", "test", "tool"})
_PROTOCOL = late(r"\b(?:google|proto(?:c|buf)?)\b")
# Places of headers that are not the distribution's, where a variable names them.
_INCLUDES = ("CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS")
_PATHS = ("CPATH", "CPLUS_INCLUDE_PATH", "C_INCLUDE_PATH", "PKG_CONFIG_PATH")
_INCLUDED = late(r"-(?:I|isystem)[ ]?([^\s\"']+)")
_OF_SYSTEM = late(r"/usr/(?:include|lib\w*|share|[\w-]+-linux-[\w-]+)(?:/.*)?")
_IMAGES = late(
    r"(?i)(?:open|go)cv|cuda|deepstream|ffmpeg|gdal|instantclient|libgit2|librdkafka|libvips|magick|onnx|openvino"
    r"|rocksdb|tensor|tesseract|torch|(?<![a-z])vips"
)


def built_on_libraries(facts: Facts, step: Step, manager: PackageManager) -> list[Directory]:
    """Return the directories of a step without a mount whose content may be of other C libraries than the image's.

    Where the author has a mount that was meant for one, what it keeps is decided.
    """
    return [
        directory
        for install in step.installs
        if install.manager is manager
        for directory in install.directories
        if directory.cover is None and unmounted.misplaced(step, directory, manager) is None
        if library_for(facts, install, directory)
    ]


def library_for(facts: Facts, install: Install, directory: Directory) -> str:
    """Return why a directory's content may be of other C libraries than the image's; "" where it is not."""
    off = directory.cache.compiles_c_unless
    if not off or any(install.variables.get(name) == value for name, value in off.items()):
        return ""
    return facts.memo(_library_before, install)


def _library_before(facts: Facts, install: Install) -> str:
    image, name = install.step.environment.image, install.manager.name
    found = f"the image {image}" if _IMAGES.search(image) else next(_libraries(facts, install), "")
    if found:
        return f"{found} may change C libraries, which {name} does not see"
    own = (one for one in facts.dockerfile.source.context if one.path.endswith(_WITH_C) and one.text)
    reads = (one for one in own if _READS.match(one.text) and takes(facts.dockerfile.code, one.path))
    return next(
        (f"`{shortened(one.text)}` in {one.path} reads a folder that {name} does not look at" for one in reads), ""
    )


def _libraries(facts: Facts, install: Install) -> Iterator[str]:
    """Yield what makes or brings C libraries before an install."""
    step, here = install.step, install.command.span.start
    linked = not _KEEPS_PROGRAMS.isdisjoint(install.verb[:1])
    steps = all_steps(facts, step.stage)
    for one in (*chain.before(step.stage, step.instruction), step.instruction):
        if one.keyword in ("ADD", "COPY") and _brings_headers(facts, one, linked=linked):
            yield named(facts, one.span.start, f"{one.keyword} {' '.join(one.operands)}")
        read = steps.get(id(one)) if one.run is not None else None
        for at, title in facts.memo(_makers, read, linked) if read is not None else ():
            if read is not step or at < here:
                yield named(facts, at, title)
    yield from (name for name in (*_INCLUDES, *_PATHS) if _names_headers(install, name))


def _makers(facts: Facts, step: Step, linked: bool) -> list[tuple[int, str]]:
    """Return the commands of a step that make a C library, or bring one: offset and title."""
    makers = (one for one in commands_of(step) if _makes_library(facts, step, one, linked=linked))
    return [(one.command.span.start, one.title) for one in makers]


def named(facts: Facts, at: int, words: str) -> str:
    """Return a command or instruction at an offset as a message names it."""
    return f"`{shortened(words)}` in line {facts.dockerfile.source.position(at).line}"


def _makes_library(facts: Facts, step: Step, called: Called, *, linked: bool) -> bool:
    """Return whether a command makes a C library, or puts one where compilers look."""
    texts = called.texts
    if called.is_query:
        return False
    if called.name in _PROGRAMS or ("/" in called.path and posixpath.basename(called.path) in _CONFIGURES):
        return True
    if called.name in ("make", "gmake"):
        return _makes_by_make(facts, step, called)
    if called.name == "cargo":
        return not _OF_RUST.isdisjoint(texts)
    if installs_package_file(called) or fills_system(step, called, linked=linked):
        return True
    if _COMPILER.fullmatch(called.name):
        return any(map(_OBJECT.fullmatch, texts))
    if runs_file(called) == "-":
        return _NAMES_LIBRARY.search(_fetched(step)) is not None
    scripts = scripts_in(facts.dockerfile.source.context, [script_of(called)]) if script_of(called) else []
    return any(map(_MAKES_C.search, with_scripts(facts.dockerfile.source.context, scripts)))


def _makes_by_make(facts: Facts, step: Step, called: Called) -> bool:
    """Return whether `make` may make a C library: by what its Makefile says, where the repository has it."""
    known = makefiles_of(facts, step, called)
    if not known:
        fetched = any(one.name in _FETCHING for one in commands_of(step))
        from cachemount.repairs.safety.context_folders import context_folders

        copied = context_folders(facts, step, called.command.directory)
        return fetched or not copied or not {"-C", "--directory", "install"}.isdisjoint(called.texts)
    from cachemount.repairs.safety.make_targets import part_for

    for place, makefile in known:
        text = part_for(facts.dockerfile, makefile, called)
        others = {posixpath.normpath(posixpath.join(place, one)) for one in _MADE_IN.findall(text)}
        below = _makefiles(facts, others)
        if _MAKES_C.search(text) or any(_MAKES_C.search(one.text) for _, one in below):
            return True
    return False


def makefiles_of(facts: Facts, step: Step, called: Called) -> list[tuple[str, ContextFile]]:
    """Return the Makefiles of the context that a command may make its targets by, each after its folder."""
    entered = [after for before, after in pairwise(called.texts) if before in ("-C", "--directory")]
    from cachemount.repairs.safety.context_folders import context_folders

    folders = context_folders(facts, step, called.command.directory)
    return _makefiles(facts, {posixpath.normpath(posixpath.join(one, *entered)) for one in folders})


def _makefiles(facts: Facts, places: set[str]) -> list[tuple[str, ContextFile]]:
    """Return the Makefiles in folders of the context, each after its folder."""
    found = (one for one in facts.dockerfile.source.context if posixpath.basename(one.path) in MAKEFILES)
    return [(place, one) for one in found if (place := posixpath.dirname(one.path) or ".") in places]


def installs_package_file(called: Called) -> bool:
    """Return whether a command installs a library from a file of a package: its version is no release's."""
    return called.name in _INSTALLING and any(
        map(_PACKAGE_FILE.fullmatch, (word.raw.strip("\"'") for word in called.arguments))
    )


def is_place_of_headers(words: Iterable[str]) -> bool:
    """Return whether one of these words is a place where compilers look for headers."""
    return any(map(_IN_SYSTEM.fullmatch, words))


def fills_system(step: Step, called: Called, *, linked: bool) -> bool:
    """Return whether a command puts headers, or an archive of a library, where compilers look, or libraries."""
    if called.name not in _FILLING:
        return False
    words = [word.known or word.raw.strip("\"'") for word in called.arguments]
    if is_place_of_headers(words) and not _PROTOCOL.search(step.run.script.text):
        return True
    if linked and any(one.startswith("/") and _LINKED.fullmatch(one) for one in words):
        return True
    if called.name not in ("bsdtar", "tar", "unzip"):
        return False
    places = {word.removeprefix("--directory=").removeprefix("-C").rstrip("/") or "/" for word in words if "/" in word}
    return not places.isdisjoint(_ROOTS) and _NAMES_LIBRARY.search(_fetched(step)) is not None


def _fetched(step: Step) -> str:
    """Return what a step says of the files that it fetches or unpacks."""
    return " ".join(word.raw for one in commands_of(step) if one.name in _FETCHING for word in one.command.words)


def _brings_headers(facts: Facts, instruction: Instruction, *, linked: bool) -> bool:
    """Return whether a COPY or ADD brings headers, or all of a library, apart from the project."""
    words = [word.rstrip("/") or "/" for word in instruction.operands]
    if any(map(_HEADERS.fullmatch, words)) or (linked and any(map(_LINKED.fullmatch, words))):
        return True
    if len(words) < 2 or words[-1] not in _ROOTS:
        return False
    stage = next((flag.value for flag in instruction.flags if flag.name == "from"), None)
    if stage is None:
        return instruction.keyword == "ADD" and any(map(_NAMES_LIBRARY.search, words[:-1]))
    if words[-1] != "/":
        return True
    made_here = chain.stage_named(facts.dockerfile, stage) is not None
    return made_here and any(one != "/" and "." not in posixpath.basename(one) for one in words[:-1])


def _names_headers(install: Install, name: str) -> bool:
    """Return whether a variable of an install names a folder of headers that is not the distribution's."""
    if name not in install.variables:
        return False
    value = install.variables[name]
    if value is None:
        return True
    places = value.split(":") if name in _PATHS else _INCLUDED.findall(value)
    return any(place and not _OF_SYSTEM.fullmatch(place) for place in places)
