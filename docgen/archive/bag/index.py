"""The package's index as files: ``package.json`` for programs, a page of HTML for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docgen.archive.plan.model import (
    MACHINE_INDEX,
    RECORD_COPY,
    FiledDocument,
    FilingItem,
    PackageIndex,
    PageCount,
    Rendition,
    describe_until,
)
from docgen.archive.plan.numbering import format_item_range, format_retention
from docgen.archive.zip.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST
from docgen.content.formats import find_name, find_suffix
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.description import format_size
from docgen.resources import Resources

if TYPE_CHECKING:
    from jinja2 import Template

_MOST_KEYS = 2000
_NESTED = (dict, list)
PAGE_TEMPLATE = "html/package-index.html"


def dump_index(index: PackageIndex) -> bytes:
    """``package.json``: keys sorted, indented, UTF-8, the same bytes for the same index."""
    from pydantic_core import to_json

    # json's encoder falls back to Python code when it indents; this one takes a third of the time
    return to_json(_sort_keys(index.model_dump(mode="json")), indent=2) + b"\n"


def _sort_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sort_keys(value[key]) for key in sorted(value)}
    return [_sort_keys(item) for item in value] if isinstance(value, list) else value


def parse_index(data: bytes) -> PackageIndex:
    """Read ``package.json``; anything that isn't one is a ValueError (pydantic's says where)."""
    from pydantic_core import from_json

    if not _is_narrow(from_json(data)):
        raise ValueError("an object of too many keys")
    return PackageIndex.model_validate_json(data)


def _is_narrow(value: Any) -> bool:
    """Whether no object has more keys than an index may have: pydantic would report each unknown key."""
    waiting = [value] if type(value) in _NESTED else []
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if len(item) > _MOST_KEYS:
                return False
            waiting += [inner for inner in item.values() if type(inner) in _NESTED]
        else:
            waiting += [inner for inner in item if type(inner) in _NESTED]
    return True


def peek_schema_version(data: bytes) -> int | None:
    """The ``schema_version`` that a ``package.json`` states, None where it states none."""
    from pydantic_core import from_json

    try:
        loaded = from_json(data)
    except ValueError:
        return None
    version = loaded.get("schema_version") if isinstance(loaded, dict) else None
    return version if isinstance(version, int) else None


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file on the page: its name, its URL relative to the page, and its facts as text."""

    name: str
    url: str
    kind: str
    role: str
    size: str
    pages: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A filed document on the page, with its files; ``pages`` and ``page_range`` are "" where unknown."""

    document: FiledDocument
    number: str
    date: str
    pages: str
    page_range: str
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class ItemBlock:
    """A filing item on the page, with its documents; ``anchor`` is the id of its heading."""

    item: FilingItem
    anchor: str
    status: str
    documents: tuple[DocumentLine, ...]

    @property
    def count(self) -> int:
        """The number of its documents; a note that the item doesn't apply is none."""
        return sum(line.document.kind != "note" for line in self.documents)


@dataclass(frozen=True, slots=True)
class Link:
    """A file at the top of the package."""

    name: str
    url: str


def render_page(
    index: PackageIndex, tag_names: Iterable[str], template: str | None = None, *, with_record: bool = False
) -> bytes:
    """The page ``00_打开我_目录.html``: Chinese, without scripts, every file linked relatively.

    ``tag_names`` are the other files at the top (cover, 卷内目录, remarks sheet); ``template`` is the source of a Jinja
    template, None for the shipped one; ``with_record`` tells whether the record lies in the package. A template with
    an unknown name raises jinja2's error.
    """
    machine_files = [MACHINE_INDEX, *([RECORD_COPY] if with_record else []), PAYLOAD_MANIFEST, TAG_MANIFEST]
    source = _read_shipped_template() if template is None else template
    page = _compile(source, trusted=template is None).render(
        index=index,
        shows=_find_columns(index),
        retention=format_retention(index.archive.retention),
        item_range=format_item_range(index),
        blocks=arrange_documents(index),
        links=[_make_link(name) for name in sorted(tag_names)],
        machine_files=[_make_link(name) for name in machine_files],
        size=format_size(index.counts.bytes),
        origins=list_origins(index),
    )
    return page.encode()


def list_origins(index: PackageIndex) -> list[str]:
    """Sentences about a package that isn't a full one, for the page and the remarks sheet.

    They state where a stage package ends, which package a supplement or redacted edition belongs to, what was redacted.
    """
    text = catalogue(DOCUMENT_LANGUAGE).text
    lines: list[str] = []
    base, redaction = index.supplements, index.redaction
    if index.until is not None:
        lines.append(text("until.statement" if index.later else "until.whole", **describe_until(index)))
    if base is not None:
        lines.append(text("supplement.statement", name=base.name, identity=base.identity, last=base.last_number))
    if redaction is not None:
        lines.append(text("redaction.statement", identity=redaction.identity))
        lines.append(text("redaction.counts", **redaction.model_dump()))
        if redaction.unsearched:
            lines.append(text("redaction.unsearched", unsearched=redaction.unsearched))
    return lines


@dataclass(frozen=True, slots=True)
class Columns:
    """Which optional columns of the page's table hold any value."""

    archive_number: bool
    page_range: bool
    confidentiality: bool
    remark: bool


def _find_columns(index: PackageIndex) -> Columns:
    filed = index.documents
    return Columns(
        archive_number=any(document.archive_number for document in filed),
        page_range=any(document.first_page is not None for document in filed),
        confidentiality=any(document.confidentiality for document in filed),
        remark=any(document.remark for document in filed),
    )


def arrange_documents(index: PackageIndex) -> list[ItemBlock]:
    """The documents of a package, filing item by filing item."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    lines: dict[str, list[DocumentLine]] = {}
    for document in index.documents:
        lines.setdefault(document.item, []).append(_make_document_line(document))
    return [
        ItemBlock(item, f"item{number}", text(f"archive.status.{item.status}"), tuple(lines.get(item.key, ())))
        for number, item in enumerate(index.items, 1)
    ]


def _make_document_line(document: FiledDocument) -> DocumentLine:
    first, last = document.first_page, document.last_page
    return DocumentLine(
        document,
        number=f"{document.number:04d}" if document.number else "",
        date=str(document.date or ""),
        pages=_format_page_count(document.pages),
        page_range="—".join(dict.fromkeys((str(first), str(last)))) if first is not None and last is not None else "",
        files=tuple(_make_file_line(rendition) for rendition in document.renditions),
    )


def _make_file_line(rendition: Rendition) -> FileLine:
    return FileLine(
        name=find_name(rendition.path),
        url=quote(rendition.path),
        kind=find_suffix(rendition.path).removeprefix(".").upper(),
        role=catalogue(DOCUMENT_LANGUAGE).text(f"archive.role.{rendition.role}"),
        size=format_size(rendition.size),
        pages=_format_page_count(rendition.pages),
        sha256=rendition.sha256,
    )


def _format_page_count(pages: PageCount) -> str:
    if pages.value is None:
        return ""
    return catalogue(DOCUMENT_LANGUAGE).text(f"archive.pages.{pages.source}", pages=pages.value)


def _make_link(name: str) -> Link:
    return Link(name, quote(name))


def _read_shipped_template() -> str:
    path = Resources().find_template(PAGE_TEMPLATE)
    if path is None:
        raise FileNotFoundError(PAGE_TEMPLATE)
    return path.read_text("utf-8")


@lru_cache(maxsize=8)
def _compile(source: str, trusted: bool) -> Template:
    """The compiled template; only the shipped one is trusted, since a sandbox doubles the time."""
    from jinja2 import Environment, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = (Environment if trusted else ImmutableSandboxedEnvironment)(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source)


def list_bag_info(index: PackageIndex) -> tuple[tuple[str, str], ...]:
    """The labels and values of ``bag-info.txt`` (RFC 8493, 2.2.2) for a completed index, empty values included."""
    return (
        ("Source-Organization", index.archive.agency),
        ("External-Identifier", index.archive.archive_number or index.project.number),
        ("External-Description", index.title),
        ("Internal-Sender-Description", index.filing_basis),
        ("Bag-Group-Identifier", index.project.number),
        ("Bagging-Date", index.created.isoformat()),
        ("Payload-Oxum", f"{index.counts.bytes}.{index.counts.files}"),
        ("Bag-Software-Agent", index.generator),
        ("DocGen-Draft", "yes" if index.draft else ""),
        ("DocGen-Until", f"{index.until.item} {index.until.label}" if index.until is not None else ""),
    )
