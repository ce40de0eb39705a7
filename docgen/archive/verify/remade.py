"""Compares the page and the papers at the top of a package with the same made again from its index.

What they say is compared, never their bytes: another zlib, another version's layout and somebody's own templates make
other bytes. Where the same version made them of the same templates, every text must be the same. Else each document's
row must hold its title and, of its number, date and pages, those that the rows have at all; the rest isn't judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from docgen.archive.bag.digest import OFFICE_SUFFIXES
from docgen.archive.bag.index import render_page
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, RECORD_COPY, VOLUME, FiledDocument, PackageIndex
from docgen.archive.plan.numbering import format_date8
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag, is_payload
from docgen.archive.verify.page import read_page
from docgen.archive.verify.texts import measure_texts, read_rows
from docgen.archive.zip.manifest import FETCH_NAME, TAG_MANIFEST, read_manifest_name
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, error, info, warning
from docgen.ooxml.xml import PackageError

UNKNOWN = "\ue000"
"""What stands in a remade paper for what only the record tells, where the record isn't there."""

_SHOWN, _BEFORE = 60, 20
_LARGER = 4
_FREE_SIZE = 1 << 16
_FREE_TEXT = 1 << 20
_OWN_FILES = frozenset({*BAG_FILES, INDEX_PAGE, MACHINE_INDEX, RECORD_COPY, FETCH_NAME})
Rows = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Remade:
    """The papers that an index gives: by name, their bytes; ``exact`` are those made of the same templates.

    ``generators`` are the makers whose page and papers are laid out as these.
    """

    papers: Mapping[str, bytes]
    exact: frozenset[str] = field(default_factory=frozenset)
    generators: frozenset[str] = frozenset()


Remake = Callable[[PackageIndex, bytes | None], Remade]
"""Makes the papers of an index again; the record's copy, None where there is none, tells what the index doesn't."""


def check_page(bag: ReceivedBag, index: PackageIndex, remade: Remade | None) -> Iterator[Diagnostic]:
    """V185 when the page says or links something else than the index gives, V186 when it acts or reaches out.

    V187 when it is laid out in another way, so that only the rows of its documents could be compared.
    """
    data = bag.tops.get(INDEX_PAGE)
    if data is None:
        return
    # what a manifest lists and isn't there, or has another name, is told there
    tags = bag.manifests.get(TAG_MANIFEST)
    listed = set(tags.digests if tags is not None else bag.facts)
    papers = remade.papers if remade is not None else {name for name in listed if _is_paper(name)}
    volume = {VOLUME} if index.volume is not None else set()
    wanted = render_page(index, listed.intersection({*papers, *volume}), with_record=RECORD_COPY in listed)
    if data == wanted:
        return
    if len(data) > _LARGER * len(wanted) + _FREE_SIZE:
        yield _report_file(bag, INDEX_PAGE, [(f"{len(data)} B", f"{len(wanted)} B")])
        return
    files = set(bag.facts)
    found, expected = read_page(data, files), read_page(wanted, files)
    where = bag.locate(INDEX_PAGE)
    for what, count in found.active.items() if found.active != expected.active else ():
        yield error("V186", where, member=INDEX_PAGE, what=escape_name(what), count=count)
    if found.texts == expected.texts:
        return
    if remade is None or index.generator in remade.generators:
        yield _report_file(bag, INDEX_PAGE, list(_pair(found.texts, expected.texts)))
        return
    faults = [*((link, "") for link in found.broken), *_compare_rows(found.rows, index, links=True)]
    yield _report_file(bag, INDEX_PAGE, faults) if faults else info("V187", where, member=INDEX_PAGE)


def _is_paper(path: str) -> bool:
    return "/" not in path and path.lower().endswith(OFFICE_SUFFIXES)


def check_papers(bag: ReceivedBag, index: PackageIndex, remade: Remade) -> Iterator[Diagnostic]:
    """V121 when a paper is missing, V185 when it says something else than the index gives; V187 as for the page."""
    for name, data in remade.papers.items():
        if name not in bag.facts:
            yield error("V121", bag.locate(name), member=name)
            continue
        given = bag.tops.get(name)
        if given is None or given == data:
            continue
        size = measure_texts(data)
        expected = read_rows(data, name, size)
        try:
            found = read_rows(given, name, _LARGER * size + _FREE_TEXT)
        except PackageError as problem:
            if problem.key == "large":
                yield _report_file(bag, name, [(f"{measure_texts(given)} B", f"{size} B")])
                continue
            found = ()  # only what opens is kept; whatever it is, it says nothing of what it has to say
        if _is_alike(found, expected):
            continue
        if name in remade.exact and index.generator in remade.generators:
            yield _report_file(bag, name, list(_pair(_flatten(found), _flatten(expected))))
            continue
        is_list = name.endswith(".xlsx")
        faults = list(_compare_rows(found, index) if is_list else _compare_heading(found, expected, index))
        yield _report_file(bag, name, faults) if faults else info("V187", bag.locate(name), member=name)


def check_others(bag: ReceivedBag, remade: Remade) -> Iterator[Diagnostic]:
    """V145: a tag file that docgen never puts into a package."""
    own = {*_OWN_FILES, *remade.papers}
    if bag.index is not None and bag.index.volume is not None:
        own.add(VOLUME)
    for path in sorted(bag.facts):
        if not is_payload(path) and path not in own and path not in bag.litter and read_manifest_name(path) is None:
            yield warning("V145", bag.locate(path), member=escape_name(path))


def can_compare(bag: ReceivedBag, remade: Remade) -> bool:
    """Whether every paper that is there could be read."""
    return all(name in bag.tops for name in remade.papers if name in bag.facts)


def _report_file(bag: ReceivedBag, name: str, faults: Sequence[tuple[str, str]]) -> Diagnostic:
    """One message for a file, with what is wrong first and how much is."""
    found, expected = faults[0]
    same = next((place for place, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _BEFORE)
    says, gives = _shorten(found, start), _shorten(expected, start)
    return error("V185", bag.locate(name), member=name, found=says, expected=gives, count=len(faults))


def _shorten(text: str, start: int) -> str:
    """A piece of a text from where two begin to differ, or a little before."""
    shown = escape_name(text[start : start + _SHOWN])
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + _SHOWN else ''}" if text else "—"


def _flatten(rows: Rows) -> list[str]:
    return [text for row in rows for text in row]


def _is_alike(found: Rows, expected: Rows) -> bool:
    if len(found) != len(expected):
        return False
    return all(one == other or _matches(one, other) for one, other in zip(found, expected, strict=True))


def _matches(found: tuple[str, ...], expected: tuple[str, ...]) -> bool:
    """Whether texts agree but for what nobody can know here."""
    said, wanted = "".join(found), "".join(expected)
    if UNKNOWN not in wanted:
        return False
    place = 0
    pieces = wanted.split(UNKNOWN)
    if not said.startswith(pieces[0]) or not said.endswith(pieces[-1]):
        return False
    for piece in pieces:
        place = said.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def _pair(found: Sequence[str], expected: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What differs: a text too much beside one that is missing; else the first that is out of its place."""
    known = [text for text in expected if UNKNOWN in text]
    more, less = Counter(found) - Counter(expected), Counter(expected) - Counter(found)
    extra = [text for text in found if text in more and not any(_matches((text,), (other,)) for other in known)]
    absent = [text for text in expected if text in less and UNKNOWN not in text]
    for number in range(max(len(extra), len(absent))):
        yield (extra[number] if number < len(extra) else "", absent[number] if number < len(absent) else "")
    if not extra and not absent:
        pairs = zip((*found, ""), (*expected, ""), strict=False)
        yield next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))


def _compare_rows(rows: Rows, index: PackageIndex, *, links: bool = False) -> Iterator[tuple[str, str]]:
    """Of each document: that there is a row for it, and what its row lacks of what most rows have.

    A row of the page is a document's by the link to its file, one of the workbook by the title.
    """
    filed = [document for document in index.documents if document.kind != "note" and document.renditions]
    found = _find_rows(rows, filed, _format_link if links else _format_title)
    lacking: dict[str, list[tuple[FiledDocument, tuple[str, ...]]]] = {}
    held: Counter[str] = Counter()
    for document, row in zip(filed, found, strict=True):
        if row is None or not any(_format_title(document) in text for text in row):
            yield "", document.title
            continue
        for kind, forms in _list_forms(document).items():
            if _holds(row, forms):
                held[kind] += 1
            else:
                lacking.setdefault(kind, []).append((document, forms))
    for kind, missing in lacking.items():
        if held[kind] >= len(missing):
            for document, forms in missing:
                yield document.title, forms[0]


def _find_rows(
    rows: Rows, filed: Sequence[FiledDocument], format: Callable[[FiledDocument], str]
) -> list[tuple[str, ...] | None]:
    """The row that holds what each document is known by; documents alike in it stand in the order of the index."""
    holders: dict[str, list[tuple[str, ...]]] = {format(document): [] for document in filed}
    for row in rows:
        for text in holders.keys() & set(row):
            holders[text].append(row)
    return [holders[format(document)].pop(0) if holders[format(document)] else None for document in filed]


def _format_link(document: FiledDocument) -> str:
    return f"→ {quote(document.renditions[0].path)}"


def _format_title(document: FiledDocument) -> str:
    return " ".join(document.title.split())


def _holds(row: tuple[str, ...], forms: tuple[str, ...]) -> bool:
    # a figure stands alone; one in the name of a file says nothing
    said = [text for text in row if not text.startswith("→")]
    return any(form == text or (form in text and not form.isdecimal()) for form in forms for text in said)


def _list_forms(document: FiledDocument) -> dict[str, tuple[str, ...]]:
    """How each value of a document may be written, by what it is; without those that it hasn't."""
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


def _compare_heading(found: Rows, expected: Rows, index: PackageIndex) -> Iterator[tuple[str, str]]:
    """Of a cover or remarks sheet: the values of the index that it would state, and states nowhere."""
    said = "".join(_flatten(found))
    wanted = "".join(_flatten(expected))
    archive = index.archive
    values = (index.title, archive.archive_number, archive.agency, archive.fonds, archive.year, index.project.number)
    for value in values:
        if value and value in wanted and value not in said:
            yield "", value
