"""The layout in which electronic records are handed over: the place of each file of a package, and the catalogue.

《电子档案移交与接收办法》, annex 2: a note, a catalogue in XML, one folder for the records, one for everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file to hand over: ``source`` is its path in the bag, ``target`` its path in the layout."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An entry of the catalogue: a document and its ``files``, relative to the folder of the records.

    ``date`` has eight digits or is "".
    """

    number: int
    archive_number: str
    responsible: str
    title: str
    date: str
    confidentiality: str
    files: tuple[str, ...]
    remark: str


def place_files(index: PackageIndex, members: Iterable[str]) -> tuple[TransferFile, ...]:
    """Give each member of the bag its path in the layout, in the order of the members.

    Filed documents go to the folder of the records; notes on filing items that don't apply, and the package's own
    papers, to the other; all keep their own folders, since notes of several items have the same name. The index page is
    left out: in the layout its links would lead nowhere.
    """
    notes = {
        rendition.path for document in index.documents if document.kind == "note" for rendition in document.renditions
    }
    files = []
    for path in members:
        if path in notes:
            target = f"{_NOTES_FOLDER}/{path.removeprefix(f'{PAYLOAD_FOLDER}/')}"
        elif path.startswith(f"{PAYLOAD_FOLDER}/"):
            target = f"{RECORDS_FOLDER}/{_name_record(index, path)}"
        elif path == INDEX_PAGE:
            continue
        else:
            target = f"{_PAPERS_FOLDER}/{path}"
        files.append(TransferFile(path, target))
    return tuple(files)


def list_entries(index: PackageIndex) -> Iterator[CatalogueEntry]:
    """The entries of the catalogue: the filed documents in the package's order, without notes."""
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
        element = ElementTree.SubElement(root, "文件")
        for name, text in _list_elements(entry):
            ElementTree.SubElement(element, name).text = _drop_unwritable(text)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _list_elements(entry: CatalogueEntry) -> Iterator[tuple[str, str]]:
    """The names and texts of an entry's elements, in the order of annex 2."""
    yield "顺序号", str(entry.number)
    yield "档号", entry.archive_number
    yield "责任者", entry.responsible
    yield "题名", entry.title
    yield "日期", entry.date
    yield "密级", entry.confidentiality
    for file in entry.files:
        yield "电子档案名称", file
    yield "备注", entry.remark


def write_checksums(digests: Mapping[str, str]) -> bytes:
    """``校验清单.txt``, which ``sha256sum -c`` reads in the layout's top folder."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def write_note(text: str) -> bytes:
    """``说明文件.TXT`` in UTF-8 with a byte order mark and CRLF, which Notepad reads on every Windows.

    It would garble GB 18030 where Windows isn't set to Chinese, and the characters beyond GBK even there.
    """
    return ("\ufeff" + "\r\n".join(text.rstrip().splitlines()) + "\r\n").encode()


def _name_record(index: PackageIndex, path: str) -> str:
    """The path of a filed file below the folder of the records: ``<year>/<filing item>/<file>``, or without a year."""
    year, in_payload = index.archive.year, path.removeprefix(f"{PAYLOAD_FOLDER}/")
    return f"{year}/{in_payload}" if year.isdecimal() else in_payload


def _drop_unwritable(text: str) -> str:
    """The text without characters that XML can't hold; a received index may have some."""
    return "".join(char for char in text if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
