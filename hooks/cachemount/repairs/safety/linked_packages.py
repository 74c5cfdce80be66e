"""Packages that are links into the cache: with a mount there, the image has links to nothing."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.model import Facts, Install
from cachemount.managers.model import PackageManager
from cachemount.reasons import Withheld
from cachemount.repairs.safety.project_settings import said_in_file


def links(facts: Facts, install: Install) -> str:
    """Return the flag, variable or setting by which what is installed stays in the cache; "" where it does not."""
    manager = install.manager
    texts = [argument.known for argument in install.arguments]
    for flag in manager.linking_flags:
        if flag in texts or flag in " ".join(texts):
            return flag
    name, wanted = manager.linking_unless
    if name and install.variables.get(name, "") not in (wanted, None):
        return f"{name} not set to {wanted}"
    for name, pattern in manager.linking_variables.items():
        value = install.variables.get(name)
        if value and re.fullmatch(pattern, value):
            return f"{name}={value}"
    if in_file := _said_in_file(facts, install):
        return in_file
    if not {"-g", "--global"}.isdisjoint(texts) and (reason := _globally(facts, install)):
        return reason
    return facts.memo(_setting, manager)


def hidden_links(facts: Facts, install: Install) -> Withheld | None:
    """Return why a mount would hide what the image has links to: programs that an earlier step put into the cache."""
    manager, step = install.manager, install.step
    how = _globally(facts, install) if manager.links_before else ""
    if not how:
        return None
    for one in (*chain.before(step.stage, step.instruction), step.instruction):
        text = facts.dockerfile.source.text[one.span.start : min(one.span.end, install.command.span.start)]
        found = re.search(manager.links_before, text) if one.run is not None else None
        if found is not None:
            line = facts.dockerfile.source.position(one.span.start + found.start()).line
            return reasons.HIDDEN_LINKS.about(how=how, line=line)
    return None


def _globally(facts: Facts, install: Install) -> str:
    """Return why global installs are links into the cache; "" where they are not."""
    reason, ruled_out, variable, value = install.manager.linking_globally
    off = any(install.variables.get(one) == value for one in (variable, variable.upper()))
    if not reason or off or facts.says(ruled_out) or re.search(ruled_out, install.step.environment.image):
        return ""
    return reason


def _said_in_file(facts: Facts, install: Install) -> str:
    """Return the setting in a file of the project that the build copies; "" where a flag or a variable is stronger."""
    manager = install.manager
    told = " ".join(argument.known for argument in install.arguments)
    if any(install.variables.get(one) for one in manager.linking_variables):
        return ""
    if any(re.split("[= ]", flag)[0] in told for flag in manager.linking_flags):
        return ""
    return said_in_file(facts, manager.linking_files)


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
