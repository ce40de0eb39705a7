"""The profile of DB 3203/T 1023—2023 against the standard: its documents, the lines of table A.1, the ten steps."""

from __future__ import annotations

import re

import pytest
from support.standard_support import find, load

from docgen.checks.base import check_rules
from docgen.profile.load import LoadedProfile

# id, step of 6.1, clause, kind, for whom, how strongly the clause asks
DOCUMENTS = """\
body-selection | a | 5.2，6.2.1 | check list | body | 应
enrolment | a | 5.1，6.2.2，6.2.3 | register | project | 应
work-plan | b | 6.3.3 | report | project | 应
expert-group | b | 6.3.2 | register | project | 应
management-rules | b | 6.3.2 | report | project | 应
launch-record | c | 6.4 | report | project | 自拟
survey-record | d | 6.5，附录A | check list | enterprise | 应
diagnosis-report | d | 6.5.8 | report | enterprise | 应
diagnosis-confirmation | d | 附录B | form | enterprise | 应
improvement-plan | e | 6.6.1，6.6.2 | report | enterprise | 应
plan-discussion | e | 6.6.1 d) | register | enterprise | 应
training-plan | e | 6.6.1 e)，6.7.2.2 | register | enterprise | 应
working-group | f | 6.7.2.1 | register | enterprise | 应
training-record | f | 6.7.2.2 | register | training | 应
process-register | f | 6.7.2.3 | register (xlsx) | enterprise | 应
guidance-record | f | 6.7.2.4 c) | register | enterprise | 应
operation-records | f | 6.7.2.4 d) | register (xlsx) | enterprise | 应
deviation-record | f | 6.7.3 | register | enterprise | 应
audit-review-record | g | 6.8 | report | enterprise | 应
reviewer-roster | h | 6.9.2 | register | project | 应
acceptance-review | h | 6.9.1，6.9.3 | check list | enterprise | 应
evaluation | h | 6.9，附录C | form | enterprise | 应
acceptance-summary | h | 6.9.6 | register (xlsx) | project | 自拟
action-plan | h | 6.9.7 | report | enterprise | 应
certification-register | h | 6.9.9 | register | project | 应
good-case | i | 6.10，附录D | report | enterprise | 应
case-list | j | 6.11.1 | register | project | 应
benchmark-record | j | 6.11.1 | register | project | 应
questionnaire | j | 6.11.2 | form | enterprise | 宜
satisfaction | j | 6.11.2 | form | enterprise | 宜
publicity-record | j | 6.11.3 | register | project | 宜
work-summary | j | 6.11 | report | project | 应
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in DOCUMENTS.splitlines()]
KINDS = {"check list": "checklist", "register (xlsx)": "register"}
PER = {"body": "parties[]", "enterprise": "enterprises[]", "training": "trainings[]"}
STEPS = {
    "a": "前期准备",
    "b": "制定工作计划",
    "c": "项目启动",
    "d": "现场调研",
    "e": "制定方案",
    "f": "方案实施",
    "g": "绩效改进",
    "h": "验收评价",
    "i": "编写优良案例",
    "j": "总结",
}
# Table A.1 as the standard prints it.
TABLE_A1 = """\
合规与诚信经营|\
1、经营资质/许可合法有效； \
2、未受行政处罚； \
3、无失信行为记录。
战略及风险管理|\
1、识别产品和服务安全特性风险； \
2、企业目标客户市场定位清晰； \
3、内外部环境评估； \
4、制定战略发展规划； \
5、主导产品在细分市场占有。
资源配置及管理|\
1、骨干员工流失率； \
2、设备完好率； \
3、监视测量设备按期检定校准； \
4、适宜的过程运行环境（温度、湿度、照明、通风、洁净度、噪声、振动、静电、氛围等）； \
5、管理制度、标准作业规程适宜完善； \
6、研发投入占营业收入总额比例。
产品改进与服务提升|\
1、产品性能改进（一个或多个指标）； \
2、服务质量提升（一个或多个方面）； \
3、产品设计、工艺、原材料优化； \
4、产品（服务）一致性改进； \
5、可靠性提升（平均首次故障时间延迟、平均故障间隔时间延长）。
采购及供应商管理|\
1、采购产品（服务）合格率； \
2、采购产品（服务）及时交付率； \
3、外部供方质量问题处置及时有效率。
产品实现与服务提供|\
1、人员作业效率； \
2、生产计划按时完成率； \
3、关键工序产品合格率； \
4、直通率； \
5、产品一次交验合格率； \
6、产品/服务准时交付率； \
7、质保期内产品故障率； \
8、服务敏捷性（响应的及时性、快捷性等）； \
9、质量问题处置及时率。
顾客关系及顾客满意|\
1、顾客满意度； \
2、重大顾客投诉事件； \
3、顾客投诉处理有效（满意）率； \
4、客户流失率； \
5、客户退货率。
改进与创新|\
1、改进与创新成果固化； \
2、质量损失逐年减少； \
3、利用统计技术工具收集整理数据； \
4、新产品或服务收入占企业总营收的比例； \
5、实用新型专利和发明专利数量； \
6、参与国家、行业、地方、团体标准的制修订等标准化活动； \
7、获得市级及以上质量奖、科技奖励。
企业特色|\
1、技能诀窍； \
2、细分市场表现； \
3、技艺传承； \
4、服务特色； \
5、敏锐高效； \
6、专业精益、前瞻性（新颖性）、不可替代性等。
"""
BODY = """\
合法注册，具备企业法人资格和相应的资质条件；
具有国家认监委批准的质量管理体系机构；
能够认真遵守认证相关法律法规要求，严格按照认证规则开展认证活动；
具备实施指导、培训、管理咨询的能力；
具有固定的经营场地、必要的经营设备和设施；
建立关于遵循法律法规要求、保密承诺和顾客知识产权保护等方面的规则；
配备专业能力强、社会责任感强且具备相关教育、培训背景的服务人员；
相关服务人员熟悉质量相关法律、法规、标准等，具备质量管理相关技术、管理和职业经验，具有质量管理体系咨询或审核经历，\
熟悉质量管理相关工具、方法、技术及相关领域的专业知识。
"""


@pytest.fixture(scope="module")
def loaded() -> LoadedProfile:
    return load("db3203-t1023-2023")


def test_every_document_type_is_there_in_the_order_of_the_steps(loaded: LoadedProfile) -> None:
    own = [document.id for document in loaded.profile.documents if document.photos is not None]
    assert own == ["photo-sheet"]
    assert find(loaded, "photo-sheet").level == "自拟"
    assert [document.id for document in loaded.profile.documents if document.id not in own] == [row[0] for row in ROWS]
    assert check_rules(loaded) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_document_is_what_the_standard_asks_for(loaded: LoadedProfile, row: tuple[str, ...]) -> None:
    document_id, step, clause, kind, per, level = row
    document = find(loaded, document_id)
    assert (document.clause, document.level) == (clause, level)
    assert document.shape == KINDS.get(kind, kind)
    assert document.per == PER.get(per, per)
    item = loaded.profile.find_filing_item(document_id)
    assert item is not None
    assert item.key == step
    is_workbook = all(name.endswith(".xlsx") for name in document.template_names)
    assert is_workbook == (kind == "register (xlsx)")
    assert document.responsible is not None
    assert document.dated is not None


def test_the_evaluation_is_a_form_in_word_and_in_excel(loaded: LoadedProfile) -> None:
    names = find(loaded, "evaluation").template_names
    assert [name.rpartition(".")[2] for name in names] == ["docx", "xlsx"]


def test_filing_follows_the_ten_steps(loaded: LoadedProfile) -> None:
    items = loaded.profile.filing.items
    assert {item.key: item.label for item in items} == STEPS
    assert [item.clause for item in items] == [f"6.{number}" for number in range(2, 12)]
    assert {item.level for item in items} == {"应"}
    assert loaded.profile.filing.basis == "由6.1–6.11推导"


def test_the_49_lines_of_table_a1_are_word_for_word(loaded: LoadedProfile) -> None:
    profile = loaded.profile
    assert profile.scoring is not None
    names = {family.key: family.labels.get("survey-record", family.label) for family in profile.scoring.families}
    groups = find(loaded, "survey-record").lines
    printed = {}
    for line in TABLE_A1.splitlines():
        family, _, text = line.partition("|")
        printed[family] = [words.strip("；。 ") for words in re.split(r"\d、", text)[1:]]
    assert {names[group.group.key]: [line.label for line in group.lines] for group in groups} == printed
    assert [len(group.lines) for group in groups] == [3, 5, 6, 5, 3, 9, 5, 7, 6]
    keys = [line.key for line in find(loaded, "survey-record").iterate_lines()]
    assert keys == [
        f"{letter}{at}"
        for letter, n in zip("abcdefghi", (3, 5, 6, 5, 3, 9, 5, 7, 6), strict=True)
        for at in range(1, n + 1)
    ]
    opinions = next(spec for spec in find(loaded, "diagnosis-confirmation").fields if spec.key == "opinions")
    assert list(next(spec for spec in opinions.fields if spec.key == "line").options) == keys


def test_the_conditions_of_5_2_are_word_for_word(loaded: LoadedProfile) -> None:
    lines = find(loaded, "body-selection").iterate_lines()
    assert [line.label for line in lines] == [line.strip("；。") for line in BODY.splitlines()]


def test_the_plan_has_the_headings_of_6_6_1(loaded: LoadedProfile) -> None:
    headings = find(loaded, "improvement-plan").headings
    assert [heading.clause for heading in headings] == [*(f"6.6.1 {letter})" for letter in "abcdefgh"), "6.6.2"]
    assert [heading.level for heading in headings] == ["应"] * 7 + ["可", "应"]


def test_the_diagnosis_follows_the_nine_families(loaded: LoadedProfile) -> None:
    assert loaded.profile.scoring is not None
    families = [(family.key, family.label) for family in loaded.profile.scoring.families]
    headings = [
        (item.key, item.title) for item in find(loaded, "diagnosis-report").headings if "6.5.6" in str(item.clause)
    ]
    assert headings == families


def test_a_certificate_is_asked_for_only_by_those_who_want_one(loaded: LoadedProfile) -> None:
    condition = find(loaded, "certification-register").when
    assert condition is not None
    wanted, begun = condition.any
    assert wanted.equals is not None
    assert wanted.equals.value == "有意愿取证"
    assert begun.present == "forms.certification-register[]"
    review = next(spec for spec in find(loaded, "acceptance-review").fields if spec.key == "certificate")
    assert "有意愿取证" in review.options
