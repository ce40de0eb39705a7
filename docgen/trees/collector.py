"""Keeps Python's garbage collector from visiting long-lived objects; shared by several layers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Switch the collector off, which would visit hundreds of thousands of values repeatedly."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def keep_loaded() -> Iterator[None]:
    """For objects that stay until the process ends: the collector never visits them."""
    with pause_collector():
        yield
        gc.freeze()
