"""The files that a batch wrote beside its documents, as a report lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.cli.report import WrittenFile

if TYPE_CHECKING:
    from docgen.batch import BatchOutcome
    from docgen.cli.session import Session


def list_batch_files(session: Session, outcome: BatchOutcome) -> tuple[WrittenFile, ...]:
    """The combined files, the copies that go back, the summary."""
    outputs = [
        *(WrittenFile(path, path.stem, label="output.combined") for path in outcome.combined),
        *(WrittenFile(path, path.stem, label="output.returned") for path in outcome.returned),
    ]
    if outcome.summary is not None:
        title = session.words.text("batch.title")
        outputs.append(WrittenFile(outcome.summary.workbook, title, label="output.results"))
        outputs.append(WrittenFile(outcome.summary.data, title, label="output.results.data"))
    return tuple(outputs)
