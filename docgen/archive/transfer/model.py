"""The layout in which electronic records are handed over: where each file of a package goes, and its catalogue.

《电子档案移交与接收办法》, annex 2: a note, a catalogue in XML, one folder for the records, one for everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree

from docgen.archive.plan.model import INDEX_PAGE, PAYLOAD_FOLDER, PackageIndex
from docgen.archive.plan.numbering import format_date8

NOTE_NAME = "说明文件.TXT"
CATALOGUE_NAME = "文件目录.XML"
RECORDS_FOLDER = "电子档案"
OTHER_FOLDER = "其他"
REGISTER_NAME = f"{OTHER_FOLDER}/电子档案移交与接收登记表.docx"
CHECKSUMS_NAME = f"{OTHER_FOLDER}/校验清单.txt"
SCHEMA_NAME = f"{OTHER_FOLDER}/文件目录.xsd"
_PAPERS_FOLDER = f"{OTHER_FOLDER}/档案包"
_NOTES_FOLDER = f"{OTHER_FOLDER}/不适用说明"

_ELEMENTS = ("顺序号", "档号", "责任者", "题名", "日期", "密级", "电子档案名称", "备注")


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file to hand over: ``source`` is its path in the bag, ``target`` the one in the layout."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A line of the catalogue; ``files`` are relative to the folder of the records, ``date`` is eight digits or ""."""

    number: int
    archive_number: str
    responsible: str
    title: str
    date: str
    confidentiality: str
    files: tuple[str, ...]
    remark: str


def place_files(index: PackageIndex, members: Iterable[str]) -> tuple[TransferFile, ...]:
    """Where each member of the bag goes, in the order of the members.

    What is filed goes to the records; notes for what doesn't apply and the package's own papers to the rest. The page
    with links is left out: its links lead nowhere here.
    """
    notes = {
        rendition.path for document in index.documents if document.kind == "note" for rendition in document.renditions
    }
    placed = []
    for path in members:
        if path in notes:
            target = f"{_NOTES_FOLDER}/{PurePosixPath(path).name}"
        elif path.startswith(f"{PAYLOAD_FOLDER}/"):
            target = f"{RECORDS_FOLDER}/{_name_record(index, path)}"
        elif path == INDEX_PAGE:
            continue
        else:
            target = f"{_PAPERS_FOLDER}/{path}"
        placed.append(TransferFile(path, target))
    return tuple(placed)


def list_entries(index: PackageIndex) -> Iterator[CatalogueEntry]:
    """The lines of the catalogue: every filed document in the package's order; notes are none."""
    documents = (document for document in index.documents if document.kind != "note" and document.renditions)
    for number, document in enumerate(documents, 1):
        yield CatalogueEntry(
            number,
            document.archive_number or index.archive.archive_number,
            document.responsible,
            document.title,
            format_date8(document.date) if document.date is not None else "",
            document.confidentiality or index.archive.confidentiality,
            tuple(_name_record(index, rendition.path) for rendition in document.renditions),
            document.remark,
        )


def write_catalogue(entries: Iterable[CatalogueEntry]) -> bytes:
    """``文件目录.XML`` in UTF-8, the same bytes for the same entries."""
    root = ElementTree.Element("文件目录")
    for entry in entries:
        line = ElementTree.SubElement(root, "文件")
        before = (entry.number, entry.archive_number, entry.responsible, entry.title, entry.date, entry.confidentiality)
        texts = (*(str(value) for value in before), *entry.files, entry.remark)
        names = (*_ELEMENTS[:6], *(_ELEMENTS[6] for _ in entry.files), _ELEMENTS[7])
        for name, text in zip(names, texts, strict=True):
            ElementTree.SubElement(line, name).text = _drop_unwritable(text)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def write_checksums(digests: Mapping[str, str]) -> bytes:
    """``校验清单.txt``, as ``sha256sum -c`` reads it from the folder at the top."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def write_note(text: str) -> bytes:
    """``说明文件.TXT`` as every Notepad on Windows reads it.

    UTF-8 with its mark: GB 18030 would be garbled where Windows isn't set to Chinese, and beyond GBK even there.
    """
    return ("\ufeff" + "\r\n".join(text.rstrip().splitlines()) + "\r\n").encode()


def _name_record(index: PackageIndex, path: str) -> str:
    """A record's path below its folder: year, filing item, file; without a year where nobody said it."""
    below = path.removeprefix(f"{PAYLOAD_FOLDER}/")
    year = index.archive.year
    return f"{year}/{below}" if year.isdecimal() else below


def _drop_unwritable(text: str) -> str:
    """The text without what XML can't hold; a received index may have it."""
    return "".join(char for char in text if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
