"""Prepares a part of a docx template for Jinja: joins its tags, measures their space, finds faults.

The tag dialect is docxtpl's, and its ``patch_xml`` rewrites the tags. This module does what ``patch_xml`` needs before,
and restores the schema order that it breaks.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term, error
from docgen.render.docx.elements.columns import KIND, WEIGHT
from docgen.render.docx.elements.controls import unbind_controls
from docgen.render.docx.elements.drawings import mark_drawings
from docgen.render.docx.elements.lists import ListPlan, ListStyles, plan_lists
from docgen.render.docx.elements.merges import mark_merges
from docgen.render.docx.output.runs import rank_property
from docgen.render.docx.tree.hidden import find_split_codes, prepare_hidden
from docgen.render.docx.tree.joining import iterate_own_texts, join_tags, read_own_text
from docgen.render.docx.tree.levels import find_lost_content
from docgen.render.docx.tree.pairs import repair_pairs
from docgen.render.docx.tree.sites import PartLayout, Site, make_site, read_run_format
from docgen.render.docx.tree.trimming import DASH, join_paragraphs, trim_paragraph
from docgen.render.docx.tree.walk import number_paragraphs
from docgen.render.docx.wordml.measure import MATH, W, find_below
from docgen.render.values.typed import TAG, read_only_tag, read_tag, read_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element

    from docgen.render.docx.tree.hidden import HiddenText
    from docgen.render.values.typed import TypedTag

_NOISE = (
    *("proofErr", "lastRenderedPageBreak"),
    *("rPrChange", "pPrChange", "sectPrChange", "numberingChange"),  # former properties: tracked changes of format
    *("tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange"),
)
_REVISIONS = tuple(f"{W}rsid{kind}" for kind in ("R", "RPr", "RDefault", "P", "Del", "Tr", "Sect"))
_STRAY = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
ESCAPED = re.compile(r"\{_[{%]|[}%]_\}|[\ue0f0\ue0f1]")
"""A brace that the template prints as text, written as docxtpl escapes it or shielded before."""

_HOLDERS = {"rt": "ruby", "rubyBase": "ruby", "ruby": "ruby", "Choice": "choice", "Fallback": "choice"}
_PREPARED = re.compile(r"^\s*\((.*)\)\|_(?:block\(\d+\)|rich)\s*$", re.DOTALL)
_BRACE = re.compile("[{}]")
_SHIELD = {ord("{"): "\U0010fffa", ord("}"): "\U0010fffb"}
_UNSHIELD = {hidden: chr(brace) for brace, hidden in _SHIELD.items()}
_FIRST_FOLDED, _MAX_FOLDED = 0x100000, 0xFFFA  # in the last private-use plane
_FOLDED = re.compile("[\U00100000-\U0010fffb]")
_FOLDED_FORMAT = re.compile("[\U00100000-\U0010fff9]")
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
    """A part while it is prepared. ``blocks`` are the sites of ``{{p }}`` tags, by their number in the source.

    ``numbers`` are those of its paragraphs; ``field_ends`` the ends of fields that stood inside of a tag.
    """

    name: str
    source: str = ""
    blocks: list[Site] = field(default_factory=list)
    tags: dict[str, deque[Site]] = field(default_factory=lambda: defaultdict(deque))
    sets_columns: bool = False
    restarts_merges: bool = False
    lists: ListPlan = field(default_factory=ListPlan)
    trimmed: list[tuple[_Element, bool, bool]] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    numbers: dict[_Element, int] = field(default_factory=dict)
    field_ends: list[_Element] = field(default_factory=list)

    def take_site(self, tag: str) -> Site:
        """Take the site of the next tag with this text; a tag that the preparation added has no paragraph."""
        sites = self.tags.get(normalise_tag(tag))
        if not sites:
            return Site(tag)
        return sites.popleft() if len(sites) > 1 else sites[0]


@lru_cache(maxsize=4096)
def normalise_tag(tag: str) -> str:
    """Reduce a tag to its content: without braces, p / tr / tc / r and white space."""
    return "".join(_PREPARED.sub(r"\1", read_tag(tag).inner).split())


def find_stray(text: str) -> re.Match[str] | None:
    """Find braces in a text that belong to no tag and aren't escaped."""
    return _STRAY.search(ESCAPED.sub(" ", TAG.sub(" ", text)))


def prepare_part(root: _Element, name: str, layout: PartLayout, lists: ListStyles | None = None) -> PreparedPart | None:
    """Prepare a part for Jinja; None where it holds no tag. The tree is changed.

    ``lists`` gives the numbering of paragraphs, in a part whose loops may restart lists. Faults are collected in the
    result, which then has no source.
    """
    part = PreparedPart(name)
    _drop_noise(root)
    hidden = prepare_hidden(root)
    if not hidden and not _holds_tags(root):
        return None
    part.faults += find_split_codes(root, name, layout.template)
    mark_drawings(root)
    part.restarts_merges = mark_merges(root)
    if lists is not None:
        part.lists = plan_lists(root, lists)
    for number, paragraph in number_paragraphs(root):
        part.numbers[paragraph] = number
        _prepare_paragraph(part, paragraph, number, layout)
    blocks_known = not any("{%" in (fault.location.excerpt or "") for fault in part.faults)
    for mark in repair_pairs(root, part.field_ends) if blocks_known else ():
        part.faults.append(_make_fault(part, "T401", mark, layout.template))
    _add_hidden_tags(part, hidden, layout.template)
    unbind_controls(root, layout.styles.prompts)
    join_paragraphs(part.trimmed)
    part.lists.apply()
    if not part.faults:
        part.source = _make_source(root)
    return part


def _holds_tags(root: _Element) -> bool:
    for paragraph in root.iter(f"{W}p"):
        joined = read_own_text(paragraph)
        if _STRAY.search(joined) or ESCAPED.search(joined):
            return True
    return any("{" in (code.text or "") for code in root.iter(f"{W}instrText"))


def _add_hidden_tags(part: PreparedPart, hidden: list[HiddenText], template: str) -> None:
    """Add the sites of tags outside of paragraphs, and report those that lack a brace."""
    for element, _, text in hidden:
        owners = (element, *element.iterancestors())
        number = next((part.numbers[owner] for owner in owners if owner in part.numbers), 0)
        for tag in TAG.findall(text):
            part.tags[normalise_tag(tag)].append(Site(tag, number, excerpt=text))
        stray = find_stray(text)
        if stray and not part.faults:
            _report_braces(part, template, number, text, stray[0])


def _drop_noise(root: _Element) -> None:
    """Remove spelling marks and tracked changes of format, which documents don't need.

    The marks scatter tags over runs; tracked changes hold a second set of properties inside the first.
    """
    from lxml import etree

    for element in list(root.iter(*(W + name for name in _NOISE))):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in cast("list[_Element]", root.xpath("//*[*][text()]")):
        # White space of a program that indents its XML: no element holds both text and elements.
        for holder, place in ((element, "text"), *((child, "tail") for child in element)):
            if not (getattr(holder, place) or "").strip():
                setattr(holder, place, None)
    etree.strip_attributes(root, *_REVISIONS)


def _prepare_paragraph(part: PreparedPart, paragraph: _Element, number: int, layout: PartLayout) -> None:
    texts = list(iterate_own_texts(paragraph))
    joined = "".join(text.text or "" for text in texts)
    if _STRAY.search(joined) is None:
        return
    stray = find_stray(joined)
    nested = next((tag for tag in TAG.findall(joined) if _STRAY.search(tag[2:-2])), None)
    if stray or nested:
        _report_braces(part, layout.template, number, joined, stray[0] if stray else "{{")
        return
    part.faults += [
        _make_fault(part, "T421", paragraph, layout.template, tag=tag, beside=content)
        for tag, content in find_lost_content(paragraph, joined)
    ]
    joined_tags = join_tags(paragraph, texts)
    if joined_tags.holder:
        holder = _name_holder(joined_tags.holder)
        part.faults.append(_make_fault(part, "T400", paragraph, layout.template, holder=holder))
        return
    texts, part.field_ends = joined_tags.texts, [*part.field_ends, *joined_tags.field_ends]
    site = make_site(paragraph, number, joined, layout)
    for at, match in enumerate(TAG.finditer(joined)):
        run_format, restarts = read_run_format(texts, match.start()), part.lists.find_restarts(paragraph, at)
        tag_site = replace(site, expression=match[0], run_format=run_format, restarts=restarts)
        part.tags[normalise_tag(match[0])].append(tag_site)
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
        _rewrite_run_tags(texts)


def _prepare_place(part: PreparedPart, paragraph: _Element, tags: Sequence[TypedTag]) -> None:
    """Prepare the cell, the table and the section around a paragraph for its tags."""
    if any(tag.keyword in _OF_CELL for tag in tags):
        _ensure_cell_properties(paragraph)
    if any(tag.kind == "statement" and (tag.level == "tc" or tag.keyword == "colwidth") for tag in tags):
        part.sets_columns = True
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is not None:
            table.set("docgen", KIND)
    if any(tag.level == "p" for tag in tags):
        _keep_section(paragraph)


def _make_fault(part: PreparedPart, code: str, element: _Element, template: str, **named: Param) -> Diagnostic:
    """Make a fault at the paragraph that an element is or stands in."""
    paragraph = element if element.tag == f"{W}p" else next(element.iterancestors(f"{W}p"))
    text = read_own_text(paragraph)[:80]
    place = Location("docx", file=template, part=part.name, paragraph=part.numbers[paragraph], excerpt=text)
    return Diagnostic(code, Severity.ERROR, {"template": template, "text": text, **named}, place)


def _name_holder(tag: str) -> Term:
    name = tag.rpartition("}")[2]
    kind = "math" if tag.startswith(MATH) else _HOLDERS.get(name, "other")
    return Term(f"render.holder.{kind}", {"name": name})


def _report_braces(part: PreparedPart, template: str, paragraph: int, text: str, braces: str) -> None:
    place = Location("docx", file=template, part=part.name, paragraph=paragraph or None, excerpt=text[:80])
    part.faults.append(error("T104", place, template=template, text=text[:80], braces=braces))


def _keep_section(paragraph: _Element) -> None:
    """Move a section's properties out of a paragraph that a tag replaces, into a paragraph of its own."""
    from lxml import etree

    section = paragraph.find(f"{W}pPr/{W}sectPr")
    if section is not None:
        keeper = etree.Element(f"{W}p")
        etree.SubElement(keeper, f"{W}pPr").append(section)
        paragraph.addnext(keeper)


def _hint_east_asia(texts: list[_Element]) -> None:
    """Set the East Asian font hint, since values are Chinese: their quotes and dashes take the Chinese font."""
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
    """Store the format of a paragraph that is one ``{{p }}`` tag, for the paragraphs that replace it."""
    number = len(part.blocks)
    part.blocks.append(replace(site, run_format=read_run_format(texts, 0)))
    for text in texts[1:]:
        text.text = ""
    texts[0].text = f"{{{{p ({expression})|_block({number}) }}}}"


def _rewrite_run_tags(texts: list[_Element]) -> None:
    """Rewrite ``{{r x}}`` tags, which print the marks in a text as formats, on top of the run's own."""
    for text in texts:
        text.text = TAG.sub(_rewrite_run_tag, text.text or "")


def _rewrite_run_tag(match: re.Match[str]) -> str:
    tag = read_tag(match[0])
    if tag.kind != "print" or tag.level != "r":
        return match[0]
    return f"{{{{ ({tag.inner})|_rich {'-' if tag.trims_behind else ''}}}}}"


def _make_source(root: _Element) -> str:
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
    else:  # on plain tags patch_xml would only preserve spaces, and importing it takes longer than all the rest
        source = _BEFORE_TAG.sub(r'<w:t xml:space="preserve">\1\2', source)
    source = _FOLDED.sub(lambda mark: formats.get(mark[0], mark[0]), source)
    if "colwidth" in source:
        source = _CELL.sub(_set_cell_weight, source)
    source = _TC_PR.sub(lambda properties: _sort_cell_properties(properties[1]), source)
    return re.sub(r"<w:t>(?=[^<]*\{[{%])", '<w:t xml:space="preserve">', source)


def _fold_formats(source: str) -> tuple[str, dict[str, str]]:
    """Replace each format without tags (of a run, a cell) by one character, since docxtpl scans the text twenty times.

    Returns the source and what each such character stands for, shielded braces included.
    """
    originals = dict(_UNSHIELD)
    if _FOLDED_FORMAT.search(source):
        return source, originals | {mark: mark for mark in _FOLDED_FORMAT.findall(source)}
    marks: dict[str, str] = {}

    def fold(match: re.Match[str]) -> str:
        if match[0] not in marks and len(marks) == _MAX_FOLDED:
            return match[0]
        mark = marks.setdefault(match[0], chr(_FIRST_FOLDED + len(marks)))
        originals[mark] = match[0]
        return mark

    pattern = _FORMAT if _CELL_TAG.search(source) else _FORMAT_OF_CELLS
    return pattern.sub(fold, source), originals


def _shield_braces(root: _Element) -> None:
    """Shield braces that belong to no tag: docxtpl would join one with the next element's brace to a tag."""
    for element in cast("list[_Element]", root.xpath("//*[contains(text(), '{') or contains(text(), '}')]")):
        text = element.text or ""
        if not _BRACE.search(TAG.sub("", text)):
            continue
        tags = [*TAG.findall(text), ""]
        pieces = [piece.translate(_SHIELD) for piece in TAG.split(text)]
        element.text = "".join(piece + tag for piece, tag in zip(pieces, tags, strict=True))


def _set_cell_weight(cell: re.Match[str]) -> str:
    """Turn a cell's ``{% colwidth EXPR %}`` into a width of the type that ``set_column_widths`` reads as a weight."""
    colwidth = _COLWIDTH.search(cell[0])
    if colwidth is None:
        return cell[0]
    text = _EMPTY_RUN.sub("", _COLWIDTH.sub("", cell[0]))
    text = re.sub(r"<w:tcW\b[^>]*/>", "", text, count=1)
    return text.replace("<w:tcPr>", f'<w:tcPr><w:tcW w:w="{{{{ {colwidth[1]} }}}}" w:type="{WEIGHT}"/>', 1)


@lru_cache(maxsize=512)
def _sort_cell_properties(properties: str) -> str:
    """Sort the spans, merges and shades that docxtpl added into the order of the schema, other namespaces last."""
    children = [(child[2] if child[1] == "w:" else "", child[0]) for child in _CHILD.finditer(properties)]
    if "".join(text for _, text in children) != properties:
        return f"<w:tcPr>{properties}</w:tcPr>"
    children.sort(key=lambda child: _TC_PR_ORDER.get(child[0], len(_TC_PR_ORDER)))
    return "<w:tcPr>" + "".join(text for _, text in children) + "</w:tcPr>"
