"""Collect the documents in a folder: read its files, match them with documents, record what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from docgen.archive.plan.matching import Candidate, FileClue, FileMatch
from docgen.archive.plan.model import Role
from docgen.archive.plan.renditions import gather_files, name_kind
from docgen.content.model import DocumentContent
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.errors import SourceError
from docgen.pipeline.handwritten.model import Fate, FiledFile, HandwrittenFile, WrittenDocument
from docgen.pipeline.handwritten.slots import SlotPlan, find_own_name, name_open_job
from docgen.pipeline.stages.inspection import inspect_filed
from docgen.profile.document import DocumentSpec
from docgen.profile.plan import DocumentJob
from docgen.sources.manuscripts import Manuscript, list_folder, read_manuscript

_LISTED = 6
IsForeign = Callable[[DocumentSpec, DocumentContent], bool]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that is no planned document and is filed with an item."""

    manuscript: Manuscript
    item: str
    match: FileMatch


@dataclass(frozen=True, slots=True)
class ExcludedFiles:
    """The files of a folder that aren't collected.

    ``named`` are files that the record names itself, ``papers`` the names of papers that docgen puts into a package,
    ``prefix`` the beginning of the names of its packages, ``output`` the folder it writes to. ``digests`` are those of
    files that are filed anyway.
    """

    named: frozenset[Path] = frozenset()
    papers: frozenset[str] = frozenset()
    prefix: str = ""
    output: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    def is_own(self, path: Path, folder: Path) -> bool:
        """Whether docgen itself made a file below a folder: a paper, a package, an output."""
        package = bool(self.prefix) and path.suffix == ".zip" and path.name.startswith(self.prefix)
        below = self.output is not None and self.output != folder and path.is_relative_to(self.output)
        return path.name in self.papers or package or below


@dataclass(slots=True)
class CollectedFolder:
    """The contents of a folder: documents with their files, files filed with an item, the fate of every file."""

    plan: SlotPlan
    documents: list[WrittenDocument] = field(default_factory=list)
    attached: list[AttachedFile] = field(default_factory=list)
    files: list[FiledFile] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add_file(
        self, match: FileMatch, fate: Fate, why: str = "", job: DocumentJob | None = None, role: Role | None = None
    ) -> None:
        """Add a file with its fate; without ``job`` its likeliest document is recorded with it."""
        best = match.best if match.slot is not None or (match.best and match.best.is_guess) else None
        document_job = job or (self.plan.jobs[best.slot.id] if best is not None and match.item is None else None)
        item = match.item or (
            document_job.filing.key if document_job is not None and document_job.filing is not None else ""
        )
        score = best.points.total if best is not None else 0
        points = {key: getattr(best.points, key) for key in best.points.reasons} if best is not None else {}
        if match.item is not None:
            score, points = 0, {}
        self.files.append(
            FiledFile(
                match.clue.path,
                fate,
                item,
                document_job.id if document_job is not None else "",
                document_job.full_title if document_job is not None else "",
                role,
                score,
                points,
                why,
            )
        )


def collect_folder(
    folder: Path,
    plan: SlotPlan,
    excluded: ExcludedFiles,
    is_foreign: IsForeign,
    progress: Progress | None = None,
    *,
    allowed: Sequence[Path] = (),
) -> CollectedFolder:
    """Collect everything below a folder; SourceError F119 when there is no such folder, F120 when it is empty.

    Links are followed out of the folder only into one that is ``allowed``.

    ``is_foreign`` tells whether a text has nothing that a document must hold; a matching title isn't enough then.
    """
    place = Location(file=str(folder))
    if not folder.is_dir():
        raise SourceError(error("F119", place, path=str(folder)))
    try:
        listing = list_folder(folder)
    except OSError as fault:
        raise SourceError(error("F119", place, path=str(fault.filename or folder))) from None
    collected = CollectedFolder(plan)
    if listing.foreign:
        names = format_first_few(listing.foreign)
        collected.diagnostics.append(error("E125", place, folder=str(folder), count=len(listing.foreign), names=names))
    if listing.leftovers:
        collected.diagnostics.append(
            info(
                "F101",
                place,
                count=len(listing.leftovers),
                names=format_first_few(map(str, listing.leftovers), _LISTED),
            )
        )
    root = folder.resolve()
    papers = [path for path in listing.files if excluded.is_own(root / path, root)]
    if papers:
        collected.diagnostics.append(
            info("F118", place, count=len(papers), names=format_first_few(map(str, papers), _LISTED))
        )
    collected.files += (FiledFile(path, "left_out") for path in papers)
    named = {path for path in listing.files if (root / path).resolve() in excluded.named}
    paths = [path for path in listing.files if path not in {*papers, *named}]
    if not paths and not named and not listing.foreign:
        raise SourceError(error("F120", place, path=str(folder)))
    manuscripts: dict[PurePosixPath, Manuscript] = {}
    matches: list[FileMatch] = []
    for number, path in enumerate(paths):
        if progress is not None:
            progress(path.name, number, len(paths))
        manuscript = read_manuscript(folder, path, allowed)
        manuscripts[path] = manuscript
        collected.diagnostics += manuscript.diagnostics
        if manuscript.file is not None:
            collected.diagnostics += inspect_filed(manuscript.file, Location(file=str(manuscript.path)))
        is_picture = name_kind(path.suffix) == "picture"
        match = plan.matcher.match(FileClue(path, manuscript.lines, manuscript.headings, is_picture))
        document = plan.jobs[match.slot.id].document if match.slot is not None else None
        if document is not None and manuscript.content is not None and is_foreign(document, manuscript.content):
            match = replace(match, slot=None, why="sections")
        if manuscript.file is None:
            collected.add_file(match, "unreadable")
        else:
            matches.append(match)
    kept = _drop_duplicates(collected, matches, manuscripts, excluded.digests)
    _sort_out(collected, kept, manuscripts)
    return collected


def _drop_duplicates(
    collected: CollectedFolder,
    matches: Sequence[FileMatch],
    manuscripts: Mapping[PurePosixPath, Manuscript],
    digests: Mapping[str, str],
) -> list[FileMatch]:
    """Keep the best match of files with the same bytes; the same bytes may serve two documents."""
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
                collected.diagnostics.append(info("F117", place, name=str(match.clue.path), other=same))
                collected.add_file(match, "duplicate", same)
                continue
            kept.append(match)
    order = {match.clue.path: at for at, match in enumerate(matches)}
    return sorted(kept, key=lambda item: order[item.clue.path])


def _rank_copies(match: FileMatch) -> tuple[bool, bool, int, int]:
    """Rank the best match first; of equal ones the name with fewer marks of a copy."""
    return (match.slot is None, match.item is None, len(match.spoken.versions), -match.score)


def _sort_out(
    collected: CollectedFolder, matches: Sequence[FileMatch], manuscripts: Mapping[PurePosixPath, Manuscript]
) -> None:
    by_slot: dict[str, list[FileMatch]] = {}
    loose: list[FileMatch] = []
    for match in matches:
        if match.slot is not None:
            by_slot.setdefault(match.slot.id, []).append(match)
        else:
            loose.append(match)
    for slot_id, group in by_slot.items():
        is_open = any(match.slot is not None and match.slot.is_open for match in group)
        for job, own in (
            _name_jobs(collected.plan.jobs[slot_id], group) if is_open else [(collected.plan.jobs[slot_id], group)]
        ):
            loose += _gather(collected, job, own, manuscripts)
    for match in loose:
        _place_loose(collected, match, manuscripts[match.clue.path])


def _name_jobs(job: DocumentJob, group: Sequence[FileMatch]) -> Iterator[tuple[DocumentJob, list[FileMatch]]]:
    """Make a document for each name among the files of a type that allows any number of documents."""
    named: dict[str, list[FileMatch]] = {}
    for match in group:
        named.setdefault(find_own_name(job, match.spoken), []).append(match)
    yield from ((name_open_job(job, name), own) for name, own in named.items())


def _gather(
    collected: CollectedFolder,
    job: DocumentJob,
    group: Sequence[FileMatch],
    manuscripts: Mapping[PurePosixPath, Manuscript],
) -> Iterator[FileMatch]:
    """Take the files of one document; returns those that are hardly meant for it."""
    gathered = gather_files(group)
    if gathered.rivals:
        names = "、".join(f"“{match.clue.path}”" for match in gathered.rivals)
        place = Location(file=str(manuscripts[gathered.rivals[0].clue.path].path))
        collected.diagnostics.append(
            error("F103", place, document=job.full_title, count=len(gathered.rivals), names=names)
        )
        for match in gathered.rivals:
            collected.add_file(match, "rival", job=job)
    accounted = [*gathered.rivals, *gathered.doubtful, *(item.match for item in gathered.files)]
    rest = [match for match in group if match not in accounted]
    for match in rest:
        collected.add_file(match, "rival", job=job)
    files = tuple(HandwrittenFile(manuscripts[item.match.clue.path], item.role) for item in gathered.files)
    makes = job.entry is not None or not job.document.own_form
    if files:
        covers = gathered.has_original or not (makes and job.id in collected.plan.wanted)
        collected.documents.append(WrittenDocument(job, files, covers))
    for item in gathered.files:
        collected.add_file(item.match, "document", job=job, role=item.role)
    yield from gathered.doubtful


def _place_loose(collected: CollectedFolder, match: FileMatch, manuscript: Manuscript) -> None:
    if match.item is not None:
        collected.attached.append(AttachedFile(manuscript, match.item, match))
        collected.add_file(match, "item")
        return
    why = match.why or "unlike"
    collected.add_file(match, "unmatched", why)
    place = Location(file=str(manuscript.path))
    guess = _format_guess(collected.plan, match.best, match.second if why in ("holder", "document") else None)
    where, reason = _format_advice(collected.plan, match.best, why), Term(f"handwritten.why.{why}")
    collected.diagnostics.append(
        warning("F102", place, name=str(match.clue.path), why=reason, guess=guess, where=where)
    )


def _format_guess(plan: SlotPlan, best: Candidate | None, second: Candidate | None) -> Term:
    if best is None or not best.is_guess:
        return Term("handwritten.guess.none")
    params = {"title": plan.jobs[best.slot.id].full_title, "score": best.points.total}
    if second is None:
        return Term("handwritten.guess.one", params)
    other = {"other": plan.jobs[second.slot.id].full_title, "other_score": second.points.total}
    return Term("handwritten.guess.two", {**params, **other})


def _format_advice(plan: SlotPlan, best: Candidate | None, why: str) -> Term:
    if best is None or not best.is_guess:
        first = plan.matcher.places[0] if plan.matcher.places else None
        folder = f"{first.key}_{first.label}" if first is not None else ""
        return Term("handwritten.where.item", {"folder": folder})
    key = why if why in ("holder", "blank", "sections") else "name"
    return Term(f"handwritten.where.{key}", suggest_path(plan.jobs[best.slot.id]))


def suggest_path(job: DocumentJob) -> dict[str, object]:
    """The folder and the title under which a file is matched with certainty."""
    folder = f"{job.filing.key}_{job.filing.label}" if job.filing is not None else ""
    return {"folder": folder, "title": job.full_title}
