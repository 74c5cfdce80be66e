"""Putting a repair together: edits, the reasons why it is not safe, and the reason why there is none.

It has more than 400 lines: all that a fix can do to a step adds to the same edits, doubts and reasons.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from cachemount import reasons
from cachemount.dockerfile.images.model import FromArgument, written
from cachemount.dockerfile.model import Stage
from cachemount.dockerfile.state.numbers import in_scope
from cachemount.facts import cache_switches, retention
from cachemount.facts.cleanups import Cleanup, cleanups_of
from cachemount.facts.expansion import arguments, runner
from cachemount.facts.locations import below
from cachemount.facts.model import Directory, Facts, Install, Mount, Step
from cachemount.facts.package_state import fetches_index, replaces_index
from cachemount.facts.programs import is_optional
from cachemount.facts.queries import steps_related
from cachemount.facts.shell_options import has_errexit
from cachemount.facts.targets import refusal
from cachemount.findings import Edit, Fix
from cachemount.id_templates import ARCHITECTURE
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager, Retention
from cachemount.reasons import Withheld
from cachemount.records import replace
from cachemount.repairs import keep_downloads, parent_directories, switch_on, text_edits
from cachemount.repairs.cache_ids import id_of, ids, ids_of_file
from cachemount.repairs.id_patterns import like_siblings
from cachemount.repairs.index_age import missing_revalidation
from cachemount.repairs.insertion import place_before
from cachemount.repairs.joined_edits import ends_line, joined
from cachemount.repairs.safety.failing_cleanups import failing_cleanups
from cachemount.repairs.safety.foreign_images import moved_by_image
from cachemount.repairs.safety.hidden_content import covered
from cachemount.repairs.safety.image_content import hazards
from cachemount.repairs.safety.index_readers import dependents
from cachemount.repairs.safety.linked_packages import links
from cachemount.repairs.safety.removed_file import users_of
from cachemount.repairs.safety.step_conflicts import other_owners
from cachemount.repairs.same_caches import lets_write, mounted_alike, mounts_on, option_value, same_mount, sharing_cache
from cachemount.repairs.text_edits import CacheMount
from cachemount.shell.model import Command, Word
from cachemount.shell.removal.removal import is_misread, removal
from cachemount.source import Span

_PLAIN_FLAG = late(r"""--mount=(["']?)[\x00-\x08\x0e-\x1b!#-&(-\[\]-_a-~]*\1""")
_COMMENT_LINE = late(r"\n[ \t]*#")
_WRITABLE_ID = late(r"[\w./~:@%+=${}-]+", re.ASCII)


class FixBuilder:
    """Edits for one finding. `impossible` is set as soon as one of them cannot be made; then there is no fix at all.

    It is `alone` when it takes commands away, or words that other repairs of the step may be about as well: what is
    left after several such repairs is known only when they are made one after another.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.edits: list[Edit] = []
        self.doubts: list[Withheld] = []
        self.blocked_reason: Withheld | None = None
        self.exclusive = False
        self._fix: Fix | None = None
        self._folders: dict[Step, list[str]] = {}
        self._moves: Mapping[str, Mount] = {}

    def fix(self, title: str) -> Fix | None:
        """Return the fix, safe unless there are doubts; None where it is impossible or empty."""
        if self.blocked_reason or not self.edits:
            return None
        if self._fix is not None:
            return self._fix
        if any(self._continues(edit) for edit in self.edits):
            self.give_up(reasons.CONTINUED_LINE.about())
            return None
        lost = next(filter(None, map(self._lost_comment, self.edits)), 0)
        if lost:
            self.give_up(reasons.COMMENT_INSIDE.about(line=lost))
            return None
        edits = joined(replace(edit, targets=()) if self.exclusive else edit for edit in self.edits)
        if any(one.span.end > other.span.start for one, other in pairwise(edits)):
            self.give_up(reasons.EDITS_MEET.about())
            return None
        withheld: str = self.doubts[0] if self.doubts else ""
        self._fix = Fix(title=title, edits=edits, safe=not self.doubts, withheld=withheld)
        return self._fix

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

    def editable(self, step: Step) -> None:
        """Doubts about editing this instruction at all."""
        if step.script.errors or is_misread(step.script):
            self.give_up(reasons.UNREADABLE_SCRIPT.about())
        text = self.facts.dockerfile.source.slice(step.instruction.span)
        if "{{" in text or "{%" in text:
            self.mark_unsafe([reasons.TEMPLATE_MARKS.about()])
        if step.instruction.onbuild:
            self.mark_unsafe([reasons.ONBUILD.about()])

    def mount(self, step: Step, wanted: Collection[tuple[Install, Directory]]) -> None:
        """Add mounts for directories of a step's installs."""
        mounts: dict[str, CacheMount] = {}
        for install, directory in wanted:
            if directory.path is None:
                self.give_up(_why_unknown(install, directory))
                return
            cache = directory.cache
            elsewhere = mounted_alike(self.facts, step, directory)
            target = directory.path if elsewhere is None else elsewhere.target or directory.path
            if cache.narrower_target and not directory.moved and self.facts.says(cache.narrower_when):
                target = cache.narrower_target
            if refused := refusal(target):
                self.give_up(refused)
                return
            if any(
                mount.flag.type == "tmpfs" and mount.target and below(target, mount.target) for mount in step.mounts
            ):
                self.give_up(reasons.TMPFS.about())
                return
            if target not in mounts:
                alike = elsewhere is not None and lets_write(elsewhere, install)
                mount = same_mount(elsewhere, target) if elsewhere and alike else self.owned(install, target)
                if cache.shareable:
                    mount = replace(mount, sharing="shared")
                mounts[target] = self._as_elsewhere(step, mount, install.manager)
                self.folder(install, target, directory)
            self.known_doubts(install, directory)
        taken = {mount.target for mount in step.mounts}
        missing = [mount for target, mount in mounts.items() if target not in taken]
        text = self.facts.dockerfile.source.text
        if missing and not all(text[one.flag.span.end - 1 : one.flag.span.end + 1].isascii() for one in step.mounts):
            # BuildKit takes a byte of some characters for a blank.
            self.give_up(reasons.MIDDLE_OF_CHARACTER.about())
        elif missing:
            for one in missing:
                self.mark_unsafe(other_owners(self.facts, step, one))
            self.mark_unsafe(covered(self.facts, step, [mount.target for mount in missing]))
            self.edits.append(text_edits.add_mounts(self.facts.dockerfile, step.instruction, step.run, missing))

    def retarget(self, install: Install, mount: Mount, directory: Directory) -> None:
        """Let a mount that was meant for the directory serve it."""
        step = install.step
        # Any mount may serve an unknown directory, so none was meant for it.
        target = directory.path or ""
        if refused := refusal(target):
            self.give_up(refused)
            return
        if any(other.target == target for other in step.mounts):
            self.give_up(reasons.RIGHT_ONE_MOUNTED.about())
            return
        self._move(mount, target, self._new_owner(install, mount, target))
        self.mark_unsafe(covered(self.facts, step, [target]))
        self.folder(install, target, directory)
        for other_step, other in sharing_cache(self.facts, step, mount, install.manager):
            line = self.facts.dockerfile.source.position(other.flag.span.start).line
            if any(one.target == target for one in other_step.mounts):
                self.give_up(reasons.SAME_CACHE_BESIDE.about(line=line))
            self.mark_unsafe([reasons.SAME_CACHE.about(line=line)])
            self._move(other, target, self._new_owner(install, other, target))
        # A mount that begins to work hides what it did not hide before.
        self.known_doubts(install, directory)

    def expect_moves(self, moves: Mapping[str, Mount]) -> None:
        """Let new mounts be one cache with the mounts that this fix moves to the same target."""
        self._moves = moves

    def _move(self, mount: Mount, target: str, owner: Mapping[str, str]) -> None:
        source = self.facts.dockerfile.source
        edit = text_edits.set_target(mount.flag, source, target, owner)
        if edit is None:
            self.give_up(reasons.TARGET_NOT_PLAIN.about())
            return
        self.edits.append(edit)
        for key in owner:
            if key in mount.flag.fields:
                self.option(mount, key, owner[key])

    def _new_owner(self, install: Install, mount: Mount, target: str) -> dict[str, str]:
        """Return the options that let the install's user write to a mount which is moved."""
        options = mount.flag.options
        keeps_own = "id" in options and not self.facts.id_template
        name = "" if keeps_own else self._id(install.step, target, install.manager)
        named = {"id": name} if name and name != options.get("id") else {}
        if install.root or {"mode", "source", "from"} & set(options):
            return named
        wanted = self.owned(install, target)
        found = {key: written(one) for key, one in (("uid", wanted.uid), ("gid", wanted.gid)) if one is not None}
        if wanted.mode:
            found["mode"] = wanted.mode
        return named | {key: value for key, value in found.items() if value != option_value(options, key)}

    def narrow(self, step: Step, mount: Mount, manager: PackageManager) -> None:
        """Let a mount hold the directory alone that is narrower than the one which it covers."""
        cache = next(one for one in manager.caches if one.narrower_target)
        line = self.facts.dockerfile.source.position(mount.flag.span.start).line
        if mount.target not in cache.locations or any(one.target == cache.narrower_target for one in step.caches):
            self.give_up(reasons.HOLDS_MORE.about(mounted=mount.flag.target, narrower=cache.narrower_target))
            return
        if "id" in mount.flag.options:
            self.mark_unsafe([reasons.ID_HOLDS_MORE.about(line=line)])
        self._move(mount, cache.narrower_target, {})

    def option(self, mount: Mount, key: str, value: str) -> None:
        """Give a mount an option."""
        source = self.facts.dockerfile.source
        end = mount.flag.span.end
        if _PLAIN_FLAG.fullmatch(source.slice(mount.flag.span)) and source.text[end : end + 1].isascii():
            self.edits.append(text_edits.set_option(mount.flag, source, key, value))
        else:
            self.give_up(reasons.MOUNT_NOT_PLAIN.about())

    def drop_option(self, mount: Mount, key: str) -> None:
        """Take an option from a mount."""
        source, span = self.facts.dockerfile.source, mount.flag.fields[key]
        if _PLAIN_FLAG.fullmatch(source.slice(mount.flag.span)) and source.text[span.start - 1] == ",":
            self.edits.append(Edit(span=Span(span.start - 1, span.end), text=""))
        else:
            self.give_up(reasons.MOUNT_NOT_PLAIN.about())

    def known_doubts(self, install: Install, directory: Directory) -> None:
        """Doubts that are known of the cache itself."""
        cache = directory.cache
        if doubt := _doubt_of_cache(self.facts, install, directory):
            self.mark_unsafe([doubt])
        if foreign := moved_by_image(install, directory):
            self.mark_unsafe([foreign])
        if cache.made_by and re.search(cache.made_by, install.step.run.script.text):
            self.mark_unsafe([reasons.MADE_BY_STEP.about(path=directory.path)])
        link = "" if install.manager.linking_unless[0] in install.manager.set_variables else links(self.facts, install)
        if link and not install.reader:
            self.mark_unsafe([reasons.LINKS.about(how=link)])

    def _as_elsewhere(self, step: Step, wanted: CacheMount, manager: PackageManager) -> CacheMount:
        """Return the mount with the id and the sharing that related steps give the cache on its target."""
        mounts = [one for one in (self._moves.get(wanted.target), *mounts_on(self.facts, step, wanted.target)) if one]
        locked = any(one.flag.options.get("sharing") == "locked" for one in mounts)
        sharing = "locked" if locked else wanted.sharing
        return replace(wanted, id=self._id(step, wanted.target, manager), sharing=sharing)

    def wanted_id(self, step: Step, target: str, manager: PackageManager) -> str:
        """Return the id that the configuration wants for a cache."""
        if ARCHITECTURE in (name := id_of(self.facts, step, target, manager)) and (
            "TARGETARCH" not in step.environment.settings
        ):
            self.mark_unsafe([reasons.ID_NEEDS_ARG.about()])
        return name

    def _id(self, step: Step, target: str, manager: PackageManager) -> str:
        """Return the id that a related step gives its cache on the target: another id would be another cache."""
        if self.facts.id_template:
            return self.wanted_id(step, target, manager)
        moved = self._moves.get(target)
        own = next((one for one in step.caches if one is moved), None)
        if moved is not None and own is None:
            name = moved.flag.options.get("id", "")
            other = next(one for one in self.facts.steps if moved in one.mounts)
        else:
            found = self.facts.memo(ids, step.stage).get(target)
            if found is None and not manager.system:
                # Of a system's packages, stages on other images have others.
                found = self.facts.memo(ids_of_file).get(target)
                if found is not None and not _in_scope(found[0], found[1], step):
                    found = None
            if found is None:
                return like_siblings(self.facts, step, target, manager)
            name, other = found
        if not name:
            return ""
        if not _WRITABLE_ID.fullmatch(name):
            self.give_up(reasons.ID_NOT_PLAIN.about())
        if not _in_scope(name, other, step):
            self.mark_unsafe([reasons.ID_OF_ANOTHER_STAGE.about(name=name)])
        return name

    def owned(self, install: Install, target: str) -> CacheMount:
        """Return the mount for a target, belonging to the user of the install."""
        sharing = install.manager.sharing
        if install.root:
            return CacheMount(target=target, sharing=sharing)
        if install.uid is None:
            self.mark_unsafe([_unknown_user(install)])
            return CacheMount(target=target, sharing=sharing, mode="0777")
        for number in (install.uid, install.gid):
            if isinstance(number, FromArgument) and not in_scope(number, install.step.environment):
                self.mark_unsafe([reasons.USER_SET_AGAIN.about(word=number.word)])
        return CacheMount(target=target, sharing=sharing, uid=install.uid, gid=install.gid)

    def folder(self, install: Install, target: str, directory: Directory) -> None:
        """Let the user make the folder above a mount, which BuildKit would make for root."""
        folder = parent_directories.folder_beside(install, directory, target, self.facts)
        allowed = bool(folder) and parent_directories.may_make(install, folder, self.facts)
        if not folder:
            folder = parent_directories.missing_folder(install, target, self.facts)
            allowed = bool(folder) and parent_directories.has_home(install, self.facts)
        if not folder:
            return
        if not allowed:
            reason = (
                reasons.HOME_NOT_KNOWN if install.home and below(folder, install.home) else reasons.MAY_NOT_MAKE_FOLDER
            )
            self.mark_unsafe([reason.about(folder=folder)])
            return
        if install.command.user not in ("", None, install.step.environment.user):
            # Another step would make it as the user of the steps, and not as the one that the command changes to.
            self.mark_unsafe([reasons.FOLDER_OF_ROOT.about(folder=folder)])
            return
        first = parent_directories.first_step(install, folder, self.facts)
        folders = self._folders.setdefault(first, [])
        if folder not in folders:
            if folders:
                self.edits.remove(_inserted_folders(self.facts, first, folders))
            folders.append(folder)
            self.edits.append(_inserted_folders(self.facts, first, folders))

    def switch_on(self, install: Install) -> None:
        """Take away what switches the cache off."""
        for off in cache_switches.disabling_switches(self.facts, install):
            edit = switch_on.switch_on(self.facts, install, off)
            if edit is None:
                self.give_up(reasons.SWITCH_STAYS.about(what=off.what))
            else:
                self.edits.extend(edit)
                self.exclusive = self.exclusive or off.argument is None

    def keep_content(
        self, step: Step, directories: Collection[Directory], managers: Collection[PackageManager]
    ) -> None:
        """Take away what empties the directories."""
        self.drop(step, list(cleanups_of(step, directories, managers)))

    def drop(self, step: Step, found: Collection[Cleanup]) -> None:
        """Delete commands, or some of their arguments."""
        source = self.facts.dockerfile.source
        whole: list[Command] = []
        self.exclusive = self.exclusive or bool(found)
        for discard in found:
            if discard.partly or not discard.command.editable:
                words, line = self._quoted(discard.command)
                self.give_up(reasons.CLEANUP_BY_HAND.about(words=words, line=line))
                return
            if discard.wider:
                self.mark_unsafe([reasons.CLEANUP_WIDER.about(wider=discard.wider)])
            if discard.arguments:
                self.edits.extend(
                    text_edits.drop_word(self.facts.dockerfile, discard.command, argument.word)
                    for argument in discard.arguments
                )
            else:
                whole.append(discard.command)
        if not whole:
            return
        errexit = has_errexit(step)
        spans = removal(step.script, whole, source, errexit=errexit)
        if spans is None:
            words, line = self._quoted(whole[-1])
            spans = removal(step.script, whole, source, errexit=errexit, may_end_otherwise=True)
            if spans is None:
                self.give_up(reasons.CLEANUP_STATUS.about(words=words, line=line))
                return
            self.mark_unsafe([reasons.CLEANUP_DECIDES.about(words=words, line=line)])
        self.edits.extend(Edit(span=span, text="") for span in spans)

    def force_cleanups(self, step: Step, directories: Collection[Directory], manager: PackageManager) -> None:
        """Let no clean-up of this or a later step fail because the mounts leave it nothing to remove."""
        dropped = {id(one.command) for one in cleanups_of(step, directories, [manager])}
        for failing in failing_cleanups(self.facts, step, directories, manager):
            command = failing.command
            if id(command) in dropped:
                continue
            if not self._force(failing.step, command):
                words, line = self._quoted(command)
                way_out = "give it -f, or remove it" if command.program == "rm" else "remove it, or write `rm -rf`"
                self.mark_unsafe([reasons.CLEANUP_FAILS.about(words=words, line=line, way_out=way_out)])

    def _force(self, step: Step, command: Command) -> bool:
        """Give a command of a step the option that lets it find nothing; False where that cannot be done."""
        edit = text_edits.add_force(command) if command.program == "rm" and not step.script.errors else None
        if edit is not None and edit not in self.edits:
            self.edits.append(edit)
        return edit is not None

    def _quoted(self, command: Command) -> tuple[str, int]:
        """Return the words of a command and the number of its line, for a message."""
        line = self.facts.dockerfile.source.position(command.span.start).line
        if len(command.words) > 1:
            return " ".join(word.raw for word in command.words), line
        return self.facts.dockerfile.source.slice(command.span), line

    def set_variables(self, install: Install) -> None:
        """Say where the cache is, where the default depends on what else is in the image."""
        for name, value in install.manager.set_variables.items():
            for directory in install.directories:
                if directory.moved or directory.cover or directory.path is None:
                    continue
                if not install.command.editable:
                    self.give_up(reasons.VARIABLE_NOT_SET.about(name=name))
                    return
                self._set_variable(install, f"{name}={value or directory.path}")

    def _set_variable(self, install: Install, assignment: str) -> None:
        """Put an assignment in front of an install that may be edited, or is an array of the exec form."""
        if text_edits.is_element(install.step.run, install.program_word):
            at = install.program_word.span.start
            self.edits.append(Edit(span=Span(at, at), text=f'"env", "{assignment}", '))
        elif install.command.editable:
            at = install.command.words[0].span.start
            # gosu, xargs and their like take the next word for the program.
            env = "env " if install.command.wrappers else ""
            self.edits.append(Edit(span=Span(at, at), text=f"{env}{assignment} "))
        else:
            self.give_up(reasons.FLAG_NOT_ADDED.about(flag=assignment))

    def keep_downloads(self, install: Install) -> None:
        """Make the manager keep what it downloads."""
        for keep in retention.missing_settings(self.facts, install):
            self._keep(install, keep)

    def _keep(self, install: Install, keep: Retention) -> None:
        step = install.step
        if keep.flag:
            self._add_flag(install, install.program_word, keep.flag)
        if keep.command and install is _first_install(install):
            self.before(keep_downloads.first_place(self.facts, install, keep), keep.command)
        if keep.step:
            first = retention.first_step(self.facts, step, install.manager)
            lines = keep_downloads.missing_lines(self.facts, install, keep)
            if lines[0].startswith("rm "):
                for file in {one.removes for one in install.manager.retentions if one.removes}:
                    self._spare(first, file)
            if not keep_downloads.as_root(first):
                if not keep_downloads.by_sudo(first):
                    self.mark_unsafe([reasons.SETTINGS_NOT_ROOT.about()])
                lines = keep_downloads.with_sudo(
                    lines, first_only=all(not one.programs for one in retention.missing_settings(self.facts, install))
                )
            if retention.only_conditional(first, install.manager):
                self.mark_unsafe([reasons.ON_A_CONDITION.about()])
            if first.instruction.onbuild:
                self.mark_unsafe([reasons.ONBUILD.about()])
            self.insert(first, lines)

    def _add_flag(self, install: Install, word: Word, flag: str) -> None:
        if text_edits.takes_flag(install):
            self.edits.append(text_edits.add_flag(install, word, flag))
        else:
            self.give_up(reasons.FLAG_NOT_ADDED.about(flag=flag))

    def _spare(self, first: Step, file: str) -> None:
        """Let no command fail because a step in front of it has removed a file."""
        for step, command in users_of(self.facts, first, file):
            if not self._force(step, command):
                words, line = self._quoted(command)
                self.mark_unsafe([reasons.NEEDS_REMOVED_FILE.about(words=words, line=line, file=file)])

    def insert(self, step: Step, lines: tuple[str, ...]) -> None:
        """Put a step in front of another."""
        self.edits.append(self.facts.memo(_inserted, step, lines))

    def before(self, install: Install, command: str) -> None:
        """Run a command in front of an install."""
        place = place_before(install.step, install.command)
        if place is None or not install.command.editable:
            self.give_up(reasons.NOT_BEFORE_INSTALL.about(command=command))
            return
        sudo = "sudo " if "sudo" in install.command.wrappers else ""
        self.edits.append(Edit(span=Span(place.at, place.at), text=f"{sudo}{command}{place.joint}"))

    def refresh(self, install: Install) -> None:
        """Fetch the index in the step itself: a mount may come empty."""
        refresh = install.manager.refresh
        if not self.facts.memo(_lacks_refresh, install):
            return
        if refresh.startswith("-"):
            verbs = (one.word for one in install.arguments if one.text in install.verb)
            self._add_flag(install, next(verbs, install.program_word), refresh)
        else:
            # As the file has it: apt and apt-get do the same.
            self.before(install, refresh.replace("apt-get", "apt" if install.program == "apt" else "apt-get"))

    def revalidate(self, install: Install) -> None:
        """Let an install ask for a newer index: a mount has that of an earlier build, whose packages may be gone."""
        wanted = missing_revalidation(self.facts, install)
        if wanted.startswith("-"):
            self._add_flag(install, install.program_word, wanted)
        elif "=" in wanted.partition(" ")[0]:
            self._set_variable(install, wanted)
        elif wanted and install is next(filter(_installs_packages, _installs(install)), None):
            self.before(install, wanted)

    def refresh_dependents(self, step: Step, manager: PackageManager) -> None:
        """Let later steps fetch the index that they took from the image."""
        for install in dependents(self.facts, step, manager):
            self.refresh(install)

    def hazards(self, step: Step, directories: Collection[Directory], manager: PackageManager) -> None:
        """Doubts about what later reads the directories."""
        self.mark_unsafe(hazards(self.facts, step, directories, manager))


def _doubt_of_cache(facts: Facts, install: Install, directory: Directory) -> Withheld | None:
    """Return the doubt that a manager's table has on a cache, where it holds for this install."""
    cache = directory.cache
    if cache.doubt is None or (cache.others_only and install.root):
        return None
    # The root of the file system is root's already.
    in_root = bool(directory.moved) and posixpath.dirname(directory.path or "") == "/"
    if in_root and cache.doubt.id == reasons.FOLDER_ABOVE.id:
        return None
    return None if cache.safe_when and facts.says(cache.safe_when) else cache.doubt


def _in_scope(name: str, theirs: Step, ours: Step) -> bool:
    """Return whether the variables in an id are set in both steps or in neither: an ARG ends with its stage."""
    return all(
        (variable in theirs.environment.variables) == (variable in ours.environment.variables)
        for variable in re.findall(r"\$\{?(\w+)", name)
    )


def _lacks_refresh(facts: Facts, install: Install) -> bool:
    """Return whether the index has to be fetched in front of an install."""
    manager = install.manager
    if not manager.refresh:
        return False
    if manager.refreshed_by and re.search(manager.refreshed_by, _text_before(facts, install)):
        return False
    return not fetches_index(install) and install is next(filter(_reads_index, _installs(install)), None)


def _installs_packages(install: Install) -> bool:
    return install.verb not in install.manager.refresh_verbs


def _reads_index(install: Install) -> bool:
    """Return whether an install does more than to look whether it has an index."""
    return _installs_packages(install) or replaces_index(install)


def _text_before(facts: Facts, install: Install) -> str:
    """Return the step's text in front of an install."""
    start = install.step.instruction.span.start
    return facts.dockerfile.source.text[start : install.command.span.start]


def _why_unknown(install: Install, directory: Directory) -> Withheld:
    """Return why the path of a cache is not known."""
    if install.command.other_root:
        return reasons.OTHER_ROOT.about(launcher=install.command.other_root)
    first = arguments(install.step, install.command)[0]
    if is_optional(first):
        return reasons.UNKNOWN_WORD.about(word=first.raw)
    if directory.cache.hint:
        return directory.cache.hint
    variables = (re.match(r"\$(\w+)", one) for one in directory.cache.locations)
    variable = next((one[1] for one in variables if one and one[1] not in ("HOME", "ANY", "PREFIX", "WORKDIR")), "")
    return reasons.UNKNOWN_PLACE.about(variable=variable) if variable else reasons.UNKNOWN_PLACE_UNSET.about()


def _unknown_user(install: Install) -> Withheld:
    """Say whose number is not known."""
    user = runner(install.step, install.command).user
    if not re.fullmatch(r"[a-z_][\w-]*", user):
        return reasons.NUMBER_OF_STEPS_USER.about()
    return reasons.NUMBER_OF_USER.about(user=user)


def _inserted_folders(facts: Facts, step: Step, folders: Collection[str]) -> Edit:
    """Return the edit that puts a step in front of another, which makes folders."""
    return facts.memo(_inserted, step, (f"mkdir -p {' '.join(folders)}",))


def _inserted(facts: Facts, step: Step, lines: tuple[str, ...]) -> Edit:
    return text_edits.insert_step(facts.dockerfile, step.instruction, lines)


def _first_install(install: Install) -> Install:
    """Return the first install of the same step and manager."""
    return next(_installs(install))


def _installs(install: Install) -> Iterator[Install]:
    """Yield all installs of the same step and manager."""
    return (other for other in install.step.installs if other.manager is install.manager and not other.reader)


def store_steps(facts: Facts, step: Step, manager: PackageManager, directories: Collection[Directory]) -> list[Install]:
    """Return the installs and readers of a store in the steps that share a layer with this one, itself included."""
    places = frozenset(directory.path for directory in directories if directory.cache.kind == "store")
    return facts.memo(_store_steps, step.stage, manager, places)


def _store_steps(facts: Facts, stage: Stage, manager: PackageManager, places: Collection[str | None]) -> list[Install]:
    return [
        install
        for step in steps_related(facts, stage)
        for install in step.installs
        if install.manager is manager and any(directory.path in places for directory in install.directories)
    ]
