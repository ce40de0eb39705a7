"""docgen.trees: text → raw tree with places; what is refused, where, and how it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docgen.diagnostics import Diagnostic, Location
from docgen.errors import SourceError
from docgen.messages import catalogue
from docgen.trees import RawPath, format_path, parse_path, parse_tree, read_tree


def refusals(text: str, name: str = "r.yaml") -> list[tuple[str, int | None, int | None]]:
    return [(item.code, item.location.line, item.location.column) for item in refuse(text, name)]


def refuse(text: str, name: str = "r.yaml") -> tuple[Diagnostic, ...]:
    with pytest.raises(SourceError) as caught:
        parse_tree(text, name)
    return tuple(caught.value.diagnostics)


def said_of(text: str, name: str = "r.yaml") -> tuple[str, int | None, int | None]:
    """The kind of a syntax error and its place."""
    (fault,) = refuse(text, name)
    assert fault.code == "S110"
    return fault.params["what"].key, fault.location.line, fault.location.column  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "typed", ["012", "10:30", "98.50", "no", "true", "1e3", "2023-09-01", "0x1F", "1_000", ".5", "="]
)
def test_a_plain_scalar_stays_the_text_typed(typed: str) -> None:
    assert parse_tree(f"a: {typed}\nb: [{typed}]\n", "r.yaml").data == {"a": typed, "b": [typed]}


@pytest.mark.parametrize("typed", ["", "~", "null", "Null", "NULL"])
def test_only_null_is_resolved(typed: str) -> None:
    assert parse_tree(f"a: {typed}\n", "r.yaml").data == {"a": None}


def test_a_quoted_null_is_a_text() -> None:
    assert parse_tree("a: 'null'\nb: \"~\"\nc: ''\n", "r.yaml").data == {"a": "null", "b": "~", "c": ""}


def test_keys_stay_texts() -> None:
    assert parse_tree("1: a\nyes: b\n2023-01: c\n", "r.yaml").data == {"1": "a", "yes": "b", "2023-01": "c"}


def test_nothing_but_comments_is_none() -> None:
    assert parse_tree("# 说明\n", "r.yaml").data is None
    assert parse_tree("  \n", "r.json").data is None


TEXT = """\
project:
  name: 甲
enterprises:
  - key: a
    people: [{name: 乙}, {name: 丙}]
  - key: b
"""


@pytest.mark.parametrize(
    ("path", "key", "line", "column"),
    [
        ((), False, 1, 1),
        (("project", "name"), False, 2, 9),
        (("project", "name"), True, 2, 3),
        (("enterprises",), True, 3, 1),
        (("enterprises",), False, 4, 3),
        (("enterprises", 1, "key"), False, 6, 10),
        (("enterprises", 0, "people", 1, "name"), False, 5, 32),
        # what isn't there is at the nearest thing above it
        (("enterprises", 1, "people", 0), False, 6, 5),
        (("enterprises", 7), False, 4, 3),
        (("enterprises", 7), True, 4, 3),
        (("project", "name", "first"), True, 2, 9),
        (("nothing",), True, 1, 1),
    ],
)
def test_locate(path: tuple[str | int, ...], key: bool, line: int, column: int) -> None:
    tree = parse_tree(TEXT, "r.yaml")
    assert tree.locate(path, key) == Location("yaml", "r.yaml", line, column, format_path(path) or None)


def test_json_is_located_alike() -> None:
    data = parse_tree(TEXT, "r.yaml").data
    text = json.dumps(data, ensure_ascii=False, indent="\t").replace("\n", "\r\n")
    tree = parse_tree(text, "r.json")
    assert tree.data == data
    lines = text.split("\r\n")
    place = tree.locate(("enterprises", 0, "people", 1, "name"))
    assert place.line is not None
    assert place.column is not None
    assert lines[place.line - 1][place.column - 1 :] == '"丙"'
    key = tree.locate(("enterprises", 0, "people", 1, "name"), key=True)
    assert (key.line, key.column) == (place.line, lines[place.line - 1].index('"name"') + 1)


def test_columns_count_characters_not_bytes() -> None:
    assert parse_tree("甲𠀀: [乙, 丙]\n", "r.yaml").locate(("甲𠀀", 1)).column == 9


def test_format_path() -> None:
    assert format_path(("enterprises", 0, "indicators", 12, "after")) == "enterprises[0].indicators[12].after"


def test_every_refusal_at_once_in_order() -> None:
    text = "a: 1\nb: &x 2\na: 3\nc: *x\nd: !!python/name:os.system ''\n? [k]\n: 4\n<<: {e: 5}\n~: 6\n"
    assert refusals(text) == [
        ("S113", 2, 4),
        ("S112", 3, 1),
        ("S113", 4, 4),
        ("S115", 5, 4),
        ("S116", 6, 3),
        ("S114", 8, 1),
        ("S116", 9, 1),
    ]
    repeat = refuse(text)[1]
    assert repeat.params == {"key": "a", "line": 1}


def test_a_repeat_inside_a_repeated_value_is_found() -> None:
    assert refusals("a: {x: 1, x: 2}\na: {y: 1, y: 2}\n") == [("S112", 1, 11), ("S112", 2, 1), ("S112", 2, 11)]


@pytest.mark.parametrize(
    "text", ["a: R&D\n", "a: 5*3\n", "a: 好!\n", "a: '*x'\n", "a: |\n  **粗体**\n  * 一\n", "a: b & c\n"]
)
def test_marks_inside_a_text_are_text(text: str) -> None:
    parse_tree(text, "r.yaml")


@pytest.mark.parametrize("tag", ["!x", "!!str", "!!binary", "!<tag:x>", "!"])
def test_every_tag_is_refused(tag: str) -> None:
    assert refusals(f"a: {tag} b\n") == [("S115", 1, 4)]


def test_an_unknown_alias_is_an_alias() -> None:
    assert refusals("a: *nobody\nb: &x 1\nc: &x 2\n")[0] == ("S113", 1, 4)


def test_aliases_of_aliases_are_not_unfolded() -> None:
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60))
    assert {code for code, _, _ in refusals(laughs)} == {"S113"}
    assert {code for code, _, _ in refusals("a: &a [*a]\n")} == {"S113"}


def test_several_documents_are_refused_at_the_second() -> None:
    assert refusals("a: 1\n---\nb: 2\n") == [("S117", 3, 1)]
    assert parse_tree("---\na: 1\n...\n", "r.yaml").data == {"a": "1"}


@pytest.mark.parametrize(
    ("opening", "closing", "name"), [("[", "]", "r.yaml"), ("[", "]", "r.json"), ("- ", "", "r.yaml")]
)
def test_depth_has_a_limit(opening: str, closing: str, name: str) -> None:
    tail = '"x"' + closing * 90
    parse_tree(opening * 90 + tail, name)
    assert refusals(opening * 101 + '"x"' + closing * 101, name)[0][0] == "S119"


def test_depth_that_would_break_the_c_stack_is_refused_before() -> None:
    assert refusals("- " * 2_000_000 + "x")[0][0] == "S119"
    assert refusals("[" * 500_000, "r.json")[0][0] == "S119"
    assert refusals("[" * 500_000)[0][0] in ("S110", "S119")


def test_a_long_rule_of_dashes_is_text() -> None:
    assert parse_tree(f"a: |\n  {'-' * 3000}\n", "r.yaml").data == {"a": "-" * 3000 + "\n"}


def test_control_characters_are_named_with_their_place() -> None:
    faults = refuse("a: 甲\nb: 乙\x07丙\x0b\n")
    assert [(item.code, item.location.line, item.location.column, item.params["character"]) for item in faults] == [
        ("S111", 2, 5, "U+0007"),
        ("S111", 2, 7, "U+000B"),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "line", "column"),
    [
        ("名称: 甲\n数量：3\n备注: 1\n", "syntax.wide_colon", 2, 3),
        ("- 名称：甲\n  数量: 3\n", "syntax.wide_colon", 1, 5),
        ("项目：\n  名称: 甲\n", "syntax.wide_colon", 1, 3),
        ("正文: |\n  结论：好\n b: 2\n", "syntax.broken_entry", 3, 2),
        ("a:\n  - >-\n    结论：好\n   b: 2\n", "syntax.no_dash", 4, 4),
        ("a: b: c\n", "syntax.extra_colon", 1, 5),
        ("a: 1\n b: 2\n", "syntax.extra_colon", 2, 3),
        ("a: 1\nb\nc: 2\n", "syntax.no_colon", 2, 1),
        ("a:\n\t- b\n", "syntax.tab", 2, 1),
        ("a: |\n\tb\n", "syntax.tab", 2, 1),
        ("a: @x\n", "syntax.stray_mark", 1, 4),
        ("a: %x\n", "syntax.stray_mark", 1, 4),
        ('a: "x\nb: 1\n', "syntax.unclosed_quote", 1, 4),
        ("a: [1, 2\nb: 1\n", "syntax.unclosed_bracket", 1, 4),
        ("- a\nb: 1\n", "syntax.no_dash", 2, 1),
        ("a: - b\n", "syntax.stray_dash", 1, 4),
        ('a: "C:\\q"\n', "syntax.escape", 1, 7),
        ("a: 'it's'\n", "syntax.broken_entry", 1, 8),
        ("  a: 1\nb: 2\n", "syntax.outdent", 2, 1),
    ],
)
def test_a_syntax_error_is_said_in_plain_words_at_its_place(text: str, kind: str, line: int, column: int) -> None:
    assert said_of(text) == (kind, line, column)


@pytest.mark.parametrize(
    ("text", "kind", "line", "column"),
    [
        ('{"a": 1,}', "syntax.json_comma", 1, 9),
        ("[1,\n2,]", "syntax.json_comma", 2, 3),
        ('{"a": }', "syntax.json_comma", 1, 7),
        ('{"a" 1}', "syntax.json_colon", 1, 6),
        ("{'a': 1}", "syntax.json_quote", 1, 2),
        ("{“a”: 1}", "syntax.json_quote", 1, 2),
        ("{a: 1}", "syntax.json_key", 1, 2),
        ('{"a": 1 "b": 2}', "syntax.json_no_comma", 1, 9),
        ('{"a": 1 // 注\n}', "syntax.json_comment", 1, 9),
        ('{"a": 1} x', "syntax.json_rest", 1, 10),
        ('{"a": 012}', "syntax.json_word", 1, 7),
        ('{"a": True}', "syntax.json_word", 1, 7),
        ('{"a": NaN}', "syntax.json_word", 1, 7),
        ('{"a": "x\ty"}', "syntax.json_tab", 1, 9),
        ('{"a": "C:\\q"}', "syntax.escape", 1, 10),
        ('{"a": "x\n"}', "syntax.unclosed_quote", 1, 7),
        ('{"a": [1', "syntax.unclosed_bracket", 1, 7),
        ('{"a":', "syntax.unclosed_bracket", 1, 6),
        ('{"a": 1', "syntax.unclosed_bracket", 1, 1),
        ("[", "syntax.unclosed_bracket", 1, 2),
    ],
)
def test_a_fault_in_json_is_said_in_plain_words(text: str, kind: str, line: int, column: int) -> None:
    assert said_of(text, "r.json") == (kind, line, column)


@pytest.mark.parametrize(
    "text",
    [
        '{\n\t"a": "\\/\\"\\\\\\b\\f\\n\\r\\t",\n\t"b": [\t1.50 , -0.10e+5, true, false, null ]\n}',
        '"\\ud83d\\ude00 \\u4e2d"',
        "[]",
        "{}",
        ' [ { } , [ ] , "" ] ',
        '{"' + "k" * 3000 + '": "长键"}',
        '"\\u0000"',
        "12345678901234567890.00",
        '{"a": "<<", "<<": 1, "&x": "*y", "!z": "#"}',
    ],
)
def test_valid_json_survives(text: str) -> None:
    names = {"true": True, "false": False}

    def as_typed(value: object) -> object:
        if isinstance(value, dict):
            return {key: as_typed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [as_typed(item) for item in value]
        return next((name for name, truth in names.items() if value is truth), value)

    expected = as_typed(json.loads(text, parse_float=str, parse_int=str))
    assert parse_tree(text, "r.json").data == expected


def test_repeats_and_half_characters_in_json_are_refused_at_once() -> None:
    assert refusals('{"a": 1,\n "a": "\\ud83d",\n "a": 2}', "r.json") == [
        ("S112", 2, 2),
        ("S118", 2, 7),
        ("S112", 3, 2),
    ]


def test_crlf_and_byte_order_mark_are_tolerated(tmp_path: Path) -> None:
    for name, text in (("r.yaml", "a: 1\r\nb: 2\r\n"), ("r.json", '{"a": "1",\r\n"b": "2"}')):
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        tree = read_tree(path)
        assert tree.data == {"a": "1", "b": "2"}
        assert tree.locate(("b",), key=True).line == 2
        assert tree.file == str(path)


def read_refusal(path: Path) -> Diagnostic:
    with pytest.raises(SourceError) as caught:
        read_tree(path)
    (fault,) = caught.value.diagnostics
    return fault


def test_a_missing_file_names_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "record.yaml").write_text("a: 1")
    fault = read_refusal(tmp_path / "recrod.yaml")
    assert fault.code == "S101"
    assert "“record.yaml”" in catalogue("zh").message(fault)
    assert read_refusal(tmp_path / "nowhere" / "x.yaml").params["hint"].key == "sources.check_name"  # type: ignore[union-attr]


def test_what_is_no_text_file(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    assert read_refusal(tmp_path).code == "S103"
    path.write_bytes(b"")
    assert read_refusal(path).code == "S105"
    path.write_bytes(b" \r\n ")
    assert read_refusal(path).code == "S105"
    path.write_bytes("甲: 1\n乙: 丙\n".encode("gb18030"))
    fault = read_refusal(path)
    assert (fault.code, fault.params["encoding"], fault.location.line) == ("S107", "GB18030", 1)
    path.write_bytes(b"a: 1\nb: " + "乙".encode("gb18030") + b"\n")
    assert read_refusal(path).location.line == 2
    path.write_text("a: 1", "utf-16")
    assert read_refusal(path).params["encoding"] == "UTF-16"
    path.write_bytes(b"PK\x03\x04\0\0\xff\xff")
    assert read_refusal(path).code == "S108"


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.trees.text_file.MAX_BYTES", 10)
    path = tmp_path / "r.yaml"
    path.write_bytes(b"a: 1234567")
    assert read_tree(path).data == {"a": "1234567"}
    path.write_bytes(b"a: 12345678")
    assert read_refusal(path).code == "S106"


def test_no_permission_and_other_faults_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("a: 1")

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", deny)
    assert read_refusal(path).code == "S104"
    monkeypatch.setattr(Path, "open", fail)
    assert read_refusal(path).code == "S102"
    assert read_refusal(tmp_path / ("x" * 300)).code == "S102"


@pytest.mark.parametrize("path", [("a",), ("enterprises", 0, "name"), ("forms", "kite-check", 12, "lines", "k1")])
def test_a_path_is_read_as_it_was_written(path: RawPath) -> None:
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize("text", ["", "enterprises[].name", "a b"])
def test_what_is_no_path_leads_to_the_top(text: str) -> None:
    assert parse_path(text) == ()
