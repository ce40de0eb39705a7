"""Write a copy of a Word file with a comment at the place of each diagnostic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.writing.target import write_target
from docgen.content.files import read_bytes
from docgen.diagnostics import Diagnostic, Location, error, promote_warnings
from docgen.errors import OutputError, SourceError
from docgen.messages import Language, catalogue
from docgen.render.scan.comments import Comment, add_comments

_SUFFIX = ".docx"
_AUTHOR = "docgen"


@dataclass(frozen=True, slots=True)
class Annotation:
    """How copies are annotated: their path, the language of comments, whether warnings are errors (``strict``).

    ``out`` is the copy of a single Word file itself, else (``is_one`` of many, or no ``.docx``) the folder of copies,
    in which a copy lies in the folder ``inner``.
    """

    out: Path
    language: Language
    is_one: bool = False
    strict: bool = False
    force: bool = False
    inner: Path = Path()

    def choose_target(self, source: Path) -> Path:
        """The path of a file's copy."""
        if self.out.is_dir() or self.is_one or self.out.suffix.lower() != _SUFFIX:
            return self.out / self.inner / f"{source.stem}{_SUFFIX}"
        return self.out


def annotate_case(source: Path, diagnostics: Sequence[Diagnostic], annotation: Annotation) -> bytes:
    """Make the annotated copy; a comment without a paragraph is placed at the first.

    Raises SourceError C138 for a file that is no ``.docx``, OutputError C139 when the copy would take the file's own
    place.
    """
    target, language = annotation.choose_target(source), annotation.language
    weighed = promote_warnings(diagnostics) if annotation.strict else diagnostics
    if source.suffix.lower() != _SUFFIX:
        raise SourceError(error("C138", Location(file=str(source)), path=source.name))
    if target.resolve() == source.resolve():
        raise OutputError(error("C139", Location(file=str(target)), path=target.name))
    comments = [Comment(format_comment(item, language), item.location.paragraph) for item in weighed]
    return add_comments(read_bytes(source), comments, _AUTHOR, _AUTHOR)


def write_copy(data: bytes, source: Path, annotation: Annotation) -> Path:
    """Write the copy of a file and return its path; raises as ``open_target`` does."""
    target = annotation.choose_target(source)
    if target.suffix.lower() == _SUFFIX and not target.parent.exists():
        target.parent.mkdir(parents=True)
    write_target(data, target, force=annotation.force)
    return target


def format_comment(diagnostic: Diagnostic, language: Language) -> str:
    """Format a diagnostic and its remedy as a comment."""
    words = catalogue(language)
    clause = words.text("case.clause", clause=diagnostic.clause) if diagnostic.clause else ""
    head = words.text(f"case.severity-{diagnostic.severity}", code=diagnostic.code)
    return "\n".join([f"{head}{words.message(diagnostic)}{clause}", words.mend(diagnostic)])
