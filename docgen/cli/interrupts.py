"""Ctrl-C while many things are done: the first asks to finish what is under way, the second ends it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from docgen.cli.session import Session

_STOP_AT_ONCE = 2
"""How often Ctrl-C is pressed by somebody who can't wait."""


class Interrupts:
    """How often Ctrl-C was pressed: the first asks to finish what is under way, the second ends it."""

    def __init__(self) -> None:
        self.number = 0


@contextmanager
def listen_to_interrupts(session: Session) -> Iterator[Interrupts]:
    """Count Ctrl-C instead of stopping at once; the second one is a KeyboardInterrupt, further ones change nothing."""
    interrupts = Interrupts()

    def note(number: int, frame: FrameType | None) -> None:
        del number, frame
        interrupts.number += 1
        if interrupts.number == _STOP_AT_ONCE:
            raise KeyboardInterrupt
        if interrupts.number > _STOP_AT_ONCE:
            return  # everything is being put away already
        session.console.say(session.text("batch.stopping"))

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupts
    finally:
        # a third Ctrl-C while everything is being put away would only tear the way out
        signal.signal(signal.SIGINT, before if interrupts.number < _STOP_AT_ONCE else signal.SIG_IGN)
