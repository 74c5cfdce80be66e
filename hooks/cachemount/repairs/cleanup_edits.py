"""The clean-ups that a fix takes away, or lets find nothing."""

from __future__ import annotations

from collections.abc import Collection

from cachemount import reasons
from cachemount.facts import programs
from cachemount.facts.cleanups import Cleanup, cleanups_of
from cachemount.facts.model import Directory, Facts, Step
from cachemount.findings import Edit
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.repairs import text_edits
from cachemount.repairs.builder import FixBuilder
from cachemount.repairs.safety.failing_cleanups import failing_cleanups
from cachemount.repairs.safety.later_commands import Called, commands_of
from cachemount.shell.model import Command
from cachemount.source import Source, Span

_CONTINUATION = late(r"[ \t]*[\\`][ \t]*\r?\n")
# It succeeds, as a clean-up does, where the step would end with the status of an install otherwise.
_STAND_IN = "true"


def keep_content(
    builder: FixBuilder, step: Step, directories: Collection[Directory], managers: Collection[PackageManager]
) -> None:
    """Take away what empties the directories."""
    drop(builder, step, list(cleanups_of(step, directories, managers)), managers)


def drop(
    builder: FixBuilder, step: Step, found: Collection[Cleanup], managers: Collection[PackageManager] = ()
) -> None:
    """Delete commands, or some of their arguments; what managers but these fill in the same folder still goes."""
    if not found:
        return
    source = builder.facts.dockerfile.source
    whole: list[Command] = []
    builder.exclusive = True
    from cachemount.repairs.safety.shared_folders import keep_for_others, may_fill, of_other_managers

    for discard in found:
        stays = bool(discard.instead or discard.arguments)
        if discard.partly or not discard.command.editable or not (stays or _does_nothing_else(step, discard.command)):
            words, line = quoted(builder, discard.command)
            builder.give_up(reasons.CLEANUP_BY_HAND.about(words=words, line=line))
            return
        if discard.wider:
            builder.mark_unsafe([reasons.CLEANUP_WIDER.about(wider=discard.wider)])
        # What is installed fills /var/cache too: the questions of debconf, the fonts of fontconfig.
        if may_fill(step, discard.above) or discard.above.startswith("/var/cache"):
            builder.mark_unsafe([reasons.CLEANUP_WIDER.about(wider=discard.above)])
        elif discard.above and (others := of_other_managers(builder.facts, step, discard.above, frozenset(managers))):
            if narrowed := keep_for_others(builder.facts, step, discard, others):
                builder.edits += narrowed
                continue
            builder.mark_unsafe([reasons.CLEANUP_WIDER.about(wider=discard.above)])
        if discard.instead:
            parts = discard.command.words
            span = Span(parts[0].span.start, parts[-1].span.end)
            builder.edits.append(Edit(span=span, text=discard.instead))
        elif discard.arguments:
            builder.edits.extend(
                text_edits.drop_word(builder.facts.dockerfile, discard.command, argument.word)
                for argument in discard.arguments
            )
        else:
            whole.append(discard.command)
    if not whole:
        return
    found_spans = _without(step, whole, source)
    if found_spans is None:
        words, line = quoted(builder, whole[-1])
        builder.give_up(reasons.CLEANUP_STATUS.about(words=words, line=line))
        return
    spans, kept = found_spans
    spans = tuple(_with_return(source.text, _with_line_end(source.text, span, spans)) for span in spans)
    builder.edits.extend(Edit(span=span, text=_STAND_IN) for span in kept)
    builder.edits.extend(Edit(span=span, text="") for span in spans)
    from cachemount.repairs.cleanup_comments import comment_above, comment_beside

    comments = [*filter(None, (find(source.text, span) for span in spans for find in (comment_above, comment_beside)))]
    builder.comments += comments
    builder.edits.extend(Edit(span=span, text="") for span in comments)
    ends = {one.terminator.start for one in step.instruction.heredocs}
    from cachemount.repairs.empty_lines import needless

    empty = [*needless(source.text, [*spans, *comments], ends)]
    builder.edits.extend(Edit(span=span, text="") for span in empty)
    _keep_inside(builder, step, [*spans, *comments, *empty])
    builder.quieted.append(step)


def _does_nothing_else(step: Step, command: Command) -> bool:
    """Return whether all that a command runs by a `$( )` in it asks a manager for a folder."""
    own = {word.span for word in command.words}
    from cachemount.facts.asked_places import asked_place

    asked = [word.span for word in command.words if asked_place(step, word) is not None]
    # What `find -exec` runs is made of words of its own.
    return all(
        not one.span.within(command.span) or own.intersection(word.span for word in one.words[:1])
        for one in step.script.commands
        if not any(map(one.span.within, asked))
    )


def _with_return(text: str, removed: Span) -> Span:
    """Return what is removed, with the carriage return after it where it begins after one."""
    begins_after = text.startswith("\n", removed.start) and text[removed.start - 1 : removed.start] == "\r"
    return Span(removed.start, removed.end + 1) if begins_after and text.startswith("\r\n", removed.end) else removed


def _with_line_end(text: str, removed: Span, others: Collection[Span]) -> Span:
    """Return what is removed, with the end of its last line where nothing but a continuation would be left of that."""
    line = text.rfind("\n", 0, removed.end) + 1
    rest = _CONTINUATION.match(text, removed.end)
    if rest is None or removed.start < line or text[line : removed.start].strip():
        return removed
    whole = Span(line, rest.end())
    apart = all(one is removed or one.end <= whole.start or one.start >= whole.end for one in others)
    return whole if apart else removed


def _without(step: Step, whole: list[Command], source: Source) -> tuple[tuple[Span, ...], tuple[Span, ...]] | None:
    """Return what to delete so that commands do nothing, and where another has to stand for the sake of its status.

    That is the last of them, where its status alone is the step's. None where the commands cannot go.
    """
    from cachemount.facts.shell_options import has_errexit

    errexit = has_errexit(step)
    from cachemount.shell.removal.removal import removal
    from cachemount.shell.removal.status import fallback_of, idle_beside

    for gone in ([*whole, *idle_beside(step.script, whole)], whole):
        spans = removal(step.script, gone, source, errexit=errexit)
        if spans is not None:
            return spans, ()
    if removal(step.script, whole, source, errexit=errexit, may_end_otherwise=True) is None:
        return None
    others = removal(step.script, whole[:-1], source, errexit=errexit)
    first = whole[-1].words[0]
    last = (fallback_of(step.script, whole[-1]) or whole[-1]).words[-1]
    return None if others is None else (others, (Span(first.span.start, last.span.end),))


def _keep_inside(builder: FixBuilder, step: Step, removed: Collection[Span]) -> None:
    """Put comments above a step's last line that would stand below its end, as packages that are commented out do."""
    text, instruction = builder.facts.dockerfile.source.text, step.instruction.span
    from cachemount.repairs.cleanup_comments import displaced

    found = displaced(text, removed, instruction.end)
    if found is None or any(
        one.span.start <= found.at < max(one.span.end, one.span.start + 1) for one in builder.edits
    ):
        return
    if found.at > instruction.start:
        builder.comments += found.spans
        builder.edits += [Edit(span=span, text="") for span in found.spans]
        builder.edits.append(Edit(span=Span(found.at, found.at), text=found.text))


def keep_order(
    builder: FixBuilder, step: Step, managers: Collection[PackageManager], found: Collection[Cleanup]
) -> None:
    """Doubt a clean-up in front of the installs of a step: it may be there to let them build or fetch anew."""
    for one in found:
        owners = programs.managers(one.command.program)
        if owners and all(manager.system for manager in owners):
            # It has nothing of theirs.
            continue
        apart: list[Collection[PackageManager]] = [[one_of] for one_of in managers if _empties(step, one, one_of)]
        emptied = apart or [managers]
        if any(_comes_first(step, one, together) for together in emptied):
            words, line = quoted(builder, one.command)
            builder.mark_unsafe([reasons.CLEANUP_BEFORE.about(words=words, line=line)])


def _comes_first(step: Step, cleanup: Cleanup, managers: Collection[PackageManager]) -> bool:
    """Return whether a clean-up stands in front of all installs of managers but those of the distribution.

    Where there are none, what the step runs after it may be one, unless it is known to read no cache.
    """
    here = cleanup.command.span.start
    starts = [one.command.span.start for one in step.installs if one.manager in managers and not one.manager.system]
    if starts or not managers or any(one.manager in managers for one in step.installs):
        return bool(starts) and here < min(starts)
    later = [one for one in commands_of(step) if one.command.span.start > here]
    return any(not manager.system for manager in managers) and not all(_is_idle(one) for one in later)


def runs_more(step: Step) -> bool:
    """Return whether a step runs what is not known to leave caches alone."""
    return not all(_is_idle(one) for one in commands_of(step))


def _is_idle(called: Called) -> bool:
    """Return whether a command reads no cache, by its name or as a clean-up of its own."""
    from cachemount.repairs.safety.known_programs import READS_NO_STORE

    if called.name in READS_NO_STORE and called.name not in (".", "eval", "exec", "source"):
        return True
    cleaners = [cleaner for manager in programs.managers(called.name) for cleaner in manager.cleaners]
    return any(tuple(called.texts[: len(verb)]) == verb for cleaner in cleaners for verb in cleaner.verbs if verb)


def _empties(step: Step, cleanup: Cleanup, manager: PackageManager) -> bool:
    """Return whether a clean-up empties a directory of one manager's installs in the step."""
    directories = [one for install in step.installs if install.manager is manager for one in install.directories]
    return any(one.command is cleanup.command for one in cleanups_of(step, directories, [manager]))


def force_cleanups(
    builder: FixBuilder, step: Step, directories: Collection[Directory], manager: PackageManager
) -> None:
    """Let no clean-up of this or a later step fail because the mounts leave it nothing to remove."""
    dropped = {id(one.command) for one in cleanups_of(step, directories, [manager])}
    for failing in failing_cleanups(builder.facts, step, directories, manager):
        command = failing.command
        if id(command) in dropped:
            continue
        if not force(builder, failing.step, command):
            words, line = quoted(builder, command)
            way_out = "give it -f, or remove it" if command.program == "rm" else "remove it, or write `rm -rf`"
            builder.mark_unsafe([reasons.CLEANUP_FAILS.about(words=words, line=line, way_out=way_out)])


def force(builder: FixBuilder, step: Step, command: Command) -> bool:
    """Give a command of a step the option that lets it find nothing; False where that cannot be done."""
    edit = builder.facts.memo(_with_force, command) if command.program == "rm" and not step.script.errors else None
    if edit is not None and edit.span not in builder.forced:
        builder.forced.add(edit.span)
        builder.edits.append(edit)
    return edit is not None


def _with_force(_facts: Facts, command: Command) -> Edit | None:
    return text_edits.add_force(command)


def quoted(builder: FixBuilder, command: Command) -> tuple[str, int]:
    """Return the words of a command and the number of its line, for a message."""
    line = builder.facts.dockerfile.source.position(command.span.start).line
    if len(command.words) > 1:
        return " ".join(word.raw for word in command.words), line
    return builder.facts.dockerfile.source.slice(command.span), line
