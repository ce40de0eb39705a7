"""Receives uploads: files are written into the job's folder while they arrive, each in a numbered folder."""

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

_MOST_OVERHEAD = 64 * 1024
"""So many bytes of a form may be neither files nor fields: boundaries and headers."""
_LONGEST_SUFFIX = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: the form's field, the name, the path on this computer, the size in bytes.

    The name is the sender's, cleaned so that every system takes it; the path is in a numbered folder of its own.
    """

    field: str
    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    """A received form: fields by name, and files in their order."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        """The first value of a field, stripped; empty where it is absent."""
        return next(iter(self.fields.get(name, ())), "").strip()


async def receive_form(request: Request, folder: Path, limits: UploadLimits) -> Form:
    """Receive a form; its files are written below ``folder``, each in a folder of its own (``0001/名称.xlsx``).

    PageError N163 beyond the limits, N164 for what is no form or breaks off, N168 when a file can't be written.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.size + _MOST_OVERHEAD:
        raise _refuse_size(limits)
    if kind == b"application/x-www-form-urlencoded":
        return await _receive_fields(request, limits)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise PageError(400, error("N164"))
    builder = _FormBuilder(folder, limits)
    try:
        parser = MultipartParser(boundary, builder.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        if not builder.is_complete:
            raise PageError(400, error("N164"))
    except (FormParserError, ClientDisconnect):
        raise PageError(400, error("N164")) from None
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise PageError(507 if fault.errno == errno.ENOSPC else 500, error("N168", reason=reason)) from None
    finally:
        builder.close()
    return builder.form()


async def _receive_fields(request: Request, limits: UploadLimits) -> Form:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limits.fields:
                raise _refuse_size(limits)
    except ClientDisconnect:
        raise PageError(400, error("N164")) from None
    return Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None))


def _clean_name(sent: str) -> str:
    """A file's name that every system takes; a long one keeps its suffix, which decides how the file is read."""
    suffix = clean_component(PurePosixPath(sent).suffix.removeprefix("."), _LONGEST_SUFFIX)
    cleaned = clean_component(sent)
    if len(sent) <= len(cleaned) or suffix == "_" or cleaned.endswith(f".{suffix}"):
        return cleaned
    return f"{clean_component(PurePosixPath(sent).stem, MAX_COMPONENT - _LONGEST_SUFFIX - 1)}.{suffix}"


def _refuse_size(limits: UploadLimits) -> Exception:
    return PageError(413, error("N163", size=limits.size // MIB, files=limits.files))


class _FormBuilder:
    """The callbacks of the multipart parser: a field is kept in memory, a file is written to the disk."""

    def __init__(self, folder: Path, limits: UploadLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._size = self._fields_size = 0
        self._fields: dict[str, list[str]] = defaultdict(list)
        self._files: list[Upload] = []
        self._file: BinaryIO | None = None
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
        if self._file is not None:
            self._file.close()
            self._file = None

    def _start(self) -> None:
        self._header, self._value, self._disposition = b"", b"", b""
        self._name, self._file_name, self._text = "", "", bytearray()
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
        sent = options[b"filename"].decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
        if not sent:
            return  # a field for files in which none was chosen
        self._file_name = _clean_name(sent)
        target = self._folder / f"{len(self._files) + 1:04d}"
        target.mkdir(parents=True)
        self._path = target / self._file_name
        self._file = self._path.open("xb")

    def _take(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._size > self._limits.size:
            raise _refuse_size(self._limits)
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])
            self._part_size += end - start
            return
        self._fields_size += end - start
        if self._fields_size > self._limits.fields:
            raise _refuse_size(self._limits)
        self._text += data[start:end]

    def _end_part(self) -> None:
        if self._file is not None:
            self.close()
            self._files.append(Upload(self._name, self._file_name, self._path, self._part_size))
        elif not self._is_file:
            self._fields[self._name].append(self._text.decode("utf-8", "replace"))

    def _end(self) -> None:
        self.is_complete = True
