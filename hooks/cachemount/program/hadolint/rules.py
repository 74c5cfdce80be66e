"""The rules of hadolint that a repair may set off, as far as the difference between two texts of a file needs them.

As in https://github.com/hadolint/hadolint/tree/v2.15.1/src/Hadolint/Rule; what older versions do not know of mounts is
in `_KNOWS`. A command has an argument where any of its words is one that the rule names, as hadolint takes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from cachemount.dockerfile.model import Dockerfile, Instruction, Run, Stage, UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.facts.scripts import script
from cachemount.late_pattern import late
from cachemount.program.hadolint.shown import Version
from cachemount.source import Source

Words = tuple[str, ...]

# What has them is said, but does not fail where only warnings do.
_ERRORS = frozenset({"DL3004"})
_INFOS = frozenset({"DL3009", "DL3019", "DL3059", "DL3060"})
_LEVELS = ("error", "warning", "info", "style", "ignore")

# Since which version a rule is content with a mount, and on what; DL3060 of 2.13 takes any mount for it.
_KNOWS: dict[str, tuple[Version, str]] = {
    "DL3019": ((2, 7), "/var/cache/apk"),
    "DL3036": ((2, 14), "/var/cache/zypp"),
    "DL3040": ((2, 14), "/var/cache/libdnf5|.cache/libdnf5"),
    "DL3042": ((2, 14), ".cache/pip"),
    "DL3060": ((2, 14), ".cache/yarn"),
}
_TRUTHY = r"(?:1|true|True|TRUE|on|On|ON|yes|Yes|YES)"
_NO_CACHE = late(rf"\bPIP_NO_CACHE_DIR[= ][\"']?{_TRUTHY}(?![\w])")
_PRAGMA = late(r"hadolint\s+(global\s+)?ignore\s*=\s*([\w, ]+)")
# Since then a clean-up has to come after the first install, and DL3040 knows more kinds of installs.
_IN_ORDER: Version = (2, 15)
_DNF_INSTALLS = ("install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei")


def complaints(text: str, version: Version) -> Counter[str]:
    """Return how often each of the rules speaks up about a Dockerfile; nothing where it cannot be read."""
    try:
        dockerfile = read(Source(path="Dockerfile", text=text))
    except UnreadableDockerfileError:
        return Counter()
    everywhere, above = _pragmas(dockerfile)
    found: Counter[str] = Counter()
    for stage in dockerfile.stages:
        before: tuple[Words, int] | None = None
        for instruction in stage.instructions:
            if instruction.run is None:
                before = None
                continue
            commands = _commands(dockerfile.source, instruction, instruction.run)
            said = {*_said(instruction.run, commands, stage, version)}
            flags = tuple(sorted(dockerfile.source.slice(one.span) for one in instruction.flags))
            if before is not None and before[0] == flags and before[1] <= 1 and len(commands) <= 1:
                said.add("DL3059")
            else:
                before = flags, len(commands)
            line = dockerfile.source.position(instruction.span.start).line
            found.update(said - everywhere - above.get(line, frozenset()))
    return found


def fails(rule: str, threshold: str) -> bool:
    """Return whether hadolint fails for a rule where it fails from a severity on."""
    severity = "error" if rule in _ERRORS else "info" if rule in _INFOS else "warning"
    return threshold in _LEVELS and _LEVELS.index(severity) <= _LEVELS.index(threshold)


def _pragmas(dockerfile: Dockerfile) -> tuple[frozenset[str], dict[int, frozenset[str]]]:
    """Return the rules that a comment ignores in the whole file, and those ignored in the instruction of a line."""
    everywhere: set[str] = set()
    above: dict[int, frozenset[str]] = {}
    for comment in dockerfile.comments:
        if found := _PRAGMA.match(comment.text):
            rules = frozenset(found[2].replace(",", " ").split())
            if found[1]:
                everywhere |= rules
            else:
                above[dockerfile.source.position(comment.span.start).line + 1] = rules
    return frozenset(everywhere), above


def _commands(source: Source, instruction: Instruction, run: Run) -> list[Words]:
    """Return the commands as hadolint sees them: what sudo and its like run is an argument of theirs."""
    return [
        (*one.wrappers[:1], *(word.raw if word.text is None else word.text for word in one.words))
        for one in script(source, instruction, run, readable=True).commands
        if one.words and not one.depth
    ]


def _said(run: Run, commands: Sequence[Words], stage: Stage, version: Version) -> Iterator[str]:
    targets = [one.target for one in run.mounts if one.type in ("cache", "tmpfs")]

    def known(rule: str) -> bool:
        since, places = _KNOWS[rule]
        return version >= since and any(place in target for place in places.split("|") for target in targets)

    if _has(commands, "sudo"):
        yield "DL3004"
    if _forgets_lists(commands, targets) and (stage.children or stage.file is None):
        yield "DL3009"
    if any(_is(one, "apk", ("add",)) and "--no-cache" not in one for one in commands) and not known("DL3019"):
        yield "DL3019"
    in_order = version >= _IN_ORDER

    def unclean(installs: Callable[[Words], bool], cleans: Callable[[Words], bool]) -> bool:
        return _unclean(commands, installs, cleans, in_order=in_order)

    if unclean(_calls("yum", ("install",)), _clean("yum")):
        yield "DL3032"
    zypper = _calls("zypper", ("install", "in"))
    if not known("DL3036") and unclean(zypper, _calls("zypper", ("clean", "cc"))):
        yield "DL3036"
    if not known("DL3040"):
        installs = _DNF_INSTALLS if in_order else ("install",)
        for program in ("dnf", "microdnf"):
            if unclean(_calls(program, installs), _clean(program)):
                yield "DL3040"
    if any(map(_fills_cache, commands)) and not known("DL3042") and not _has_no_cache(run, stage):
        yield "DL3042"
    takes_any = (2, 13) <= version < (2, 14) and bool(targets)
    yarn = _calls("yarn", ("install",))
    if not (takes_any or known("DL3060")) and unclean(yarn, _calls("yarn", ("cache", "clean"))):
        yield "DL3060"


def _has(commands: Sequence[Words], program: str) -> bool:
    return any(one[0] == program for one in commands)


def _is(command: Words, program: str, arguments: Sequence[str]) -> bool:
    return command[0] == program and any(one in command for one in arguments)


def _calls(program: str, arguments: Sequence[str]) -> Callable[[Words], bool]:
    return lambda command: _is(command, program, arguments)


def _clean(program: str) -> Callable[[Words], bool]:
    """Return what tells a command that cleans up; `rm -rf` is one of them, whatever it removes."""
    return lambda command: _is(command, program, ("clean", "all")) or _is(command, "rm", ("-rf",))


def _unclean(
    commands: Sequence[Words], installs: Callable[[Words], bool], cleans: Callable[[Words], bool], *, in_order: bool
) -> bool:
    """Return whether commands install and do not clean up; `in_order`: the first install before the first clean-up."""
    last = len(commands)
    install = next((at for at, one in enumerate(commands) if installs(one)), last)
    clean = next((at for at, one in enumerate(commands) if cleans(one)), last)
    return install < last and (clean == last or (in_order and clean < install))


def _forgets_lists(commands: Sequence[Words], targets: Sequence[str]) -> bool:
    updates = any(_is(one, program, ("update",)) for one in commands for program in ("apt", "apt-get", "aptitude"))
    if not updates or any(_is(one, "rm", ("-rf", "/var/lib/apt/lists/*")) for one in commands):
        return False
    both = all(any(place in one for one in targets) for place in ("/var/lib/apt", "/var/cache/apt"))
    return not both and not any("/var/lib/apt/lists" in one for one in targets)


def _fills_cache(command: Words) -> bool:
    """Return whether a command is an install of pip's that keeps what it downloads."""
    program = command[0]
    is_pip = program.startswith("pip") and not program.startswith(("pipenv", "pipx")) and "install" in command
    by_python = program.startswith("python") and "-m pip install" in " ".join(command)
    return (is_pip or by_python) and "--no-cache-dir" not in command


def _has_no_cache(run: Run, stage: Stage) -> bool:
    """Return whether pip's cache is switched off by a variable, of the step or of the stage."""
    if _NO_CACHE.search(run.script.text):
        return True
    above = chain.from_iterable(one.instructions for one in stage.lineage())
    return any(one.keyword == "ENV" and _NO_CACHE.search(one.arguments.text) for one in above)
