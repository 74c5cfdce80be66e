"""Packages that are links into the cache: with a mount there, the image has links to nothing."""

from __future__ import annotations

import posixpath
import re

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.invocations import positionals
from cachemount.facts.model import Facts, Install, Step
from cachemount.facts.settings import earlier
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.later_commands import images_commands
from cachemount.repairs.safety.project_settings import said_in_file

_VERSION = late(r"(?<=.)@.*")
_REFERENCE = late(r"(?<=@)\$\{?(\w+)\}?")
# What the scripts of any package may run.
_BUILDS = late(r"gyp|prebuild|cmake-js|\A(?:node|npm|p?npx|pnpm|yarn|corepack|bun)\Z")

# Of R.
_READS_NO_FILE = late(r"--(?:vanilla|no-init-file)\Z")


def links(facts: Facts, install: Install) -> str:
    """Return the flag, variable or setting by which what is installed stays in the cache; "" where it does not."""
    manager = install.manager
    texts = [argument.known for argument in install.arguments]
    for flag in manager.linking_flags:
        if flag in texts or flag in " ".join(texts):
            return flag
    name, wanted = manager.linking_unless
    if name and install.variables.get(name, "") not in (wanted, None):
        return "" if _ends_in_file(facts, install) else f"{name} not set to {wanted}"
    for name, pattern in manager.linking_variables.items():
        value = install.variables.get(name)
        if value and re.fullmatch(pattern, value):
            return f"{name}={value}"
    if in_file := _said_in_file(facts, install):
        return in_file
    return links_globally(facts, install) or facts.memo(_setting, manager)


def way_out(install: Install) -> str:
    """Return what to do about packages that are links into the cache."""
    if install.manager.linking_globally[0] and any(one.text in ("-g", "--global") for one in install.arguments):
        return "pin pnpm 10, as in `npm install -g pnpm@10`"
    return "let the manager copy the packages"


def links_globally(facts: Facts, install: Install) -> str:
    """Return why a global install is links into the cache; "" where it is none, or no links."""
    texts = [argument.known for argument in install.arguments]
    return "" if {"-g", "--global"}.isdisjoint(texts) else _globally(facts, install)


def hidden_links(facts: Facts, install: Install) -> Withheld | None:
    """Return why a mount would hide what the image has links to: programs that an earlier step put into the cache."""
    manager, step = install.manager, install.step
    how = _globally(facts, install) if manager.links_before else ""
    if not how:
        return None
    for one in (*chain.before(step.stage, step.instruction), step.instruction):
        text = facts.dockerfile.source.text[one.span.start : min(one.span.end, install.command.span.start)]
        for found in re.finditer(manager.links_before, text) if one.run is not None else ():
            line = facts.dockerfile.source.position(one.span.start + found.start()).line
            if not _is_idle_meanwhile(facts, install, line):
                return reasons.HIDDEN_LINKS.about(how=how, line=line)
    return None


def _is_idle_meanwhile(facts: Facts, install: Install, line: int) -> bool:
    """Return whether the programs of a global install in this line are known not to run in the step of an install.

    That is so where the project's package.json names none of them, or, where it is not known, the image runs them.
    """
    step, context = install.step, facts.dockerfile.source.context
    names = _programs_of(facts, step, line)
    projects = [one.text for one in context if posixpath.basename(one.path) == "package.json"]
    texts = [step.run.script.text, *projects]
    if not names or any(_BUILDS.search(name) or any(_names(text, name) for text in texts) for name in names):
        return False
    ran = [words for _, _, words in images_commands(step.stage)]
    return bool(projects) or all(any(words[:1] == [name] for words in ran) for name in names)


def _programs_of(facts: Facts, step: Step, line: int) -> list[str]:
    """Return the packages of the global install in a line; none where they are not all known."""
    for other in facts.steps:
        for one in other.installs if chain.descends(step.stage, other.stage) else ():
            at = facts.dockerfile.source.position(one.command.span.start).line
            if at == line and links_globally(facts, one):
                words = positionals(one.manager, one.arguments)[len(one.verb) :]
                return [] if "" in words else [_VERSION.sub("", word) for word in words]
    return []


def _names(text: str, program: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(program.rpartition('/')[2])}(?![\w-])", text) is not None


def _globally(facts: Facts, install: Install) -> str:
    """Return why global installs are links into the cache; "" where they are not."""
    reason, ruled_out, variable, value = install.manager.linking_globally
    off = any(install.variables.get(one) == value for one in (variable, variable.upper()))
    if not reason or off:
        return ""
    if release := _last_release(facts, install):
        return "" if re.search(ruled_out, release) else reason
    return "" if facts.says(ruled_out) or re.search(ruled_out, install.step.environment.image) else reason


def _last_release(facts: Facts, install: Install) -> str:
    """Return what the commands before an install say last of the manager's release; "" where they say nothing."""
    pattern = install.manager.linking_releases
    for text in reversed([*earlier(facts.dockerfile, install.step, install.command)] if pattern else []):
        filled = _REFERENCE.sub(lambda match: install.variables.get(match[1]) or match[0], text)
        if found := [*re.finditer(pattern, filled)]:
            return found[-1][0]
    return ""


def _said_in_file(facts: Facts, install: Install) -> str:
    """Return the setting in a file of the project that the build copies; "" where a flag or a variable is stronger."""
    manager = install.manager
    told = " ".join(argument.known for argument in install.arguments)
    if any(install.variables.get(one) for one in manager.linking_variables):
        return ""
    if any(re.split("[= ]", flag)[0] in told for flag in manager.linking_flags):
        return ""
    return said_in_file(facts, manager.linking_files)


def _ends_in_file(facts: Facts, install: Install) -> bool:
    """Return whether a file of the project that is there before the install ends it, and is read."""
    files, step = install.manager.linking_unless_files, install.step
    if not files or any(_READS_NO_FILE.match(argument.known) for argument in install.arguments):
        return False
    copies = [
        facts.dockerfile.source.slice(one.span)
        for one in chain.before(step.stage, step.instruction)
        if one.keyword in ("COPY", "ADD")
    ]
    from cachemount.facts.context import copies_all

    there = any(name in text or copies_all(f"{text}\n") for name in files for text in copies)
    return there and said_in_file(facts, files) != ""


def _setting(facts: Facts, manager: PackageManager) -> str:
    text = facts.dockerfile.code
    found = (re.search(pattern, text) for pattern in manager.linking_settings)
    return next((f"`{_with_both_quotes(match)}`" for match in found if match), "")


def _with_both_quotes(match: re.Match[str]) -> str:
    """Return what was found, as a file has it, with the quote that ends it; without one that stands alone."""
    text = match[0].replace("\\", "")
    for quote in ('"', "'"):
        if text.count(quote) % 2:
            at = text.rfind(quote)
            closed = match.string[match.end() :].lstrip("\\").startswith(quote) and not text[at - 1 : at].isalnum()
            text = text + quote if closed else text[:at] + text[at + 1 :]
    return text
