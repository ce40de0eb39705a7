"""Many records or packages at once: only what changed since the last run is made again, by several processes.

The door is ``runner``; ``summarize`` and ``watch`` are runs of their own. Imports ``pipeline`` and what stands below.
"""

from docgen.batch.jobs import Job
from docgen.batch.result import JobResult
from docgen.batch.runner import BatchOutcome, Listener, Request, run_batch
from docgen.batch.summary import spell_counts

__all__ = ["BatchOutcome", "Job", "JobResult", "Listener", "Request", "run_batch", "spell_counts"]
