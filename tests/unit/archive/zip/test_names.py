from __future__ import annotations

import pytest

from docgen.archive.zip.names import (
    MAX_COMPONENT,
    MAX_PATH,
    MemberNames,
    clean_component,
    escape_name,
    fold_name,
    inspect_member_name,
    make_top_name,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GB/T 19001: 2016?", "GB／T 19001： 2016？"),
        ("合格率98%", "合格率98％"),
        ("a\r\nb\tc", "a b c"),
        ("结尾。. ", "结尾。"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1", "_COM1"),
        ("console", "console"),
        ("e\u0301", "é"),
        ("a\u202eb", "a b"),
        ("\ud800x", "x"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_a_component_is_cleaned(text: str, expected: str) -> None:
    assert clean_component(text) == expected
    assert inspect_member_name(clean_component(text)) is None


def test_a_component_is_cut_in_utf16_units() -> None:
    assert clean_component("量" * 100) == "量" * MAX_COMPONENT
    assert clean_component("𠮷" * 100) == "𠮷" * (MAX_COMPONENT // 2)


def test_a_member_name_says_number_title_and_enterprise() -> None:
    names = MemberNames("P_项目")
    path = names.make_member_name(
        item="a", label="现状调研相关文件", number=1, title="企业调查表", holder="甲公司", suffix=".docx"
    )
    assert path == "data/a_现状调研相关文件/0001_企业调查表_甲公司.docx"


def test_long_names_keep_the_limits_and_something_of_both_parts() -> None:
    top = make_top_name("", "X" * 70, "题" * 70)
    names = MemberNames(top)
    path = names.make_member_name(
        item="a", label="类" * 90, number=12, title="报告" * 60, holder="甲乙丙丁" * 30, suffix=".docx"
    )
    assert len(f"{top}/{path}") <= MAX_PATH
    assert all(len(part) <= MAX_COMPONENT for part in path.split("/"))
    assert path.split("/")[-1].startswith("0012_报告报告")
    assert "甲乙" in path
    assert path.endswith(".docx")
    assert inspect_member_name(path) is None


def test_collisions_are_numbered_whatever_case_and_composition() -> None:
    names = MemberNames("P")
    made = [
        names.make_member_name(item="a", label="类", number=1, title=title, suffix=suffix)
        for title, suffix in (("Report é", ".pdf"), ("report e\u0301", ".PDF"), ("REPORT É", ".pdf"))
    ]
    assert made[1].endswith("_2.PDF")
    assert made[2].endswith("_3.pdf")
    assert len({fold_name(path) for path in made}) == 3


def test_two_items_never_share_a_folder() -> None:
    names = MemberNames("P")
    first = names.make_member_name(item="a", label="X", number=1, title="t")
    second = names.make_member_name(item="A", label="x", number=2, title="t")
    assert first.split("/")[1] == "a_X"
    assert second.split("/")[1] == "A_x_2"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a/../b", "climbs"),
        ("./a", "climbs"),
        ("/etc/passwd", "absolute"),
        ("C:/x", "drive"),
        ("a\\b", "backslash"),
        ("a/b\x07", "control"),
        ("a/\u202egpj.exe", "bidi"),
        ("a//b", "empty_component"),
        ("a/b:stream", "forbidden"),
        ("a/b. ", "ending"),
        ("a/aux.h", "reserved"),
        ("a/b.docx;1", "version"),
        ("a/b.docx;", "version"),
        ("a/b;1.docx", None),
        ("a;1/b.docx", None),
        ("a/" + "量" * 90, "long"),
        ("", "empty"),
        ("a/数据/文件.docx", None),
        ("a/folder/", None),
    ],
)
def test_received_names_are_looked_at(name: str, problem: str | None) -> None:
    assert inspect_member_name(name) == problem


def test_a_shown_name_has_nothing_unseen() -> None:
    assert escape_name("a\x1b[31m\u202eb文件") == "a\\u{1b}[31m\\u{202e}b文件"
