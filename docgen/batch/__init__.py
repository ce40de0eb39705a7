"""Many records or packages at once: only what changed since the last run is made again, by several processes.

The door is ``runner``; ``summarize`` and ``watch`` are runs of their own. Imports ``pipeline`` and what stands below.
The folder bears the name of a function of the API, ``docgen.batch(…)``, and can be called like it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from docgen.batch.jobs import Job
from docgen.batch.result import JobResult
from docgen.batch.runner import BatchOutcome, Listener, Request, run_batch
from docgen.batch.summary import format_counts

__all__ = ["BatchOutcome", "Job", "JobResult", "Listener", "Request", "format_counts", "run_batch"]


class _CallableFolder(ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Any:
        return import_module("docgen.api").batch(*given, **named)


sys.modules[__name__].__class__ = _CallableFolder
