"""A part of a docx template made ready for Jinja, once per template: tags joined, boxes measured, faults found.

The dialect is docxtpl's, and its ``patch_xml`` reads it. What it needs done before, and what it leaves out of schema
order, is done here.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term, error
from docgen.render.docx.columns import KIND, WEIGHT
from docgen.render.docx.controls import free_controls
from docgen.render.docx.drawings import mark_drawings
from docgen.render.docx.hidden import find_split_codes, prepare_hidden
from docgen.render.docx.joining import iterate_own_texts, join_tags, read_own_text
from docgen.render.docx.levels import find_besides
from docgen.render.docx.lists import ListPlan, ListStyles, plan_lists
from docgen.render.docx.measure import W, find_below
from docgen.render.docx.merges import mark_merges
from docgen.render.docx.pairs import mend_pairs
from docgen.render.docx.runs import rank_property
from docgen.render.docx.sites import Site, Surface, describe_site, read_run_format
from docgen.render.docx.trimming import DASH, join_paragraphs, trim_paragraph
from docgen.render.docx.walk import number_paragraphs
from docgen.render.values.typed import TAG, read_only_tag, read_tag, read_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element

    from docgen.render.docx.hidden import Hidden
    from docgen.render.values.typed import TypedTag

_NOISE = (
    *("proofErr", "lastRenderedPageBreak"),
    *("rPrChange", "pPrChange", "sectPrChange", "numberingChange"),  # how something looked before it was changed
    *("tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange"),
)
_REVISIONS = tuple(f"{W}rsid{kind}" for kind in ("R", "RPr", "RDefault", "P", "Del", "Tr", "Sect"))
_STRAY = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
ESCAPED = re.compile(r"\{_[{%]|[}%]_\}|[\ue0f0\ue0f1]")
"""A brace of a tag that the template wants to show."""
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HOLDERS = {"rt": "ruby", "rubyBase": "ruby", "ruby": "ruby", "Choice": "choice", "Fallback": "choice"}
_PREPARED = re.compile(r"^\s*\((.*)\)\|_(?:block\(\d+\)|rich)\s*$", re.DOTALL)
_BRACE = re.compile("[{}]")
_SHIELD = {ord("{"): "\U0010fffa", ord("}"): "\U0010fffb"}
_UNSHIELD = {hidden: chr(brace) for brace, hidden in _SHIELD.items()}
_FIRST_HIDDEN, _MOST_HIDDEN = 0x100000, 0xFFFA  # of the last plane of private use
_HIDDEN = re.compile("[\U00100000-\U0010fffb]")
_HIDDEN_FORMAT = re.compile("[\U00100000-\U0010fff9]")
_FORMAT, _FORMAT_OF_CELLS = (
    re.compile(rf"<w:(pPr|rPr|tblPr|tblGrid|sectPr{cells})(?: [^<>{{}}]*)?>[^<{{}}]*(?:<(?!/w:\1>)[^<{{}}]*)*</w:\1>")
    for cells in ("", "|tcPr")
)
_OF_CELL = frozenset({"colspan", "cellbg", "vm", "hm", "colwidth"})
_CELL_TAG = re.compile(rf"\{{%-?\s*(?:{'|'.join(sorted(_OF_CELL))})\b")
_CELL = re.compile(r"<w:tc[ >](?:(?!<w:tc[ >]).)*?</w:tc>", re.DOTALL)
_COLWIDTH = re.compile(r"\{%\s*colwidth\s+(.*?)\s*%\}", re.DOTALL)
_EMPTY_RUN = re.compile(
    r"<w:r(?: [^>]*)?>(?:<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?></w:t></w:r>", re.DOTALL
)
_TC_PR = re.compile(r"<w:tcPr>(.*?)</w:tcPr>", re.DOTALL)
_ATTRIBUTES = r"(?:\{\{.*?\}\}|\{%.*?%\}|[^>])*?"
_CHILD = re.compile(rf"<([\w.-]+:)?(\w+)(?:\s{_ATTRIBUTES})?(?:/>|>.*?</\1\2>)", re.DOTALL)
_TC_PR_CHILDREN = (
    *("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection"),
    *("tcFitText", "vAlign", "hideMark", "headers", "cellIns", "cellDel", "cellMerge", "tcPrChange"),
)
_PLAIN_TAG = re.compile(r"\{\{\s[^{}<>&%#“”‘’]*\}\}")
_BEFORE_TAG = re.compile(r"<w:t>((?:(?!<w:t>).)*)(\{\{.*?\}\})", re.DOTALL)
_TC_PR_ORDER = {name: at for at, name in enumerate(_TC_PR_CHILDREN)}


@dataclass(slots=True)
class PreparedPart:
    """A part on its way to Jinja. ``blocks`` are the places of ``{{p }}``, numbered as in the source.

    ``numbers`` are those of its paragraphs; ``cut`` the ends of fields that stood inside of a tag.
    """

    name: str
    source: str = ""
    blocks: list[Site] = field(default_factory=list)
    tags: dict[str, deque[Site]] = field(default_factory=lambda: defaultdict(deque))
    mends_columns: bool = False
    mends_merges: bool = False
    lists: ListPlan = field(default_factory=ListPlan)
    trimmed: list[tuple[_Element, bool, bool]] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    numbers: dict[_Element, int] = field(default_factory=dict)
    cut: list[_Element] = field(default_factory=list)

    def take_site(self, tag: str) -> Site:
        """Take the site of the next tag that reads so; one that was made by the preparation has no place."""
        waiting = self.tags.get(normalise_tag(tag))
        if not waiting:
            return Site(tag)
        return waiting.popleft() if len(waiting) > 1 else waiting[0]


@lru_cache(maxsize=4096)
def normalise_tag(tag: str) -> str:
    """Reduce a tag to what it says: without its braces, its p / tr / tc / r and white space."""
    return "".join(_PREPARED.sub(r"\1", read_tag(tag).inner).split())


def find_stray(text: str) -> re.Match[str] | None:
    """The braces in a text that belong to no tag, and aren't escaped."""
    return _STRAY.search(ESCAPED.sub(" ", TAG.sub(" ", text)))


def prepare_part(root: _Element, name: str, surface: Surface, lists: ListStyles | None = None) -> PreparedPart | None:
    """Prepare a part for Jinja; None where it holds no tag. ``lists`` says what styles number, where loops restart it.

    Faults are collected in the result, whose source is then of no use. The tree is changed.
    """
    part = PreparedPart(name)
    _drop_noise(root)
    hidden = prepare_hidden(root)
    if not hidden and not _holds_tags(root):
        return None
    part.faults += find_split_codes(root, name, surface.template)
    mark_drawings(root)
    part.mends_merges = mark_merges(root)
    if lists is not None:
        part.lists = plan_lists(root, lists)
    for number, paragraph in number_paragraphs(root):
        part.numbers[paragraph] = number
        _prepare_paragraph(part, paragraph, number, surface)
    blocks_known = not any("{%" in (fault.location.excerpt or "") for fault in part.faults)
    for torn in mend_pairs(root, part.cut) if blocks_known else ():
        part.faults.append(_refuse(part, "T401", torn, surface.template))
    _note_hidden(part, hidden, surface.template)
    free_controls(root, surface.styles.prompts)
    join_paragraphs(part.trimmed)
    part.lists.apply()
    if not part.faults:
        part.source = _patch(root)
    return part


def _holds_tags(root: _Element) -> bool:
    for paragraph in root.iter(f"{W}p"):
        joined = read_own_text(paragraph)
        if _STRAY.search(joined) or ESCAPED.search(joined):
            return True
    return any("{" in (code.text or "") for code in root.iter(f"{W}instrText"))


def _note_hidden(part: PreparedPart, hidden: list[Hidden], template: str) -> None:
    """Note where the tags stand that are in no paragraph's text, and which of them lack a brace."""
    for element, _, text in hidden:
        owners = (element, *element.iterancestors())
        number = next((part.numbers[owner] for owner in owners if owner in part.numbers), 0)
        for tag in TAG.findall(text):
            part.tags[normalise_tag(tag)].append(Site(tag, number, excerpt=text))
        stray = find_stray(text)
        if stray and not part.faults:
            _report_braces(part, template, number, text, stray[0])


def _drop_noise(root: _Element) -> None:
    """Leave out what Word notes for itself, and who changed the template's looks when: of no use in a copy.

    The former scatters tags over runs; the latter holds a second set of properties inside the first.
    """
    from lxml import etree

    for element in list(root.iter(*(W + name for name in _NOISE))):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in cast("list[_Element]", root.xpath("//*[*][text()]")):
        # Lines and margins of a program that lays its XML out: no element holds both text and elements.
        for holder, place in ((element, "text"), *((child, "tail") for child in element)):
            if not (getattr(holder, place) or "").strip():
                setattr(holder, place, None)
    etree.strip_attributes(root, *_REVISIONS)


def _prepare_paragraph(part: PreparedPart, paragraph: _Element, number: int, surface: Surface) -> None:
    texts = list(iterate_own_texts(paragraph))
    joined = "".join(text.text or "" for text in texts)
    if _STRAY.search(joined) is None:
        return
    stray = find_stray(joined)
    nested = next((tag for tag in TAG.findall(joined) if _STRAY.search(tag[2:-2])), None)
    if stray or nested:
        _report_braces(part, surface.template, number, joined, stray[0] if stray else "{{")
        return
    part.faults += [
        _refuse(part, "T421", paragraph, surface.template, tag=lonely, beside=beside)
        for lonely, beside in find_besides(paragraph, joined)
    ]
    made = join_tags(paragraph, texts)
    if made.holder:
        part.faults.append(_refuse(part, "T400", paragraph, surface.template, holder=_name_holder(made.holder)))
        return
    texts, part.cut = made.texts, [*part.cut, *made.cut]
    site = describe_site(paragraph, number, joined, surface)
    for at, tag in enumerate(TAG.finditer(joined)):
        run_format, begins = read_run_format(texts, tag.start()), part.lists.find_begun(paragraph, at)
        described = replace(site, expression=tag[0], run_format=run_format, begins=begins)
        part.tags[normalise_tag(tag[0])].append(described)
    if DASH.search(joined):
        part.trimmed.append((paragraph, *trim_paragraph(texts)))
    tags = list(read_tags(joined))
    _prepare_place(part, paragraph, tags)
    only = read_only_tag(joined)
    if only is not None and (only.kind, only.level) == ("print", "p"):
        _prepare_block(part, texts, replace(site, expression=joined.strip()), only.inner)
        return
    _hint_east_asia(texts)
    if any(tag.level == "r" for tag in tags):
        _join_run_tags(texts)


def _prepare_place(part: PreparedPart, paragraph: _Element, tags: Sequence[TypedTag]) -> None:
    """Make the cell, the table and the section that a paragraph stands in ready for its tags."""
    if any(tag.keyword in _OF_CELL for tag in tags):
        _ensure_cell_properties(paragraph)
    if any(tag.kind == "statement" and (tag.level == "tc" or tag.keyword == "colwidth") for tag in tags):
        part.mends_columns = True
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is not None:
            table.set("docgen", KIND)
    if any(tag.level == "p" for tag in tags):
        _keep_section(paragraph)


def _refuse(part: PreparedPart, code: str, element: _Element, template: str, **named: Param) -> Diagnostic:
    """A fault at the paragraph that an element is or stands in."""
    paragraph = element if element.tag == f"{W}p" else next(element.iterancestors(f"{W}p"))
    text = read_own_text(paragraph)[:80]
    place = Location("docx", file=template, part=part.name, paragraph=part.numbers[paragraph], excerpt=text)
    return Diagnostic(code, Severity.ERROR, {"template": template, "text": text, **named}, place)


def _name_holder(tag: str) -> Term:
    name = tag.rpartition("}")[2]
    kind = "math" if tag.startswith(_MATH) else _HOLDERS.get(name, "other")
    return Term(f"render.holder.{kind}", {"name": name})


def _report_braces(part: PreparedPart, template: str, paragraph: int, text: str, braces: str) -> None:
    place = Location("docx", file=template, part=part.name, paragraph=paragraph or None, excerpt=text[:80])
    part.faults.append(error("T104", place, template=template, text=text[:80], braces=braces))


def _keep_section(paragraph: _Element) -> None:
    """Move the end of a section out of a paragraph that its tag replaces, into one of its own."""
    from lxml import etree

    section = paragraph.find(f"{W}pPr/{W}sectPr")
    if section is not None:
        keeper = etree.Element(f"{W}p")
        etree.SubElement(keeper, f"{W}pPr").append(section)
        paragraph.addnext(keeper)


def _hint_east_asia(texts: list[_Element]) -> None:
    """Values are Chinese: quotes and dashes in them take the Chinese font and count as Chinese."""
    from lxml import etree

    for text in texts:
        run = text.getparent()
        if run is None or run.tag != f"{W}r":
            continue
        properties = find_below(run, "rPr")
        if properties is None:
            properties = etree.Element(f"{W}rPr")
            run.insert(0, properties)
        fonts = find_below(properties, "rFonts")
        if fonts is None:
            fonts = etree.SubElement(properties, f"{W}rFonts")
            if len(properties) > 1:
                properties[:] = sorted(properties, key=lambda child: rank_property(str(child.tag)))
        if fonts.get(f"{W}hint") is None:
            fonts.set(f"{W}hint", "eastAsia")


def _ensure_cell_properties(paragraph: _Element) -> None:
    from lxml import etree

    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    if cell is not None and cell.find(f"{W}tcPr") is None:
        cell.insert(0, etree.Element(f"{W}tcPr"))


def _prepare_block(part: PreparedPart, texts: list[_Element], site: Site, expression: str) -> None:
    """Keep the format of a paragraph that is one ``{{p }}`` tag, for what takes its place."""
    number = len(part.blocks)
    part.blocks.append(replace(site, run_format=read_run_format(texts, 0)))
    for text in texts[1:]:
        text.text = ""
    texts[0].text = f"{{{{p ({expression})|_block({number}) }}}}"


def _join_run_tags(texts: list[_Element]) -> None:
    """Let ``{{r x}}`` print the marks of a text as formats, on top of the run's own."""
    for text in texts:
        text.text = TAG.sub(_read_marks, text.text or "")


def _read_marks(found: re.Match[str]) -> str:
    tag = read_tag(found[0])
    if tag.kind != "print" or tag.level != "r":
        return found[0]
    return f"{{{{ ({tag.inner})|_rich {'-' if tag.trims_behind else ''}}}}}"


def _patch(root: _Element) -> str:
    from lxml import etree

    source = etree.tostring(root, encoding="unicode")
    if _BRACE.search(TAG.sub("", source)):
        _shield_braces(root)
        source = etree.tostring(root, encoding="unicode")
    source = source.replace("<w:tcPr/>", "<w:tcPr></w:tcPr>")
    formats: Mapping[str, str] = _UNSHIELD
    if "{" in _PLAIN_TAG.sub("", source):
        from docxtpl import DocxTemplate as Docxtpl

        patch_xml: Any = Docxtpl.patch_xml
        source, formats = _fold_formats(source)
        source = patch_xml(None, source)
    else:  # of plain tags it would keep the spaces alone, and loading it takes longer than all the rest
        source = _BEFORE_TAG.sub(r'<w:t xml:space="preserve">\1\2', source)
    source = _HIDDEN.sub(lambda mark: formats.get(mark[0], mark[0]), source)
    if "colwidth" in source:
        source = _CELL.sub(_weigh_cell, source)
    source = _TC_PR.sub(lambda properties: _sort_cell_properties(properties[1]), source)
    return re.sub(r"<w:t>(?=[^<]*\{[{%])", '<w:t xml:space="preserve">', source)


def _fold_formats(source: str) -> tuple[str, dict[str, str]]:
    """Let one character stand for each format (of a run, a cell) in which docxtpl has nothing to look for.

    It goes through each character some twenty times. Returns what stands for what, shielded braces among it.
    """
    meant = dict(_UNSHIELD)
    if _HIDDEN_FORMAT.search(source):
        return source, meant | {mark: mark for mark in _HIDDEN_FORMAT.findall(source)}
    marks: dict[str, str] = {}

    def fold(found: re.Match[str]) -> str:
        if found[0] not in marks and len(marks) == _MOST_HIDDEN:
            return found[0]
        mark = marks.setdefault(found[0], chr(_FIRST_HIDDEN + len(marks)))
        meant[mark] = found[0]
        return mark

    pattern = _FORMAT if _CELL_TAG.search(source) else _FORMAT_OF_CELLS
    return pattern.sub(fold, source), meant


def _shield_braces(root: _Element) -> None:
    """Hide the braces that belong to no tag: docxtpl takes one and its neighbour in the next element for a tag."""
    for element in cast("list[_Element]", root.xpath("//*[contains(text(), '{') or contains(text(), '}')]")):
        text = element.text or ""
        if not _BRACE.search(TAG.sub("", text)):
            continue
        tags = [*TAG.findall(text), ""]
        pieces = [piece.translate(_SHIELD) for piece in TAG.split(text)]
        element.text = "".join(piece + tag for piece, tag in zip(pieces, tags, strict=True))


def _weigh_cell(cell: re.Match[str]) -> str:
    """``{% colwidth EXPR %}`` becomes the cell's width, of a kind that the table's mending knows."""
    found = _COLWIDTH.search(cell[0])
    if found is None:
        return cell[0]
    text = _EMPTY_RUN.sub("", _COLWIDTH.sub("", cell[0]))
    text = re.sub(r"<w:tcW\b[^>]*/>", "", text, count=1)
    return text.replace("<w:tcPr>", f'<w:tcPr><w:tcW w:w="{{{{ {found[1]} }}}}" w:type="{WEIGHT}"/>', 1)


@lru_cache(maxsize=512)
def _sort_cell_properties(properties: str) -> str:
    """Put spans, merges and shades, which docxtpl leaves where it made them, into the order of the schema.

    What is no WordprocessingML stands behind them.
    """
    children = [(found[2] if found[1] == "w:" else "", found[0]) for found in _CHILD.finditer(properties)]
    if "".join(text for _, text in children) != properties:
        return f"<w:tcPr>{properties}</w:tcPr>"
    children.sort(key=lambda child: _TC_PR_ORDER.get(child[0], len(_TC_PR_ORDER)))
    return "<w:tcPr>" + "".join(text for _, text in children) + "</w:tcPr>"
