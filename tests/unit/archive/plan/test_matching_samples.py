"""Papers as people name them, held against the documents of the samples' records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import openpyxl
import pytest

from docgen.archive.plan.matching import FileClue, FileMatch
from docgen.pipeline.handwritten.slots import SlotPlan, plan_slots
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import make_prose_reader, open_source
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import validate_record
from docgen.sources.manuscripts import read_manuscript

pytestmark = pytest.mark.heavy

SAMPLES = Path(__file__).parents[4] / "samples"
SINGLE = "db4201-t665-2022/single-enterprise"
RECORDS = (
    SINGLE,
    "db3203-t1023-2023/complete",
    "db4201-t629-2020/station",
    "t-hebqia-draft/scored",
    "chengdu-sme-guide-2024/service",
)
EVERYDAY = (
    "会议记录",
    "会议纪要",
    "物料清单",
    "材料清单",
    "个人工作总结",
    "年度工作总结",
    "工作总结",
    "合作协议",
    "服务协议",
    "通讯录",
    "花名册",
    "职业培训人员花名册",
    "名单",
    "满意度调查",
    "职业培训机构满意度调查表",
    "申请表",
    "第五届竞赛报名申请表",
    "报名表",
    "登记表",
    "签到表",
    "会议签到表",
    "调查表",
    "评价表",
    "员工绩效评价表",
    "回访记录",
    "访谈记录",
    "审核记录",
    "检验记录",
    "培训计划",
    "年度工作计划",
    "照片",
    "台账",
    "总结",
    "报告",
    "财务分析报告",
    "劳动合同",
    "保密承诺书",
    "通知",
    "营业执照",
    "请示",
    "批复",
    "培训教材",
    "培训课件",
    "培训通知",
    "设备清单",
    "采购清单",
    "考勤表",
    "工资表",
    "报价单",
    "采购合同",
    "检测报告",
    "年度培训计划",
    "管理评审报告",
    "可行性研究报告",
    "专家评审意见",
    "员工满意度调查表",
    "客户满意度调查表",
    "满意度调查问卷",
    "调查问卷",
    "新员工培训签到表",
    "消防监督检查记录",
    "产品质量分析报告",
    "整改报告",
    "验收单",
    "新闻稿",
    "公司简介",
)
SHEETS = ("Sheet", "Sheet1", "sheet 2", "Sheet1 (2)", "工作表1", "表1", "Tabelle1", "Feuil1", "Chart1")


@cache
def plan(record: str) -> tuple[SlotPlan, str]:
    """The documents that a file can be under a sample's record, and the name of its first enterprise."""
    path = SAMPLES / record / "record.yaml"
    source, loaded = open_source(path, Options())
    checked = validate_record(loaded, source.data, source.locate, make_prose_reader(path.parent), failed=source.failed)
    assert checked.record is not None
    subject = Subject(loaded.profile, checked.record, derive_facts(loaded.profile, checked.record))
    return plan_slots(subject), checked.record.enterprises[0].name or ""


def match(record: str, path: str, *lines: str) -> FileMatch:
    return plan(record)[0].matcher.match(FileClue(PurePosixPath(path), lines))


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("title", EVERYDAY)
def test_an_everyday_paper_is_filed_nowhere_and_nobody_is_told_to_rename_it(record: str, title: str) -> None:
    enterprise = plan(record)[1]
    for lines in ((), (title,), (title, enterprise)):
        for name in (f"{title}.docx", f"{title}.pdf", f"{title}.jpg", "1.xlsx", f"关于{title}的通知.docx"):
            found = match(record, name, *lines)
            assert (found.slot, found.item) == (None, None), (name, found.best)
    found = match(SINGLE, "合作协议.docx", "合作协议", enterprise)
    assert found.best is not None
    assert not found.best.is_guess


@pytest.mark.parametrize("title", ["会议记录", "合作协议", "物料清单", "个人工作总结", "通讯录", "申请表", "回访记录"])
def test_an_everyday_paper_in_the_folder_of_an_item_is_filed_with_the_item(title: str) -> None:
    for place in plan(SINGLE)[0].matcher.places:
        found = match(SINGLE, f"{place.key}_{place.label}/{title}.docx", title)
        assert (found.slot, found.item) == (None, place.key)


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        # a folder says what is in it only as far as the names of its files say nothing
        ("培训签到表/会议记录.docx", ()),
        ("质量分析报告/数据.xlsx", ()),
        # two titles make a third
        ("质量分析报告_会议纪要.docx", ()),
        ("质量分析报告（评审意见）.docx", ()),
        ("质量提升工作总结 会议签到表.docx", ()),
        ("《质量分析报告》评审会.docx", ()),
        # what stands before a title makes it another
        ("产品质量分析报告.docx", ()),
        ("凌渡阀业员工保密协议.docx", ()),
        # a title among the lines below is one that the paper speaks of
        ("1.docx", ("关于报送材料的通知", "各企业：", "请报送下列材料：", "质量分析报告")),
    ],
)
def test_a_paper_that_only_speaks_of_a_document_is_not_it(path: str, lines: tuple[str, ...]) -> None:
    found = match(SINGLE, path, *lines)
    assert (found.slot, found.item, found.why) == (None, None, "unlike"), found.best


@pytest.mark.parametrize(
    "name", ["质量分析报告模板", "质量分析报告（空白）", "质量分析报告（空白表）", "质量分析报告样本2"]
)
def test_a_template_is_no_document(name: str) -> None:
    found = match(SINGLE, f"{name}.docx", "质量分析报告")
    assert (found.slot, found.item, found.why) == (None, None, "blank")


def test_a_place_names_nobody() -> None:
    """The first enterprise is the only one whose name begins with 徐州; the project's and the agency's do, too."""
    record = "db3203-t1023-2023/complete"
    for name in (
        "徐州市现场调研记录",
        "徐州现场调研记录",
        "徐州市2023年小微企业质量管理体系认证提升项目（第三批）现场调研记录",
    ):
        found = match(record, f"{name}.docx")
        assert found.slot is None, name
    found = match(record, "徐州市认证提升专家工作组名单.docx")
    assert found.slot is not None
    assert found.slot.type == "expert-group"


NAMES = (
    "{full}.pdf",
    "{full}最终版.docx",
    "{full}（扫描件）.pdf",
    "{full}2.docx",
    "{full}20230915.docx",
    "3-1 {full} 终稿.docx",
    "{full}_王工改.docx",
)


def list_papers(record: str) -> Iterator[tuple[str, str]]:
    """Names of right papers, as people change them, and the documents that they are."""
    documents, enterprise = plan(record)
    for slot in documents.matcher.slots:
        full = documents.jobs[slot.id].full_title.replace("/", "／")
        # an area's evaluation with an enterprise's name before it may be either of two papers
        fronted = record == SINGLE and not slot.is_open and slot.type != "benefit-area"
        names = (*NAMES, f"{enterprise}{{full}}.docx") if fronted else NAMES
        yield from ((name.format(full=full), slot.id) for name in names)


@pytest.mark.parametrize("record", [SINGLE, "db3203-t1023-2023/complete"])
def test_a_right_paper_is_known_whatever_people_add_to_its_name(record: str) -> None:
    holders = {slot.id: slot.per for slot in plan(record)[0].matcher.slots}
    for path, wanted in list_papers(record):
        found = match(record, path)
        # a date in a name may be a training's; a list that isn't of enterprises may hold several of one name
        if holders[wanted] in {"", "enterprises[]"}:
            assert found.slot is not None, (path, found.why, found.best, found.second)
            assert found.slot.id == wanted, path


def test_the_only_enterprise_is_no_reason_and_its_name_is_one() -> None:
    enterprise = plan(SINGLE)[1]
    alone, named = match(SINGLE, "咨询报告.docx"), match(SINGLE, f"咨询报告_{enterprise}.docx")
    assert alone.slot is not None
    assert named.slot is not None
    assert alone.slot.id == named.slot.id
    assert alone.best is not None
    assert named.best is not None
    assert (alone.best.points.reasons, named.best.points.reasons) == (("name",), ("name", "holder"))


@pytest.mark.parametrize("record", RECORDS)
def test_ids_are_no_names(record: str) -> None:
    for slot in plan(record)[0].matcher.slots:
        assert slot.type not in slot.names
        found = match(record, f"{slot.type}.docx", slot.type)
        assert found.slot is None


@pytest.mark.parametrize("name", SHEETS)
def test_the_default_name_of_a_sheet_is_no_title(tmp_path: Path, name: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    sheet.append(["通讯录"])
    book.save(tmp_path / "通讯录.xlsx")
    assert read_manuscript(tmp_path, PurePosixPath("通讯录.xlsx")).lines == ("通讯录",)


def test_the_name_that_somebody_gave_a_sheet_is_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "满意度回收分析表"
    sheet.append(["序号", "内容"])
    book.save(tmp_path / "1.xlsx")
    found = match(SINGLE, "1.xlsx", *read_manuscript(tmp_path, PurePosixPath("1.xlsx")).lines)
    assert found.slot is not None
    assert found.slot.type == "satisfaction-analysis"
