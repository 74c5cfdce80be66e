"""C libraries that steps install where all compilers look, from sources or in a version of their own.

A manager that builds packages keeps them by their versions alone: what it built against such a library is taken again
when that is another one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachemount.dockerfile.model import Stage
from cachemount.facts.context import scripts_in, with_scripts
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.queries import all_steps
from cachemount.late_pattern import late
from cachemount.repairs.safety.c_libraries import (
    fills_system,
    installs_package_file,
    is_place_of_headers,
    makefiles_of,
    named,
)
from cachemount.repairs.safety.context_scripts import script_of
from cachemount.repairs.safety.later_commands import Called, commands_of

_INSTALLERS = frozenset({"b2", "bjam", "cmake", "conan", "gmake", "make", "meson", "ninja", "scons", "vcpkg", "waf"})
_INSTALLS = late(
    r"(?m)(?:^|[;&|@(`+-]|\b(?:do|else|exec|sudo|then)\b)[ \t]*(?:[A-Za-z_]\w{0,50}=\S{0,200}[ \t]+){0,20}"
    r"(?:ldconfig(?=[ \t\n;&|]|\Z)|(?:b2|cmake|g?make|\$[({]MAKE[)}]|meson|ninja|scons|vcpkg)[ \t]"
    r"(?:[^\n;&|]{0,500}[ \t])?(?:--)?install(?=[ \t\n;&|]|\Z))"
    r"|/usr/(?:local/)?include\b(?!/google)"
)
# Of Python and Node.js the manager knows the version; others make programs alone.
_NO_LIBRARIES = late(r"(?i)\b(?:c?python|node|git|nginx|vim|tmux|bash|htop|postgresql-client)(?:\.git|[-/]v?[\d$])")

# Other projects than that of the image.
_SOURCES = late(r"\b(?:autogen|autoreconf|cmake|[Cc]onfigure|curl|git clone|tar|unzip|wget)\b")
# A place where no compiler looks.
_ELSEWHERE = late(r"DESTDIR=")


def installed_before(facts: Facts, install: Install) -> str:
    """Return what installs a C library before an install, as a message names it; "" where nothing does."""
    here = install.command.span.start
    found = facts.memo_all(_installed, install.step.stage)
    return next((name for at, name in found if at < here), "")


def _installed(facts: Facts, stage: Stage) -> Iterator[tuple[int, str]]:
    """Yield where a stage, or one that it is built on, installs a C library, and how."""
    steps, fetched = all_steps(facts, stage), False
    for one in (each for above in stage.lineage() for each in above.instructions):
        at = one.span.start
        if one.keyword in ("ADD", "COPY") and is_place_of_headers(one.operands[-1:]):
            yield at, named(facts, at, f"{one.keyword} {' '.join(one.operands)}")
        step = steps.get(id(one)) if one.run is not None else None
        fetched = fetched or (step is not None and _SOURCES.search(step.run.script.text) is not None)
        if step is not None and not _NO_LIBRARIES.search(step.run.script.text):
            for called in commands_of(step):
                if _installs(facts, step, called, fetched=fetched):
                    yield called.command.span.start, named(facts, called.command.span.start, called.title)


def _installs(facts: Facts, step: Step, called: Called, *, fetched: bool) -> bool:
    """Return whether a command installs a library; of a project that is not known, one whose sources were `fetched`."""
    if called.is_query or any(map(_ELSEWHERE.match, called.texts)):
        return False
    if called.name in _INSTALLERS:
        if not any(text.removeprefix("--").startswith("install") for text in called.texts):
            return False
        known = makefiles_of(facts, step, called) if called.name in ("make", "gmake") else []
        if known:
            from cachemount.repairs.safety.make_targets import part_for

            return any(_INSTALLS.search(part_for(facts.dockerfile, one, called)) for _, one in known)
        from cachemount.repairs.safety.context_folders import context_folders

        is_other = not context_folders(facts, step, called.command.directory)
        return _SOURCES.search(step.run.script.text) is not None or (fetched and is_other)
    if called.name == "ldconfig" or installs_package_file(called) or fills_system(step, called, linked=False):
        return True
    scripts = scripts_in(facts.dockerfile.source.context, [script_of(called)]) if script_of(called) else []
    return any(map(_INSTALLS.search, with_scripts(facts.dockerfile.source.context, scripts)))
