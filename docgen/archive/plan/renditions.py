"""The files that were found for one document: which is the original, which its PDF, which the signed scan.

Files of different kinds go together; of two of one kind nobody can say which counts, and the newer isn't guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from docgen.archive.plan.matching import FileMatch
from docgen.archive.plan.model import Role
from docgen.content.folding import keep_letters

Kind = Literal["text", "sheet", "pdf", "picture", "other"]

_TEXTS = (".docx", ".doc", ".wps", ".rtf", ".odt", ".md", ".markdown", ".docm", ".txt")
_SHEETS = (".xlsx", ".xls", ".et", ".ods", ".csv", ".xlsm")
_PDFS = (".pdf", ".ofd")
_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".heic", ".heif")
_FAR = 25
_SURE = 70


@dataclass(frozen=True, slots=True)
class RoleMatch:
    """A file of a document and its role."""

    match: FileMatch
    role: Role


@dataclass(frozen=True, slots=True)
class FoundRenditions:
    """The files found for one document.

    ``files`` are in the order of filing; ``rivals`` exclude each other, and the user must choose one; ``doubtful`` are
    much less like the document than the best file.
    """

    files: tuple[RoleMatch, ...]
    rivals: tuple[FileMatch, ...] = ()
    doubtful: tuple[FileMatch, ...] = ()

    @property
    def has_original(self) -> bool:
        """Whether the files hold more than scans of a signed copy."""
        return any(item.role in ("original", "pdf") for item in self.files)


def name_kind(suffix: str) -> Kind:
    """The kind of a file with this suffix."""
    suffix = suffix.lower()
    groups: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("text", _TEXTS),
        ("sheet", _SHEETS),
        ("pdf", _PDFS),
        ("picture", _PICTURES),
    )
    return next((kind for kind, suffixes in groups if suffix in suffixes), "other")


def gather_files(matches: Sequence[FileMatch]) -> FoundRenditions:
    """Gives each file of one document its role, and finds rivals and doubtful files."""
    kept, doubtful = _leave_doubtful(sorted(matches, key=_format_path))
    signed = [match for match in kept if match.spoken.signed]
    plain = [match for match in kept if not match.spoken.signed]
    texts, sheets, pdfs, pictures, others = (
        [match for match in plain if _kind(match) == kind] for kind in ("text", "sheet", "pdf", "picture", "other")
    )
    rivals: list[FileMatch] = []
    for group in (texts, sheets, pdfs, others, *_group_kinds(signed)):
        rivals += group if len(group) > 1 and not _are_pages(group) else []
    rivals += [] if _are_pages(pictures) else pictures
    if len(pdfs) == 1 and len(texts) + len(sheets) == 1 and not _is_same_version(pdfs[0], (texts + sheets)[0]):
        rivals += [*texts, *sheets, *pdfs]
    if rivals:
        return FoundRenditions((), tuple(dict.fromkeys(rivals)), doubtful)
    originals = [*texts, *sheets, *others]
    files = [RoleMatch(match, "original") for match in originals]
    files += [RoleMatch(match, "pdf" if originals else "original") for match in pdfs]
    files += [RoleMatch(match, "signed" if originals or pdfs or signed else "original") for match in pictures]
    files += [RoleMatch(match, "signed") for match in signed]
    return FoundRenditions(tuple(files), (), doubtful)


def _leave_doubtful(matches: Sequence[FileMatch]) -> tuple[list[FileMatch], tuple[FileMatch, ...]]:
    best = max(match.score for match in matches)
    doubtful = tuple(match for match in matches if match.score < _SURE and best - match.score >= _FAR)
    return [match for match in matches if match not in doubtful], doubtful


def _kind(match: FileMatch) -> Kind:
    return name_kind(match.clue.path.suffix)


def _format_path(match: FileMatch) -> str:
    return str(match.clue.path)


def _group_kinds(matches: Iterable[FileMatch]) -> list[list[FileMatch]]:
    groups: dict[Kind, list[FileMatch]] = {}
    for match in matches:
        groups.setdefault(_kind(match), []).append(match)
    return list(groups.values())


def _are_pages(matches: Sequence[FileMatch]) -> bool:
    """Whether pictures are pages of one paper: names that differ by a number at the end."""
    pictures = all(_kind(match) == "picture" for match in matches)
    return pictures and len({keep_letters(match.spoken.bare) for match in matches}) <= 1


def _is_same_version(pdf: FileMatch, original: FileMatch) -> bool:
    """Whether a PDF can be the print of an original: their names don't have different version marks."""
    return not pdf.spoken.versions or not original.spoken.versions or pdf.spoken.versions == original.spoken.versions
