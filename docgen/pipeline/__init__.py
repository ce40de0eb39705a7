"""Build and check records, and the other services that front ends ask for. Nothing here prints.

``build`` runs the ``stages`` in order; ``packages`` are made beside the main one, ``handwritten`` packs documents that
people wrote themselves, ``comparison`` finds differences, ``services`` is the rest, a module for each subject. This
module exports what building and checking need; other folders export their own. Front ends (``batch``, ``api``, ``web``,
``cli``) are not imported here. Modules that make something are imported when they are used: a batch in which nothing
changed needs the options alone.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from docgen.pipeline.stages.outcome import Options, Outcome, Output, Proving, RecordSummary
from docgen.trees.collector import keep_loaded

if TYPE_CHECKING:
    from docgen.pipeline.build import build_record, check_record
    from docgen.pipeline.comparison import Change, compare_files

__all__ = [
    "Change",
    "Options",
    "Outcome",
    "Output",
    "Proving",
    "RecordSummary",
    "build_record",
    "check_record",
    "compare_files",
]

_MODULES = {"build_record": "build", "check_record": "build", "Change": "comparison", "compare_files": "comparison"}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what is exported lazily."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = f"{__name__}.{_MODULES[name]}"
        if module not in sys.modules:
            with keep_loaded():
                import_module(module)
        return getattr(sys.modules[module], name)
