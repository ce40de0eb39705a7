"""Takes uploads: files go to the disk as they come, into the job's own folder, under names that we give them."""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import parse_qs

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from docgen.archive.zip.names import MAX_COMPONENT, clean_component
from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.settings import MIB, UploadLimits

_LONGEST_BEFORE = 64 * 1024
_LONGEST_ENDING = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came: the field that it came in, what it is called, where it lies now, its bytes.

    The name is the sender's as far as every system takes it; the path is ours: a numbered folder of its own for each.
    """

    field: str
    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    """What came with a form: fields by name, and files in their order."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        """The first value of a field, stripped; empty where it didn't come."""
        return next(iter(self.fields.get(name, ())), "").strip()


async def receive_form(request: Request, folder: Path, limits: UploadLimits) -> Form:
    """Read a form to its end; its files lie below ``folder``, one in a folder of its own (``0001/名称.xlsx``).

    Raises PageError N163 for more than the limits, N164 for what is no form or breaks off, N168 when the disk is full.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.size + _LONGEST_BEFORE:
        raise _refuse_size(limits)
    if kind == b"application/x-www-form-urlencoded":
        return await _receive_fields(request, limits)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise PageError(400, error("N164"))
    reader = _Reader(folder, limits)
    try:
        parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        if not reader.is_complete:
            raise PageError(400, error("N164"))
    except (FormParserError, ClientDisconnect):
        raise PageError(400, error("N164")) from None
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise PageError(507 if fault.errno == errno.ENOSPC else 500, error("N168", reason=reason)) from None
    finally:
        reader.close()
    return reader.form()


async def _receive_fields(request: Request, limits: UploadLimits) -> Form:
    read = bytearray()
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > limits.fields:
                raise _refuse_size(limits)
    except ClientDisconnect:
        raise PageError(400, error("N164")) from None
    return Form(parse_qs(read.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None))


def _clean_name(said: str) -> str:
    """A file's name that every system takes; a long one keeps its ending, by which its kind is known."""
    ending = clean_component(PurePosixPath(said).suffix.removeprefix("."), _LONGEST_ENDING)
    shown = clean_component(said)
    if len(said) <= len(shown) or ending == "_" or shown.endswith(f".{ending}"):
        return shown
    return f"{clean_component(PurePosixPath(said).stem, MAX_COMPONENT - _LONGEST_ENDING - 1)}.{ending}"


def _refuse_size(limits: UploadLimits) -> Exception:
    return PageError(413, error("N163", size=limits.size // MIB, files=limits.files))


class _Reader:
    """Takes what the parser finds: a field into memory, a file into its place."""

    def __init__(self, folder: Path, limits: UploadLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._size = self._held = 0
        self._fields: dict[str, list[str]] = defaultdict(list)
        self._files: list[Upload] = []
        self._open: BinaryIO | None = None
        self._path = folder
        self.is_complete = False
        self._start()

    def callbacks(self) -> Mapping[str, object]:
        return {
            "on_part_begin": self._start,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_part,
            "on_part_data": self._take,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def form(self) -> Form:
        return Form(dict(self._fields), tuple(self._files))

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _start(self) -> None:
        self._header, self._value, self._disposition = b"", b"", b""
        self._name, self._shown, self._text = "", "", bytearray()
        self._part_size, self._is_file = 0, False

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise PageError(400, error("N164"))
        self._name = options[b"name"].decode("utf-8", "replace")
        if b"filename" not in options:
            return
        self._is_file = True
        if len(self._files) >= self._limits.files:
            raise _refuse_size(self._limits)
        said = options[b"filename"].decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
        if not said:
            return  # a field for files that was left empty; what it holds is nothing
        self._shown = _clean_name(said)
        place = self._folder / f"{len(self._files) + 1:04d}"
        place.mkdir(parents=True)
        self._path = place / self._shown
        self._open = self._path.open("xb")

    def _take(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._size > self._limits.size:
            raise _refuse_size(self._limits)
        if self._open is not None:
            self._open.write(memoryview(data)[start:end])
            self._part_size += end - start
            return
        self._held += end - start
        if self._held > self._limits.fields:
            raise _refuse_size(self._limits)
        self._text += data[start:end]

    def _end_part(self) -> None:
        if self._open is not None:
            self.close()
            self._files.append(Upload(self._name, self._shown, self._path, self._part_size))
        elif not self._is_file:
            self._fields[self._name].append(self._text.decode("utf-8", "replace"))

    def _end(self) -> None:
        self.is_complete = True
