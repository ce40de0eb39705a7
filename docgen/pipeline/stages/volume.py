"""Make the volume, one PDF of a whole package: choose what is bound, make sheets for what can't be, bind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from docgen.archive.plan.filing import PDF, InspectedEvidence
from docgen.archive.plan.model import VOLUME, FiledDocument, PackageIndex
from docgen.archive.plan.plan import BoundVolume, PlannedDocument, PlannedRendition
from docgen.content.pdf import PdfError
from docgen.content.pictures import PictureError, read_picture
from docgen.diagnostics import error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.description import format_size
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.papers import PHOTO_SHEET, UNBOUND_SHEET
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.record.archive_settings import ArchiveSettings
from docgen.record.parts import Activity, Training
from docgen.render.context.packages import ProjectNameView, TitleView, UnboundFileView
from docgen.render.context.photographs import order_photographs
from docgen.render.context.source import ShownPhotograph
from docgen.render.context.views import DocumentView
from docgen.render.pdf import OfficeFile
from docgen.render.values.values import Missing
from docgen.render.volume.binding import BoundPiece, Chapter, VolumeProperties, bind
from docgen.render.volume.claims import CLAIM
from docgen.render.volume.parts import PdfSource, count_bindable
from docgen.render.volume.pictures import draw_pictures
from docgen.render.volume.stamps import Corner

_LIBRARY = "pikepdf"
Reason = Literal["encrypted", "damaged", "other"]


def require_binding() -> None:
    """Raise OutputError A270 where the library that binds isn't installed."""
    if find_spec(_LIBRARY) is None:
        raise OutputError(error("A270", library=_LIBRARY))


def choose_files(planned: PlannedDocument) -> list[PlannedRendition]:
    """The files of a document that are bound: its PDF in place of the file it was made of, then signed copies.

    Of several handwritten files one became the PDF; each of the others gets a sheet.
    """
    printed = [file for file in planned.renditions if file.role == "pdf"]
    if not printed:
        return list(planned.renditions)
    others = [file for file in planned.renditions if file.role == "original"][1:] if planned.document.origin else []
    return [*printed, *others, *(file for file in planned.renditions if file.role == "signed" and not _is_office(file))]


def _is_office(file: PlannedRendition) -> bool:
    return "openxmlformats" in file.media_type


class VolumeMaker:
    """Makes the volume of one package: decides what of each document is bound, makes sheets for the rest, and binds.

    Large pieces are kept in ``folder`` meanwhile.
    """

    def __init__(self, prepared: PreparedRecord, context: BuildContext, folder: Path) -> None:
        self._prepared = prepared
        self._context = context
        self._folder = folder
        self._settings = prepared.subject.record.project.archive or ArchiveSettings()
        self._sheets: list[tuple[str, OfficeFile]] = []
        self._sources: dict[str, tuple[PdfSource, ...]] = {}
        self._pieces = {piece.path: piece for piece in prepared.evidence}

    def plan(self, planned: Sequence[PlannedDocument]) -> tuple[PlannedDocument, ...]:
        """The documents with the pages that each has in the volume; A211 where a sheet can't be converted."""
        drafts = [[self._choose(item.document, file) for file in choose_files(item)] for item in planned]
        converted = iter(self._convert(self._sheets))
        documents = []
        for item, files in zip(planned, drafts, strict=True):
            bound = tuple(file if file is not None else PdfSource(next(converted), "ours") for file in files)
            pages = sum(count_bindable(source.file) for source in bound)
            documents.append(replace(item, document=item.document.model_copy(update={"bound_pages": pages or None})))
            self._sources[item.document.id] = bound
        return tuple(documents)

    def bind(self, index: PackageIndex, papers: Mapping[str, bytes]) -> BoundVolume:
        """Bind everything between cover and index, and the remarks sheet: the ``papers`` by name, in this order.

        The index has links that begin with ``PAGE_LINK``. A211 where a paper can't be converted.
        """
        named = [(name, OfficeFile(Path(name).suffix, data)) for name, data in papers.items()]
        cover, listing, remarks = (
            _bind_paper(name, pdf) for name, pdf in zip(papers, self._convert(named), strict=True)
        )
        listing = replace(listing, links=True)
        chapters = [Chapter("", (cover, listing)), *self._arrange(index), Chapter("", (remarks,))]
        numbering, target = self._settings.numbering, self._folder / VOLUME
        corner: Corner = "upper" if numbering == "DA/T 22" else "lower"
        about = VolumeProperties(index.title, index.archive.agency, index.generator, self._prepared.dated, corner)
        bound = bind(chapters, target, about)
        claim = CLAIM if bound.claimed else ""
        return BoundVolume(target, bound.pages, bound.numbered, numbering, claim, bound.unclaimed)

    def _arrange(self, index: PackageIndex) -> Iterator[Chapter]:
        """A chapter for each filing item that holds something."""
        for item in index.items:
            filed = [document for document in index.documents if document.item == item.key]
            pieces = [
                BoundPiece(one.id, _name_piece(one), self._sources[one.id]) for one in filed if self._sources[one.id]
            ]
            if pieces:
                yield Chapter(f"{item.key} {item.label}", tuple(pieces))

    def _convert(self, files: Sequence[tuple[str, OfficeFile]]) -> list[bytes]:
        """The PDFs of documents, each with its title, converted in one go."""
        assert self._context.converter is not None
        made = self._context.converter.convert([file for _, file in files], self._prepared.dated) if files else []
        faults = [
            error("A211", title=title, reason=ending.describe())
            for (title, _), ending in zip(files, made, strict=True)
            if not isinstance(ending, bytes)
        ]
        if faults:
            raise OutputError(*faults)
        return [data for data in made if isinstance(data, bytes)]

    def _choose(self, document: FiledDocument, file: PlannedRendition) -> PdfSource | None:
        """The PDF to bind for a file; None where a sheet takes its place."""
        reason: Reason = "other"
        if file.media_type == PDF:
            try:
                count_bindable(file.source)
            except PdfError as problem:
                reason = "encrypted" if problem.key == "encrypted" else "damaged"
            else:
                ours = isinstance(file.source, bytes) and document.kind != "evidence" and not document.origin
                return PdfSource(file.source, "ours" if ours else "found")
        elif file.media_type.startswith("image/") and isinstance(file.source, Path):
            if document.material == "photograph":
                printed = self._print(file.source)
                if printed is not None:
                    self._add_photograph(document, self._pieces[file.source], printed)
                    return None
            else:
                drawn = draw_pictures(file.source)
                if drawn is not None:
                    return PdfSource(self._keep(drawn), "drawn")
        self._add_sheet(document, file, reason)
        return None

    def _keep(self, data: bytes) -> Path:
        path = self._folder / f"{len(list(self._folder.iterdir()))}.pdf"
        path.write_bytes(data)
        return path

    def _print(self, path: Path) -> bytes | None:
        """A photograph at the resolution of a page; None where it can't be decoded."""
        photograph = self._prepared.photographs.get(self._pieces[path].evidence.key)
        if photograph is not None and photograph.printed is not None:
            return photograph.printed
        try:
            with path.open("rb") as stream:
                return read_picture(stream, printing=True).printed
        except (PictureError, OSError):
            return None

    def _add_photograph(self, document: FiledDocument, piece: InspectedEvidence, printed: bytes) -> None:
        record, evidence = self._prepared.subject.record, piece.evidence
        occasions: list[Activity | Training] = [*record.activities, *record.trainings]
        named = (evidence.activity, evidence.training)
        occasion = next((item for item in occasions if item.key in named), None)
        shown = ShownPhotograph(
            title=document.title,
            place=evidence.place or (occasion.place if occasion is not None else None) or "",
            date=piece.dated or (occasion.date if occasion is not None else None),
            occasion=piece.occasion,
            enterprises=(),
            picture=printed,
        )
        label = catalogue(DOCUMENT_LANGUAGE).text("volume.photograph")
        free = Missing("document.number", "", "blank")
        values = {
            "document": DocumentView(
                "", label, "", "", "", "", free, numbered=False, addressed=False, continued="", note="", basis=""
            ),
            "project": self._name_project(),
            "photographs": order_photographs((shown,)),
            "enterprise": None,
            "notes": (),
            "blank": False,
        }
        self._render(document, PHOTO_SHEET, values)

    def _add_sheet(self, document: FiledDocument, file: PlannedRendition, reason: Reason) -> None:
        texts = catalogue(DOCUMENT_LANGUAGE)
        size = len(file.source) if isinstance(file.source, bytes) else file.source.stat().st_size
        view = UnboundFileView(
            title=document.title,
            path=file.path,
            original_name=document.original_name or Missing("file.original_name", "", "blank"),
            size=format_size(size),
            pages=file.pages.value if file.pages.value is not None else Missing("file.pages", "", "blank"),
            reason=texts.text(f"volume.reason.{reason}"),
        )
        title = texts.text("volume.unbound")
        values = {"file": view, "project": self._name_project(), "document": TitleView(title)}
        self._render(document, UNBOUND_SHEET, values)

    def _name_project(self) -> ProjectNameView:
        project = self._prepared.subject.record.project
        free = Missing("project", "", "blank")
        return ProjectNameView(project.number or free, project.name or free)

    def _render(self, document: FiledDocument, template: str, values: Mapping[str, Any]) -> None:
        data = self._context.store.render(template, values).data
        self._sheets.append((document.title, OfficeFile(".docx", data)))


def _bind_paper(name: str, pdf: bytes) -> BoundPiece:
    title = Path(name).stem.partition("_")[2]
    return BoundPiece(name, title, (PdfSource(pdf, "ours"),), numbered=False, label=title)


def _name_piece(filed: FiledDocument) -> str:
    return f"{filed.number} {filed.title}" if filed.number else filed.title
