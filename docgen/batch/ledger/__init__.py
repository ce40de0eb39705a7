"""The ledger of a batch: jobs, their results and outputs, and whether a job is up to date.

Imports no other folder of ``batch``.
"""

from docgen.batch.ledger.jobs import Job
from docgen.batch.ledger.result import JobResult
from docgen.batch.ledger.rows import LedgerEntry, LedgerOutput
from docgen.batch.ledger.store import Ledger, open_ledger
from docgen.batch.ledger.up_to_date import UpToDateCheck

__all__ = [
    "Job",
    "JobResult",
    "Ledger",
    "LedgerEntry",
    "LedgerOutput",
    "UpToDateCheck",
    "open_ledger",
]
