"""The whole way of the data: load → validate → derive → plan → check → render → file → pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from docgen.archive.plan.filing import RenderedDocument
from docgen.archive.writing.package import WatchPacking, WrittenPackage
from docgen.archive.zip.names import clean_component
from docgen.diagnostics import Diagnostic, Severity, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.packages.redaction import pack_redacted, prepare_redaction
from docgen.pipeline.packages.signed_content import trace_scans
from docgen.pipeline.packages.supplement import pack_supplement, prepare_supplement
from docgen.pipeline.stages.documents import Progress, render_documents
from docgen.pipeline.stages.dossier import make_notes, name_package, pack_record
from docgen.pipeline.stages.filed_files import FiledFiles
from docgen.pipeline.stages.footprint import note_footprint
from docgen.pipeline.stages.outcome import Options, Outcome, Output
from docgen.pipeline.stages.pdf import add_pdfs, require_office
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record, summarize_record
from docgen.pipeline.stages.release import occupy_output, stage_outputs
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
    office = require_office() if options.pdf else None
    prepared = prepare_record(path, options, source, printing=True)
    if not isinstance(prepared, PreparedRecord):
        return Outcome(prepared)
    store = store.share() if store is not None else TemplateStore(options.resources)
    documents, found = render_documents(prepared, store, options, progress)
    run = _Run(prepared, documents, store, out, options, office=office, progress=progress, watch=watch)
    return run.finish(found)


@dataclass
class _Run:
    """The second half of a build: from rendered documents to what is written, and what is told on the way."""

    prepared: PreparedRecord
    documents: tuple[RenderedDocument, ...]
    store: TemplateStore
    out: Path
    options: Options
    _: KW_ONLY
    office: str | None
    progress: Progress | None
    watch: WatchPacking | None
    told: list[Diagnostic] = field(default_factory=list)

    def finish(self, found: Sequence[Diagnostic]) -> Outcome:
        """Everything after rendering; ``found`` is what rendering told."""
        options = self.options
        packing = options.package and not options.blank and not options.only
        packages = self.prepared.packages if packing else ()
        targets = [self.out / f"{name_package(self.prepared, package)}.zip" for package in packages]
        self.prepared, changed = trace_scans(self.prepared, self.documents, targets)
        self.told = [*self.prepared.diagnostics, *found, *changed]
        if not self._may_write():
            return self._end()
        return self._supplement() if options.supplement else self._write(targets, packing=packing)

    def _supplement(self) -> Outcome:
        supplement = prepare_supplement(self.prepared, self.documents, self.options)
        self.told += supplement.diagnostics
        files = FiledFiles(supplement.documents, {}, supplement.prepared.evidence)
        files = self._convert(files, supplement.prepared)
        if not self._may_write():
            return self._end()
        with occupy_output(self.out):
            draft = self._is_faulty()
            added = pack_supplement(supplement, files, self.store, self.out, options=self.options, draft=draft)
        return self._end(Output("package", added.path, added.index.title))

    def _write(self, targets: list[Path], *, packing: bool) -> Outcome:
        prepared, store, options, out = self.prepared, self.store, self.options, self.out
        files = FiledFiles(self.documents, {}, ())
        if packing:
            files = FiledFiles(self.documents, make_notes(prepared, store), prepared.evidence)
        files = self._convert(files, prepared)
        if not self._may_write():
            return self._end()
        redacted = prepare_redaction(prepared, self.documents, store, options) if options.redact else None
        shown = files
        if redacted is not None:
            self.told += redacted.diagnostics
            if not redacted.is_sound:
                return self._end()
            targets = [*targets, *(out / f"{name}.zip" for name in redacted.names)]
            shown = FiledFiles(redacted.documents, make_notes(redacted.prepared, store), redacted.prepared.evidence)
            shown = self._convert(shown, redacted.prepared)
            if not self._may_write():
                return self._end()
        draft = self._is_faulty()
        folder = out / clean_component(name_package(prepared) + catalogue(DOCUMENT_LANGUAGE).text("output.documents"))
        loose = options.loose or not packing
        outputs = [*([folder] if loose else []), *targets]
        with stage_outputs(files.documents if loose else (), folder, outputs=outputs, force=options.force) as staged:
            written: list[WrittenPackage] = []
            if packing:
                written = pack_record(
                    prepared, files, store, out, options=options, draft=draft, staging=staged.staging, watch=self.watch
                )
            if redacted is not None:
                opened, leaks = pack_redacted(
                    redacted, shown, written, store, out, options=options, draft=draft, staging=staged.staging
                )
                written = [*written, *opened]
                self.told += leaks
            moved = staged.move(written, durable=options.durable)
        return self._end(*moved)

    def _convert(self, files: FiledFiles, prepared: PreparedRecord) -> FiledFiles:
        """The files with their PDFs, if those are wanted."""
        if self.office is None:
            return files
        if self.progress is not None:
            self.progress("PDF", len(files.documents), len(files.documents))
        files, found = add_pdfs(files, prepared, self.office)
        self.told += [item for item in found if item not in self.told]
        return files

    def _is_faulty(self) -> bool:
        grave = (Severity.ERROR, Severity.WARNING) if self.options.strict else (Severity.ERROR,)
        return any(item.severity in grave for item in self.told)

    def _may_write(self) -> bool:
        return self.options.draft or not self._is_faulty()

    def _end(self, *outputs: Output) -> Outcome:
        used = note_footprint(self.prepared, self.store)
        return Outcome(tuple(self.told), outputs, summarize_record(self.prepared), used)


def _refuse_contradictions(options: Options) -> None:
    packing = options.package and not options.blank and not options.only
    if options.supplement and (options.redact or not packing):
        raise OutputError(error("A244"))
    if options.redact and not packing:
        raise OutputError(error("A235"))
