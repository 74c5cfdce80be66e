"""Mount flags: fields, spans, and what BuildKit says against them."""

from __future__ import annotations

import pytest

from cachemount.dockerfile.model import MountFlag
from cachemount.dockerfile.reader import read
from cachemount.source import Source


def mount(text: str) -> MountFlag:
    run = read(Source(path="Dockerfile", text=text)).stages[0].instructions[0].run
    assert run
    return run.mounts[0]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        # In the words of BuildKit 0.34.2, without its suggestions.
        ("type=cache,target=/c", ""),
        ("type=cache,dst=/c,id=x,sharing=locked,uid=0,gid=0,mode=0755,ro", ""),
        ("TYPE=Cache,Target=/c,sharing=LOCKED", ""),
        ("target=/c,type=cache", ""),
        ("type=cache", ""),
        ("type=volume,target=/c", 'unsupported mount type "volume"'),
        ("type=,target=/c", 'unsupported mount type ""'),
        ("type=cache,tagret=/c", "unexpected key 'tagret' in 'tagret=/c'"),
        ("type=cache,target=/c,foo", "invalid field 'foo' must be a key=value pair"),
        ("type=cache,target=/c,", "invalid field '' must be a key=value pair"),
        ("type=cache,,target=/c", "invalid field '' must be a key=value pair"),
        ("", "failed to parse csv mounts: EOF"),
        ("type=cache,target=/c,z", "invalid field 'z' must be a key=value pair"),
        ("type=cache,target=/c,U=true", "unexpected key 'u' in 'U=true'"),
        ("type=bind,source=.,target=/c,relabel=shared", "unexpected key 'relabel' in 'relabel=shared'"),
        ("type=cache,target=/c,sharing=foo", 'unsupported sharing value "foo"'),
        ("type=cache,target=/c,sharing=", 'unsupported sharing value ""'),
        ("type=tmpfs,target=/c,sharing=locked", "invalid cache sharing set for tmpfs mount"),
        ("target=/c,sharing=shared", "invalid cache sharing set for bind mount"),
        ("type=cache,target=/c,uid=root", "invalid value root for uid"),
        ("type=cache,target=/c,uid=4294967296", "invalid value 4294967296 for uid"),
        ("type=cache,target=/c,uid=-1", "invalid value -1 for uid"),
        ("type=cache,target=/c,gid=", "invalid value  for gid"),
        ("type=cache,target=/c,mode=u+x", "invalid value u+x for mode"),
        ("type=cache,target=/c,mode=789", "invalid value 789 for mode"),
        ("type=bind,target=/c,mode=0700", 'mode not allowed for "bind" type mounts'),
        ("type=bind,target=/c,uid=1", 'uid not allowed for "bind" type mounts'),
        ("type=cache,target=/c,rw=maybe", "invalid value for rw: maybe"),
        ("type=cache,target=/c,readonly=T", ""),
        ("type=cache,target=/c,size=1m", "unexpected key 'size' for mount type 'cache'"),
        ("type=tmpfs,target=/c,size=64m", ""),
        ("type=tmpfs,target=/c,size=1.5\\ GiB", ""),
        ("type=tmpfs,target=/c,size=big", "invalid value for size: big"),
        ("type=tmpfs,target=/c,size=-1", "invalid value for size: -1"),
        ("type=cache,target=/c,required", "unexpected key 'required' for mount type 'cache'"),
        ("type=secret,id=a,required", ""),
        ("required,type=secret,id=a", "unexpected key 'required' for mount type 'bind'"),
        ("type=secret,id=a,required=maybe", "invalid value for required: maybe"),
        ("type=secret", "invalid secret mount. one of source, target required"),
        ("type=secret,id=a,source=b", "both source and id can't be set"),
        ("type=secret,id=a,from=b", "secret mount should not have a from"),
        ("type=secret,id=a,sharing=shared", "secret mount should not define sharing"),
        ("type=ssh", ""),
        ("type=ssh,env=A", ""),
        ("type=cache,target=/c,from=$X", "'from' doesn't support variable expansion, define alias stage instead"),
        ("type=cache,target=/c,from=x$", ""),
        ('type=cache,\\"target=/a,b\\"', ""),
        ('type=cache,target=/a\\"b', 'failed to parse csv mounts: bare " in non-quoted-field'),
        ('type=cache,\\"target=/a', 'failed to parse csv mounts: extraneous or missing " in quoted-field'),
        ('type=cache,\\"target=/a\\"b', 'failed to parse csv mounts: extraneous or missing " in quoted-field'),
        (
            "type=cache,target=\\'/a",
            'failed to process "\'/a": unexpected end of statement while looking for matching single-quote',
        ),
    ],
)
def test_problem(value: str, problem: str) -> None:
    assert mount(f"FROM a\nRUN --mount={value} x\n").problem == problem


@pytest.mark.parametrize(
    "value",
    [
        "type=$T,target=/c,size=1",
        "type=cache,target=$X,uid=$UID,mode=${MODE},sharing=$S,ro=$R",
        "type=secret,target=$X",
        "type=cache,target=${X%/*}",
    ],
)
def test_variables_are_not_judged(value: str) -> None:
    assert mount(f"FROM a\nRUN --mount={value} x\n").problem == ""


def test_target_at_the_root() -> None:
    assert mount("FROM a\nRUN --mount=type=cache,target=/ x\n").problem == 'invalid mount target "/"'


def test_options_and_spans() -> None:
    text = 'FROM a\nRUN --network=none --mount=Type=Cache,\\\nDST="/a b"/c\\ d,ro,rw=false,sharing=Locked x\n'
    found = mount(text)
    assert (found.type, found.target) == ("cache", "/a b/c d")
    assert found.options == {
        "type": "Cache",
        "target": "/a b/c d",
        "readonly": "true",
        "readwrite": "false",
        "sharing": "Locked",
    }
    assert {key: text[slice(*span)] for key, span in found.fields.items()} == {
        "type": "Type=Cache",
        "target": 'DST="/a b"/c\\ d',
        "readonly": "ro",
        "readwrite": "rw=false",
        "sharing": "sharing=Locked",
    }
    assert text[slice(*found.span)] == text[text.index("--mount") : text.index(" x\n")]


def test_field_split_over_lines() -> None:
    text = "FROM a\nRUN --mount=type=cache,tar\\\nget=/c x\n"
    found = mount(text)
    assert found.target == "/c"
    assert text[slice(*found.fields["target"])] == "tar\\\nget=/c"


def test_last_of_equal_keys_wins() -> None:
    text = "FROM a\nRUN --mount=type=cache,target=/a,dst=/b x\n"
    found = mount(text)
    assert found.target == "/b"
    assert text[slice(*found.fields["target"])] == "dst=/b"


def test_bytes_beyond_ascii_are_read_as_latin_1() -> None:
    text = "FROM a\nRUN --mount=type=cache,target=/é,id=x y\n"
    found = mount(text)
    assert found.target == "/Ã©"
    assert text[slice(*found.fields["target"])] == "target=/é"
    assert text[slice(*found.fields["id"])] == "id=x"


def test_mounts_of_onbuild() -> None:
    assert mount("FROM a\nONBUILD RUN --mount=type=cache,target=/c,uid=x y\n").problem == "invalid value x for uid"
