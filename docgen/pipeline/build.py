"""The whole way of the data: load → validate → derive → plan → check → render → file → pack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.archive.names import clean_component
from docgen.archive.progress import WatchPacking
from docgen.archive.staging import sweep_stagings
from docgen.archive.write import WrittenPackage
from docgen.diagnostics import Location, Severity, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.documents import Progress, render_documents
from docgen.pipeline.dossier import name_package, pack_record
from docgen.pipeline.footprint import note_footprint
from docgen.pipeline.outcome import Options, Outcome, Output
from docgen.pipeline.prepare import PreparedRecord, prepare_record, summarize_record
from docgen.pipeline.redaction import pack_redacted, prepare_redaction
from docgen.pipeline.release import stage_outputs
from docgen.pipeline.signed_content import trace_scans
from docgen.pipeline.supplement import pack_supplement, prepare_supplement
from docgen.render.store import TemplateStore
from docgen.sources.record_file import RawSource


def check_record(path: Path, options: Options) -> Outcome:
    """Load, validate, derive, plan, check; writes nothing."""
    prepared = prepare_record(path, options)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    return Outcome(prepared.diagnostics, (), summarize_record(prepared))


def build_record(
    path: Path,
    out: Path,
    options: Options,
    progress: Progress | None = None,
    *,
    watch: WatchPacking | None = None,
    source: RawSource | None = None,
    store: TemplateStore | None = None,
) -> Outcome:
    """The documents of a record below ``out``, and its package; with an error nothing is written unless ``draft``.

    ``progress`` is told of each document before it is made, ``watch`` of the bytes that are packed. ``source`` is the
    record if it was read already, ``store`` what a process keeps of templates for many records.
    Raises DocgenError when it can't go on: an unreadable record, a profile or template that isn't sound, an output
    that can't be written.
    """
    _refuse_contradictions(options)
    prepared = prepare_record(path, options, source, printing=True)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    store = store.share() if store is not None else TemplateStore(options.resources)
    documents, found = render_documents(prepared, store, options, progress)
    packing = options.package and not options.blank and not options.only
    targets = [out / f"{name_package(prepared, package)}.zip" for package in prepared.packages] if packing else []
    prepared, changed = trace_scans(prepared, documents, targets)
    diagnostics = (*prepared.diagnostics, *found, *changed)
    summary = summarize_record(prepared)
    grave = (Severity.ERROR, Severity.WARNING) if options.strict else (Severity.ERROR,)
    faulty = any(item.severity in grave for item in diagnostics)
    if faulty and not options.draft:
        return Outcome(diagnostics, (), summary, note_footprint(prepared, store))
    if options.supplement:
        supplement = prepare_supplement(prepared, documents, options)
        diagnostics += supplement.diagnostics
        out.mkdir(parents=True, exist_ok=True)
        added = pack_supplement(supplement, store, out, options=options, draft=faulty)
        output = Output("package", added.path, added.index.title)
        return Outcome(diagnostics, (output,), summary, note_footprint(prepared, store))
    redacted = prepare_redaction(prepared, documents, store, options) if options.redact else None
    if redacted is not None:
        diagnostics += redacted.diagnostics
        if not redacted.is_sound:
            return Outcome(diagnostics, (), summary, note_footprint(prepared, store))
        targets += [out / f"{name}.zip" for name in redacted.names]
    folder = out / clean_component(name_package(prepared) + catalogue(DOCUMENT_LANGUAGE).text("output.documents"))
    sweep_stagings(out)
    loose = options.loose or not packing
    refuse_existing([*([folder] if loose else []), *targets], options.force)
    with stage_outputs(documents if loose else (), folder) as staged:
        packages: list[WrittenPackage] = []
        if packing:
            packages = pack_record(
                prepared, documents, store, out, options=options, draft=faulty, staging=staged.staging, watch=watch
            )
        if redacted is not None:
            shown, leaks = pack_redacted(
                redacted, packages, store, out, options=options, draft=faulty, staging=staged.staging
            )
            packages, diagnostics = [*packages, *shown], (*diagnostics, *leaks)
        outputs = staged.move(packages, durable=options.durable)
    return Outcome(diagnostics, tuple(outputs), summary, note_footprint(prepared, store))


def _refuse_contradictions(options: Options) -> None:
    packing = options.package and not options.blank and not options.only
    if options.supplement and (options.redact or not packing):
        raise OutputError(error("A244"))
    if options.redact and not packing:
        raise OutputError(error("A235"))


def refuse_existing(paths: Sequence[Path], force: bool) -> None:
    """OutputError X152 for each output that stands there already, unless it may be overwritten."""
    if force:
        return
    standing = [error("X152", Location(file=str(path)), path=str(path)) for path in paths if path.exists()]
    if standing:
        raise OutputError(*standing)
