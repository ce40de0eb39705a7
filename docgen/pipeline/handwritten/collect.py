"""From a folder to documents: its files read, matched and gathered, and the fate of each told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from docgen.archive.plan.matching import Candidate, FileClue, FileMatch
from docgen.archive.plan.model import Role
from docgen.archive.plan.renditions import gather_files, name_kind
from docgen.content.model import DocumentContent
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.errors import SourceError
from docgen.pipeline.handwritten.model import Fate, FiledFile, HandwrittenFile, WrittenDocument
from docgen.pipeline.handwritten.slots import SlotPlan, name_open_job, report_apart
from docgen.pipeline.stages.inspection import inspect_filed
from docgen.profile.document import DocumentSpec
from docgen.profile.plan import DocumentJob
from docgen.sources.manuscripts import Manuscript, list_folder, read_manuscript

_LISTED = 6
IsForeign = Callable[[DocumentSpec, DocumentContent], bool]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that is no document of the plan and is filed with an item."""

    manuscript: Manuscript
    item: str
    match: FileMatch


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What of a folder isn't looked at.

    ``known`` are files that the record names itself, ``papers`` the names of what docgen puts into a package beside
    the documents, ``prefix`` what the names of its packages begin with, ``output`` the folder it writes to. ``digests``
    are those of files that are filed anyway.
    """

    known: frozenset[Path] = frozenset()
    papers: frozenset[str] = frozenset()
    prefix: str = ""
    output: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    def is_own(self, path: Path, folder: Path) -> bool:
        """Whether docgen itself made a file below a folder: a paper of a package, a package, an output."""
        package = bool(self.prefix) and path.suffix == ".zip" and path.name.startswith(self.prefix)
        below = self.output is not None and self.output != folder and path.is_relative_to(self.output)
        return path.name in self.papers or package or below


@dataclass(slots=True)
class Gathering:
    """What a folder holds: documents with their files, files filed with an item, the fate of every file."""

    plan: SlotPlan
    documents: list[WrittenDocument] = field(default_factory=list)
    attached: list[AttachedFile] = field(default_factory=list)
    files: list[FiledFile] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def tell(
        self, match: FileMatch, fate: Fate, why: str = "", job: DocumentJob | None = None, role: Role | None = None
    ) -> None:
        """Remember the fate of a file; without ``job`` its likeliest document is told."""
        best = match.best if match.slot is not None or (match.best and match.best.is_guess) else None
        known = job or (self.plan.jobs[best.slot.id] if best is not None and match.item is None else None)
        item = match.item or (known.filing.key if known is not None and known.filing is not None else "")
        score = best.points.total if best is not None else 0
        points = {key: getattr(best.points, key) for key in best.points.reasons} if best is not None else {}
        if match.item is not None:
            score, points = 0, {}
        self.files.append(
            FiledFile(
                match.clue.path,
                fate,
                item,
                known.id if known is not None else "",
                known.full_title if known is not None else "",
                role,
                score,
                points,
                why,
            )
        )


def collect_folder(
    folder: Path,
    plan: SlotPlan,
    left_out: LeftOut,
    is_foreign: IsForeign,
    progress: Progress | None = None,
    *,
    allowed: Sequence[Path] = (),
) -> Gathering:
    """Everything below a folder; SourceError F119 when it is none, F120 when nothing is in it.

    Links are followed out of the folder only into one that is ``allowed``.

    ``is_foreign`` tells whether a text has nothing of what a document must hold: by its title alone it isn't filed.
    """
    place = Location(file=str(folder))
    if not folder.is_dir():
        raise SourceError(error("F119", place, path=str(folder)))
    try:
        listing = list_folder(folder)
    except OSError as fault:
        raise SourceError(error("F119", place, path=str(fault.filename or folder))) from None
    found = Gathering(plan)
    if listing.foreign:
        names = show_some(listing.foreign)
        found.diagnostics.append(error("E125", place, folder=str(folder), count=len(listing.foreign), names=names))
    if listing.leftovers:
        found.diagnostics.append(
            info("F101", place, count=len(listing.leftovers), names=show_some(map(str, listing.leftovers), _LISTED))
        )
    here = folder.resolve()
    papers = [path for path in listing.files if left_out.is_own(here / path, here)]
    if papers:
        found.diagnostics.append(info("F118", place, count=len(papers), names=show_some(map(str, papers), _LISTED)))
    found.files += (FiledFile(path, "left_out") for path in papers)
    known = {path for path in listing.files if (here / path).resolve() in left_out.known}
    paths = [path for path in listing.files if path not in {*papers, *known}]
    if not paths and not known and not listing.foreign:
        raise SourceError(error("F120", place, path=str(folder)))
    manuscripts: dict[PurePosixPath, Manuscript] = {}
    matches: list[FileMatch] = []
    for number, path in enumerate(paths):
        if progress is not None:
            progress(path.name, number, len(paths))
        manuscript = read_manuscript(folder, path, allowed)
        manuscripts[path] = manuscript
        found.diagnostics += manuscript.diagnostics
        if manuscript.file is not None:
            found.diagnostics += inspect_filed(manuscript.file, Location(file=str(manuscript.path)))
        is_picture = name_kind(path.suffix) == "picture"
        match = plan.matcher.match(FileClue(path, manuscript.lines, manuscript.headings, is_picture))
        document = plan.jobs[match.slot.id].document if match.slot is not None else None
        if document is not None and manuscript.content is not None and is_foreign(document, manuscript.content):
            match = replace(match, slot=None, why="sections")
        if manuscript.file is None:
            found.tell(match, "unreadable")
        else:
            matches.append(match)
    kept = _leave_duplicates(found, matches, manuscripts, left_out.digests)
    _sort_out(found, kept, manuscripts)
    return found


def _leave_duplicates(
    found: Gathering,
    matches: Sequence[FileMatch],
    manuscripts: Mapping[PurePosixPath, Manuscript],
    digests: Mapping[str, str],
) -> list[FileMatch]:
    """Of files with the same bytes the one that is matched best; the same bytes for two documents are left alone."""
    groups: dict[str, list[FileMatch]] = {}
    for match in matches:
        groups.setdefault(manuscripts[match.clue.path].digest, []).append(match)
    kept: list[FileMatch] = []
    for digest, group in groups.items():
        ranked = sorted(group, key=_rank_copies)
        slots: set[str] = set()
        for at, match in enumerate(ranked):
            same = digests.get(digest) if match.slot is None else None
            if match.slot is not None and match.slot.id not in slots:
                slots.add(match.slot.id)
            elif at or same:
                same = same or str(ranked[0].clue.path)
                place = Location(file=str(manuscripts[match.clue.path].path))
                found.diagnostics.append(info("F117", place, name=str(match.clue.path), other=same))
                found.tell(match, "duplicate", same)
                continue
            kept.append(match)
    order = {match.clue.path: at for at, match in enumerate(matches)}
    return sorted(kept, key=lambda item: order[item.clue.path])


def _rank_copies(match: FileMatch) -> tuple[bool, bool, int, int]:
    """The one that is matched best first; of equals the one whose name has fewer marks of a copy."""
    return (match.slot is None, match.item is None, len(match.spoken.versions), -match.score)


def _sort_out(found: Gathering, matches: Sequence[FileMatch], manuscripts: Mapping[PurePosixPath, Manuscript]) -> None:
    by_slot: dict[str, list[FileMatch]] = {}
    loose: list[FileMatch] = []
    for match in matches:
        if match.slot is not None:
            by_slot.setdefault(match.slot.id, []).append(match)
        else:
            loose.append(match)
    for slot_id, group in by_slot.items():
        is_open = any(match.slot is not None and match.slot.is_open for match in group)
        for job, own in _name_jobs(found.plan.jobs[slot_id], group) if is_open else [(found.plan.jobs[slot_id], group)]:
            loose += _gather(found, job, own, manuscripts)
    for match in loose:
        _place_loose(found, match, manuscripts[match.clue.path])


def _name_jobs(job: DocumentJob, group: Sequence[FileMatch]) -> Iterator[tuple[DocumentJob, list[FileMatch]]]:
    """A document for each name among the files of a type of which any number may be there."""
    named: dict[str, list[FileMatch]] = {}
    for match in group:
        named.setdefault(report_apart(job, match.spoken), []).append(match)
    yield from ((name_open_job(job, name), own) for name, own in named.items())


def _gather(
    found: Gathering, job: DocumentJob, group: Sequence[FileMatch], manuscripts: Mapping[PurePosixPath, Manuscript]
) -> Iterator[FileMatch]:
    """Take the files of one document; gives back those that are hardly meant for it."""
    gathered = gather_files(group)
    if gathered.rivals:
        names = "、".join(f"“{match.clue.path}”" for match in gathered.rivals)
        place = Location(file=str(manuscripts[gathered.rivals[0].clue.path].path))
        found.diagnostics.append(error("F103", place, document=job.full_title, count=len(gathered.rivals), names=names))
        for match in gathered.rivals:
            found.tell(match, "rival", job=job)
    told = [*gathered.rivals, *gathered.doubtful, *(item.match for item in gathered.files)]
    rest = [match for match in group if match not in told]
    for match in rest:
        found.tell(match, "rival", job=job)
    files = tuple(HandwrittenFile(manuscripts[item.match.clue.path], item.role) for item in gathered.files)
    makes = job.entry is not None or not job.document.own_form
    if files:
        covers = gathered.has_original or not (makes and job.id in found.plan.wanted)
        found.documents.append(WrittenDocument(job, files, covers))
    for item in gathered.files:
        found.tell(item.match, "document", job=job, role=item.role)
    yield from gathered.doubtful


def _place_loose(found: Gathering, match: FileMatch, manuscript: Manuscript) -> None:
    if match.item is not None:
        found.attached.append(AttachedFile(manuscript, match.item, match))
        found.tell(match, "item")
        return
    why = match.why or "unlike"
    found.tell(match, "unmatched", why)
    place = Location(file=str(manuscript.path))
    guess = _format_guess(found.plan, match.best, match.second if why in ("holder", "document") else None)
    where, reason = _advise(found.plan, match.best, why), Term(f"handwritten.why.{why}")
    found.diagnostics.append(warning("F102", place, name=str(match.clue.path), why=reason, guess=guess, where=where))


def _format_guess(plan: SlotPlan, best: Candidate | None, second: Candidate | None) -> Term:
    if best is None or not best.is_guess:
        return Term("handwritten.guess.none")
    said = {"title": plan.jobs[best.slot.id].full_title, "score": best.points.total}
    if second is None:
        return Term("handwritten.guess.one", said)
    other = {"other": plan.jobs[second.slot.id].full_title, "other_score": second.points.total}
    return Term("handwritten.guess.two", {**said, **other})


def _advise(plan: SlotPlan, best: Candidate | None, why: str) -> Term:
    if best is None or not best.is_guess:
        first = plan.matcher.places[0] if plan.matcher.places else None
        folder = f"{first.key}_{first.label}" if first is not None else ""
        return Term("handwritten.where.item", {"folder": folder})
    known = why if why in ("holder", "blank", "sections") else "name"
    return Term(f"handwritten.where.{known}", advise_name(plan.jobs[best.slot.id]))


def advise_name(job: DocumentJob) -> dict[str, object]:
    """The folder and the name under which a document is known at once."""
    folder = f"{job.filing.key}_{job.filing.label}" if job.filing is not None else ""
    return {"folder": folder, "title": job.full_title}
