"""Reading configurations: what they mean, and what is said of every mistake."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from cachemount.policy.config_reader import parse
from cachemount.policy.config_search import ConfigSearch, load
from cachemount.policy.model import Allow, Config, ConfigError

FULL = """\
exclude = ["third_party/**"]
disable = ["clashing-cache"]
managers = { disable = ["npm"] }

[[allow]]
paths = ["deploy/legacy/*.Dockerfile"]
rules = ["missing-cache-mount"]
managers = ["apt"]
stages = ["runtime"]
images = ["registry.example/hardened/*"]
reason = "built by kaniko, which ignores cache mounts"
expires = 2027-03-31
"""

ENTRY = "\n[[allow]]\nrules = ['missing-cache-mount']\nreason = 'why'\n"


def read(text: str, path: str = ".cachemount.toml") -> Config:
    config = parse(path, text.encode())
    assert config is not None
    return config


def test_every_key() -> None:
    config = read(FULL)
    assert config == Config(
        path=".cachemount.toml",
        exclude=("third_party/**",),
        exclude_line=1,
        disable=frozenset({"clashing-cache"}),
        disabled_managers=frozenset({"npm"}),
        allow=(
            Allow(
                paths=("deploy/legacy/*.Dockerfile",),
                rules=("missing-cache-mount",),
                managers=("apt",),
                stages=("runtime",),
                images=("registry.example/hardened/*",),
                reason="built by kaniko, which ignores cache mounts",
                expires=date(2027, 3, 31),
                line=5,
            ),
        ),
    )
    assert pickle.loads(pickle.dumps(config)) == config


def test_the_same_in_a_pyproject_file() -> None:
    head = '[project]\nname = "x"\n\n'
    text = "[tool.cachemount]\n" + FULL.replace("[[allow]]", "[[tool.cachemount.allow]]")
    config = read(head + text, "sub/pyproject.toml")
    assert config.allow[0].line == 9
    assert config.disable == {"clashing-cache"}


@pytest.mark.parametrize("text", ["", "[tool.black]\nline-length = 3\n", "name = 'cachemount'\n", "cachemount = [\n"])
def test_a_pyproject_file_of_others(text: str) -> None:
    assert parse("pyproject.toml", text.encode()) is None


def test_an_empty_file_is_the_default() -> None:
    assert read("") == Config(path=".cachemount.toml")


def test_crlf_and_dates_with_a_time() -> None:
    config = read((ENTRY + "expires = 2027-03-31T10:00:00\n").replace("\n", "\r\n"))
    assert config.allow[0].expires == date(2027, 3, 31)


def test_an_entry_holds_on_its_last_day() -> None:
    entry = Allow(reason="x", expires=date(2027, 3, 31))
    assert not entry.expired(date(2027, 3, 31))
    assert entry.expired(date(2027, 4, 1))
    assert not entry.expired(None)


MISTAKES = [
    ("ignore = ['x']", 1, "unknown key `ignore`; did you mean `disable`?"),
    (
        "[tool.cachemount]",
        1,
        "unknown key `tool`; `[tool.cachemount]` is for pyproject.toml, here its keys stand without a table",
    ),
    ("disable = ['missing']", 1, "unknown rule `missing` in `disable`; did you mean `missing-cache-mount`?"),
    (
        "disable = ['mount']",
        1,
        (
            "unknown rule `mount` in `disable`; did you mean `invalid-mount` or `misplaced-cache-mount` or "
            "`missing-cache-mount`?"
        ),
    ),
    ("exclud = []", 1, "unknown key `exclud`; did you mean `exclude`?"),
    (
        "\n\nzebra = 1",
        3,
        (
            "unknown key `zebra`; known are exclude, disable, managers, baseline, inline-ignores, severity, ids, "
            "caches, warn-builders, warn-hadolint, allow"
        ),
    ),
    ("[caches]\nalso = ['turbi']", 2, "unknown cache `turbi` in `caches.also`; did you mean `turbo`?"),
    ("[caches]\nonly = ['turbo']", 2, "unknown key `caches.only`; known is `also`"),
    ("caches = ['turbo']", 1, '`caches` has to be a table: { also = ["turbo"] }'),
    ("exclude = 'a/**'", 1, '`exclude` has to be a list of strings: ["a/**"]'),
    ("exclude = 1", 1, "`exclude` has to be a list of strings, not an integer"),
    ("exclude = [1]", 1, "`exclude` has to hold strings, not an integer"),
    ("exclude = ['']", 1, "`exclude` holds an empty string"),
    ("exclude = ['/abs']", 1, "`/abs` in `exclude` has to be relative to the folder of this file, without `..`"),
    ("exclude = ['../x']", 1, "`../x` in `exclude` has to be relative to the folder of this file, without `..`"),
    ("exclude = ['C:/x']", 1, "`C:/x` in `exclude` has to be relative to the folder of this file, without `..`"),
    ("exclude = ['a\\b']", 1, "`a\\b` in `exclude` has a backslash; folders are separated by `/`"),
    (
        "disable = ['missing-cache-mont']",
        1,
        "unknown rule `missing-cache-mont` in `disable`; did you mean `missing-cache-mount`?",
    ),
    ("disable = true", 1, "`disable` has to be a list of strings, not a boolean"),
    ("managers = ['apt']", 1, "`managers` has to be a table: { disable = [...] }"),
    ("managers = { enable = ['apt'] }", 1, "unknown key `managers.enable`; known is `disable`"),
    ("managers = { disable = ['np'] }", 1, "unknown manager `np` in `managers.disable`; did you mean `npm`?"),
    ("[managers]\ndisable = ['apt', 'nmp']", 1, "unknown manager `nmp` in `managers.disable`; did you mean `npm`?"),
    ("inline-ignores = 'forbit'", 1, "`inline-ignores` cannot be `forbit`; did you mean `forbid`?"),
    ("inline-ignores = 'reason'", 1, "`inline-ignores` cannot be `reason`; known are allow, forbid"),
    ("inline-ignores = false", 1, "`inline-ignores` has to be a string, not a boolean"),
    ("allow = 'x'", 1, "`allow` has to be tables, each written under `[[allow]]`"),
    ("allow = ['x']", 1, "`allow` has to be tables, each written under `[[allow]]`"),
    ("[allow]\nreason = 'x'", 1, "`allow` has to be tables, each written under `[[allow]]`"),
    (ENTRY + ENTRY + "rule = ['x']", 9, "unknown key `rule` in `[[allow]]`; did you mean `rules`?"),
    (ENTRY + "expires = '2027-03-31'", 5, "`expires` has to be a date like 2027-03-31; write it without quotes"),
    (ENTRY + "expires = 2027", 5, "`expires` has to be a date like 2027-03-31; not an integer"),
    (ENTRY + "expires = 10:00:00", 5, "`expires` has to be a date like 2027-03-31; not a date or time"),
    (ENTRY + "stages = []", 5, "`stages` is empty; leave it out to match all stages"),
    (ENTRY + "images = 'x'", 5, '`images` has to be a list of strings: ["x"]'),
    (
        "[[allow]]\nrules = ['missing-cache-mount']",
        1,
        "this `[[allow]]` needs a `reason`: say why the finding is accepted",
    ),
    ("[[allow]]\nstages = ['a']\nreason = ' - '", 3, "`reason` is empty: say why the finding is accepted"),
    ("[[allow]]\nstages = ['a']\nreason = 3", 3, "`reason` has to be a string, not an integer"),
    (
        "[[allow]]\nreason = 'x'",
        1,
        "this `[[allow]]` would hide every finding; give at least one of paths, rules, managers, stages, images",
    ),
    (
        "[[allow]]\nrules = ['unused-suppression']\nreason = 'x'",
        2,
        "`unused-suppression` cannot be allowed; it can be switched off by `disable`",
    ),
]


@pytest.mark.parametrize(("text", "line", "message"), MISTAKES)
def test_mistakes(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text + "\n")
    assert str(caught.value) == f".cachemount.toml:{line}: {message}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("disable = [missing]\n", "1:12: is not TOML: `missing` is not a value; write text in quotes"),
        ("a = 1\r\nb = \r\n", "2:5: is not TOML: a value, or the end of a list, is missing here"),
        ("a = 1\nb = = 2\n", "2:5: is not TOML: `=` is not a value; write text in quotes"),
        ("exclude = [", "1:12: is not TOML: a value, or the end of a list, is missing here"),
        ("exclude = [\n 'a'\n 'b'\n]\n", "3:2: is not TOML: a `,` or the closing `]` of a list is missing here"),
        ("exclude = []\nexclude = []\n", "2:13: is not TOML: this key is there twice"),
        ("[[allow]]\nreason = 'a\n", "2:12: is not TOML: the closing quote is missing on this line"),
        ('[[allow]]\nreason = "a\n', "2:12: is not TOML: the closing quote is missing on this line"),
        ("a = 1 b\n", "1:7: is not TOML: `b` is too much on this line"),
        ("expires = 2027-02-31\n", "1:11: is not TOML: invalid date or datetime"),
    ],
)
def test_bad_toml_has_its_place_and_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert str(caught.value) == f".cachemount.toml:{said}"


def test_bad_toml_around_our_table_in_a_pyproject_file_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="is not TOML"):
        parse("pyproject.toml", b"[tool.cachemount]\nexclude = [\n")


def test_a_file_that_is_not_utf8_and_one_nested_too_deep() -> None:
    with pytest.raises(ConfigError, match="2: is not UTF-8"):
        parse(".cachemount.toml", b"\n\xff")
    with pytest.raises(ConfigError, match="is not TOML"):
        parse(".cachemount.toml", b"exclude = " + b"[" * 100_000)


def _repository(root: Path) -> Path:
    (root / ".git").mkdir(parents=True)
    (root / "a" / "b").mkdir(parents=True)
    return root


def test_the_nearest_configuration_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _repository(tmp_path / "repo")
    monkeypatch.chdir(root)
    (root / ".cachemount.toml").write_text("disable = ['clashing-cache']\n", encoding="utf-8")
    (root / "a" / "pyproject.toml").write_text("[tool.black]\n", encoding="utf-8")
    search = ConfigSearch()
    assert search.for_file("a/b/Dockerfile").path == ".cachemount.toml"
    assert search.for_file("a/b/Dockerfile").file == "a/b/Dockerfile"
    (root / "a" / "pyproject.toml").write_text("[tool.cachemount]\n", encoding="utf-8")
    search = ConfigSearch()
    assert search.for_file("a/b/Dockerfile").path == "a/pyproject.toml"
    assert search.for_file("a/b/Dockerfile").file == "b/Dockerfile"
    assert search.for_file("Dockerfile").disable == {"clashing-cache"}
    monkeypatch.chdir(root / "a" / "b")
    assert ConfigSearch().for_file("Dockerfile").file == "b/Dockerfile"


def test_the_search_ends_at_the_root_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".cachemount.toml").write_text("nonsense", encoding="utf-8")
    monkeypatch.chdir(_repository(tmp_path / "repo"))
    assert ConfigSearch().for_file("a/b/Dockerfile").path == ""


def test_a_hidden_file_beats_pyproject_in_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_repository(tmp_path))
    Path(".cachemount.toml").write_text("", encoding="utf-8")
    Path("pyproject.toml").write_text("[tool.cachemount]\n", encoding="utf-8")
    assert ConfigSearch().for_file("Dockerfile").path == ".cachemount.toml"


def test_a_given_configuration_holds_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_repository(tmp_path))
    Path(".cachemount.toml").write_text("nonsense", encoding="utf-8")
    Path("a/other.toml").write_text("exclude = ['b/**']\n", encoding="utf-8")
    search = ConfigSearch(only="a/other.toml")
    assert search.for_file("a/b/Dockerfile").excluded
    assert not search.for_file("Dockerfile").excluded
    with pytest.raises(ConfigError, match="cannot be read"):
        ConfigSearch(only="none.toml").for_file("Dockerfile")


def test_the_patterns_together_are_bounded(tmp_path: Path) -> None:
    lines = "".join(f'    "{"*a" * 400}{number}",\n' for number in range(300))
    path = tmp_path / ".cachemount.toml"
    path.write_text(f"exclude = [\n{lines}]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="the patterns have more than 200,000 characters together"):
        load(str(path))
