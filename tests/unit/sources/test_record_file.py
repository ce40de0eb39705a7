"""docgen.sources.record_file: what is special to record files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docgen.errors import EXIT_CANNOT_RUN, SourceError
from docgen.messages import LANGUAGES, catalogue, read_sections
from docgen.sources.record_file import parse_source, read_source


def refuse(path: Path) -> tuple[str, str]:
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert caught.value.exit_code == EXIT_CANNOT_RUN
    (fault,) = caught.value.diagnostics
    return fault.code, catalogue("zh").message(fault)


@pytest.mark.parametrize("name", ["record.yaml", "record.yml", "RECORD.JSON", "记录", "记录.txt"])
def test_a_record_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('{"profile": "x", "n": 1.50}', "utf-8")
    source = read_source(path)
    assert source.path == path
    assert source.data == {"profile": "x", "n": "1.50"}
    assert source.locate(("n",)).column == 23
    assert source.locate(("n",), True).column == 18


def test_a_record_from_a_text() -> None:
    source = parse_source("profile: x\n")
    assert source.data == {"profile": "x"}
    assert source.locate(("profile",)).file == "record.yaml"


def test_a_folder_names_the_record_inside(tmp_path: Path) -> None:
    assert refuse(tmp_path)[0] == "S121"
    (tmp_path / "甲.yaml").write_text("a: 1")
    assert "甲.yaml" in refuse(tmp_path)[1]
    (tmp_path / "乙.yaml").write_text("a: 1")
    assert "甲.yaml" not in refuse(tmp_path)[1]
    (tmp_path / "record.yaml").write_text("a: 1")
    assert "record.yaml" in refuse(tmp_path)[1]


@pytest.mark.parametrize(("suffix", "what"), [(".xlsx", "电子表格"), (".DOCX", "文书"), (".zip", "压缩包")])
def test_another_kind_of_file_is_named(tmp_path: Path, suffix: str, what: str) -> None:
    path = tmp_path / f"r{suffix}"
    assert refuse(path)[0] == "S101"
    path.write_bytes(b"PK")
    code, message = refuse(path)
    assert code == "S122"
    assert what in message


FOLDERS = ("trees", "sources", "pipeline", "record", "archive")


def test_every_code_that_is_raised_has_its_texts() -> None:
    root = Path(__file__).resolve().parents[3] / "docgen"
    code = "".join(path.read_text("utf-8") for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    used = set(re.findall(r'"([SE]1\d\d)"', code))
    terms = set(re.findall(r'"((?:syntax|sources)\.[a-z_]+)"', code))
    for lang in LANGUAGES:
        sections = read_sections(lang)
        known = {key for key in sections["diagnostics"] if re.fullmatch(r"[SE]1[0-5]\d", key)}
        assert used == known
        assert terms == {key for key in sections["text"] if key.startswith(("syntax.", "sources."))}
