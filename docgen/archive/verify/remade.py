"""Compares the page and the papers (cover, 卷内目录, remarks sheet) of a package with the ones remade from its index.

Their texts are compared, not their bytes, which also depend on zlib, docgen's version and the sender's templates. Files
of the same version and the same templates must have the same texts. In others each document needs a row with its title
and, of its number, date and pages, those that most rows state; other texts aren't compared.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from urllib.parse import quote

from docgen.archive.bag.digest import OFFICE_SUFFIXES
from docgen.archive.bag.index import render_page
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, RECORD_COPY, VOLUME, FiledDocument, PackageIndex
from docgen.archive.plan.numbering import format_date8
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag, is_payload
from docgen.archive.verify.page import read_page
from docgen.archive.verify.texts import format_excerpt, measure_texts, read_rows
from docgen.archive.zip.manifest import FETCH_NAME, TAG_MANIFEST, read_manifest_name
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, error, info, warning
from docgen.ooxml.xml import PackageError

UNKNOWN = "\ue000"
"""The mark in a remade paper for a value of the record, where the package has no record."""

_BEFORE = 20
"""How many equal characters are shown before the first that differs."""
_GROWTH, _FREE_PAGE, _FREE_TEXTS = 4, 1 << 16, 1 << 20
"""A received page or paper isn't read if it is so many times larger than the remade one, and so many bytes more."""
_OWN_FILES = frozenset({*BAG_FILES, INDEX_PAGE, MACHINE_INDEX, RECORD_COPY, FETCH_NAME})
Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Remade:
    """The papers remade from an index, by name; ``exact`` are the names of those made of the sender's own templates.

    ``generators`` are the versions whose page and papers have the same layout as these.
    """

    papers: Mapping[str, bytes]
    exact: frozenset[str] = field(default_factory=frozenset)
    generators: frozenset[str] = frozenset()


Remake = Callable[[PackageIndex, bytes | None], Remade]
"""Makes the papers of an index again; the record's copy, None without one, has the values that the index lacks."""


def check_page(bag: ReceivedBag, index: PackageIndex, remade: Remade | None) -> Iterator[Diagnostic]:
    """V121 when the page is missing, V185 when its texts or links differ from the index, V186 for active content.

    V187 when it has another layout, so that only the rows of its documents could be compared.
    """
    data = bag.tops.get(INDEX_PAGE)
    if data is None:
        yield error("V121", bag.locate(INDEX_PAGE), member=INDEX_PAGE)
        return
    remade_data = _remake_page(bag, index, remade)
    if data == remade_data:
        return
    if len(data) > _GROWTH * len(remade_data) + _FREE_PAGE:
        yield _report_differences(bag, INDEX_PAGE, [(f"{len(data)} B", f"{len(remade_data)} B")])
        return
    files = set(bag.facts)
    received, expected = read_page(data, files), read_page(remade_data, files)
    where = bag.locate(INDEX_PAGE)
    for content, count in received.active.items() if received.active != expected.active else ():
        yield error("V186", where, member=INDEX_PAGE, what=escape_name(content), count=count)
    if received.texts == expected.texts:
        return
    if remade is None or index.generator in remade.generators:
        yield _report_differences(bag, INDEX_PAGE, list(_pair_differences(received.texts, expected.texts)))
        return
    faults = [*((link, "") for link in received.broken), *_compare_rows(received.rows, index, links=True)]
    yield _report_differences(bag, INDEX_PAGE, faults) if faults else info("V187", where, member=INDEX_PAGE)


def _remake_page(bag: ReceivedBag, index: PackageIndex, remade: Remade | None) -> bytes:
    # by the manifest, since a missing or renamed paper is reported there
    tags = bag.manifests.get(TAG_MANIFEST)
    listed = set(tags.digests if tags is not None else bag.facts)
    names = set(remade.papers) if remade is not None else {name for name in listed if _is_paper(name)}
    if index.volume is not None:
        names.add(VOLUME)
    return render_page(index, listed & names, with_record=RECORD_COPY in listed)


def _is_paper(path: str) -> bool:
    return "/" not in path and path.lower().endswith(OFFICE_SUFFIXES)


def check_papers(bag: ReceivedBag, index: PackageIndex, remade: Remade) -> Iterator[Diagnostic]:
    """V121 when a paper is missing, V185 when its texts differ from the index, V187 as for the page."""
    for name, remade_data in remade.papers.items():
        data = bag.tops.get(name)
        if name not in bag.facts:
            yield error("V121", bag.locate(name), member=name)
        elif data is not None and data != remade_data:
            yield from _check_paper(bag, index, remade, name, data)


def _check_paper(bag: ReceivedBag, index: PackageIndex, remade: Remade, name: str, data: bytes) -> Iterator[Diagnostic]:
    size = measure_texts(remade.papers[name])
    expected = read_rows(remade.papers[name], name, size)
    try:
        received = read_rows(data, name, _GROWTH * size + _FREE_TEXTS)
    except PackageError as problem:
        if problem.key == "large":
            yield _report_differences(bag, name, [(f"{measure_texts(data)} B", f"{size} B")])
            return
        received = ()  # the file opens, but as something else: every text that it should have is missing
    if _are_alike(received, expected):
        return
    if name in remade.exact and index.generator in remade.generators:
        yield _report_differences(bag, name, list(_pair_differences(_flatten(received), _flatten(expected))))
        return
    is_list = name.endswith(".xlsx")
    faults = list(_compare_rows(received, index) if is_list else _compare_heading(received, expected, index))
    yield _report_differences(bag, name, faults) if faults else info("V187", bag.locate(name), member=name)


def check_tag_files(bag: ReceivedBag, remade: Remade) -> Iterator[Diagnostic]:
    """V145 for each tag file that docgen doesn't write."""
    own = {*_OWN_FILES, *remade.papers}
    if bag.index is not None and bag.index.volume is not None:
        own.add(VOLUME)
    for path in sorted(bag.facts):
        if not is_payload(path) and path not in own and path not in bag.litter and read_manifest_name(path) is None:
            yield warning("V145", bag.locate(path), member=escape_name(path))


def can_compare_papers(bag: ReceivedBag, remade: Remade) -> bool:
    """Whether every paper of the package could be read."""
    return all(name in bag.tops for name in remade.papers if name in bag.facts)


def _report_differences(bag: ReceivedBag, name: str, differences: Sequence[tuple[str, str]]) -> Diagnostic:
    """V185 for a file, once: the first of the pairs of received and expected text, and how many there are."""
    received, expected = differences[0]
    pairs = enumerate(zip(received, expected, strict=False))
    start = max(0, next((place for place, pair in pairs if pair[0] != pair[1]), 0) - _BEFORE)
    shown = {"found": format_excerpt(received, start), "expected": format_excerpt(expected, start)}
    return error("V185", bag.locate(name), member=name, count=len(differences), **shown)


def _flatten(rows: Rows) -> list[str]:
    return [text for row in rows for text in row]


def _are_alike(received: Rows, expected: Rows) -> bool:
    """Whether rows agree in all values but the unknown ones."""
    if len(received) != len(expected):
        return False
    pairs = zip(received, expected, strict=True)
    return all(row == other or _matches("".join(row), "".join(other)) for row, other in pairs)


def _matches(text: str, expected: str) -> bool:
    """Whether a text agrees with an expected one that holds unknown values, each of which may be any text."""
    if UNKNOWN not in expected:
        return False
    place = 0
    pieces = expected.split(UNKNOWN)
    if not text.startswith(pieces[0]) or not text.endswith(pieces[-1]):
        return False
    for piece in pieces:
        place = text.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def _pair_differences(received: Sequence[str], expected: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of an extra and a missing text, "" where there is none; else the first pair in another order."""
    patterns = [text for text in expected if UNKNOWN in text]
    surplus, deficit = Counter(received) - Counter(expected), Counter(expected) - Counter(received)
    extra = [text for text in received if text in surplus and not any(_matches(text, other) for other in patterns)]
    missing = [text for text in expected if text in deficit and UNKNOWN not in text]
    yield from zip_longest(extra, missing, fillvalue="")
    if not extra and not missing:
        pairs = zip((*received, ""), (*expected, ""), strict=False)
        yield next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))


def _compare_rows(rows: Rows, index: PackageIndex, *, links: bool = False) -> Iterator[tuple[str, str]]:
    """The documents without a row, and the values that a document's row lacks and most rows state.

    A document's row is known by the link to its file (``links``, on the page), or by its title (in the workbook).
    """
    filed = [document for document in index.documents if document.kind != "note" and document.renditions]
    found_rows = _find_rows(rows, filed, _format_link if links else _format_title)
    lacking: dict[str, list[tuple[str, str]]] = {}
    stated: Counter[str] = Counter()
    for document, row in zip(filed, found_rows, strict=True):
        if row is None or not any(_format_title(document) in text for text in row):
            yield "", document.title
            continue
        for value, forms in _list_forms(document).items():
            if _states(row, forms):
                stated[value] += 1
            else:
                lacking.setdefault(value, []).append((document.title, forms[0]))
    for value, missing in lacking.items():
        if stated[value] >= len(missing):
            yield from missing


def _find_rows(
    rows: Rows, filed: Sequence[FiledDocument], format_key: Callable[[FiledDocument], str]
) -> list[tuple[str, ...] | None]:
    """The row of each document, by its key; documents of the same key have their rows in the order of the index."""
    keys = [format_key(document) for document in filed]
    rows_by_key: dict[str, deque[tuple[str, ...]]] = {key: deque() for key in keys}
    for row in rows:
        for key in rows_by_key.keys() & set(row):
            rows_by_key[key].append(row)
    return [rows_by_key[key].popleft() if rows_by_key[key] else None for key in keys]


def _format_link(document: FiledDocument) -> str:
    return f"→ {quote(document.renditions[0].path)}"


def _format_title(document: FiledDocument) -> str:
    return " ".join(document.title.split())


def _states(row: tuple[str, ...], forms: tuple[str, ...]) -> bool:
    """Whether a row states a value in one of its forms, a figure by itself; links don't count."""
    texts = [text for text in row if not text.startswith("→")]
    return any(form == text or (form in text and not form.isdecimal()) for form in forms for text in texts)


def _list_forms(document: FiledDocument) -> dict[str, tuple[str, ...]]:
    """The forms in which each value of a document may be written, by the value's name; absent values are left out."""
    forms: dict[str, tuple[str, ...]] = {}
    if document.number:
        forms["number"] = (str(document.number), f"{document.number:04d}")
    if document.archive_number:
        forms["archive number"] = (document.archive_number,)
    if document.date is not None:
        forms["date"] = (str(document.date), format_date8(document.date))
    if document.responsible:
        forms["responsible"] = (document.responsible,)
    pages = document.pages.value
    if pages is not None:
        forms["pages"] = (str(pages), f"{pages} 页", f"{pages}页")
    return forms


def _compare_heading(received: Rows, expected: Rows, index: PackageIndex) -> Iterator[tuple[str, str]]:
    """The values of the index that the remade cover or remarks sheet states, and the received one doesn't."""
    text, expected_text = "".join(_flatten(received)), "".join(_flatten(expected))
    archive = index.archive
    values = (index.title, archive.archive_number, archive.agency, archive.fonds, archive.year, index.project.number)
    for value in values:
        if value and value in expected_text and value not in text:
            yield "", value
