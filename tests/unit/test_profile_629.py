"""The profile of DB 4201/T 629—2020 against the standard: its documents, tables B.1 and C.1, the nine flows."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docx import Document
from office_tools import Office

from docgen.archive.filing import RenderedDocument
from docgen.checks.base import check_rules
from docgen.pipeline.documents import render_documents
from docgen.pipeline.outcome import Options
from docgen.pipeline.prepare import PreparedRecord, prepare_record
from docgen.profile.document import DocumentSpec
from docgen.profile.load import LoadedProfile, find_profile
from docgen.render.store import TemplateStore
from docgen.resources import Resources
from docgen.sources.intake.sheets import build_layout

ID = "db4201-t629-2020"
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / ID

# id, clause, kind, for whom, how strongly the clause asks, filing item, how many sign
DOCUMENTS = """\
rules-handbook | 4.1.5 | report | project | 应 | a | 0
staff-roster | 4.1.4 | register | project | 应 | b | 1
service-notice | 4.1.2.4，4.2，4.3.5 | form | project | 应 | a | 0
training-record | 4.2.1 | register | training | 自拟 | b | 1
metrology-ledger | 4.2.4.3 | register (xlsx) | enterprise | 自拟 | p | 0
handover-register | 4.2.4.2，4.2.5.2，4.2.6.2，4.2.7.3 | register | enterprise | 可 | p | 0
demand-register | 4.3.1 | register | project | 应 | c | 0
matching-record | 4.3.2 | form | entry | 应 | l | 1
followup-record | 4.3.3 | register | service | 应 | l | 0
service-record | 4.4.1.2，附录C | form | entry | 应 | m | 1
service-evaluation-summary | 4.3.4.3 | register (xlsx) | project | 应 | e | 0
public-opinion-record | 4.4.1.1 | register | project | 应 | f | 0
key-service-review | 4.4.1.3 | report | entry | 应 | m | 1
supervision-record | 4.4.1.4 | checklist | entry | 应 | f | 1
complaint-record | 4.4.1.5 | form | entry | 可 | q | 2
station-evaluation | 4.4.2.1 | checklist | entry | 应 | g | 2
rectification-notice | 4.4.2.2 | report | entry | 应 | g | 1
removal-notice | 4.4.2.2 | report | entry | 应 | g | 0
opinion-transfer | 4.4.3.1 | form | entry | 应 | h | 1
improvement-plan | 4.4.3.2，4.4.3.3 | form | entry | 应 | h | 1
improvement-result | 4.4.3.3 | report | plan | 应 | h | 1
enterprise-profile | 5.1 | form | enterprise | 应 | j | 0
standardisation-survey | B.1 | form | enterprise | 应 | k | 0
survey-summary | B.1 | register (xlsx) | project | 应 | d | 0
novelty-search-request | B.2 | form | entry | 应 | n | 1
validity-check-request | B.2 | register | entry | 应 | n | 1
search-result | B.2 | form | entry | 应 | n | 1
standards-comparison | B.5 | report | enterprise | 可 | o | 0
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in DOCUMENTS.splitlines()]
PER = {
    "enterprise": "enterprises[]",
    "training": "trainings[]",
    "service": "forms.service-record[]",
    "plan": "forms.improvement-plan[]",
}
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
AWARDS = "企业获国家、省、市、区标准创新贡献奖或资助情况：□A. 国家； □B. 省级； □C. 市级； □D. 区级； □E. 无"
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
    return find_profile(Resources(), ID)


def find(loaded: LoadedProfile, document_id: str) -> DocumentSpec:
    document = loaded.profile.find_document(document_id)
    assert document is not None
    return document


def test_every_document_type_of_the_standard_is_there(loaded: LoadedProfile) -> None:
    assert sorted(document.id for document in loaded.profile.documents) == sorted(row[0] for row in ROWS)
    assert check_rules(loaded) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_document_is_what_the_standard_asks_for(loaded: LoadedProfile, row: tuple[str, ...]) -> None:
    document_id, clause, kind, per, level, item, signers = row
    document = find(loaded, document_id)
    assert (document.clause, document.level, document.shape) == (clause, level, kind.partition(" ")[0])
    assert document.per == (document.own_entries if per == "entry" else PER.get(per, per))
    filed = loaded.profile.find_filing_item(document_id)
    assert filed is not None
    assert filed.key == item
    assert len(document.signers) == int(signers)
    assert all(name.endswith(".xlsx") for name in document.template_names) == (kind == "register (xlsx)")
    assert document.responsible is not None
    assert document.dated is not None


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


def render(*documents: str, blank: bool = False) -> list[RenderedDocument]:
    options = Options(only=documents, blank=blank)
    prepared = prepare_record(SAMPLES / "station" / "record.yaml", options)
    assert isinstance(prepared, PreparedRecord)
    rendered, found = render_documents(prepared, TemplateStore(options.resources), options, None)
    assert list(found) == []
    return list(rendered)


def squeeze(text: str) -> str:
    return re.sub(r"[ 　]+", " ", text).strip()


def read_rows(data: bytes, table: int = 0) -> list[list[str]]:
    """The text of each cell as drawn: a cell that spans several is read once, one that goes on below again."""
    rows = []
    for row in Document(io.BytesIO(data)).tables[table].rows:
        cells = {id(cell._tc): cell for cell in row.cells}
        rows.append(["\n".join(filter(None, (squeeze(p.text) for p in c.paragraphs))) for c in cells.values()])
    return rows


def test_a_blank_service_record_has_the_cells_of_table_c1() -> None:
    (document,) = render("service-record", blank=True)
    assert read_rows(document.files[0][1]) == RECORD


def test_a_filled_service_record_says_what_the_record_holds() -> None:
    documents = render("service-record")
    assert [document.job.number for document in documents] == [f"JX07-C1-2023-000{at}" for at in range(1, 7)]
    first, second, fourth = (read_rows(documents[at].files[0][1]) for at in (0, 1, 3))
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
    (document, *_) = render("standardisation-survey", blank=True)
    rows = read_rows(document.files[0][1], 1)
    # What is known of the enterprise that it is printed for is no label.
    rows[1:4] = [[row[0], "", row[2], ""] for row in rows[1:4]]
    assert rows == SURVEY
    assert read_rows(document.files[0][1]) == [["编号：____________________", "填表日期： 年 月 日"]]


def test_a_survey_keeps_five_rows_and_grows() -> None:
    chuhong = read_rows(render("standardisation-survey")[0].files[0][1], 1)
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
    (document,) = render("service-notice")
    data = document.files[0][1]
    assert [row[1] for row in read_rows(data, 1)[1:]] == SERVICES
    told = [p.text for p in Document(io.BytesIO(data)).paragraphs]
    assert [name for name in FLOWS if not any(f"{name}（" in line for line in told)] == []
    assert len(Document(io.BytesIO(data)).tables) == 3 + len(FLOWS)
    for at in range(3, 3 + len(FLOWS)):
        rows = read_rows(data, at)
        assert rows[0] == ["步骤", "责任方", "内容和要求", "记录"]
        assert all(all(row) for row in rows)


def test_a_form_names_its_enterprise_once() -> None:
    (complaint,) = render("complaint-record")
    cells = [cell for row in read_rows(complaint.files[0][1]) for cell in row]
    assert cells.count("武汉汀禾食品有限公司") == 1
    assert cells[cells.index("涉及的服务记录") + 1] == "JX07-C1-2023-0004"
    (blank,) = render("complaint-record", blank=True)
    assert "投诉企业" in [cell for row in read_rows(blank.files[0][1]) for cell in row]


def test_every_document_type_can_be_made_blank(loaded: LoadedProfile) -> None:
    made = {document.job.document.id for document in render(blank=True)}
    assert made == {document.id for document in loaded.profile.documents}


@pytest.mark.office
@pytest.mark.parametrize("blank", [False, True], ids=["filled", "blank"])
@pytest.mark.parametrize("document_id", ["service-record", "standardisation-survey", "enterprise-profile"])
def test_a_drawn_form_stands_on_one_page(document_id: str, blank: bool, office: Office, tmp_path: Path) -> None:
    import pypdf

    for number, document in enumerate(render(document_id, blank=blank)[:4]):
        path = tmp_path / f"{number}.docx"
        path.write_bytes(document.files[0][1])
        assert len(pypdf.PdfReader(office.convert(path, "pdf", tmp_path)).pages) == 1


def test_the_intake_workbook_has_each_table_once(loaded: LoadedProfile) -> None:
    titles = [sheet.title for sheet in build_layout(loaded).sheets]
    assert len(titles) == len(set(titles))
    assert {"服务记录表", "服务跟进记录", "服务改进计划", "改进结果及验证"} <= set(titles)
