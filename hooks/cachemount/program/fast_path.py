"""The short way for files in which nothing can be found: most commits touch no step that downloads.

It imports nothing that Python has not loaded when it starts, knows only the plainest forms of an instruction, and says
"not sure" to everything else, which the engine then reads. What it calls silent, the engine has no finding for.
"""

from __future__ import annotations

import os
import sys

# How the names of the managers' programs begin, up to a hyphen or a number, in lower case. tests/generate_docs.py
# writes them: managers are not imported here.
PROGRAMS = frozenset({
    "activator", "apk", "apt", "aptitude", "bower", "bun", "bundle", "bundler", "bunx", "cabal", "cargo", "clj",
    "clojure", "composer", "conda", "coursier", "cpan", "cpm", "cs", "dart", "dart2native", "deno", "dnf", "dnx",
    "dotnet", "edot", "fluent", "flutter", "gem", "go", "goxx", "gradle", "gradlew", "lein", "mamba", "maturin",
    "microdnf", "micromamba", "mill", "millw", "mix", "mk", "msbuild", "mvn", "mvnd", "mvndebug", "mvnw", "nala",
    "napi", "npm", "npx", "nuget", "opam", "opentelemetry", "pacman", "pdm", "perl", "pip", "pipenv", "piptools",
    "pipx", "pixi", "pn", "pnpm", "pnpx", "pnx", "poetry", "pub", "pyproject", "r", "rebar", "rscript", "sbt", "scala",
    "shards", "stack", "swift", "td", "tdnf", "trunk", "uv", "uvx", "wasm", "xcaddy", "xk", "xx", "yarn", "yarnpkg",
    "yum", "zypper",
})  # fmt: skip
# What a step has that runs a script of the repository, or one of its Makefiles. A COPY brings them, some as programs.
RUNS_SCRIPT = (".sh", ".bash", "./", "make")
FOLDER_OF_PROGRAMS = "bin"
# A repository of nothing else has no script.
ALONE = frozenset({".git", "Containerfile", "Dockerfile"})
# What decides how a file is treated, in its folder or above.
_SETTINGS = (".cachemount.toml", ".cachemount-baseline.jsonl")
_SHARED_SETTINGS = "pyproject.toml"
_COLOR = ("FORCE_COLOR", "CLICOLOR_FORCE")
# Most files that download have one of these, which is found sooner than a name is. A variable may be set by a build.
_TELLING = (b"apt", b"$", b"npm ", b"apk ", b"pip ", b"yum ")
_LONGEST = 65_000
# A file of fewer lines is within all limits of the engine's.
_MOST_LINES = 500
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_WORD_OR_BRACE = _WORD | {"}"}
_STAGE_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_NO_TOKEN = {code: " " for code in range(128) if chr(code) not in _WORD and chr(code) != "-"}
# Instructions that may say what runs.
_SEARCHED = frozenset({"ARG", "ENV", "RUN"})
_WITH_ARRAY = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_FREE = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "MAINTAINER", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})


def can_skip(arguments: list[str]) -> bool:
    """Return whether a program that is called with these arguments has nothing to report, to repair or to print."""
    if not arguments or sys.stdout is None or sys.stdout.isatty() or any(os.environ.get(name) for name in _COLOR):
        return False
    folders: set[str] = set()
    return all(
        not path.startswith("-")
        and not path.lower().endswith((".yaml", ".yml", ".json", ".hcl"))
        and _is_silent_file(path)
        and _has_defaults(os.path.dirname(os.path.abspath(path)), folders)
        for path in arguments
    )


def _is_silent_file(path: str) -> bool:
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _LONGEST:
            return False
        with open(path, "rb") as file:
            text = file.read().decode()
        # Most files that are not silent download something: they are read once.
        return cannot_have_findings(text, alone=True) and (cannot_have_findings(text) or _is_alone(path))
    except (OSError, UnicodeDecodeError):
        return False


def _is_alone(path: str) -> bool:
    """Return whether the repository of a file, or its folder where it is in none, holds nothing but a Dockerfile."""
    path = os.path.realpath(path)
    folder = at = os.path.dirname(path)
    while not os.path.lexists(os.path.join(at, ".git")) and at != os.path.dirname(at):
        at = os.path.dirname(at)
    found = os.path.lexists(os.path.join(at, ".git"))
    return ALONE.issuperset(os.listdir(at if found else folder))


def is_silent_everywhere(data: bytes) -> bool:
    """Return whether the engine has nothing to say of a Dockerfile, whatever the files around it tell.

    False means that it has to read it. Configurations and baselines are not asked.
    """
    if len(data) > _LONGEST or any(map(data.__contains__, _TELLING)):
        return False
    try:
        return cannot_have_findings(data.decode())
    except UnicodeDecodeError:
        return False


def _has_defaults(folder: str, known: set[str]) -> bool:
    """Return whether no configuration and no baseline holds in a folder."""
    while folder not in known:
        if any(os.path.lexists(os.path.join(folder, name)) for name in _SETTINGS):
            return False
        shared = os.path.join(folder, _SHARED_SETTINGS)
        if os.path.lexists(shared) and (not os.path.isfile(shared) or _names_us(shared)):
            return False
        known.add(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            break
        folder = os.path.dirname(folder)
    return True


def _names_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return os.path.getsize(path) > _LONGEST or b"cachemount" in file.read()
    except OSError:
        return True


def cannot_have_findings(text: str, *, alone: bool = False) -> bool:
    """Return whether the engine certainly has nothing to say of a Dockerfile. False means that it has to read it.

    `alone` says that there is no script beside it that a step could run.
    """
    if "\r" in text or "<<" in text or "--mount" in text or "cachemount" in text.lower() or text.startswith("#!"):
        return False
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        return False
    stages = at = 0
    directives = 1
    steps = runs = brings = programs = False
    while at < len(lines):
        content = lines[at].strip(" \t")
        at += 1
        if content.startswith("#"):
            if directives and "=" in content:
                # One directive that says nothing about how the file is read.
                if directives != 1 or not content.startswith("# syntax="):
                    return False
                directives = 2
            else:
                directives = 0
            continue
        directives = 0
        if not content:
            continue
        start = at - 1
        statement, at = _joined(lines, start)
        keyword, _, rest = statement.partition(" ")
        keyword = keyword.upper()
        if not statement.isascii() or not statement.isprintable() or not _is_plain(keyword, rest.strip(" ")):
            return False
        if rest.lstrip(" ").startswith("[") and any("\t" in line.strip(" \t") for line in lines[start:at]):
            # A tab is a blank here, and not allowed in a string of JSON.
            return False
        if "<<" in statement:
            # Of two lines, each with one half of it.
            return False
        if keyword in ("COPY", "ADD"):
            brings, programs = True, programs or FOLDER_OF_PROGRAMS in rest
        elif keyword == "RUN":
            steps, runs = True, runs or any(map(rest.__contains__, RUNS_SCRIPT))
        stages += keyword == "FROM"
        if not stages and keyword != "ARG":
            return False
        # The engine looks at the lines as they are written: a name may begin one, and be part of a word when joined.
        if keyword in _SEARCHED and any(map(_may_name_manager, {statement, "\n".join(lines[start:at])})):
            return False
    return stages > 0 and (alone or not ((runs and brings) or (steps and programs)))


def _joined(lines: list[str], at: int) -> tuple[str, int]:
    """Return the instruction that begins on a line, and the number of the next line, both counted from 0.

    The instruction is empty where it is not plainly continued.
    """
    text = ""
    while True:
        line = lines[at].replace("\t", " ").rstrip(" ")
        at += 1
        if not line.endswith("\\"):
            return (text + line).strip(" "), at
        if line.endswith("\\\\"):
            return "", at
        text += line[:-1]
        while at < len(lines) and (not (content := lines[at].strip(" \t")) or content[0] == "#"):
            at += 1
        if at == len(lines):
            return "", at


def _may_name_manager(text: str) -> bool:
    if any("-" in part.partition("}")[0] for part in text.split("${")[1:]):
        # `${A-pip}`
        return True
    for token in text.translate(_NO_TOKEN).split():
        # `sage -pip`
        if token.partition("-")[0].rstrip("0123456789").lower() in PROGRAMS or token.startswith(("-pip", "--pip")):
            return True
    return False


def _is_plain(keyword: str, rest: str) -> bool:
    """Return whether an instruction has a form that BuildKit surely takes."""
    if not rest:
        return False
    if keyword in ("COPY", "ADD", "FROM"):
        words = [] if any(char in rest for char in "\"'\\[") else rest.split()
        return _is_stage(words) if keyword == "FROM" else _is_copy(keyword, words)
    if rest.startswith("--"):
        return False
    if keyword in _WITH_ARRAY and rest.startswith("["):
        return keyword != "RUN" and _is_array(rest)
    if keyword in ("ENV", "LABEL", "ARG"):
        return _is_assignment(keyword, rest)
    if keyword == "HEALTHCHECK":
        return rest == "NONE" or (rest.startswith("CMD ") and not rest[4:].lstrip(" ").startswith("["))
    return keyword in _FREE


def _is_stage(words: list[str]) -> bool:
    if words and words[0].startswith("--"):
        if not words[0].startswith("--platform=") or words[0] == "--platform=":
            return False
        words = words[1:]
    if len(words) == 3 and words[1].lower() == "as":
        name = words[2].lower()
        return "a" <= name[0] <= "z" and _STAGE_NAME.issuperset(name)
    return len(words) == 1 and not words[0].startswith("--")


def _is_copy(keyword: str, words: list[str]) -> bool:
    seen = set()
    while words and words[0].startswith("--"):
        name, _, value = words[0].partition("=")
        known = (
            value if name in ("--chown", "--chmod") or (name == "--from" and keyword == "COPY") else name == "--link"
        )
        if not known or name in seen or (name == "--link" and words[0] != name):
            return False
        seen.add(name)
        words = words[1:]
    return len(words) > 1


def _is_array(text: str) -> bool:
    if not text.endswith("]") or "\\" in text:
        return False
    strings = [one.strip(" ") for one in text[1:-1].split(",")]
    return all(len(one) > 2 and one[0] == one[-1] == '"' and '"' not in one[1:-1] and one != '" "' for one in strings)


def _is_assignment(keyword: str, text: str) -> bool:
    words = _words(text)
    if not words or any(word.startswith("=") for word in words) or (keyword != "LABEL" and _is_made_up(text)):
        return False
    if keyword == "ARG":
        return True
    return all("=" in word for word in words) if "=" in words[0] else len(words) > 1


def _words(text: str) -> list[str]:
    """Return the words of a text with quotes; none where a quote is open or where there is an escape."""
    if "\\" in text:
        return []
    words, word, quote = [], "", ""
    for char in text + " ":
        if not quote and char == " ":
            if word:
                words.append(word)
            word = ""
            continue
        word += char
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
    return [] if quote else words


def _is_made_up(text: str) -> bool:
    """Return whether a value may be put together, so that a name comes out that is not in the text."""
    for before, char, after in zip(" " + text[:-1], text, text[1:] + " ", strict=True):
        inside = before in _WORD_OR_BRACE
        if char == "$":
            made_up = inside or (after not in _WORD and after != "{")
        elif char == "}":
            made_up = after in _WORD
        else:
            made_up = char in "'\"" and inside and (after in _WORD or after in "$'\"")
        if made_up:
            return True
    for part in text.split("${")[1:]:
        name, closed, _ = part.partition("}")
        if not closed or not _WORD.issuperset(name):
            return True
    return False
