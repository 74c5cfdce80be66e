"""The builds of Bake files: what `docker buildx bake --print` says of the same files."""

from __future__ import annotations

import pytest

from cachemount.embedded.bake_file import bake_builds, bake_json_builds
from cachemount.embedded.hcl_functions import UnknownValueError
from cachemount.embedded.hcl_parser import read
from cachemount.embedded.hcl_values import Scope, Value
from cachemount.embedded.model import Build, UnreadableHostError
from cachemount.source import ANY_TAG


def value(expression: str, before: str = "") -> Value:
    """Return the value of an expression in a file with other lines before it."""
    root = read(f"{before}\nasked = {expression}\n")
    functions = {one.labels[0]: (("a", "b"), one.attributes["result"]) for one in root.blocks if one.type == "function"}
    return root.attributes["asked"](Scope({**root.attributes}, functions))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a${x}b"', "a1b"),
        ('"$${x} %%{x}"', "${x} %{x}"),
        (r'"a\tb\"${"c\"d"}"', 'a\tb"c"d'),
        ("1 + 2 * 3 - 8 / 4", 5),
        ("-x < 0 && !(2 >= 3) || false", True),
        ('x == "1" ? "text" : "number"', "number"),
        ("7 % 4 != 3", False),
        ("[1, [2, 3]...]", [1, 2, 3]),
        ('{ a = 1, "b" : 2\n (upper("c")) = 3 }', {"a": 1, "b": 2, "C": 3}),
        ("{ a = { b = [10, 20] } }.a.b[1]", 20),
        ("[10, 20].1", 20),
        ("[for one in [1, 2, 3] : one * 2 if one != 2]", [2, 6]),
        ("{for key, one in {a = 1} : upper(key) => one}", {"A": 1}),
        ("<<-END\n    a ${x}\n      b\n    END", "a 1\n  b\n"),
        ("<<END\n  a\nEND", "  a\n"),
        ("(\n1\n)", 1),
        ('format("%s-%d%%", "a", 1)', "a-1%"),
        ('join("-", split(".", "1.2"))', "1-2"),
        ('replace(trimprefix(lower("V1.2"), "v"), ".", "-")', "1-2"),
        ('substr("abc", 1, -1)', "bc"),
        ('sanitize("a.b/c")', "a_b_c"),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("merge({a = 1}, {a = 2})", {"a": 2}),
        ('coalesce(null, "a")', "a"),
        ('lookup({a = 1}, "b", 2)', 2),
        ('contains(["a", unknown], "a")', True),
        ('"${[1][0]}"', 1),
        ("both(1, 2)", 3),
        ("true // comment", True),
    ],
)
def test_values(expression: str, expected: Value) -> None:
    assert value(expression, 'x = 1\nfunction "both" {\n  params = [a, b]\n  result = a + b\n}') == expected


@pytest.mark.parametrize(
    "expression",
    [
        "unknown", '"a${unknown}"', "timestamp()", "1 / 0", "1 % 0", '"a" + 1', "true + 1", "[1][2]", "{a = 1}.b",
        "[unknown][0]", 'contains([unknown], "a")', '"%{ if true }a%{ endif }"', '"${~ x }"', "asked", "both(1)",
        "1 ? 2 : 3", 'format("%q", 1)', 'format("%s")', 'format("", 1)', "[unknown...]", "[for one in 1 : one]",
        "upper(unknown)", 'substr("abc", -1, 1)', "length(1)",
    ],
)  # fmt: skip
def test_what_the_file_does_not_tell(expression: str) -> None:
    with pytest.raises(UnknownValueError):
        value(expression, 'x = 1\nfunction "both" {\n  params = [a, b]\n  result = a + b\n}')


@pytest.mark.parametrize(
    "text", ["a = ", "a = [1", "a = {b 1}", "a = {b = 1 c = 2}", 'a = "${1', "b {", "a = )", "a = " + "[" * 99]
)
def test_half_an_expression_cannot_be_read(text: str) -> None:
    with pytest.raises(UnreadableHostError):
        read(text)


MATRIX = """
variable "REGISTRY" { default = "docker.io/acme" }
variable "BASE" {}
versions = [{ name = "old", base = "debian:12" }, { name = "new", base = "debian:13" }]
function "tag" {
  params = [name]
  result = "${REGISTRY}/${name}:1"
}
target "_common" {
  args = { MORE = "x", GIVEN = BASE }
}
target "app" {
  matrix = { version = versions, kind = ["web", "job"] }
  name = "${version.name}-${kind}"
  inherits = ["_common"]
  dockerfile = "${kind}.docker"
  target = kind
  args = { BASE = version.base }
  tags = [tag(kind), "plain:2"]
  contexts = { "tools:${kind}" = "target:tools-${kind}" }
}
"""


def test_a_matrix_makes_a_build_for_each_combination() -> None:
    builds = bake_builds(MATRIX)
    assert [one.label for one in builds] == ["old-web", "old-job", "new-web", "new-job"]
    assert builds[1] == Build(
        dockerfile="job.docker",
        target="job",
        arguments=(("BASE", "debian:12"), ("GIVEN", None), ("MORE", "x")),
        label="old-job",
        names=(f"docker.io/acme/job:{ANY_TAG}", f"plain:{ANY_TAG}"),
        contexts=(("tools:job", "tools-job"),),
    )


def test_a_matrix_that_is_not_known_makes_one_build() -> None:
    (build,) = bake_builds('target "a" {\n  matrix = { x = LIST }\n  name = x\n  dockerfile = "${x}.docker"\n}')
    assert (build.label, build.dockerfile) == ("a", None)


def test_json_has_variables_matrices_and_lists_of_blocks() -> None:
    text = """{
      "variable": {"BASE": {"default": "debian:13"}, "OTHER": {}},
      "function": {"tag": {"params": ["${name}"], "result": "acme/${name}"}},
      "target": [{"app": [{"matrix": {"kind": ["a", "b"]}, "name": "app-${kind}", "dockerfile": "${kind}.docker",
        "args": {"BASE": "${BASE}", "OTHER": "${OTHER}", "NUMBER": 1, "NONE": null}, "tags": ["${tag(kind)}"]}]}]
    }"""
    first, second = bake_json_builds(text)
    assert (first.label, second.dockerfile) == ("app-a", "b.docker")
    assert first.arguments == (("BASE", "debian:13"), ("NUMBER", "1"), ("OTHER", None))
    assert first.names == ("acme/a",)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"target": {"a": {"args": ' + "[" * 99 + "]" * 99 + "}}}"])
def test_json_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UnreadableHostError):
        bake_json_builds(text)


def test_a_large_matrix_comes_to_an_end() -> None:
    many = ", ".join(str(one) for one in range(100))
    builds = bake_builds(
        f'target "a" {{\n matrix = {{ x = [{many}], y = [{many}], z = [{many}] }}\n name = "${{x}}" }}'
    )
    assert len(builds) == 1_000
