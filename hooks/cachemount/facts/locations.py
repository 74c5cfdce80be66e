"""Path templates of the managers, filled in for one command."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from cachemount.facts.model import Directory, Mount
from cachemount.late_pattern import late
from cachemount.managers.model import Cache
from cachemount.records import replace
from cachemount.shell.model import Word

_VARIABLE = late(r"\$([A-Za-z_][A-Za-z0-9_]*)(\[0\]|\?)?")
# Where the managers of distributions keep their caches: no other manager does.
_OF_SYSTEM = late(
    r"/var/cache/(?:apk|apt|dnf|libdnf5|pacman|tdnf|yum|zypp)(?:/|\Z)|/var/lib/apt(?:/|\Z)|/etc/apk/cache\Z"
)


# Where others keep theirs, as a rule: a folder of this name is no other manager's.
_OF_ONE = late(
    r"/\.cache/(?:pip|pipenv|uv|pdm|pypoetry|yarn|go-build|composer|deno)(?=/|\Z)"
    r"|/\.(?:npm|bun|cargo|gradle|m2|nuget|ivy2|cpanm|pub-cache)(?=/|\Z)|/(?:go/pkg/mod|pnpm/store|conda/pkgs)(?=/|\Z)"
)


def expand(template: str, variables: Mapping[str, str | None]) -> tuple[str | None, bool]:
    """Fill in a template: the path (None when it is not known) and whether all its variables are set."""
    path, pieces = _cut(template)
    known = applies = True
    for name, modifier, following in pieces:
        text = variables.get(name, "")
        if text is None:
            known = False
            continue
        if modifier == "[0]":
            text = re.split("[:,]", text)[0]
        if not text:
            applies = False
        path += following if modifier == "?" else text + following
    return (path if known and applies else None), applies


@lru_cache(maxsize=1024)
def _cut(template: str) -> tuple[str, tuple[tuple[str, str | None, str], ...]]:
    """Return the text before a template's variables, and each variable with its modifier and the text that follows."""
    parts = _VARIABLE.split(template)
    return parts[0], tuple(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))


@lru_cache(maxsize=1024)
def moved_by(template: str) -> str:
    """Return the variable that moves a cache to this template; "" for a default place."""
    match = _VARIABLE.match(template)
    return "" if match is None or match[1] in ("HOME", "ACCOUNT_HOME", "WORKDIR", "PREFIX", "ANY") else match[1]


def surely(directory: Directory) -> bool:
    """Return whether a flag or the strongest variable names the place, whatever an image's environment has."""
    moved = directory.moved
    return moved.startswith("-") or (moved != "" and moved == moved_by(directory.cache.locations[0]))


def absolute(path: str, directory: str | None) -> str | None:
    """Normalised; a relative path is joined to the directory (normalised too), and is unknown without one."""
    if not path.startswith("/"):
        if directory is None or not path:
            return directory
        path = posixpath.join(directory, path)
    if not path.endswith(("/", "/.", "/..")) and "//" not in path and "/./" not in path and "/../" not in path:
        # As most are, which is seen sooner than `normpath` does it.
        return path
    path = posixpath.normpath(path)
    return "/" + path.lstrip("/")


def upwards(path: str) -> Iterator[str]:
    """Yield an absolute normalised path and the folders above it, nearest first, without the root."""
    end = len(path) if path != "/" else 0
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


def below(path: str, directory: str) -> bool:
    """Return whether the path is the directory or lies in it."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def flag_value(arguments: tuple[Word, ...], flags: tuple[str, ...]) -> tuple[str, str | None] | None:
    """Return the last of these flags and its value (None: not known), from `--flag value` or `--flag=value`."""
    found: tuple[str, str | None] | None = None
    for index, argument in enumerate(arguments):
        text = argument.text
        if text is None:
            start = argument.word.parts[0]
            if isinstance(start, str):
                found = next(((flag, None) for flag in flags if start.startswith(flag.rstrip("=") + "=")), found)
        elif not text.startswith(flags):
            continue
        elif text in flags:
            found = (text, arguments[index + 1].text if index + 1 < len(arguments) else None)
        else:
            for flag in flags:
                if text.startswith(flag + "=") or (flag.endswith("=") and text.startswith(flag)):
                    found = (flag, text[len(flag.rstrip("=")) + 1 :])
    return found


def flag_words(arguments: tuple[Word, ...], flag: str) -> tuple[Word, ...]:
    """Return the words that give a flag its value: `--flag value` or `--flag=value`."""
    found: list[Word] = []
    for index, argument in enumerate(arguments):
        if argument.text == flag:
            found += arguments[index : index + 2]
        elif argument.known.startswith(flag.rstrip("=") + "="):
            found.append(argument)
    return tuple(found)


def _held_flag(cache: Cache, variables: Mapping[str, str | None]) -> tuple[str, str | None] | None:
    """Return the last of the cache's flags, with its value, in the options that a variable holds."""
    for name in cache.option_variables:
        text = variables.get(name) or ""
        for flag in cache.flags if text else ():
            values: list[str] = re.findall(rf"(?<!\S)[\"']?{re.escape(flag)}[= ](\S+)", text)
            if values:
                return flag, values[-1].strip("\"'")
    for name, flags in cache.doubtful_flags.items():
        found = next((flag for flag in flags if flag in (variables.get(name) or "")), None)
        if found is not None:
            return found, None
    return None


def directory(
    cache: Cache,
    arguments: tuple[Word, ...],
    variables: Mapping[str, str | None],
    *,
    workdir: str | None,
    root: bool,
) -> Directory:
    """Return where a command keeps this cache."""
    flag = (flag_value(arguments, cache.flags) or _held_flag(cache, variables)) if cache.flags else None
    if flag is not None:
        name, value = flag
        suffix, _ = expand(cache.flag_suffixes.get(name, cache.flag_suffix), variables)
        path = None if value is None or suffix is None else absolute(value + suffix, workdir)
        return Directory(cache=cache, path=path, moved=name)
    names = _names(cache)
    if not names:
        return _usual(cache, root, None, ())
    found = _usual(cache, root, workdir, tuple([variables.get(name, "") for name in names]))
    if cache.substitutes_alone_with and found.accepted:
        is_set = any(name.startswith(cache.substitutes_alone_with) and value != "" for name, value in variables.items())
        return replace(found, alone=True) if is_set else found
    return found


@lru_cache(maxsize=1024)
def _names(cache: Cache) -> tuple[str, ...]:
    """Return the variables in the templates of a cache; without any, the templates are absolute paths."""
    templates = (*cache.locations, *cache.root_locations, *cache.substitutes)
    return tuple(dict.fromkeys(name for template in templates for name, _, _ in _cut(template)[1]))


@lru_cache(maxsize=1024)
def _usual(cache: Cache, root: bool, workdir: str | None, values: tuple[str | None, ...]) -> Directory:
    """Return where a cache is that no flag names; `values` are those of the variables in its templates."""
    variables = dict(zip(_names(cache), values, strict=True))
    path, moved = None, ""
    for template in (cache.root_locations if root and cache.root_locations else ()) or cache.locations:
        text, applies = expand(template, variables)
        if applies:
            path = None if text is None else absolute(text, workdir)
            moved = moved_by(template)
            break
    accepted = []
    for template in cache.substitutes:
        text, applies = expand(template, variables)
        if applies and text is not None:
            other = absolute(text, workdir)
            stays = cache.substitutes_alone_with and moved.startswith(cache.substitutes_alone_with)
            if other is not None and (not moved or stays or template.startswith("$" + moved)):
                accepted.append(other)
    return Directory(cache=cache, path=path, accepted=tuple(accepted), moved=moved)


def tails(cache: Cache) -> tuple[str, ...]:
    """Return the ends of the paths that the cache may have, without the part that a variable gives."""
    found = []
    for template in (*cache.locations, *cache.root_locations, *cache.substitutes):
        tail = re.sub(r"^(\$\w+\?)?\$\w+(\[0\])?/", "/", template)
        if not tail.startswith("$") and tail.count("/") >= 1:
            found.append(tail)
    return tuple(found)


def plausible(mount: Mount, cache: Cache) -> bool:
    """Return whether the mount's target may be the cache in an unknown environment; `~` and `$HOME` never are."""
    target = mount.flag.target.rstrip("/")
    if not target.startswith("/") or _is_of_another(target, cache):
        return False
    # A mount above the cache serves it as well: /go/pkg, where the image has GOPATH=/go.
    folders = (folder for tail in tails(cache) for folder in upwards(tail))
    return any(target.endswith(folder) and target != folder for folder in folders)


def is_of_images(mount: Mount, wanted: Directory) -> bool:
    """Return whether the mount's target is where images that are known have the cache, or a folder between.

    Such a folder is the one that their variable names: /usr/local/cargo for the registry. In /tmp is anything.
    """
    target = mount.target
    if target is None or wanted.moved or target == "/tmp":
        return False
    from cachemount.dockerfile.images.lookup import values_of

    return any(
        below(target, posixpath.normpath(value)) and below(posixpath.normpath(place), target)
        for location in wanted.cache.locations
        for variable in [moved_by(location)]
        for value in (values_of(variable) if variable else ())
        for place in [expand(location, {variable: value})[0]]
        if place is not None
    )


def cover(mounts: tuple[Mount, ...], wanted: Directory) -> Mount | None:
    """Return the mount that serves the directory: of several around it the deepest, which lies over the others."""
    found = [mount for mount in mounts if covers(mount, wanted)]
    around = [
        mount
        for mount in found
        if mount.target is not None and wanted.path is not None and below(wanted.path, mount.target)
    ]
    deepest = max(around, key=lambda mount: len(mount.target or ""), default=found[0] if found else None)
    return None if deepest is not None and _is_overlaid(mounts, deepest, wanted) else deepest


def _is_overlaid(mounts: tuple[Mount, ...], serving: Mount, wanted: Directory) -> bool:
    """Return whether a tmpfs lies over the mount where the directory is."""
    return any(
        mount.flag.type == "tmpfs"
        and mount.target is not None
        and serving.target is not None
        and wanted.path is not None
        and below(wanted.path, mount.target)
        and below(mount.target, serving.target)
        for mount in mounts
    )


def would_serve(mount: Mount, cache: Cache) -> bool:
    """Return whether a mount meant for a manager's directories was meant for this one too: it is above it."""
    target = mount.flag.target.rstrip("/")
    return any(
        target.endswith(folder)
        for tail in tails(cache)
        for folder in upwards(tail)
        if folder.count("/") < tail.count("/")
    )


def names_another(mount: Mount, cache: Cache, others: Collection[Cache]) -> bool:
    """Return whether the target, which is not known, begins with the variable that moves another cache of a manager."""
    if mount.target is not None or not mount.flag.target.startswith("$"):
        return False
    variable = moved_by(mount.flag.target.replace("{", "").replace("}", ""))
    return bool(variable) and not _is_moved_by(cache, variable) and any(_is_moved_by(one, variable) for one in others)


def _is_moved_by(cache: Cache, variable: str) -> bool:
    return any(moved_by(location) == variable for location in (*cache.locations, *cache.root_locations))


def covers(mount: Mount, wanted: Directory) -> bool:
    """Return whether the mount serves the directory: at it, above it, at a substitute, or at an unknown place."""
    if mount.flag.type not in ("cache", "bind"):
        return False
    if mount.target is None or wanted.path is None:
        return mount.flag.type == "cache" and not (mount.target and _is_of_another(mount.target, wanted.cache))
    if mount.target == "/":
        return False
    named = wanted.moved.startswith("-") or wanted.moved in wanted.cache.explicit
    if wanted.cache.exact_target and not named:
        return below(mount.target, wanted.path) or mount.target in wanted.accepted
    # A mount inside the directory keeps at least a part of it, and its author chose which.
    return (
        below(wanted.path, mount.target)
        or (below(mount.target, wanted.path) and _is_part(mount.target, wanted))
        or any(below(path, mount.target) for path in wanted.accepted if path == mount.target or not wanted.alone)
    )


def _is_part(target: str, directory: Directory) -> bool:
    """Return whether the manager makes the folder in a directory that a target is, or lies in."""
    parts = directory.cache.parts
    return not parts or posixpath.relpath(target, directory.path).partition("/")[0] in parts


def lies_above(mount: Mount, wanted: Directory) -> bool:
    """Return whether a mount is above a store that a manager keeps elsewhere then."""
    if not wanted.cache.exact_target or mount.target is None or wanted.path is None:
        return False
    return mount.target != wanted.path and below(wanted.path, mount.target) and not covers(mount, wanted)


def _is_of_another(target: str, cache: Cache) -> bool:
    """Return whether the target is a place of one manager alone, and the cache is of another."""
    if _OF_SYSTEM.match(target):
        return not any(map(_OF_SYSTEM.match, cache.locations))
    own = _OF_ONE.search(target)
    places = (*cache.locations, *cache.root_locations, *cache.substitutes)
    return own is not None and all(own[0] not in place for place in places)
