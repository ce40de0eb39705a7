"""A docx template, compiled once and rendered many times.

Compiling reads the zip, prepares each part that holds tags for Jinja and keeps every other part as the deflated bytes
that go into each document. Rendering joins strings, deflates the parts that had tags and writes a zip; the same
template and values give the same bytes.
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
from docgen.render.docx.columns import drop_empty_tables, fill_cells, holds_own_table, keep_rows, mend_columns
from docgen.render.docx.controls import holds_boxes, list_shown, set_boxes
from docgen.render.docx.copies import separate_copies
from docgen.render.docx.environment import make_docx_environment
from docgen.render.docx.hidden import empty_mirrors, find_stray_tags
from docgen.render.docx.lists import Lists, ListStyles, add_lists, count_lists, restart_list
from docgen.render.docx.measure import measure_page
from docgen.render.docx.merges import mend_merges
from docgen.render.docx.notes import take_notes
from docgen.render.docx.package import (
    DocxPackage,
    add_picture_types,
    add_relations,
    find_break,
    keep_shift_return,
    open_package,
    parse_template_part,
    read_plain_part,
    write_plain_part,
)
from docgen.render.docx.prepare import prepare_part
from docgen.render.docx.printing import PictureSource, Printing, start_printing, stop_printing
from docgen.render.docx.reading import read_text_parts
from docgen.render.docx.sites import Site, Surface
from docgen.render.docx.styles import StyleSheet, TemplateStyles
from docgen.render.docx.tags import TaggedSource, locate, scan_tags
from docgen.render.values.sandbox import RefusedStatementError, Sandbox, UnknownName, collect_unknown, find_tag
from docgen.render.values.values import Rendered
from docgen.trees.collector import pause_collector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Template

_DRAWING_ID = re.compile(rb'<(?:[\w.-]+:)?docPr\b[^>]*?\sid="(\d+)"')
_MARK_ID = re.compile(rb'\s[\w.-]+:id="(\d+)"')
_OWN_RELATION = re.compile(r'"(rIdDocgen\d+)"')
_RENDER_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class _TextPart:
    """A part that holds tags; ``mends_*`` say what its rendered text may have to be mended of.

    ``reopens``: see ``TaggedSource``; what such a part renders is parsed. ``repeats``: see there, too.
    """

    name: str
    template: Template
    mends_columns: bool
    mends_merges: bool
    mends_cells: bool
    mends_tables: bool
    keeps_rows: bool
    sets_boxes: bool
    reopens: bool
    repeats: bool

    def render(self, context: Mapping[str, object]) -> str:
        jinja_context = self.template.new_context(dict(context))
        text = "".join(self.template.root_render_func(jinja_context))
        if self.mends_merges:
            text = mend_merges(text)
        if self.mends_columns:
            text = mend_columns(text)
        if self.mends_tables:
            text = drop_empty_tables(text)
        text = fill_cells(text) if self.mends_cells else text
        text = keep_rows(text) if self.keeps_rows else text
        return set_boxes(text) if self.sets_boxes else text


@dataclass(frozen=True, slots=True)
class DocxTemplate:
    """A compiled template; ``name`` is what diagnostics call it. Made by ``compile``; safe to share."""

    name: str
    _members: tuple[PackedMember | _TextPart, ...]
    _sites: Mapping[str, Mapping[int, Site]]
    _blocks: Mapping[str, tuple[Site, ...]]
    _styles: TemplateStyles
    _content_types: str
    _rels: Mapping[str, str]
    _first_drawing: int
    _first_mark: int
    _notes: Mapping[str, tuple[str, str]]  # footnote, endnote → the part with these, and what else stands in it
    _numbering: tuple[str, str] | None  # the part that numbers lists and its text, where loops begin lists anew

    @classmethod
    def compile(cls, data: bytes, name: str) -> DocxTemplate:
        """Compile a template from its bytes; raises TemplateError with every fault that was found."""
        with pause_collector():
            return _compile(data, name)

    @property
    def sites(self) -> tuple[Site, ...]:
        """The tags of the template in order, with where they stand."""
        return tuple(site for part in self._sites.values() for _, site in sorted(part.items()))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts that rendering makes anew; all others go in as they were read."""
        return tuple(member.name for member in self._members if isinstance(member, _TextPart))

    def render(
        self, context: Mapping[str, object], *, pictures: PictureSource | None = None, note_values: bool = False
    ) -> Rendered:
        """Render a document. ``pictures`` gives the bytes of the pictures that narratives name.

        With ``note_values`` the texts that were printed go along, for ``guard.check_rendered``.
        """
        printing = Printing(
            self.name,
            self._sites,
            self._blocks,
            self._styles,
            pictures or {},
            next_drawing=self._first_drawing,
            next_mark=self._first_mark,
            lists=Lists(count_lists(self._numbering[1]) + 1 if self._numbering else 0),
        )
        texts: dict[str, str] = {}
        if note_values:
            printing.values = []
        token = start_printing(printing)
        try:
            with collect_unknown() as unknown:
                for part in self._members:
                    if isinstance(part, _TextPart):
                        printing.part = part.name
                        texts[part.name] = self._render_part(part, context, printing, unknown)
        finally:
            stop_printing(token)
        complete = all(texts.values())
        if complete:
            self._finish(texts, printing)
        data = write_parts(self._assemble(texts, printing)) if complete else b""
        return Rendered(
            data, tuple(printing.missing.values()), tuple(printing.diagnostics.values()), tuple(printing.values or ())
        )

    def _finish(self, texts: dict[str, str], printing: Printing) -> None:
        """Put the notes of a loop's turns into their parts, and the lists that begin anew into theirs."""
        if self._notes:
            main = next(iter(self._sites))
            parts = {kind: texts.get(part, rest) for kind, (part, rest) in self._notes.items()}
            texts[main], written = take_notes(texts[main], parts)
            for kind, (part, _) in self._notes.items():
                texts[part] = written[kind]
                related = printing.related.get(main, {})
                ids = set(_OWN_RELATION.findall(written[kind])) & set(related)
                if ids:
                    printing.related.setdefault(part, {}).update((rid, related[rid]) for rid in sorted(ids))
        if self._numbering and printing.lists.made:
            part, numbering = self._numbering
            made = [restart_list(numbering, number, new) or "" for number, new in printing.lists.made]
            texts[part] = add_lists(numbering, made)

    def _render_part(
        self, part: _TextPart, context: Mapping[str, object], printing: Printing, unknown: list[UnknownName]
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
            text = separate_copies(text, printing.count_mark)
        place = find_break(text) if part.reopens else None
        if place is not None:
            printing.report("T110", Site("", excerpt=place), part=part.name, text=place)
        return text if place is None else ""

    def _assemble(self, texts: Mapping[str, str], printing: Printing) -> Iterator[PackedMember]:
        rels = {name_relations(part): part for part in printing.related}
        extensions = [media.rpartition(".")[2] for media in printing.media]
        for member in self._members:
            text = texts.get(member.name)
            if member.name in rels:
                yield self._relate(rels.pop(member.name), printing, text)
            elif text is not None:
                yield pack_member(member.name, text.encode())
            elif member.name == CONTENT_TYPES and extensions:
                yield pack_member(member.name, add_picture_types(self._content_types, extensions).encode())
            else:
                assert isinstance(member, PackedMember)
                yield member
        for part in rels.values():
            yield self._relate(part, printing)
        for media, data in sorted(printing.media.items()):
            yield pack_member(media, data)

    def _relate(self, part: str, printing: Printing, text: str | None = None) -> PackedMember:
        name = name_relations(part)
        added = add_relations(text or self._rels.get(name), part, printing.related[part].values())
        return pack_member(name, added.encode())


@cache
def _environment() -> Sandbox:
    return make_docx_environment()


def _compile(data: bytes, name: str) -> DocxTemplate:
    package = open_package(data, name)
    faults: list[Diagnostic] = []
    parts: dict[str, _TextPart] = {}
    sites: dict[str, Mapping[int, Site]] = {}
    blocks: dict[str, tuple[Site, ...]] = {}
    styles_part = package.find_related("styles.xml")
    styles_root, styles_data = (
        read_plain_part(package.parts[styles_part], styles_part, name) if styles_part else (None, b"")
    )
    styles = StyleSheet(styles_root)
    list_styles = ListStyles(styles) if package.find_related("numbering.xml") else None
    shown: set[str] = set()
    notes: dict[str, tuple[str, str]] = {}
    numbering: tuple[str, str] | None = None
    texts = read_text_parts(package, name, tagged=True)
    box = measure_page(texts.roots[package.main])
    for kind in sorted(texts.notes):
        part = package.notes[kind]
        notes[kind] = (part, write_markup(texts.roots[part]))
    for part_name, root in texts.roots.items():
        shown.update(list_shown(root))
        lists = list_styles if part_name == package.main else None
        prepared = prepare_part(root, part_name, Surface(name, box, styles), lists)
        if prepared is None:
            continue
        faults += prepared.faults
        if prepared.faults:
            continue
        if prepared.lists.items and (listing := package.find_related("numbering.xml")):
            numbering = (listing, write_xml(parse_template_part(package.parts[listing], listing, name)).decode())
        tagged = scan_tags(prepared, name)
        sites[part_name], blocks[part_name] = tagged.sites, tuple(prepared.blocks)
        compiled = _compile_source(tagged, part_name, name, faults)
        faults += tagged.faults
        if compiled is not None:
            parts[part_name] = _TextPart(
                part_name,
                compiled,
                mends_columns=prepared.mends_columns,
                mends_merges=prepared.mends_merges,
                mends_cells=tagged.empties_cells,
                mends_tables=tagged.empties_tables,
                keeps_rows=bool(prepared.blocks) or holds_own_table(tagged.source),
                sets_boxes=holds_boxes(tagged.source),
                reopens=tagged.reopens,
                repeats=tagged.repeats,
            )
    emptied = empty_mirrors(package, shown)
    faults += find_stray_tags({**package.parts, **emptied}, package.texts, name)
    if faults:
        raise TemplateError(*faults)
    settings = package.find_related("settings.xml")
    members: list[PackedMember | _TextPart] = []
    for part_name, content in {**package.parts, **emptied}.items():
        if part_name in parts:
            members.append(parts[part_name])
        elif part_name == settings:
            root = parse_template_part(content, part_name, name)
            keep_shift_return(root)
            members.append(pack_member(part_name, write_xml(root), SMALL))
        else:
            written = styles_data if part_name == styles_part else write_plain_part(content, part_name, name)
            members.append(package.pack(part_name, written))
    rels = {part: content.decode() for part, content in package.parts.items() if part.endswith(".rels")}
    drawings = [
        int(found)
        for part_name in package.texts
        if part_name not in parts
        for found in _DRAWING_ID.findall(package.parts[part_name])
    ]
    return DocxTemplate(
        name,
        tuple(members),
        sites,
        blocks,
        styles.agreed,
        package.parts[CONTENT_TYPES].decode(),
        rels,
        max(drawings, default=0) + 1,
        _find_free_mark(package) if any(part.repeats for part in parts.values()) else 1,
        notes,
        numbering,
    )


def _find_free_mark(package: DocxPackage) -> int:
    """A number above those of all bookmarks, revisions and other marks."""
    numbers = (int(found) for part in package.texts for found in _MARK_ID.findall(package.parts[part]))
    return 1 + max(numbers, default=0)


def _compile_source(tagged: TaggedSource, part: str, template: str, faults: list[Diagnostic]) -> Template | None:
    from jinja2 import TemplateAssertionError, TemplateSyntaxError

    environment = _environment()
    try:
        code = environment.compile(tagged.source, part, None)
    except TemplateSyntaxError as problem:
        site = tagged.sites.get(problem.lineno) or Site("")
        place = locate(site, template, part)
        known: dict[str, Param] = {"template": template, "tag": site.expression}
        if isinstance(problem, RefusedStatementError):
            faults.append(_fault("T107", place, known, statement=str(problem.message)))
        elif isinstance(problem, TemplateAssertionError) and "filter" in str(problem.message):
            wanted = re.search(r"'(.*)'", str(problem.message))
            faults.append(_fault("T106", place, known, filter=wanted[1] if wanted else "?"))
        else:
            faults.append(_fault("T105", place, known, problem=_describe_syntax(str(problem.message))))
        return None
    return environment.template_class.from_code(environment, code, environment.globals)


def _fault(code: str, place: Location, known: Mapping[str, Param], **params: Param) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, {**known, **params}, place)


def _describe_syntax(message: str) -> Term:
    """Say what Jinja found in the user's language; what it says itself goes along where no sentence of ours fits."""
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
