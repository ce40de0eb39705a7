"""Whatever text a record holds, in whatever field: the document opens and says it, or an error names its place."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.text.paragraph import Paragraph as DocxParagraph
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.render_docx_support import W

from docgen.content.blocks import Heading, ListBlock, Paragraph, Run, Table
from docgen.content.model import Narrative
from docgen.pipeline import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.render.context import views
from docgen.render.context.build import build_context
from docgen.render.docx.wordml.text import UNPRINTABLE
from docgen.render.guard import check_rendered
from docgen.render.store import TemplateStore
from docgen.render.values.values import Rendered

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).resolve().parents[3]
COMPLETE = ROOT / "samples" / "db3203-t1023-2023" / "complete" / "record.yaml"
PARK = ROOT / "samples" / "db4201-t665-2022" / "park" / "record.yaml"
FOLDER = ROOT / "templates"
SHIPPED = sorted(str(path.relative_to(FOLDER)) for kind in ("docx", "xlsx") for path in FOLDER.rglob(f"*.{kind}"))

TAGS = ("{{ 7*7 }}", "{% endfor %}", "{#", "}}", "{_{", "<w:p/>", "</w:t>", "]]>", "&amp;", "&#0;")
CELLS = ("=1+1", "@SUM(A1)", "-1", "_x000D_", "_x0041_", "1e5", "TRUE", "#REF!", "None", "'", '"', "%")
SPACES = ("\r\n", "\r", "\n", "\t", " ", "\u3000", "\u2028", "\x85", "\ufeff", "\u202e")
ODD = ("\x00", "\x0b", "\ud800", "\uffff", "😀", "👨\u200d👩\u200d👧", "𠮷", "é", "e\u0301", "“引”——")
NASTY = (*TAGS, *CELLS, *SPACES, *ODD)
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), min_size=1, max_size=6).map("".join)
ALWAYS_THE_SAME = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SLOW = (pytest.mark.slow, pytest.mark.timeout(900))


class Filled:
    """A view of the sample's context in which every text is this one; figures, dates and choices stay."""

    def __init__(self, value: Any, text: str) -> None:
        self._value, self._text = value, text

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return fill(getattr(self._value, name), self._text)


def fill(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, Narrative):
        return make_narrative(text)
    if isinstance(value, tuple):
        return tuple(fill(item, text) for item in value)
    if isinstance(value, dict):
        return {key: fill(item, text) for key, item in value.items()}
    is_part = type(value).__module__ == views.__name__ or hasattr(value, "__dict__")
    if type(value).__module__.startswith("docgen.render.values.values") or not is_part:
        return value
    return Filled(value, text)


def make_narrative(text: str) -> Narrative:
    runs = (Run(text), Run(text, bold=True))
    table = Table((((Run(text),),), ((Run(text),),)), 1, text)
    return Narrative((Paragraph(runs), Heading(1, "题" + text), ListBlock(True, ((Paragraph(runs),),)), table))


@cache
def read_jobs() -> dict[str, dict[str, Any]]:
    """The context of one document of the samples for each template that it uses."""
    contexts: dict[str, dict[str, Any]] = {}
    for record in (PARK, COMPLETE):
        prepared = prepare_record(record, Options())
        assert isinstance(prepared, PreparedRecord)
        for job in prepared.jobs:
            context = build_context(prepared.subject, job, "error")
            contexts.update(dict.fromkeys(job.document.template_names, context))
    return contexts


@cache
def find_store() -> TemplateStore:
    return TemplateStore(Options().resources)


class Whatever(str):
    """A text with every field, and a list of two of its kind: for templates that no document of the sample uses."""

    def __getattribute__(self, name: str) -> Any:
        if name in FIXED:
            return FIXED[name]
        return Whatever(self) if name in ("title", "index", "count", "format") else super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Whatever(self)

    def __iter__(self) -> Iterator[Any]:
        return iter((Whatever(self), Whatever(self)))


FIXED = {"width": 2, "align": "left", "date": dt.date(2024, 9, 6), "blank": False}


def make_plain(text: str, name: str) -> dict[str, Any]:
    written = (
        " ".join(site.expression for site in find_store().compile(name).sites) if name.endswith("docx") else "package"
    )
    return {word: Whatever(text) for word in re.findall(r"[a-z_]+", written)} | {"blank": False}


def render_with(name: str, text: str) -> Rendered:
    known = read_jobs().get(name)
    context = make_plain(text, name) if known is None else {key: fill(value, text) for key, value in known.items()}
    options = {"note_values": True} if name.endswith(".docx") else {}
    return find_store().render(name, context, **options)


def read_docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    roots = [document.element, *(part.element for part in iterate_edges(document))]
    texts = [DocxParagraph(it, document).text for root in roots for it in root.iter(f"{W}p")]
    properties = document.core_properties
    titles = (break_lines(text) for text in (properties.title, properties.subject))  # they keep what was typed
    return "\n".join([*texts, *titles])


def makes_a_tag(text: str) -> bool:
    """Whether a text that holds no tag makes one with itself as its neighbour, which the guard takes for a leftover."""
    alone, beside = ("".join((text * times).split()) for times in (1, 2))
    return any(tag in beside and tag not in alone for tag in ("{{", "{%", "{#", "%}", "#}", "}}"))


def break_lines(text: str) -> str:
    """The text with line breaks as a document has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def iterate_edges(document: Any) -> Iterator[Any]:
    for relationship in document.part.rels.values():
        if relationship.reltype.endswith(("/header", "/footer")):
            yield relationship.target_part


def read_xlsx(data: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(data), rich_text=False)
    values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    # openpyxl leaves the escapes of a workbook as they are.
    return [re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value) for value in values]


# A workbook's figures and formulas must be those of a document: without one in the sample there is nothing to fill in.
TEMPLATES = [it for it in SHIPPED if it.endswith(".docx") or it in read_jobs() or it.endswith("package-index.xlsx")]


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("examples", [20, pytest.param(200, marks=SLOW)])
def test_any_text_comes_out_as_typed_or_is_refused_by_name(name: str, examples: int) -> None:
    @settings(ALWAYS_THE_SAME, max_examples=examples)
    @given(TEXTS)
    def check(text: str) -> None:
        assume(not makes_a_tag(text))
        rendered = render_with(name, text)
        if UNPRINTABLE.search(text):
            assert rendered.diagnostics
            assert all(it.params.get("tag") or it.location.cell for it in rendered.diagnostics)
            # What is shown instead is for looking at: it opens.
            assert "T161" not in [it.code for it in check_rendered(rendered.data)]
            return
        assert rendered.diagnostics == ()
        assert check_rendered(rendered.data, rendered.values or [text]) == ()
        typed = break_lines(text)
        if name.endswith(".docx"):
            assert rendered.values.count(text) > 0
            assert read_docx(rendered.data).count(typed) >= rendered.values.count(text)
        else:
            # lines without text are not written
            assert not typed.strip() or typed in read_xlsx(rendered.data)

    check()


def test_every_shipped_template_is_covered() -> None:
    assert len(TEMPLATES) >= 13
    assert {name for name in TEMPLATES if name in read_jobs()} >= {"docx/report.docx", "docx/register.docx"}
