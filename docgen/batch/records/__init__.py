"""A batch of records: skip those that are up to date, have an engine make the others, publish their outputs.

Imports of ``batch`` the ledger, the engines and the styles of workbooks.
"""

from docgen.batch.records.runner import BatchOutcome, Listener, Request, run_batch
from docgen.batch.records.summary import format_counts

__all__ = [
    "BatchOutcome",
    "Listener",
    "Request",
    "format_counts",
    "run_batch",
]
