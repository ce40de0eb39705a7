"""Writes to the two streams: data to stdout, everything else to stderr; replaces what their encoding can't show."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from typing import TextIO

import click

from docgen.cli.layout import cut_text, measure_text

_PLAIN = {
    "—": "-", "–": "-", "…": "...", "·": ".", "“": '"', "”": '"', "‘": "'", "’": "'", "→": "->", "›": ">",
    "█": "#", "░": "-", "│": "|", "，": ",", "。": ".", "：": ":", "；": ";", "（": "(", "）": ")", "、": ",",
    "\u2003": " ", "\u3000": "  ", "\xa0": " ",
}  # fmt: skip
_HANDLER = "docgen-plain"
_SAMPLE = "中文"


def _replace_plainly(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    encoding = fault.encoding
    plain = (_PLAIN.get(char, "?") for char in fault.object[fault.start : fault.end])
    return "".join(char if _can_encode(char, encoding) else "?" for char in plain), fault.end


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


codecs.register_error(_HANDLER, _replace_plainly)


def find_encoding(stream: TextIO) -> str:
    """The encoding of a stream; UTF-8 for a stream that names none."""
    return getattr(stream, "encoding", None) or "utf-8"


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can show every character."""
    return codecs.lookup(find_encoding(stream)).name.startswith("utf")


def shows_chinese(stream: TextIO) -> bool:
    """Whether a stream can show Chinese at all (GBK can, cp1252 can't)."""
    return _can_encode(_SAMPLE, find_encoding(stream))


def prepare_streams() -> None:
    """Have both streams replace a character that they can't show with a plain one."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_HANDLER)


class Console:
    """The two streams. A closed pipe ends the writing, not the run."""

    def __init__(self) -> None:
        self.color: bool | None = None
        self._shown_columns = 0

    def write_data(self, text: str) -> None:
        """Write a line of data to stdout."""
        self._write(sys.stdout, text)

    def write_message(self, text: str = "") -> None:
        """Write a line for people to stderr."""
        self.clear_progress()
        self._write(sys.stderr, text)

    def paint(self, text: str, **style: object) -> str:
        """The text in a colour, if stderr is a terminal and colours are wanted."""
        if self.color is False or not sys.stderr.isatty():
            return text
        return click.style(text, **style)  # type: ignore[arg-type]

    @property
    def shows_progress(self) -> bool:
        """Whether stderr is a terminal, which can show a line that is overwritten."""
        return sys.stderr.isatty()

    @property
    def columns(self) -> int:
        """The columns for such a line; the last one stays free, since some terminals wrap there."""
        import shutil

        return shutil.get_terminal_size().columns - 1

    def show_progress(self, label: str, done: int, total: int) -> None:
        """Show how far a run is, on a terminal only."""
        if self.shows_progress:
            self.show_line(cut_text(f"{done}/{total} {label}", self.columns))

    def announce(self, text: str) -> None:
        """Show what is being done before there is progress: an overwritten line on a terminal, else one that stays."""
        if self.shows_progress:
            self.show_line(cut_text(text, self.columns))
        else:
            self.write_message(text)

    def show_line(self, text: str) -> None:
        """Show a line that the next one overwrites, written in one go against flicker; it must fit the columns."""
        width = measure_text(click.unstyle(text))
        self._write(sys.stderr, "\r" + text + " " * (self._shown_columns - width), end="")
        self._shown_columns = width

    def clear_progress(self) -> None:
        """Take the line of progress away."""
        if self._shown_columns:
            self._write(sys.stderr, "\r" + " " * self._shown_columns + "\r", end="")
            self._shown_columns = 0

    def close(self) -> None:
        """Flush both streams."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError as fault:
                _leave_pipe(stream, fault)

    def _write(self, stream: TextIO, text: str, end: str = "\n") -> None:
        try:
            click.echo(text + end, file=stream, nl=False, color=self.color)
        except OSError as fault:
            _leave_pipe(stream, fault)


def is_closed_pipe(fault: OSError) -> bool:
    """Whether a stream's pipe was closed by its reader; Windows reports that as EINVAL."""
    return isinstance(fault, BrokenPipeError) or (os.name == "nt" and fault.errno == errno.EINVAL)


def _leave_pipe(stream: TextIO, fault: OSError) -> None:
    """Redirect the rest of the stream to the null device; raise any fault but a closed pipe."""
    if not is_closed_pipe(fault):
        raise fault
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
