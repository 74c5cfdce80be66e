"""Commands that are known to need no package lists in the image.

An installed program leaves the lists alone unless it is known to run others; a script, a download that is piped into a
shell, or a variable may do anything.
"""

from __future__ import annotations

import posixpath
import re

from cachemount.facts import invocations, programs
from cachemount.facts.model import Facts, Step
from cachemount.facts.package_state import fetches_where_none
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.context_scripts import does_no_harm, script_of, told
from cachemount.repairs.safety.copied_files import Brought, brought
from cachemount.repairs.safety.interpreters import BUILDERS, INTERPRETERS
from cachemount.repairs.safety.known_programs import READS_NO_STORE, REFRESHES_ITSELF, RUNS_PACKAGE_MANAGERS
from cachemount.repairs.safety.later_commands import Called, is_script, is_system_path, runs_file
from cachemount.repairs.safety.unnamed_programs import named

# OpenSSL's Makefile installs itself in parts: https://github.com/openssl/openssl/blob/master/INSTALL.md
_DEPENDENCIES = late(
    r"(?i)dep|setup|bootstrap|provision|prereq|requirement|prepare|install[-_](?!(?:sw|ssldirs|fips)\Z)|apt|system|tools"
)
_INSTALLER = late(r"(?i)(?:install|setup)[-_](?:deps|dependencies|packages|system|env|requirements)|[-_]deps\Z")
# ICU has a script that runs its own, vcpkg's only tells which packages it wants: https://github.com/microsoft/vcpkg/blob/master/scripts/bootstrap.sh
_CONFIGURE = late(
    r"(?:.*/)?(?:configure|runConfigureICU|config|autogen|buildconf|bootstrap(?:-vcpkg)?)(?:\.sh)?\Z", re.IGNORECASE
)
_PROFILE = late(r"/(?:activate|env|nvm\.sh|setup\.(?:ba)?sh|\.?\w*(?:profile|bashrc|zshrc))\Z")
_PROJECT_FILES = frozenset({"artisan", "composer.phar", "manage.py", "setup.py"})
# Released programs that are fetched and run where they lie: https://rust-lang.github.io/rustup/installation/other.html
_INSTALLERS = frozenset({"rustup-init"})
_NAMES_MANAGER = late(r"\bapt(?:-get|itude)?\b")
# A program of somebody's own, that works on the distribution's packages by its name.
_WORKS_ON_PACKAGES = late(r"(?:\A|[-_.])(?:apt|clean|cleanup)(?:[-_.]|\Z)")


def leaves_lists_alone(facts: Facts, step: Step, called: Called, manager: PackageManager) -> bool:
    """Return whether a command of a step needs no package lists in the image."""
    called = named(facts, called) or called
    name, copied = called.name, brought(facts, step.stage)
    owners = () if called.path in RUNS_PACKAGE_MANAGERS else programs.managers(name)
    if owners:
        verb = next((word for word in invocations.positionals(owners[0], called.arguments) if word), "")
        return manager not in owners or verb not in manager.index_verbs
    if called.is_query or called.sets_variables or name in REFRESHES_ITSELF:
        return True
    if (
        not name
        or name == "eval"
        or not RUNS_PACKAGE_MANAGERS.isdisjoint((name, called.path))
        or not RUNS_PACKAGE_MANAGERS.isdisjoint(called.launched)
    ):
        return False
    if name in BUILDERS:
        return not any(
            _DEPENDENCIES.search(text) for text in called.texts if not text.startswith("-") and "=" not in text
        )
    file = runs_file(called)
    if file:
        return _is_harmless_file(name, file, copied)
    if _CONFIGURE.match(called.path) or name in _PROJECT_FILES or (name in _INSTALLERS and name not in copied.names):
        return True
    if not called.is_installed or is_script(name) or name in copied.names or _INSTALLER.search(name):
        return False
    known = name in READS_NO_STORE or name.rstrip("0123456789.") in INTERPRETERS
    may_be_copied = copied.programs or (copied.homes and called.is_in_home)
    if not known and ((may_be_copied and not called.is_local_tool) or _WORKS_ON_PACKAGES.search(name)):
        return False
    # `sed -e` and `rm -r` run no program's text.
    return name in READS_NO_STORE or not (
        called.texts and called.texts[0] in ("-c", "-e", "-r") and any(map(_NAMES_MANAGER.search, called.texts))
    )


def _is_harmless_file(name: str, file: str, copied: Brought) -> bool:
    # The build may bring a script, or a folder of them, to where the system has its own.
    is_of_system = is_system_path(file) and not (copied.programs or copied.name_of(file, None))
    if name in (".", "source"):
        return is_of_system or _PROFILE.search(f"/{file}") is not None
    return is_of_system or posixpath.basename(file) in _PROJECT_FILES or _CONFIGURE.match(file) is not None


def script_leaves_lists_alone(facts: Facts, step: Step, called: Called, manager: PackageManager) -> bool:
    """Return whether a command runs a script that is known, and that does nothing with the distribution's packages."""

    def is_harmless(one: Called) -> bool:
        of_manager = manager in programs.managers(one.name)
        is_known = one.name or named(facts, one) is not None
        return bool(is_known) and not of_manager and leaves_lists_alone(facts, step, one, manager)

    return does_no_harm(facts, script_of(called), manager, is_harmless, told(called))


def fetches_lists_itself(facts: Facts, step: Step, called: Called, manager: PackageManager) -> bool:
    """Return whether all that a command may run of the manager fetches the index where it finds none."""
    if not fetches_where_none(step, manager):
        return False

    def is_harmless(one: Called) -> bool:
        if manager in programs.managers(one.name):
            verb = next((word for word in invocations.positionals(manager, one.arguments) if word), "")
            return verb not in manager.index_verbs and verb != "fetch" and "--no-network" not in one.texts
        return leaves_lists_alone(facts, step, one, manager) or _is_interpreted(one, manager)

    return _is_interpreted(called, manager) or does_no_harm(
        facts, script_of(called), manager, is_harmless, told(called)
    )


def _is_interpreted(called: Called, manager: PackageManager) -> bool:
    """Return whether a command runs a program in another language than the shell's, and does not name the manager."""
    named = any(re.search(rf"\b{manager.name}\b", word.raw) for word in called.arguments)
    return called.name.rstrip("0123456789.") in INTERPRETERS and not named
