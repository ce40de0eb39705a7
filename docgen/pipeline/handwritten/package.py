"""Package a folder (``docgen package``): read record and folder, match and judge files, make the rest, pack all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from docgen.archive.plan.filing import FoundRendition, RenderedDocument
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    DECLARATION_NAME,
    PAYLOAD_MANIFEST,
    PAYLOAD_MANIFEST_SM3,
    TAG_MANIFEST,
    TAG_MANIFEST_SM3,
)
from docgen.content.files import hash_file
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, info
from docgen.pipeline.handwritten.attach import count_pages, date_job
from docgen.pipeline.handwritten.collect import CollectedFolder, ExcludedFiles, collect_folder
from docgen.pipeline.handwritten.examine import ExaminedRecord, examine_record
from docgen.pipeline.handwritten.judge import Judge
from docgen.pipeline.handwritten.model import (
    FiledFile,
    HandwrittenFile,
    Looked,
    PackagingOutcome,
    WrittenDocument,
)
from docgen.pipeline.handwritten.slots import plan_slots
from docgen.pipeline.packages.signed_content import trace_scans
from docgen.pipeline.stages.context import BuildContext, Progress
from docgen.pipeline.stages.documents import render_documents
from docgen.pipeline.stages.dossier import (
    collect_files,
    list_targets,
    name_package,
    pack_record,
    report_unclaimed,
    report_unsigned,
)
from docgen.pipeline.stages.outcome import Options, Output
from docgen.pipeline.stages.papers import PAPER_NAMES
from docgen.pipeline.stages.pdf import add_pdfs, open_converter
from docgen.pipeline.stages.prepare import PreparedRecord, ReadRecord, read_record, summarize_record
from docgen.pipeline.stages.release import stage_outputs
from docgen.profile.validate import iterate_prose
from docgen.record.record import Record
from docgen.render.store import TemplateStore
from docgen.sources.evidence import find_named

_PAPERS = frozenset(
    (
        *(*PAPER_NAMES, INDEX_PAGE, MACHINE_INDEX, BAG_INFO_NAME, DECLARATION_NAME),
        *(PAYLOAD_MANIFEST, TAG_MANIFEST, PAYLOAD_MANIFEST_SM3, TAG_MANIFEST_SM3),
    )
)
_LISTED = 8


def package_record(
    path: Path, folder: Path, out: Path | None, options: Options, progress: Progress | None = None
) -> PackagingOutcome:
    """File the documents below ``folder`` under a record; without ``out`` nothing is written, all else is the same.

    With an error nothing is written unless ``draft``. Raises DocgenError when it can't go on: an unreadable record, a
    profile or template that isn't sound, no such folder, an output that can't be written.
    """
    converter = open_converter(options) if out is not None else None
    read = read_record(path, options, printing=out is not None)
    if not isinstance(read, ReadRecord):
        return PackagingOutcome(read)
    excluded = _list_excluded(read.subject.record, path, out)
    judge = Judge(read.subject, read.loaded, options.resources)
    collected = collect_folder(
        folder,
        plan_slots(read.subject),
        excluded,
        judge.is_foreign,
        progress,
        allowed=(path.parent, *options.resources.outside),
    )
    examined = examine_record(read, collected, judge)
    context = BuildContext(options, TemplateStore(options.resources), out, converter, progress)
    rendered, rendering_faults = render_documents(examined.prepared, context)
    prepared, scan_faults = trace_scans(examined.prepared, rendered, list_targets(examined.prepared, context))
    looked, judging_faults = _judge_documents(collected.documents, judge)
    diagnostics = [*prepared.diagnostics, *collected.diagnostics, *judging_faults, *rendering_faults, *scan_faults]
    outputs: tuple[Output, ...] = ()
    if out is not None and options.may_write(diagnostics):
        outputs = _pack(prepared, _join_documents(rendered, collected), context, diagnostics)
    return PackagingOutcome(
        tuple(diagnostics),
        outputs,
        replace(summarize_record(examined.prepared), documents=_count_documents(examined, collected)),
        files=_list_files(collected, looked),
        generated=tuple(job.full_title for job in examined.prepared.jobs),
        lacking=examined.lacking,
        items={item.key: item.label for item in read.loaded.profile.filing.items},
    )


def _pack(
    prepared: PreparedRecord,
    documents: Sequence[RenderedDocument],
    context: BuildContext,
    diagnostics: list[Diagnostic],
) -> tuple[Output, ...]:
    """Write the packages, and move them into place when all are complete; adds to ``diagnostics``."""
    options, targets = context.options, list_targets(prepared, context)
    files = add_pdfs(collect_files(prepared, documents, context), prepared, context, diagnostics)
    if not options.may_write(diagnostics):
        return ()
    context = replace(context, draft=options.is_faulty(diagnostics))
    folder = context.place_package(name_package(prepared)).with_suffix("")
    with stage_outputs((), folder, outputs=targets, force=options.force) as staged:
        packages = pack_record(prepared, files, replace(context, staging=staged.staging))
        diagnostics += report_unsigned(prepared, packages)
        diagnostics += report_unclaimed(prepared, packages)
        return tuple(staged.move(packages, durable=options.durable))


def _list_excluded(record: Record, path: Path, out: Path | None) -> ExcludedFiles:
    """The files in a folder that are no documents of it: the record, what it names, what docgen writes."""
    named_files = {path.resolve()}
    digests: dict[str, str] = {}
    for evidence in record.evidence:
        file = find_named(path.parent, evidence.file)
        if file is not None and file.is_file():
            named_files.add(file.resolve())
            digests[hash_file(file)] = evidence.file
    for prose, _place in iterate_prose(record):
        places = (prose.location, *(block.location for block in prose.blocks))
        named_files |= {Path(place.file).resolve() for place in places if place.file is not None}
    output = out.resolve() if out is not None else None
    return ExcludedFiles(frozenset(named_files), _PAPERS, record.project.number or "", output, digests)


def _judge_documents(
    documents: Sequence[WrittenDocument], judge: Judge
) -> tuple[dict[PurePosixPath, Looked], list[Diagnostic]]:
    """Judge each file; gives how far each could be read, and the diagnostics, also of files that weren't checked."""
    looked: dict[PurePosixPath, Looked] = {}
    diagnostics: list[Diagnostic] = []
    for written in documents:
        for file in written.files:
            manuscript = file.manuscript
            if file.role == "original" and manuscript.content is not None:
                looked[manuscript.relative], findings = judge.judge(written, manuscript.content)
                diagnostics += findings
            else:
                looked[manuscript.relative] = "none"
    closed = [path for path, how in looked.items() if how == "none"]
    if closed:
        diagnostics.append(
            info("F114", count=len(closed), names=format_first_few((path.name for path in closed), _LISTED))
        )
    forms = [path for path, how in looked.items() if how in ("form", "names")]
    if forms:
        diagnostics.append(
            info("F115", count=len(forms), names=format_first_few((path.name for path in forms), _LISTED))
        )
    return looked, diagnostics


def _count_documents(examined: ExaminedRecord, collected: CollectedFolder) -> int:
    return len(examined.prepared.jobs) + sum(written.covers for written in collected.documents)


def _join_documents(rendered: Sequence[RenderedDocument], collected: CollectedFolder) -> list[RenderedDocument]:
    """All documents in the profile's order, made and handwritten."""
    written = collected.documents
    joined = [*rendered]
    joined += [RenderedDocument(date_job(item), (), _list_renditions(item.files)) for item in written if item.covers]
    order = {job_id: at for at, job_id in enumerate(collected.plan.jobs)}
    types = {job.document.id: at for at, job in enumerate(collected.plan.jobs.values())}
    return sorted(joined, key=lambda item: (types[item.job.document.id], order.get(item.job.id, len(order))))


def _list_renditions(files: Sequence[HandwrittenFile]) -> tuple[FoundRendition, ...]:
    """The originals and prints; scans of signed documents are filed as evidence."""
    renditions: list[FoundRendition] = []
    for item in files:
        manuscript, file = item.manuscript, item.manuscript.file
        if file is not None and item.role != "signed":
            pages = count_pages(manuscript)
            renditions.append(FoundRendition(item.role, manuscript.path, file.media_type, pages, file.stamp))
    return tuple(renditions)


def _list_files(collected: CollectedFolder, looked: Mapping[PurePosixPath, Looked]) -> tuple[FiledFile, ...]:
    """The files in the order of the plan; those that aren't documents follow, by their paths."""
    order = {job_id: at for at, job_id in enumerate(collected.plan.jobs)}

    def rank(file: FiledFile) -> tuple[int, tuple[str, ...]]:
        at = order.get(file.document, len(order)) if file.fate == "document" else len(order) + 1
        return at, file.path.parts

    files = (replace(file, looked=looked.get(file.path, "none")) for file in collected.files)
    return tuple(sorted(files, key=rank))
