"""Python's garbage collector, kept from visiting what stays anyway; small on purpose: several layers share it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Switch the collector off: it would only visit hundreds of thousands of values again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def keep_loaded() -> Iterator[None]:
    """For what is loaded once and stays until the process ends: the collector doesn't visit it now, nor ever after."""
    with pause_collector():
        yield
        gc.freeze()
