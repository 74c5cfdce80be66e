"""What the real programs are asked, and the step of a Dockerfile that our answer is asked about.

Most programs say where they keep downloads. Those that do not are given something small to fetch, from their registry
or from a folder, and the place where it lies is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from room import folder_of


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change that may move the cache.

    It has variables, `flag` (put for `{flag}`), `before` (a command run before) and `hide` (a path of the room that is
    not there).
    """

    variables: dict[str, str] = field(default_factory=dict)
    flag: str = ""
    before: str = ""
    hide: str = ""

    @property
    def name(self) -> str:
        words = [f"{name}={value}" for name, value in self.variables.items()]
        return " ".join([*words, self.flag, self.before, f"without {self.hide}" if self.hide else ""]).strip()


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to a program about where its cache is.

    `ask` prints the place, as the last line that begins with a slash, in an empty project as working directory; what
    the program puts below our place fits `below`. `step` is what RUN has, after the image `base` (with the program's
    `{version}`). `users` are those who are asked, in the Debian of the release `suite` ("": the one that the script was
    given). With `unknown` our tables say that the place cannot be told, unless the cache is moved; without `plain` only
    the moves are asked about.
    """

    manager: str
    cache: str
    program: str
    version: str
    ask: str
    step: str
    moves: tuple[Move, ...] = ()
    below: str = ""
    base: str = "debian:trixie"
    users: tuple[str, ...] = ("root", "app")
    path: str = ""
    unknown: bool = False
    plain: bool = True
    suite: str = ""


def env(*names: str) -> tuple[Move, ...]:
    return tuple(Move(variables={name: f"/moved/{name.lower()}"}) for name in names)


def flag(*texts: str) -> tuple[Move, ...]:
    return tuple(Move(flag=text) for text in texts)


def before(*texts: str) -> tuple[Move, ...]:
    return tuple(Move(before=text) for text in texts)


HOMES = env("HOME", "XDG_CACHE_HOME")
NODE = f"{folder_of('node@22')}/bin"
POETRY = "python -c 'from poetry.config.config import Config; print(Config.create().%s)'"
COMPILE = 'python -c \'from piptools.scripts.compile import cli; print(cli.make_context("x", ["--dry-run"]).params["cache_dir"])\''
# Fetches, whatever comes of it, and looks where something new lies.
LOOK = " >/dev/null 2>&1; find / -xdev -path /proc -prune -o -newer /project/mark"


def _python(program: str, ask: str, step: str, *moves: Move, cache: str = "cache", manager: str = "") -> Question:
    where = f"{folder_of(program)}/bin"
    return Question(
        manager=manager or program, cache=cache, program=program, path=where, ask=ask, step=step, moves=(*HOMES, *moves),
        version=f"{where}/pip list 2>/dev/null | sed -n 's/^{program} *//p'",
    )  # fmt: skip


PYTHON = (
    _python(
        "pip", "pip cache dir {flag}", "pip install {flag} flask", *env("PIP_CACHE_DIR"), *flag("--cache-dir /moved/flag"),
        *before("pip config set global.cache-dir /moved/set"),
    ),
    _python("uv", "uv cache dir {flag}", "uv sync {flag}", *env("UV_CACHE_DIR"), *flag("--cache-dir /moved/flag")),
    _python(
        "poetry", POETRY % "artifacts_cache_directory", "poetry install", *env("POETRY_CACHE_DIR"),
        *before("poetry config cache-dir /moved/set"), cache="artifacts",
    ),
    _python(
        "poetry", POETRY % "repository_cache_directory.parent", "poetry install", *env("POETRY_CACHE_DIR"),
        *before("poetry config cache-dir /moved/set"), cache="repositories",
    ),
    _python(
        "pipenv", "python -c 'from pipenv import environments as e; print(e.Setting().PIPENV_CACHE_DIR)'", "pipenv install",
        *env("PIPENV_CACHE_DIR"),
    ),
    _python("pdm", "pdm config cache_dir", "pdm install", *env("PDM_CACHE_DIR"), *before("pdm config cache_dir /moved/set")),
    _python(
        "pip-tools", COMPILE, "pip-compile",
        *env("PIP_TOOLS_CACHE_DIR"), cache="compile",
    ),
)  # fmt: skip


def _javascript(
    package: str, ask: str, step: str, *moves: Move, cache: str = "cache", below: str = "", manager: str = ""
) -> Question:
    where = f"{folder_of(package)}/bin"
    name = package.partition("@")[0] or "yarn"
    return Question(
        manager=manager or name, cache=cache, program=package, version=f"{name} --version", path=f"{where}:{NODE}",
        ask="echo '{}' > package.json; " + ask, step=step, moves=(*HOMES, *moves), below=below,
    )  # fmt: skip


JAVASCRIPT = (
    _javascript(
        "npm@latest", "npm {flag} config get cache", "npm {flag} install", *env("npm_config_cache", "NPM_CONFIG_CACHE"),
        *flag("--cache /moved/flag"), *before("npm config set cache /moved/set", "npm config set cache=/moved/set"),
    ),
    _javascript(
        "yarn@1", "yarn {flag} cache dir", "yarn install {flag} --frozen-lockfile", *env("YARN_CACHE_FOLDER"),
        *flag("--cache-folder /moved/flag"), *before("yarn config set cache-folder /moved/set"), cache="classic", below="/v6",
    ),
    _javascript(
        "@yarnpkg/cli-dist", "touch yarn.lock; yarn config get cacheFolder", "yarn install --immutable",
        *env("YARN_GLOBAL_FOLDER", "XDG_DATA_HOME"),
        Move(variables={"YARN_CACHE_FOLDER": "/moved/folder", "YARN_ENABLE_GLOBAL_CACHE": "false"}), cache="berry",
    ),
    *(
        _javascript(
            f"pnpm@{release}", "pnpm store path {flag}", f"npm install -g pnpm@{release} && pnpm install {{flag}}",
            *env("PNPM_HOME", "XDG_DATA_HOME", "npm_config_store_dir", "pnpm_config_store_dir"),
            *flag("--store-dir /moved/flag", "--store-dir=/moved/flag", "--config.store-dir=/moved/flag"),
            *before("pnpm config set store-dir /moved/set"),
            cache=cache, below=r"/v\d+",
        )
        for release, cache in (("10", "store of 7 to 10"), ("11", "new store"), ("latest", "new store"))
    ),
    _javascript("bun", "bun pm cache", "bun install", *env("BUN_INSTALL_CACHE_DIR", "BUN_INSTALL")),
    _javascript(
        "deno", "deno info --json | sed -n 's/.*denoDir\": \"\\([^\"]*\\).*/\\1/p'", "deno install", *env("DENO_DIR"), cache="modules",
    ),
)  # fmt: skip
