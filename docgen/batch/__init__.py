"""Process many records or packages at once: only what changed since the last run is made again, by several processes.

``records`` makes a batch of records, ``fill`` documents of any template and table; ``inbox``, ``overview`` and
``cases`` are runs of their own. ``engines`` do the tasks, ``ledger`` keeps what is known of them. Imports ``pipeline``
and the layers below. The package has the name of a function of the API,
``docgen.batch(…)``, and can be called like it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from docgen.batch.ledger import Job, JobResult
from docgen.batch.records import BatchOutcome, Listener, Request, format_counts, run_batch

__all__ = ["BatchOutcome", "Job", "JobResult", "Listener", "Request", "format_counts", "run_batch"]


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return import_module("docgen.api").batch(*arguments, **named)


sys.modules[__name__].__class__ = _CallablePackage
