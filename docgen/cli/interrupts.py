"""Counts Ctrl-C during a long run: the first asks to finish what is under way, the second ends it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from docgen.cli.session import Session

_STOP_AT_ONCE = 2
"""The number of presses that ends the run at once."""


class Interrupts:
    """How often Ctrl-C was pressed."""

    def __init__(self) -> None:
        self.number = 0


@contextmanager
def listen_to_interrupts(session: Session) -> Iterator[Interrupts]:
    """Count Ctrl-C instead of stopping at once; the second one is a KeyboardInterrupt, further ones change nothing."""
    interrupts = Interrupts()

    def count_interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        interrupts.number += 1
        if interrupts.number == _STOP_AT_ONCE:
            raise KeyboardInterrupt
        if interrupts.number > _STOP_AT_ONCE:
            return  # the run is being ended already
        session.console.write_message(session.text("batch.stopping"))

    before = signal.signal(signal.SIGINT, count_interrupt)
    try:
        yield interrupts
    finally:
        # a third Ctrl-C would only break the cleaning up
        signal.signal(signal.SIGINT, before if interrupts.number < _STOP_AT_ONCE else signal.SIG_IGN)
