"""What every template must keep, whatever program it was edited with: fonts, grids, margins, the printed labels."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import yaml
from lxml import etree
from openpyxl import load_workbook
from support.office_schemas import OoxmlCheck
from support.office_tools import Office
from support.render_xlsx_support import assert_recalculation_agrees, recalculate

from docgen.profile.load import find_profile
from docgen.record.enterprise import Indicator
from docgen.record.scoring import Evaluation, Rule, ScoringChoice, ScoringRules, evaluate
from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import Missing
from docgen.render.xlsx.template import XlsxTemplate
from docgen.resources import Resources, shipped_folder

pytestmark = pytest.mark.heavy

if TYPE_CHECKING:
    from collections.abc import Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = shipped_folder("templates")
PROFILE = "db3203-t1023-2023"
DOCX = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.docx"))
XLSX = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.xlsx"))
WANTED = {
    *("docx/report.docx", "docx/checklist.docx", "docx/checklist.landscape.docx", "docx/register.docx"),
    "docx/photo-sheet.docx",
    *("docx/register.landscape.docx", "docx/form.docx", "docx/package-cover.docx", "docx/remarks-sheet.docx"),
    *("docx/not-applicable.docx", f"docx/{PROFILE}/diagnosis-confirmation.docx", f"docx/{PROFILE}/evaluation.docx"),
    *(f"xlsx/{PROFILE}/evaluation.xlsx", "xlsx/package-index.xlsx"),
}
NARRATIVE_STYLES = (
    *("DocgenBody", "DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4", "DocgenListItem"),
    *("DocgenTable", "DocgenTableText", "DocgenTableHeader", "DocgenCaption", "DocgenPicture"),
)
OF_TWO = re.compile(r"docx/(db3203-t1023-2023|db4201-t665-2022)/")
WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
DIRECTIONS = ("越高越好", "越低越好", "有无", "文字")
OUTCOMES = ("达成目标", "未达成目标", "未评")

# Word for word as the standard draws them (DB 3203/T 1023—2023, table B.1 and table C.1).
B1 = (
    *("企业名称（盖章）：", "序号", "诊断意见", "企业质量诊断人员（签字）：", "日期：　　　年　　月　　日"),
    *("企业法定代表人或授权代表（签字或盖章）：", "日期：　　　年　　月　　日"),
)
C1_HEADS = ("序号", "评价项目", "评价指标", "提升前", "提升目标", "提升后", "提升结果", "评价分数")
C1_NOTE = (
    "注：如评价项目为顾客关系及顾客满意，评价指标为顾客满意度，提升前为85%，提升目标为90%，提升后为92%，"
    "提升结果为达成目标，则评价分数为10分；若提升后为87%，提升结果为未达成目标，则评价分数为0分。"
)


@cache
def read_roots(name: str) -> dict[str, etree._Element]:
    with zipfile.ZipFile(TEMPLATES / name) as archive:
        return {part: etree.fromstring(archive.read(part)) for part in archive.namelist() if part.endswith(".xml")}


def read_body(name: str) -> etree._Element:
    return read_roots(name)["word/document.xml"]


def read_text(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def read_printed(name: str) -> str:
    """The text of a document without its tags."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", "\n".join(read_text(p) for p in read_body(name).iter(f"{W}p")))


def iterate_styles(name: str) -> Iterator[etree._Element]:
    yield from read_roots(name)["word/styles.xml"].iterfind(f"{W}style")


def find_style(name: str, style_id: str) -> etree._Element:
    return next(style for style in iterate_styles(name) if style.get(f"{W}styleId") == style_id)


def read_cells(name: str) -> dict[str, str]:
    """The cells of a workbook's first sheet: texts as they are, formulas with =."""
    roots = read_roots(name)
    shared = roots.get("xl/sharedStrings.xml")
    strings = (
        [] if shared is None else ["".join(t.text or "" for t in si.iter(f"{S}t")) for si in shared.iter(f"{S}si")]
    )
    cells = {}
    for cell in roots["xl/worksheets/sheet1.xml"].iter(f"{S}c"):
        formula, value = cell.find(f"{S}f"), cell.findtext(f"{S}v")
        text = "".join(t.text or "" for t in cell.iter(f"{S}t"))
        if formula is not None:
            text = f"={formula.text}"
        elif cell.get("t") == "s" and value is not None:
            text = strings[int(value)]
        if text:
            cells[str(cell.get("r"))] = text
    return cells


def read_notes(name: str) -> dict[str, str]:
    part = next(root for part, root in read_roots(name).items() if "/comment" in part)
    return {
        str(note.get("ref")): "".join(t.text or "" for t in note.iter(f"{S}t")) for note in part.iter(f"{S}comment")
    }


def test_templates_are_there() -> None:
    assert set(DOCX) | set(XLSX) >= WANTED


@pytest.mark.parametrize("name", DOCX)
def test_word_template_compiles(name: str) -> None:
    template = DocxTemplate.compile((TEMPLATES / name).read_bytes(), name)
    assert template.sites


@pytest.mark.parametrize("name", XLSX)
def test_excel_template_compiles(name: str) -> None:
    template = XlsxTemplate.compile((TEMPLATES / name).read_bytes(), name)
    assert "{{" in template.source.text or "_rows" in template.source.text


@pytest.mark.parametrize("name", [*DOCX, *XLSX])
def test_a_theme_is_there(name: str) -> None:
    """Word and Excel write one in every file; a validator misses it where it isn't."""
    with zipfile.ZipFile(TEMPLATES / name) as package:
        assert [part for part in package.namelist() if "/theme/theme" in part]


@pytest.mark.parametrize("name", DOCX)
def test_no_theme_fonts(name: str) -> None:
    for part, root in read_roots(name).items():
        for element in root.iter(f"{W}rFonts"):
            assert not [key for key in element.attrib if key.endswith("Theme")], part


@pytest.mark.parametrize("name", DOCX)
def test_every_style_names_its_fonts(name: str) -> None:
    defaults = read_roots(name)["word/styles.xml"].find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert defaults is not None
    fonts = [defaults.find(f"{W}rFonts")]
    fonts += [s.find(f"{W}rPr/{W}rFonts") for s in iterate_styles(name) if s.get(f"{W}type") == "paragraph"]
    for font in fonts:
        assert font is not None
        assert all(font.get(f"{W}{kind}") for kind in ("ascii", "hAnsi", "eastAsia"))
    language = defaults.find(f"{W}lang")
    assert language is not None
    assert language.get(f"{W}eastAsia") == "zh-CN"


@pytest.mark.parametrize("name", DOCX)
def test_chinese_runs_take_the_chinese_font(name: str) -> None:
    known = {style.get(f"{W}styleId") for style in iterate_styles(name)}
    for part, root in read_roots(name).items():
        if not re.match(r"word/(?:document|header|footer)", part):
            continue
        for paragraph in root.iter(f"{W}p"):
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            assert style is not None, read_text(paragraph)
            assert style.get(f"{W}val") in known
        for run in root.iter(f"{W}r"):
            if WIDE.search(read_text(run)):
                font = run.find(f"{W}rPr/{W}rFonts")
                assert font is not None, read_text(run)
                assert font.get(f"{W}hint") == "eastAsia", read_text(run)


@pytest.mark.parametrize("name", DOCX)
def test_tables_are_fixed_and_have_their_grid(name: str) -> None:
    for table in read_body(name).iter(f"{W}tbl"):
        columns = [int(column.get(f"{W}w", "0")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
        assert columns
        assert all(columns)
        layout = table.find(f"{W}tblPr/{W}tblLayout")
        assert layout is not None
        assert layout.get(f"{W}type") == "fixed"
        width = table.find(f"{W}tblPr/{W}tblW")
        assert width is not None
        assert int(width.get(f"{W}w", "0")) == sum(columns)
        for row in table.iterfind(f"{W}tr"):
            widths = [cell.find(f"{W}tcPr/{W}tcW") for cell in row.iterfind(f"{W}tc")]
            assert sum(int(cell.get(f"{W}w", "0")) for cell in widths if cell is not None) == sum(columns)


@pytest.mark.parametrize("name", DOCX)
def test_no_exact_line_spacing_in_tables(name: str) -> None:
    exact = {
        style.get(f"{W}styleId")
        for style in iterate_styles(name)
        if any(spacing.get(f"{W}lineRule") == "exact" for spacing in style.iter(f"{W}spacing"))
    }
    assert not exact & {"DocgenTable", "DocgenTableText", "DocgenTableHeader", "DocgenCaption", "DocgenPicture"}
    for paragraph in read_body(name).iterfind(f".//{W}tc/{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        assert style is not None
        assert style.get(f"{W}val") not in exact, read_text(paragraph)
        spacing = paragraph.find(f"{W}pPr/{W}spacing")
        assert spacing is None or spacing.get(f"{W}lineRule") != "exact"


@pytest.mark.parametrize("name", [name for name in DOCX if "checklist" in name or "/register" in name])
def test_header_rows_repeat_and_rows_hold_together(name: str) -> None:
    table = list(read_body(name).iter(f"{W}tbl"))[1 if "checklist" in name else 0]
    rows = list(table.iterfind(f"{W}tr"))
    drawn = [row for row in rows if not "".join(row.itertext()).startswith("{%tr")]
    assert drawn[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


@pytest.mark.parametrize("name", DOCX)
def test_settings_and_properties(name: str) -> None:
    roots = read_roots(name)
    assert roots["word/settings.xml"].find(f"{W}compat/{W}doNotExpandShiftReturn") is not None
    core = {etree.QName(item).localname: item.text for item in roots["docProps/core.xml"]}
    assert core["creator"] == core["lastModifiedBy"] == "docgen"
    assert core["created"] == core["modified"] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize("name", [name for name in DOCX if name.count("/") == 1 or OF_TWO.match(name)])
def test_a_date_is_not_torn_between_its_parts(name: str) -> None:
    """Word and WPS end no line with 年 or 月 and begin none with 年, 月 or 日; what they know by themselves stays."""
    settings = read_roots(name)["word/settings.xml"]
    for element, characters in (("noLineBreaksAfter", "年月（《“"), ("noLineBreaksBefore", "年月日，。）》”")):
        found = settings.find(f"{W}{element}")
        assert found is not None
        assert found.get(f"{W}lang") == "zh-CN"
        assert set(characters) <= set(found.get(f"{W}val", ""))


def read_page(name: str) -> tuple[dict[str, int], dict[str, int]]:
    section = read_body(name).find(f"{W}body/{W}sectPr")
    assert section is not None
    page, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert page is not None
    assert margins is not None
    size = {key: int(page.get(f"{W}{key}", "0")) for key in ("w", "h")}
    return size, {key: int(margins.get(f"{W}{key}", "0")) for key in ("top", "bottom", "left", "right")}


@pytest.mark.parametrize("name", DOCX)
def test_paper_is_a4(name: str) -> None:
    size, _ = read_page(name)
    section = read_body(name).find(f"{W}body/{W}sectPr/{W}pgSz")
    assert section is not None
    assert sorted(size.values()) == [11906, 16838]
    assert (size["w"] > size["h"]) == (section.get(f"{W}orient") == "landscape")
    if ".landscape" in name:
        assert size["w"] > size["h"]


def test_report_has_the_official_page() -> None:
    """GB/T 9704—2012: margins 37, 28, 26 and 35 mm; 22 lines of 28 characters."""
    name = "docx/report.docx"
    size, margins = read_page(name)
    millimetres = {key: round(value * 25.4 / 1440, 1) for key, value in margins.items()}
    assert millimetres == {"top": 37.0, "left": 28.0, "right": 26.0, "bottom": 35.0}
    spacing = find_style(name, "DocgenBody").find(f"{W}pPr/{W}spacing")
    indent = find_style(name, "DocgenBody").find(f"{W}pPr/{W}ind")
    tight = find_style(name, "DocgenBody").find(f"{W}rPr/{W}spacing")
    assert spacing is not None
    assert indent is not None
    assert tight is not None
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("579", "exact")
    assert indent.get(f"{W}firstLineChars") == "200"
    assert (size["h"] - margins["top"] - margins["bottom"]) // 579 == 22
    character = 320 + int(tight.get(f"{W}val", "0"))
    assert (size["w"] - margins["left"] - margins["right"]) // character == 28


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("DocgenTitle", "方正小标宋简体", "44"),
        ("DocgenBody", "仿宋_GB2312", "32"),
        ("DocgenHeading1", "黑体", "32"),
        ("DocgenHeading2", "楷体_GB2312", "32"),
        ("DocgenHeading3", "仿宋_GB2312", "32"),
        ("DocgenHeading4", "仿宋_GB2312", "32"),
        ("Footer", "宋体", "28"),
    ],
)
def test_report_has_the_official_fonts(style: str, font: str, half_points: str) -> None:
    properties = find_style("docx/report.docx", style).find(f"{W}rPr")
    assert properties is not None
    fonts, size = properties.find(f"{W}rFonts"), properties.find(f"{W}sz")
    assert fonts is not None
    assert size is not None
    assert (fonts.get(f"{W}eastAsia"), size.get(f"{W}val")) == (font, half_points)


def test_report_has_the_narrative_styles_and_page_numbers() -> None:
    name = "docx/report.docx"
    assert {style.get(f"{W}styleId") for style in iterate_styles(name)} >= set(NARRATIVE_STYLES)
    assert read_roots(name)["word/settings.xml"].find(f"{W}evenAndOddHeaders") is not None
    footers = [root for part, root in read_roots(name).items() if part.startswith("word/footer")]
    assert [read_text(footer) for footer in footers] == ["— 1 —", "— 1 —"]
    sides = [footer.find(f"{W}p/{W}pPr/{W}jc") for footer in footers]
    assert [side.get(f"{W}val") for side in sides if side is not None] == ["right", "left"]
    for style in ("DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4", "DocgenPicture"):
        assert find_style(name, style).find(f"{W}pPr/{W}keepNext") is not None


def test_diagnosis_confirmation_has_the_drawn_labels() -> None:
    printed = read_printed(f"docx/{PROFILE}/diagnosis-confirmation.docx")
    at = 0
    for label in B1:
        assert label in printed[at:], label
        at = printed.index(label, at) + len(label)
    assert "document.caption" in read_text(read_body(f"docx/{PROFILE}/diagnosis-confirmation.docx"))


def test_evaluation_form_has_the_drawn_labels() -> None:
    name = f"docx/{PROFILE}/evaluation.docx"
    tables = list(read_body(name).iter(f"{W}tbl"))
    header = [read_text(cell) for cell in next(tables[0].iterfind(f"{W}tr")).iterfind(f"{W}tc")]
    assert tuple(header) == C1_HEADS
    last = [read_text(cell) for cell in list(tables[0].iterfind(f"{W}tr"))[-1].iterfind(f"{W}tc")]
    assert last == ["合计评分", "{{ evaluation.total }}"]
    printed = read_printed(name)
    assert C1_NOTE in printed
    # The grade stands outside the drawn table and is labelled as ours.
    assert printed.index(C1_NOTE) < printed.index("自拟") < printed.index("评价等级\n")


def test_evaluation_workbook_has_the_drawn_labels() -> None:
    cells = read_cells(f"xlsx/{PROFILE}/evaluation.xlsx")
    assert tuple(cells[f"{column}3"] for column in "ABCDEFGH") == C1_HEADS
    assert cells["A9"] == "合计评分"
    assert cells["A10"] == C1_NOTE
    assert "自拟" in cells["A11"]
    assert "自拟" in cells["J2"]


def test_every_formula_has_its_fact() -> None:
    for name in XLSX:
        formulas = {cell for cell, text in read_cells(name).items() if text.startswith("=")}
        if formulas:
            notes = read_notes(name)
            assert set(notes) == formulas
            assert all(re.fullmatch(r"\{\{ .+ \}\}", note) for note in notes.values())


def test_formulas_use_the_words_of_the_profile() -> None:
    """The sheet's formulas compare with words that the profile prints: both must be the same."""
    text = (ROOT / "profiles" / PROFILE / "profile.yaml").read_text("utf-8")
    scoring = yaml.safe_load(text)["scoring"]
    cells = read_cells(f"xlsx/{PROFILE}/evaluation.xlsx")
    formulas = "".join(text for text in cells.values() if text.startswith("="))
    used = set(re.findall(r'"([\u4e00-\u9fff]+)"', formulas)) - {"空白表"}
    known = {*scoring["outcomes"].values(), *scoring["directions"].values(), *scoring["rules"].values()}
    assert used <= known
    assert used >= {scoring["rules"]["all"], scoring["rules"]["ratio"], *scoring["outcomes"].values()}


def test_drawn_table_is_what_prints() -> None:
    book = read_roots(f"xlsx/{PROFILE}/evaluation.xlsx")["xl/workbook.xml"]
    names = {item.get("name"): item.text for item in book.iter(f"{S}definedName") if item.get("localSheetId") == "0"}
    assert names["_xlnm.Print_Area"] == "'表C.1'!$A$1:$H$15"
    assert names["_xlnm.Print_Titles"] == "'表C.1'!$3:$3"
    setup = read_roots(f"xlsx/{PROFILE}/evaluation.xlsx")["xl/worksheets/sheet1.xml"].find(f"{S}pageSetup")
    assert setup is not None
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToWidth")) == ("landscape", "9", "1")


def test_package_index_has_the_columns_of_the_archive_rules() -> None:
    """GB/T 11822—2008: 序号 文件编号 责任者 文件题名 日期 页数 备注."""
    cells = read_cells("xlsx/package-index.xlsx")
    wanted = ("序号", "文件编号", "责任者", "文件题名", "日期", "页数", "备注")
    assert tuple(cells[f"{column}3"] for column in "ABCDEFG") == wanted
    assert "date8" in cells["E5"]


def test_item_index_has_the_columns_of_the_archive_rules() -> None:
    """DA/T 22—2015: 序号 档号 文号 责任者 题名 日期 密级 页数 备注; landscape, its head on each page."""
    cells = read_cells("xlsx/item-index.xlsx")
    wanted = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
    assert tuple(cells[f"{column}3"] for column in "ABCDEFGHI") == wanted
    roots = read_roots("xlsx/item-index.xlsx")
    names = {item.get("name"): item.text for item in roots["xl/workbook.xml"].iter(f"{S}definedName")}
    assert names["_xlnm.Print_Titles"] == "'归档文件目录'!$1:$3"
    setup = roots["xl/worksheets/sheet1.xml"].find(f"{S}pageSetup")
    assert setup is not None
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("fitToHeight")) == ("landscape", "9", "0")
    footer = roots["xl/worksheets/sheet1.xml"].find(f"{S}headerFooter/{S}oddFooter")
    assert footer is not None
    assert "第 &P 页" in (footer.text or "")


def test_package_cover_and_remarks_have_their_labels() -> None:
    cover = read_printed("docx/package-cover.docx")
    for label in ("全宗号", "档号", "件号", "案卷题名", "立卷单位", "起止日期", "保管期限", "密级", "件页数", "草稿"):
        assert label in cover
    remarks = read_printed("docx/remarks-sheet.docx")
    for label in ("档号", "互见号", "说明：", "立卷人：", "检查人：", "日　期："):
        assert label in remarks


@pytest.mark.parametrize("name", XLSX)
def test_workbooks_name_chinese_fonts(name: str) -> None:
    styles = read_roots(name)["xl/styles.xml"]
    names = {item.get("val") for item in styles.iterfind(f"{S}fonts/{S}font/{S}name")}
    assert names <= {"宋体", "黑体", "方正小标宋简体"}
    assert not list(styles.iter(f"{S}scheme"))


@pytest.mark.parametrize("name", DOCX + XLSX)
def test_template_keeps_to_the_schemas(name: str, ooxml_check: OoxmlCheck) -> None:
    assert ooxml_check(TEMPLATES / name) == []


# The evaluation's live formulas: each must yield the fact that scoring computed, and follow a figure changed by hand.

INDICATORS = (
    ("compliance", "行政处罚", "yes_no", "无", "无", "无", True),
    ("strategy", "发展规划", "text", "未制定", "制定三年规划", "只有提纲", False),
    ("resources", "骨干员工流失率", "down", "12", "8", "9", None),
    ("resources", "设备完好率", "up", "90", "95", "95", None),
    ("products", "退货率", "down", "3.0", "1.50", "1.5", None),
    ("realisation", "直通率", "up", "80", "90", "91", None),
    ("realisation", "生产计划按时完成率", "up", "80", "90", "89.99", None),
    ("realisation", "人员作业效率", "up", "80", "90", "92", None),
    ("customers", "顾客满意度", "up", "85", "90", "92", None),
    ("customers", "客户流失率", "down", "8", "5", None, None),
)


def make_indicators(*more: tuple[str, str, str, str, str, str | None, bool | None]) -> list[Indicator]:
    keys = ("family", "name", "direction", "before", "target", "after", "reached")
    return [
        Indicator.model_validate({"key": f"i{at}", "unit": "%", **dict(zip(keys, row, strict=True))})
        for at, row in enumerate((*INDICATORS, *more))
    ]


def describe_evaluation(indicators: list[Indicator], rule: Rule) -> tuple[Evaluation, dict[str, object]]:
    scoring = find_profile(Resources(), PROFILE).profile.scoring
    assert scoring is not None
    rules: ScoringRules = scoring.choose(ScoringChoice(rule=rule))
    result = evaluate("x", indicators, rules)
    absent = Missing("x", "", "blank")
    known = {item.key: item for item in indicators}
    nothing = SimpleNamespace(
        name=absent, unit="", direction_text="", before=absent, target=absent, after=absent, stated="", outcome="未评"
    )
    families = []
    for number, (family, scored) in enumerate(zip(rules.families, result.families, strict=True), 1):
        lines = []
        for item in scored.indicators:
            given, outcome = known[item.key], rules.outcomes[item.outcome]
            figures = {
                key: absent if (v := getattr(given, key)) is None else v for key in ("before", "target", "after")
            }
            words = {"name": given.name, "unit": given.unit, "direction_text": rules.directions[given.direction]}
            stated = outcome if given.direction in ("yes_no", "text") else ""
            lines.append(SimpleNamespace(outcome=outcome, stated=stated, **words, **figures))
        score = absent if scored.score is None else scored.score
        families.append(
            SimpleNamespace(
                number=number,
                label=family.label,
                indicators=lines or [nothing],
                score=score,
                assessed=scored.score is not None,
                by_rule=dict(scored.by_rule),
            )
        )
    others = [
        SimpleNamespace(text=text, total=result.totals[other], grade=result.grades[other] or "")
        for other, text in rules.rules.items()
        if other != rule
    ]
    evaluation = SimpleNamespace(
        families=families,
        total=result.total,
        grade=result.grade or "",
        points=rules.points,
        rule_text=rules.rules[rule],
        bands=[SimpleNamespace(grade=band.grade, **{"from": band.from_}) for band in rules.bands],
        other_rules=others,
        notes=["按实际情况评定"],
    )
    heading = {
        "project": SimpleNamespace(name="甲项目"),
        "enterprise": SimpleNamespace(name="甲公司"),
        "document": SimpleNamespace(caption="表C.1 认证提升成效评价表"),
    }
    return result, {"evaluation": evaluation, "dated": "2024年9月12日", "blank": False, **heading}


def render_evaluation(indicators: list[Indicator], rule: Rule) -> tuple[Evaluation, bytes]:
    result, context = describe_evaluation(indicators, rule)
    name = f"xlsx/{PROFILE}/evaluation.xlsx"
    rendered = XlsxTemplate.compile((TEMPLATES / name).read_bytes(), name).render(context)
    assert not rendered.diagnostics
    assert not rendered.missing
    return result, rendered.data


PLANNED = ("features", "技艺传承人数", "up", "1", "3", None, None)


@pytest.mark.office
@pytest.mark.parametrize(("rule", "total"), [("any", 50), ("all", 30), ("ratio", Decimal("41.7"))])
def test_formulas_agree_with_the_facts(rule: Rule, total: object, office: Office, tmp_path: Path) -> None:
    result, data = render_evaluation(make_indicators(), rule)
    assert (result.total, result.grade) == (total, "良好")
    assert assert_recalculation_agrees(office, tmp_path, data) > 60


@pytest.mark.office
def test_a_planned_family_without_data_has_no_grade(office: Office, tmp_path: Path) -> None:
    result, data = render_evaluation(make_indicators(PLANNED), "any")
    assert (result.total, result.grade) == (50, None)
    assert assert_recalculation_agrees(office, tmp_path, data) > 60


@pytest.mark.office
def test_a_figure_changed_by_hand_is_recalculated(office: Office, tmp_path: Path) -> None:
    """The note to table C.1: 85 % → target 90 % → 92 % gives 10; 87 % gives 0."""
    _, data = render_evaluation(make_indicators(), "any")
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    rows = {str(sheet.cell(row, 3).value): row for row in range(4, 20)}
    row = rows["顾客满意度"]
    assert sheet.cell(row, 6).value == 92
    sheet.cell(row, 6).value = 87
    changed = io.BytesIO()
    book.save(changed)
    again = load_workbook(io.BytesIO(recalculate(office, tmp_path, changed.getvalue())), data_only=True).worksheets[0]
    assert (again.cell(row, 7).value, again.cell(row, 8).value) == ("未达成目标", 0)
    last = next(at for at in range(4, 30) if again.cell(at, 1).value == "合计评分")
    assert again.cell(last, 8).value == 40
