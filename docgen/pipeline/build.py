"""Build a record, stage by stage: open → prepare → render → check → release, or pack a supplement."""

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
from docgen.pipeline.stages.documents import downgrade_gaps, render_documents
from docgen.pipeline.stages.dossier import (
    collect_files,
    list_targets,
    name_folder,
    pack_record,
    report_unclaimed,
    report_unsigned,
)
from docgen.pipeline.stages.footprint import collect_footprint
from docgen.pipeline.stages.outcome import Options, Outcome, Output
from docgen.pipeline.stages.pdf import add_pdfs, open_converter
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record, summarize_record
from docgen.pipeline.stages.release import occupy_output, stage_outputs
from docgen.render.store import TemplateStore
from docgen.sources.record_file import RawSource

if TYPE_CHECKING:
    from docgen.archive.writing.package import WatchPacking


def check_record(path: Path, options: Options) -> Outcome:
    """Check a record: load, validate, derive, plan, check. Writes nothing."""
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
    """Write the documents of a record below ``out``, and its package; with an error nothing, unless ``draft``.

    ``record`` is a file, or what was read of one. ``progress`` is called before each document is made, ``watch`` with
    the bytes that are packed. ``store`` holds the compiled templates that a process shares among many records.
    Raises DocgenError when the run can't go on: an unreadable record, a profile or template that isn't sound, an output
    that can't be written.
    """
    _refuse_contradictions(options)
    converter = open_converter(options)
    prepared = prepare_record(record, options, printing=True)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    store = store.share() if store is not None else TemplateStore(options.resources)
    context = BuildContext(options, store, out, converter, progress, watch)
    documents, rendering_faults = render_documents(prepared, context)
    prepared, scan_notes = trace_scans(prepared, documents, list_targets(prepared, context))
    diagnostics = [*prepared.diagnostics, *rendering_faults, *scan_notes]
    if options.blanks_by_hand:
        diagnostics = downgrade_gaps(diagnostics)
    outputs: Sequence[Output] = ()
    if options.may_write(diagnostics):
        release = _add_supplement if options.supplement else _release
        outputs = release(prepared, documents, context, diagnostics)
    return Outcome(tuple(diagnostics), tuple(outputs), summarize_record(prepared), collect_footprint(prepared, store))


def _release(
    prepared: PreparedRecord,
    documents: tuple[RenderedDocument, ...],
    context: BuildContext,
    diagnostics: list[Diagnostic],
) -> Sequence[Output]:
    """Write documents and packages, and move them into place when all are complete; adds to ``diagnostics``."""
    options, targets = context.options, list_targets(prepared, context)
    files = add_pdfs(collect_files(prepared, documents, context), prepared, context, diagnostics)
    if not options.may_write(diagnostics):
        return ()
    redacted = None
    if options.redact:
        from docgen.pipeline.packages.redaction import pack_redacted, prepare_redaction

        redacted = prepare_redaction(prepared, documents, context)
        diagnostics += redacted.diagnostics
        if not redacted.is_sound:
            return ()
        targets += map(context.place_package, redacted.names)
        shown = collect_files(redacted.prepared, redacted.documents, context)
        shown = add_pdfs(shown, redacted.prepared, context, diagnostics)
        if not options.may_write(diagnostics):
            return ()
    folder = name_folder(prepared, context)
    loose = options.loose or not options.packing
    outputs = [*([folder] if loose else []), *targets]
    with stage_outputs(files.documents if loose else (), folder, outputs=outputs, force=options.force) as staged:
        context = replace(context, staging=staged.staging, draft=options.is_faulty(diagnostics))
        written = pack_record(prepared, files, context) if options.packing else []
        diagnostics += report_unsigned(prepared, written)
        diagnostics += report_unclaimed(prepared, written)
        if redacted is not None:
            opened, leaks = pack_redacted(redacted, shown, written, replace(context, watch=None))
            written += opened
            diagnostics += leaks
        return staged.move(written, durable=options.durable)


def _add_supplement(
    prepared: PreparedRecord,
    documents: tuple[RenderedDocument, ...],
    context: BuildContext,
    diagnostics: list[Diagnostic],
) -> Sequence[Output]:
    """Write a supplement: what the packages filed before don't hold; adds to ``diagnostics``."""
    from docgen.pipeline.packages.supplement import pack_supplement, prepare_supplement

    supplement = prepare_supplement(prepared, documents, context.options)
    diagnostics += supplement.diagnostics
    files = FiledFiles(supplement.documents, {}, supplement.prepared.evidence)
    files = add_pdfs(files, supplement.prepared, context, diagnostics)
    if not context.options.may_write(diagnostics):
        return ()
    assert context.out is not None
    with occupy_output(context.out):
        context = replace(context, watch=None, draft=context.options.is_faulty(diagnostics))
        added = pack_supplement(supplement, files, context)
        diagnostics += report_unclaimed(prepared, [added])
    return (Output("package", added.path, added.index.title),)


def _refuse_contradictions(options: Options) -> None:
    if options.supplement and options.until:
        raise OutputError(error("A260"))
    if options.supplement and (options.redact or not options.packing):
        raise OutputError(error("A244"))
    if options.redact and not options.packing:
        raise OutputError(error("A235"))
