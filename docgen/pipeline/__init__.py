"""The stages in order, and what else a front end asks for. Nothing here prints.

``build`` is the page that lists the ``stages``; ``packages`` are made beside the main one, ``handwritten`` is the way
of packages of what people wrote, ``comparison`` finds differences, ``services`` is the rest, a module for a subject.
This is the door to a record; the other rooms are their own. May import everything but ``batch`` and ``cli``. What makes
something is imported when it is asked for: a batch in which nothing changed needs the options alone.
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

_ROOMS = {"build_record": "build", "check_record": "build", "Change": "comparison", "compare_files": "comparison"}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What a room behind the door holds."""
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        room = f"{__name__}.{_ROOMS[name]}"
        if room not in sys.modules:
            with keep_loaded():
                import_module(room)
        return getattr(sys.modules[room], name)
