"""How each of the most used programs is asked for its commands and aliases, one a line.

tests/manager_verbs.py has what they answered, each command in its class. Of those that are not to be had here it has
what their sources list: apk, conda and dotnet. Maven and Gradle have no list: any word may be a goal or a task.
"""

from __future__ import annotations

from dataclasses import dataclass

from questions import NODE
from room import folder_of

# Words in the first column of a help text.
_COLUMN = r"sed -nE 's/^ {1,8}([a-z][a-z0-9-]*(, ?[a-z][a-z0-9-]*)*)( .*|$)/\1/p' | tr -d ' ' | tr , '\n'"
_PLAIN = r"sed 's/\x1b[^m]*m//g'"
_NPM = (
    f'const {{commands, aliases}} = require("{folder_of("npm@latest")}/lib/node_modules/npm/lib/utils/cmd-list.js"); '
    'console.log([...commands, ...Object.keys(aliases)].join("\\n"))'
)
_BUNDLE = """puts Bundler::CLI.all_commands.keys.map { |one| one.tr(%q(_), %q(-)) }
puts Bundler::CLI::COMMAND_ALIASES.values.flatten.grep_v(/^-/)"""
_COMPOSER = (
    "import json, sys; print(chr(10).join("
    "words.split()[0] for one in json.load(sys.stdin)['commands'] for words in one['usage']))"
)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A script that prints the commands of a program, in the Debian of the release `suite` ("": the one given)."""

    program: str
    ask: str
    path: str = "/usr/bin"
    suite: str = ""


def _python(program: str, ask: str) -> Listing:
    return Listing(program=program, ask=ask, path=f"{folder_of(program)}/bin")


def _node(program: str, package: str, ask: str) -> Listing:
    return Listing(program=program, ask=ask, path=f"{folder_of(package)}/bin:{NODE}")


def _debian(program: str, ask: str) -> Listing:
    return Listing(program=program, ask=ask, suite="sid")


LISTINGS = (
    _node("npm", "npm@latest", f"node -e '{_NPM}'"),
    _node("pnpm", "pnpm@latest", f"pnpm help --all | {_COLUMN}"),
    _node("yarn", "yarn@1", "yarn help | sed -nE 's/^ *- ([a-z]+[a-z-]*).*/\\1/p'"),
    _node("yarn", "@yarnpkg/cli-dist", "touch yarn.lock; yarn --help | sed -nE 's/^ +yarn ([a-z-]+).*/\\1/p'"),
    _node("bun", "bun", f"bun --help | {_PLAIN} | {_COLUMN}"),
    _node("deno", "deno", f"NO_COLOR=1 deno help | {_COLUMN}"),
    _python("pip", f"pip help | sed '/^General/,$d; /^Usage/,/^$/d' | {_COLUMN}"),
    _python("uv", f"uv help | sed -n '/^Commands/,/^$/p' | {_COLUMN}"),
    _python("poetry", f"poetry list --no-ansi | sed '1,/^Available commands/d' | {_COLUMN}"),
    _python("pdm", f"pdm --help | {_PLAIN} | sed '1,/^Commands/d' | {_COLUMN}"),
    _python("pipenv", f"pipenv --help | {_PLAIN} | sed '1,/ COMMAND$/d' | {_COLUMN}"),
    _python("pipx", "pipx --help | sed -n 's/.*{\\(.*\\)}.*/\\1/p' | tr , '\\n'"),
    _debian("go", f"go help | sed '1,/^The commands/d; /^Additional/,$d' | tr '\\t' ' ' | {_COLUMN}"),
    _debian("cargo", "cargo --list | sed -nE 's/^ +([a-z-]+).*/\\1/p'"),
    _debian("apt-get", f"apt-get --help | sed '1,/^Most used/d; s/ - .*//' | {_COLUMN}"),
    _debian("apt", f"apt --help | sed '1,/^Most used/d; s/ - .*//' | {_COLUMN}"),
    _debian("dnf", "dnf-3 --help | sed -nE 's/^([a-z-]+)  .*/\\1/p'"),
    _debian("dnf", f"dnf5 --help | sed '1,/^$/d' | {_COLUMN}"),
    _debian("zypper", f"zypper help | sed '1,/Repository Options/d' | {_COLUMN}"),
    _debian("gem", f"gem help commands | {_COLUMN}"),
    _debian("bundle", f"ruby -rbundler -rbundler/cli -e '{_BUNDLE}'"),
    _debian("composer", f'COMPOSER_ALLOW_SUPERUSER=1 composer list --format=json | python3 -c "{_COMPOSER}"'),
)
