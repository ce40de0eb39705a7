"""Split a case into its parts as lines of text, to be edited in a page and judged again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.checks.rules.texts.section_length import SectionLength
from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Run, Table
from docgen.content.model import DocumentContent, Section
from docgen.content.name_lists import split_names
from docgen.content.parts.arrange import Arrangement
from docgen.content.parts.front import Front
from docgen.content.read import read_text
from docgen.diagnostics import Location
from docgen.pipeline.services.case import CaseJudgement, choose_profile, judge_content
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.text_rules import ReadText, TextRules, find_text_rules

HEADING, ROW = "#", "|"
"""The marks that begin a heading inside a part and a row of a table; neither line is counted."""
_MARKUP = re.compile(r"[\\`*_\[\]#~]|^[-+>=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_SPACES = re.compile(r"[ \t]*\n[ \t]*")


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case as lines of text: title, authoring units (a line each), parts by key, and the ``rest``.

    A paragraph is a line; a line that begins with ``#`` is a heading, one that begins with ``|`` a row of a table.
    """

    title: str = ""
    units: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class CaseForm:
    """The parts of a case: each part's key and title, and the title of the units ("" where they aren't asked for)."""

    parts: tuple[tuple[str, str], ...]
    units: str


def outline_case(options: Options) -> CaseForm:
    """The parts that the standard asks for; ProfileError as for ``judge_case``."""
    params = _find_rules(options, Path()).params
    parts = tuple((part.key, part.title) for part in params.parts)
    return CaseForm(parts, params.units.title if params.units is not None else "")


def read_case_text(path: Path, options: Options) -> CaseText:
    """Read a Word or Markdown file by its parts; SourceError and ProfileError as for ``judge_case``.

    Pictures, notes and text boxes are left out.
    """
    rules = _find_rules(options, path)
    text = rules.read(read_text(path))
    units = text.arrangement.units if text.arrangement is not None else ()
    keys = {part.key for part in rules.params.parts}
    parts = dict.fromkeys((part.key for part in rules.params.parts), "")
    rest = list(_format_blocks(text.keyed.preamble))
    for section in text.keyed.sections:
        lines = list(_format_blocks(section.blocks))
        if section.key in keys:
            parts[section.key] = "\n".join(filter(None, [parts[section.key], *lines]))
        elif rules.params.units is None or section.key != rules.params.units.key:
            rest += [f"{HEADING} {section.title}", *lines] if section.title else lines
    return CaseText(text.keyed.title or "", "\n".join(units), parts, "\n".join(rest))


def judge_case_text(text: CaseText, options: Options) -> CaseJudgement:
    """Judge a text by its parts; a location is the title of a part and the line in it."""
    rules = _find_rules(options, Path())
    read = _read_lines(text, rules.params)
    judgement = judge_content(text.title, read, rules, marks=True)
    return replace(judgement, diagnostics=tuple(rules.judge(read, Location(), marks=True)))


def format_case_text(text: CaseText, form: CaseForm) -> str:
    """Format the whole case as Markdown, which ``docgen case`` can read."""
    lines = [f"# {_escape(_join(text.title))}"] if text.title.strip() else []
    for key, title in form.parts:
        if body := text.parts.get(key, "").strip():
            lines += [f"## {title}", *_list_markdown(body)]
    if text.units.strip():
        lines += [f"## {form.units}", *map(_escape, text.units.split("\n"))]
    if text.rest.strip():
        lines += ["---", *_list_markdown(text.rest)]
    return "\n\n".join(line for line in lines if line.strip()).replace("|\n\n|", "|\n|") + "\n"


def _find_rules(options: Options, path: Path) -> TextRules:
    """The rules of the first kind of text whose length the profile limits."""
    return find_text_rules(choose_profile(options, path))[0]


def _format_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _join(block.text)
        elif isinstance(block, Heading):
            yield f"{HEADING} {_join(block.text)}"
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _format_blocks(item)
        elif isinstance(block, Table):
            for row in block.rows:
                cells = (_join("".join(run.text for run in cell)).replace(ROW, "／") for cell in row)
                yield f"{ROW} {f' {ROW} '.join(cells)} {ROW}"


def _join(text: str) -> str:
    """Join a paragraph to one line."""
    return _SPACES.sub("", text.strip())


def _read_lines(text: CaseText, params: SectionLength) -> ReadText:
    sections = []
    for part in params.parts:
        blocks = tuple(_read_blocks(text.parts.get(part.key, ""), part.title))
        sections.append(Section(part.title, 1, blocks, part.key, Location(file=part.title)))
    units = tuple(dict.fromkeys(split_names(text.units)))
    content = DocumentContent(_join(text.title) or None, tuple(_read_blocks(text.rest, "")), tuple(sections))
    return ReadText(content, content, Arrangement(content, (), (), Front(title=content.title), units))


def _read_blocks(text: str, title: str) -> Iterator[Block]:
    rows: list[tuple[tuple[Run, ...], ...]] = []
    for number, line in enumerate(text.split("\n"), 1):
        place, content = Location(file=title or None, line=number), line.strip()
        if content.startswith(ROW):
            rows.append(tuple((Run(cell.strip()),) for cell in content.strip(ROW).split(ROW)))
            continue
        if rows:
            yield Table(tuple(rows), location=place)
            rows = []
        if content.startswith(HEADING):
            yield Heading(2, content.lstrip(HEADING).strip(), place)
        elif content:
            yield Paragraph((Run(content),), place)
    if rows:
        yield Table(tuple(rows), location=Location(file=title or None))


def _list_markdown(text: str) -> Iterator[str]:
    """Format lines as Markdown, headings two levels down; other characters that would be markup are escaped."""
    begun = False
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        if line.startswith(ROW):
            yield line
            if not begun:
                yield ROW + " --- |" * len(line.strip(ROW).split(ROW))
            begun = True
            continue
        begun = False
        if line.startswith(HEADING):
            yield f"### {_escape(line.lstrip(HEADING).strip())}"
        else:
            yield _escape(line)


def _escape(line: str) -> str:
    """Escape all markup in a line."""
    return _MARKUP.sub(lambda match: f"\\{match[0]}", line.replace("&", "&amp;").replace("<", "&lt;"))
