"""Why a fix is not safe, or there is none: each reason with a way out, in one table.

docs/not-repaired.md shows each of them with a Dockerfile that gives it, and with one that follows the way out. The file
has more than 400 lines so that all reasons stand in one place.
"""

from __future__ import annotations

from cachemount.records import Record
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# In a manager's table, which is written before the directory is known.
DIRECTORY = "DIRECTORY"


class Withheld(str):
    """A reason in words, about one place. It knows its id in the table, the way out, and what the unsafe fix does."""

    id: str
    way_out: str
    unsafe: str

    def __new__(cls, text: str, id: str = "", way_out: str = "", unsafe: str = "") -> Withheld:  # noqa: A002
        made = super().__new__(cls, text)
        made.id, made.way_out, made.unsafe = id, way_out, unsafe
        return made

    def at(self, directory: str) -> Withheld:
        """Return the reason with a directory in the place of `DIRECTORY`."""
        text, way_out, unsafe = (one.replace(DIRECTORY, directory) for one in (str(self), self.way_out, self.unsafe))
        return Withheld(text, self.id, way_out, unsafe)

    def __reduce__(self) -> tuple[type[Withheld], tuple[str, ...]]:
        return Withheld, (str(self), self.id, self.way_out, self.unsafe)


class Reason(Record, kw_only=False):
    """An entry of the table.

    `text` is the sentence, with the names of what is filled in. `way_out` says what to do; it is empty where the
    sentence says it itself. `unsafe` says what --unsafe-fixes would do; it is empty where that does nothing here.
    """

    id: str
    text: str
    way_out: str = ""
    unsafe: str = ""

    def about(self, **things: Any) -> Withheld:
        """Return the reason for one place."""
        parts = (part.format(**things) if things else part for part in (self.text, self.way_out, self.unsafe))
        text, way_out, unsafe = parts
        return Withheld(text, self.id, way_out, unsafe)


def id_of(text: str) -> str:
    """Return the id of a reason; "" for a text that is not from the table."""
    return text.id if isinstance(text, Withheld) else ""


_BY_HAND = "change it by hand"
_READS_NOTHING = "it mounts the cache all the same, and what needs its content may find nothing"
_HIDES = "it mounts the cache all the same, which hides what is there while the step runs"
_FOR_ALL = "it lets every user write to the cache (mode=0777)"
_MADE_FOR_ROOT = "it mounts the cache all the same, and BuildKit may make the folders above it for root"

# What can be edited.
UNREADABLE_SCRIPT = Reason(
    "unreadable-script",
    "the shell text cannot be read in full",
    "write what cannot be read in another way, or add `--mount=type=cache,target=...` by hand",
)
OUT_OF_REACH = Reason(
    "out-of-reach",
    "it is not known where the programs of the step have their caches",
    "mount the folder in the home of the step's user, with `uid` and `gid`, or take the mount away",
)
NO_COMMAND = Reason(
    "no-command",
    "the step has no command",
    "take the whole step away, or write the command that the mount was meant for",
)
TEMPLATE_MARKS = Reason(
    "template-marks",
    "the instruction holds template marks",
    "move the marks into a step of their own, or into an ARG",
    "it edits the text around the marks, as if they were plain words",
)
ONBUILD = Reason(
    "onbuild",
    "an ONBUILD step runs in images that are not in this file",
    "write the step in the Dockerfiles that are built on this image",
    "it mounts the cache where it is in this file's image",
)
GENERATED_FILE = Reason(
    "generated-file",
    "line {line} (`{words}`) says that a program writes this file, and it would undo the fix",
    "change the template or the program that makes it, and leave this file out: `exclude` in the configuration",
    "it changes the file all the same, until the program writes it again",
)
GENERATED_BLOCK = Reason(
    "generated-block",
    "line {line} (`{words}`) says that a program writes what follows up to line {end}, and it would undo the fix",
    "change the program that makes it",
    "it changes the block all the same, until the program writes it again",
)
JOINED_PART = Reason(
    "joined-part",
    "line {line} makes {joined} of this file: a fix is not there until it is made again, and what else uses these"
    " stages is not known",
    "let `--unsafe-fixes` make it, make {joined} again, and look at both",
    "it changes this file alone",
)
EDITED_BY_LINE = Reason(
    "edited-by-line",
    "line {line} (`{words}`) finds its place in this file by the number of a line, which a fix may move",
    "find the place there by a pattern, as `sed '/pattern/d'` does",
    "it changes the file all the same: see to the numbers",
)
REPRODUCIBLE = Reason(
    "reproducible",
    "line {line} (`{words}`) says that the image has to be the same bit for bit, and with the fix it is another one",
    "mount the cache by hand when the image may change",
    "it changes the file all the same, and the image has another digest",
)
COPIES_ITSELF = Reason(
    "copies-itself",
    "line {line} copies this Dockerfile into its own build, where a program may compare it with what it was",
    "mount the cache by hand, and renew what the file is compared with",
    "it changes the file all the same, and a comparison with the former one fails",
)
COMPARED_FILE = Reason(
    "compared-file",
    "{where} tells that tests compare this file, or what is made of it, with another text as a whole",
    "change the program or the template that writes it, let the tests renew it, and leave it out: `exclude` in the"
    " configuration",
    "it changes this file alone, and the tests may fail",
)
DATA_OF_TESTS = Reason(
    "data-of-tests",
    "line {line} reads this file as the data of a test, which may compare what it finds there, such as line numbers",
    "mount the cache by hand and run the tests, or leave the file out: `exclude` in the configuration",
    "it changes the file all the same, and the test may fail",
)
DEMANDED_WORDS = Reason(
    "demanded-words",
    "line {line} looks for `{words}` in this file, which the fix changes",
    "change both: let it look for what has to hold, as the name of the package",
    "it changes the file all the same, and what looks for the words may fail",
)
OPEN_BUILD_SERVICE = Reason(
    "open-build-service",
    "line {line} (`#{words}`) says that the Open Build Service builds the file: it does not find the packages of a step"
    " with a mount, and keeps no cache",
    "accept the finding with a comment, or mount the cache by hand in a file for another builder",
    "it changes the file all the same, and that service may not build it",
)
CONTINUED_LINE = Reason(
    "continued-line",
    "what is left of a line would be taken for a continued one",
    "put the word that has to go on a line of its own, or write `$(...)` for the backticks",
)
COMMENT_INSIDE = Reason(
    "comment-inside",
    "the comment in line {line} stands inside of what would go: put it on a line between commands",
)
MIDDLE_OF_CHARACTER = Reason(
    "middle-of-character",
    "a mount ends in the middle of a character",
    "write the mount with ASCII characters",
)
TARGET_NOT_PLAIN = Reason(
    "target-not-plain",
    "the target is not written in plain words",
    "write the target of the mount without variables and escapes",
)
MOUNT_NOT_PLAIN = Reason(
    "mount-not-plain",
    "the mount is not written in plain words",
    "write the mount without variables, escapes and quotes inside of it",
)
ID_NOT_PLAIN = Reason(
    "id-not-plain",
    "the id of the same cache in another step is not written in plain words",
    "give the other mount an id of letters, digits and `-`",
)
SWITCH_STAYS = Reason("switch-stays", "{what} cannot be taken away here", "take it away by hand")
VARIABLE_NOT_SET = Reason(
    "variable-not-set", "{name} cannot be set here", "write `ENV {name}=...` before the step, with the cache's folder"
)
FLAG_NOT_ADDED = Reason("flag-not-added", "{flag} cannot be added here", "add it by hand, or write the command plainly")
REFUSED_MOUNTS = Reason(
    "refused-mounts",
    "{name} shows a builder that refuses such mounts ({sign})",
    "{way_out}, or write `warn-builders = false` in the configuration if it does not build this file",
    "it mounts the cache all the same, at which that builder ends the build",
)
REFUSED_WITHOUT_ID = Reason(
    "refused-without-id",
    "{name} shows a builder that refuses such mounts (Railway, where they have no id)",
    "set `[[ids]]` in the configuration, or write `warn-builders = false` there if Railway does not build this file",
    "it mounts the cache all the same, at which that builder ends the build",
)
IGNORED_MOUNTS = Reason(
    "ignored-mounts",
    "{name} builds it with {builder}, which ignores cache mounts: they do nothing, and what is not cleaned up stays",
    "build it with BuildKit, or write `warn-builders = false` in the configuration if that build does not matter",
    "it mounts the cache all the same, and an image of that builder is larger",
)
CLASSIC_BUILDER = Reason(
    "classic-builder",
    "line {line} speaks of builds without BuildKit (`{words}`), which refuse such mounts",
    "remove the comment if it no longer holds",
    "it mounts the cache all the same, at which such a build ends",
)
DECLINED = Reason(
    "declined",
    "the comment in line {line} says that the step has no cache mount on purpose",
    "remove the comment if it no longer holds, or write `# cachemount: ignore[missing-cache-mount]` with the reason",
    "it mounts the cache all the same, and the comment says the contrary",
)
FOR_LAYER = Reason(
    "for-layer",
    "the comment in line {line} (`{words}`) says that what the step fetches is for the layer or the image",
    "remove the comment if it no longer holds, or mount the cache by hand",
    "it mounts the cache all the same, and the layer has none of it",
)
CACHE_APART = Reason(
    "cache-apart",
    "the comment in line {line} (`{words}`) says that the cache is apart from others",
    "mount it by hand with an id of its own, as in `--mount=type=cache,id=NAME,target=...`",
    "it mounts the cache that other steps with the same folder use",
)
OLD_SYNTAX = Reason(
    "old-syntax",
    "the frontend of `# syntax` does not know such mounts",
    "write `# syntax=docker/dockerfile:1`",
    "it mounts the cache all the same, at which that frontend ends the build",
)
OLD_MICRODNF = Reason(
    "old-microdnf",
    "microdnf before 3.7.0 refuses --setopt=keepcache=1, and the image may have such a one",
    "name an image of RHEL 8.5, Fedora 34 or later in FROM",
    "it adds the option, at which an older microdnf ends the build",
)
NOT_BEFORE_INSTALL = Reason(
    "not-before-install",
    "`{command}` cannot be put in front of the install",
    "write `RUN {command} && ...` in the shell form",
)

# Where the cache is.
OTHER_ROOT = Reason(
    "other-root",
    "`{launcher}` gives it another root folder, where its cache has another path: a mount on that path would serve it",
)
UNKNOWN_WORD = Reason(
    "unknown-word",
    "what `{word}` puts in front of it, only the shell knows, and it may set variables",
    "write it without the variable",
)
MOVED_BY_WORD = Reason(
    "moved-by-word",
    "what `{word}` holds is not known, and it may say where the cache is",
    "write what it holds into the command",
)
UNKNOWN_VALUE = Reason(
    "unknown-value",
    "`{thing}` says where the cache is, and what it names is not known before the step runs",
    "{way_out}",
)
UNKNOWN_PLACE = Reason(
    "unknown-place",
    "{place} that is not known before the step runs",
    "{way_out}",
)
UNKNOWN_PLACE_UNSET = Reason(
    "unknown-place-unset",
    "{place} that is not known before the step runs",
    "let HOME, or what else moves the cache, be a folder that the file names",
)
UNKNOWN_ACCOUNT = Reason("unknown-account", "{place} that is not known before the step runs", "{way_out}")
UNKNOWN_HOME = Reason(
    "unknown-home",
    "the home of `{user}` is set in {image}, not in this file",
    "write `ENV HOME=/a/folder` before the step, with that home",
)
HOME_OF_USER = Reason(
    "home-of-user",
    "the home of user {user} is not known",
    "make the user in this file, as in `RUN useradd -m -u 10001 {user}`",
)
HOME_OF_SHARED_NUMBER = Reason(
    "home-of-shared-number",
    "another account may have the number of user {user}, and the user has its home then",
    "write `ENV HOME=/a/folder` before the step, with the user's home",
)
HOME_OF_NUMBER = Reason(
    "home-of-number",
    "the home of user {user} is not known",
    "{way_out}",
)
PLACE_IN_IMAGE = Reason(
    "place-in-image",
    "where {manager} keeps packages is set in {image}, not in this file",
    "{way_out}",
)
GEM_PLACE = Reason(
    "gem-place",
    "`gem env {asked}` says where gems are: mount the folder `cache` in it",
    "run `docker run --rm IMAGE gem env {asked}`, or {otherwise}",
)
BUNDLE_PLACE = Reason(
    "bundle-place",
    "`bundle config get path`, or else `gem env gemdir`, says where gems are: mount the folder `cache` in it",
    "run them in the image, or write `ENV GEM_HOME=/a/folder` before the step",
)
OTHER_FILE = Reason(
    "other-file",
    "{where} has to be changed with it",
    "change both files by hand: give the two steps the same cache mount",
)
FOREIGN_IMAGE = Reason(
    "foreign-image",
    "{image} may keep the cache elsewhere: say where with ENV {variable}",
    unsafe="it mounts the manager's usual folder, which may not be the one that is used",
)
MADE_FOR_ANOTHER = Reason(
    "made-for-another",
    "`{sign}` in line {line} says that {image} is made for another user than root: write {wanted} before the step",
    unsafe="it mounts the cache in the home of root, which may not be the one that is used",
)
CHOSEN_HOME = Reason(
    "chosen-home",
    "{home} is the user's home in {image}, which an argument chooses: in another image the home may be elsewhere",
    "say where the cache is with a variable before the step, or by hand in a mount",
    "it mounts the cache in the home that the user has by default",
)
CHOSEN_PROGRAM = Reason(
    "chosen-program",
    "another build of the repository runs {other} in place of {program} (argument {name}), which may keep its packages"
    " in another folder",
    "name one program in the step, or mount the caches of both by hand",
    "it mounts the cache of the program that is run by default",
)
PLACE_BY_ARGUMENT = Reason(
    "place-by-argument",
    "a build argument says where {target} is, and a mount in this step cannot name that argument: in a build with"
    " another value the cache is elsewhere",
    "say where the cache is with ENV, in a folder that no argument names",
    "it mounts the folder that the argument names by default",
)
KERNEL_TARGET = Reason(
    "kernel-target",
    "{target} belongs to the kernel, and nothing can be mounted there",
    "let the cache be in another folder",
)
TARGET_NOT_WRITABLE = Reason(
    "target-not-writable",
    "{target} has a character or a variable that a fix does not write into a mount",
    "write the mount by hand, or let the cache be in a folder whose name has only letters, digits, `.`, `_` and `-`",
)
OPEN_TARGET = Reason(
    "open-target",
    "which folder the mount on {target} is on is not known before the step runs, and what stays beside it stays in the"
    " image",
    "write the target of the mount without the variable, or give the variable a default",
    "it keeps the cache all the same, which is in the image where the mount is on another folder",
)
TMPFS = Reason(
    "tmpfs",
    "a tmpfs mount throws away what is there, as it is meant to",
    "remove the tmpfs mount, or accept the finding",
)
BELOW_A_MOUNT = Reason(
    "below-a-mount",
    "{path} lies in another mount of the step, and {manager} then keeps its packages elsewhere",
    "mount {path} in place of the folder above it",
)
RIGHT_ONE_MOUNTED = Reason(
    "right-one-mounted", "the right directory is mounted already", "remove the mount that does nothing"
)
SAME_CACHE_BESIDE = Reason(
    "same-cache-beside",
    "line {line} mounts the same cache beside the right directory",
    "remove that mount",
)
SAME_CACHE = Reason(
    "same-cache",
    "line {line} mounts the same cache, and this step may need what that one leaves there",
    "give each of the two mounts the target that its step needs",
    "it moves both mounts",
)
MAKE_DOES_MORE = Reason(
    "make-does-more",
    "the Makefile is read for what keeps a cache, and not for all that it does with {place}",
    "mount {place} in this step and in those that fetch for it",
    "it moves the mount of this step alone",
)
HOLDS_MORE = Reason("holds-more", "the mount on {mounted} holds more: mount {narrower} instead")
ID_HOLDS_MORE = Reason(
    "id-holds-more",
    "the id in line {line} is that of a cache which holds more: give it another",
    unsafe="it mounts the narrower folder and keeps the id",
)

# Who owns the cache.
NUMBER_OF_USER = Reason(
    "number-of-user",
    "the number of user {user} is not known",
    "give it one, as in `RUN useradd -u 10001 {user}`",
    _FOR_ALL,
)
NUMBER_OF_STEPS_USER = Reason(
    "number-of-steps-user",
    "the number of the step's user is not known",
    "write the number in USER, as in `USER 10001`",
    _FOR_ALL,
)
USER_SET_AGAIN = Reason(
    "user-set-again",
    "{word}, which is the step's user, has another value in this step",
    "write USER again after the last ARG of that name",
    "it gives the cache to the number that the variable has in this step",
)
HOME_NOT_KNOWN = Reason(
    "home-not-known",
    "the mount makes {folder} for root, and whether the user has a home is not known",
    "make the user's home, as in `useradd -m`, or say with ENV where the cache is",
    _MADE_FOR_ROOT,
)
MAY_NOT_MAKE_FOLDER = Reason(
    "may-not-make-folder",
    "the mount makes {folder} for root, and whether the user may make it before is not known",
    "make the folder for the user in an earlier step, or say with ENV where the cache is",
    _MADE_FOR_ROOT,
)
FOLDER_OF_ROOT = Reason(
    "folder-of-root",
    "the mount makes {folder} for root",
    "let the user make the folder in an earlier step, or say with ENV where the cache is",
    _MADE_FOR_ROOT,
)
FOLDER_ABOVE = Reason(
    "folder-above",
    "{above} above the mount may become root's, and {effect}",
    f"make it for the user in an earlier step, as in `RUN mkdir -p {DIRECTORY} && chown USER {DIRECTORY}`, or install"
    " as root, before USER",
    _MADE_FOR_ROOT,
)
CROWDED = Reason(
    "crowded",
    "the virtual environment goes beside the mounts, where only root could write",
    "install as root, before USER",
    _MADE_FOR_ROOT,
)
OTHER_OWNER = Reason(
    "other-owner",
    "another step has the cache {identity} for another owner",
    "give both mounts the same owner",
    "it mounts the cache for this step's user; BuildKit makes it for the owner that comes first",
)
OTHER_USER_BEFORE = Reason(
    "other-user-before",
    "line {where} uses {path} as another user than {step}",
    "give each of the two mounts an id of its own",
    "it gives both users one cache, which belongs to the one that comes first",
)
OTHER_USER = Reason(
    "other-user",
    "another step may use the same cache as another user",
    "give the mount that root uses no uid",
    "it gives the cache to root",
)
TWO_USERS = Reason(
    "two-users",
    "two users of the step use the cache, and it can belong to one of them",
    "make two steps of it, each with a mount of its own",
)
BEGUN_WITH = Reason(
    "begun-with",
    "the mount begins with files of {stage}, and with `uid` and `gid` it would begin empty",
    "give a folder there to the user, as by COPY --chown, and name it with `source=`",
)

# What the cache is called.
ID_NEEDS_ARG = Reason(
    "id-needs-arg",
    "the configured id needs the line ARG TARGETARCH in this stage",
    "write `ARG TARGETARCH` before the step",
    "it writes the id, whose variable is empty without that line",
)
ID_OF_ANOTHER_STAGE = Reason(
    "id-of-another-stage",
    "the id {name} of the same cache in another stage means something else here",
    "declare the same ARG in this stage",
    "it writes the id all the same, which may be another cache",
)
ID_WITH_ARGUMENTS = Reason(
    "id-with-arguments",
    "the arguments of the id may have other values here",
    "write the id without variables",
    "it writes the id of the first mount all the same",
)

READS_ARGUMENT = Reason(
    "reads-argument",
    "{what} in line {line} may use {name}, which would no longer be empty",
    "write `ARG {name}` below FROM if that does no harm, or take it out of the id",
    "it adds the ARG all the same, and the build may do something else then",
)
KEEPS_ID = Reason(
    "keeps-id",
    "line {line} has the cache {id} as well, and may need what is in it",
    "declare the argument in both stages",
    "it declares the argument in one stage all the same, whose steps have another cache then",
)

# What is in the image, or what the image needs.
MADE_BY_STEP = Reason(
    "made-by-step",
    "the step makes {path} itself, and may refuse it where the mount has made it",
    "let the cache be in another folder, or make the folder with `mkdir -p`",
    "it mounts the cache all the same, and the command may fail because the folder is there",
)
MADE_IN_MOUNT = Reason(
    "made-in-mount",
    "the step makes {path}, which is there already when the mount comes filled",
    "make it outside of the cache, or with `mkdir -p`",
    "it mounts the cache all the same, and the command may fail because the folder is there",
)
MOVED_BY_STEP = Reason(
    "moved-by-step",
    "the step moves a directory that {path} lies in",
    "move it in an earlier step",
    "it mounts the cache all the same, and the move may fail",
)
COPIED_BY_STEP = Reason(
    "copied-by-step",
    "`{words}` in line {line} copies what is in {path}, and with a mount all that other builds left there",
    "copy only what is needed, or leave the cache out, as `tar --exclude` does",
    "it mounts the cache all the same, and the copy holds all that is in it",
)
MADE_FOR_IMAGE = Reason(
    "made-for-image",
    "`{words}` in line {line} is about {path}, and with a mount it changes the mount, not the image",
    "do it in a step of its own, after this one",
    "it mounts the cache all the same, and the image lacks what the command makes there",
)
EDITED_BY_STEP = Reason(
    "edited-by-step",
    "`{words}` in line {line} changes files in {path}: with a mount other builds get that, and this one may lose it",
    "change a copy of the files in a folder of the project, or depend on a version that has the change",
    "it mounts the cache all the same, and files that are fetched again lack the change",
)
LINKED_BY_STEP = Reason(
    "linked-by-step",
    "`{words}` in line {line} makes a link to what lies in {path}, and without the mount it leads nowhere",
    "copy what it leads to, as `cp -r` does",
    _READS_NOTHING,
)
REMOVES_MOUNTED = Reason(
    "removes-mounted",
    "`{words}` in line {line} may empty {path}, or fail because it cannot be removed while it is mounted",
    "remove this clean-up, or let it name folders without the cache",
    "it mounts the cache all the same, and the command may fail or empty it",
)
ASKS_FOR_CACHED = Reason(
    "asks-for-cached",
    "`{words}` in line {line} asks what is in {place}, and in a mount it would find what other builds left there",
    "take the test away, or let it ask for something that the image itself has",
    "it mounts the cache all the same, and the step may take the other way",
)
MOVED_BY_PROJECT = Reason(
    "moved-by-project",
    "{setting} says where the cache is",
    "say where with the manager's variable or option, which is stronger, or mount the cache there by hand",
    "it mounts the manager's usual folder, which may not be the one that is used",
)
LINKS = Reason(
    "links",
    "with {how}, what is installed are links into the cache",
    "{way_out}",
    _READS_NOTHING,
)
HIDDEN_LINKS = Reason(
    "hidden-links",
    "with {how}, the programs of line {line} lie in the cache, where the mount hides them",
    "pin pnpm 10, as in `npm install -g pnpm@10`, or get the programs in another way",
    _HIDES,
)
HIDDEN_CONTENT = Reason(
    "hidden-content",
    "{path} is not only a cache, and a mount hides what the image has there",
    "let the cache be in a folder of its own",
    _HIDES,
)
COPIED_INTO = Reason(
    "copied-into",
    "an earlier instruction copies files into {path}, which a mount hides",
    "copy them elsewhere, or let the cache be in another folder",
    _HIDES,
)
TAKEN_LATER = Reason(
    "taken-later",
    "{source} is taken out of the stage later",
    "install in the stage that needs it, with a mount of its own, instead of copying the cache",
    _READS_NOTHING,
)
READ_LATER = Reason(
    "read-later",
    "a later instruction reads files in {place}",
    "read them in the step that has the mount",
    _READS_NOTHING,
)
ONLY_FETCHED = Reason(
    "only-fetched",
    "no step makes anything of what this one fetches, so the image may be meant to hold it",
    "build in a later step of the same file, or remove the step",
    _READS_NOTHING,
)
PUBLISHED = Reason(
    "published",
    "a later step may need what this one puts into the store, and it cannot be downloaded again",
    "build both in one step",
    _READS_NOTHING,
)
LEFT_ARTIFACTS = Reason(
    "left-artifacts",
    "`{title}` ({where}) may put something into {manager}'s store that cannot be downloaded, and a mount hides it",
    "run it in the step that needs it",
    _HIDES,
)
CLASS_PATH = Reason(
    "class-path",
    "`{command}` tells where jars in {manager}'s store are, and what runs later may look for them there",
    "copy the jars into a folder beside the program, as `mvn dependency:copy-dependencies` does",
    _READS_NOTHING,
)
CACHE_ALONE = Reason(
    "cache-alone",
    "a later step installs from {manager}'s cache alone",
    "let the later step download, or do both in one step",
    _READS_NOTHING,
)
TAKES_INSTALLED = Reason(
    "takes-installed",
    "`{name}` in line {line} needs what {manager} has in its cache of packages that were installed before, and fetches"
    " none of them again",
    "run it in the step that installs all of them",
    _READS_NOTHING,
)
RUN_FROM_CACHE = Reason(
    "run-from-cache",
    "the image's {keyword} (line {line}) runs a program out of {manager}'s cache, which `{name}` fills:"
    " install the program in the image instead",
    unsafe=_READS_NOTHING,
)
SCRIPT_ENVIRONMENT = Reason(
    "script-environment",
    "`{command}` makes the environment of a script in {manager}'s cache, where the script finds it when the image runs",
    "set VIRTUAL_ENV and use `uv sync --active --script`, which makes it there, and run the script by its Python",
    _READS_NOTHING,
)
SWITCH_FOR_IMAGE = Reason(
    "switch-for-image",
    "without {what} the image would cache as well when it runs or is built on: see {sign} in line {line}",
    "write it as an ARG, which holds for the build alone, and as ENV after the last step",
    "it takes the variable away, so that the manager fills a cache where the image runs",
)
SYNCED_AT_START = Reason(
    "synced-at-start",
    "the image's {keyword} (line {line}) runs `{command}`, which may build the project again out of {manager}'s cache",
    "write `uv run --no-sync` there, or run the program of the environment itself",
    _READS_NOTHING,
)
INSTALLS_AT_START = Reason(
    "installs-at-start",
    "the image's {keyword} (line {line}) runs `{command}`, which installs from {manager}'s cache alone",
    "install it in the build, or let it download there",
    _READS_NOTHING,
)
ONLY_ASKED = Reason(
    "only-asked",
    "`{name}` only asks a program for its version or help, so the image may be meant to hold it:"
    " install the program in the image instead",
    unsafe=_READS_NOTHING,
)
NEEDED_IN_IMAGE = Reason(
    "needed-in-image",
    "what the step leaves in the directory becomes part of the image",
    "mount the download cache alone",
    "it mounts the cache alone, and what the step leaves in the rest of the folder becomes part of the image",
)
IMAGE_NEEDS_MOUNTED = Reason(
    "image-needs-mounted", "the image needs what is mounted", "mount the download cache instead"
)
COPY_OUT = Reason(
    "copy-out",
    "only the step itself can copy it to a place outside of the mount",
    "copy it in the same step, as in `cp -r`",
)

# Stores, whose packages later commands may read.
READS_STORE_OFFLINE = Reason(
    "reads-store-offline",
    "{where} (`{name}`) reads {manager}'s store {way}, and fails when the mount is empty;"
    " let it fetch, or do it in the step of {step}",
    unsafe="it mounts the store in both steps, and the later one fails when the mount is empty",
)
TOOLS_OF_STORE = Reason(
    "tools-of-store",
    "{where} (`{name}`) may run the tools that {step} puts into {manager}'s store, and does not fetch them",
    "run `{fetch}` in that step as well",
    _READS_NOTHING,
)
LACKS_SECRET = Reason(
    "lacks-secret",
    "{step} fills {manager}'s {kind} with {secret}, which {where} does not have to fetch it again; give it the same",
    unsafe="both steps get the mount, and the later one cannot fetch private packages again",
)
LACKS_VARIABLE = Reason(
    "lacks-variable",
    "{step} fills {manager}'s {kind} with {variable}, which {where} does not set; set it there too",
    unsafe="both steps get the mount, and the later one cannot fetch private packages again",
)
LACKS_CREDENTIALS = Reason(
    "lacks-credentials",
    "{file} is removed before {where}, which then cannot fetch private packages again;"
    " use a secret mount in both steps",
    unsafe="both steps get the mount, and the later one cannot fetch private packages again",
)
STORE_STEP_UNREADABLE = Reason(
    "store-step-unreadable",
    "{where} cannot be read in full, and may need {manager}'s store",
    "remove that step, or write it so that it can be read",
    _READS_NOTHING,
)
MAY_NEED_STORE = Reason(
    "may-need-store",
    "{where} runs `{title}`, which may need {manager}'s store; run it in the step of {step}, where the mount is,"
    " or mount {places} in {where} too",
    unsafe=_READS_NOTHING,
)
PYTHONS_ELSEWHERE = Reason(
    "pythons-elsewhere",
    "uv keeps the Pythons that it downloads in UV_PYTHON_CACHE_DIR alone, but may write a few small files here",
    "let UV_PYTHON_CACHE_DIR name a folder in the mount, or remove the mount",
    "it removes the mount all the same, and the image may get those files",
)
IMAGE_READS_STORE = Reason(
    "image-reads-store",
    "the image's {keyword} (line {line}) reads {manager}'s store",
    "build in an earlier stage, and copy the result",
    _READS_NOTHING,
)
IMAGE_MAY_READ_STORE = Reason(
    "image-may-read-store",
    "the image's {keyword} (line {line}) runs `{script}`, which may read {manager}'s store;"
    " copy the result into a stage of its own",
    unsafe=_READS_NOTHING,
)

LOADED_FROM_STORE = Reason(
    "loaded-from-store",
    "{where} names {package}, whose {what} a program loads out of {manager}'s store when it runs in the image",
    "build in an earlier stage, and copy the program and the {what}",
    _READS_NOTHING,
)

RUN_WITH_INDEX = Reason(
    "run-with-index",
    "{keyword} (line {line}) runs {manager} in the image, and reads the package index that is in it",
    "fetch the index in the same command, or clean up in the step: `{cleanup}`",
    "it mounts the cache all the same, and what runs there may find no package, or has to fetch the index again",
)

# The package lists of a distribution.
MAY_REMOVE_LISTS = Reason(
    "may-remove-lists",
    "{where} runs `{title}`, which may remove packages or the package lists",
    "mount /var/cache/apt alone",
    "it mounts the lists and the packages all the same, where the script may remove them",
)
LISTS_FOR_IMAGE = Reason(
    "lists-for-image",
    "{where} fetches the package lists and no step installs by them, so the image may be meant to hold them:"
    " remove it, or install in it",
    unsafe="it mounts the lists, and the image has none",
)
READS_LISTS = Reason(
    "reads-lists",
    "{where} reads the package lists in the image, and cannot be made to fetch them",
    "let it fetch them itself, with `apt-get update &&` before the install or `apk add -U`",
    "it mounts the lists all the same, and that step finds none",
)
LISTS_STEP_UNREADABLE = Reason(
    "lists-step-unreadable",
    "{where} cannot be read in full, and may need the package lists in the image",
    "write that step so that it can be read",
    "it mounts the lists all the same, and the other step may find none",
)
MAY_NEED_LISTS = Reason(
    "may-need-lists",
    "{where} runs `{title}`, which may need the package lists in the image",
    "if it needs none, let the step of the install remove them: `apk add --no-cache`, `rm -rf /var/lib/apt/lists/*`",
    "it mounts the lists all the same, and what is run may find none",
)

# Clean-ups, and settings of the system.
CLEANUP_BY_HAND = Reason(
    "cleanup-by-hand", "`{words}` in line {line} empties the cache and cannot be edited: remove it by hand"
)
CLEANUP_STATUS = Reason(
    "cleanup-status",
    "`{words}` in line {line} empties the cache, and what is left without it may end with another status:"
    " remove it by hand",
)
ONE_INDEX = Reason(
    "one-index",
    "apk of Alpine 3.19 and older keeps one index for all platforms, and the repository builds images for several, or"
    " for one whatever the machine's is",
    "mount /etc/apk/cache by hand with `id=apk-$TARGETARCH`, or take Alpine 3.20 or later",
    "it mounts the cache all the same, and a second platform may take the index of the first",
)
INDEX_BY_NAME = Reason(
    "index-by-name",
    "line {line} (`{words}`) lets `{argument}` say where a repository is, whose index lies in {directory} by its name"
    " alone: builds with another value would share it",
    "mount {directory} by hand with the argument in the `id`",
    "it mounts the cache all the same, and a build may take the packages of another one",
)
OTHER_PACMAN = Reason(
    "other-pacman",
    "FROM may name another distribution with pacman, whose packages may have the same names and another content",
    "mount /var/cache/pacman/pkg by hand with an id of its own, as in `id=pacman-$TARGETARCH`",
    "it mounts the cache all the same, and an install stops at a package of the other distribution",
)
STALE_PROJECT = Reason(
    "stale-project",
    "`{title}` keeps the package of the project that it builds, and takes it again when only modules have changed",
    "copy pyproject.toml together with the modules (`COPY . .`), or install the project editable",
    "it mounts the cache all the same, and the image may get an old build of the project",
)
KNOWN_BY_NAME = Reason(
    "known-by-name",
    "`{title}` may take a package out of {manager}'s cache again by its name, though it has another content now",
    "install it in a step of its own, without a mount, and under a name that changes with it where others need it",
    "it mounts the cache all the same, and the image may get the package as it once was",
)
CHANGES_OWNER = Reason(
    "changes-owner",
    "`{words}` (line {line}) gives {path} to another user, and {manager} does not use another user's cache",
    "change the owner in a step of its own",
    "it mounts the cache all the same, which the manager does not use from the second build on",
)
TAKES_ALL = Reason(
    "takes-all",
    "`{words}` takes what lies in {place}, where a mount has the packages of other builds as well",
    "fetch into a folder of its own: `apt-get download`, `-o Dir::Cache::archives=/packages`",
    "it mounts the folder all the same, and packages of other builds may get into the image",
)
MAY_EMPTY_CACHE = Reason(
    "may-empty-cache",
    "`{words}` in line {line} may empty the cache: its name says that it cleans",
    "write the commands of the script into the step",
    "it mounts the cache all the same, and the script may leave nothing in it",
)
SCRIPT_EMPTIES = Reason(
    "script-empties",
    "`{words}` in line {line} runs `{command}`, which empties the cache",
    "take that command out of the script, or install in a step of its own",
    "it mounts the cache all the same, and the script leaves nothing in it",
)
IN_SCRIPT = Reason(
    "in-script",
    "{place} is in a script, which no fix changes",
    "take the command out of the script, or out of what this step runs of it",
)
FLAG_IN_SCRIPT = Reason(
    "flag-in-script",
    "{place} is in a script, which no fix changes",
    "write `{flag}` there",
)
SCRIPT_INSTALLS = Reason(
    "script-installs",
    "what else {place} does with the cache is not known",
    "write `{mounts}` after RUN, and take out of the script what empties the cache or switches it off",
)
CLEANUP_BEFORE = Reason(
    "cleanup-before",
    "`{words}` in line {line} empties the cache before the install, which may be meant to build or fetch it anew",
    "remove it by hand where it is not needed",
    "it takes the command away, and the install uses what is in the cache",
)
OWN_FOLDER = Reason(
    "own-folder",
    "no package manager is known to use the mount, so the step may empty it on purpose",
    "work in a folder without a mount, or remove the command by hand",
    "it takes the command away, and the step finds what earlier builds left there",
)
CLEANUP_WIDER = Reason(
    "cleanup-wider",
    "the step removes {wider}, which holds more than the cache",
    "remove only what is not in the cache",
    "it takes the command away, and what else it removes stays in the image",
)
LEFT_BEFORE = Reason(
    "left-before",
    "`{words}` in line {line} also removes what {where} may have left in {place}, where it would find the mount alone",
    "remove that command by hand where nothing else is left there, or let what leaves it remove it",
    "it takes the command away, and what was there before stays in the image",
)
CLEANUP_FAILS = Reason(
    "cleanup-fails",
    "`{words}` in line {line} fails where it finds nothing, as after this fix: {way_out}",
    unsafe="it mounts the cache all the same, and the command may fail",
)
NEEDS_REMOVED_FILE = Reason(
    "needs-removed-file",
    "`{words}` in line {line} needs {file}, which this fix removes: run it before the first install",
    unsafe="it removes the file all the same, and the command may fail",
)
LEFT_IN_IMAGE = Reason(
    "left-in-image",
    "the step in line {line} has no mount, and its packages would stay in the image once {manager} keeps them",
    "give that step the mount, or let it empty the cache itself",
    "it mounts the cache all the same, and the packages of that step stay in the image",
)
LEFT_BY_FEATURES = Reason(
    "left-by-features",
    "the features in line {line} are installed without a mount, and what they fetch would stay in the image once"
    " {manager} keeps it",
    "change {manager}'s settings at the beginning of the step, and back at its end",
    "it mounts the cache all the same, and what the features fetch stays in the image",
)
LEFT_BY_BUILDS = Reason(
    "left-by-builds",
    "line {line} says that images are built on this one, and what they install would stay in them once {manager}"
    " keeps it",
    "change {manager}'s settings at the beginning of the step, and back at its end",
    "it mounts the cache all the same, and images that are built on this one keep what they install",
)
LEFT_IN_CALLED_BASE = Reason(
    "left-in-called-base",
    "{name} is the name of an image that is built on or worked in, and what is installed there later would stay in it"
    " once {manager} keeps it",
    "change {manager}'s settings at the beginning of the step, and back at its end",
    "it mounts the cache all the same, and images that are built on this one keep what they install",
)
LEFT_IN_PUBLISHED = Reason(
    "left-in-published",
    "line {line} hands the image to others, and what they install on it would stay in it once {manager} keeps it",
    "change {manager}'s settings at the beginning of the step, and back at its end",
    "it mounts the cache all the same, and images that are built on this one keep what they install",
)
LEFT_AT_RUN_TIME = Reason(
    "left-at-run-time",
    "line {line} installs packages when the image runs, and they would stay in its containers once {manager} keeps"
    " them",
    "change {manager}'s settings at the beginning of the step, and back at its end",
    "it mounts the cache all the same, and the containers keep what they install",
)
SETTINGS_NOT_ROOT = Reason(
    "settings-not-root",
    "the step that must change the system's settings does not run as root",
    "install as root, before USER",
    "it changes the settings in a step of that user, which may fail",
)
ON_A_CONDITION = Reason(
    "on-a-condition",
    "the manager may not be there: the step runs it only on a condition",
    "run the manager without the condition",
    "it changes the manager's settings all the same, which fails where the manager is not there",
)

# What is known of one manager alone.
PLUG_AND_PLAY = Reason(
    "plug-and-play",
    "with Plug'n'Play the image reads its packages from the cache",
    "write `ENV YARN_NODE_LINKER=node-modules`",
    _READS_NOTHING,
)
YARN_OF_COREPACK = Reason(
    "yarn-of-corepack",
    "which version of yarn corepack runs is not known",
    "say the version: `corepack prepare yarn@4.5.0 --activate`",
    "it mounts the cache of yarn 1 as well",
)
BUILT_ELSEWHERE = Reason(
    "built-elsewhere",
    "packages that were built in another image are used here",
    "mount it by hand, with an id that has the image's name in it",
    "it mounts the cache all the same, with packages that may not run in this image",
)
COMPILED_EXTENSIONS = Reason(
    "compiled-extensions",
    "compiled extensions in the global cache are used by other distributions with the same Ruby",
    "leave BUNDLE_GLOBAL_GEM_CACHE out",
    "it mounts the cache all the same, with extensions that may not run in this image",
)
BUILT_OTHERWISE = Reason(
    "built-otherwise",
    "{setting} may change what is built, and {manager} would take from the cache what another build made without it",
    "mount the cache by hand, with an id of its own for this setting",
    "it mounts the cache all the same, with packages that may have been built with other settings",
)
BUILT_FOR_MACHINE = Reason(
    "built-for-machine",
    "what {manager} builds for {platforms} has the same name, and the repository builds the image for them",
    "mount the cache by hand, with an id of its own for each platform, as `id={manager}-$TARGETARCH$TARGETVARIANT`",
    "it mounts the cache all the same, and one platform may take what was built for another",
)
BUILT_BY_SCRIPT = Reason(
    "built-by-script",
    "{setting} may change what install scripts build, and pnpm would take from the store what another build left",
    "write `--side-effects-cache=false` on the command: then the store keeps downloads alone",
    "it mounts the store all the same, with what install scripts may have built with other settings",
)
MOVING_REQUIREMENT = Reason(
    "moving-requirement",
    "`{requirement}` may change while its address stays, and {manager} takes what it kept of it before",
    "write the path without a name, as in `pip install ./my-pkg`, or the address of a tag or a commit",
    "it mounts the cache all the same, and the image may get an old package",
)
UNPINNED_IMPORTS = Reason(
    "unpinned-imports",
    "Deno takes imports without a version from the cache for ever, and the project has no deno.lock, which pins them",
    "pass --frozen, or make deno.lock, as `deno install` does",
    "it mounts the cache all the same, and such imports stay what they were in the first build",
)
CABAL_RELEASE = Reason(
    "cabal-release",
    "where cabal keeps packages depends on its release",
    "write `ENV CABAL_DIR=/a/folder`, and mount `packages` in it by hand",
    "it mounts the folder of cabal's older releases",
)
DOTNET_OLD = Reason(
    "dotnet-old",
    "what dotnet 1 and 2 build, but do not publish, runs with the packages folder",
    "run `dotnet publish`",
    _READS_NOTHING,
)
STARTED_FROM_CACHE = Reason(
    "started-from-cache",
    "what coursier installs may be started from its cache",
    "make programs of their own, with `cs bootstrap --standalone`",
    _READS_NOTHING,
)

CCACHE_FOLDER = Reason(
    "ccache-folder",
    "before version 4 ccache uses ~/.ccache: set CCACHE_DIR",
    unsafe="it mounts ~/.cache/ccache, which an older ccache does not use",
)
NEXT_FOLDER = Reason(
    "next-folder",
    "in which folder of the repository Next.js builds is not known",
    "build in the folder of WORKDIR, and copy the result from there",
    "it mounts .next/cache in the folder of WORKDIR",
)

# Dockerfiles in Compose and Bake files.
BAKE = Reason("bake", "it stands in a Bake file", "put the Dockerfile into a file of its own, or change it by hand")
SHARED_VALUE = Reason(
    "shared-value", "its text is also another value of the file", "write the Dockerfile out for each service"
)
NOT_LITERAL = Reason("not-literal", "it is not written as a literal block (`|`)", "write it as `dockerfile_inline: |`")
LINES_UNCLEAR = Reason(
    "lines-unclear",
    "some of its lines end where a Dockerfile's do not",
    "end all lines by a line feed: YAML also knows a lone carriage return and U+0085",
)
COMPOSE_VARIABLE = Reason(
    "compose-variable", "it would change a variable of Compose", "write `$$`, or put the value in its place"
)
COMPOSE_FILLS = Reason(
    "compose-fills",
    "Compose fills in a variable of the instruction, whose value is not known here",
    "write `$$` for a variable of the shell, or use `args:` and ARG",
    "it edits the rest of the instruction, whatever the variable's value is",
)
FILLED_BEFORE = Reason(
    "filled-before",
    "the Dockerfile has variables that are filled in before the builder reads it",
    "leave them out, or use `args:` and ARG",
)
HOST_UNLIKE = Reason(
    "host-unlike",
    "the file could not be read after it as it should be",
    "put the Dockerfile into a file of its own",
)
FILE_TOO_LARGE = Reason(
    "file-too-large",
    "the file would be too large to be read after it",
    "write fewer instructions: `LABEL` and `ENV` take several values",
)

REASONS = tuple(one for one in list(globals().values()) if isinstance(one, Reason))
