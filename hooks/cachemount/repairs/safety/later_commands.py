"""Commands that run without a mount: those of later steps, and those that the image runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import chain, expansion, programs
from cachemount.facts.model import Step
from cachemount.late_pattern import late
from cachemount.records import Record
from cachemount.shell.model import Command, Word

_VERSION = late(r"[0-9.]+\Z")
_SYSTEM_PATH = late(r"/(?:usr/(?:local/)?)?(?:s?bin|lib\w*|libexec|share)/|/etc/|/opt/")
HOMES = r"(?:~|\$HOME|\$\{HOME\}|/root|/home/[\w.-]+)"
# `go install` and `cargo install` put programs into the folder bin there.
INSTALL_ROOTS = (
    rf"(?:{HOMES}/(?:go|\.cargo)|\$GOPATH|\$\{{GOPATH\}}|\$CARGO_HOME|\$\{{CARGO_HOME\}}|/go|/usr/local/cargo)"
)
_INSTALLED = late(rf"{INSTALL_ROOTS}/bin/[\w.-]+\Z")
_IN_HOME = late(HOMES)
_LOCAL_TOOL = late(r"(?:^|/)(?:node_modules/\.bin|vendor/bin)/[\w.-]+\Z")
_QUERIES = frozenset({"--version", "-version", "-V", "-v", "version", "--help", "-h", "help"})
# Programs that print settings for the shell, which takes them with `eval`.
_SETTINGS = late(
    r"[\"']?(?:\$\(|`)\s*(?:ssh-agent|dbus-launch|dircolors|direnv hook|keychain|opam (?:config )?env|luarocks path"
    r"|fnm env|(?:go|j|nod|pl|py|rb)env init|brew shellenv|(?:conda|mamba|micromamba) shell\b|mise activate)"
    r"\b[^;&|`()]*(?:\)|`)[\"']?\Z"
)
# They run a program of the project's own packages.
_RUN_LOCAL = frozenset({"npm", "npx", "pn", "pnpm"})
_SCRIPT_NAME = late(r"\.(?:sh|bash|zsh|ksh|py|pl|rb|js|php|ts|r|R|run|bin)\Z")


class Called(Record):
    """The program that a command runs in the end, its arguments, and the program that it is an argument of."""

    command: Command
    name: str
    path: str
    arguments: tuple[Word, ...]
    runner: str = ""

    @property
    def texts(self) -> list[str]:
        return [word.known for word in self.arguments]

    @property
    def title(self) -> str:
        """The command as a message names it: its beginning, in one line."""
        return shortened(" ".join(word.raw for word in self.command.words))

    @property
    def launched(self) -> list[str]:
        """The programs that `find` runs for what it finds."""
        texts = self.texts if self.name == "find" else []
        return [after for text, after in pairwise(texts) if text in ("-exec", "-execdir", "-ok", "-okdir")]

    @property
    def is_query(self) -> bool:
        """Whether it only asks the program for its version or for help; what a script takes for that is not known."""
        texts = self.texts
        if runs_file(self) or is_script(self.path):
            return False
        return bool(self.name and texts) and (
            (len(texts) == 1 and texts[0] in _QUERIES) or (len(texts) < 4 and texts[-1] in ("--version", "--help"))
        )

    @property
    def is_installed(self) -> bool:
        """Whether the program is called by a bare name or lies where the system, Go or Cargo put programs."""
        return (
            "/" not in self.path
            or self.is_local_tool
            or is_system_path(self.path)
            or _INSTALLED.match(self.path) is not None
        )

    @property
    def is_in_home(self) -> bool:
        """Whether the program is called by a path below somebody's home."""
        return _IN_HOME.match(self.path) is not None

    @property
    def is_local_tool(self) -> bool:
        """Whether the program is one of those that npm or Composer put into the project."""
        if self.runner in _RUN_LOCAL and "/" not in self.path:
            from cachemount.repairs.safety.interpreters import BUILDERS, INTERPRETERS, SHELLS

            return self.name not in BUILDERS and self.name not in SHELLS and self.name not in INTERPRETERS
        return _LOCAL_TOOL.search(self.path) is not None

    @property
    def sets_variables(self) -> bool:
        """Whether it only sets what a known program prints, as `eval $(ssh-agent)` does."""
        if self.name not in ("", "eval"):
            return False
        words = [word.raw for word in self.command.words]
        return _SETTINGS.match(" ".join(words[1:] if words[:1] == ["eval"] else words)) is not None


def shortened(text: str) -> str:
    """Return a command as a message names it: its beginning, in one line."""
    text = " ".join(text.split())
    return text if len(text) <= 50 else f"{text[:47]}..."


def commands_of(step: Step) -> tuple[Called, ...]:
    """Return the commands of a step, in the order of the text."""
    return step.memo_all(_commands_of)


def _commands_of(step: Step) -> Iterator[Called]:
    for command, words in expansion.expanded(step):
        called = called_by(command, words)
        if called.name not in step.script.defined:
            yield called


def called_by(command: Command, words: tuple[Word, ...]) -> Called:
    """Return the program that a command with these words runs in the end; without a name where it is not known."""
    called = list(programs.programs(words))
    if not called:
        return Called(command=command, name="", path=words[0].known, arguments=words[1:])
    name, word, arguments = called[-1]
    # The word as it is when it runs: a variable may hold the path.
    path = next((one.known for one in words if one.word is word), word.known)
    runner = called[-2][0] if len(called) > 1 else ""
    return Called(command=command, name=name, path=path, arguments=arguments, runner=runner)


def runs_programs_of_its_own(step: Step) -> bool:
    """Return whether a step runs a script, or the text of a program, which may keep a cache anywhere."""
    from cachemount.repairs.safety.interpreters import INTERPRETERS

    return any(
        not called.is_installed
        or is_script(called.name)
        or bool(runs_file(called))
        or any(text in INTERPRETERS.get(_VERSION.sub("", called.name), frozenset()) - {"-m"} for text in called.texts)
        for called in commands_of(step)
    )


def is_readable(step: Step) -> bool:
    """Return whether all commands of a step are known."""
    return not step.script.errors and bool(step.commands or not step.instruction.arguments.text.strip())


def runs_file(called: Called) -> str:
    """Return the file that a shell, an interpreter or `source` is told to run; "-" for its input, else ""."""
    name = _VERSION.sub("", called.name)
    operands = [text for text in called.texts if not text.startswith("-")]
    if called.name in (".", "source"):
        return operands[0] if operands else ""
    from cachemount.repairs.safety.interpreters import INTERPRETERS, SHELLS

    if name in SHELLS:
        if _reads_input(called.texts):
            return "-"
        return operands[0] if operands else "" if {"-c", "--login"} & {*called.texts} else "-"
    if name in INTERPRETERS:
        if any(text[:2] in INTERPRETERS[name] or text in INTERPRETERS[name] for text in called.texts):
            return ""
        return operands[0] if operands else "-" if "-" in called.texts or not called.arguments else ""
    return ""


def _reads_input(texts: list[str]) -> bool:
    """Return whether a shell is told to read its input, with `-s`: the operands are the script's."""
    options = list(takewhile(lambda text: text[:1] in ("-", "+") and text != "--", texts))
    return "-c" not in options and any(text[:2] != "--" and "s" in text[1:] for text in options)


def is_script(path: str) -> bool:
    """Return whether a file is a script, by its name."""
    return _SCRIPT_NAME.search(path) is not None


def is_system_path(path: str) -> bool:
    return _SYSTEM_PATH.match(path) is not None


def images_commands(stage: Stage) -> Iterator[tuple[int, Instruction, list[str]]]:
    """CMD, ENTRYPOINT and HEALTHCHECK of the stage and of those built on it: the words of what they run."""
    for rank, instruction in chain.after(stage):
        if instruction.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            yield rank, instruction, words_of(instruction)


def words_of(instruction: Instruction) -> list[str]:
    """Return the words of what an instruction has the image run."""
    return re.sub(r'[\[\]",;&|]+', " ", instruction.arguments.text).split()


def entrypoint_of(stage: Stage) -> list[str]:
    """Return the words in front of those that a container of a stage's image is given, as far as the file has them."""
    own = [one for each in stage.lineage() for one in each.instructions if one.keyword == "ENTRYPOINT"]
    return words_of(own[-1]) if own and own[-1].arguments.text.lstrip().startswith("[") else []
