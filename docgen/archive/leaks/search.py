"""Searches a finished package for confidential values: member names, texts, and the content of documents."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from docgen.archive.bag.openable import MAX_OPENED
from docgen.archive.leaks.pdf import InnerFile, is_drawn, read_texts
from docgen.archive.leaks.pictures import read_picture_texts
from docgen.archive.plan.model import MACHINE_INDEX, VOLUME
from docgen.ooxml.package import open_zip
from docgen.ooxml.xml import PackageError
from docgen.record.masking import SEPARATOR, Masker
from docgen.record.secret import Secret

OFFICE = frozenset({".docx", ".xlsx", ".pptx", ".docm", ".xlsm"})
TEXTS = frozenset({".txt", ".csv", ".md", ".json", ".yaml", ".yml", ".html", ".xml", ".rels", ".vml"})
PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".gif"})
_MARKUP = frozenset({".html", ".xml", ".rels", ".vml"})
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_TAG = re.compile(r"<(/?)([\w:.-]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>|<[!?][^>]*>")
_ATTRIBUTE = re.compile("\\s[\\w:.-]+\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')")
# Elements that separate texts in an Office file, where runs may split a value into pieces. In other markup every tag
# separates texts, except those that format words.
_BLOCKS = frozenset({"p", "tc", "tr", "c", "v", "f", "si", "is", "row", "pt", "comment", "text"})
_WORDS = frozenset({"a", "span", "em", "strong", "b", "i", "u", "br", "small"})
# Only for HTML: other markup may use the name, too. The match ends at the next tag, so that it can't take the page.
_STYLE = re.compile(r"<style\b[^>]*(?<!/)>([^<]*)</style\s*>", re.I)
_PAGE = ".html"
_PROPERTIES = "docProps/"
_MAX_PART = 128 << 20
_MAX_RAW = 4 << 20
_RAW_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Leak:
    """A confidential value found in a member of the package."""

    member: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text of a file. ``is_markup`` marks attribute values, in which figures are measures of the layout."""

    text: str
    is_markup: bool = False


def can_search(path: Path) -> bool:
    """Whether docgen can read a file's text: not that of pictures, scans, unknown formats or huge files."""
    suffix = path.suffix.lower()
    if path.stat().st_size > MAX_OPENED:
        return False
    if suffix in OFFICE:
        return not _holds_other_formats(path)
    return suffix in TEXTS or (suffix == ".pdf" and not is_drawn(path))


def _holds_other_formats(path: Path) -> bool:
    """Whether an Office file doesn't open, or embeds a file of a format that can't be read."""
    try:
        with open_zip(path) as archive:
            parts = [PurePosixPath(name) for name in archive.namelist()]
    except PackageError:
        return True
    readable = OFFICE | TEXTS | PICTURES | {".pdf"}
    return any(part.suffix.lower() not in readable for part in parts if part.parent.name == "embeddings")


def find_leaks(package: Path, masker: Masker) -> Iterator[Leak]:
    """Every confidential value in every member of a package, each once for each member."""
    with open_zip(package) as archive:
        for entry in archive.infolist():
            name = entry.filename.partition("/")[2]
            texts: list[FoundText] = [FoundText(name)]
            if entry.file_size <= MAX_OPENED or name == VOLUME:
                texts += extract_texts(name, archive.read(entry))
            yield from (Leak(name, secret) for secret in find_secrets(texts, masker))


def find_secrets(texts: Iterable[FoundText], masker: Masker) -> list[Secret]:
    """The confidential values in texts, each once."""
    secrets: dict[Secret, None] = {}
    for text in texts:
        for secret in masker.find(_DIGEST.sub(SEPARATOR, text.text)):
            if not (text.is_markup and secret.is_layout_like):
                secrets[secret] = None
    return list(secrets)


def extract_texts(name: str, data: bytes) -> list[FoundText]:
    """The texts of a file, read by its suffix; none if docgen can't read the format."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in OFFICE:
        return [*_read_office(data)]
    if suffix == ".pdf":
        return [*_read_pdf(data)]
    if suffix in PICTURES:
        return [FoundText(text) for text in read_picture_texts(data)]
    if name == MACHINE_INDEX:
        return [FoundText(SEPARATOR.join(_list_strings(json.loads(data))))]
    if suffix in _MARKUP:
        return [*_read_markup(_decode(data), is_page=suffix == _PAGE)]
    return [FoundText(_decode(data))] if suffix in TEXTS else [*_read_raw(data)]


def _read_office(data: bytes) -> Iterator[FoundText]:
    """The texts of every part: paragraphs or cells, attributes, part names, and embedded documents."""
    try:
        with open_zip(data) as archive:
            yield FoundText(_decode(archive.comment))
            for entry in archive.infolist():
                yield FoundText(f"{entry.filename}{SEPARATOR}{_decode(entry.comment)}", is_markup=True)
                if entry.file_size <= _MAX_PART:
                    yield from _read_part(entry.filename, archive.read(entry))
    except PackageError:
        # The inspection of evidence reports a file that doesn't open; nobody can read a text in its bytes.
        return


def _read_part(name: str, data: bytes) -> Iterator[FoundText]:
    """The texts of a part, whose suffix says nothing binding: markup and packages are known by their first bytes."""
    suffix = PurePosixPath(name).suffix.lower()
    if data.startswith(b"PK\3\4"):
        yield from _read_office(data)
    elif suffix in _MARKUP or (suffix not in TEXTS | PICTURES and data.lstrip()[:1] == b"<"):
        yield from _read_markup(_decode(data), in_blocks=_PROPERTIES not in name)
    else:
        yield from extract_texts(name, data)


def _read_raw(data: bytes) -> Iterator[FoundText]:
    """The bytes of a format that isn't read, as texts of each usual encoding; figures in them mean nothing."""
    if len(data) > _MAX_RAW:
        return
    for encoding in _RAW_ENCODINGS:
        yield FoundText(data.decode(encoding, "replace"), is_markup=True)
        if encoding.startswith("utf-16"):
            yield FoundText(data[1:].decode(encoding, "replace"), is_markup=True)


def _read_markup(text: str, in_blocks: bool = False, is_page: bool = False) -> Iterator[FoundText]:
    attributes: list[str] = []
    text = _CDATA.sub(lambda match: html.escape(match[1], quote=False), text)
    if is_page:
        attributes += _STYLE.findall(text)
        text = _STYLE.sub(SEPARATOR, text)

    def part(match: re.Match[str]) -> str:
        if match[2] is None:
            return ""
        if match[3]:
            attributes.extend(one or two for one, two in _ATTRIBUTE.findall(match[3]))
        name = match[2].rpartition(":")[2]
        return SEPARATOR if (name in _BLOCKS if in_blocks else name not in _WORDS) else ""

    yield FoundText(html.unescape(_TAG.sub(part, text)))
    yield FoundText(unquote(html.unescape(SEPARATOR.join(attributes))), is_markup=True)


def _read_pdf(data: bytes) -> Iterator[FoundText]:
    for item in read_texts(data):
        if isinstance(item, InnerFile):
            yield FoundText(item.name)
            yield from extract_texts(item.name, item.data)
        else:
            yield FoundText(item)


def _list_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _list_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _list_strings(item)


def _decode(data: bytes) -> str:
    if 0 in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # only UTF-16 has bytes of zero; in ASCII characters they are the first or the second ones
        return data.decode("utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le", "replace")
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
