"""Process many records or packages at once: only what changed since the last run is made again, by several processes.

``runner`` makes a batch of records; ``receive``, ``summarize``, ``cases`` and ``watch`` are runs of their own. Imports
``pipeline`` and the layers below. The package has the name of a function of the API, ``docgen.batch(…)``, and can be
called like it.
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


class _CallablePackage(ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Any:
        return import_module("docgen.api").batch(*given, **named)


sys.modules[__name__].__class__ = _CallablePackage
