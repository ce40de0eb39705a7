"""Good cases as many people write them: layout × numbers × words of headings × where things stand.

Each comes with what is right, counted by ``plain_count``. Everything is drawn from a fixed seed: the corpus is the same
wherever it is made.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Pt

from support.case_words import CONTACT, DAY, DRAFTERS, KNOWN, PARTS, SERIES, STORIES, STRANGE, UNITS_HEADINGS, Story
from support.plain_count import count_words

SIZE = 180
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ROMAN = "ⅠⅡⅢⅣⅤⅥ"
_CHINESE = "一二三四五六"

NUMBERS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "chinese": lambda at: f"{_CHINESE[at]}、",
    "chinese-comma": lambda at: f"{_CHINESE[at]}，",
    "chinese-space": lambda at: f"{_CHINESE[at]} ",
    "chinese-dot": lambda at: f"{_CHINESE[at]}．",
    "bracket": lambda at: f"（{_CHINESE[at]}）",
    "decimal": lambda at: f"{at + 1}. ",
    "decimal-mark": lambda at: f"{at + 1}、",
    "chapter": lambda at: f"第{_CHINESE[at]}部分　",
    "roman": lambda at: f"{_ROMAN[at]}、",
    "letter": lambda at: f"{'abcdef'[at]}) ",
}

LAYOUTS = (
    "styled",
    "bold",
    "bare",
    "runin-stop",
    "runin-colon",
    "soft-break",
    "form",
    "form-wide",
    "boxes",
    "automatic",
    "md-atx",
    "md-bold",
    "md-setext",
    "md-plain",
)
NEEDS_NUMBER = frozenset({"runin-stop", "soft-break", "md-plain"})
OWN_NUMBER = frozenset({"automatic"})
UNITS = ("section", "list", "line", "and", "spaces", "roles", "table", "by-line")


@dataclass(frozen=True, slots=True)
class MadeCase:
    """A case as it was made: how, and what is right for it."""

    name: str
    layout: str
    words: str
    headings: tuple[str, ...]
    counts: tuple[int, ...]
    title: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a case is to be written."""

    name: str
    story: Story
    layout: str
    number: str
    words: str
    headings: tuple[str, ...]
    units: str
    units_heading: str
    front: tuple[str, ...]
    extras: tuple[str, ...]


def plan_corpus(size: int = SIZE) -> list[Plan]:
    """The plans: every layout and kind of words in turn, the rest drawn; one case in three has strange headings."""
    draw = random.Random(1023)
    plans: list[Plan] = []
    for index in range(size):
        layout = LAYOUTS[index % len(LAYOUTS)]
        words = "strange" if (index // len(LAYOUTS) + index) % 3 == 0 else "known"
        kinds = [kind for kind in NUMBERS if kind != "none" or layout not in NEEDS_NUMBER]
        if words == "strange" and layout == "runin-colon":
            kinds.remove("none")
        number = "none" if layout in OWN_NUMBER else draw.choice(kinds)
        table = STRANGE if words == "strange" else KNOWN
        headings = tuple(draw.choice(table[part]) for part in PARTS)
        front = tuple(item for item in ("mark", "series", "subtitle") if draw.random() < 0.25)
        extras = tuple(item for item in ("drafters", "contact", "day", "figures", "box", "note") if draw.random() < 0.3)
        if layout.startswith("md-"):
            extras = tuple(item for item in extras if item not in ("box", "note"))
        story, how = draw.choice(STORIES), draw.choice(UNITS)
        if layout.startswith("form") and how == "table":
            how = "section"
        heading = draw.choice(UNITS_HEADINGS)
        plans.append(Plan(f"{index:03}-{layout}", story, layout, number, words, headings, how, heading, front, extras))
    return plans


def make_case(plan: Plan, folder: Path) -> tuple[Path, MadeCase]:
    """Write a case; gives its file and what is right for it."""
    is_markdown = plan.layout.startswith("md-")
    path = folder / f"{plan.name}{'.md' if is_markdown else '.docx'}"
    if is_markdown:
        path.write_text(_write_markdown(plan), "utf-8")
    else:
        _write_word(plan).save(str(path))
    counts = tuple(sum(count_words(text) for text in part) for part in plan.story.parts)
    made = MadeCase(plan.name, plan.layout, plan.words, plan.headings, counts, plan.story.title, plan.story.units)
    return path, made


def _list_headings(plan: Plan) -> list[str]:
    return [f"{NUMBERS[plan.number](at)}{heading}" for at, heading in enumerate(plan.headings)]


def _list_units(plan: Plan) -> list[str]:
    """The lines below the units' heading, or the one line that has it."""
    units = plan.story.units
    roles = ("企业", "认证机构", "监管部门")
    if plan.units == "list":
        return [f"{number}. {name}" for number, name in enumerate(units, 1)]
    if plan.units == "and":
        return ["、".join(units[:-1]) + "和" + units[-1]]
    if plan.units in ("spaces", "by-line"):
        return ["　".join(units)]
    if plan.units == "roles":
        return ["，".join(f"{name}（{role}）" for name, role in zip(units, roles, strict=False))]
    if plan.units == "line":
        return [f"{plan.units_heading}：{'、'.join(units)}"]
    return list(units)


def _list_tail(plan: Plan) -> list[str]:
    said = {"drafters": DRAFTERS, "contact": CONTACT, "day": DAY}
    return [said[item] for item in plan.extras if item in said]


def _list_front(plan: Plan) -> Iterator[tuple[str, str]]:
    if "mark" in plan.front:
        yield "mark", "附件3"
    if "series" in plan.front:
        yield "series", SERIES
    yield "title", plan.story.title
    if "subtitle" in plan.front:
        yield "subtitle", f"——{plan.story.units[0]}质量提升案例"
    if plan.units == "by-line":
        yield "by-line", "　".join(plan.story.units)


def _write_word(plan: Plan) -> WordDocument:
    document = Document()
    for kind, text in _list_front(plan):
        line = document.add_paragraph()
        run = line.add_run(text)
        if kind != "mark":
            line.alignment = 1
        if kind in ("title", "series"):
            run.bold, run.font.size = True, Pt(22 if kind == "title" else 15)
    if "box" in plan.extras:
        _add_box(document, ["厂训：一件也不放过。"])
    headings = _list_headings(plan)
    if plan.layout.startswith("form"):
        _write_form(document, plan, headings)
    else:
        for at, (heading, part) in enumerate(zip(headings, plan.story.parts, strict=True)):
            _write_part(document, plan.layout, heading, part)
            if "figures" in plan.extras and at == 3:
                _write_figures(document)
    if "note" in plan.extras:
        _add_hidden(document.paragraphs[-1])
    _write_units(document, plan)
    for text in _list_tail(plan):
        document.add_paragraph(text)
    return document


def _write_part(document: WordDocument, layout: str, heading: str, part: Sequence[str]) -> None:
    first, *rest = part
    if layout == "runin-stop":
        document.add_paragraph(f"{heading}。{first}")
    elif layout == "runin-colon":
        document.add_paragraph(f"{heading}：{first}")
    elif layout == "soft-break":
        line = document.add_paragraph()
        line.add_run(heading).add_break(WD_BREAK.LINE)
        line.add_run(first)
    elif layout == "boxes":
        _add_box(document, [heading, *part])
        return
    else:
        if layout == "styled":
            document.add_heading(heading, 1)
        elif layout == "automatic":
            _number(document.add_paragraph(heading))
        else:
            document.add_paragraph().add_run(heading).bold = layout == "bold"
        document.add_paragraph(first)
    for text in rest:
        document.add_paragraph(text)


def _write_form(document: WordDocument, plan: Plan, headings: Sequence[str]) -> None:
    wide = plan.layout == "form-wide"
    table = document.add_table(0, 4 if wide else 2)
    table.style = "Table Grid"
    if wide:
        cells = table.add_row().cells
        for cell, text in zip(cells, ("企业名称", plan.story.units[0], "联系电话", "0516-80001234"), strict=True):
            cell.text = text
    for heading, part in zip(headings, plan.story.parts, strict=True):
        cells = table.add_row().cells
        cells[0].text = heading
        cell = cells[1].merge(cells[3]) if wide else cells[1]
        cell.text = part[0]
        for text in part[1:]:
            cell.add_paragraph(text)


def _write_figures(document: WordDocument) -> None:
    document.add_paragraph("表1 提升前后对比").alignment = 1
    table = document.add_table(2, 3)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells),
        ("指标", "提升前", "提升后", "返工率", "9%", "3%"),
        strict=True,
    ):
        cell.text = text


def _write_units(document: WordDocument, plan: Plan) -> None:
    if plan.units == "by-line":
        return
    if plan.units != "line":
        document.add_paragraph().add_run(plan.units_heading).bold = True
    if plan.units == "table":
        table = document.add_table(1, 3)
        for cell, text in zip(table.rows[0].cells, ("序号", "单位名称", "分工"), strict=True):
            cell.text = text
        for number, name in enumerate(plan.story.units, 1):
            for cell, text in zip(table.add_row().cells, (str(number), name, "编写"), strict=True):
                cell.text = text
        return
    for text in _list_units(plan):
        document.add_paragraph(text)


def _number(line: object) -> None:
    """Give a paragraph the automatic number 1. of a list of its own making."""
    paragraph = line._p  # type: ignore[attr-defined]
    numbering = line.part.numbering_part.element  # type: ignore[attr-defined]
    if not numbering.xpath('./w:num[@w:numId="77"]'):
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum xmlns:w="{_W}" w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
            ),
        )
        numbering.append(parse_xml(f'<w:num xmlns:w="{_W}" w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    properties = paragraph.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr xmlns:w="{_W}"><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'))


def _add_box(document: WordDocument, texts: Sequence[str]) -> None:
    lines = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    document.add_paragraph().add_run()._r.append(
        parse_xml(
            f'<w:pict xmlns:w="{_W}" xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox>'
            f"<w:txbxContent>{lines}</w:txbxContent></v:textbox></v:shape></w:pict>"
        )
    )


def _add_hidden(line: object) -> None:
    run = line.add_run("这些字看不见")  # type: ignore[attr-defined]
    run.font.hidden = True


def _write_markdown(plan: Plan) -> str:
    lines: list[str] = []
    for kind, text in _list_front(plan):
        if kind == "title":
            lines += [text, "=" * 8] if plan.layout == "md-setext" else [f"# {text}"]
        else:
            lines.append(text)
        lines.append("")
    for at, (heading, part) in enumerate(zip(_list_headings(plan), plan.story.parts, strict=True)):
        if plan.layout == "md-atx":
            lines += [f"## {heading}", ""]
        elif plan.layout == "md-bold":
            lines += [f"**{heading}**", ""]
        elif plan.layout == "md-setext":
            lines += [heading, "-" * 6, ""]
        else:
            lines += [heading, ""]
        for text in part:
            lines += [text, ""]
        if "figures" in plan.extras and at == 3:
            lines += ["表1 提升前后对比", "", "| 指标 | 提升前 | 提升后 |", "|---|---|---|", "| 返工率 | 9% | 3% |", ""]
    if plan.units not in ("by-line", "line"):
        lines += [f"## {plan.units_heading}" if plan.layout == "md-atx" else f"**{plan.units_heading}**", ""]
    if plan.units == "table":
        lines += ["| 序号 | 单位名称 | 分工 |", "|---|---|---|"]
        lines += [f"| {number} | {name} | 编写 |" for number, name in enumerate(plan.story.units, 1)]
    elif plan.units != "by-line":
        for text in _list_units(plan):
            lines += [text, ""]
    return "\n".join([*lines, "", *(item for text in _list_tail(plan) for item in (text, ""))]) + "\n"
