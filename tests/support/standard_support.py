"""A standard's profile held against the standard: what is asked of each document, and what its forms print."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from docx import Document

from docgen.archive.plan.filing import RenderedDocument
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.documents import render_documents
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.document import DocumentSpec
from docgen.profile.load import LoadedProfile, find_profile
from docgen.render.store import TemplateStore
from docgen.resources import Resources
from support.office_tools import Office

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_WORKBOOK = " (xlsx)"


@dataclass(frozen=True)
class Asked:
    """What a standard asks of a document: its clause, for whom it is made, where it is filed, how many sign."""

    id: str
    clause: str
    shape: str
    is_workbook: bool
    per: str
    level: str
    item: str
    signers: int


def read_asked(table: str, per: Mapping[str, str]) -> list[Asked]:
    """Lines of ``id | clause | shape | for whom | level | filing item | how many sign``.

    A shape may say that it is a workbook, ``register (xlsx)``. For whom: the project, an entry of its own, or a word of
    ``per``.
    """
    asked = []
    for line in table.splitlines():
        name, clause, shape, whom, level, item, signers = (cell.strip() for cell in line.split("|"))
        made_for = {"project": "project", "entry": f"forms.{name}[]", **per}[whom]
        kind = shape.removesuffix(_WORKBOOK)
        asked.append(Asked(name, clause, kind, shape.endswith(_WORKBOOK), made_for, level, item, int(signers)))
    return asked


def load(profile_id: str) -> LoadedProfile:
    return find_profile(Resources(), profile_id)


def find(loaded: LoadedProfile, document_id: str) -> DocumentSpec:
    document = loaded.profile.find_document(document_id)
    assert document is not None, document_id
    return document


def describe(loaded: LoadedProfile, document_id: str) -> Asked:
    """The same of a document as the profile has it."""
    document = find(loaded, document_id)
    filed = loaded.profile.find_filing_item(document_id)
    assert filed is not None, document_id
    return Asked(
        id=document_id,
        clause=document.clause or "",
        shape=document.shape,
        is_workbook=all(name.endswith(".xlsx") for name in document.template_names),
        per=document.per,
        level=document.level,
        item=filed.key,
        signers=len(document.signers),
    )


def render(profile_id: str, sample: str, *documents: str, blank: bool = False) -> list[RenderedDocument]:
    """Documents of a sample (none named: all), made without a word of complaint."""
    options = Options(only=documents, blank=blank)
    prepared = prepare_record(SAMPLES / profile_id / sample / "record.yaml", options)
    assert isinstance(prepared, PreparedRecord)
    rendered, found = render_documents(prepared, BuildContext(options, TemplateStore(options.resources)))
    assert list(found) == []
    return list(rendered)


def read_rows(
    document: RenderedDocument, format: Callable[[list[str]], str], table: int | None = None
) -> list[list[str]]:
    """The text of each cell as drawn: a cell that spans several is read once, one that goes on below again.

    ``format`` makes a text of a cell's paragraphs; no ``table`` named: the document's only one.
    """
    tables = Document(io.BytesIO(document.files[0][1])).tables
    assert table is not None or len(tables) == 1
    rows = []
    for row in tables[table or 0].rows:
        cells = {id(cell._tc): cell for cell in row.cells}
        rows.append([format([paragraph.text for paragraph in cell.paragraphs]) for cell in cells.values()])
    return rows


def count_pages(documents: Mapping[str, RenderedDocument], office: Office, folder: Path) -> dict[str, int]:
    """How many pages each document has when it is printed."""
    import pypdf

    paths = [folder / f"{number}.docx" for number in range(len(documents))]
    for path, document in zip(paths, documents.values(), strict=True):
        path.write_bytes(document.files[0][1])
    printed = office.convert_all(paths, "pdf", folder)
    return {name: len(pypdf.PdfReader(path).pages) for name, path in zip(documents, printed, strict=True)}
