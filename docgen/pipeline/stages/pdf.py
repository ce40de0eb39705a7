"""PDF of what is filed: each Word or Excel document as it prints, converted in one go; and thereby its pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from docgen.archive.plan.filing import FiledFiles, InspectedEvidence
from docgen.archive.plan.plan import count_pages, weigh_pages
from docgen.diagnostics import Diagnostic, Term, error
from docgen.errors import OutputError
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.render.office_process import Ending
from docgen.render.pdf import CONVERTIBLE, OfficeFile, convert_files, find_office


def require_office() -> str:
    """The LibreOffice of this computer; OutputError A210 when there is none."""
    program = find_office()
    if program is None:
        raise OutputError(error("A210"))
    return program


def add_pdfs(files: FiledFiles, prepared: PreparedRecord, context: BuildContext) -> tuple[FiledFiles, list[Diagnostic]]:
    """The same files, with a PDF of each Word or Excel document where the run makes any.

    Of a document in both formats, of the first. A211 for each that LibreOffice can't convert; A208 where the record
    states other pages of a piece of evidence.
    """
    if context.office is None:
        return files, []
    if context.progress is not None:
        context.progress("PDF", len(files.documents), len(files.documents))
    named = dict(_list_sources(files))
    converted = convert_files(list(named.values()), context.office, prepared.dated)
    made = dict(zip(named, converted, strict=True))
    pdfs = {key: data for key, data in made.items() if isinstance(data, bytes)}
    found = [_report_unconverted(key, e, files, prepared) for key, e in made.items() if isinstance(e, Ending)]

    def append(known: Sequence[tuple[str, bytes]], kind: str, name: str) -> tuple[tuple[str, bytes], ...]:
        data = pdfs.get((kind, name))
        return (*known, (".pdf", data)) if data is not None else tuple(known)

    documents = tuple(replace(item, files=append(item.files, "document", item.job.id)) for item in files.documents)
    notes = {key: replace(note, files=append(note.files, "note", key)) for key, note in files.notes.items()}
    evidence = tuple(replace(item, pdf=pdfs.get(("evidence", item.evidence.key))) for item in files.evidence)
    found += [item for piece in evidence for item in _compare_pages(piece, prepared)]
    return FiledFiles(documents, notes, evidence), found


def _list_sources(files: FiledFiles) -> Iterator[tuple[tuple[str, str], OfficeFile]]:
    for document in files.documents:
        if document.files:  # what people wrote by hand is filed as it is
            yield ("document", document.job.id), OfficeFile(*document.files[0])
    for key, note in files.notes.items():
        yield ("note", key), OfficeFile(*note.files[0])
    for piece in files.evidence:
        suffix = piece.path.suffix.lower()
        if suffix in CONVERTIBLE:
            yield ("evidence", piece.evidence.key), OfficeFile(suffix, piece.path)


def _report_unconverted(
    key: tuple[str, str], ending: Ending, files: FiledFiles, prepared: PreparedRecord
) -> Diagnostic:
    kind, name = key
    reason = ending.describe()
    locate = prepared.validation.locate
    if kind == "evidence":
        index, piece = next((i, p) for i, p in enumerate(prepared.subject.record.evidence) if p.key == name)
        return error("A211", locate(("evidence", index, "file"), False), title=piece.title or piece.file, reason=reason)
    if kind == "note":
        title = Term("archive.note.named", {"label": files.notes[name].item.label})
        return error("A211", locate((), False), title=title, reason=reason)
    job = next(item.job for item in files.documents if item.job.id == name)
    return error("A211", locate(job.place, False), title=job.document.title, reason=reason)


def _compare_pages(piece: InspectedEvidence, prepared: PreparedRecord) -> list[Diagnostic]:
    if piece.pdf is None:
        return []
    keys = [item.key for item in prepared.subject.record.evidence]
    where = prepared.validation.locate(("evidence", keys.index(piece.evidence.key), "pages"), False)
    return weigh_pages(piece.evidence.pages, count_pages(piece.pdf).value, piece.path.name, where)[1]
