"""Tags scattered over every inline element of WordprocessingML: a value or a fault, and never a broken file."""

from __future__ import annotations

import io
import re
import zipfile
from random import Random

import pytest
from lxml import etree
from support.inline_elements import (
    AROUND,
    BETWEEN,
    CLOSED,
    HALVES,
    INSIDE,
    WORD,
    Scatter,
    fill,
    write_docx,
    write_run,
)
from support.office_schemas import check_bytes

from docgen.errors import TemplateError
from docgen.render.docx.template import DocxTemplate

pytestmark = pytest.mark.heavy

W = f"{{{WORD}}}"
SEEDS = [*range(120), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(120, 4000))]
CELL = "<w:tr><w:tc><w:p><w:r><w:t>项{{ item }}</w:t></w:r></w:p></w:tc></w:tr>"
HEAD = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid>'
VALUES = {"name": "A<B", "items": ["一", "二"]}


def read_document(data: bytes) -> etree._Element:
    """The document; every part is XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        roots = {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}
    return roots["word/document.xml"]


def find_faults(template: bytes) -> list[str]:
    try:
        DocxTemplate.compile(template, "样表.docx")
    except TemplateError as problem:
        for item in problem.diagnostics:
            assert item.location.paragraph
            assert item.location.excerpt
        return [item.code for item in problem.diagnostics]
    return []


def check_pairs(root: etree._Element) -> None:
    """No half of a pair stands without the other, and no field begins inside of another that ended."""
    for kind in ("bookmark", "perm", "commentRange", "moveFromRange", "moveToRange", "customXmlDelRange"):
        begun, ended = (sorted(el.get(f"{W}id") for el in root.iter(W + kind + end)) for end in ("Start", "End"))
        assert begun == ended
    depth = 0
    for mark in root.iter(f"{W}fldChar"):
        depth += {"begin": 1, "end": -1}.get(str(mark.get(f"{W}fldCharType")), 0)
        assert depth >= 0
    assert depth == 0


def list_kinds(data: bytes) -> set[str]:
    """What the schemas say against a file, without where; one of them knows no smart tags."""
    lines = [line for line in check_bytes(data, ".docx") if "'smartTag'" not in line]
    return {re.sub(r".*?!\S+:\s|/\S+|\[\d+\]|'\d+'|:\d+:", "", line) for line in lines}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_or_a_fault_and_never_a_broken_file(seed: int) -> None:
    scatter = Scatter(Random(seed))
    texts = ("{%p if shown %}", "甲{{ name }}乙", "{%p endif %}", "{%tr for item in items %}", "{%tr endfor %}")
    begin, value, end, row, row_end = (f"<w:p>{scatter.write(text)}</w:p>" for text in texts)
    table = f"<w:tbl>{HEAD}<w:tr><w:tc>{row}</w:tc></w:tr>{CELL}<w:tr><w:tc>{row_end}</w:tc></w:tr></w:tbl>"
    block, rest = f"<w:p>{scatter.write('{{p name }}')}</w:p>", f"<w:p>{''.join(scatter.late)}</w:p>"
    template = write_docx((begin, value, end, table, block, rest))
    if find_faults(template):
        return
    compiled = DocxTemplate.compile(template, "样表.docx")
    for shown in (True, False):
        rendered = compiled.render({**VALUES, "shown": shown})
        if (scatter.deleted or scatter.added) and rendered.diagnostics:
            continue  # what is left of a name is none
        assert rendered.diagnostics == ()
        root = read_document(rendered.data)
        check_pairs(root)
        if not scatter.deleted and not scatter.added:
            text = "".join(root.itertext(f"{W}t"))
            assert ("甲A<B乙" in text, "项二" in text, text.endswith("A<B")) == (shown, True, True)
        assert list_kinds(rendered.data) <= list_kinds(template)


def test_most_templates_are_filled() -> None:
    """The property above isn't held by refusing everything."""
    found = []
    for seed in range(300):
        scatter = Scatter(Random(seed))
        body = [f"<w:p>{scatter.write('甲{{ name }}乙')}</w:p>", f"<w:p>{''.join(scatter.late)}</w:p>"]
        if not scatter.deleted and not scatter.closed:
            found.append(find_faults(write_docx(body)))
    assert sum(map(bool, found)) < len(found) / 20


@pytest.mark.parametrize("kind", sorted(AROUND))
@pytest.mark.parametrize("cut", range(1, len("{{ name }}")))
def test_an_element_that_holds_one_end_of_a_tag_is_opened(kind: str, cut: int) -> None:
    first, last = "甲{{ name }}乙"[: cut + 1], "甲{{ name }}乙"[cut + 1 :]
    plain = [write_run(first), write_run(last)]
    held = [fill(AROUND[kind], at, run) for at, run in enumerate(plain, 11)]
    for body in (plain[0] + held[1], held[0] + plain[1], held[0] + held[1]):
        rendered = DocxTemplate.compile(write_docx([f"<w:p>{body}</w:p>"]), "样表.docx").render(VALUES)
        root = read_document(rendered.data)
        assert "".join(root.itertext(f"{W}t")) == "甲A<B乙"
        check_pairs(root)
        if kind not in ("bookmark", "comment", "perm"):
            runs = [child.tag for child in root.find(f"{W}body/{W}p")]
            assert set(runs) == {f"{W}r"}


@pytest.mark.parametrize("kind", sorted(CLOSED))
def test_what_cant_be_opened_is_refused(kind: str) -> None:
    held = fill(CLOSED[kind], 11, write_run("me }}乙"))
    expected = "T401" if "field" in kind else "T400"
    assert find_faults(write_docx([f"<w:p>{write_run('甲{{ na')}{held}</w:p>"])) == [expected]
    whole = fill(CLOSED[kind], 11, write_run("{{ name }}"))
    assert find_faults(write_docx([f"<w:p>{whole}</w:p>"])) == []


@pytest.mark.parametrize("between", [*(f"<w:r>{item}</w:r>" for item in INSIDE if "<w:t>" not in item), *BETWEEN])
def test_what_stands_inside_a_tag_harms_nothing(between: str) -> None:
    template = write_docx([f"<w:p>{write_run('甲{{ na')}{between}{write_run('me }}乙')}</w:p>"])
    rendered = DocxTemplate.compile(template, "样表.docx").render(VALUES)
    assert "".join(read_document(rendered.data).itertext(f"{W}t")) == "甲A<B乙"
    assert list_kinds(rendered.data) <= list_kinds(template)


@pytest.mark.parametrize("pair", HALVES, ids=lambda pair: re.sub(r"\W+", " ", pair[0])[:24])
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("tags", [("{%p if name %}", "{%p endif %}"), ("{%tr if name %}", "{%tr endif %}")])
def test_half_of_a_pair_in_what_gives_way_to_a_tag(pair: tuple[str, str], half: int, tags: tuple[str, str]) -> None:
    """The other half goes, too; a field is refused."""
    marks = [fill(mark, 11) for mark in pair]
    opening = f"<w:p>{marks[0] if half == 0 else ''}{write_run(tags[0])}{marks[1] if half == 1 else ''}</w:p>"
    closing, inner = f"<w:p>{write_run(tags[1])}</w:p>", f"<w:p>{write_run('中')}</w:p>"
    cells = [opening, inner, closing]
    if "tr" in tags[0]:
        rows = "".join(f"<w:tr><w:tc>{cell}</w:tc></w:tr>" for cell in cells)
        cells = [f"<w:tbl>{HEAD}{rows}</w:tbl>"]
    before, behind = (f"<w:p>{marks[at] if at != half else ''}{write_run('外')}</w:p>" for at in (0, 1))
    template = write_docx([before, *cells, behind])
    faults = find_faults(template)
    assert faults == (["T401"] if "fldChar" in pair[0] else [])
    if not faults:
        check_pairs(read_document(DocxTemplate.compile(template, "样表.docx").render(VALUES).data))


@pytest.mark.parametrize("inside", [0, 1])
def test_a_block_that_holds_half_of_a_field_is_refused(inside: int) -> None:
    begin, end = HALVES[-1]
    marks = [f"<w:p>{mark}{write_run('域')}</w:p>" for mark in (begin, end)]
    opening, closing = (f"<w:p>{write_run(tag)}</w:p>" for tag in ("{%p for item in items %}", "{%p endfor %}"))
    body = [marks[0], opening, marks[1], closing] if inside else [opening, marks[0], closing, marks[1]]
    assert find_faults(write_docx(body)) == ["T401"]
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(write_docx(body), "样表.docx")
    assert caught.value.diagnostics[0].location.paragraph == (3 if inside else 2)  # where the block has it
    assert find_faults(write_docx([opening, *marks, closing])) == []
    assert find_faults(write_docx([marks[0], opening, closing, marks[1]])) == []


def test_tracked_changes_are_accepted() -> None:
    body = fill(AROUND["move"], 11, write_run("{{ name }}")) + fill(AROUND["ins"], 12, write_run("后"))
    root = read_document(DocxTemplate.compile(write_docx([f"<w:p>{body}</w:p>"]), "样表.docx").render(VALUES).data)
    assert [child.tag for child in root.find(f"{W}body/{W}p")] == [f"{W}r", f"{W}r"]


def test_braces_of_neighbours_make_no_tag() -> None:
    """docxtpl takes what stands between them for the inside of a tag, and leaves it out."""
    pieces = ("甲{", "# 一 {{ name }}}", "}乙 50%", "} {_{", "{_{ x }_}", "}_}")
    template = write_docx([f"<w:p>{write_run(piece)}</w:p>" for piece in pieces])
    rendered = DocxTemplate.compile(template, "样表.docx").render(VALUES)
    texts = ["".join(paragraph.itertext(f"{W}t")) for paragraph in read_document(rendered.data).iter(f"{W}p")]
    assert texts == ["甲{", "# 一 A<B}", "}乙 50%", "} {{", "{{ x }}", "}}"]
