"""PDFs of filled documents, each beside its document where that waits to be moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from docgen.batch.ledger.fingerprint import list_settings, mark_output
from docgen.batch.ledger.result import JobResult, ProducedOutput
from docgen.diagnostics import Location, error
from docgen.errors import EXIT_FAULTS
from docgen.render.office.process import Ending
from docgen.render.pdf import Converter, OfficeFile

open_converter = cache(Converter)
"""What converts in this process, opened once."""


def add_pdfs(results: Sequence[JobResult], converter: Converter, data_file: str) -> Iterator[JobResult]:
    """The same results with a PDF of each document; A211 for one that LibreOffice can't convert."""
    staged = [Path(result.outputs[0].staged) for result in results if result.outputs]
    day = dt.datetime.fromtimestamp(int(list_settings() or 315532800), dt.UTC).date()
    converted = iter(converter.convert([OfficeFile(path.suffix, path) for path in staged], day))
    for result in results:
        yield _add(result, next(converted), data_file) if result.outputs else result


def _add(result: JobResult, data: bytes | Ending, data_file: str) -> JobResult:
    document, title = result.outputs[0], result.about.name
    if isinstance(data, Ending):
        fault = error("A211", Location(file=data_file), title=title, reason=data.describe())
        return replace(result, state="failed", exit_code=EXIT_FAULTS, outputs=(), diagnostics=(fault,))
    name, path = Path(document.path).with_suffix(".pdf").name, Path(document.staged).with_suffix(".pdf")
    path.write_bytes(data)
    pdf = ProducedOutput("pdf", name, title, replace(mark_output(path), path=name), str(path))
    return replace(result, outputs=(*result.outputs, pdf))
