"""Check a template without a record: its faults, the values it needs, a copy with comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.writing.target import write_target
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import OutputError, SourceError, TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import find_nearest
from docgen.profile.labels import choose_document, suggest_documents
from docgen.profile.load import LoadedProfile, find_profile
from docgen.render.context.packages import PACKAGE_PAPERS, describe_paper
from docgen.render.context.types import Shape
from docgen.render.context.vocabulary import describe_context
from docgen.render.scan.template import Purpose, check_template, is_workbook
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.render.scan.names import NameUse

_SUFFIXES = (".docx", ".xlsx")


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """A template checked for a document: its diagnostics and number of tags.

    ``title`` is the document's; None for one of the papers of a package. ``fields`` are the values that it needs.
    """

    diagnostics: tuple[Diagnostic, ...]
    tags: int
    title: str | None
    fields: tuple[AskedField, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedField:
    """A value that a template needs: its name, its label, how and where it is used."""

    name: str
    label: str
    uses: tuple[NameUse, ...]


def list_fields(
    uses: Iterable[NameUse], names: Mapping[str, Shape] | None = None, words: Catalogue | None = None
) -> tuple[AskedField, ...]:
    """The values that a template needs, each once, in the order of their first tags; ``names`` has their labels."""
    uses_by_name: dict[str, list[NameUse]] = {}
    for use in uses:
        uses_by_name.setdefault(use.name, []).append(use)
    return tuple(
        AskedField(
            name, _find_label(name, names, words) if names and words else name.replace("[].", " / "), tuple(own_uses)
        )
        for name, own_uses in uses_by_name.items()
    )


def _find_label(name: str, names: Mapping[str, Shape], words: Catalogue) -> str:
    """The label of a value (``form.opinions[].text``) behind those of its parents; '' where it has none."""
    shape: Shape | None = Shape("fields", names=names)
    labels: list[str] = []
    for step in name.split("."):
        shape = shape.read_name(step.removesuffix("[]")) if shape is not None else None
        if shape is None:
            break
        label = shape.label
        labels.append(words.format_param(label))
        shape = shape.item if step.endswith("[]") and shape.item is not None else shape
    return " / ".join(dict.fromkeys(filter(None, labels)))


def check_template_file(path: Path, resources: Resources, profile_id: str, document_id: str) -> CheckedTemplate:
    """Check a template for a document of a profile, or for a paper of a package (``PACKAGE_PAPERS``).

    Raises TemplateError T331 or T152 when it can't be read, SourceError T332 when the profile has no such document,
    ProfileError for a profile that isn't there or isn't sound. A template that can't be opened is a diagnostic.
    """
    data = _read(path)
    loaded = find_profile(resources, profile_id)
    document = choose_document(loaded.profile.documents, document_id)
    names = _find_names(loaded, document, document_id, path)
    title = document.title if document is not None else None
    try:
        purpose = Purpose(loaded.profile, document) if document is not None else None
        scan = check_template(data, str(path), names, purpose)
    except TemplateError as fault:
        return CheckedTemplate(tuple(fault.diagnostics), 0, title)
    return CheckedTemplate(
        scan.diagnostics, scan.tags, title, list_fields(scan.uses, names, catalogue(DOCUMENT_LANGUAGE))
    )


def annotate_template(
    path: Path, checked: CheckedTemplate, target: Path, words: Catalogue, *, force: bool = False
) -> None:
    """Write a copy of a Word template with a comment at each fault; the template itself is never written.

    Raises TemplateError T333 for a workbook and what makes it unreadable, OutputError T334 when the copy would take
    the template's place, A101–A107 when it can't be written.
    """
    from docgen.render.scan.annotate import annotate_docx

    if is_workbook(path.name):
        raise TemplateError(error("T333", Location(file=str(path)), path=str(path)))
    if target.exists() and target.samefile(path):
        raise OutputError(error("T334", Location(file=str(target)), path=str(target)))
    data = annotate_docx(_read(path), str(path), checked.diagnostics, words)
    write_target(data, target, force=force)


def _find_names(
    loaded: LoadedProfile, document: DocumentSpec | None, document_id: str, path: Path
) -> Mapping[str, Shape]:
    if document is not None:
        return describe_context(loaded, document)
    if document_id in PACKAGE_PAPERS:
        return describe_paper(document_id)
    nearest = find_nearest(document_id, PACKAGE_PAPERS) or suggest_documents(loaded.profile.documents, document_id)
    nearest = nearest or loaded.profile.documents[0].id
    profile, papers = loaded.profile.id, "、".join(PACKAGE_PAPERS)
    place = Location(file=str(path))
    raise SourceError(error("T332", place, profile=profile, id=document_id, nearest=nearest, papers=papers))


def _read(path: Path) -> bytes:
    place = Location(file=str(path))
    if path.suffix.lower() not in _SUFFIXES:
        raise TemplateError(error("T331", place, path=str(path)))
    try:
        return path.read_bytes()
    except OSError as fault:
        raise TemplateError(error("T152", place, reason=fault.strerror or str(fault))) from None
