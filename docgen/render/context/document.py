"""Makes the views of a document's own data: standard, title, number, signers, responsible party, date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from docgen.diagnostics import Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import SignerSpec
from docgen.profile.model import Standard
from docgen.profile.plan import find_addressee, name_party
from docgen.profile.subject import is_present
from docgen.record.parts import Party, PartyRole, Project
from docgen.render.context.form import view_form
from docgen.render.context.records import PartiesByRole, view_model, view_value
from docgen.render.context.source import ContextPlan, ContextSource, find_absence
from docgen.render.context.types import TEXT, Shape, list_of, read_model
from docgen.render.context.views import DocumentView, ProfileView, SignerView
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path


def view_standard(source: ContextSource) -> Standard:
    """Make the view of the profile's standard."""
    return view_model(source.subject.profile.standard, ("standard",), "blank")


def describe_standard(plan: ContextPlan) -> Shape:
    """Describe the standard's model; absent values leave their place free."""
    shape = read_model(Standard, "standard", plan.required)
    names = {
        name: replace(item, absence="free" if item.absence == "optional" else item.absence)
        for name, item in shape.names.items()
    }
    return replace(shape, names=names)


def view_profile(source: ContextSource) -> ProfileView:
    """Make the view of the profile: its id and version."""
    return ProfileView(id=source.subject.profile.id, version=source.subject.profile.version)


def view_document(source: ContextSource) -> DocumentView:
    """Make the view of the document's description in the profile, with its number."""
    document, job = source.document, source.job
    texts, clause = catalogue(DOCUMENT_LANGUAGE), document.clause or ""
    standard = source.subject.profile.standard.number
    return DocumentView(
        id=document.id,
        title=document.title,
        subtitle=document.subtitle or "",
        caption=document.caption or "",
        clause=clause,
        level=document.level,
        number=job.number or Missing(f"{job.id}/number", "", "blank"),
        numbered=document.code is not None,
        addressed=document.addressee is not None,
        continued=texts.text("document.continued", table=document.caption.split()[0]) if document.caption else "",
        note="，".join(_list_origins(source)),
        basis=texts.text("document.basis", standard=standard, clause=clause).strip(),
    )


def _list_origins(source: ContextSource) -> Iterator[str]:
    """List what a reader must know of a document's origin: the document or its form is our own, its basis a draft."""
    texts, standard = catalogue(DOCUMENT_LANGUAGE), source.subject.profile.standard
    if source.document.level == "自拟":
        yield texts.text("document.own")
    elif source.document.caption is None and source.document.shape != "report":
        yield texts.text("document.own_form")
    if standard.status == "draft" and standard.stage is not None:
        yield texts.text("document.draft", stage=standard.stage)


def view_project(source: ContextSource) -> Project:
    """Make the view of the record's project."""
    return view_model(source.subject.record.project, ("project",), source.mode)


def view_parties(source: ContextSource) -> tuple[Party, ...]:
    """Make the views of all parties, in the record's order."""
    parties: tuple[Party, ...] = view_value(source.subject.record.parties, ("parties",), source.mode, "")
    return parties


def view_parties_by_role(source: ContextSource) -> PartiesByRole:
    """Make the view of the first party of each role."""
    return PartiesByRole(source.subject, source.mode)


def describe_parties_by_role(plan: ContextPlan) -> Shape:
    """Describe a party under the name of each role."""
    party = read_model(Party, "parties", plan.required)
    roles = {role: Term(f"workbook.word.Party.role.{role}") for role in get_args(PartyRole)}
    names = {role: replace(party, absence="optional", label=label) for role, label in roles.items()}
    return Shape("fields", names=names)


def view_signers(source: ContextSource) -> tuple[SignerView, ...]:
    """List who signs, with the party's name where the profile says whose seal it is."""
    return tuple(SignerView(label=_format_signer(source, signer)) for signer in source.document.signers)


def _format_signer(source: ContextSource, signer: SignerSpec) -> str:
    name = name_party(source.subject, signer.role)
    if signer.role is None or name is None:
        return signer.label
    return catalogue(DOCUMENT_LANGUAGE).text("document.signer", label=signer.label, name=name)


def view_notes(source: ContextSource) -> tuple[str, ...]:
    """List the notes that are printed below the document."""
    return source.document.notes


def view_legend(source: ContextSource) -> str:
    """Format how the boxes of a blank form are marked; empty where it has none."""
    document = source.document
    has_options = any(spec.options or spec.type == "yes_no" for spec in document.fields)
    if not source.is_blank or not (has_options or (document.lines and document.shape == "form")):
        return ""
    return catalogue(DOCUMENT_LANGUAGE).text("document.boxes")


def view_addressee(source: ContextSource) -> str | Missing:
    """Find the addressee of the document."""
    return find_addressee(source.subject, source.document, source.entry) or Missing(source.job.id, "", "blank")


def view_responsible(source: ContextSource) -> Any:
    """Find the name of the party that issues the document."""
    if is_present(source.job.responsible):
        return source.job.responsible
    return Missing(source.job.id, catalogue(DOCUMENT_LANGUAGE).text("text.responsible"), source.mode)


def describe_responsible(plan: ContextPlan) -> Shape:
    """Describe a text that is present where the profile requires the name."""
    role = plan.document.responsible
    name = "enterprises.name" if role == "enterprise" else "parties.name"
    is_required = role is not None and (role != "enterprise" or plan.required.holds(name))
    return Shape("text", "present" if is_required else "optional")


def view_dated(source: ContextSource) -> Any:
    """Find the date of the document."""
    dated = source.document.dated or ""
    is_own = "." not in dated
    if source.job.dated is not None and (source.entry is not None if is_own else not source.is_blank):
        return source.job.dated
    spec = next((item for item in source.document.fields if item.key == dated), None)
    mode: MissingMode = "blank" if spec is None or spec.by_hand else source.mode
    return Missing(format_path((*source.job.place, dated)), spec.label if spec else "", mode)


def describe_dated(plan: ContextPlan) -> Shape:
    """Describe a date that is present where the profile requires it."""
    spec = plan.find_own(plan.document.dated)
    if spec is None:
        return Shape("date", "never" if plan.document.dated is None else "free")
    return Shape("date", find_absence(spec), label=spec.label)


def view_title_lines(source: ContextSource) -> tuple[Any, ...]:
    """List the title lines of a report: its recipient and its title."""
    document, job = source.document, source.job
    if document.titled is not None and not source.is_blank:
        return (getattr(view_form(source), document.titled),)
    # The enterprise that one of many entries is about isn't the recipient of the document.
    recipient = job.item_name if not document.per.startswith("forms.") else None
    return (recipient, document.title) if recipient else (document.title,)


def describe_title_lines(plan: ContextPlan) -> Shape:
    """Describe the title lines; one that is an own field of the document may be absent."""
    spec = plan.find_own(plan.document.titled)
    return list_of(TEXT if spec is None else Shape("text", find_absence(spec), label=spec.label))


def view_blank(source: ContextSource) -> bool:
    """Return whether the document is a blank form, to fill in by hand."""
    return source.is_blank
