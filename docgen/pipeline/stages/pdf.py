"""Convert what is filed to PDF: each Word and Excel document of a record, all in one go; its pages are counted then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from docgen.archive.plan.filing import DOCX, PDF, XLSX, FiledFiles, FoundRendition, InspectedEvidence, RenderedDocument
from docgen.archive.plan.plan import count_pages, weigh_pages
from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.errors import OutputError
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.render.office.process import Ending
from docgen.render.pdf import CONVERTIBLE, Converter, OfficeFile, find_office

_SUFFIXES = {DOCX: ".docx", XLSX: ".xlsx"}
"""The suffix by media type: the name of a handwritten file may end in anything."""


def open_converter(options: Options) -> Converter | None:
    """Open the converter (LibreOffice on this computer); None where no PDF is wanted.

    OutputError A210 without LibreOffice; where a volume is wanted A270 without the library, A271 without a package.
    """
    if not options.converting:
        return None
    if options.bind:
        if not options.packing:
            raise OutputError(error("A271"))
        from docgen.pipeline.stages.volume import require_binding

        require_binding()
    return Converter(require_office(), options.resources.converting, options.converters)


def require_office() -> str:
    """The path of LibreOffice on this computer; OutputError A210 without it."""
    program = find_office()
    if program is None:
        raise OutputError(error("A210"))
    return program


def add_pdfs(
    files: FiledFiles, prepared: PreparedRecord, context: BuildContext, diagnostics: list[Diagnostic]
) -> FiledFiles:
    """Return the same files with a PDF of each Word or Excel document, where the run makes PDFs.

    A document in both formats is converted from the first; a handwritten one unless a PDF lies beside it. Adds to
    ``diagnostics`` A211 for each that LibreOffice can't convert, A208 where the record states other pages.
    """
    if context.converter is None:
        return files
    if context.progress is not None:
        context.progress("PDF", len(files.documents), len(files.documents))
    named = dict(_list_sources(files))
    converted = context.converter.convert(list(named.values()), prepared.dated)
    converted_files = dict(zip(named, converted, strict=True))
    pdfs = {key: data for key, data in converted_files.items() if isinstance(data, bytes)}
    faults = [
        _report_unconverted(key, e, files, prepared) for key, e in converted_files.items() if isinstance(e, Ending)
    ]

    def append(renditions: Sequence[tuple[str, bytes]], kind: str, name: str) -> tuple[tuple[str, bytes], ...]:
        data = pdfs.get((kind, name))
        return (*renditions, (".pdf", data)) if data is not None else tuple(renditions)

    def add(item: RenderedDocument) -> RenderedDocument:
        if item.is_handwritten:
            return replace(item, printed=pdfs.get(("document", item.job.id)))
        return replace(item, files=append(item.files, "document", item.job.id))

    documents = tuple(map(add, files.documents))
    notes = {key: replace(note, files=append(note.files, "note", key)) for key, note in files.notes.items()}
    evidence = tuple(replace(item, pdf=pdfs.get(("evidence", item.evidence.key))) for item in files.evidence)
    faults += [item for piece in evidence for item in _compare_pages(piece, prepared)]
    diagnostics += [item for item in faults if item not in diagnostics]
    return FiledFiles(documents, notes, evidence)


def _list_sources(files: FiledFiles) -> Iterator[tuple[tuple[str, str], OfficeFile]]:
    for document in files.documents:
        if document.files:
            yield ("document", document.job.id), OfficeFile(*document.files[0])
        elif (written := _find_unprinted(document)) is not None:
            yield ("document", document.job.id), OfficeFile(_SUFFIXES[written.media_type], written.path)
    for key, note in files.notes.items():
        yield ("note", key), OfficeFile(*note.files[0])
    for piece in files.evidence:
        suffix = piece.path.suffix.lower()
        if suffix in CONVERTIBLE:
            yield ("evidence", piece.evidence.key), OfficeFile(suffix, piece.path)


def _find_unprinted(document: RenderedDocument) -> FoundRendition | None:
    """The Word or Excel file of a document that people wrote and made no PDF of."""
    if any(file.media_type == PDF for file in document.handmade):
        return None
    return next((file for file in document.handmade if file.media_type in _SUFFIXES), None)


def _report_unconverted(
    key: tuple[str, str], ending: Ending, files: FiledFiles, prepared: PreparedRecord
) -> Diagnostic:
    kind, name = key
    reason = ending.describe()
    locate = prepared.validation.locate
    if kind == "evidence":
        piece = next(item for item in files.evidence if item.evidence.key == name)
        shown = piece.evidence.title or piece.evidence.file
        return error("A211", _locate(piece, "file", prepared), title=shown, reason=reason)
    if kind == "note":
        title = Term("archive.note.named", {"label": files.notes[name].item.label})
        return error("A211", locate((), False), title=title, reason=reason)
    document = next(item for item in files.documents if item.job.id == name)
    written = _find_unprinted(document) if document.is_handwritten else None
    place = Location(file=str(written.path)) if written is not None else locate(document.job.place, False)
    return error("A211", place, title=document.job.document.title, reason=reason)


def _compare_pages(piece: InspectedEvidence, prepared: PreparedRecord) -> list[Diagnostic]:
    if piece.pdf is None:
        return []
    where = _locate(piece, "pages", prepared)
    return weigh_pages(piece.evidence.pages, count_pages(piece.pdf).value, piece.path.name, where)[1]


def _locate(piece: InspectedEvidence, field: str, prepared: PreparedRecord) -> Location:
    """The place of a piece of evidence in the record; of one that the record doesn't name, its file."""
    keys = [item.key for item in prepared.subject.record.evidence]
    if piece.evidence.key not in keys:
        return Location(file=str(piece.path))
    return prepared.validation.locate(("evidence", keys.index(piece.evidence.key), field), False)
