"""What `make` runs for a target, where the repository has the Makefile: a build that fetches what a mount lacks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from cachemount.dockerfile.model import Dockerfile
from cachemount.facts.context import copies_all, takes
from cachemount.late_pattern import late
from cachemount.managers.model import PackageManager
from cachemount.records import Record
from cachemount.repairs.safety.later_commands import Called
from cachemount.repairs.safety.make_patterns import matching
from cachemount.repairs.safety.only_said import without_comments
from cachemount.repairs.safety.open_makefiles import default_goal, is_open
from cachemount.script_names import MAKEFILES
from cachemount.source import ContextFile

_LONGEST = 100_000
# Above that a Makefile is not read: each target is held against each name.
_MOST_RULES, _MOST_NAMES, _LONGEST_NAME, _LARGEST = 500, 2_000, 1_000, 1_000_000
# A folder of the context, to where the step works.
_FOLDER = late(r"(?:\w[\w-]*(?:/\w[\w-]*)*)?")
_COPIED = late(r"(?im)^[ \t]*COPY[ \t]+(?:--(?!from)\S+[ \t]+)*([\w-][\w./-]*)[ \t]+\.?/?[ \t]*$")
# One that keeps its name.
_KEPT = late(r"(?im)^[ \t]*COPY[ \t]+(?:--(?!from)\S+[ \t]+)*([\w-][\w./-]*?)/?[ \t]+(?:\./)?\1/?[ \t]*$")
_CONTINUED = late(r"\\\r?\n[ \t]*")
_RULE = late(r"([^\s#:=][^:=\n]*)::?(?!=)([^\n]*)")
# A variable that holds for a target alone.
_FOR_TARGET = late(r"\s*(?:(?:export|override|private)\s+)*[\w.-]+\s*(?::{1,3}|[?+!])?=")
_ASSIGNMENT = late(r"[\w.-]+=")
# Files that are looked for, and no targets.
_FILES = late(r"\$[({](?:wildcard|shell)\s[^(){}]*[)}]")
_JOBS = late(r"-(?:[Bijksw]|j(?:\d+|\$.*))|--(?:jobs(?:=.*)?|silent|keep-going|no-print-directory)")
_NUMBER = late(r"[\"']?(?:\d+|\$.*)[\"']?")
_FOLDERS = ("-C", "--directory")
_ELSEWHERE = late(r"-C[ \t]*(?!\.)[\w./-]+(?<!\.\.)(?=\s|\Z)")
_REDIRECTED = late(r"(?<![ \t])[ \t]*\d?[<>].*")
_TARGET = _WORD = late(r"[\w./-]+")
_INCLUDE = late(r"(?m)^[ \t]*(?P<may_lack>[-s]?)include\b[ \t]*(?P<files>.*)$")
# It runs what is not read either.
_RUNS_OTHERS = late(
    r"\.sh\b|\.py\b|(?<![\w-])(?:ba|da|z)?sh\s|(?<!\$[({])(?<![\w./-])(?:make|docker|eval)\s|\$[({]MAKE[)}]"
)


# What a recipe asks make for, and how often one asks for another that does.
_MAKES, _DEEPEST = late(r"(?:\$[({]MAKE[)}]|(?<![\w./-])make)(?=[ \t\n]|\Z)[ \t]*([^;&|\n)]*)"), 5
_ENTERS = late(r"\b(?:cd|pushd)\b")
_WORDS = late(r"(?m)^[ ]*([\w.-]+)[ \t]*:{0,3}=[ \t]*([\w./${}()-]+(?:[ \t]+[\w./${}()-]+)*)[ \t]*(?:#.*)?$")
_PLAIN = late(r"[\w./ \t-]+")
_SET = late(r"(?m)^[ ]*(?:(?:override|export)[ \t]+)*([\w.-]+)[ \t]*[:?+!]{0,3}=")
_VARIABLE = late(r"\$[({]([\w.-]+)[)}]")
# Files that are looked for, by a name.
_LISTS = late(r"(?m)^[ ]*([\w.-]+)[ \t]*:{0,3}=[ \t]*\$[({](?:wildcard|shell[ \t]+(?:find|git[ \t]+ls-files|ls))\s")
# Without `export` it changes nothing that the recipes' programs see: it holds where the environment has no value.
_IF_UNSET = late(r"(?m)^[ ]*[\w.-]+[ \t]*\?=(?!.*(?:vendor|offline|-mod)).*$")
_EXPORTS = late(r"(?m)^[ ]*(?:export\b[^=\n]*$|\.EXPORT_ALL_VARIABLES)")
_DEFINED = late(r"(?ms)^[ ]*define\b.*?(?:^[ ]*endef\b|\Z)")
_PREFIX = late(r"(?m)^[ \t]*[@+-]*[ \t]*")
_RECIPE = late(r"(?m)^\t.*$")
# What make asks the shell when it reads the file, whatever is made.
_SAID_BY_SHELL = late(r"\$[({]shell[ \t]+((?:[^(){}]|[({](?:[^(){}]|[({][^(){}]*[)}])*[)}])*)[)}]")
# Another shell, other recipes, and what the shell says for a variable.
_NOT_READ = late(
    r"(?m)^[ \t]*(?:SHELL[ \t]*[:?+]{0,3}=(?![ \t]*(?:/\S*/)?(?:env[ \t]+)?(?:ba|da|k|z)?sh\b)|\.RECIPEPREFIX\b"
    r"|[\w.-]+[ \t]*!=)"
)
SET_FOR_TARGET = late(r"(?m)^[^\s#:=][^:=\n]*:[ \t]*(?:(?:export|override|private)[ \t]+)*([\w.-]+)[ \t]*[:?+!]{0,3}=")
# They work on words alone, and become a text that is none of a shell's; files that a rule names are no program.
_ON_WORDS = late(
    r"\$[({]((?:abspath|addprefix|addsuffix|basename|dir|filter|filter-out|firstword|lastword|notdir|patsubst|realpath"
    r"|sort|strip|subst|suffix|wildcard|word|wordlist|words)[ \t][\w./,%* :+-]*)[)}]"
)
_VALUES = late(r"(?m)^[ ]*(?:(?:override|export)[ \t]+)*([\w.-]+)[ \t]*[:?+]{0,3}=(.*)$")
# It may be a command that a shell runs, or is not known.
_NO_PLAIN_TEXT, _DEFINES = late(r"[;&|`]|\$\$|\$[({][^(){}]*[ ,:$]"), late(r"(?m)^[ ]*define[ \t]+([\w.-]+)")
_OF_MAKE = late(r"\$[({](?:CURDIR|MAKEFILE_LIST|MAKE_VERSION)[)}]")
_OF_RULE = late(r"\$(?:[@*<^?+|%]|[({][@*<^?+|%][DF]?[)}])")


class _Rule(Record):
    prerequisites: tuple[str, ...]
    recipe: str


def fetches_by_make(dockerfile: Dockerfile, called: Called, manager: PackageManager) -> bool:
    """Return whether a command is `make` for targets that are known to run the manager, which may fetch."""
    builds, kept_from_fetching = manager.built_by_make
    folder = called.command.directory
    asked = run_targets(_words(called)) if called.name in ("make", "gmake") and builds else None
    if asked is None or folder is None:
        return False
    below, targets = posixpath.join(folder, asked[0]).rstrip("/"), asked[1]
    texts = [_whole(dockerfile, one) for one in _makefiles(dockerfile, below)] if _FOLDER.fullmatch(below) else []
    if not texts:
        return False
    # One without the targets belongs to a folder that is not the context: make would fail.
    texts = [text for text in texts if _may_have(text, targets)] or texts
    return all(_fetches(text, targets, builds, kept_from_fetching) for text in texts)


def run_by_make(dockerfile: Dockerfile, words: Sequence[str]) -> list[str]:
    """Return what `make` runs where it is called by these words, as text for a shell, for each Makefile that it may be.

    Nothing where that is not known.
    """
    targets = [one for one in words[1:] if not (_ASSIGNMENT.match(one) or _JOBS.fullmatch(one))]
    found = [_commands(dockerfile, one, targets, ()) for one in _makefiles(dockerfile, "")]
    return [] if None in found else [text for text in found if text is not None]


def run_in_folders(dockerfile: Dockerfile, called: Called, folders: Collection[str]) -> list[str]:
    """Return what a command runs that is `make`, as text for a shell, for each Makefile in folders of the context.

    Nothing where that is not known. What the Makefile has the shell say when it is read is part of it.
    """
    words = _words(called)
    entered = [after for before, after in pairwise(words) if before in _FOLDERS]
    places = {posixpath.normpath(posixpath.join(one, *entered)) for one in folders}
    makefiles = [
        one
        for one in dockerfile.source.context
        if posixpath.basename(one.path) in MAKEFILES and (posixpath.dirname(one.path) or ".") in places
    ]
    targets = _targets(_in_folder(words))
    given = [word.partition("=")[0] for word in words if _ASSIGNMENT.match(word)]
    found = [None if targets is None else _commands(dockerfile, one, targets, given) for one in makefiles]
    return [] if None in found else [text for text in found if text is not None]


def _commands(dockerfile: Dockerfile, makefile: ContextFile, targets: list[str], given: Collection[str]) -> str | None:
    """Return what a Makefile runs for targets, as text for a shell; None where that is not known.

    The variables that make is `given` are not filled in.
    """
    text = _whole(dockerfile, makefile)
    joined = _CONTINUED.sub(" ", text)
    rules = _rules(joined)
    ran = _recipes(joined, rules, targets) if 0 < len(text) <= _LONGEST else None
    if ran is not None and not _ENTERS.search(ran):
        ran = _without_asked(_with_asked(joined, rules, targets) or "") or ran
    if ran is None or _NOT_READ.search(joined) or is_open(joined, given):
        return None
    unknown = {*given, *SET_FOR_TARGET.findall(joined)}
    values = {name: words for name, words in values_of(joined).items() if name not in unknown}
    plain = [(name, _plainer(_SAID_BY_SHELL.sub("said", value))) for name, value in _VALUES.findall(joined)]
    no_text = {name for name, value in plain if _NO_PLAIN_TEXT.search(value)}
    no_text |= {*_DEFINES.findall(joined)}
    asked = [*_SAID_BY_SHELL.findall(_RECIPE.sub("", joined)), ran]
    filled = _VARIABLE.sub(
        lambda one: values.get(one[1], one[0] if one[1] in no_text else f"${{{one[1]}}}"), "\n".join(asked)
    )
    return _PREFIX.sub("", _OF_RULE.sub("./made", _plainer(filled))).replace("$$", "$")


def _plainer(text: str) -> str:
    """Return a text with a word in place of what make's functions make of words."""
    text = _OF_MAKE.sub(".", text)
    for _ in range(_DEEPEST):
        text = _ON_WORDS.sub(lambda one: one[1].replace(" ", "."), text)
    return text


def _makefiles(dockerfile: Dockerfile, below: str) -> list[ContextFile]:
    """Return the Makefiles in the folders that the build copies as they are, of which one is the context, or below."""
    folders = {posixpath.normpath(posixpath.join(one, below)) for one in _COPIED.findall(dockerfile.code)}
    if copies_all(dockerfile.code):
        folders.add(below and posixpath.normpath(below))
    folders.update(below for one in _KEPT.findall(dockerfile.code) if f"{below}/".startswith(f"{one}/"))
    found = (one for one in dockerfile.source.context if posixpath.basename(one.path) in MAKEFILES)
    return [one for one in found if posixpath.dirname(one.path) in folders]


def _whole(dockerfile: Dockerfile, makefile: ContextFile) -> str:
    """Return the text of a Makefile and of those that it includes; "" where one of them is not known."""
    near = {one.path: one.text for one in dockerfile.source.context if one.folder == makefile.folder}
    texts, beside = [makefile.text], posixpath.dirname(makefile.path)
    for found in _INCLUDE.finditer(makefile.text):
        for name in found["files"].partition("#")[0].split():
            path = posixpath.normpath(posixpath.join(beside, name))
            text = near.get(path, "")
            if found["may_lack"] and _WORD.fullmatch(path) and not takes(dockerfile.code, path):
                continue
            if not text or _INCLUDE.search(text):
                return ""
            texts.append(text)
    return "\n".join(texts)


def _words(called: Called) -> list[str]:
    return [word.known or word.raw for word in called.arguments]


def _targets(words: Sequence[str]) -> list[str] | None:
    """Return the targets that words name; None where one is not known, or another Makefile may be meant."""
    found = []
    for before, word in pairwise(["", *words]):
        is_number = before in ("-j", "--jobs") and _NUMBER.fullmatch(word)
        if is_number or _ASSIGNMENT.match(word) or _JOBS.fullmatch(word):
            continue
        if not _TARGET.fullmatch(word) or word.startswith("-"):
            return None
        found.append(word)
    return found


def _in_folder(words: Sequence[str]) -> list[str]:
    """Return words without the folder in which make is to work."""
    pairs = pairwise(["", *words])
    return [
        word for before, word in pairs if before not in _FOLDERS and not word.startswith((*_FOLDERS, "--directory="))
    ]


def run_targets(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return the folder in which make is told to work ("": its own) and the targets; None where they are not known."""
    folders = [after for before, after in pairwise(words) if before in _FOLDERS]
    folders += [word.partition("=")[2] for word in words if word.startswith("--directory=")]
    targets = _targets(_in_folder(words))
    is_known = len(folders) < 2 and not any(one.startswith("-C") and one != "-C" for one in words)
    return None if targets is None or not is_known else ("".join(folders), targets)


def _may_have(text: str, targets: list[str]) -> bool:
    """Return whether a Makefile may have rules for all targets: it does not where none of its rules has a variable."""
    names = _rules(_CONTINUED.sub(" ", text)) if 0 < len(text) <= _LONGEST else {}
    return not names or any("%" in name or "$" in name for name in names) or all(name in names for name in targets)


def _fetches(text: str, targets: list[str], builds: str, kept_from_fetching: str) -> bool:
    if not text or len(text) > _LONGEST:
        return False
    joined = _CONTINUED.sub(" ", text)
    ran = _recipes(joined, _rules(joined), targets)
    if ran is None or re.search(kept_from_fetching, f"{_settings(joined)}\n{ran}"):
        return False
    return re.search(builds, ran) is not None and _RUNS_OTHERS.search(ran) is None


def _recipes(text: str, rules: Mapping[str, _Rule], targets: list[str]) -> str | None:
    """Return the recipes that a Makefile runs for targets, or for its first; None where a target has no rule."""
    waiting = [*targets] or _unnamed(text, rules)
    if not waiting or any(name not in rules for name in waiting):
        return None
    often = Counter(_SET.findall(text))
    lists = {f"$({name})" for name in _LISTS.findall(text) if often[name] == 1}
    phony = {*rules[".PHONY"].prerequisites} if ".PHONY" in rules else set()
    suffixes = rules[".SUFFIXES"].prerequisites if ".SUFFIXES" in rules else ()
    made: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name in made or name not in rules:
            continue
        made[name] = None
        wanted = [one for one in rules[name].prerequisites if one not in lists]
        # Without a recipe of its own it is made by a pattern, as what has no rule is.
        by_pattern = [one for one in wanted if one not in rules] + ([] if rules[name].recipe.strip() else [name])
        # A variable may name any of them, where no target is written like it.
        unknown = any("$" in one for one in by_pattern if one != name)
        found = rules if unknown else [*wanted, *matching(rules, suffixes, by_pattern)]
        # One that is no file is in no list of files, and no pattern makes it.
        asked = {*wanted}
        waiting += [
            one
            for one in found
            if one not in made and (name not in phony or one in asked or not ("%" in one or one in lists))
        ]
    return "\n".join(rules[name].recipe for name in made)


def _unnamed(text: str, rules: Mapping[str, _Rule]) -> list[str]:
    """Return the target that is made where none is named; nothing where it is not known."""
    goal = default_goal(text)
    included = _INCLUDE.search(text)
    # A file that is included in front of all rules may have the first one.
    first = rules if included is None else _rules(text[: included.start()])
    names = [name for name in first if "%" not in name and (not name.startswith(".") or "/" in name)]
    return [goal] if goal else [] if goal is None else names[:1]


def part_for(dockerfile: Dockerfile, makefile: ContextFile, called: Called) -> str:
    """Return what of a Makefile may count where a command makes its targets: all of it where that is not known.

    That is what is no recipe, and the recipes that run, of the files that it includes too.
    """
    targets = _targets(_in_folder(_words(called)))
    text = _whole(dockerfile, makefile)
    if targets is None or not 0 < len(text) <= _LONGEST:
        return makefile.text
    joined = _CONTINUED.sub(" ", without_comments(text))
    rules = _rules(joined)
    ran = _with_asked(joined, rules, targets)
    return text if ran is None else "\n".join([_RECIPE.sub("", joined), *_DEFINED.findall(joined), ran])


def _with_asked(text: str, rules: Mapping[str, _Rule], targets: list[str]) -> str | None:
    """Return the recipes that a Makefile runs for targets, with those that they ask make for; None where not known."""
    ran = _recipes(text, rules, targets)
    for _ in range(_DEEPEST):
        asked = None if ran is None else _made_again(ran)
        if asked is None or any(word not in rules for word in asked):
            return None
        again = _recipes(text, rules, [*targets, *asked]) if asked else ran
        if again == ran:
            return ran
        ran, targets = again, [*targets, *asked]
    return None


def _without_asked(recipes: str) -> str:
    """Return recipes without what they ask make for in the same folder."""
    return _MAKES.sub(lambda one: one[0] if _ELSEWHERE.search(one[1]) else ":", recipes)


def _made_again(recipes: str) -> list[str] | None:
    """Return the targets of the same Makefile that recipes ask make for; None where one is not known."""
    lines = (_REDIRECTED.sub("", line) for line in _MAKES.findall(recipes) if not _ELSEWHERE.search(line))
    asked = [_targets(line.split()) for line in lines]
    return None if None in asked else sorted({word for words in asked for word in words or ()})


def _settings(text: str) -> str:
    """Return what a Makefile says outside the recipes, and in texts that recipes may have by a name."""
    said = "\n".join([_RECIPE.sub("", text), *_DEFINED.findall(text)])
    return said if _EXPORTS.search(said) else _IF_UNSET.sub("", said)


@lru_cache(maxsize=16)
def _rules(text: str) -> Mapping[str, _Rule]:
    """Return the rules of a Makefile by their targets; a target of two rules has the recipes of both.

    There are none where it has too many.
    """
    found: dict[str, _Rule] = {}
    current: list[str] = []
    values = values_of(text)
    names = size = 0
    for line in text.splitlines():
        if line.startswith("\t"):
            size += _written(current, line)
            for name in current if size <= _LARGEST else ():
                old = found[name]
                found[name] = _Rule(prerequisites=old.prerequisites, recipe=f"{old.recipe}\n{_for(name, line)}")
            continue
        match = _RULE.match(line)
        if match is None:
            # A condition stands between the lines of a recipe.
            current = current if not line.strip() or line.lstrip().startswith(("if", "else", "endif", "#")) else []
            continue
        current = _VARIABLE.sub(lambda one: values.get(one[1], one[0]), match[1]).split()
        said = "" if _FOR_TARGET.match(match[2]) else match[2].partition("#")[0]
        before, _, inline = said.partition(";")
        filled = _VARIABLE.sub(lambda one: values.get(one[1], one[0]), _FILES.sub(" ", before))
        wanted = filled.replace("|", " ").split()
        names += len(wanted) * len(current)
        size += _written(current, inline)
        if len(found) + len(current) > _MOST_RULES or names > _MOST_NAMES or size > _LARGEST:
            return {}
        for name in current:
            old = found.get(name, _Rule(prerequisites=(), recipe=""))
            found[name] = _Rule(
                prerequisites=(*old.prerequisites, *wanted), recipe=f"{old.recipe}\n{_for(name, inline)}"
            )
    return found if size <= _LARGEST else {}


def _written(targets: Sequence[str], recipe: str) -> int:
    """Return how long a recipe is when it is written for each of its targets."""
    times = recipe.count("$")
    return sum(len(recipe) + times * len(name) for name in targets)


def values_of(text: str) -> dict[str, str]:
    """Return the variables of a Makefile that are set once, to plain words."""
    often = Counter(_SET.findall(text))
    values = {name: words for name, words in _WORDS.findall(text) if often[name] == 1}
    for _ in range(_DEEPEST):
        plain = {name: words for name, words in values.items() if _is_plain(words)}
        values = {name: _VARIABLE.sub(lambda one: plain.get(one[1], one[0]), words) for name, words in values.items()}  # noqa: B023 - it is called at once
    return {name: words for name, words in values.items() if _is_plain(words)}


def _is_plain(words: str) -> bool:
    return len(words) <= _LONGEST_NAME and _PLAIN.fullmatch(words) is not None


def _for(target: str, recipe: str) -> str:
    """Return a recipe with the name of its target written out."""
    return recipe if "%" in target else recipe.replace("$@", target).replace("$(@)", target)
