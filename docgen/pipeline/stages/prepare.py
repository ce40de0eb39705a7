"""Prepare a record: load, validate, derive, plan, check. Nothing is written."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.archive.plan.filing import InspectedEvidence
from docgen.archive.plan.numbering import check_document_numbers, check_numbering, check_sharing
from docgen.checks.base import CheckSubject, RuleFindings, check_rules, run_rules
from docgen.checks.doubts.base import DoubtFindings, run_doubts
from docgen.content.blocks import Block, Heading, Picture, iterate_pictures
from docgen.content.model import DocumentContent, Narrative
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import ProfileError, SourceError
from docgen.pipeline.stages.chosen import Chosen, choose_documents, resolve_documents
from docgen.pipeline.stages.evidence import GatheredEvidence, Photograph, gather_evidence
from docgen.pipeline.stages.filing import PreparedPackage, check_not_applicable, prepare_packages
from docgen.pipeline.stages.outcome import Options, RecordSummary, Score
from docgen.pipeline.stages.signatures import check_scans
from docgen.profile.faults import note_places
from docgen.profile.horizon import Horizon
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.missing import find_missing_values, report_missing_values
from docgen.profile.numbering import list_numbers, number_documents
from docgen.profile.plan import (
    DocumentJob,
    find_excused,
    find_photographs,
    is_due,
    plan_documents,
)
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import Validation, iterate_prose, validate_record
from docgen.record.parts import Confirmation
from docgen.record.types import refuse
from docgen.sources.intake.kinds import is_workbook
from docgen.sources.intake.reading.unnamed import name_rows
from docgen.sources.record_file import RawSource, read_source
from docgen.trees.collector import pause_collector

_OLDEST = dt.date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class PreparedRecord:
    """A prepared record: what is sound of it, its documents and packages as planned, and every diagnostic."""

    source: RawSource
    loaded: LoadedProfile
    validation: Validation
    subject: Subject
    jobs: tuple[DocumentJob, ...]
    evidence: tuple[InspectedEvidence, ...]
    photographs: Mapping[str, Photograph]
    packages: tuple[PreparedPackage, ...]
    diagnostics: tuple[Diagnostic, ...]
    label: str = ""
    confirmed: tuple[Confirmation, ...] = ()
    horizon: Horizon | None = None

    @property
    def folder(self) -> Path:
        """The folder of the record; the file names in it are relative to this folder."""
        return self.source.path.parent

    @property
    def dated(self) -> dt.date:
        """The day that documents and the package carry: the record's own, else SOURCE_DATE_EPOCH's."""
        if self.subject.record.project.dated is not None:
            return self.subject.record.project.dated
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date() if epoch.isdigit() else _OLDEST


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that was read and validated, with its evidence and its facts: what planning and checking begin with."""

    source: RawSource
    loaded: LoadedProfile
    gathered: GatheredEvidence
    subject: Subject
    chosen: Chosen

    @property
    def validation(self) -> Validation:
        """The validated record, its diagnostics, and the place of each value."""
        return self.gathered.validation


def read_record(
    record: Path | RawSource, options: Options, *, printing: bool = False, gathering: bool = True
) -> ReadRecord | tuple[Diagnostic, ...]:
    """Read and validate a record, gather its evidence and derive its facts; diagnostics when nothing of it can be used.

    Without ``gathering`` the evidence isn't looked at (where it isn't at hand). Raises as ``prepare_record`` does.
    """
    source, loaded = open_source(record, options)
    folder = source.path.parent
    locate = note_places(source.locate)
    validation = validate_record(loaded, source.data, locate, make_prose_reader(folder), failed=source.failed)
    if validation.record is None:
        return (*source.diagnostics, *validation.diagnostics)
    options = replace(options, only=resolve_documents(options.only, loaded))
    chosen = choose_documents(loaded, options, source, validation)
    gathered = GatheredEvidence(validation, (), {}, {}, ())
    if gathering:
        printing = printing and not options.blank
        allowed = options.resources.outside
        gathered = gather_evidence(loaded, validation, folder, printing=printing, chosen=chosen, allowed=allowed)
    expanded = gathered.validation.record
    assert expanded is not None
    subject = Subject(loaded.profile, expanded, derive_facts(loaded.profile, expanded))
    return ReadRecord(source, loaded, gathered, subject, chosen)


def check_read_record(read: ReadRecord, jobs: tuple[DocumentJob, ...]) -> RuleFindings:
    """Check a record: the values that its documents miss, then the rules of its profile."""
    subject, validation = read.subject, read.validation
    locate, is_silenced = validation.locate, validation.is_silenced
    missing_values = list(find_missing_values(subject, jobs))
    missing = report_missing_values(missing_values, locate, is_silenced, read.source.name_place)
    checked = CheckSubject(subject, jobs, locate, is_silenced, read.chosen.weigh, is_whole=read.chosen.is_whole)
    findings = run_rules(checked, read.loaded)
    return replace(findings, diagnostics=(*missing, *findings.diagnostics))


def prepare_record(
    record: Path | RawSource, options: Options, *, printing: bool = False
) -> PreparedRecord | tuple[Diagnostic, ...]:
    """Prepare a record (its file, or what was read of it); only diagnostics when nothing of it can be used.

    With ``printing`` documents will be made of it: photographs are decoded at the resolution of a printed page.

    Raises SourceError for a file that can't be read, ProfileError for a profile that isn't there or isn't sound.
    """
    read = read_record(record, options, printing=printing)
    if not isinstance(read, ReadRecord):
        return read
    chosen = read.chosen
    source, loaded, gathered, validation = read.source, read.loaded, read.gathered, read.validation
    diagnostics = [*source.diagnostics, *validation.diagnostics]
    if loaded.profile.numbering is not None and not options.blank:
        numbered = number_documents(loaded.profile, read.subject.record, plan_documents(read.subject))
        read = replace(read, subject=replace(read.subject, numbers=list_numbers(tuple(numbered))))
    subject = read.subject
    jobs = plan_documents(subject, chosen.only, options.blank)
    if chosen.horizon is not None and not options.blank:
        jobs = tuple(job for job in jobs if is_due(job, chosen.horizon))
    ruled, doubts = RuleFindings(), DoubtFindings()
    if not options.blank:
        jobs = tuple(job for job in jobs if has_pictures(subject, job, gathered.photographs))
        ruled = check_read_record(read, jobs)
        diagnostics += ruled.diagnostics
        doubts = run_doubts(subject, validation, source, diagnostics, source.doubts)
        diagnostics += doubts.diagnostics
    diagnostics += find_absent_pictures(validation, source.path.parent)
    packages, missing_items = prepare_packages(subject, jobs, validation, ruled.doubted, chosen.horizon)
    if not options.only:
        planned = jobs if chosen.horizon is None else plan_documents(subject)
        document_ids = [job.id for job in (*planned, *(excused.job for excused in find_excused(subject)))]
        diagnostics += check_archive_numbers(validation, planned, packages, document_ids)
        diagnostics += check_sharing(subject.record.project.archive, options.label, validation.locate)
    if not options.blank:
        diagnostics += check_not_applicable(subject, packages, validation.locate)
        diagnostics += gathered.diagnostics
        diagnostics += check_scans(subject, plan_documents(subject), gathered)
        if not options.only:
            where = source.locate(("not_applicable",))
            # A workbook always has the sheet for items that don't apply; a text record may have no such line.
            diagnostics += [item.at(where) for item in missing_items] if where.kind == "xlsx" else missing_items
    diagnostics = [item for item in map(chosen.weigh, name_rows(source.tree, diagnostics)) if chosen.concerns(item)]
    return PreparedRecord(
        source,
        loaded,
        validation,
        subject,
        jobs,
        gathered.files,
        gathered.photographs,
        packages,
        tuple(diagnostics),
        options.label,
        doubts.confirmed,
        chosen.horizon,
    )


def find_record_doubts(source: RawSource, loaded: LoadedProfile) -> tuple[Diagnostic, ...]:
    """Check a whole record of many enterprises for doubtful values, and for confirmations that confirm nothing."""
    validation = validate_record(
        loaded, source.data, source.locate, make_prose_reader(source.path.parent), failed=source.failed
    )
    if validation.record is None:
        return ()
    subject = Subject(loaded.profile, validation.record, derive_facts(loaded.profile, validation.record))
    return run_doubts(subject, validation, source, (*source.diagnostics, *validation.diagnostics)).diagnostics


def has_pictures(subject: Subject, job: DocumentJob, pictures: Container[str]) -> bool:
    """Whether there is a picture for a document that shows photographs; True for a document that shows none."""
    if job.document.photos is None:
        return True
    return any(evidence.key in pictures for evidence in find_photographs(subject, job.document, job.item))


def open_source(record: Path | RawSource, options: Options) -> tuple[RawSource, LoadedProfile]:
    """A record file or a workbook as raw data, if it isn't that already, and the profile it is for.

    Raises SourceError for a file that can't be read, ProfileError for a profile that isn't there or isn't sound.
    """
    if isinstance(record, Path) and is_workbook(record):
        # a record file needs nothing of what reads workbooks
        from docgen.sources.intake.reading.mapping import load_mapping, read_mapped
        from docgen.sources.intake.reading.source import find_profile_id, open_workbook, read_intake

        mapped = load_mapping(options.mapping) if options.mapping is not None else None
        book = open_workbook(record, mapped.mapping if mapped is not None else None)
        if mapped is None and book.source == "csv":
            raise SourceError(error("W105", Location(file=str(record)), path=str(record)))
        named = mapped.mapping.profile if mapped is not None else find_profile_id(book)
        loaded = load_named_profile(named, Location(file=str(record)), options)
        return read_mapped(book, loaded, mapped) if mapped is not None else read_intake(book, loaded), loaded
    source = read_source(record) if isinstance(record, Path) else record
    return source, load_record_profile(source, options)


def check_archive_numbers(
    validation: Validation,
    jobs: Sequence[DocumentJob],
    packages: Sequence[PreparedPackage],
    document_ids: Sequence[str],
) -> Iterator[Diagnostic]:
    """Check the archive numbers that a record asks for and the document numbers that it gives.

    ``document_ids`` are the documents that may have a number: those that are made, and those that are excused.
    """
    assert validation.record is not None
    settings = validation.record.project.archive
    ids = {job.id for job in jobs}
    count = sum(
        len(package.job.jobs) + sum(piece.document not in ids for piece in package.job.evidence) for package in packages
    )
    failed = {str(place[2]) for place in validation.failed if place[:2] == ("project", "archive") and len(place) > 2}
    yield from check_numbering(settings, count, validation.locate, failed)
    yield from check_document_numbers(settings, document_ids, validation.locate)


def load_record_profile(source: RawSource, options: Options) -> LoadedProfile:
    """The profile that the options or the record name, with its rules checked."""
    named = source.data.get("profile") if isinstance(source.data, dict) else None
    profile_id = options.profile_id or named
    if not isinstance(source.data, dict):
        raise SourceError(error("R134", source.locate(())))
    if not isinstance(profile_id, str):
        profile_ids = "、".join(sorted(folder.name for folder in options.resources.profile_folders()))
        raise SourceError(error("R135", source.locate(("profile",)), known=profile_ids))
    where = None if options.profile_id else source.locate(("profile",))
    return _load_sound(profile_id, where, options)


def load_named_profile(named: str | None, where: Location, options: Options) -> LoadedProfile:
    """The profile that the options or a workbook name, with its rules checked; SourceError W106 when neither does."""
    profile_id = options.profile_id or named
    if profile_id is None:
        profile_ids = "、".join(sorted(folder.name for folder in options.resources.profile_folders()))
        raise SourceError(error("W106", where, path=where.file or "", known=profile_ids))
    return _load_sound(profile_id, None if options.profile_id else where, options)


def _load_sound(profile_id: str, where: Location | None, options: Options) -> LoadedProfile:
    with pause_collector():
        loaded = find_profile(options.resources, profile_id, where)
        faults = check_rules(loaded)
    if faults:
        raise ProfileError(*faults)
    return loaded


def make_prose_reader(folder: Path) -> Callable[[str], Narrative]:
    """Make the reader for ``{file: …}``: a Markdown or Word file beside the record."""

    def read_prose(name: str) -> Narrative:
        path = folder / name
        if not path.is_file():
            raise refuse("R127", value=name)
        try:
            if path.suffix.lower() == ".docx":
                from docgen.content.docx.read import read_docx

                return _join_content(read_docx(path))
            from docgen.content.markdown import parse_markdown

            return parse_markdown(path.read_text("utf-8-sig"), Location(kind="yaml", file=str(path), line=1, column=1))
        except UnicodeDecodeError:
            raise refuse("R136", value=name) from None
        except (FileNotFoundError, ValueError):  # ValueError: a NUL in the name
            raise refuse("R127", value=name) from None
        except (OSError, SourceError):
            raise refuse("R137", value=name) from None

    return read_prose


def _join_content(content: DocumentContent) -> Narrative:
    """A whole Word file as prose: nothing of it is lost, its title is its first heading."""
    blocks: list[Block] = [Heading(1, content.title)] if content.title else []
    blocks += content.preamble
    for section in content.sections:
        blocks += [Heading(section.level, section.title, section.location), *section.blocks]
    return Narrative(tuple(blocks))


def list_picture_places(folder: Path, picture: Picture) -> tuple[Path, ...]:
    """The paths where a picture that prose names may be, the likelier first."""
    named_in = picture.location.file
    places = (Path(named_in).parent if named_in else folder, folder)
    return tuple(dict.fromkeys(base / picture.path for base in places))


def find_picture(folder: Path, picture: Picture) -> Path | None:
    """The file of a picture that prose names: beside the Markdown file that names it, else in the record's folder.

    Only files in the record's folder are used; a link that leads out of it is not followed.
    """
    for path in list_picture_places(folder, picture):
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    return None


def find_absent_pictures(validation: Validation, folder: Path) -> Iterator[Diagnostic]:
    """R143 for each picture that prose names and that isn't there."""
    for picture, place in list_pictures(validation):
        if find_picture(folder, picture) is None:
            yield error("R143", validation.locate(place, False), name=str(picture.path))


def list_pictures(validation: Validation) -> Iterator[tuple[Picture, tuple[str | int, ...]]]:
    """The pictures that prose names as files, each with the place of the prose, without those inside Word files."""
    assert validation.record is not None
    for prose, place in iterate_prose(validation.record):
        for picture in iterate_pictures(prose.blocks):
            if picture.location.kind != "docx":
                yield picture, place


def summarize_record(prepared: PreparedRecord) -> RecordSummary:
    """The summary of a record: what it is about, in a few figures."""
    record, names = prepared.subject.record, {}
    for enterprise in record.enterprises:
        names[enterprise.key] = enterprise.name or enterprise.key
    return RecordSummary(
        profile_id=prepared.loaded.profile.id,
        project_number=record.project.number or "",
        project_name=record.project.name or "",
        enterprises=len(record.enterprises),
        documents=len(prepared.jobs),
        evidence=len(record.evidence),
        scores=tuple(
            Score(names.get(item.of, item.of), item.total, item.maximum, item.grade)
            for item in prepared.subject.facts.evaluations
        ),
        items=tuple((item.key, item.label) for item in prepared.loaded.profile.filing.items),
        until=f"{prepared.horizon.step.key} {prepared.horizon.step.label}" if prepared.horizon is not None else "",
        titles=tuple(document.title for document in prepared.loaded.profile.documents),
    )
