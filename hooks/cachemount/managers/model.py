"""A package manager and its downloads, as data.

A location is a path template: `$NAME` stands for a variable, and a location counts only where all its variables are
known and not empty. `$HOME` is the home that the step sees, `$ACCOUNT_HOME` the home in /etc/passwd, `$WORKDIR` the
working directory of the command. `$NAME[0]` is the first entry of a list joined with colons or commas, `$NAME?` nothing
but the condition. `$ANY` is a part that cannot be known: a location with it is a place, but not one that a repair can
mount.

The file has more than 400 lines, because most of them say what a field means and where that was read.
"""

from __future__ import annotations

from collections.abc import Mapping

from cachemount.reasons import Withheld
from cachemount.records import Record, field
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal


class Cache(Record, eq=False):
    """A directory that the manager fills. Compared by identity.

    `locations` are tried in order, the strongest first; `root_locations` replace them for root where the program treats
    root otherwise. `flags` are options whose value names the directory and beats every location; `flag_suffix` and the
    variables' own templates give what the program appends. `substitutes` are other targets that serve as well (a mount
    above a location always serves, unless `exact_target`). `kind` is "store" where later steps read the directory. `optional`
    caches (compiler caches) are mounted by a repair but are not reported when missing. A repair mounts `narrower_target` (a
    template) instead where the regular expression `narrower_when` is found in the file.

    `when` is a regular expression: the cache is used only where it is found in the file; with `when_before` only what
    the step's image is built by counts, and the step itself. `settings` are regular
    expressions on commands earlier in the stage chain or the step, whose first group is put for `{}` in the template
    they map to; they are weaker than flags and variables. `doubt` says why a repair that mounts it is not safe; it does
    not count where `safe_when` (a regular expression) is found in the file, nor, with `others_only`, for root; it counts
    on images alone whose `distribution:release image` has `doubt_on`, or that are not known. Nor is a
    repair safe in a step that has `made_by` (a regular expression): it makes the place itself and may refuse one that
    is there, as a mount's is. A mount above
    an `exact_target` location serves only where a flag or one of `explicit` (variables) names the place.

    `flag_suffixes` replace `flag_suffix` for some flags. `option_variables` hold options of the program: the flags count
    in their values too. With a flag of `doubtful_flags` in the value of a variable, the place is not known, because
    releases differ. `variants` say where an image decides the place: a regular expression on
    `PROGRAM DISTRIBUTION:RELEASE IMAGE` (the middle as in the table of base images, `:` where it is not there), and the
    places that are possible then, of which a mount on any serves; the first expression that is found counts.

    With `moved_by_words` an operand that is not known may be an option that moves it.

    `remakes` is what every rebuild does again without it, where that is not a download.

    `filled_unmounted` are other directories, which the manager fills only where nothing is mounted. A `disposable` cache lies inside an installation that does not need it: a copy of the installation misses nothing.
    With `once` the first step of a chain of stages fetches all of it, so an optional one is missed where no step did.
    A `shareable` one is not harmed by two at once, whatever its manager's `sharing` says. `holds` says what it is, where it is not packages. With `settings_first` the settings are stronger than variables, and count in the command itself too. `hint` says how
    to find the place where it cannot be known.
    """

    name: str
    locations: tuple[str, ...]
    root_locations: tuple[str, ...] = ()
    # Regular expression on the Dockerfile and the files of its context: where it is found, the manager keeps nothing in
    # the substitutes.
    substitutes_unless: str = ""
    flags: tuple[str, ...] = ()
    flag_suffix: str = ""
    substitutes: tuple[str, ...] = ()
    # All that the manager makes in it, where that is known: a mount on another folder in it serves nothing.
    parts: frozenset[str] = frozenset()
    # Commands that name a substitute, as `settings` name the place.
    substitute_settings: Mapping[str, str] = field(default_factory=dict)
    # The beginning of names of variables: with one set, or where one moved the cache, the manager uses a substitute only
    # where that is there itself. A mount above does not make it.
    substitutes_alone_with: str = ""
    # The name of a substitute that is no cache, but has copies of what the cache holds: it counts where it is mounted.
    copies_in: str = ""
    filled_unmounted: tuple[str, ...] = ()
    kind: Literal["download", "store"] = "download"
    narrower_target: str = ""
    narrower_when: str = ""
    exact_target: bool = False
    explicit: tuple[str, ...] = ()
    optional: bool = False
    when: str = ""
    when_before: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    doubt: Withheld | None = None
    safe_when: str = ""
    doubt_on: str = ""
    others_only: bool = False
    # Options of another release, which one with this cache does not know and passes over.
    passed_over: frozenset[str] = frozenset()
    made_by: str = ""
    flag_suffixes: Mapping[str, str] = field(default_factory=dict)
    option_variables: tuple[str, ...] = ()
    doubtful_flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # A distribution, and a regular expression on earlier commands with a group for its release, where the image is not known.
    said_release: tuple[str, str] = ("", "")
    settings_first: bool = False
    # Places of settings files, as templates or by their names in the project: regular expressions on what names the folder,
    # with a group for it. Flags and variables are stronger.
    moved_in: Mapping[str, str] = field(default_factory=dict)
    # Where it is given, such a command sets it for its own user, unless this regular expression is found in it as well.
    settings_of_all: str = ""
    # It is used where the manager's environments are in its cache ("within"), or are known to be elsewhere ("apart").
    environments: Literal["", "within", "apart"] = ""
    moved_by_words: bool = False
    hint: Withheld | None = None
    disposable: bool = False
    # The end of the place where the manager writes to the folder above it, too.
    writes_beside: str = ""
    once: bool = False
    # A file of the project, and a regular expression: where the build copies it and it says so, `once` counts.
    once_where: tuple[str, str] = ("", "")
    # The same of manifests, of which a project may have several; they count where that file is not there.
    once_where_manifest: tuple[str, str] = ("", "")
    shareable: bool = False
    holds: str = ""
    remakes: str = ""
    # Variable -> value with which nothing is compiled against C libraries. Without it, what was is kept, and the manager
    # does not see that they change.
    compiles_c_unless: Mapping[str, str] = field(default_factory=dict)
    # A settings file of the project, and a regular expression: where the build copies it and it says so, nothing is there;
    # unless the last one is found in the Dockerfile, which may say otherwise.
    unused_by: tuple[str, str, str] = ("", "", "")
    # Folder in it -> regular expression on the Dockerfile: the manager's release keeps nothing there, unless the project
    # chooses another one. It may do so in a file, which is known not to where the regular expression is not found in it.
    unused_parts: Mapping[str, str] = field(default_factory=dict)
    release_in: tuple[str, str] = ("", "")
    # True for a directory that holds nothing but the index.
    index: bool = False
    # True for one that holds the index beside packages, which no install fetches itself.
    holds_index: bool = False


class Vendored(Record):
    """When a project has its packages in it, and fetches none.

    `file` is there then. `said_by` is the project's file, and a regular expression that is found in it; `unless` one
    that is not found in the arguments, nor in the variable `options_in`. `directory` finds the argument that names
    another folder to work in. `sources` is how the names of the language's files end.
    """

    file: str
    said_by: tuple[str, str]
    sources: str
    unless: str
    options_in: str
    directory: str = ""


class Requirements(Record):
    """When a project needs no packages, or is only asked for what its file says of one, so that none is downloaded.

    `project` tells where the file is. `some` is a regular expression that is found in it where it needs packages,
    `changed_by` one on earlier commands that may add one, `others` a file with which it is one project of several.
    `queries` is one that is matched in full on the options of a command that asks for packages by name, and `told_by`
    one with `{}` for a name, where the file has `told_since` too. `bare` is one that is matched in full on source files
    that are built without a project, in images with `bare_on` in their names.
    """

    project: Vendored
    some: str
    changed_by: str
    others: str
    queries: str
    told_by: str
    told_since: str
    bare: str
    bare_on: str


class Partly(Record):
    """When a folder in the project holds some of its packages, and no more.

    `file` says so by a regular expression, and in none of the files `settings` is `unless` found.
    """

    file: str
    says: str
    settings: tuple[str, ...]
    unless: str


class ScriptEnvironments(Record):
    """When a command makes, in the cache, the environment of a script that names its packages itself.

    `verbs` are those that take a script, of which `making` do no more than that. `block` is found in such a script, and
    is there where a flag of `flags` says so and the text is not known; the name of another one is matched in full by `names`.
    With a flag of `unless` the environment is elsewhere. `first_line` finds what has the system run a script in this way.
    """

    verbs: frozenset[str]
    making: frozenset[str]
    flags: tuple[str, ...]
    names: str
    block: str
    unless: frozenset[str]
    first_line: str


class LeftOut(Record):
    """When an earlier command has left out packages that this one installs, so that `satisfied_by` does not count.

    `complete` is a regular expression on an earlier text that may have installed them after all. With an option of
    `unless`, or where one of `variables` is set, this command leaves them out too, or works on something else.
    """

    complete: str
    unless: frozenset[str]
    variables: tuple[str, ...]


class ProjectEnvironment(Record):
    """When a command makes the environment of its project anew, because the one that is there lies in another folder.

    With an option of `unless`, or where one of `variables` is set, the command uses another environment, or makes none.
    """

    unless: frozenset[str]
    variables: tuple[str, ...]


class Filled(Record):
    """What an earlier command has put into the folder of the project, so that this one needs no store.

    `by` is the verb of that command, `folder` what it fills, `projects` are the flags that name a project. `layout` is
    matched by an option that says how the folder is laid out: both need the same. With a flag of `anew` it is made
    anew. `laid_out_by` are files of settings with a regular expression on what does the same; `removed_by` is one on a
    command that removes something of it.
    """

    by: str
    folder: str
    projects: tuple[str, ...]
    layout: str
    anew: frozenset[str]
    laid_out_by: Mapping[str, str]
    removed_by: str


class Gathered(Record):
    """When files are installed from a folder that holds all that they need, so that nothing is downloaded.

    `files` is a regular expression that each operand matches in full, `unless` one that no argument does. `by` finds
    the commands that fill such a folder; its group is the folder. With the option `alone` they need no others, and
    `by_alone` finds the commands that fill a folder with any of them.
    """

    files: str
    unless: str
    by: str
    alone: str
    by_alone: str


class ProjectPrograms(Record):
    """When a program that is run by the name of its package is one of the project's, so that it is not downloaded.

    `parts` of `file` have the packages, of which those `left_out` are not there where `leaves_out`, a regular expression,
    is found in the file; `installed_by` is one on earlier commands. With an option of `unless` the package has another name.
    """

    file: str
    parts: tuple[str, ...]
    left_out: tuple[str, ...]
    leaves_out: str
    installed_by: str
    unless: tuple[str, ...]
    # Program -> the package of another name that has it.
    packages: Mapping[str, str] = field(default_factory=dict)


class OnDisk(Record):
    """When what is installed is on disk, and nothing else is needed, so that nothing is downloaded.

    All of `flags` are given, `files` is a regular expression that each operand matches in full, `unless` one that no
    argument does.
    """

    flags: frozenset[str]
    files: str
    unless: str


class Download(Record):
    """Invocations that download.

    `verbs` are word sequences that follow the program once options are left out; `()` is the bare program, `("*",)` any
    word. `caches` names the caches used (empty: all of the manager's). `programs` limits it to some of the manager's
    programs. `unless` holds sets of flags: where a whole set is present, nothing is downloaded; with a set of `offline`
    nothing is downloaded either, but a store is read. `needs` are flags of which one must be present. `pattern` must be
    found in the arguments joined with blanks, if given.

    `satisfied_by` is a regular expression: where a command earlier in the stage chain or the step has it, nothing is left
    to download. With `for_image` the download is meant for the running image, so it does not count in the last stage nor
    in those that it is built on. With `only_prefetches` only the store or cache is left of it: a repair is not safe
    there, unless a later step of the stage, or of one built on it, makes something of it. With `publishes_to_store` it
    puts something of its own into the store, which cannot be downloaded again. With `verb_is_program` the last word of
    the verb is a program, and the options after it are not the manager's.
    """

    verbs: tuple[tuple[str, ...], ...]
    caches: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    unless: tuple[frozenset[str], ...] = ()
    offline: tuple[frozenset[str], ...] = ()
    needs: frozenset[str] = frozenset()
    pattern: str = ""
    satisfied_by: str = ""
    # Regular expression on the command with a group, and one on earlier commands with `{}` for what that has found:
    # then only those count for `satisfied_by` that have the second one too.
    satisfied_for: tuple[str, str] = ("", "")
    # A copied folder does not count for `satisfied_by` where the project says that it holds only some of the packages.
    satisfied_partly: Partly | None = None
    left_out: LeftOut | None = None
    project_environment: ProjectEnvironment | None = None
    # Then a command counts for `satisfied_by` only while what it has put into the project's folder is there.
    filled: Filled | None = None
    for_image: bool = False
    only_prefetches: bool = False
    # Regular expression on later commands that make something of what it prefetches without a download of their own.
    used_by: str = ""
    # Regular expression on the file: where it is not found, something that is not seen has fetched the packages.
    when: str = ""
    # Regular expression on the name of the base image: where it is found, the image has it already.
    done_in_image: str = ""
    # Regular expression matched in full on an operand that is a file of a package, and on a flag with which the packages
    # are completed that are there: with nothing but these it downloads nothing where no index is.
    files: str = ""
    completes: str = ""
    # Verbs that fetch nothing where they name nothing, and no flag completes packages.
    named: frozenset[str] = frozenset()
    # Nothing is left to download where this project is copied.
    vendored: Vendored | None = None
    # Nor where the project that is copied needs nothing.
    requirements: Requirements | None = None
    gathered: Gathered | None = None
    project_programs: ProjectPrograms | None = None
    on_disk: tuple[OnDisk, ...] = ()
    # True where a file that ends with it is taken for an excerpt, in which the build is left out.
    ends_excerpts: bool = False
    publishes_to_store: bool = False
    verb_is_program: bool = False
    # False where it makes nothing of what was fetched for the project: it only reads that, or works on something else.
    of_project: bool = True
    # It puts packages into the current folder: of the caches it reads the index.
    elsewhere: bool = False
    # A folder of the project, and the flags that name another project: what is in that folder it does not download.
    finds_in: tuple[str, ...] = ()
    # It makes a program that is complete: what it leaves in the store serves nothing but making it again.
    installs_program: bool = False
    # It needs the cached file of each package, also of those that were installed before, and fetches only what is not.
    takes_installed: bool = False


class Fetched(Record):
    """When a command has fetched all that the project needs, so that a later one downloads nothing.

    `by` and `needed_by` are regular expressions matched in full on the arguments of the two. `files` say what the
    project needs, one of `others` that it is more than one project; `changed_by` is found in a script that may change
    what they say.
    """

    by: str
    needed_by: str
    files: tuple[str, ...]
    others: frozenset[str]
    changed_by: str


class Loaded(Record):
    """Packages of which a program reads files in the store where it runs, not only where it is built.

    `packages` is a regular expression on their names; the project's `file` names those that it needs. It does not count
    where the install's variables have one of `unless_set`, with its value, or the Dockerfile has `unless`.
    """

    file: str
    packages: str
    what: str
    unless: str = ""
    unless_set: Mapping[str, str] = field(default_factory=dict)


class Cleaner(Record):
    """Invocations that empty a cache.

    `verbs` are as in `Download`, `needs` flags of which one must be present, `caches` the names of those emptied (none:
    all of them). Of the image's variables one of `only_set` must have a value that the regular expression matches in
    full, and none of `unless_set` may. With `whole` no word follows the verb: one would name a package. With `selective`
    it leaves what takes longest to make: where the author wrote the mount, that is all it is meant to keep.
    """

    verbs: tuple[tuple[str, ...], ...]
    needs: frozenset[str] = frozenset()
    pattern: str = ""
    caches: tuple[str, ...] = ()
    only_set: Mapping[str, str] = field(default_factory=dict)
    unless_set: Mapping[str, str] = field(default_factory=dict)
    # For a cache that may stay in the image beside the mount: the command that removes it alone.
    alone: Mapping[str, str] = field(default_factory=dict)
    # Flags of `needs` without which it empties another folder alone, which the image may have: they go, and it stays.
    lets_go: bool = False
    whole: bool = False
    selective: bool = False
    # True where it removes more than the cache, and no other command is known that does the rest.
    does_more: bool = False
    # A flag that names another root folder, and the command that removes what is left in it; the cache is not in there.
    of_root: tuple[str, str] = ("", "")
    # Regular expression on the file: where it is not found, these may fail when the cache is empty.
    fails_empty_unless: str = ""


class Retention(Record):
    """A setting that lets downloads stay in the cache.

    `evidence` are regular expressions; the setting is made where one is found in the command, in an earlier command of
    the stage chain, or in a path that a COPY or a redirection writes. A repair adds the `flag` after the program, puts
    the `command` in front of the step's first install, or inserts the `step` instruction (lines without line ends, one
    RUN) before the stage chain's first step of this manager. `programs` limits it. `own_evidence` counts in the install's
    own command only. The command holds for later steps too, but after what has `undone_by`
    (a regular expression). With `of_image` it is the image that makes it necessary. `removes` is the file that the step removes: what it did is not done where a mount hides it.
    `step_beside` is the step where a mount holds the packages and not what the manager notes beside them. `alone` is a
    flag that makes the setting for one command, where it may not hold for others; programs of `alone_for` take it.
    `alone_place` is the folder that it names, in which others leave the downloads alone.
    `unknown_to` (a regular expression) are makers of root filesystems that have no such file; FOLDER in it is where
    they put it. `in_file` (a regular expression) is what a file that is copied has to say, where its text is known.
    """

    reason: str
    evidence: tuple[str, ...]
    own_evidence: tuple[str, ...] = ()
    flag: str = ""
    command: str = ""
    step: tuple[str, ...] = ()
    step_beside: tuple[str, ...] = ()
    alone: str = ""
    alone_for: tuple[str, ...] = ()
    alone_place: str = ""
    removes: str = ""
    programs: tuple[str, ...] = ()
    where: str = ""
    doubt: Withheld | None = None
    safe_where: str = ""
    of_image: bool = False
    unknown_to: str = ""
    undone_by: str = ""
    in_file: str = ""


class Installed(Record, eq=False):
    """A place that only some invocations install into.

    The image needs it then, so a mount on it, above it or in it hides what was installed. `verbs` are the first words of
    those invocations (none: any); `globally`: only with -g or --global. With `for_steps` a later step needs it, and not
    the image. With `in_cache` it counts only where it is in the cache, which is chosen by hand.
    """

    place: Cache
    verbs: tuple[str, ...] = ()
    globally: bool = False
    for_steps: bool = False
    in_cache: bool = False


class Shown(Record):
    """How later paths show a folder of an image that is not known.

    `variable` names the folder in templates. `names` is a regular expression on what the stage's RUN instructions say:
    the words in its group name what is put there. `place` is one on a path, with `{}` for such a name and a group for
    the folder. With `copied` only what COPY takes from the stage counts. It shows nothing where the file has `unless`.
    """

    variable: str
    names: str
    place: str
    copied: bool = False
    unless: str = ""


class Packaged(Record):
    """The folder that a distribution's package of a program is told, as the value of a variable for templates.

    `places` has it for a regular expression matched in full on `DISTRIBUTION:RELEASE`. A step before, or the same one,
    has to install the package (`installed_by`), and nothing in the file may bring the program in another way (`unless`).
    """

    variable: str
    places: Mapping[str, str]
    installed_by: str
    unless: str


class Environments(Record):
    """How a manager is told where its virtual environments are, which are in its cache otherwise.

    `verb` writes a setting down: in the file of `settings_in`, which is the user's, or with `local` in `file`, which lies
    in the folder of the project. `older` is how the names of settings began once. A variable with the name of a setting
    is stronger, and the project's file is so than the user's. With a value of `elsewhere` that matches in full the
    environments are not in the cache; `place` and `cache` name the folders. With the variable `active` it makes none.
    Flags of `projects` name the folder of another project, of which there is one where the file `beside` is.
    """

    verb: str
    local: str
    unset: str
    older: str
    file: str
    beside: str
    settings_in: Cache
    variables: str
    elsewhere: Mapping[str, str]
    place: str
    cache: str
    cache_in: Cache
    active: str
    projects: tuple[str, ...]


class PackageManager(Record, eq=False):
    """Compared by identity. See the fields' comments; a value that is never needed keeps its default."""

    name: str
    title: str
    # Regular expressions, matched in full on the last path component of the program (or on the module of `python -m`).
    programs: tuple[str, ...]
    # True where it is mounted only if the configuration asks for it; `programs` are plain names then.
    on_request: bool = False
    # True for the distribution's own manager: two builds at once on one cache break it.
    system: bool = False
    # Commands (verbs and arguments) that install the package of the project itself, which the cache keeps as it was
    # built, if one of the flags is given or one of the variables has a value that matches in full.
    builds_project: str = ""
    builds_project_flags: frozenset[str] = frozenset()
    builds_project_where: Mapping[str, str] = field(default_factory=dict)
    # Commands that build packages of folders beside the project, and keep them; a variable ends it. With the verb
    # `installs_named` the project is meant only where the command names it.
    builds_beside: str = ""
    builds_beside_unless: Mapping[str, str] = field(default_factory=dict)
    installs_named: str = ""
    # Regular expression on what an image runs: it brings the environment up to date first, and builds such a project
    # again. A variable with a value that matches in full ends it.
    synced_at_start: str = ""
    synced_unless: Mapping[str, str] = field(default_factory=dict)
    # Regular expressions: on `PROGRAM ARGUMENTS`, on the Dockerfile, and on the instructions that an install's image is
    # built by. Of such packages the cache knows no more than the name, and has them still when they have changed.
    known_by_name: str = ""
    known_by_name_where: str = ""
    known_by_name_after: str = ""
    script_environments: ScriptEnvironments | None = None
    environments: Environments | None = None
    # Regular expression on the names of images that have other packages under the same names: its group names them.
    other_repositories: str = ""
    # True where packages lie unpacked in the cache, as they are installed: a file that is removed there is missed later.
    unpacked: bool = False
    # True where the cache keeps what scripts of packages compiled, and takes it again with another C library.
    compiles: bool = False
    caches: tuple[Cache, ...]
    downloads: tuple[Download, ...]
    # Regular expression on an argument with a variable in it: what it names is a task all the same.
    task: str = ""
    # Options, of the program or of its verbs, whose value is the next word.
    valued: frozenset[str] = frozenset()
    # Of those, the ones that name another root folder, in which its cache is then.
    root_flags: tuple[str, ...] = ()
    # Names of its commands, each with its other names, where it takes any beginning that only one command has.
    commands: tuple[tuple[str, ...], ...] = ()
    # Flags that make any invocation harmless: --help, --version, a dry run.
    no_op_flags: frozenset[str] = frozenset({"--help", "-h", "--version"})
    # The verb that puts a project's tools into the store, where the project's other commands find them; only it fetches
    # them. What else may run them: a regular expression on the project's package.json.
    tools_by: tuple[str, ...] = ()
    tools_in_scripts: str = ""
    # Flags that say where packages come from, for one command alone.
    source_flags: tuple[str, ...] = ()
    # Flags with which what reads a store fetches what the store lacks.
    fetching_flags: frozenset[str] = frozenset()
    # The flag without which a verb fetches for the project, as all of `fetching_verbs` do; flags that say the same, and
    # those that change nothing of what is fetched.
    unfetched_flag: str = ""
    fetching_verbs: tuple[tuple[str, ...], ...] = ()
    unfetched_unless: frozenset[str] = frozenset()
    fetches_despite: frozenset[str] = frozenset()
    # The command that fetches all that a lock file names, and the options that it shares with what reads the store.
    fetch_command: str = ""
    fetch_flags: tuple[str, ...] = ()
    # Regular expression on the arguments, with a group for a program at a version that stays: it is fetched once.
    pinned_program: str = ""
    fetched: Fetched | None = None
    loaded: tuple[Loaded, ...] = ()
    # Regular expression on a command of the manager that writes down a class path of jars in its store.
    class_path: str = ""
    # Regular expressions on a Makefile: on the recipes of a target, that the manager builds there as it does by itself, and
    # on all of it, that it may be kept from fetching, or told where its store is.
    built_by_make: tuple[str, str] = ("", "")
    # The same on the command line of a program that builds a project in another language, which may run the manager.
    built_by: str = ""
    # Verbs that read no more than that, the sets of flags with which they cannot change the lock file, and the flags
    # with which they may read something else.
    locked_readers: tuple[tuple[str, ...], ...] = ()
    locked_by: tuple[frozenset[str], ...] = ()
    unlike_fetch: frozenset[str] = frozenset()
    # Regular expression on the beginning of the arguments: such a command takes each package out of the cache again, though
    # an earlier step has installed it.
    reinstalls: str = ""
    # Variable -> regular expression matched in full on its value: nothing is downloaded then, but a store is read.
    offline_variables: Mapping[str, str] = field(default_factory=dict)
    # Variable -> regular expression on commands before it that say the same, where the variable itself says nothing.
    offline_settings: Mapping[str, str] = field(default_factory=dict)
    # Places of settings files, as templates or by their names in the project: regular expressions on what says the same.
    offline_files: Mapping[str, str] = field(default_factory=dict)
    # The same of what says that all packages lie on disk, for a download that has `satisfied_by`.
    on_disk_by: Mapping[str, str] = field(default_factory=dict)
    # The same as `offline_variables`, and no store is read either.
    no_op_variables: Mapping[str, str] = field(default_factory=dict)
    # Regular expression on the arguments: everything comes from a folder on disk, and nothing is downloaded.
    local_index: str = ""
    # Regular expression on the image's name: all packages that it installs are in it.
    packages_in_image: str = ""
    # Without network its cache is of no use: it asks an index for all that is not installed.
    asks_index_first: bool = False
    # The same as `local_index`: the packages are meant to be in the image, where its start or a later stage takes them.
    kept_in_image: str = ""
    # A file of the project that the build puts in the place of what does that, and a regular expression by which it does so.
    kept_in_image_by: tuple[str, str] = ("", "")
    # Flag that switches the cache off -> what takes its place in a repair ("" : nothing).
    off_flags: Mapping[str, str] = field(default_factory=dict)
    # Regular expression on `DISTRIBUTION:RELEASE` of the step's image: there these flags leave the packages in the cache.
    off_flags_ignored_on: str = ""
    # Variable -> regular expression matched in full on its value: the cache is off then.
    off_variables: Mapping[str, str] = field(default_factory=dict)
    # Such a variable -> the value with which a single command has the cache on again.
    on_values: Mapping[str, str] = field(default_factory=dict)
    # Word sequences that set the cache off for later steps (pip config set global.no-cache-dir true), as regular
    # expressions.
    off_settings: tuple[str, ...] = ()
    # Settings file -> regular expression on its text: the cache is off then.
    off_files: Mapping[str, str] = field(default_factory=dict)
    # The flag, with its `=`, that names the directory for every command of the program.
    place_flag: str = ""
    # Programs that run the manager, and take none of its flags.
    without_flags: frozenset[str] = frozenset()
    # True where the flag that names the directory also beats a variable that switches the cache off.
    flag_beats_off: bool = False
    # True where the cache keeps what it built of a package's sources, and takes it again whatever the build variables are.
    keeps_builds: bool = False
    # True where it keeps what it built for each platform, whatever libraries of the image that is of.
    keeps_linked: bool = False
    # The folder of the cache that holds what it built, and nothing else, in all releases.
    builds_folder: str = ""
    # Verbs of the program that empty the cache.
    cleaners: tuple[Cleaner, ...] = ()
    retentions: tuple[Retention, ...] = ()
    sharing: Literal["shared", "locked"] = "shared"
    # Directories with a lock of the manager's own: two at once do no harm where a mount covers one.
    own_lock: tuple[str, ...] = ()
    # Directories whose content the image needs: a mount on or above one of them hides what was installed. One that
    # ends in
    # "/**" is hidden by a mount inside it as well.
    needed: tuple[str, ...] = ()
    # Of them, those that a settings file of the project may rule out: its name, what is found in it then, and a regular
    # expression on the Dockerfile that may say otherwise.
    needed_unless: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    # Of them, those that nothing reads but the manager itself, when it installs more.
    needed_by_itself: frozenset[str] = frozenset()
    # Of them, those that a release does not use whose cache is at this place.
    unneeded_beside: Mapping[str, str] = field(default_factory=dict)
    # Verbs that download and put nothing into these directories: they build, or write a lock file.
    installs_nothing: tuple[tuple[str, ...], ...] = ()
    # As `needed`, of an install with -g or --global.
    needed_globally: tuple[str, ...] = ()
    # The same, of an install with --user, or by another user than root.
    needed_by_users: tuple[str, ...] = ()
    # Directories inside the cache's own that the image needs, unless the regular expression is found in the file.
    image_needs_inside: Mapping[str, str] = field(default_factory=dict)
    # The same, where it depends on the invocation.
    installs_into: tuple[Installed, ...] = ()
    # Directories that hold the program itself, where the image says so, or a command of the file that has the pattern
    # was run before: a mount on or above one hides the program.
    program_in: tuple[str, ...] = ()
    program_from: str = ""
    # Regular expression on the file: an image that is not known did not have the manager, nor its variables.
    brought_by: str = ""
    # Files that it reads its settings from.
    config_files: tuple[str, ...] = ()
    # Flags that name another file, so that those are not read.
    config_flags: frozenset[str] = frozenset()
    # Regular expression on the names of files that may move the cache, where the Dockerfile puts one there.
    moved_by_files: str = ""
    # True where the cache lies on the file system of the project, unless something says where.
    beside_project: bool = False
    # Settings files of the project, by name: regular expressions on what moves the cache in them.
    moving_files: Mapping[str, str] = field(default_factory=dict)
    # The same of what names another folder that serves as well.
    placing_files: Mapping[str, str] = field(default_factory=dict)
    # Places of settings in the system: regular expressions on what moves the cache in what an instruction puts there.
    moving_places: Mapping[str, str] = field(default_factory=dict)
    # Files of the project that say which caches it has: their text counts for `Cache.when` in steps after their COPY, where
    # the regular expression is found in the Dockerfile, or the image is not known.
    said_in: Mapping[str, str] = field(default_factory=dict)
    # Two regular expressions: where the file has the first, and the instructions that a stage is built by the second, those
    # alone count for `Cache.when` there; they tell the version that this stage has.
    version_of_stage: tuple[str, str] = ("", "")
    # Regular expression matched in full on directories: `$PREFIX` in templates is its first group on the directory above
    # `bin` of the program as written, or of the first directory on PATH that matches; unknown where there is none.
    prefix: str = ""
    # Variable for templates -> regular expression on the name of the image that the stages begin with, and what its
    # first group is put into for the value. Unknown where it is not found.
    image_variables: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    # Another such variable, where the program is of the distribution's own package, and root runs it.
    packaged: Packaged | None = None
    # The same, where the image is not known.
    shown: Shown | None = None
    # What fetches the index that the first install of a step reads, where its caches hold it: a command put before the
    # install (apt-get update), or a flag put after its verb (-U).
    refresh: str = ""
    # Verbs that fetch nothing but the index: a flag to keep packages (`Retention.flag`) does not apply to them.
    refresh_verbs: tuple[tuple[str, ...], ...] = ()
    # Regular expression on an argument: with it those verbs fetch the index of some sources alone.
    refresh_part: str = ""
    # Regular expression on `PROGRAM DISTRIBUTION:RELEASE IMAGE`: there those verbs may leave an index as they find it.
    refresh_verbs_idle_on: str = ""
    # Regular expression on `DISTRIBUTION:RELEASE IMAGE`: there an install fetches an index where it finds none, so that
    # only `index_verbs` and `fetch` need the one in the image.
    installs_fetch_index_on: str = ""
    # A program whose first install in an image fetches the index.
    refreshed_once_by: str = ""
    # A program that installs for another platform, by an index of its own.
    index_apart_by: str = ""
    # Regular expressions on `PROGRAM PLACE`, and on a command: there an index lies by the name of its repository alone, and
    # the command says where a repository is.
    index_by_name: tuple[str, str] = ("", "")
    # Regular expression on what the step runs before: it fetches the index itself.
    refreshed_by: str = ""
    # Regular expressions on what the steps run: it fetches the index, or removes it.
    index_fetched: str = ""
    index_removed: str = ""
    # A program that ends with that, and the variable that keeps it from doing so.
    index_removed_by: tuple[str, str] = ("", "")
    # Regular expression on what a step runs: it removes the folders of the caches, perhaps with the manager itself.
    purged_by: str = ""
    # The distributions, as in the table of base images, that have a system's manager.
    distributions: frozenset[str] = frozenset()
    # Regular expression on what a step runs: other programs that install packages with the manager, and leave them in its
    # cache.
    run_by: str = ""
    # Those of them that fetch the index and install one package, where it is missing: program -> package.
    installs_missing: Mapping[str, str] = field(default_factory=dict)
    # Those of them that take the index from the image, and do not fetch it.
    index_read_by: str = ""
    # The same as `run_by`, where the first is found in the file or in a script of its context: the second, on what a step runs.
    run_by_where: tuple[str, str] = ("", "")
    # Regular expression on what a step runs: commands of the manager that install nothing, and leave notes in its cache.
    noted_by: str = ""
    # Regular expressions on the text of a script: it reads the cache and does not download what is installed, it installs
    # packages, or it empties the cache.
    cache_read_in_script: str = ""
    installs_in_script: str = ""
    empties_in_script: str = ""
    # Regular expression on the text of a script: it makes links into the store, which lead nowhere without the mount.
    linked_in_script: str = ""
    # Flags of an install that fetch the index as well.
    refresh_flags: frozenset[str] = frozenset()
    # What makes an install ask for a newer index than the one in its caches, which it would trust for hours or a day: a
    # flag after the program, a variable set in front of it, or a command put before the step's first install. The first
    # counts whose regular expression is found in `PROGRAM DISTRIBUTION:RELEASE IMAGE`, as in `Cache.variants`.
    revalidate: Mapping[str, str] = field(default_factory=dict)
    # What is put for `{options}` in that command where the install has no options between its program and its verb.
    revalidate_options: str = ""
    # Flags that name the sources of an install, which are put behind that command.
    revalidate_of: tuple[str, ...] = ()
    # Regular expressions on what was run before: it takes all sources away, so that nothing is downloaded; it adds some.
    no_sources_after: str = ""
    sources_by: str = ""
    # Regular expression on two installs of a step, one right after the other: where it is not found, the second does not
    # have to ask again. "": it always has to.
    asks_again_for: str = ""
    # Verbs that read the index and fetch nothing.
    index_verbs: frozenset[str] = frozenset()
    # A file that says which packages were installed automatically, and a regular expression on the program and its
    # arguments: such a command removes those that nothing needs. In a mount it holds the marks of other builds.
    marks: str = ""
    reads_marks: str = ""
    # Variables that a repair sets in front of the command, NAME -> value ("": the directory), to make the mount
    # serve.
    set_variables: Mapping[str, str] = field(default_factory=dict)
    # The ends of other managers' default stores that it reads where a project says so; a regular expression on the
    # arguments of commands that put what they make there.
    also_uses: tuple[str, ...] = ()
    publishes: str = ""
    # First words, or two of them, of invocations that read no store and do not download; "*" stands for all.
    storeless_verbs: frozenset[str] = frozenset()
    # Regular expression on the arguments, from their beginning -> the doubt about what is kept all the same, or None: such
    # an invocation neither reads nor fills any of the caches.
    idle_verbs: Mapping[str, Withheld | None] = field(default_factory=dict)
    # What a non-root step does with a mount that belongs to root.
    when_unwritable: Literal["disables", "fails"] = "fails"
    # True where it uses no cache that belongs to another user than the one that it runs as, not even as root.
    checks_owner: bool = False
    # Regular expressions on CMD and ENTRYPOINT that read a store at run time.
    runtime: tuple[str, ...] = ()
    # Regular expression on what runs in a container of the image: it reads the index there; and what empties that.
    run_with_index: tuple[str, str] = ("", "")
    # Flags and variables with which the cache's content stays part of what is installed (links into the cache).
    linking_flags: tuple[str, ...] = ()
    linking_variables: Mapping[str, str] = field(default_factory=dict)
    # Commands that make it so for good, as regular expressions, anywhere in the file.
    linking_settings: tuple[str, ...] = ()
    # The same in settings files of the project, by name: regular expressions. A flag or a variable is stronger.
    linking_files: Mapping[str, str] = field(default_factory=dict)
    # The variable without which it is so, and the value that ends it.
    linking_unless: tuple[str, str] = ("", "")
    # What ends it in settings files of the project, by name: regular expressions.
    linking_unless_files: Mapping[str, str] = field(default_factory=dict)
    # Why installs with -g or --global are so, the regular expression that rules it out where it is found in what the stage
    # is built by, and a variable that does, with its value. What is found of the other expression after that ends it.
    linking_globally: tuple[str, str, str, str] = ("", "", "", "")
    linking_globally_again: str = ""
    # What leaves such links in the image, unless `linking_globally` is ruled out: a later mount hides what they lead to.
    links_before: str = ""
    # Regular expressions, matched in full on a mount's target as written: what is often mounted for this manager and
    # serves nothing.
    mistaken_for: tuple[str, ...] = ()
    # Documentation of the facts, for docs/managers.md.
    # Why no repair of it is built in tests/builds; "" where one is.
    unproven: str = ""
    sources: tuple[str, ...] = ()

    @property
    def has_index(self) -> bool:
        """Whether it installs by an index that it fetches, and keeps, beside the packages."""
        return bool(self.refresh or self.refresh_verbs or any(one.index for one in self.caches))
