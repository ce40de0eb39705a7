"""Many records at once: what changed is made anew, by every core; what is as it was is left alone. Nothing prints."""

from docgen.batch.jobs import Job
from docgen.batch.result import JobResult
from docgen.batch.runner import BatchOutcome, Listener, Request, run_batch
from docgen.batch.summary import spell_counts

__all__ = ["BatchOutcome", "Job", "JobResult", "Listener", "Request", "run_batch", "spell_counts"]
