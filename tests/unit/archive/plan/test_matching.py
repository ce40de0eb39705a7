"""Which document or filing item a file is meant for, on descriptions in memory."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath

import pytest

from docgen.archive.plan.clues import Holder, PathClues
from docgen.archive.plan.matching import MARGIN, THRESHOLD, DocumentSlot, FileClue, FileMatch, Matcher
from docgen.archive.plan.renditions import gather_files

LI, SONG, EXPO = "li", "song", "expo"
HOLDERS = (
    Holder("enterprises[]", LI, ("青州市栗园纸鸢有限公司", "栗园纸鸢")),
    Holder("enterprises[]", SONG, ("潍城松石风筝工坊",)),
    Holder("forms.flight[]", "first", ("清明首飞",)),
    Holder("trainings[]", EXPO, ("竹条选料与削制", "扎制人员"), dt.date(2030, 3, 14)),
    Holder("trainings[]", "paint", ("矿物颜料调制", "彩绘人员"), dt.date(2030, 3, 21)),
)
PLACES = (PathClues("a", "前期准备"), PathClues("b", "放飞计划"), PathClues("c", "检查记录"), PathClues("d", "总结"))


def for_each(name: str, item: str, *names: str, headings: tuple[str, ...] = ()) -> list[DocumentSlot]:
    return [DocumentSlot(f"{name}/{key}", name, names, item, "enterprises[]", key, headings) for key in (LI, SONG)]


SLOTS = (
    DocumentSlot(
        "flight-plan/project",
        "flight-plan",
        ("放飞计划",),
        "b",
        headings=("风力分析", "放线", "安全"),
    ),
    DocumentSlot("club-roster/project", "club-roster", ("放飞俱乐部成员名单",), "a"),
    *for_each("kite-check", "c", "风筝骨架检查记录", "表C.1 风筝骨架检查记录"),
    *for_each("string-check", "c", "风筝提线检查报告"),
    *for_each("team-roster", "c", "风筝扎制小组名单"),
    *(DocumentSlot(f"course/{key}", "course", ("扎制培训记录",), "c", "trainings[]", key) for key in (EXPO, "paint")),
    DocumentSlot("work-summary/project", "work-summary", ("放飞工作总结",), "d"),
    DocumentSlot("flight/project", "flight", ("放飞情况记录",), "c", is_open=True),
    DocumentSlot("flight/first", "flight", ("放飞情况记录",), "c", "forms.flight[]", "first"),
    DocumentSlot("complaint/project", "complaint", ("放飞投诉记录",), "c", is_open=True),
)
MATCHER = Matcher(SLOTS, PLACES, HOLDERS, ("潍坊2030年风筝放飞项目",))


def match(path: str, *lines: str, headings: tuple[str, ...] = ()) -> FileMatch:
    picture = path.endswith((".jpg", ".png"))
    return MATCHER.match(FileClue(PurePosixPath(path), lines, headings, picture))


@pytest.mark.parametrize(
    ("path", "slot"),
    [
        ("放飞计划.docx", "flight-plan/project"),
        ("b_放飞计划/放飞计划终稿.docx", "flight-plan/project"),
        ("02放飞计划/计划v2.docx", "flight-plan/project"),
        ("3-1 风筝骨架检查记录（栗园纸鸢）.docx", f"kite-check/{LI}"),
        ("（2）风筝骨架检查记录-青州市栗园纸鸢有限公司-最终版(1).docx", f"kite-check/{LI}"),
        ("检查记录/松石/骨架检查记录.docx", f"kite-check/{SONG}"),
        ("栗园/提线检查报告20300314.docx", f"string-check/{LI}"),
        ("song/风筝骨架检查记录.docx", f"kite-check/{SONG}"),
        ("风筝骨架检查记录_li.docx", f"kite-check/{LI}"),
        ("表C.1（松石）.xlsx", f"kite-check/{SONG}"),
        ("３－１　风筝骨架检查记录（栗园纸鸢）.docx", f"kite-check/{LI}"),
        ("04检查记录/风筝提线检查报告_松石风筝工坊（签字版）.pdf", f"string-check/{SONG}"),
        ("扎制培训记录 竹条选料与削制.docx", f"course/{EXPO}"),
        ("扎制培训记录20300321.docx", "course/paint"),
        ("培训记录（扎制人员）.docx", f"course/{EXPO}"),
        ("d、总结/工作总结.pdf", "work-summary/project"),
        ("2030年放飞工作总结.docx", "work-summary/project"),
        ("投诉记录/放飞投诉记录 3月.docx", "complaint/project"),
        ("放飞情况记录（清明首飞）.docx", "flight/first"),
        ("放飞情况记录（中秋）.docx", "flight/project"),
        ("风筝扎制小组名单 栗园.docx", f"team-roster/{LI}"),
        ("俱乐部成员名单.xlsx", "club-roster/project"),
    ],
)
def test_a_name_is_enough_when_it_says_what_and_whose(path: str, slot: str) -> None:
    found = match(path)
    assert found.slot is not None, (found.why, found.best, found.second)
    assert found.slot.id == slot
    assert found.best is not None
    assert found.best.lead >= THRESHOLD


@pytest.mark.parametrize(
    ("path", "lines", "slot"),
    [
        ("新建 Microsoft Word 文档.docx", ("青州市栗园纸鸢有限公司", "风筝提线检查报告"), f"string-check/{LI}"),
        ("1.docx", ("一、风筝骨架检查记录", "企业名称：潍城松石风筝工坊"), f"kite-check/{SONG}"),
        ("附件.xlsx", ("放飞俱乐部成员名单",), "club-roster/project"),
        ("潍坊2030年风筝放飞项目.docx", ("潍坊2030年风筝放飞项目放飞计划",), "flight-plan/project"),
    ],
)
def test_the_title_inside_is_enough_where_the_name_says_nothing(path: str, lines: tuple[str, ...], slot: str) -> None:
    found = match(path, *lines)
    assert found.slot is not None, (found.why, found.best, found.second)
    assert found.slot.id == slot
    assert "inside" in found.best.points.reasons  # type: ignore[union-attr]


def test_the_headings_inside_tell_a_report_that_has_a_title_of_its_own() -> None:
    found = match("文稿.docx", "春风十里送纸鸢", headings=("一、风力分析", "二、放线", "三、安全"))
    assert found.slot is not None
    assert found.slot.id == "flight-plan/project"


@pytest.mark.parametrize(
    "folder",
    [
        "c_检查记录",
        "c 检查记录",
        "c、检查记录",
        "c",
        "（c）",
        "C-检查",
        "03检查记录",
        "三、检查记录",
        "检查记录",
        "c检查记录",
        "检查记录资料",
    ],
)
def test_a_folder_names_a_filing_item(folder: str) -> None:
    found = match(f"{folder}/照片/IMG_0001.jpg")
    assert (found.slot, found.item) == (None, "c")


@pytest.mark.parametrize("folder", ["资料", "cd", "合同", "certificates", "检查", "2030"])
def test_another_folder_names_none(folder: str) -> None:
    assert match(f"{folder}/IMG_0001.jpg").item is None


def test_the_innermost_folder_counts() -> None:
    assert match("a_前期准备/d_总结/IMG.jpg").item == "d"


@pytest.mark.parametrize(
    ("path", "lines", "why"),
    [
        ("提线检查报告.docx", (), "holder"),
        ("c_检查记录/提线检查报告.docx", (), "holder"),
        ("会议纪要.docx", ("会议纪要",), "title"),
        ("IMG_0001.jpg", (), "title"),
        ("风筝骨架检查记录.docx", ("风筝提线检查报告", "青州市栗园纸鸢有限公司"), "conflict"),
        ("风筝骨架检查记录 栗园纸鸢.docx", ("风筝骨架检查记录", "潍城松石风筝工坊"), "conflict"),
        ("检查 栗园.docx", (), "unlike"),
    ],
)
def test_what_is_in_doubt_is_not_filed_and_says_why(path: str, lines: tuple[str, ...], why: str) -> None:
    found = match(path, *lines)
    assert (found.slot, found.item, found.why) == (None, None, why), (found.best, found.second)


def test_the_best_guess_and_the_next_are_told() -> None:
    found = match("提线检查报告.docx")
    assert found.best is not None
    assert found.second is not None
    assert {found.best.slot.holder, found.second.slot.holder} == {LI, SONG}
    assert found.best.lead - found.second.lead < MARGIN


def test_a_file_of_one_enterprise_is_never_taken_for_another() -> None:
    found = match("检查记录/松石/风筝骨架检查记录（栗园纸鸢）.docx")
    assert found.slot is None or found.slot.holder == LI


def test_a_photograph_of_a_visit_is_no_record_of_it() -> None:
    found = match("c_检查记录/风筝骨架检查照片（栗园）.jpg")
    assert (found.slot, found.item) == (None, "c")


def test_one_enterprise_need_not_be_named() -> None:
    single = Matcher(tuple(slot for slot in SLOTS if slot.holder in ("", LI)), PLACES, HOLDERS[:1])
    found = single.match(FileClue(PurePosixPath("提线检查报告.docx")))
    assert found.slot is not None
    assert found.slot.id == f"string-check/{LI}"


def test_three_hundred_enterprises_are_told_apart_by_their_names() -> None:
    holders = tuple(Holder("enterprises[]", f"e{n}", (f"潍坊第{n:03d}号风筝厂",)) for n in range(300))
    slots = tuple(
        DocumentSlot(f"{kind}/e{n}", kind, (title,), "c", "enterprises[]", f"e{n}")
        for n in range(300)
        for kind, title in (("kite-check", "风筝骨架检查记录"), ("string-check", "风筝提线检查报告"))
    )
    matcher = Matcher(slots, PLACES, holders)
    found = matcher.match(FileClue(PurePosixPath("c/潍坊第217号风筝厂/提线检查报告.docx")))
    assert found.slot is not None
    assert found.slot.id == "string-check/e217"


def test_points_are_those_that_the_reasons_name() -> None:
    found = match("c_检查记录/风筝骨架检查记录（栗园纸鸢）.docx", "风筝骨架检查记录", "青州市栗园纸鸢有限公司")
    assert found.best is not None
    points = found.best.points
    assert (points.name, points.inside, points.folder, points.holder) == (60, 15, 10, 15)
    assert points.total == found.score == 100
    assert points.reasons == ("name", "inside", "folder", "holder")


def gather(*names: str) -> list[tuple[str, str]]:
    matches = [match(f"栗园纸鸢/{name}") for name in names]
    assert all(found.slot is not None for found in matches), [found.why for found in matches]
    return [(item.match.clue.path.name, item.role) for item in gather_files(matches).files]


def rivals(*names: str) -> set[str]:
    return {found.clue.path.name for found in gather_files([match(f"栗园纸鸢/{name}") for name in names]).rivals}


def test_files_of_different_kinds_are_renditions_of_one_document() -> None:
    assert gather("提线检查报告.docx", "提线检查报告.pdf") == [
        ("提线检查报告.docx", "original"),
        ("提线检查报告.pdf", "pdf"),
    ]
    assert gather("提线检查报告终稿.docx", "提线检查报告签字版.pdf") == [
        ("提线检查报告终稿.docx", "original"),
        ("提线检查报告签字版.pdf", "signed"),
    ]
    assert gather("提线检查报告.docx", "提线检查报告.xlsx") == [
        ("提线检查报告.docx", "original"),
        ("提线检查报告.xlsx", "original"),
    ]
    assert gather("提线检查报告.pdf") == [("提线检查报告.pdf", "original")]
    assert gather("提线检查报告（盖章）.pdf") == [("提线检查报告（盖章）.pdf", "signed")]
    assert gather("提线检查报告.docx", "提线检查报告.pdf", "提线检查报告扫描件.pdf") == [
        ("提线检查报告.docx", "original"),
        ("提线检查报告.pdf", "pdf"),
        ("提线检查报告扫描件.pdf", "signed"),
    ]


def test_pictures_are_pages_when_their_names_differ_by_a_number() -> None:
    assert [role for _name, role in gather("提线检查报告_1.jpg", "提线检查报告_2.jpg")] == ["original", "original"]
    assert [role for _name, role in gather("提线检查报告.docx", "提线检查报告_1.jpg")] == ["original", "signed"]
    assert [role for _n, role in gather("提线检查报告扫描1.jpg", "提线检查报告扫描2.jpg")] == ["signed", "signed"]


def test_of_two_files_of_one_kind_neither_is_taken() -> None:
    assert rivals("提线检查报告v1.docx", "提线检查报告v2.docx") == {"提线检查报告v1.docx", "提线检查报告v2.docx"}
    assert rivals("提线检查报告.docx", "提线检查报告.doc") == {"提线检查报告.docx", "提线检查报告.doc"}
    assert rivals("提线检查报告v1.docx", "提线检查报告v3.pdf") == {"提线检查报告v1.docx", "提线检查报告v3.pdf"}
    signed = {"提线检查报告签字版.pdf", "提线检查报告盖章.pdf"}
    assert rivals("提线检查报告.docx", *signed) == signed
    assert rivals("提线检查报告.docx", "提线检查报告v2.pdf") == set()


def test_a_file_much_less_like_the_document_is_not_its_rival() -> None:
    sure = match("c/栗园纸鸢/风筝提线检查报告.docx", "风筝提线检查报告")
    weak = match("d/栗园纸鸢/提线检查报告.docx")
    assert weak.slot is not None
    gathered = gather_files([sure, weak])
    assert [item.match for item in gathered.files] == [sure]
    assert gathered.doubtful == (weak,)


def test_a_near_title_is_not_filed_as_something_else() -> None:
    """In another item's folder a file that is most likely a document is left to a person, a less likely one isn't."""
    near, far = match("a_前期准备/提线检查情况报告.docx"), match("a_前期准备/提线检验报告.docx")
    assert near.best is not None and far.best is not None  # noqa: PT018
    assert (near.best.is_guess, near.slot, near.item) == (True, None, None)
    assert (far.best.is_guess, far.slot, far.item) == (False, None, "a")
