"""Tags as people type them, taken apart."""

from __future__ import annotations

import pytest

from docgen.render.values.typed import TAG, read_tag, read_tags


@pytest.mark.parametrize(
    ("tag", "kind", "level", "inner", "keyword", "dashes"),
    [
        ("{{ name }}", "print", "", "name", "", (False, False)),
        ("{{p name -}}", "print", "p", "name", "", (False, True)),
        ("{{- a|default(“无”) }}", "print", "", 'a|default("无")', "", (True, False)),
        ("{{ -x }}", "print", "", "-x", "", (False, False)),
        ("{{ points }}", "print", "", "points", "", (False, False)),
        ("{%tr for x in y %}", "statement", "tr", "for x in y", "for", (False, False)),
        ("{%-p if x\n-%}", "statement", "p", "if x", "if", (True, True)),
        ("{%p%}", "statement", "", "p", "p", (False, False)),
        ("{% colwidth 2 %}", "statement", "", "colwidth 2", "colwidth", (False, False)),
        ("{#tc 说明 #}", "remark", "tc", "说明", "", (False, False)),
        ("{{}}", "print", "", "", "", (False, False)),
    ],
)
def test_a_tag_taken_apart(
    tag: str, kind: str, level: str, inner: str, keyword: str, dashes: tuple[bool, bool]
) -> None:
    assert TAG.fullmatch(tag)
    found = read_tag(tag)
    assert (found.kind, found.level, found.inner, found.keyword) == (kind, level, inner, keyword)
    assert (found.trims_before, found.trims_behind) == dashes


def test_an_escaped_brace_begins_no_tag() -> None:
    assert [tag.inner for tag in read_tags("{_{ a }_} {{ b }} {_% c %_}{% if d %}")] == ["b", "if d"]
