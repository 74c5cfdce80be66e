"""Each program that runs another: what it runs is found, also in a string for a shell."""

from __future__ import annotations

import pytest

from cachemount import engine
from cachemount.dockerfile.reader import read
from cachemount.facts import facts
from cachemount.shell.launchers.table import LAUNCHERS, WRAPPERS
from cachemount.source import Source

# How people write them: what stands before the command.
BEFORE = {
    "arch": "arch -x86_64", "builtin": "builtin command", "chpst": "chpst -u app", "chruby-exec": "chruby-exec 3.3 --",
    "chrt": "chrt 1", "conda": "conda run -n e", "direnv": "direnv exec .", "doas": "doas -u root",
    "doppler": "doppler run --", "dotenv": "dotenv -e .env --", "env": "env -u A B=c", "envdir": "envdir /e",
    "faketime": "faketime 2020-01-01", "flock": "flock /l", "fnm": "fnm exec --using=18 --", "gosu": "gosu root",
    "infisical": "infisical run --env=prod --", "ionice": "ionice -c 3", "java": "java -jar jruby.jar -S",
    "mamba": "mamba run -n e", "micromamba": "micromamba run -n e", "mise": "mise exec node@20 --",
    "mold": "mold -run", "nice": "nice -n 5", "nvm": "nvm exec 18", "op": "op run --env-file=.env --",
    "retry": "retry -t 3", "ruby": "ruby -S", "jruby": "jruby -S", "rvm": "rvm 3.3 do",
    "runuser": "runuser -u root --", "s6-setuidgid": "s6-setuidgid root",
    "setarch": "setarch x86_64", "setpriv": "setpriv --reuid root", "setuidgid": "setuidgid root",
    "setuser": "setuser root", "stdbuf": "stdbuf -oL", "strace": "strace -f", "su-exec": "su-exec root",
    "sudo": "sudo -E", "taskset": "taskset 1", "timeout": "timeout -k 5 60", "xvfb-run": "xvfb-run -a",
}  # fmt: skip


def before(name: str) -> str:
    verbs = LAUNCHERS[name].verbs if name in LAUNCHERS else frozenset()
    return BEFORE.get(name, " ".join([name, *sorted(verbs)[:1]]))


def managers(line: str) -> set[str | None]:
    return {one.manager for one in engine.check(f"FROM node:22\nRUN {line}\n").findings}


@pytest.mark.parametrize("name", sorted({*LAUNCHERS, *WRAPPERS}))
def test_a_command(name: str) -> None:
    assert "npm" in managers(f"{before(name)} npm ci")


@pytest.mark.parametrize("name", sorted({*LAUNCHERS, *WRAPPERS} - {"builtin", "java"}))
def test_a_string_for_a_shell(name: str) -> None:
    assert "npm" in managers(f'{before(name)} sh -c "npm ci"')


@pytest.mark.parametrize("line", ["mise x -- npm ci", "dotenv run -- npm ci", "poetry run bash -lc 'npm ci'"])
def test_other_ways_to_write_them(line: str) -> None:
    assert managers(line) == {"npm"}


@pytest.mark.parametrize(
    "line",
    [
        "poetry add run bash -c 'npm ci'",
        "conda create -n run bash -c 'npm ci'",
        "node x.js bash -c 'npm ci'",
        "uv pip install run sh -c 'npm ci'",
        "mise use exec -- sh -c 'npm ci'",
    ],
)
def test_a_verb_counts_in_its_place_alone(line: str) -> None:
    assert "npm" not in managers(line)


@pytest.mark.parametrize("line", ["poetry -C app run npm ci", "hatch -e t run npm ci", "volta run --node 18 npm ci"])
def test_options_before_the_verb_and_after_it(line: str) -> None:
    assert "npm" in managers(line)


@pytest.mark.parametrize("line", ["conda list -n run", "poetry show npm ci", "nvm use npm ci"])
def test_what_runs_nothing(line: str) -> None:
    assert "npm" not in managers(line)


def test_values_that_double_are_not_followed() -> None:
    doubled = "; ".join(["A=x", *["A=$A$A"] * 40])
    assert managers(f"{doubled}; npm ci") == {"npm"}
    assert managers("A0=x; " + "; ".join(f"A{n + 1}=$A{n}$A{n}" for n in range(60)) + "; npm ci $A60") == {"npm"}


def test_a_long_value_is_not_filled_in() -> None:
    text = f"FROM node:22\nENV A={'x' * 60_000}\nRUN --mount=type=cache,target=/$A$A npm ci {'$A ' * 4_000}\n"
    (step,) = facts(read(Source(path="Dockerfile", text=text))).steps
    assert step.mounts[0].target is None
    assert all(argument.text is None for argument in step.installs[0].arguments[1:])
