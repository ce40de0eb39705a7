"""Python's garbage collector, switched off while many values are made that have no cycles.

Small on purpose: reading a workbook and validating a record need it, and share only this layer.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Without the collector: hundreds of thousands of small values are only counted again and again by it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
