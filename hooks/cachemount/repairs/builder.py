"""Putting a fix together: edits, the reasons why it is not safe, and the reason why there is none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from cachemount import reasons
from cachemount.dockerfile.model import Instruction, Stage
from cachemount.facts import cache_switches
from cachemount.facts.model import Facts, Install, Mount, Step
from cachemount.findings import Edit, Fix
from cachemount.late_pattern import late
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs import text_edits
from cachemount.repairs.indentation import before_instruction, of_continuations, of_new_step
from cachemount.repairs.joined_edits import ends_line, joined
from cachemount.repairs.safety.refusing_builders import ignored_mounts
from cachemount.script_names import SHELL_NAME
from cachemount.shell.model import Word
from cachemount.shell.removal.misread import is_misread
from cachemount.source import Span

# After it an option may be put.
_QUOTED_VALUES = late(
    r"""--mount=[A-Za-z0-9_./:=,${}@%+~-]+(?:(?:"[A-Za-z0-9_./:${}-]*"|'[A-Za-z0-9_./:-]*')[A-Za-z0-9_./:=,${}@%+~-]*)+"""
)
_PLAIN_FLAG = late(r"""--mount=(["']?)[\x00-\x08\x0e-\x1b!#-&(-\[\]-_a-~]*\1""")
# What programs in Go are told to print, as long as it is no place in the store: `go list -f '{{.Path}}'`.
_FORMAT = late(
    r"(?<=\s)(?:-f|--format)[ =]?(['\"])(?:(?!\1|\{\{|\{%)[^\n]|\{\{-?[ ]*(?:end|else|(?:(?:if|with)[ ]+)?(?:not[ ]+)?"
    r"\.(?:Path|Version|ImportPath|Name|Main|Indirect|Standard|I[dD]|Tag|Repository|Module\.(?:Path|Version)))"
    r"[ ]*-?\}\})*\1"
)
_TEMPLATE_NAME = late(r"(?i)\.(?:j2|jinja2?|tmpl|tpl|template|gotmpl|mustache|erb|in)\b")
_COMMENT_LINE = late(r"\n[ \t]*#")


class FixBuilder:
    """Gathers the edits for one finding, and the doubts about them.

    `blocked_reason` is set as soon as one of them cannot be made; then there is no fix at all. A fix is `exclusive`
    when it takes commands away, or words that other fixes of the step may be about as well: what is left after several
    such fixes is known only when they are made one after another. `moves` are the mounts that it gives another target,
    by that target, `folders` those that it makes in front of a step, `targets` those of its new mounts in a step,
    `comments` what goes with a clean-up, `forced` where commands get an option that lets them find nothing, `fetching`
    the installs that get a flag with which they fetch the index, and `apart` says why what a manager builds stays out.
    `quieted` are the steps that lose a clean-up or a switch, of which comments may speak, and `turn` is
    that of the fix. `ignored` says that a builder ignores mounts, whose edits are `mounting`: it is a doubt where
    there are others, as what a fix takes away, or has a manager keep, would be in the image then.

    The functions of `mount_edits`, `cleanup_edits` and `download_edits` add to it.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.edits: list[Edit] = []
        self.doubts: list[Withheld] = []
        self.blocked_reason: Withheld | None = None
        self.exclusive = False
        self.moves: Mapping[str, Mount] = {}
        self.folders: dict[Step, list[str]] = {}
        self.targets: dict[Step, frozenset[str]] = {}
        # Where mounts of other steps go that are the same cache as one that moves.
        self.moved: dict[Span, str] = {}
        self.comments: list[Span] = []
        self.forced: set[Span] = set()
        self.fetching: list[Install] = []
        self.apart = ""
        self.quieted: list[Step] = []
        self.turn: int | None = None
        self.ignored = ignored_mounts(facts)
        self.mounting: list[Edit] = []
        self._fix: Fix | None = None

    def fix(self, title: str) -> Fix | None:
        """Return the fix, safe unless there are doubts; None where it is impossible or empty."""
        if self.blocked_reason or not self.edits:
            return None
        if self._fix is not None:
            return self._fix
        turn = self._correct_comments()
        self._check_lines()
        if self.blocked_reason:
            return None
        edits = joined(replace(edit, targets=()) if self.exclusive else edit for edit in self.edits)
        doubts = self._all_doubts()
        withheld: str = doubts[0] if doubts else ""
        self._fix = Fix(title=title, edits=edits, safe=not doubts, withheld=withheld, turn=turn)
        return self._fix

    def is_safe(self) -> bool:
        """Return whether what was gathered is a safe fix."""
        self._check_lines()
        return bool(self.edits) and not self.blocked_reason and not self._all_doubts()

    def _all_doubts(self) -> list[Withheld]:
        if self.ignored is None or all(edit in self.mounting for edit in self.edits):
            return self.doubts
        return [self.ignored, *self.doubts]

    def copy(self) -> FixBuilder:
        """Return a builder with what was gathered, to which more is added."""
        made = FixBuilder(self.facts)
        made.edits, made.doubts, made.comments = [*self.edits], [*self.doubts], [*self.comments]
        made.forced, made.fetching, made.apart = {*self.forced}, [*self.fetching], self.apart
        made.quieted, made.turn = [*self.quieted], self.turn
        made.mounting = [*self.mounting]
        made.blocked_reason, made.exclusive, made.moves = self.blocked_reason, self.exclusive, self.moves
        made.folders = {step: [*folders] for step, folders in self.folders.items()}
        made.targets = dict(self.targets)
        made.moved = dict(self.moved)
        return made

    def only_mounts(self) -> bool:
        """Return whether nothing was gathered but new mounts, and doubts about them."""
        return len(self.edits) == len(self.mounting) and not self.folders and not self.exclusive

    def take(self, other: FixBuilder) -> None:
        """Add the mounts that were gathered apart, and the doubts about them."""
        self.edits += other.edits
        self.mounting += other.mounting
        self.doubts += other.doubts
        self.blocked_reason = self.blocked_reason or other.blocked_reason
        self.targets.update(other.targets)

    def _correct_comments(self) -> int | None:
        """Take from comments above steps what is no longer done there; return what the fix has to wait its turn for."""
        if not self.quieted:
            return self.turn
        from cachemount.repairs.step_comments import without_cleaning

        turn = self.turn
        for step in dict.fromkeys(self.quieted):
            found, waits = without_cleaning(self.facts.dockerfile, step.instruction, self.edits)
            self.edits += found
            turn = step.instruction.span.start if waits else turn
        return turn

    def _check_lines(self) -> None:
        """Give up where an edit would join lines, or take a comment away."""
        if any(self._continues(edit) for edit in self.edits):
            self.give_up(reasons.CONTINUED_LINE.about())
        removed = (one for one in self.edits if one.span not in self.comments)
        if lost := next(filter(None, map(self._lost_comment, removed)), 0):
            self.give_up(reasons.COMMENT_INSIDE.about(line=lost))

    def _continues(self, edit: Edit) -> bool:
        """Return whether an edit lets a line end in an escape that was in its middle, as a shell's backtick is."""
        text, escape = self.facts.dockerfile.source.text, self.facts.dockerfile.escape
        line = text[text.rfind("\n", 0, edit.span.start) + 1 : edit.span.start]
        left = edit.text or line.rstrip(" \t")
        if not left.endswith(escape) or not ends_line(text, edit.span.end):
            return False
        return bool(edit.text) or not ends_line(text, edit.span.start - len(line) + len(left))

    def _lost_comment(self, edit: Edit) -> int:
        """Return the line of a comment that an edit would take away with a word around it; 0 where there is none."""
        source = self.facts.dockerfile.source
        match = None if "#" in edit.text else _COMMENT_LINE.search(source.slice(edit.span))
        return source.position(edit.span.start + match.end()).line if match else 0

    def mark_unsafe(self, doubts: Iterable[Withheld]) -> None:
        self.doubts.extend(doubts)

    def give_up(self, reason: Withheld) -> None:
        self.blocked_reason = self.blocked_reason or reason

    def mount_edits(self, edits: Iterable[Edit]) -> None:
        """Add edits that are about mounts alone."""
        found = [*edits]
        self.edits += found
        self.mounting += found

    def editable(self, step: Step) -> None:
        """Doubts about editing this instruction at all."""
        if step.script.errors or is_misread(step.script):
            self.give_up(reasons.UNREADABLE_SCRIPT.about())
        text = self.facts.dockerfile.source.slice(step.instruction.span)
        if ("{{" in text or "{%" in text) and not self.facts.memo(_formats_alone):
            self.mark_unsafe([reasons.TEMPLATE_MARKS.about()])
        if step.instruction.onbuild:
            self.mark_unsafe([reasons.ONBUILD.about()])

    def keeps_for(self, install: Install) -> None:
        """Doubt whether what an install keeps from now on lies in a mount."""
        from cachemount.facts.open_targets import open_target

        if target := open_target(install):
            self.mark_unsafe([reasons.OPEN_TARGET.about(target=target)])

    def expect_moves(self, moves: Mapping[str, Mount]) -> None:
        """Let new mounts be one cache with the mounts that this fix moves to the same target."""
        self.moves = moves

    def option(self, mount: Mount, key: str, value: str) -> None:
        """Give a mount an option."""
        source = self.facts.dockerfile.source
        end = mount.flag.span.end
        text = source.slice(mount.flag.span)
        plain = _PLAIN_FLAG.fullmatch(text) or (key not in mount.flag.fields and _QUOTED_VALUES.fullmatch(text))
        if plain and source.text[end : end + 1].isascii():
            self.mount_edits([text_edits.set_option(mount.flag, source, key, value)])
        else:
            self.give_up(reasons.MOUNT_NOT_PLAIN.about())

    def drop_option(self, mount: Mount, key: str) -> None:
        """Take an option from a mount."""
        source, span = self.facts.dockerfile.source, mount.flag.fields[key]
        if _PLAIN_FLAG.fullmatch(source.slice(mount.flag.span)) and source.text[span.start - 1] == ",":
            self.mount_edits([Edit(span=Span(span.start - 1, span.end), text="")])
        else:
            self.give_up(reasons.MOUNT_NOT_PLAIN.about())

    def drop_mount(self, mount: Mount) -> None:
        """Take a mount from its step, with the blanks and the line's end that stand after it."""
        source, span = self.facts.dockerfile.source, mount.flag.span
        after = text_edits.end_of_gap(self.facts.dockerfile, span.end)
        if (
            _PLAIN_FLAG.fullmatch(source.slice(span))
            and source.text[after : after + 1] not in ("", "#")
            and after > span.end
        ):
            self.mount_edits([Edit(span=Span(span.start, after), text="")])
        else:
            self.give_up(reasons.MOUNT_NOT_PLAIN.about())

    def switch_on(self, install: Install) -> bool:
        """Take away what switches the cache off; return whether a variable of the image went.

        One that the image may need stays, and is set for the command alone, where the manager lets it.
        """
        switches = [*cache_switches.disabling_switches(self.facts, install)]
        if not switches:
            return False
        from cachemount.repairs.switch_on import switch_on, switch_on_alone

        changed = False
        for off in switches:
            reason, stays = None, False
            if off.variable:
                from cachemount.repairs.safety.image_switches import is_handed_on, meant_for_image

                reason = meant_for_image(self.facts, install, off)
                stays = reason is not None or is_handed_on(self.facts, install, off)
            alone = switch_on_alone(install, off) if stays else None
            if alone is not None:
                self.edits.extend(alone)
                self.quieted.append(install.step)
                continue
            if reason is not None:
                self.mark_unsafe([reason])
            changed = changed or bool(off.variable)
            edit = switch_on(self.facts, install, off, self.fetching)
            if edit is None:
                self.give_up(reasons.SWITCH_STAYS.about(what=off.what))
            else:
                self.edits.extend(edit)
                self.quieted.append(install.step)
                self.exclusive = self.exclusive or off.argument is None
        return changed

    def add_flag(self, install: Install, word: Word, flag: str) -> None:
        """Give an install a flag, after a word of it."""
        if text_edits.takes_flag(install):
            self.edits.append(text_edits.add_flag(install, word, flag))
        else:
            self.give_up(reasons.FLAG_NOT_ADDED.about(flag=flag))

    def insert(self, step: Step, lines: tuple[str, ...]) -> None:
        """Put a step in front of another."""
        self.edits.append(self.facts.memo(inserted, step, lines))

    def append(self, stage: Stage, lines: tuple[str, ...]) -> None:
        """Put a step at the end of a stage."""
        self.edits.append(self.facts.memo(appended, stage, lines))

    def before(self, install: Install, command: str) -> None:
        """Run a command in front of an install."""
        from cachemount.repairs.insertion import place_before

        place = place_before(install.step, install.command)
        if place is None or not install.command.editable:
            self.give_up(reasons.NOT_BEFORE_INSTALL.about(command=command))
            return
        sudo = "sudo " if "sudo" in install.command.wrappers else ""
        joint = self._own_line(install, place.at) if place.joint == "; " else place.joint
        self.edits.append(Edit(span=Span(place.at, place.at), text=f"{sudo}{command}{joint}"))

    def _own_line(self, install: Install, at: int) -> str:
        """Return what stands between two commands: an end of line where each line of a here-document has its own."""
        source = self.facts.dockerfile.source
        start = source.text.rfind("\n", 0, at) + 1
        before, above = source.text[start:at], source.text[max(start - 3, 0) : max(start - 1, 0)].rstrip("\r")
        inside = any(one.body.start <= start and at < one.body.end for one in install.step.instruction.heredocs)
        has_own = inside and not before.strip(" \t") and not above.endswith("\\")
        return f"{text_edits.newline(source, at)}{before}" if has_own else "; "


def inserted(facts: Facts, step: Step, lines: tuple[str, ...]) -> Edit:
    """Return the edit that puts a step in front of another, and of what copies its script in the line above."""
    instruction = _begin(facts, step)
    before, indentation = before_instruction(facts, instruction), of_continuations(facts, instruction)
    return text_edits.insert_step(facts.dockerfile, instruction, lines, before, indentation)


def _begin(facts: Facts, step: Step) -> Instruction:
    """Return the instruction that copies the scripts which a step runs, where the step stands right below it."""
    earlier = (one for one in step.stage.instructions if one.span.end <= step.instruction.span.start)
    above = max(earlier, key=lambda one: one.span.start, default=step.instruction)
    between = facts.dockerfile.source.text[above.span.end : step.instruction.span.start]
    if above.keyword != "COPY" or above.onbuild or above.heredocs or between.strip(" \t\r") != "\n":
        return step.instruction
    names = [posixpath.basename(one) for one in above.operands[:-1]]
    is_run = all(SHELL_NAME.search(one) and one in step.instruction.arguments.text for one in names)
    return above if names and is_run and "/etc" not in above.operands[-1] else step.instruction


def appended(facts: Facts, stage: Stage, lines: tuple[str, ...]) -> Edit:
    """Return the edit that puts a step at the end of a stage."""
    last = (stage.instructions or [stage.instruction])[-1]
    before, indentation = before_instruction(facts, last), of_new_step(facts, last)
    return text_edits.append_step(facts.dockerfile, last, lines, before, indentation)


def _formats_alone(facts: Facts) -> bool:
    """Return whether all marks of a file are in formats that programs are given: the file is no template then."""
    source = facts.dockerfile.source
    rest = _FORMAT.sub("", source.text)
    return "{{" not in rest and "{%" not in rest and _TEMPLATE_NAME.search(source.path) is None
