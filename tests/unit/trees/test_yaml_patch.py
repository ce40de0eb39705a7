"""Text patches of YAML: the wanted tree comes out, and nothing but the value's own characters changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from docgen.errors import SourceError
from docgen.trees import parse_tree
from docgen.trees.yaml_nodes import compose_branch
from docgen.trees.yaml_patch import REMOVED, Edit, patch_yaml, put_value

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*/*/record.yaml"))
WITHOUT_SHRINKING = settings(deadline=None, phases=[Phase.explicit, Phase.generate])
"""A record of 120 KB is made no smaller: that would take hours, and the edit that failed is told."""


def patch(text: str, *edits: tuple[tuple[str | int, ...], Any]) -> str:
    return patch_yaml(text, [Edit(path, value) for path, value in edits], "record.yaml")


@pytest.mark.parametrize(
    ("text", "path", "value", "wanted"),
    [
        # a value in each style, the comment behind it kept
        ("a: 甲  # 注\nb: 乙\n", ("a",), "丙", "a: 丙  # 注\nb: 乙\n"),
        ('a: "012"  # 注\n', ("a",), "013", 'a: "013"  # 注\n'),
        ("a: '甲'\n", ("a",), "it's", "a: 'it''s'\n"),
        ("a:  # 名称（应，文字）\nb: 1\n", ("a",), "甲", "a: 甲  # 名称（应，文字）\nb: 1\n"),
        ("a:\n", ("a",), "甲", "a: 甲\n"),
        ("a:", ("a",), "甲", "a: 甲"),
        ("a: 甲  # 注\n", ("a",), None, "a:   # 注\n"),
        ("a: |  # 注\n  一\n  二\n\n# 后\nb: 1\n", ("a",), "三\n四\n", "a: |  # 注\n  三\n  四\n\n# 后\nb: 1\n"),
        ("a: >\n  一\n  二\nb: 1\n", ("a",), "三\n", "a: >\n  三\nb: 1\n"),
        ("a: 甲\nb: 1\n", ("a",), "一\n二", "a: |-\n  一\n  二\nb: 1\n"),
        ("a: 一\n  二\nb: 1\n", ("a",), "三", "a: 三\nb: 1\n"),
        # texts that another reader of YAML would take for something else stay texts; null must be quoted
        ("a: x\n", ("a",), "no", "a: no\n"),
        ("a: x\n", ("a",), "10:30", "a: 10:30\n"),
        ("a: x\n", ("a",), "null", "a: 'null'\n"),
        ("a: x\n", ("a",), "~", "a: '~'\n"),
        ("a: x\n", ("a",), "甲: 乙", "a: '甲: 乙'\n"),
        ("a: x\n", ("a",), "甲 # 乙", "a: '甲 # 乙'\n"),
        ("a: x\n", ("a",), " 甲", "a: ' 甲'\n"),
        ("a: x\n", ("a",), "- 甲", "a: '- 甲'\n"),
        # in brackets
        ("a: {b: 1, c: , d: }  # 注\n", ("a", "c"), "甲", "a: {b: 1, c: 甲, d: }  # 注\n"),
        ("a: {b: 1, c: , d: }\n", ("a", "d"), "甲，乙", "a: {b: 1, c: , d: 甲，乙}\n"),
        ("a: {b: 1}\n", ("a", "b"), "x, y", "a: {b: 'x, y'}\n"),
        ("a: {b: 1, c: }\n", ("a", "e"), "2", "a: {b: 1, c: , e: 2 }\n"),
        ("a: {}\n", ("a", "企业"), "2", "a: {企业: 2}\n"),
        ("a: [x, y]  # 注\n", ("a", 2), "z", "a: [x, y, z]  # 注\n"),
        ("a: []  # 注\n", ("a", 0), "z", "a: [z]  # 注\n"),
        ("a: [x, y, z]\n", ("a", 1), REMOVED, "a: [x, z]\n"),
        ("a: [x, y]\n", ("a", 1), REMOVED, "a: [x]\n"),
        ("a: [x]\n", ("a", 0), REMOVED, "a: []\n"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), REMOVED, "a: {c: 2}\n"),
        # keys and items on lines of their own
        ("a:\n    b: 1  # 注\n# 后\nc: 1\n", ("a", "d"), "2", "a:\n    b: 1  # 注\n    d: 2\n# 后\nc: 1\n"),
        ("a: 1", ("b",), "2", "a: 1\nb: 2"),
        ("a:  # 注\n#  - k: 1\n", ("a", 0), {"k": "x"}, "a:  # 注\n  - k: x\n#  - k: 1\n"),
        ("a: []  # 注\nb: 1\n", ("a", 0), {"k": "x"}, "a:  # 注\n  - k: x\nb: 1\n"),
        ("a:\n- k: 1\n  l: 2\n\nb: 1\n", ("a", 1), {"k": "3"}, "a:\n- k: 1\n  l: 2\n- k: 3\n\nb: 1\n"),
        ("a:\n  - {k: 1}  # 注\n", ("a", 1), {"k": "3"}, "a:\n  - {k: 1}  # 注\n  - {k: 3}\n"),
        ("a:\n  - k: 1\n  # 注\n  - k: 2\n", ("a", 1), REMOVED, "a:\n  - k: 1\n  # 注\n"),
        ("a:\n  - k: 1\n    l: 2\n  - k: 2\n", ("a", 0), REMOVED, "a:\n  - k: 2\n"),
        ("a:  # 注\n  - k: 1\nb: 2\n", ("a", 0), REMOVED, "a: []  # 注\nb: 2\n"),
        ("a:\n  b: 1\n  c: 2\nd: 3\n", ("a", "b"), REMOVED, "a:\n  c: 2\nd: 3\n"),
        ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), REMOVED, "a:\n  - c: 2\n"),
        ("a:\n  -\n  - x\n", ("a", 0), "y", "a:\n  - y\n  - x\n"),
        # what is missing on the way is made
        ("a:  # 注\nb: 1\n", ("a", "c", "d"), "x", "a:  # 注\n  c:\n    d: x\nb: 1\n"),
        ("a: 1\n", ("f", "x-y", 0, "l"), ["p", "q"], "a: 1\nf:\n  x-y:\n    - l: [p, q]\n"),
        # a list in place of a list
        ("a: [x]  # 注\n", ("a",), ["y", "z"], "a: [y, z]  # 注\n"),
        ("a:  # 注\n  - x\n  - y\nb: 1\n", ("a",), ["z"], "a:  # 注\n  - z\nb: 1\n"),
        ("a:\n  b: 1\nc: 1\n", ("a",), "x", "a: x\nc: 1\n"),
        # line breaks as found
        ("a: 1\r\nb:  # 注\r\n", ("b",), "一\n二\n", "a: 1\r\nb: |  # 注\r\n  一\r\n  二\r\n"),
        ("a: 1\r\nb:\r\n  - x\r\n", ("b", 1), {"k": "v"}, "a: 1\r\nb:\r\n  - x\r\n  - k: v\r\n"),
    ],
)
def test_patch(text: str, path: tuple[str | int, ...], value: Any, wanted: str) -> None:
    patched = patch(text, (path, value))
    assert patched == wanted
    assert parse_tree(patched, "r.yaml").data == put_value(parse_tree(text, "r.yaml").data, Edit(path, value))


def test_same_value_leaves_text_alone() -> None:
    text = "a: 'x'\nb: {c: |-\n"
    with pytest.raises(SourceError):
        patch(text, (("a",), "y"))
    assert patch("a: 'x'  # 1\n", (("a",), "x")) == "a: 'x'  # 1\n"


@pytest.mark.parametrize(
    ("text", "path", "value", "line"),
    [
        ("b: 1\n? a\n: x\n", ("a",), "y", 2),  # an explicit key
        ("b: 1\na: x\n", ("a", "c"), "y", 2),  # a scalar has no keys
        ("b: 1\na:\n  - x\n", ("a", 5), "y", 3),  # past the end
    ],
)
def test_refused_with_line(text: str, path: tuple[str | int, ...], value: Any, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        patch(text, (path, value))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "N200"
    assert diagnostic.location.line == line


def list_paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    paths: list[tuple[tuple[str | int, ...], Any]] = [(path, data)] if path else []
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        paths += list_paths(value, (*path, step))
    return paths


def find_value(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data


def find_comments(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


def check_edit(text: str, edit: Edit) -> str:
    """Make an edit; what comes out says the wanted, and the lines before and behind the value's own are the same."""
    before = parse_tree(text, "r.yaml")
    patched = patch_yaml(text, [edit], "record.yaml")
    assert parse_tree(patched, "r.yaml").data == put_value(before.data, edit)
    branch, rest = compose_branch(text, edit.path)
    if not rest and branch.node.id == "scalar" and edit.value is not REMOVED:
        assert patched.startswith(text[: branch.node.start_mark.index].rstrip()), "what stands before is the same"
        behind = text[branch.node.end_mark.index :]
        if "\n" in str(edit.value):  # a comment behind it now stands behind the mark of a block
            behind = behind.partition("\n")[2]
        assert patched.endswith(behind), "what stands behind is the same"
    lost = [line for line in find_comments(text) if line not in find_comments(patched)]
    former = str(find_value(before.data, edit.path))
    assert not lost or "#" in former or isinstance(edit.value, list) or edit.value is REMOVED
    return patched


TEXTS = st.one_of(
    st.sampled_from(
        [
            "012",
            "no",
            "10:30",
            "~",
            "null",
            "",
            "a: b",
            "甲 # 乙",
            "- 甲",
            "“甲”",
            "x\ty",
            "甲\n乙\n",
            "{",
            "]",
            "#",
            "&a",
            "*a",
            "!x",
            "%",
            "@",
            "`",
            "a,b",
            "甲:",
            "--- ",
            "...",
            "\n",
            " 甲\n乙",
            "𝄞",
            "\x85",
            "a\u2028b",
            "?",
            "? x",
            "-",
            ":",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=30),
    st.text("甲乙 #:-\n'\"|>{}[],&*", max_size=12),
)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: "/".join(path.parts[-3:-1]))
@settings(WITHOUT_SHRINKING, max_examples=8, derandomize=True, database=None)
@given(data=st.data())
def test_samples_stay_whole(path: Path, data: st.DataObject) -> None:
    edit_sample(path, data)


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: "/".join(path.parts[-3:-1]))
@settings(WITHOUT_SHRINKING, max_examples=300)
@given(data=st.data())
def test_samples_stay_whole_many_times(path: Path, data: st.DataObject) -> None:
    edit_sample(path, data)


def edit_sample(path: Path, data: st.DataObject) -> None:
    """Edit a sample's text at random places, one edit upon the other."""
    raw = path.read_bytes().decode()
    if data.draw(st.booleans(), "crlf"):
        raw = raw.replace("\n", "\r\n")
    text = raw
    for _ in range(data.draw(st.integers(1, 3))):
        known = list_paths(parse_tree(text, "r.yaml").data)
        place, value = data.draw(st.sampled_from(known), "place")
        typed = data.draw(TEXTS, "text")
        what = data.draw(st.sampled_from(["set", "add", "remove"]))
        if isinstance(value, dict):
            edit = Edit((*place, data.draw(st.sampled_from(["neu", "新的键", *value]))), typed)
        elif isinstance(value, list):
            is_listed = what == "add" and value and not isinstance(value[0], dict)
            edit = Edit((*place, len(value)), typed if is_listed else {"key": "k", "name": typed, "of": [typed]})
        elif what == "remove" and isinstance(place[-1], int):
            edit = Edit(place, REMOVED)
        else:
            edit = Edit(place, typed if what != "remove" else None)
        if what == "remove" and isinstance(value, dict) and isinstance(place[-1], int):
            edit = Edit(place, REMOVED)
        text = check_edit(text, edit)
