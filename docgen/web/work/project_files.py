"""The evidence of a project: what there is and what each belongs to, small pictures of it, and files that are added."""

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
"""What a piece of evidence may belong to: where it was taken, or what was signed on it."""
_SMALL = (240, 180)
_MOST_PIXELS = min(MAX_PIXELS, 60_000_000)
_KEPT = 300
_thumbnails: OrderedDict[tuple[Path, int], bytes] = OrderedDict()


def show_evidence(place: ProjectPlace, name: str) -> dict[str, Any]:
    """Every piece of evidence with what it belongs to, and what a new one may belong to."""
    path = find_project(place, name)
    digest = digest_file(path)  # before the record is read: a change after that is seen
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
    """A small JPEG of a piece of evidence; SourceError N207 where it can't be shown."""
    record = find_project(place, name)
    pieces = _prepare_cached(place, record)
    path = pieces[number] if number < len(pieces) else None
    if path is None or not _is_inside(record.parent, path):
        raise SourceError(error("N207"))
    key = (path, path.stat().st_mtime_ns)
    if key not in _thumbnails:
        _thumbnails[key] = _shrink(path)
        while len(_thumbnails) > _KEPT:
            _thumbnails.popitem(last=False)
    return _thumbnails[key]


_listed: dict[Path, tuple[str, list[Path]]] = {}


def _prepare_cached(place: ProjectPlace, record: Path) -> list[Path]:
    """The files of a record's evidence, looked for once as long as the record stays what it is."""
    digest = digest_file(record)
    if _listed.get(record, ("",))[0] != digest:
        _listed.clear()
        _listed[record] = (digest, [piece.path for piece in _prepare(place, record).evidence])
    return _listed[record][1]


def _is_inside(folder: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _shrink(path: Path) -> bytes:
    """A picture made small; one with too many points, and what Pillow can't read, is refused."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise SourceError(error("N207"))
                picture.draft("RGB", (_SMALL[0] * 2, _SMALL[1] * 2))
                small = ImageOps.exif_transpose(picture).convert("RGB")
                small.thumbnail(_SMALL)
                out = io.BytesIO()
                small.save(out, "JPEG", quality=80)
                return out.getvalue()
    except DocgenError:
        raise
    except Exception:  # what Pillow raises on damaged bytes is no closed set
        raise SourceError(error("N207")) from None


def add_evidence(
    place: ProjectPlace, name: str, files: Sequence[tuple[Path, str]], given: Mapping[str, str], digest: str
) -> int:
    """Copy files that came into the record's folder of evidence and enter them in the record; how many.

    None is put over another: a name that is taken gets a number. When the record can't be changed, no file stays.
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
        for number, (came, called) in enumerate(files):
            target = _copy_new(came, folder, clean_component(called, 150))
            copied.append(target)
            entry = {"key": next(keys), "file": f"{folder_name}/{target.name}", "kind": _choose_kind(target, given)}
            entry |= {field: said for field in ("item", *_OWNERS) if (said := given.get(field, ""))}
            edits.append(Edit(("evidence", start + number), entry))
        save_edits(path, digest, edits)
    except OSError as fault:
        _take_back(copied)
        reason = fault.strerror or str(fault)
        raise SourceError(error("N208", folder=folder_name, reason=reason)) from None
    except DocgenError:
        _take_back(copied)
        raise
    return len(copied)


def _take_back(copied: Sequence[Path]) -> None:
    for target in copied:
        with suppress(OSError):
            target.unlink()


def _list_keys(data: Any) -> Iterator[str]:
    """Keys that no evidence has."""
    entries = data.get("evidence") if isinstance(data, dict) else None
    known = {str(item.get("key")) for item in entries or () if isinstance(item, dict)}
    number = 0
    while True:
        number += 1
        if (key := f"e{number}") not in known:
            yield key


def _choose_kind(path: Path, given: Mapping[str, str]) -> str:
    """What was chosen, else a photograph or a scan by its ending."""
    is_signed_paper = bool(given.get("document"))
    return given.get("kind") or ("photograph" if not is_signed_paper and path.suffix.lower() in _PICTURES else "scan")


def _copy_new(came: Path, folder: Path, name: str) -> Path:
    """A file under a name that is free: linked, since what came goes again, else copied."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122  # a name, no path
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{stem}_{number}{suffix}")
        try:
            _put_new(came, target)
        except FileExistsError:
            number += 1
        else:
            return target


def _put_new(came: Path, target: Path) -> None:
    try:
        target.hardlink_to(came)
    except FileExistsError:
        raise
    except OSError:  # another disk, or one that knows no links
        with target.open("xb") as file, came.open("rb") as stream:
            try:
                shutil.copyfileobj(stream, file)
            except OSError:
                target.unlink()
                raise
