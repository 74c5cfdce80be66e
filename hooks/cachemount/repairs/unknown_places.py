"""Why it is not known where a cache is, or whose it is: the reasons that a person reads."""

from __future__ import annotations

import re

from cachemount import reasons
from cachemount.facts import chain
from cachemount.facts.expansion import arguments, runner
from cachemount.facts.model import Directory, Install, Step
from cachemount.facts.programs import is_optional
from cachemount.late_pattern import late
from cachemount.reasons import Withheld

# They stand for what the system knows, and no ENV sets them.
_NO_VARIABLES = frozenset({"ACCOUNT_HOME", "ANY", "HOME", "MIX_XDG", "PREFIX", "STACK_XDG", "WORKDIR"})
_SHARES_NUMBER = late(r"\buser(?:add|mod)\b[^;&|\n]*\s(?:-[A-Za-z]*o[A-Za-z]*|--non-unique)(?![\w-])")
_PLAIN_NAME = r"[a-z_][\w-]*"


def why_unknown(install: Install, directory: Directory) -> Withheld:
    """Return why the path of a cache is not known."""
    if install.other_root:
        return reasons.OTHER_ROOT.about(launcher=install.other_root)
    first = arguments(install.step, install.command)[0]
    if is_optional(first):
        return reasons.UNKNOWN_WORD.about(word=first.raw)
    if directory.cache.moved_by_words and directory.moved.startswith(("$", "`")):
        return reasons.MOVED_BY_WORD.about(word=directory.moved)
    if directory.cache.hint:
        return directory.cache.hint
    variables = (re.match(r"\$(\w+)", one) for one in directory.cache.locations)
    variable = next((one[1] for one in variables if one and one[1] not in _NO_VARIABLES), "")
    environment = install.step.environment
    user = runner(install.step, install.command).user
    # Without a home from the image or a user; the step itself sets none.
    homeless = install.home is None and environment.home is None
    if environment.image not in ("", "scratch") and environment.base is None:
        if homeless and user:
            return reasons.UNKNOWN_HOME.about(user=user, image=environment.image)
        if variable and install.manager.prefix:
            return reasons.PLACE_IN_IMAGE.about(
                manager=install.manager.name, image=environment.image, way_out=_by_variable(variable, directory)
            )
    if homeless and user in environment.accounts and _may_share_number(install.step):
        return reasons.HOME_OF_SHARED_NUMBER.about(user=user)
    if homeless and re.fullmatch(_PLAIN_NAME, user) and environment.image != "scratch":
        return reasons.HOME_OF_USER.about(user=user)
    # Who is in a root filesystem that is copied cannot be made again.
    if homeless and variable and (user.isdigit() or re.fullmatch(_PLAIN_NAME, user)):
        return reasons.HOME_OF_NUMBER.about(user=user, way_out=_by_variable(variable, directory))
    if directory.moved:
        return _why_unknown_value(install, directory.moved)
    name = install.manager.name
    place = f"{name}'s cache is in a home" if install.home is None else f"{name} keeps its cache in a folder"
    if not variable and any("$ACCOUNT_HOME" in one for one in directory.cache.locations):
        flag = next((one for one in directory.cache.flags if one.startswith("-D")), "")
        way_out = f"give the command `{flag}=/a/folder`" if flag else "run the step as a user that the file makes"
        if flag and not user.isdigit():
            way_out += ", and write the user's number in USER, as in `USER 10001`"
        return reasons.UNKNOWN_ACCOUNT.about(place=place, way_out=way_out)
    if not variable:
        return reasons.UNKNOWN_PLACE_UNSET.about(place=place)
    return reasons.UNKNOWN_PLACE.about(place=place, way_out=_by_variable(variable, directory))


def _may_share_number(step: Step) -> bool:
    """Return whether a step before lets an account have the number of another one."""
    before = (one.run.script.text for one in chain.before(step.stage, step.instruction) if one.run is not None)
    return any(_SHARES_NUMBER.search(text) for text in before)


def _by_variable(variable: str, directory: Directory) -> str:
    """Return how a variable says where a cache is: a store has to be found by later steps as well."""
    named = f"`ENV {variable}=/a/folder` before the step"
    if directory.cache.kind == "store":
        return f"write {named}"
    return f"write `{variable}=/a/folder` in front of the command, or {named}"


def _why_unknown_value(install: Install, moved: str) -> Withheld:
    """Return why a flag, a variable or a setting does not tell where the cache is."""
    command = install.command
    in_step = moved in command.exports or any(one.name == moved for one in command.assignments)
    if moved.isidentifier() and not in_step:
        way_out = f"write `ENV {moved}=/a/folder` before the step"
    else:
        way_out = "write the whole path of the folder there"
    return reasons.UNKNOWN_VALUE.about(thing=moved, way_out=way_out)


def unknown_user(install: Install) -> Withheld:
    """Say whose number is not known."""
    user = runner(install.step, install.command).user
    if not re.fullmatch(_PLAIN_NAME, user):
        return reasons.NUMBER_OF_STEPS_USER.about()
    return reasons.NUMBER_OF_USER.about(user=user)
