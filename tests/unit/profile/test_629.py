"""The profile of DB 4201/T 629—2020 against the standard: its documents, tables B.1 and C.1, the nine flows."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pytest
from docx import Document
from support.office_tools import Office
from support.standard_support import count_pages, find, load, read_rows, render

from docgen.archive.plan.filing import RenderedDocument
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.workbook.sheets import build_layout

ID = "db4201-t629-2020"

# 4.1.5 a) to f), the eight services of 4.2 and the flows of 4.3.5.1, as the standard prints them.
RULES = ["岗位职责", "服务过程管理", "记录及档案管理", "设备及安全管理", "服务投诉及反馈处理", "服务质量监督考核管理"]
SERVICES = [
    "质量教育和培训服务",
    "质量管理服务",
    "标准化服务",
    "计量检测服务",
    "产品检验检测服务",
    "特种设备检验检测服务",
    "认证服务",
    "其他服务",
]
KINDS = [name if name != "质量管理服务" else "质量管理" for name in SERVICES]
FLOWS = [
    "质量培训服务流程",
    "质量管理服务流程",
    "质量奖申报服务流程",
    "标准化服务流程",
    "计量服务流程",
    "产品质量检验检测服务流程",
    "特种设备检验检测服务流程",
    "认证服务流程",
    "知识产权服务流程",
]
# Table C.1 as the standard prints it: the ten questions word for word.
QUESTIONS = """\
尊敬的企业，
1. 您对本次服务站的服务的满意程度 ☆☆☆☆☆；
2. 您对本次服务站的及时性的满意程度 ☆☆☆☆☆；
3. 您对本次服务站的专业性的满意程度 ☆☆☆☆☆；
4. 您对本次服务站的文明性的满意程度 ☆☆☆☆☆；
5. 您的问题是否得到了解决 □是 □否
6. 您对本次服务的技术人员专业性的满意程度 ☆☆☆☆☆；
7. 您对本次服务的技术人员的及时性的满意程度 ☆☆☆☆☆；
8. 您对本次服务的技术人员的文明性的满意程度 ☆☆☆☆☆；
9. 您对本次服务的技术设施的满意程度 ☆☆☆☆☆；
10. 您对本次服务总体评价：□非常满意 □满意 □一般 □不满意
您的意见或建议："""
RECORD = [
    ["企业名称", "", "联系人", "", "联系电话", ""],
    ["请求发起时间", "", "服务站人员", "", "接收要求时间", ""],
    ["收到答复时间", "", "现场处理时间", "", "服务结束时间", ""],
    ["企业申请服务内容", f"服务类别：{' '.join(f'□{kind}' for kind in KINDS)}\n具体要求："],
    ["质量服务机构", ""],
    ["技术服务人员", ""],
    ["技术服务项目及预计技术服务时间", ""],
    ["技术服务解决过程", ""],
    ["服务满意度评价"],
    [QUESTIONS],
    ["企业负责人：\n(签字或盖章)", "日期： 年 月 日"],
]
AWARDS = "企业获国家、省、市、区标准创新贡献奖或资助情况：\n□A. 国家； □B. 省级； □C. 市级； □D. 区级； □E. 无"
PATENTS = "转化为企业标准的专利号及企业标准编号、名称"
SURVEY = [
    ["一、企业基本信息"],
    ["企业名称", "", "企业法人", ""],
    ["联系人", "", "电话", ""],
    ["企业地址", "", "电子邮箱", ""],
    ["二、企业产品执行标准情况"],
    ["序号", "产品名称", "执行标准编号", "执行标准名称", "采标情况", "自我声明公开"],
    *([str(number), "", "", "", "", ""] for number in range(1, 6)),
    ["三、企业标准水平及提升情况"],
    ["1", AWARDS],
    ["2", "对标达标提升产品及对标标准", "产品", "对标标准"],
    *(["2", "对标达标提升产品及对标标准", "", ""] for _ in range(5)),
    ["3", PATENTS, "企业专利号", "转化为企业标准编号", "标准名称"],
    *(["3", PATENTS, "", "", ""] for _ in range(5)),
]


@pytest.fixture(scope="module")
def loaded() -> LoadedProfile:
    return load(ID)


def test_each_enterprise_has_a_file_of_its_own_and_the_station_has_one(loaded: LoadedProfile) -> None:
    station, enterprise = loaded.profile.packages
    assert (station.per, enterprise.per) == ("project", "enterprises[]")
    assert not set(station.items) & set(enterprise.items)
    assert {*station.items, *enterprise.items} == {item.key for item in loaded.profile.filing.items}
    filed = {name for item in loaded.profile.filing.items if item.key in enterprise.items for name in item.takes}
    assert filed == set(enterprise.documents)


def test_what_the_standard_leaves_open_is_listed(loaded: LoadedProfile) -> None:
    assert [setting.id for setting in loaded.profile.settings] == [
        "S3",
        "S4",
        "S5",
        "S7",
        "S8",
        "S10",
        "S11",
        "S12",
        "S13",
    ]


def test_every_document_type_is_numbered_by_a_code_of_its_own(loaded: LoadedProfile) -> None:
    codes = {document.id: document.code for document in loaded.profile.documents}
    assert None not in codes.values()
    assert (codes["service-record"], codes["standardisation-survey"]) == ("C1", "B1")
    assert loaded.profile.numbering is not None
    assert loaded.profile.numbering.pattern == "{station}-{form}-{year}-{0001}"


def test_the_handbook_has_the_six_chapters_of_4_1_5(loaded: LoadedProfile) -> None:
    headings = find(loaded, "rules-handbook").headings
    assert [heading.title for heading in headings] == RULES
    assert [heading.clause for heading in headings] == [f"4.1.5 {letter})" for letter in "abcdef"]


def test_the_kinds_of_service_are_the_eight_of_table_c1(loaded: LoadedProfile) -> None:
    for name in ("service-record", "matching-record"):
        assert list(next(spec for spec in find(loaded, name).fields if spec.key == "kinds").options) == KINDS
    assert loaded.profile.ratings is not None
    assert list(loaded.profile.ratings.groups[0].values) == KINDS


def make(*documents: str, blank: bool = False) -> list[RenderedDocument]:
    return render(ID, "station", *documents, blank=blank)


def squeeze(text: str) -> str:
    return re.sub(r"[ 　]+", " ", text).strip()


def read_cells(document: RenderedDocument, table: int = 0) -> list[list[str]]:
    return read_rows(document, lambda paragraphs: "\n".join(filter(None, map(squeeze, paragraphs))), table)


def test_a_blank_service_record_has_the_cells_of_table_c1() -> None:
    (document,) = make("service-record", blank=True)
    assert read_cells(document) == RECORD


def test_a_filled_service_record_says_what_the_record_holds() -> None:
    documents = make("service-record")
    assert [document.job.number for document in documents] == [f"JX07-C1-2023-000{at}" for at in range(1, 7)]
    first, second, fourth = (read_cells(documents[at]) for at in (0, 1, 3))
    assert first[0] == ["企业名称", "武汉楚泓阀门制造有限公司", "联系人", "宁亦可", "联系电话", "13900001301"]
    assert first[1][1::2] == ["2023年3月2日 10:20", "简知遥", "2023年3月2日 10:40"]
    assert "☑计量检测服务 □产品检验检测服务" in first[3][1]
    assert first[4] == ["质量服务机构", "武汉衡准计量检测有限公司"]
    answers = first[9][0].splitlines()
    assert answers[7] == "7. 您对本次服务的技术人员的及时性的满意程度 ★★★★☆；"
    assert answers[5] == "5. 您的问题是否得到了解决 ☑是 □否"
    # two kinds are ticked; no agency took part (S7, S10)
    assert "☑质量教育和培训服务 ☑质量管理 □标准化服务" in second[3][1]
    assert second[4] == ["质量服务机构", ""]
    assert "6. 您对本次服务的技术人员专业性的满意程度 不适用；" in second[9][0]
    assert "□是 ☑否" in fourth[9][0]
    assert "□一般 ☑不满意" in fourth[9][0]
    text = [p.text for p in Document(io.BytesIO(documents[0].files[0][1])).paragraphs]
    assert "编号：JX07-C1-2023-0001" in text


def test_a_blank_survey_has_the_cells_of_table_b1() -> None:
    (document, *_) = make("standardisation-survey", blank=True)
    rows = read_cells(document, 1)
    # What is known of the enterprise that it is printed for is no label.
    rows[1:4] = [[row[0], "", row[2], ""] for row in rows[1:4]]
    assert rows == SURVEY
    assert read_cells(document) == [["编号：____________________", "填表日期： 年 月 日"]]


def test_a_survey_keeps_five_rows_and_grows() -> None:
    chuhong = read_cells(make("standardisation-survey")[0], 1)
    assert [row[:2] for row in chuhong[6:11]] == [
        ["1", "金属硬密封蝶阀"],
        ["2", "软密封闸阀"],
        ["3", ""],
        ["4", ""],
        ["5", ""],
    ]
    assert "☑D. 区级" in chuhong[12][1]
    assert chuhong[14][2:] == ["金属硬密封蝶阀", "API 609"]
    assert chuhong[16][2:] == ["ZL 2021 2 0000317.5", "Q/WCH 003—2022", "弹性密封闸阀"]


def test_the_notice_shows_the_services_and_the_nine_flows() -> None:
    (document,) = make("service-notice")
    data = document.files[0][1]
    assert [row[1] for row in read_cells(document, 1)[1:]] == SERVICES
    lines = [p.text for p in Document(io.BytesIO(data)).paragraphs]
    assert [name for name in FLOWS if not any(f"{name}（" in line for line in lines)] == []
    assert len(Document(io.BytesIO(data)).tables) == 3 + len(FLOWS)
    for at in range(3, 3 + len(FLOWS)):
        rows = read_cells(document, at)
        assert rows[0] == ["步骤", "责任方", "内容和要求", "记录"]
        assert all(all(row) for row in rows)


def test_a_form_names_its_enterprise_once() -> None:
    (complaint,) = make("complaint-record")
    cells = [cell for row in read_cells(complaint) for cell in row]
    assert cells.count("武汉汀禾食品有限公司") == 1
    assert cells[cells.index("涉及的服务记录") + 1] == "JX07-C1-2023-0004"
    (blank,) = make("complaint-record", blank=True)
    assert "投诉企业" in [cell for row in read_cells(blank) for cell in row]


def test_every_document_type_can_be_made_blank(loaded: LoadedProfile) -> None:
    made = {document.job.document.id for document in make(blank=True)}
    assert made == {document.id for document in loaded.profile.documents}


@pytest.mark.office
def test_a_drawn_form_stands_on_one_page(office: Office, tmp_path: Path) -> None:
    made = {}
    forms = ("service-record", "standardisation-survey", "enterprise-profile")
    for document_id, blank in itertools.product(forms, (False, True)):
        for number, document in enumerate(make(document_id, blank=blank)[:4], 1):
            made[f"{document_id} {number}, {'blank' if blank else 'filled'}"] = document
    assert count_pages(made, office, tmp_path) == dict.fromkeys(made, 1)


def test_the_intake_workbook_has_each_table_once(loaded: LoadedProfile) -> None:
    titles = [sheet.title for sheet in build_layout(loaded).sheets]
    assert len(titles) == len(set(titles))
    assert {"服务记录表", "服务跟进记录", "服务改进计划", "改进结果及验证"} <= set(titles)
