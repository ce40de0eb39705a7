"""The whole way of the data: open → prepare → render → check → release, or pack a supplement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.plan.filing import FiledFiles, RenderedDocument
from docgen.diagnostics import Diagnostic, error
from docgen.errors import OutputError
from docgen.pipeline.packages.signed_content import trace_scans
from docgen.pipeline.stages.context import BuildContext, Progress
from docgen.pipeline.stages.documents import leave_gaps, render_documents
from docgen.pipeline.stages.dossier import (
    collect_files,
    list_targets,
    name_folder,
    pack_record,
    report_unclaimed,
    report_unsigned,
)
from docgen.pipeline.stages.footprint import note_footprint
from docgen.pipeline.stages.outcome import Options, Outcome, Output
from docgen.pipeline.stages.pdf import add_pdfs, open_converter
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record, summarize_record
from docgen.pipeline.stages.release import occupy_output, stage_outputs
from docgen.render.store import TemplateStore
from docgen.sources.record_file import RawSource

if TYPE_CHECKING:
    from docgen.archive.writing.package import WatchPacking


def check_record(path: Path, options: Options) -> Outcome:
    """Load, validate, derive, plan, check; writes nothing."""
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    return Outcome(prepared.diagnostics, (), summarize_record(prepared))


def build_record(
    record: Path | RawSource,
    out: Path,
    options: Options,
    progress: Progress | None = None,
    *,
    watch: WatchPacking | None = None,
    store: TemplateStore | None = None,
) -> Outcome:
    """The documents of a record below ``out``, and its package; with an error nothing is written unless ``draft``.

    ``record`` is a file, or what was read of one. ``progress`` is told of each document before it is made, ``watch`` of
    the bytes that are packed. ``store`` is what a process keeps of templates for many records.
    Raises DocgenError when it can't go on: an unreadable record, a profile or template that isn't sound, an output
    that can't be written.
    """
    _refuse_contradictions(options)
    converter = open_converter(options)
    prepared = prepare_record(record, options, printing=True)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    store = store.share() if store is not None else TemplateStore(options.resources)
    context = BuildContext(options, store, out, converter, progress, watch)
    documents, found = render_documents(prepared, context)
    prepared, changed = trace_scans(prepared, documents, list_targets(prepared, context))
    told = [*prepared.diagnostics, *found, *changed]
    if options.blanks_by_hand:
        told = leave_gaps(told)
    outputs: Sequence[Output] = ()
    if options.may_write(told):
        release = _add_supplement if options.supplement else _release
        outputs = release(prepared, documents, context, told)
    return Outcome(tuple(told), tuple(outputs), summarize_record(prepared), note_footprint(prepared, store))


def _release(
    prepared: PreparedRecord, documents: tuple[RenderedDocument, ...], context: BuildContext, told: list[Diagnostic]
) -> Sequence[Output]:
    """Write documents and packages, and move them to their places when all are whole; ``told`` grows on the way."""
    options, targets = context.options, list_targets(prepared, context)
    files = add_pdfs(collect_files(prepared, documents, context), prepared, context, told)
    if not options.may_write(told):
        return ()
    redacted = None
    if options.redact:
        from docgen.pipeline.packages.redaction import pack_redacted, prepare_redaction

        redacted = prepare_redaction(prepared, documents, context)
        told += redacted.diagnostics
        if not redacted.is_sound:
            return ()
        targets += map(context.place_package, redacted.names)
        shown = collect_files(redacted.prepared, redacted.documents, context)
        shown = add_pdfs(shown, redacted.prepared, context, told)
        if not options.may_write(told):
            return ()
    folder = name_folder(prepared, context)
    loose = options.loose or not options.packing
    outputs = [*([folder] if loose else []), *targets]
    with stage_outputs(files.documents if loose else (), folder, outputs=outputs, force=options.force) as staged:
        context = replace(context, staging=staged.staging, draft=options.is_faulty(told))
        written = pack_record(prepared, files, context) if options.packing else []
        told += report_unsigned(prepared, written)
        told += report_unclaimed(prepared, written)
        if redacted is not None:
            opened, leaks = pack_redacted(redacted, shown, written, replace(context, watch=None))
            written += opened
            told += leaks
        return staged.move(written, durable=options.durable)


def _add_supplement(
    prepared: PreparedRecord, documents: tuple[RenderedDocument, ...], context: BuildContext, told: list[Diagnostic]
) -> Sequence[Output]:
    """Write what the packages that were filed don't hold; ``told`` grows on the way."""
    from docgen.pipeline.packages.supplement import pack_supplement, prepare_supplement

    supplement = prepare_supplement(prepared, documents, context.options)
    told += supplement.diagnostics
    files = FiledFiles(supplement.documents, {}, supplement.prepared.evidence)
    files = add_pdfs(files, supplement.prepared, context, told)
    if not context.options.may_write(told):
        return ()
    assert context.out is not None
    with occupy_output(context.out):
        context = replace(context, watch=None, draft=context.options.is_faulty(told))
        added = pack_supplement(supplement, files, context)
        told += report_unclaimed(prepared, [added])
    return (Output("package", added.path, added.index.title),)


def _refuse_contradictions(options: Options) -> None:
    if options.supplement and options.until:
        raise OutputError(error("A260"))
    if options.supplement and (options.redact or not options.packing):
        raise OutputError(error("A244"))
    if options.redact and not options.packing:
        raise OutputError(error("A235"))
