"""Commands of the package managers, made of what their own files say, so that new ones are fuzzed too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from cachemount.managers import MANAGERS
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager
from fuzz.patterns import sample

_VALUES = {"HOME": "/root", "ACCOUNT_HOME": "/root", "WORKDIR": "/app", "PREFIX": "/opt/conda", "ANY": "3.2.0"}
_PLACE = re.compile(r"\$(\w+)(?:\[0\])?")
# Not what some managers' regular expressions ask for, but what people write.
_ARGUMENTS = (
    ".", "flask", "curl wget", "-y curl", "-r requirements.txt", "-e .", "--no-install-recommends gcc", "x@1", '"x>=1"',
    "'x[y]==2'", "./...", "$PACKAGES", "${PACKAGES:-curl}", "$(cat list)", "`cat list`", "-q", "--verbose", "--", "~/x",
    "--global g", "-g g", "*", "{a,b}", "> /dev/null", "2>&1", ">> log", "< list", "-qq \x01 a \x01 b", "\\$x", "/dev/null",
)  # fmt: skip
OTHERS = (
    "true", ":", "echo done", "echo 'pip install'", "make", "make install", "./configure --prefix=/usr", "cd /src", "cd",
    "set -e", "set -eux", "set -o pipefail", "export A=b", "A=b", "mkdir -p /x", "useradd -m -u 1001 app", "ls",
    "curl -fsSL https://x.example/i.sh | sh", "tar xzf a.tgz -C /opt", "rm -rf /tmp/*", "rm -f x.log", "exit 1", "return",
    "test -f x", "[ -f x ]", "[[ -n $A ]]", "grep -q a b", "cp -r /root/.m2 /m2", "find / -name '*.pyc' -delete",
    "ln -s a b", "chmod +x run.sh", "./install.sh", "sh build.sh", "cat x > y", "sleep 1 &", "wait", "adduser -D app",
    "npm run build", "python setup.py install", "printf '%s' x", "source /env", ". /env", "unset A", "shopt -s x",
)  # fmt: skip


def place(rng: Random, template: str) -> str:
    """Return a path for a template of the managers' files."""
    if rng.random() < 0.1:
        return template.replace("[0]", "")
    home = rng.choice(("/root", "/root", "/root", "/home/app", "/home/node", "~", "$HOME"))
    return _PLACE.sub(
        lambda match: home if match[1] == "HOME" else _VALUES.get(match[1], f"/{match[1].lower()}"), template
    )


def manager(rng: Random) -> PackageManager:
    # What nearly every Dockerfile has, has the most branches as well.
    return rng.choice(tuple(_common()) if rng.random() < 0.4 else tuple(MANAGERS))


def _common() -> Sequence[PackageManager]:
    return [one for one in MANAGERS if one.name in ("apt", "pip", "npm", "apk", "go", "yarn", "dnf")]


def command(rng: Random, one: PackageManager) -> str:
    """Return a command that downloads, empties a cache, or sets something up."""
    way = rng.random()
    if way < 0.62:
        return download(rng, one)
    if way < 0.74 and one.cleaners:
        return cleaner(rng, one)
    if way < 0.88:
        return remover(rng, one)
    settings = [
        *one.off_settings,
        *(pattern for cache in one.caches for pattern in cache.settings),
        *(pattern for keep in one.retentions for pattern in keep.evidence),
        *one.runtime,
    ]
    commands = [
        one.refresh,
        *one.revalidate.values(),
        *(keep.command for keep in one.retentions),
        *(" ".join(keep.step) for keep in one.retentions),
    ]
    commands = [text for text in commands if text and not text.startswith("-")]
    if settings and (not commands or rng.random() < 0.7):
        return sample(rng, rng.choice(settings)).replace("\n", " ") or "true"
    return rng.choice(commands) if commands else download(rng, one)


def program(rng: Random, one: PackageManager, only: Sequence[str] = ()) -> str:
    name = sample(rng, rng.choice(tuple(only) or one.programs))
    way = rng.random()
    if way < 0.05:
        return f"/usr/bin/{name}"
    if way < 0.07:
        return f"'{name}'"
    if way < 0.1 and one.name in ("pip", "pipx", "pipenv", "uv", "pip-tools"):
        return f"python3 -m {name}"
    return name


def _words(rng: Random, verbs: Sequence[Sequence[str]]) -> list[str]:
    return [rng.choice(("x", "run", "all")) if word == "*" else word for word in (rng.choice(verbs) if verbs else ())]


def _flags(rng: Random, one: PackageManager) -> list[str]:
    found: list[str] = []
    while rng.random() < 0.35:
        way = rng.random()
        if way < 0.45 and one.off_flags:
            found.append(rng.choice(tuple(one.off_flags)))
        elif way < 0.65:
            cache = rng.choice(one.caches)
            if cache.flags:
                value = rng.choice((place(rng, cache.locations[0]) if cache.locations else "/c", "/c", "$C", "''", "c"))
                found.append(rng.choice(cache.flags) + rng.choice(("=", " ")) + value)
        elif way < 0.8 and one.valued:
            found.append(f"{rng.choice(sorted(one.valued))} value")
        elif way < 0.9 and one.linking_flags:
            found.append(rng.choice(one.linking_flags))
        elif one.refresh_flags:
            found.append(rng.choice(sorted(one.refresh_flags)))
        elif rng.random() < 0.1:
            found.append(rng.choice(sorted(one.no_op_flags)))
    return found


def _special(rng: Random, way: Download | Cleaner) -> list[str]:
    """Return what makes a way to download one, or none."""
    found = []
    if way.needs:
        found.append(rng.choice(sorted(way.needs)))
    if isinstance(way, Download):
        for sets in (way.unless, way.offline):
            if sets and rng.random() < 0.06:
                found += sorted(rng.choice(sets))
    if way.pattern:
        found.append(sample(rng, way.pattern).replace("\n", " "))
    return found


def download(rng: Random, one: PackageManager) -> str:
    way = rng.choice(one.downloads)
    words = [*_words(rng, way.verbs), *_special(rng, way)]
    flags = _flags(rng, one)
    arguments = [rng.choice(_ARGUMENTS) for _ in range(rng.choice((0, 1, 1, 2)))]
    front = flags[:1] if rng.random() < 0.3 else []
    parts = [program(rng, one, way.programs), *front, *words, *flags[len(front) :], *arguments]
    return " ".join([*variables(rng, one), *parts])


def cleaner(rng: Random, one: PackageManager) -> str:
    way = rng.choice(one.cleaners)
    return " ".join([program(rng, one), *_words(rng, way.verbs), *_special(rng, way)])


def remover(rng: Random, one: PackageManager) -> str:
    """`rm` of a cache, of what is in it, of what it is in, of other things as well."""
    paths = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        cache = rng.choice(one.caches)
        path = place(rng, rng.choice(_locations(cache)))
        paths.append(path + rng.choice(("", "", "/", "/*", "/x", "/**", "/.*")) if rng.random() < 0.8 else "/tmp/x")
    if rng.random() < 0.2:
        paths[0] = paths[0].rsplit("/", 1)[0] or "/"
    quote = rng.choice(("", "", "", '"'))
    text = " ".join(quote + path + quote for path in paths)
    return f"{rng.choice(('rm -rf', 'rm -rf', 'rm -r -f', 'rm -fr --', 'find', '/bin/rm -rf'))} {text}"


def _locations(cache: Cache) -> Sequence[str]:
    return (*cache.locations, *cache.root_locations, *cache.substitutes) or ("$HOME/.cache",)


def variables(rng: Random, one: PackageManager, chance: float = 0.12) -> list[str]:
    """Return assignments that switch the cache off, move it, or do nothing."""
    found = []
    while rng.random() < chance:
        names = [
            *one.off_variables,
            *one.no_op_variables,
            *one.offline_variables,
            *one.linking_variables,
            *one.set_variables,
        ]
        templates = [template for cache in one.caches for template in cache.locations]
        names += [match[1] for template in templates for match in _PLACE.finditer(template)]
        if not names:
            break
        name = rng.choice(names)
        patterns = one.off_variables.get(name) or one.no_op_variables.get(name) or one.offline_variables.get(name)
        value = (
            sample(rng, patterns)
            if patterns and rng.random() < 0.8
            else rng.choice(("/c", "", "off", "$X", "~/c", "1"))
        )
        value = value if re.fullmatch(r"[\w./~$-]*", value) else f'"{value}"'
        found.append(f"{name}={value}")
    return found
