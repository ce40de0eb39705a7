"""The profile of DB 4201/T 665—2022 against the standard: its documents, its filing list, its drawn forms."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from support.office_tools import Office
from support.standard_support import count_pages, find, load, read_rows, render

from docgen.archive.plan.filing import RenderedDocument
from docgen.profile.load import LoadedProfile

ID = "db4201-t665-2022"

FILING = {
    "a": "现状调研相关文件",
    "b": "项目实施方案",
    "c": "实施方案评审相关文件",
    "d": "过程活动记录",
    "e": "项目成果相关文件",
    "f": "工作总结",
    "g": "企业评价记录",
    "h": "项目变更记录",
    "i": "其他",
}
HEADINGS = {
    "quality-analysis-report": "6.2.2 a) b) c) d) e)",
    "implementation-plan": "6.2.3 a) b) c) d) e) f)",
    "work-summary": "6.3.3 a) b) c) d)",
}
LINES = {"plan-review": "6.2.4 a) b) c) d) e) f) g)", "acceptance": "6.5.1 a) b) c) d) e) f) g) h)"}
# 5.1 as the standard prints it.
QUALIFICATION = """\
法人资格的组织(含企业法人、社会团体法人、民办非企业单位法人和事业单位法人)，且具备技术服务职能和可验证的提供技术服务所需的专业技术能力；
依法成立，且取得统一社会信用代码证书的其他组织，且具备提供技术服务所需的专业技术能力；
近三年内无失信惩戒或行政处罚。
"""

# The drawn forms, row by row: what is printed in each cell, with nothing filled in.
SIDE, GIVEN, RECKONED = "基本信息", "提供质量提升服务情况", "质量效益测算"
OPINION = "项目服务质量：□满意　□基本满意　□不满意 质量效益测算：□认可　□不认可 （盖章）年月日"
EXAMPLES = (
    "（例如：产品质量提升、质量成本降低、生产效率提高、质量意识增强、科技创新能力增强、利润增长、"
    "市场占有率提升、获得荣誉称号、企业扩建扩产等）"
)
FORMS = {
    "benefit-enterprise": [
        *([SIDE, label, ""] for label in ("项目名称", "企业名称", "企业地址")),
        [SIDE, "项目周期", ""],
        *([SIDE, label, ""] for label in ("技术服务机构", "技术服务人员")),
        [GIVEN, "服务工作量", "（）人·天", "服务次数", "（）次"],
        [GIVEN, "培训次数", "（）次", "培训人次数", "（）人次"],
        [GIVEN, "解决质量问题数", "（）个", "产生质量效益", "（）万元"],
        [RECKONED, "实施项目产生总体质量效益为（）万元，测算依据："],
        [RECKONED, "（被服务企业盖章）年月日"],
    ],
    "benefit-area": [
        *([SIDE, label, ""] for label in ("项目名称", "服务企业所在区域", "技术服务机构")),
        [SIDE, "项目周期", ""],
        [GIVEN, "服务企业数", "（）家", "培训场次数", "（）次"],
        [GIVEN, "培训企业数", "（）家", "培训人次数", "（）人次"],
        [GIVEN, "服务工作量", "（）人·天", "服务次数", "（）次"],
        [GIVEN, "帮助企业解决质量问题（）个"],
        [RECKONED, "实施项目产生总体质量效益为（）万元，测算依据："],
        [RECKONED, "（技术服务机构盖章）年月日"],
        ["项目实施相关方意见", OPINION],
        ["主管部门意见", OPINION],
    ],
    "satisfaction": [
        *([label, ""] for label in ("企业名称", "项目名称", "技术服务机构")),
        ["企业代表", "", "联系方式", ""],
        ["技术服务人员", "", "服务周期", ""],
        ["1. 主要服务内容："],
        ["2. 主要服务成果："],
        *(
            [f"{number}. 对项目组的{what}： □满意　　□基本满意　　□不满意"]
            for number, what in ((3, "服务态度"), (4, "专业能力"), (5, "服务效果"))
        ),
        ["6. 意见和建议："],
        ["企业签字/盖章：年月日"],
    ],
    "feedback": [
        *([label, ""] for label in ("企业名称", "曾参加的质量提升项目", "参加质量提升项目的时间")),
        ["企业代表", "", "联系方式", ""],
        *(
            [label, ""]
            for label in ("企业主要产品", "企业主要品牌", "重要客户群体", "近三年经营收入", "近三年从业人数")
        ),
        *([label, ""] for label in ("获得质量认证情况", "产品合格率提升情况", "获得品牌奖励情况", "获得投融资情况")),
        [f"一、企业近____年的质量提升情况{EXAMPLES} 二、下阶段质量提升需求"],
        ["企业盖章：年月日"],
    ],
}


@pytest.fixture(scope="module")
def loaded() -> LoadedProfile:
    return load(ID)


def test_filing_follows_6_5_2(loaded: LoadedProfile) -> None:
    items = loaded.profile.filing.items
    assert {item.key: item.label for item in items} == FILING
    assert [item.clause for item in items] == [f"6.5.2 {key})" for key in FILING]
    assert [item.level for item in items] == [*["应"] * 8, "可"]
    assert next(item for item in items if item.key == "h").otherwise


def test_feedback_is_in_the_supplement_alone(loaded: LoadedProfile) -> None:
    main, later = loaded.profile.packages
    assert (main.kind, later.kind, later.of) == ("main", "supplement", main.key)
    assert (later.items, later.documents) == (("g",), ("feedback",))


@pytest.mark.parametrize("document_id", HEADINGS)
def test_a_report_has_the_headings_of_its_clause(loaded: LoadedProfile, document_id: str) -> None:
    clause, *letters = HEADINGS[document_id].split()
    headings = [item.clause for item in find(loaded, document_id).headings if ")" in str(item.clause)]
    assert headings == [f"{clause} {letter}" for letter in letters]


@pytest.mark.parametrize("document_id", LINES)
def test_a_check_list_has_the_lines_of_its_clause(loaded: LoadedProfile, document_id: str) -> None:
    clause, *letters = LINES[document_id].split()
    lines = list(find(loaded, document_id).iterate_lines())
    assert [line.clause for line in lines] == [f"{clause} {letter}" for letter in letters]
    assert [line.level for line in lines] == [*["应"] * (len(lines) - 1), "可"]


def test_the_provider_is_checked_by_all_of_5_1_to_5_4(loaded: LoadedProfile) -> None:
    lines = list(find(loaded, "provider-check").iterate_lines())
    printed = [line.rstrip("；。").replace("(", "（").replace(")", "）") for line in QUALIFICATION.splitlines()]
    assert [line.label for line in lines[:3]] == printed
    wanted = [("5.1", "abc"), ("5.3", "abcdefg"), ("5.4", "abcde")]
    letters = [f"{clause} {letter})" for clause, keys in wanted for letter in keys]
    assert [line.clause for line in lines if ")" in str(line.clause)] == letters
    assert [line.clause for line in lines[3:7]] == [f"5.2.{number}" for number in range(1, 5)]
    assert [line.clause for line in lines if line.level == "宜"] == ["5.3 d)"]
    rule = next(rule for rule in loaded.profile.rules if rule.id == "provider-qualified")
    assert (rule.with_["reading"], rule.with_["readings"]["combined"]) == ("combined", [["a", "c"], ["b", "c"]])
    assert rule.with_["readings"]["literal"] == [["a"], ["b"], ["c"]]
    assert "不是标准原文" in find(loaded, "provider-check").notes[0]


def test_what_the_standard_leaves_open_is_listed(loaded: LoadedProfile) -> None:
    ids = [setting.id for setting in loaded.profile.settings]
    assert ids == ["W1", "W2", "W3", "W5", "W6", "W7", "W8", "W9", "W10", "W11", "W12", "W14"]


def read_cells(document: RenderedDocument) -> list[list[str]]:
    return read_rows(document, lambda paragraphs: " ".join(text.strip() for text in paragraphs if text.strip()))


def squeeze(text: str) -> str:
    text = re.sub(r"[ 　]*年[ 　]*月[ 　]*日", "年月日", text)
    return re.sub(r"（[ 　]*）", "（）", text)


def join_sides(rows: list[list[str]]) -> list[list[str]]:
    return [[row[0].replace(" ", "") if len(row) > 1 else row[0], *row[1:]] for row in rows]


@pytest.mark.parametrize("document_id", FORMS)
def test_a_blank_form_has_the_drawn_cells_label_by_label(document_id: str) -> None:
    (document,) = render(ID, "single-enterprise", document_id, blank=True)
    rows = join_sides([[squeeze(cell) for cell in row] for row in read_cells(document)])
    # What a form says of the project and the enterprise that it is printed for is no label.
    drawn = [
        [cell if label else "" for cell, label in zip(row, labels, strict=True)]
        for row, labels in zip(rows, FORMS[document_id], strict=True)
    ]
    assert drawn == FORMS[document_id]


def test_a_filled_form_says_what_the_record_adds_up_to() -> None:
    (document,) = render(ID, "single-enterprise", "benefit-enterprise")
    rows = read_cells(document)
    assert [row[-3:] for row in rows[6:9]] == [
        ["（ 11 ）人·天", "服务次数", "（ 8 ）次"],
        ["（ 2 ）次", "培训人次数", "（ 42 ）人次"],
        ["（ 6 ）个", "产生质量效益", "（ 21.97 ）万元"],
    ]
    assert rows[9][1].startswith("实施项目产生总体质量效益为（ 21.97 ）万元，测算依据： 1. 铸件废品损失减少：")
    assert rows[3][2] == "2023年3月 至 2023年11月"


@pytest.mark.office
def test_a_drawn_form_stands_on_one_page(office: Office, tmp_path: Path) -> None:
    made = {}
    for document_id, blank in itertools.product(FORMS, (False, True)):
        sample = "single-enterprise" if document_id == "benefit-enterprise" else "park"
        for number, document in enumerate(render(ID, sample, document_id, blank=blank)[:2], 1):
            made[f"{document_id} {number}, {'blank' if blank else 'filled'}"] = document
    assert count_pages(made, office, tmp_path) == dict.fromkeys(made, 1)
