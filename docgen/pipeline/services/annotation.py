"""A copy of a Word file with a comment at each place where something was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.archive.writing.target import open_target
from docgen.content.files import read_bytes
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import OutputError, SourceError
from docgen.messages import Language, catalogue
from docgen.render.scan.comments import Comment, add_comments

_SUFFIX = ".docx"
_AUTHOR = "docgen"


def choose_target(source: Path, out: Path, files: int) -> Path:
    """Where the copy goes: ``out`` itself for a single file, else a file of the same name in the folder ``out``."""
    if out.is_dir() or files > 1 or out.suffix.lower() != _SUFFIX:
        return out / f"{source.stem}{_SUFFIX}"
    return out


def annotate_case(
    source: Path, target: Path, diagnostics: Sequence[Diagnostic], language: Language, *, force: bool = False
) -> None:
    """Write the copy, its comments in a language; what has no paragraph stands at the first.

    Raises SourceError C138 for a file that is no ``.docx``, OutputError C139 when the copy would take the file's own
    place, else as ``open_target`` does.
    """
    if source.suffix.lower() != _SUFFIX:
        raise SourceError(error("C138", Location(file=str(source)), path=source.name))
    if target.resolve() == source.resolve():
        raise OutputError(error("C139", Location(file=str(target)), path=target.name))
    comments = [Comment(spell_comment(item, language), item.location.paragraph) for item in diagnostics]
    made = add_comments(read_bytes(source), comments, _AUTHOR, _AUTHOR)
    if target.suffix.lower() == _SUFFIX and not target.parent.exists():
        target.parent.mkdir(parents=True)
    with open_target(target, force=force) as file:
        file.write(made)


def spell_comment(diagnostic: Diagnostic, language: Language) -> str:
    """What was found and how to mend it, as a comment says it."""
    words = catalogue(language)
    clause = words.text("case.clause", clause=diagnostic.clause) if diagnostic.clause else ""
    head = words.text(f"case.severity-{diagnostic.severity}", code=diagnostic.code)
    return "\n".join([f"{head}{words.message(diagnostic)}{clause}", words.mend(diagnostic)])
