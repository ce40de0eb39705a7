"""Answers questions about a project's evidence: lists it, makes thumbnails, adds files."""

from __future__ import annotations

import io
import os
import shutil
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from docgen.archive.plan.filing import InspectedEvidence
from docgen.archive.zip.names import clean_component
from docgen.content.pictures import MAX_PIXELS
from docgen.diagnostics import error
from docgen.errors import DocgenError, SourceError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.services.progress import is_signed
from docgen.pipeline.services.record_form import RecordForm
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, open_source, prepare_record
from docgen.profile.packages import find_evidence_item
from docgen.sources.record_edit import EDITABLE, digest_file, require_editable, save_edits
from docgen.trees.yaml_patch import Edit
from docgen.web.work.projects import ProjectPlace, find_project

_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".gif")
_OWNERS = ("activity", "training", "document")
"""The fields that say what a piece of evidence belongs to: where it was taken, or which document it shows signed."""
_THUMBNAIL_SIZE = (240, 180)
_MOST_PIXELS = min(MAX_PIXELS, 60_000_000)
_MOST_THUMBNAILS = 300
_thumbnails: OrderedDict[tuple[Path, int], bytes] = OrderedDict()


def describe_evidence(place: ProjectPlace, name: str) -> dict[str, Any]:
    """Every piece of evidence with its owner, and the possible owners of a new one."""
    path = find_project(place, name)
    digest = digest_file(path)  # taken before the record is read, so that a later change is noticed
    prepared = _prepare(place, path)
    record, profile = prepared.subject.record, prepared.loaded.profile
    titles = {document.id: document.title for document in profile.documents}
    labels = catalogue(DOCUMENT_LANGUAGE).texts
    pieces = []
    for number, piece in enumerate(prepared.evidence):
        own, item = piece.evidence, find_evidence_item(profile, piece.evidence)
        signed = titles.get((own.document or "").partition("/")[0], "")
        pieces.append(
            {
                "number": number,
                "title": own.title or piece.path.stem,
                "file": own.file,
                "kind": labels.get(f"workbook.word.Evidence.kind.{own.kind}", own.kind),
                "item": f"{item.key} {item.label}" if item is not None else "",
                "belongs": signed or piece.occasion,
                "date": str(piece.dated or ""),
                "is_picture": _is_picture(piece),
            }
        )
    owners = [("activity", item.key, item.title or item.key) for item in record.activities]
    owners += [("training", item.key, item.title or item.key) for item in record.trainings]
    owners += [("document", job.id, job.full_title) for job in prepared.jobs if is_signed(job.document)]
    kinds = RecordForm(prepared.loaded, {"evidence": [{}]}, place.words).find_field(("evidence", 0, "kind"))
    items = [(item.key, f"{item.key} {item.label}") for item in profile.filing.items]
    return {
        "pieces": pieces,
        "owners": owners,
        "items": items,
        "kinds": list(kinds.words) if kinds is not None else [],
        "is_editable": path.suffix.lower() in EDITABLE,
        "digest": digest,
    }


def _prepare(place: ProjectPlace, path: Path) -> PreparedRecord:
    prepared = prepare_record(path, Options(place.resources))
    if not isinstance(prepared, PreparedRecord):
        raise SourceError(*prepared)
    return prepared


def _is_picture(piece: InspectedEvidence) -> bool:
    return piece.media_type.startswith("image/") or piece.path.suffix.lower() in _PICTURES


def make_thumbnail(place: ProjectPlace, name: str, number: int) -> bytes:
    """Make a thumbnail of a piece of evidence as JPEG; SourceError N207 where that fails."""
    record = find_project(place, name)
    pieces = _list_evidence(place, record)
    path = pieces[number] if number < len(pieces) else None
    if path is None or not _is_inside(record.parent, path):
        raise SourceError(error("N207"))
    key = (path, path.stat().st_mtime_ns)
    if key not in _thumbnails:
        _thumbnails[key] = _shrink(path)
        while len(_thumbnails) > _MOST_THUMBNAILS:
            _thumbnails.popitem(last=False)
    return _thumbnails[key]


_evidence_paths: dict[Path, tuple[str, list[Path]]] = {}


def _list_evidence(place: ProjectPlace, record: Path) -> list[Path]:
    """The files of a record's evidence, cached until the record changes."""
    digest = digest_file(record)
    if _evidence_paths.get(record, ("",))[0] != digest:
        _evidence_paths.clear()
        _evidence_paths[record] = (digest, [piece.path for piece in _prepare(place, record).evidence])
    return _evidence_paths[record][1]


def _is_inside(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _shrink(path: Path) -> bytes:
    """Make a thumbnail of a picture; SourceError N207 for too many pixels and for what Pillow can't read."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise SourceError(error("N207"))
                picture.draft("RGB", (_THUMBNAIL_SIZE[0] * 2, _THUMBNAIL_SIZE[1] * 2))
                small = ImageOps.exif_transpose(picture).convert("RGB")
                small.thumbnail(_THUMBNAIL_SIZE)
                out = io.BytesIO()
                small.save(out, "JPEG", quality=80)
                return out.getvalue()
    except DocgenError:
        raise
    except Exception:  # Pillow raises arbitrary exceptions on damaged data
        raise SourceError(error("N207")) from None


def add_evidence(
    place: ProjectPlace, name: str, files: Sequence[tuple[Path, str]], fields: Mapping[str, str], digest: str
) -> int:
    """Copy uploaded files into the record's folder of evidence and enter them in the record; return their number.

    No file is overwritten: a name in use gets a number. When the record can't be changed, the copies are removed.
    Raises SourceError as ``save_edits`` does; N208 when a file can't be copied.
    """
    path = find_project(place, name)
    require_editable(path)
    source, loaded = open_source(path, Options(place.resources))
    form = RecordForm(loaded, source.data, place.words)
    folder_name = catalogue(DOCUMENT_LANGUAGE).text("evidence.folder")
    folder = path.parent / folder_name
    start = form.find_group(("evidence",), 0).count
    copied: list[Path] = []
    edits: list[Edit] = []
    try:
        folder.mkdir(exist_ok=True)
        if not _is_inside(path.parent, folder):
            raise SourceError(error("N208", folder=folder_name, reason=folder_name))
        keys = _list_keys(source.data)
        for number, (upload, file_name) in enumerate(files):
            target = _copy_file(upload, folder, clean_component(file_name, 150))
            copied.append(target)
            entry = {"key": next(keys), "file": f"{folder_name}/{target.name}", "kind": _choose_kind(target, fields)}
            entry |= {name: value for name in ("item", *_OWNERS) if (value := fields.get(name, ""))}
            edits.append(Edit(("evidence", start + number), entry))
        save_edits(path, digest, edits)
    except OSError as fault:
        _remove_copies(copied)
        reason = fault.strerror or str(fault)
        raise SourceError(error("N208", folder=folder_name, reason=reason)) from None
    except DocgenError:
        _remove_copies(copied)
        raise
    return len(copied)


def _remove_copies(copied: Sequence[Path]) -> None:
    for target in copied:
        with suppress(OSError):
            target.unlink()


def _list_keys(data: Any) -> Iterator[str]:
    """Keys that aren't in use."""
    entries = data.get("evidence") if isinstance(data, dict) else None
    used = {str(item.get("key")) for item in entries or () if isinstance(item, dict)}
    number = 0
    while True:
        number += 1
        if (key := f"e{number}") not in used:
            yield key


def _choose_kind(path: Path, fields: Mapping[str, str]) -> str:
    """The chosen kind; else ``photograph`` for a picture that shows no signed document, ``scan`` for the rest."""
    is_document = bool(fields.get("document"))
    return fields.get("kind") or ("photograph" if not is_document and path.suffix.lower() in _PICTURES else "scan")


def _copy_file(upload: Path, folder: Path, name: str) -> Path:
    """Copy an uploaded file into a folder under a free name."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a name, no path
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{stem}_{number}{suffix}")
        try:
            _link_or_copy(upload, target)
        except FileExistsError:
            number += 1
        else:
            return target


def _link_or_copy(upload: Path, target: Path) -> None:
    """Link a file, since the upload is removed afterwards, else copy it; FileExistsError where the target exists."""
    try:
        target.hardlink_to(upload)
    except FileExistsError:
        raise
    except OSError:  # on another disk, or one without links
        with target.open("xb") as file, upload.open("rb") as stream:
            try:
                shutil.copyfileobj(stream, file)
            except OSError:
                target.unlink()
                raise
