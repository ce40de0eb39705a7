"""Compiles a docx template once and renders many documents from it.

Compiling reads the zip, turns each part that holds tags into a Jinja template and keeps every other part as deflated
bytes, which are copied into each document. Rendering fills the parts with tags, deflates them and writes a zip; the
same template and values give the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term
from docgen.errors import TemplateError
from docgen.ooxml.members import SMALL, PackedMember, pack_member, write_parts
from docgen.ooxml.names import CONTENT_TYPES
from docgen.ooxml.package import name_relations
from docgen.ooxml.xml import write_markup, write_xml
from docgen.render.docx.compile.prepare import prepare_part
from docgen.render.docx.compile.reading import read_text_parts
from docgen.render.docx.compile.tags import TaggedSource, scan_tags
from docgen.render.docx.elements.columns import (
    drop_empty_tables,
    fill_cells,
    holds_own_table,
    keep_rows,
    set_column_widths,
)
from docgen.render.docx.elements.controls import holds_check_boxes, list_control_tags, set_check_boxes
from docgen.render.docx.elements.copies import renumber_copies
from docgen.render.docx.elements.lists import ListNumbers, ListStyles, add_lists, find_highest_list, restart_list
from docgen.render.docx.elements.merges import restart_merges
from docgen.render.docx.elements.notes import return_notes
from docgen.render.docx.output.environment import make_docx_environment
from docgen.render.docx.output.printing import PictureSource, Printing, start_printing, stop_printing
from docgen.render.docx.tree.hidden import clear_mirrors, find_stray_tags
from docgen.render.docx.tree.sites import PartLayout, Site, locate_site
from docgen.render.docx.wordml.measure import measure_page
from docgen.render.docx.wordml.package import (
    DocxPackage,
    add_picture_types,
    add_relations,
    find_xml_error,
    open_package,
    parse_template_part,
    read_plain_part,
    stop_line_stretching,
    write_plain_part,
)
from docgen.render.docx.wordml.styles import StyleSheet, TemplateStyles
from docgen.render.values.sandbox import RefusedStatementError, Sandbox, UnknownName, collect_unknown, find_tag
from docgen.render.values.values import Rendered
from docgen.trees.collector import pause_collector

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from jinja2 import Template

_DRAWING_ID = re.compile(rb'<(?:[\w.-]+:)?docPr\b[^>]*?\sid="(\d+)"')
_MARK_ID = re.compile(rb'\s[\w.-]+:id="(\d+)"')
_OWN_RELATION = re.compile(r'"(rIdDocgen\d+)"')
_RENDER_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class _TaggedPart:
    """A compiled part with tags; each flag names a correction that its rendered text may need.

    A part that ``reopens`` elements is parsed after rendering, and one that ``repeats`` ids gets new ones; see
    ``TaggedSource``.
    """

    name: str
    template: Template
    sets_columns: bool
    restarts_merges: bool
    fills_cells: bool
    drops_tables: bool
    keeps_rows: bool
    sets_boxes: bool
    reopens: bool
    repeats: bool

    def render(self, context: Mapping[str, object]) -> str:
        jinja_context = self.template.new_context(dict(context))
        text = "".join(self.template.root_render_func(jinja_context))
        if self.restarts_merges:
            text = restart_merges(text)
        if self.sets_columns:
            text = set_column_widths(text)
        if self.drops_tables:
            text = drop_empty_tables(text)
        text = fill_cells(text) if self.fills_cells else text
        text = keep_rows(text) if self.keeps_rows else text
        return set_check_boxes(text) if self.sets_boxes else text


@dataclass(frozen=True, slots=True)
class DocxTemplate:
    """A compiled docx template, made by ``compile`` and safe to share; ``name`` is what diagnostics call it."""

    name: str
    _members: tuple[PackedMember | _TaggedPart, ...]
    _sites: Mapping[str, Mapping[int, Site]]
    _blocks: Mapping[str, tuple[Site, ...]]
    _styles: TemplateStyles
    _content_types: str
    _rels: Mapping[str, str]
    _first_drawing: int
    _first_mark: int
    _notes: Mapping[str, tuple[str, str]]  # footnote, endnote → name of their part, its text without repeated notes
    _numbering: tuple[str, str] | None  # name and text of the numbering part, where loops restart lists

    @classmethod
    def compile(cls, data: bytes, name: str) -> DocxTemplate:
        """Compile a template from its bytes; TemplateError lists all its faults."""
        with pause_collector():
            return _compile(data, name)

    @property
    def sites(self) -> tuple[Site, ...]:
        """The tags of the template in order, each with its position."""
        return tuple(site for part in self._sites.values() for _, site in sorted(part.items()))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts that are rendered; all others are copied as they were read."""
        return tuple(member.name for member in self._members if isinstance(member, _TaggedPart))

    def render(
        self, context: Mapping[str, object], *, pictures: PictureSource | None = None, note_values: bool = False
    ) -> Rendered:
        """Render a document. ``pictures`` gives the bytes of the pictures that narratives name.

        ``note_values`` adds the printed texts to the result, for ``guard.check_rendered``.
        """
        printing = Printing(
            self.name,
            self._sites,
            self._blocks,
            self._styles,
            pictures or {},
            next_drawing=self._first_drawing,
            next_mark=self._first_mark,
            lists=ListNumbers(find_highest_list(self._numbering[1]) + 1 if self._numbering else 0),
        )
        texts: dict[str, str] = {}
        if note_values:
            printing.values = []
        token = start_printing(printing)
        try:
            with collect_unknown() as unknown:
                for part in self._members:
                    if isinstance(part, _TaggedPart):
                        printing.part = part.name
                        texts[part.name] = self._render_part(part, context, printing, unknown)
        finally:
            stop_printing(token)
        complete = all(texts.values())
        if complete:
            self._add_notes_and_lists(texts, printing)
        data = write_parts(self._pack_members(texts, printing)) if complete else b""
        return Rendered(
            data, tuple(printing.missing.values()), tuple(printing.diagnostics.values()), tuple(printing.values or ())
        )

    def _add_notes_and_lists(self, texts: dict[str, str], printing: Printing) -> None:
        """Add the notes that loops repeated to their parts, and the lists that loops restarted to the numbering."""
        if self._notes:
            main = next(iter(self._sites))
            parts = {kind: texts.get(part, rest) for kind, (part, rest) in self._notes.items()}
            texts[main], note_texts = return_notes(texts[main], parts)
            for kind, (part, _) in self._notes.items():
                texts[part] = note_texts[kind]
                relations = printing.related.get(main, {})
                ids = set(_OWN_RELATION.findall(note_texts[kind])) & set(relations)
                if ids:
                    printing.related.setdefault(part, {}).update((rid, relations[rid]) for rid in sorted(ids))
        if self._numbering and printing.lists.restarted:
            part, numbering = self._numbering
            lists = [restart_list(numbering, number, new) or "" for number, new in printing.lists.restarted]
            texts[part] = add_lists(numbering, lists)

    def _render_part(
        self, part: _TaggedPart, context: Mapping[str, object], printing: Printing, unknown: list[UnknownName]
    ) -> str:
        from jinja2 import TemplateRuntimeError

        try:
            text = part.render(context)
        except (TemplateRuntimeError, *_RENDER_ERRORS) as problem:
            template, line = find_tag(problem)
            if template is None:
                raise
            site = self._sites[part.name].get(line, Site(""))
            printing.report("T122", site, problem=_describe_problem(problem))
            return ""
        finally:
            for name in unknown:
                site = self._sites[part.name].get(name.line, Site(""))
                printing.report("T129" if name.unsafe else "T120", site, name=name.name)
            unknown.clear()
        if part.repeats:
            text = renumber_copies(text, printing.count_mark)
        excerpt = find_xml_error(text) if part.reopens else None
        if excerpt is not None:
            printing.report("T110", Site("", excerpt=excerpt), part=part.name, text=excerpt)
        return text if excerpt is None else ""

    def _pack_members(self, texts: Mapping[str, str], printing: Printing) -> Iterator[PackedMember]:
        rels = {name_relations(part): part for part in printing.related}
        extensions = [media.rpartition(".")[2] for media in printing.media]
        for member in self._members:
            text = texts.get(member.name)
            if member.name in rels:
                yield self._pack_relations(rels.pop(member.name), printing, text)
            elif text is not None:
                yield pack_member(member.name, text.encode())
            elif member.name == CONTENT_TYPES and extensions:
                yield pack_member(member.name, add_picture_types(self._content_types, extensions).encode())
            else:
                assert isinstance(member, PackedMember)
                yield member
        for part in rels.values():
            yield self._pack_relations(part, printing)
        for media, data in sorted(printing.media.items()):
            yield pack_member(media, data)

    def _pack_relations(self, part: str, printing: Printing, text: str | None = None) -> PackedMember:
        name = name_relations(part)
        added = add_relations(text or self._rels.get(name), part, printing.related[part].values())
        return pack_member(name, added.encode())


@cache
def _get_environment() -> Sandbox:
    return make_docx_environment()


def _compile(data: bytes, name: str) -> DocxTemplate:
    package = open_package(data, name)
    faults: list[Diagnostic] = []
    parts: dict[str, _TaggedPart] = {}
    sites: dict[str, Mapping[int, Site]] = {}
    blocks: dict[str, tuple[Site, ...]] = {}
    styles_part = package.find_related("styles.xml")
    styles_root, styles_data = (
        read_plain_part(package.parts[styles_part], styles_part, name) if styles_part else (None, b"")
    )
    styles = StyleSheet(styles_root)
    list_styles = ListStyles(styles) if package.find_related("numbering.xml") else None
    control_tags: set[str] = set()
    notes: dict[str, tuple[str, str]] = {}
    numbering: tuple[str, str] | None = None
    texts = read_text_parts(package, name, tagged=True)
    layout = PartLayout(name, measure_page(texts.roots[package.main]), styles)
    for kind in sorted(texts.notes):
        part = package.notes[kind]
        notes[kind] = (part, write_markup(texts.roots[part]))
    for part_name, root in texts.roots.items():
        control_tags.update(list_control_tags(root))
        lists = list_styles if part_name == package.main else None
        prepared = prepare_part(root, part_name, layout, lists)
        if prepared is None:
            continue
        faults += prepared.faults
        if prepared.faults:
            continue
        if prepared.lists.items and (numbering_part := package.find_related("numbering.xml")):
            numbering_root = parse_template_part(package.parts[numbering_part], numbering_part, name)
            numbering = (numbering_part, write_xml(numbering_root).decode())
        tagged = scan_tags(prepared, name)
        sites[part_name], blocks[part_name] = tagged.sites, tuple(prepared.blocks)
        compiled = _compile_source(tagged, part_name, name, faults)
        faults += tagged.faults
        if compiled is not None:
            parts[part_name] = _TaggedPart(
                part_name,
                compiled,
                sets_columns=prepared.sets_columns,
                restarts_merges=prepared.restarts_merges,
                fills_cells=tagged.empties_cells,
                drops_tables=tagged.empties_tables,
                keeps_rows=bool(prepared.blocks) or holds_own_table(tagged.source),
                sets_boxes=holds_check_boxes(tagged.source),
                reopens=tagged.reopens,
                repeats=tagged.repeats,
            )
    contents = {**package.parts, **clear_mirrors(package, control_tags)}
    faults += find_stray_tags(contents, package.texts, name)
    if faults:
        raise TemplateError(*faults)
    settings = package.find_related("settings.xml")
    members: list[PackedMember | _TaggedPart] = []
    for part_name, content in contents.items():
        if part_name in parts:
            members.append(parts[part_name])
        elif part_name == settings:
            root = parse_template_part(content, part_name, name)
            stop_line_stretching(root)
            members.append(pack_member(part_name, write_xml(root), SMALL))
        else:
            data = styles_data if part_name == styles_part else write_plain_part(content, part_name, name)
            members.append(package.pack(part_name, data))
    rels = {part: content.decode() for part, content in package.parts.items() if part.endswith(".rels")}
    return DocxTemplate(
        name,
        tuple(members),
        sites,
        blocks,
        styles.agreed,
        package.parts[CONTENT_TYPES].decode(),
        rels,
        _find_free_drawing(package, parts),
        _find_free_mark(package) if any(part.repeats for part in parts.values()) else 1,
        notes,
        numbering,
    )


def _find_free_drawing(package: DocxPackage, rendered: Collection[str]) -> int:
    """Find a number above those of all drawings in parts that aren't rendered: rendering numbers the others."""
    copied = (package.parts[part] for part in package.texts if part not in rendered)
    return 1 + max((int(number) for content in copied for number in _DRAWING_ID.findall(content)), default=0)


def _find_free_mark(package: DocxPackage) -> int:
    """Find a number above those of all bookmarks, revisions and other marks."""
    numbers = (int(number) for part in package.texts for number in _MARK_ID.findall(package.parts[part]))
    return 1 + max(numbers, default=0)


def _compile_source(tagged: TaggedSource, part: str, template: str, faults: list[Diagnostic]) -> Template | None:
    from jinja2 import TemplateAssertionError, TemplateSyntaxError

    environment = _get_environment()
    try:
        code = environment.compile(tagged.source, part, None)
    except TemplateSyntaxError as problem:
        site = tagged.sites.get(problem.lineno) or Site("")
        place = locate_site(site, template, part)
        params: dict[str, Param] = {"template": template, "tag": site.expression}
        if isinstance(problem, RefusedStatementError):
            faults.append(_make_fault("T107", place, params, statement=str(problem.message)))
        elif isinstance(problem, TemplateAssertionError) and "filter" in str(problem.message):
            quoted = re.search(r"'(.*)'", str(problem.message))
            faults.append(_make_fault("T106", place, params, filter=quoted[1] if quoted else "?"))
        else:
            faults.append(_make_fault("T105", place, params, problem=_describe_syntax(str(problem.message))))
        return None
    return environment.template_class.from_code(environment, code, environment.globals)


def _make_fault(code: str, place: Location, common: Mapping[str, Param], **params: Param) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, {**common, **params}, place)


def _describe_syntax(message: str) -> Term:
    """Describe Jinja's syntax error in the user's language, with its own message where no sentence of ours fits."""
    if message.startswith("Unexpected end of template"):
        return Term("render.syntax.open")
    unknown = re.search(r"unknown tag '(\w+)'", message)
    if unknown:
        return Term("render.syntax.unknown", {"word": unknown[1]})
    return Term("render.syntax.other", {"detail": message})


def _describe_problem(problem: Exception) -> Term:
    from jinja2.exceptions import SecurityError

    if isinstance(problem, ZeroDivisionError):
        return Term("render.problem.zero")
    key = "render.problem.refused" if isinstance(problem, SecurityError) else "render.problem.kind"
    return Term(key, {"detail": f"{type(problem).__name__}: {problem}"[:120]})
