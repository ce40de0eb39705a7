"""List the files that a batch wrote beside its documents, for commands and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.messages.answer import WrittenFile

if TYPE_CHECKING:
    from docgen.batch.records.runner import BatchOutcome
    from docgen.messages import Catalogue


def list_batch_files(outcome: BatchOutcome, words: Catalogue) -> tuple[WrittenFile, ...]:
    """The combined files, the returned copies, the summary."""
    outputs = [
        *(WrittenFile(path, path.stem, label="output.combined") for path in outcome.combined),
        *(WrittenFile(path, path.stem, label="output.returned") for path in outcome.returned),
    ]
    if outcome.summary is not None:
        title = words.text("batch.title")
        outputs.append(WrittenFile(outcome.summary.workbook, title, label="output.results"))
        outputs.append(WrittenFile(outcome.summary.data, title, label="output.results.data"))
    return tuple(outputs)
