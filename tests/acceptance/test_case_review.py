"""The review of many cases: a table, JSON, what they share, commented copies, files of other kinds."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from support.case_corpus import Plan, make_case, plan_corpus
from support.case_words import STORIES
from support.command_line import PROFILE, CommandLine
from support.office_schemas import check_file

from docgen.batch.engines import Procedure


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def plan(name: str, number: int, layout: str = "bold") -> Plan:
    heads = ("企业简介", "存在问题", "主要做法", "取得成效", "启示")
    return Plan(name, STORIES[number], layout, "chinese", "known", heads, "line", "起草单位", (), ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "来稿"
    (folder / "二批").mkdir(parents=True)
    make_case(plan("甲", 0), folder)
    make_case(plan("乙", 1), folder)
    make_case(plan("丙", 0, "md-atx"), folder / "二批")
    for name in ("旧.doc", "稿.wps", "扫描.pdf", "照片.jpg", "~$甲.docx"):
        (folder / name).write_bytes(b"x")
    return folder


def test_a_folder_gives_a_table(docgen: CommandLine, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "评审表.xlsx"
    ran = docgen.json("case", folder, "--profile", PROFILE, "-o", out)
    assert ran.code == 2
    assert sorted(set(ran.codes) & {"C126", "C153", "C155", "C157"}) == ["C126", "C153", "C155", "C157"]
    cases = {Path(case["path"]).name: case for case in ran.document["cases"]}
    assert list(cases) == ["乙.docx", "丙.md", "甲.docx"]
    assert cases["甲.docx"]["shared"] > 3
    assert cases["甲.docx"]["shared_paragraphs"][0]["others"] == ["二批/丙.md"]
    assert (cases["乙.docx"]["shared"], cases["乙.docx"]["answers"]["all"]) == (0, 3)
    assert check_file(out) == []
    book = load_workbook(out)
    assert book.sheetnames == ["案例", "相同段落", "问题"]
    head, *rows = [[cell.value for cell in row] for row in book["案例"].iter_rows()]
    by_name = {str(row[1]): dict(zip(head, row, strict=True)) for row in rows}
    assert list(by_name) == ["乙.docx", "二批/丙.md", "扫描.pdf", "旧.doc", "甲.docx", "稿.wps"]
    row = by_name["甲.docx"]
    assert (row["标题"], row["起草单位"]) == (STORIES[0].title, "\n".join(STORIES[0].units))
    assert row["合计字数"] == cases["甲.docx"]["total"]["high"]
    assert row["a）企业简介 字数"] == cases["甲.docx"]["parts"][0]["count"]
    assert row["各部分怎样认出"] == "都写明了标题"
    assert (row["基本情况"], row["问题有回应"]) == ("7/7", "3/3")
    assert "a）占比 约 5%（2%～8%）" in head
    assert docgen("case", folder, "-o", out).code == 2  # it is there
    assert "另有 1 个其他类型的文件" in docgen("case", folder).out


def test_all_get_a_commented_copy(docgen: CommandLine, folder: Path, tmp_path: Path) -> None:
    for name in ("旧.doc", "稿.wps", "扫描.pdf"):
        (folder / name).unlink()
    copies = folder / "批注"
    docgen("case", folder, "--profile", PROFILE, "--annotate", copies)
    assert sorted(path.name for path in copies.rglob("*.docx")) == ["乙.docx", "甲.docx"]
    comments = [comment.text for comment in Document(str(copies / "甲.docx")).comments]
    assert any("二批/丙.md" in text for text in comments)
    assert len(docgen.json("case", folder).document["cases"]) == 5  # without the option they are texts as others
    again = docgen.json("case", folder, "--annotate", copies, "--force")
    assert len(again.document["cases"]) == 3


def test_an_empty_folder_is_told(docgen: CommandLine, tmp_path: Path) -> None:
    assert docgen.json("case", tmp_path).codes == ["C158"]


@pytest.mark.heavy
def test_processes_give_what_one_gives(docgen: CommandLine, tmp_path: Path) -> None:
    for item in plan_corpus(16):
        make_case(item, tmp_path)
    several = docgen.json("case", tmp_path, "--profile", PROFILE, "--jobs", "2").document["cases"]
    assert several == docgen.json("case", tmp_path, "--profile", PROFILE, "--jobs", "1").document["cases"]


def test_a_file_that_breaks_keeps_none_from_it(docgen: CommandLine, folder: Path) -> None:
    with zipfile.ZipFile(folder / "坏.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    ran = docgen.json("case", folder)
    assert len(ran.document["cases"]) == 3
    assert "C125" in ran.codes or "C128" in ran.codes


class Twice:
    """An engine that does each text twice, in another order, and gives both answers."""

    def run(
        self, work: Procedure[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Any, Any]]:
        del should_stop
        answers = [(task, work.perform(task)) for task in tasks for _ in range(2)]
        random.Random(2).shuffle(answers)
        yield from answers


def test_every_text_twice_gives_the_same(
    docgen: CommandLine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for name in ("once", "twice"):
        copies = tmp_path / name
        ran = docgen.json("case", folder, "--profile", PROFILE, "--annotate", copies)
        files = {path.relative_to(copies): path.read_bytes() for path in copies.rglob("*.docx")}
        told.append((ran.code, ran.out.replace(str(copies), ""), files))
        monkeypatch.setattr("docgen.batch.cases.review.choose_engine", lambda *_: Twice())
    assert len(told[0][2]) == 2
    assert told[0] == told[1]


def test_a_folder_that_is_not_there_is_told_as_that(docgen: CommandLine, tmp_path: Path) -> None:
    ran = docgen.json("case", tmp_path / "来稿", "--profile", PROFILE)
    assert (ran.code, ran.codes) == (2, ["C121"])
