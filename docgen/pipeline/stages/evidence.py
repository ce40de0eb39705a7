"""Gather evidence: inspect every file that a record names, once; find its day and the activity it belongs to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from docgen.archive.plan.filing import InspectedEvidence
from docgen.archive.plan.model import PageCount
from docgen.archive.plan.plan import weigh_pages
from docgen.content.pictures import can_decode
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, error, has_errors, info, warning
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.chosen import Chosen
from docgen.pipeline.stages.inspection import inspect_filed
from docgen.profile.horizon import Horizon
from docgen.profile.load import LoadedProfile
from docgen.profile.model import Profile
from docgen.profile.packages import find_evidence_item
from docgen.profile.paths import Place
from docgen.profile.plan import PROJECT
from docgen.profile.validate import Validation
from docgen.record.occasions import PAPERS, Occasion, StatedDay, date_evidence, find_stated, match_occasions
from docgen.record.parts import Activity, Evidence
from docgen.record.record import Record
from docgen.sources.evidence import EvidenceFile, find_named, inspect_named_evidence
from docgen.sources.evidence_folder import list_folder, names_folder

_UNCOUNTED = ("doc", "xls", "ppt", "ole", "rtf", "odf", "ofd")
HEIF = ("heic", "avif")
"""Formats that are decoded where a library for them is installed."""
_SHOWN = 3
_KEY_DIGITS = 10
# Names that cameras and telephones give say nothing of what a picture shows.
_DEVICE_NAME = re.compile(
    r"(?:img|image|dsc|dscn|dscf|pic|picture|photo|p|pxl|mmexport|wx_camera|scan|微信图片|截图|照片|图片|相片|扫描件?)?"
    r"[-_ \d()（）]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture among the evidence: its copy for a page (None where none could be made) and its format.

    ``day`` is when it was taken, with where that is known from.
    """

    evidence: Evidence
    day: StatedDay | None
    occasion: Occasion | None
    printed: bytes | None
    format: str


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """A record whose evidence is one entry for each file, matched to activities.

    ``validation`` leads each place of it back to the entry that the user wrote. ``days`` are those that are known of a
    piece, by its key.
    """

    validation: Validation
    files: tuple[InspectedEvidence, ...]
    photographs: Mapping[str, Photograph]
    days: Mapping[str, tuple[StatedDay, ...]]
    diagnostics: tuple[Diagnostic, ...]


def gather_evidence(
    loaded: LoadedProfile,
    validation: Validation,
    folder: Path,
    *,
    printing: bool,
    chosen: Chosen,
    allowed: tuple[Path, ...] = (),
) -> GatheredEvidence:
    """Inspect every piece of evidence of a sound record; a diagnostic stands where the record names the file.

    Evidence comes from the record's folder and from the ``allowed`` ones.

    With ``printing`` the pictures that a document will show are decoded at the resolution of a page, else only checked.
    Where no package is made, of other files only the scans of the chosen documents are opened.
    """
    only = chosen.only
    documents = [item for item in loaded.profile.documents if not only or item.id in only]
    kinds = {kind for document in documents if document.photos is not None for kind in document.photos.kinds}
    scanned = None if chosen.is_whole else frozenset(only)
    return _Gatherer(loaded.profile, validation, folder, kinds, printing, chosen.horizon, allowed, scanned).gather()


@dataclass(slots=True)
class _Gatherer:
    profile: Profile
    validation: Validation
    folder: Path
    shown_kinds: Collection[str]
    printing: bool
    horizon: Horizon | None
    allowed: tuple[Path, ...]
    scanned: frozenset[str] | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    uncounted: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    matched: list[tuple[str, Occasion]] = field(default_factory=list)

    def gather(self) -> GatheredEvidence:
        assert self.validation.record is not None
        record = self.validation.record
        entries = list(self._expand(record))
        pieces: list[Evidence] = []
        files: list[InspectedEvidence] = []
        photographs: dict[str, Photograph] = {}
        days: dict[str, tuple[StatedDay, ...]] = {}
        for origin, entry in entries:
            file = self._inspect(entry, origin)
            taken = file.taken.date() if file is not None and file.taken is not None else None
            stem = PurePosixPath(entry.file.replace("\\", "/")).stem
            day = date_evidence(entry, taken, stem)
            if entry.date is not None and taken is not None and taken != entry.date and _is_photographed(entry):
                place = self._locate(origin, "date")
                self.diagnostics.append(
                    warning("E132", place, file=entry.file, stated=str(entry.date), taken=str(taken))
                )
            piece, occasion = self._match_occasion(record, entry, origin, day, stem)
            pieces.append(piece)
            if file is None:
                continue
            pages, differing = weigh_pages(piece.pages, file.pages, file.path.name, self._locate(origin, "pages"))
            self.diagnostics += differing
            files.append(_file_evidence(piece, file, pages, day, occasion))
            made = StatedDay(file.made, "made") if file.made is not None else None
            camera = StatedDay(taken, "camera") if taken is not None else None
            days[piece.key] = tuple(item for item in (day, camera, made) if item is not None)
            if file.kind == "picture" and piece.kind in self.shown_kinds and piece.redacts is None:
                photographs[piece.key] = Photograph(piece, day, occasion, file.printed, file.format)
        self._report_sums()
        origins = [origin for origin, _ in entries]
        redirected = _redirect_places(self.validation, record.model_copy(update={"evidence": tuple(pieces)}), origins)
        return GatheredEvidence(redirected, tuple(files), photographs, days, tuple(self.diagnostics))

    def _locate(self, origin: int, name: str) -> Location:
        return self.validation.locate(("evidence", origin, name), False)

    def _expand(self, record: Record) -> Iterator[tuple[int, Evidence]]:
        """The pieces with the number of the entry that names each; a folder's files stand in its place."""
        folders = [names_folder(self.folder, entry.file) for entry in record.evidence]
        single = [entry.file for entry, many in zip(record.evidence, folders, strict=True) if not many]
        taken = {path.resolve() for name in single if (path := find_named(self.folder, name)) is not None}
        for origin, (entry, many) in enumerate(zip(record.evidence, folders, strict=True)):
            if self.horizon is not None and not self.horizon.holds(find_evidence_item(self.profile, entry)):
                continue
            self._check_item(entry, origin)
            if not many:
                yield origin, self._complete(entry)
                continue
            listing = list_folder(self.folder, entry.file, taken, self.allowed)
            where = self._locate(origin, "file")
            self.diagnostics += [item.at(where) for item in listing.diagnostics]
            taken |= {(self.folder / name).resolve() for name in listing.names}
            for number, name in enumerate(listing.names, 1):
                yield origin, self._complete(_take_from_folder(entry, name, number))

    def _complete(self, entry: Evidence) -> Evidence:
        """Complete the id of a document of the whole project, which may be given without the ``/project``."""
        document = self.profile.find_document(entry.document) if entry.document is not None else None
        if document is None or document.per != PROJECT:
            return entry
        return entry.model_copy(update={"document": f"{document.id}/{PROJECT}"})

    def _check_item(self, entry: Evidence, origin: int) -> None:
        # A redacted copy is filed where its original is; a scan of an unknown document is reported as R140.
        if entry.redacts is not None or (entry.item is None and self._names_nothing(entry)):
            return
        if find_evidence_item(self.profile, entry) is not None:
            return
        keys = "、".join(item.key for item in self.profile.filing.items)
        code, at = ("A153", "item") if entry.item is not None else ("A152", "kind")
        self.diagnostics.append(
            error(code, self._locate(origin, at), item=entry.item or "", kind=entry.kind, known=keys)
        )

    def _names_nothing(self, entry: Evidence) -> bool:
        named = entry.document
        return named is not None and self.profile.find_document(named.partition("/")[0]) is None

    def _inspect(self, entry: Evidence, origin: int) -> EvidenceFile | None:
        shown = entry.kind in self.shown_kinds
        printing = self.printing and shown
        opening = self.scanned is None or (entry.document or "").partition("/")[0] in self.scanned
        looked = inspect_named_evidence(
            self.folder, entry.file, printing=printing, opening=opening, allowed=self.allowed
        )
        where = self._locate(origin, "file")
        self.diagnostics += [item.at(where) for item in looked.diagnostics]
        file = looked.file
        if file is None:
            return None
        if opening and not has_errors(looked.diagnostics):
            self.diagnostics += inspect_filed(file, where)
        if opening and file.format in _UNCOUNTED and file.pages is entry.pages is None and not looked.diagnostics:
            self.uncounted.setdefault(file.format, []).append((file.path.name, origin))
        if shown and file.format in HEIF and not can_decode(file.format):
            kind = Term(f"format.{file.format}")
            self.diagnostics.append(info("E123", where, file=file.path.name, format=kind))
        return file

    def _match_occasion(
        self, record: Record, entry: Evidence, origin: int, day: StatedDay | None, stem: str
    ) -> tuple[Evidence, Occasion | None]:
        """Return the piece with the activity or training that it belongs to, stated or matched."""
        if entry.activity is not None or entry.training is not None:
            occasion = find_stated(record, entry)
            if occasion is not None and day is not None and occasion.date not in (None, day.date):
                self._compare_days(record, entry, origin, day=day, occasion=occasion)
            return entry, occasion
        if entry.document is not None:
            return entry, None
        candidates = match_occasions(record, entry, day.date if day is not None else None, stem)
        name = PurePosixPath(entry.file).name
        if len(candidates) > 1:
            shown = "、".join(f"{item.title or item.key}（{item.key}）" for item in candidates)
            self.diagnostics.append(info("E131", self._locate(origin, "file"), file=name, candidates=shown))
        if len(candidates) != 1:
            return entry, None
        occasion = candidates[0]
        self.matched.append((name, occasion))
        attribute = "activity" if isinstance(occasion, Activity) else "training"
        update: dict[str, object] = {attribute: occasion.key}
        if not entry.enterprises:
            update["enterprises"] = occasion.enterprises
        return entry.model_copy(update=update), occasion

    def _compare_days(
        self, record: Record, entry: Evidence, origin: int, *, day: StatedDay, occasion: Occasion
    ) -> None:
        name = "activities" if isinstance(occasion, Activity) else "trainings"
        items: Sequence[Occasion] = record.activities if isinstance(occasion, Activity) else record.trainings
        at = self.validation.locate((name, items.index(occasion), "date"), False)
        self.diagnostics.append(
            warning(
                "E133",
                self._locate(origin, "date" if day.source == "stated" else "file"),
                file=entry.file,
                date=str(day.date),
                source=Term(f"evidence.{day.source}"),
                activity=occasion.title or occasion.key,
                held=str(occasion.date),
                line=at.line or 0,
            )
        )

    def _report_sums(self) -> None:
        """Report what concerns many files, once in a run."""
        for name, files in self.uncounted.items():
            shown = format_first_few((file for file, _ in files), _SHOWN)
            where = self._locate(files[0][1], "file")
            self.diagnostics.append(info("E122", where, count=len(files), format=Term(f"format.{name}"), files=shown))
        if self.matched:
            pairs = format_first_few((f"{name} → {item.title or item.key}" for name, item in self.matched), _SHOWN)
            where = self.validation.locate(("evidence",), True)
            self.diagnostics.append(info("E130", where, count=len(self.matched), pairs=pairs))


def _is_photographed(entry: Evidence) -> bool:
    """Whether the camera's day is the day of the event; papers may be photographed on any day."""
    return entry.kind not in PAPERS and entry.document is None


def _take_from_folder(entry: Evidence, name: str, number: int) -> Evidence:
    """Make a piece of evidence of a file in a folder: the folder's entry with a key and a title of the file's own.

    The key comes from the file's name, so that it stays the same when other files come and go.
    """
    folder = entry.file.replace("\\", "/").rpartition("/")[0]
    inside = PurePosixPath(name).relative_to(PurePosixPath(folder)).as_posix()
    digest = hashlib.sha256(inside.encode()).hexdigest()[:_KEY_DIGITS]
    stem = PurePosixPath(name).stem
    title = stem
    if entry.title is not None:
        distinguishing = str(number) if _DEVICE_NAME.fullmatch(stem) else stem
        title = catalogue(DOCUMENT_LANGUAGE).text("evidence.one_of", title=entry.title, stem=distinguishing)
    return entry.model_copy(update={"key": f"{entry.key}-{digest}", "file": name, "title": title})


def _file_evidence(
    piece: Evidence, file: EvidenceFile, pages: PageCount, day: StatedDay | None, occasion: Occasion | None
) -> InspectedEvidence:
    return InspectedEvidence(
        piece,
        file.path,
        file.media_type,
        pages,
        dated=day.date if day is not None else None,
        occasion=(occasion.title or "") if occasion is not None else "",
        signed_digest=piece.signed_digest,
        stamp=file.stamp,
    )


def _redirect_places(validation: Validation, record: Record, origins: Sequence[int]) -> Validation:
    """Make the validation of the expanded record: a place in its evidence leads to the entry that the user wrote."""

    def shift(place: Place) -> Place:
        inside = len(place) > 1 and place[0] == "evidence"
        at = place[1] if inside else None
        return (place[0], origins[at], *place[2:]) if isinstance(at, int) and at < len(origins) else place

    def locate(place: Place, key: bool) -> Location:
        return validation.locate(shift(place), key)

    def restore(place: Place) -> Place:
        return validation.restore(shift(place))

    return replace(validation, record=record, locate=locate, restore=restore)
