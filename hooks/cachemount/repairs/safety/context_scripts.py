"""The commands of a script that the build brings, as far as the repository has it: what it may read is known then."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from cachemount.copied_names import copied_as
from cachemount.facts import programs
from cachemount.facts.context import scripts_in
from cachemount.facts.model import Facts, Step
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs.safety.later_commands import Called, called_by, runs_file
from cachemount.shell.reader import LONGEST_FILE, read_file

# One that runs another, and so on.
_DEEPEST = 4
_NAME = late(r"[\w-][\w.-]*")
_PROFILE = late(r"/bin/activate\Z|/nvm\.sh\Z|\A/etc/")
_ITS_ARGUMENTS = late(r"[\"']?\$(?:[@*]|\{[@*]\}|\{?\d\}?)[\"']?")
_VARIABLE = late(r"[\"']?\$\{?([A-Za-z_]\w*)\}?[\"']?")
_TRUE_OR_FALSE = late(r"=[\"']?(?:true|false)[\"']?;?")
_SET_TO_ARGUMENT = late(r"=[\"']?(?:\$\{?\d\}?|\$\((?:realpath|readlink -f) [\"']?\$\{?\d\}?[\"']?\))[\"']?;?")
_SUDO = late(r"(?<![\w$])([A-Za-z_]\w*)=[\"']sudo[ \"']")
_SUDO_OR_NOTHING = late(r"[\"']?(?:sudo(?: -[A-Za-z]+)* *)?[\"']?;?")
_STARTS = r"(?m)((?:^|[;&|(!]|\b(?:do|else|then|exec)\b)[ \t]*)"
_DEFAULT = late(
    r"(?m)(?:^|[;&|])[ \t]*(?:(?:export|local|readonly)[ \t]+)?([A-Za-z_]\w*)=[\"']?"
    r"(?:\$\{\1:?-)?([a-z][\w.-]*)\}?[\"']?(?=[\s;&|])"
)
# What a function runs for others: `run go build`.
_RUNS_ITS_ARGUMENTS = late(
    r"(?m)^[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*(?:\(\))?\s*\{(?:[^{}]|\$\{[^{}]*\}){0,400}?"
    r"[;{&|\n][ \t]*(?:exec[ \t]+)?\"?\$[@*]"
)
# `go mod vendor` fetches what a build finds in the project's folder then.
_VENDORS = late(r"(?m)^[^#\n]*\bgo mod vendor\b")
_BUILDS_VENDORED = late(r"(\bgo (?:build|install|run|test)\b[^\n;&|]*?)[ \t]-mod[= ]vendor\b")


def script_of(called: Called) -> str:
    """Return the script that a command runs or reads; "" where it runs none, or one whose name is not known."""
    file = runs_file(called)
    if file:
        from cachemount.repairs.safety.interpreters import INTERPRETERS

        return "" if file == "-" or called.name.rstrip("0123456789.") in INTERPRETERS else file
    words = called.arguments if called.name in (".", "source") else () if called.name else called.command.words
    if words and not words[0].known:
        # In a folder that only the shell knows: `. "$(dirname "$0")/env.sh"`.
        name = words[0].raw.rstrip("\"'").rpartition("/")[2]
        return name if _NAME.fullmatch(name) else ""
    return called.path if "/" in called.path or called.path.endswith((".sh", ".bash")) else ""


# They run a program with arguments that come from elsewhere.
_ADD_ARGUMENTS = frozenset({"find", "parallel", "xargs"})


def told(called: Called) -> tuple[str, ...]:
    """Return what a command that runs a script tells it, by its arguments; "" for one that is not known."""
    texts, file = called.texts, runs_file(called)
    if not _ADD_ARGUMENTS.isdisjoint(called.command.wrappers):
        return ("",)
    return tuple(texts[texts.index(file) + 1 :] if file and file in texts else texts)


def does_no_harm(
    facts: Facts,
    file: str,
    manager: PackageManager,
    is_harmless: Callable[[Called], bool],
    arguments: tuple[str, ...] = ("",),
    *,
    depth: int = 0,
) -> bool:
    """Return whether a script is known, and all that it runs is known to be harmless for what a manager keeps.

    `arguments` are those of the script, "" for what is not known.
    """
    name = posixpath.basename(file)
    commands = facts.memo(_commands_of_script, name, manager, arguments) if name and depth < _DEEPEST else None
    return commands is not None and _are_harmless(facts, commands, manager, is_harmless, depth)


def text_does_no_harm(facts: Facts, text: str, manager: PackageManager, is_harmless: Callable[[Called], bool]) -> bool:
    """Return whether all that a text for a shell runs is known to be harmless for what a manager keeps."""
    commands = _commands_with_all(text, manager)
    return commands is not None and _are_harmless(facts, commands, manager, is_harmless, 0)


def _are_harmless(
    facts: Facts,
    commands: Sequence[Called],
    manager: PackageManager,
    is_harmless: Callable[[Called], bool],
    depth: int,
) -> bool:
    for called in commands:
        script = script_of(called)
        if is_harmless(called) or _is_given(called) or (script and _PROFILE.search(script)):
            continue
        if not script or not does_no_harm(facts, script, manager, is_harmless, told(called), depth=depth + 1):
            return False
    return True


def builds_by_script(
    facts: Facts, step: Step, called: Called, manager: PackageManager, is_harmless: Callable[[Called], bool]
) -> bool:
    """Return whether a command runs a script that is known, and runs what is harmless, and builds that may fetch."""
    _builds, kept_from_fetching = manager.built_by_make
    name = posixpath.basename(script_of(called))
    if not name or not kept_from_fetching or called.command.directory != "" or not is_brought(facts, name):
        return False
    # The folder of the step chooses among scripts of one name, as far as it is in the context.
    place = posixpath.normpath(posixpath.join(step.environment.workdir or "/", script_of(called)))
    context = facts.dockerfile.source.context
    near = [one for one in context if "/" in one.path and place.endswith(f"/{one.path}")]
    from cachemount.repairs.safety.chosen_branches import chosen

    texts = [chosen(one, told(called)) for one in scripts_in(near or context, [name])]
    for text in texts:
        commands = None if re.search(kept_from_fetching, _unvendored(text)) else _commands_of_text(text)
        if commands is None:
            return False
        for one in commands:
            if manager in programs.managers(one.name) or is_harmless(one) or _is_asked(one, text):
                continue
            if _is_given(one) and all(text[:1] in ("-", "/") for text in called.texts[:1]):
                continue
            if not does_no_harm(facts, script_of(one), manager, is_harmless, told(one)):
                return False
    return bool(texts)


def _unvendored(text: str) -> str:
    """Return a script without the option of builds that find what the script itself has vendored before."""
    first = _VENDORS.search(text)
    at = first.end() if first else len(text)
    return text[:at] + _BUILDS_VENDORED.sub(r"\1", text[at:])


def _is_asked(called: Called, text: str) -> bool:
    """Return whether a program, such as one that was built, is asked for its version, or a variable is true or not."""
    if called.name or called.texts:
        return not called.name and called.texts == ["--version"]
    return _has_variable_set_to(_TRUE_OR_FALSE, called, text)


def _is_given(called: Called) -> bool:
    """Return whether a command is what the script was told to run."""
    first = called.command.words[:1] if not called.name else called.arguments[:1]
    return called.name in ("", "exec") and any(_ITS_ARGUMENTS.fullmatch(word.raw) for word in first)


def _is_given_by_name(called: Called, text: str) -> bool:
    """Return whether a command is a variable that the script sets to nothing but one of its arguments."""
    return _has_variable_set_to(_SET_TO_ARGUMENT, called, text)


def _has_variable_set_to(values: re.Pattern[str], called: Called, text: str) -> bool:
    """Return whether a command is a variable that the script sets to nothing but such values."""
    variable = _VARIABLE.fullmatch(called.command.words[0].raw) if not called.name else None
    if variable is None:
        return False
    uses: list[str] = re.findall(
        rf"(?<![\w$<]){variable[1]}\b(?<!\$\{{{variable[1]})((?:=[\"']?\$\([^()]*\))?\S*)", text
    )
    return bool(uses) and all(map(values.fullmatch, uses))


def _commands_of_script(
    facts: Facts, name: str, manager: PackageManager, arguments: tuple[str, ...]
) -> tuple[Called, ...] | None:
    """Return the commands of all scripts of the context with a name; None where there is none, or one is not read."""
    reached: list[str] = []
    from cachemount.repairs.safety.reached_functions import reached_texts

    for one in _names_in_context(facts, name):
        known = reached_texts(facts, one) if is_brought(facts, one) else []
        if not known:
            return None
        reached += known
    from cachemount.repairs.safety.chosen_branches import chosen, chosen_in_loop

    texts = [chosen_in_loop(chosen(one, arguments), arguments) for one in reached]
    found: list[Called] = []
    for text in texts:
        commands = _commands_with_all(text, manager)
        if commands is None:
            return None
        found += commands
    return tuple(found) if texts else None


def _names_in_context(facts: Facts, name: str) -> list[str]:
    """Return the names that the context has for a script: those that COPY gives it, and its own where it is there."""
    copied = [*copied_as(facts.dockerfile.code, name)] if not _is_written(facts, name) else []
    own = not copied or scripts_in(facts.dockerfile.source.context, [name])
    return list(dict.fromkeys([*map(posixpath.basename, copied), *([name] if own else ())]))


def _commands_with_all(text: str, manager: PackageManager) -> list[Called] | None:
    """Return the commands of a script; None where it is not read, or a manager's name is met elsewhere as well."""
    commands = _commands_of_text(text)
    if commands is None:
        return None
    from cachemount.repairs.safety.only_said import without_said

    mentions = re.findall(rf"(?<![\w.-])(?:{'|'.join(manager.programs)})(?=\s)", without_said(text))
    return None if len(mentions) > sum(manager in programs.managers(one.name) for one in commands) else commands


def _commands_of_text(text: str) -> list[Called] | None:
    if len(text) > LONGEST_FILE:
        return None
    text = _with_programs(_with_sudo(text))
    script = read_file(text)
    if script is None:
        return None
    called = [called_by(command, command.words) for command in script.commands if command.words]
    if any(map(_is_given, called)):
        runners = {*_RUNS_ITS_ARGUMENTS.findall(text)} or script.defined
        told = [one.command for one in called if one.name in runners and len(one.command.words) > 1]
        called += [called_by(one, one.words[1:]) for one in told]
    return [one for one in called if one.name not in script.defined and not _is_given_by_name(one, text)]


def _with_sudo(text: str) -> str:
    """Return a script with `sudo` in place of a variable that is `sudo` or nothing, as in `${PREFIX}apt`."""
    for name in {match[1] for match in _SUDO.finditer(text)}:
        values = re.findall(rf"(?<![\w$]){name}=(\"[^\"]*\"|'[^']*'|\S*)", text)
        if all(_SUDO_OR_NOTHING.fullmatch(one) for one in values):
            text = re.sub(rf"\$\{{{name}\}}(?=\w)", "sudo ", text)
    return text


def _with_programs(text: str) -> str:
    """Return a script with a program's name in place of a variable that is set to nothing else where none is given.

    It is `go` in `GO=${GO-go}`, `: ${GO:=go}` and `GO=go`.
    """
    for name, program in dict(_DEFAULT.findall(text)).items():
        own = rf"(?<![\w$])(?:{name}=[\"']?)?(?:\$\{{{name}:?[-=])?{re.escape(program)}\}}?[\"']?(?=[\s;&|])"
        if not re.search(rf"(?<![\w$]){name}=|\$\{{{name}:?[-=]", re.sub(own, "", text)):
            called = rf"{_STARTS}[\"']?\$(?:{name}\b|\{{{name}\}})[\"']?(?=\s)"
            text = re.sub(called, rf"\g<1>{program}", text)
    return text


def is_brought(facts: Facts, name: str) -> bool:
    """Return whether a COPY names the file or a folder, and no step writes a file of that name."""
    end = re.escape(name)
    copied = rf"(?im)^[ \t]*(?:COPY|ADD)[ \t](?!.*--from=)(?:.*[ \t\",/])?(?:{end}|[\w-]+|\.?[\w-]*/?\.?|\*)[\"]?[ \t,]"
    return facts.says(copied) and not _is_written(facts, name)


def _is_written(facts: Facts, name: str) -> bool:
    """Return whether a step writes a file of that name."""
    end = re.escape(name)
    return facts.says(rf">\s*[\"']?[^\s;&|]*\b{end}\b|\b(?:curl|wget)\b[^\n;&|]*\b{end}\b")
