"""Shows a progress bar while a package is written: bytes, files and the remaining time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from docgen.cli.layout import clean_line, cut_text, measure_text
from docgen.cli.session import Session
from docgen.messages.description import format_size

if TYPE_CHECKING:
    from docgen.archive.writing.package import PackingProgress

_WIDTH = 20
_GAP = "  "
_PAUSE = 0.1
_ESTIMATED_AFTER = 1.0
"""Seconds; before that an estimate of the remaining time jumps."""
_MIN_NAME = 8


class PackingBar:
    """A progress bar of the package being written, on a terminal only.

    It is drawn at most ten times a second, in characters that are one column wide on every terminal.
    """

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._package = ""
        self._begun = self._drawn = 0.0

    def __call__(self, state: PackingProgress) -> None:
        """Draw the bar for this state."""
        console = self._session.console
        if not console.shows_progress:
            return
        now = self._clock()
        if state.package != self._package:
            self._package, self._begun, self._drawn = state.package, now, float("-inf")
        if now - self._drawn >= _PAUSE or state.files == state.all_files:
            self._drawn = now
            console.show_line(self._format(state, now - self._begun, console.columns))

    def _format(self, state: PackingProgress, elapsed: float, columns: int) -> str:
        share = state.bytes / state.all_bytes if state.all_bytes else 1.0
        full = int(share * _WIDTH)
        bar = self._session.console.paint("#" * full, fg="green") + "." * (_WIDTH - full)
        parts = [self._session.text("packing.label"), f"{share:4.0%}"]
        room = columns - measure_text(_GAP.join(parts)) - len(_GAP)
        if room >= _WIDTH + 2:
            parts.insert(1, f"[{bar}]")
            room -= _WIDTH + 2 + len(_GAP)
        extras = [
            f"{format_size(state.bytes)}/{format_size(state.all_bytes)}",
            self._session.text("packing.files", files=state.files, all=state.all_files),
        ]
        if elapsed >= _ESTIMATED_AFTER and share:
            minutes, seconds = divmod(round(elapsed / share - elapsed), 60)
            extras.append(self._session.text("packing.left", left=f"{minutes}:{seconds:02}"))
        for extra in extras:
            if measure_text(extra) <= room:
                parts.append(extra)
                room -= measure_text(extra) + len(_GAP)
        if room >= _MIN_NAME:
            parts.append(cut_text(clean_line(state.package), room))
        return _GAP.join(parts)
