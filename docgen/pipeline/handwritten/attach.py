"""Make filed evidence of files in the folder: with an item or as scans of a document, with dates and pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from docgen.archive.plan.filing import InspectedEvidence
from docgen.archive.plan.model import PageCount
from docgen.content.file_names import read_name
from docgen.pipeline.handwritten.collect import AttachedFile, CollectedFolder
from docgen.pipeline.handwritten.entries import find_date
from docgen.pipeline.handwritten.model import WrittenDocument
from docgen.profile.plan import DocumentJob
from docgen.record.parts import Evidence
from docgen.sources.manuscripts import Manuscript


def date_job(written: WrittenDocument) -> DocumentJob:
    """Date a handwritten document: by the record, else by its own text, else by its file name."""
    job = written.job
    if job.dated is not None:
        return job
    named = (read_name(file.manuscript.path.stem).date for file in written.files)
    return replace(job, dated=find_date(written) or next((date for date in named if date is not None), None))


def count_pages(manuscript: Manuscript) -> PageCount:
    """The pages of a file: counted by docgen, else as its own program stated them."""
    counted = manuscript.file.pages if manuscript.file is not None else None
    if counted is not None:
        return PageCount(value=counted, source="counted")
    return PageCount(value=manuscript.pages, source="stated") if manuscript.pages is not None else PageCount()


def list_attached(collected: CollectedFolder) -> list[InspectedEvidence]:
    """The files to file as evidence: those that are no planned document, and scans of documents."""
    attached = [_attach(item) for item in collected.attached]
    scans = [(item, file.manuscript) for item in collected.documents for file in item.scans]
    return attached + [_attach_scan(item, manuscript) for item, manuscript in scans]


def _attach(item: AttachedFile) -> InspectedEvidence:
    """Make evidence of a file that is filed with an item, with title and date from its name."""
    manuscript = item.manuscript
    assert manuscript.file is not None
    taken = manuscript.file.taken.date() if manuscript.file.taken is not None else None
    date = item.match.spoken.date or manuscript.date
    evidence = Evidence.model_construct(
        key=str(manuscript.relative),
        file=str(manuscript.relative),
        kind="other",
        title=manuscript.path.stem,
        date=date,
        item=item.item,
        enterprises=tuple(sorted(item.match.holders)),
    )
    return _inspect(manuscript, evidence, date or taken)


def _attach_scan(written: WrittenDocument, manuscript: Manuscript) -> InspectedEvidence:
    """Make evidence of the scan of a signed document; it is filed with that document."""
    evidence = Evidence.model_construct(
        key=str(manuscript.relative),
        file=str(manuscript.relative),
        kind="scan",
        document=written.job.id,
        date=read_name(manuscript.path.stem).date,
    )
    return _inspect(manuscript, evidence)


def _inspect(manuscript: Manuscript, evidence: Evidence, dated: dt.date | None = None) -> InspectedEvidence:
    file, pages = manuscript.file, count_pages(manuscript)
    assert file is not None
    return InspectedEvidence(evidence, manuscript.path, file.media_type, pages, dated, stamp=file.stamp)
