"""Compare two packages: their index, their filing items, their files, the records in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from docgen.archive.bag.index import parse_index
from docgen.archive.plan.model import MACHINE_INDEX, RECORD_COPY, FiledDocument, PackageIndex, Rendition
from docgen.archive.verify.bag import find_top
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.read import MemberError, open_zip, read_member
from docgen.diagnostics import Location, Param, Term, error
from docgen.errors import SourceError
from docgen.pipeline.comparison.fields import format_optional
from docgen.pipeline.comparison.model import Area, Change, find_kind
from docgen.pipeline.comparison.records import RecordSide, compare_records, read_stored_record
from docgen.pipeline.stages.outcome import Options
from docgen.sources.record_file import RawSource
from docgen.trees import parse_tree

_HEAD = ("package_name", "title", "filing_basis", "draft", "generator", "created")
_HEAD_PARTS = ("project", "archive", "profile", "standard")
_DOCUMENT_FIELDS = ("number", "archive_number", "title", "responsible", "date", "document_number", "item", "remark")


@dataclass(frozen=True, slots=True)
class PackageSide:
    """A package to compare: its index, and the record in it (None where there is none)."""

    index: PackageIndex
    record: RecordSide | None


def read_package_side(path: Path, options: Options) -> PackageSide:
    """Read the index and the record of a package; SourceError D103 when it is no package, others from the record."""
    with path.open("rb") as file:
        try:
            received = open_zip(file)
            members = {member.name: member for member in received.members}
            top = find_top(received)
            index = parse_index(read_member(file, members[f"{top}/{MACHINE_INDEX}"].raw))
            stored = members.get(f"{top}/{RECORD_COPY}")
            record = read_member(file, stored.raw) if stored is not None else None
        except (DirectoryError, MemberError, KeyError, ValueError):
            raise SourceError(error("D103", Location("archive", file=str(path)), path=str(path))) from None
    side = None
    if record is not None:
        source = _unwrap_record(record, path, f"{top}/{RECORD_COPY}")
        side = read_stored_record(source, options)
    return PackageSide(index, side)


def _unwrap_record(data: bytes, path: Path, member: str) -> RawSource:
    """Take the record as it was typed out of the packed copy, which also states how the package was made."""
    try:
        tree = parse_tree(data.decode(), f"{path.name}/{member}")
        return RawSource(path, tree.enter("record"))
    except (SourceError, UnicodeDecodeError, KeyError):
        raise SourceError(error("D103", Location("archive", file=str(path), member=member), path=str(path))) from None


def compare_packages(before: PackageSide, after: PackageSide) -> Iterator[Change]:
    """Compare head, settings, filing items, files, and the records where both packages have one."""
    old, new = before.index, after.index
    for name in _HEAD:
        yield from _compare_value("package", (Term(f"diff.package.{name}"),), getattr(old, name), getattr(new, name))
    for part in _HEAD_PARTS:
        yield from _compare_part(part, getattr(old, part), getattr(new, part))
    identities = (side.supplements.identity if side.supplements else None for side in (old, new))
    yield from _compare_value("package", (Term("diff.package.supplements"),), *identities)
    steps = (f"{index.until.item} {index.until.label}" if index.until else None for index in (old, new))
    yield from _compare_value("package", (Term("diff.package.until"),), *steps)
    yield from _compare_settings(old, new)
    yield from _compare_items(old, new)
    yield from _compare_files(old, new)
    if before.record is not None and after.record is not None:
        yield from compare_records(before.record, after.record)


def _compare_part(part: str, before: BaseModel, after: BaseModel) -> Iterator[Change]:
    for name in type(after).model_fields:
        label = Term(f"diff.{part}.{name}")
        yield from _compare_value("package", (label,), getattr(before, name), getattr(after, name))


def _compare_settings(before: PackageIndex, after: PackageIndex) -> Iterator[Change]:
    old = {setting.setting: setting for setting in before.settings}
    new = {setting.setting: setting for setting in after.settings}
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        values = (one.value or one.text if one else None, other.value or other.text if other else None)
        yield from _compare_value("package", (Term("diff.setting"), key), *values)


def _compare_items(before: PackageIndex, after: PackageIndex) -> Iterator[Change]:
    old, new = {item.key: item for item in before.items}, {item.key: item for item in after.items}
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        named = other or one
        assert named is not None
        name = (f"{named.key} {named.label}",)
        if one is None or other is None or one.status != other.status:
            old_status, new_status = (Term(f"archive.status.{item.status}") if item else None for item in (one, other))
            yield Change("item", find_kind(one, other), name, old_status, new_status)
        elif one.reason != other.reason:
            yield from _compare_value("item", (*name, Term("diff.reason")), one.reason, other.reason)


def _compare_files(before: PackageIndex, after: PackageIndex) -> Iterator[Change]:
    old, new = ({item.id: item for item in index.documents} for index in (before, after))
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one is None or other is None:
            named = other or one
            assert named is not None
            old_files, new_files = (_format_paths(item) if item else None for item in (one, other))
            yield Change("file", find_kind(one, other), (named.title,), old_files, new_files)
            continue
        for name in _DOCUMENT_FIELDS:
            label = Term(f"diff.file.{name}")
            yield from _compare_value("file", (one.title, label), getattr(one, name), getattr(other, name))
        yield from _compare_renditions(one, other)


def _compare_renditions(before: FiledDocument, after: FiledDocument) -> Iterator[Change]:
    old, new = ({_identify(item): item for item in side.renditions} for side in (before, after))
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or _digest(one) != _digest(other):
            name = (after.title, Term(f"archive.role.{key[0]}"), key[1])
            old_file, new_file = (_describe_content(item) if item else None for item in (one, other))
            yield Change("file", find_kind(one, other), name, old_file, new_file)


def _identify(rendition: Rendition) -> tuple[str, str]:
    return rendition.role, rendition.path.rpartition(".")[2].lower()


def _digest(rendition: Rendition) -> str:
    # builds of zlib differ: a Word or Excel file is the same when its content is
    return rendition.content_digest or rendition.sha256


def _describe_content(rendition: Rendition) -> Term:
    return Term("diff.content", {"size": rendition.size, "digest": _digest(rendition)[:12]})


def _format_paths(document: FiledDocument) -> str:
    return "、".join(item.path for item in document.renditions)


def _compare_value(area: Area, names: tuple[Param, ...], before: object, after: object) -> Iterator[Change]:
    old, new = format_optional(before), format_optional(after)
    if old != new:
        yield Change(area, find_kind(old, new), names, old, new)
