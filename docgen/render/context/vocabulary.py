"""The names that a template may use, with their types, for a document: ``build_context`` seen in advance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from pydantic import BaseModel

from docgen.diagnostics import Term
from docgen.profile.belonging import refers_to
from docgen.profile.document import ColumnSpec, DocumentSpec, FieldSpec, Level
from docgen.profile.forms import attribute_name
from docgen.profile.load import LoadedProfile
from docgen.profile.model import Standard
from docgen.profile.paths import item_type
from docgen.profile.plan import PROJECT
from docgen.profile.subject import resolve_subject_path
from docgen.record.enterprise import Enterprise
from docgen.record.parts import Party, PartyRole, Project, Training
from docgen.record.ratings import RatingRules
from docgen.record.record import SINGULAR, Record
from docgen.record.totals import EnterpriseTotals, ProjectTotals, Totals
from docgen.render.context import packages as package_views
from docgen.render.context import views
from docgen.render.context.tallies import list_choice_columns
from docgen.render.context.types import (
    Absence,
    Asked,
    Shape,
    list_of,
    read_annotation,
    read_hints,
    read_model,
    read_view,
)

PACKAGE_PAPERS: Mapping[str, type] = {
    "package-cover": package_views.PackagePaperContext,
    "package-index": package_views.PackagePaperContext,
    "item-index": package_views.PackagePaperContext,
    "remarks-sheet": package_views.PackagePaperContext,
    "not-applicable": package_views.AbsenceNoteContext,
    "unbound-file": package_views.UnboundFileContext,
    "transfer-register": package_views.TransferRegisterContext,
    "verification-report": package_views.VerificationReportContext,
    "receipt": package_views.ReceiptContext,
}
"""The papers that a package is made up with, by the name that a template check calls them: what their templates see."""

_TEXT = Shape("text")


def describe_paper(name: str) -> Mapping[str, Shape]:
    """The names that the template of one of ``PACKAGE_PAPERS`` may use."""
    return {key: read_annotation(hint) for key, hint in read_hints(PACKAGE_PAPERS[name]).items()}


def describe_context(loaded: LoadedProfile, document: DocumentSpec) -> Mapping[str, Shape]:
    """The names that a document's templates may use, with their types."""
    return _ContextDescriber(loaded, document).describe()


def _read_asked(loaded: LoadedProfile) -> Asked:
    paths = [part.path.replace("[]", "") for part in loaded.profile.parts if part.level == "应"]
    prefixes = {path.rsplit(".", count)[0] for path in paths for count in range(1, path.count(".") + 1)}
    return Asked(frozenset({*paths, *prefixes}))


class _ContextDescriber:
    def __init__(self, loaded: LoadedProfile, document: DocumentSpec) -> None:
        self.loaded = loaded
        self.document = document
        self.asked = _read_asked(loaded)

    def describe(self) -> Mapping[str, Shape]:
        document = self.document
        party = read_model(Party, "parties", self.asked)
        names: dict[str, Shape] = {
            "standard": _spare(read_model(Standard, "standard", self.asked)),
            "profile": read_view(views.ProfileView),
            "document": read_view(views.DocumentView),
            "project": read_model(Project, "project", self.asked),
            "parties": list_of(party),
            "party": Shape(
                "fields",
                names={
                    role: replace(party, absence="optional", label=_name_role(role)) for role in get_args(PartyRole)
                },
            ),
            "form": self._describe_form(),
            "referred": self._describe_referred(),
            "signers": list_of(read_view(views.SignerView)),
            "notes": list_of(_TEXT),
            "legend": _TEXT,
            "responsible": self._describe_responsible(),
            "dated": self._describe_dated(),
            "addressee": Shape("text", "free"),
            "labelled": list_of(read_view(views.LabelledView)),
            "blank": Shape("yes_no"),
        }
        names.update(self._describe_items())
        if document.headings:
            names["title_lines"] = list_of(self._describe_title())
            names["sections"] = list_of(read_view(views.SectionView))
        if document.lines:
            names["groups"] = list_of(read_view(views.GroupView))
            names["checklist"] = read_view(views.ChecklistView)
        if document.columns:
            names["columns"] = list_of(read_model(ColumnSpec, "columns", self.asked))
            names["rows"] = list_of(read_view(views.RowView))
            names["tally"] = self._describe_tally()
        if document.marking is not None:
            names["marked"] = read_view(views.MarkedView)
        names["sums"] = self._describe_sums()
        totals = self._find_totals()
        if totals is not None:
            # What isn't counted is told when it is printed: every figure may also be typed.
            names["totals"] = read_model(totals, "facts", Asked(None))
        if document.photos is not None:
            names["photographs"] = list_of(read_view(views.PhotographView))
        if self.loaded.profile.ratings is not None and document.per == PROJECT:
            names["ratings"] = self._describe_ratings(self.loaded.profile.ratings)
        if self.loaded.profile.scoring is not None:
            if document.per != PROJECT:
                names["evaluation"] = read_view(views.EvaluationView)
            else:
                names["evaluations"] = list_of(read_view(views.OwnedEvaluationView, self.asked))
                names["grades"] = read_view(views.GradesView)
        return names

    def _describe_sums(self) -> Shape:
        tables = {
            spec.key: Shape(
                "fields", names={child.key: Shape("number", "free") for child in spec.fields if child.is_summed}
            )
            for spec in self.document.fields
            if spec.type == "rows"
        }
        return Shape("fields", names=tables)

    def _describe_ratings(self, rules: RatingRules) -> Shape:
        """The view's own type, with the profile's keys in place of any names."""
        entry = read_view(views.RatedEntryView)
        by = {group.key: Shape("text", "free") for group in rules.groups}
        sets = {item.key: read_view(views.StarsView) for item in rules.sets}
        inner = {"by": Shape("fields", names=by), "sets": Shape("fields", names=sets)}
        groups = {group.key: read_view(views.RatingGroupView) for group in rules.groups}
        entries = list_of(replace(entry, names={**entry.names, **inner}))
        return Shape("fields", names={"entries": entries, "groups": Shape("fields", names=groups)})

    def _find_totals(self) -> type[Totals] | None:
        if self.document.per == PROJECT:
            return ProjectTotals
        listed = item_type(resolve_subject_path(self.loaded.record_model, self.document.per).annotation)[0]
        return EnterpriseTotals if listed is Enterprise else None

    def _describe_tally(self) -> Shape:
        columns = list_choice_columns(self.loaded.record_model, self.document)
        counts = dict.fromkeys(columns, Shape("number", "free"))
        options = list_of(Shape("fields", names={"option": _TEXT, **counts}))
        return Shape("fields", names={"options": options, "answered": Shape("fields", names=counts)})

    def _describe_form(self) -> Shape:
        document, model = self.document, self.loaded.record_model
        if not document.own_form:
            return Shape("fields")
        forms = cast("type[BaseModel]", item_type(model.model_fields["forms"].annotation)[0])
        entry = item_type(forms.model_fields[attribute_name(document.id)].annotation)[0]
        paths = {
            *_list_asked(document.fields, "form"),
            *_list_asked((item for item in document.iterate_headings() if item.has_own_prose), "form"),
        }
        paths |= {f"form.lines.{line.key}.verdict" for line in document.iterate_lines() if line.level == "应"}
        return read_model(entry, "form", Asked(frozenset(paths)))

    def _describe_referred(self) -> Shape:
        names: dict[str, Shape] = {}
        for spec in self.document.fields:
            if spec.to is not None:
                model = item_type(resolve_subject_path(self.loaded.record_model, spec.to).annotation)[0]
                names[spec.key] = replace(
                    read_model(model, spec.to.replace("[]", ""), self.asked), absence=_weigh(spec)
                )
        return Shape("fields", names=names)

    def _describe_responsible(self) -> Shape:
        role = self.document.responsible
        name = "enterprises.name" if role == "enterprise" else "parties.name"
        sure = role is not None and (role != "enterprise" or self.asked.holds(name))
        return Shape("text", "present" if sure else "optional")

    def _describe_dated(self) -> Shape:
        spec = self._find_own(self.document.dated)
        if spec is None:
            return Shape("date", "never" if self.document.dated is None else "free")
        return Shape("date", _weigh(spec), label=spec.label)

    def _describe_title(self) -> Shape:
        spec = self._find_own(self.document.titled)
        return _TEXT if spec is None else Shape("text", _weigh(spec), label=spec.label)

    def _find_own(self, key: str | None) -> FieldSpec | None:
        return next((spec for spec in self.document.fields if spec.key == key), None)

    def _describe_items(self) -> Mapping[str, Shape]:
        """What the document is made for, under its name; every other is there, too, and always absent."""
        models = {
            singular: item_type(Record.model_fields[plural].annotation)[0] for plural, singular in SINGULAR.items()
        }
        plurals = {singular: plural for plural, singular in SINGULAR.items()}
        names: dict[str, Shape] = {
            name: replace(read_model(model, plurals[name], Asked(None)), absence="never")
            for name, model in models.items()
        }
        per = self.document.per
        if per != PROJECT:
            model = item_type(resolve_subject_path(self.loaded.record_model, per).annotation)[0]
            shape = read_model(model, per.replace("[]", ""), self.asked)
            names[SINGULAR.get(per.rpartition(".")[2].removesuffix("[]"), "item")] = shape
            names["item"] = shape
            if per.startswith("forms.") and refers_to(self.loaded.record_model, model, "enterprises[]"):
                entered = self.loaded.profile.find_document(per.removeprefix("forms.").removesuffix("[]"))
                specs = entered.fields if entered is not None else ()
                sure = any(spec.to == "enterprises[]" and spec.level == "应" for spec in specs)
                owner = read_model(Enterprise, "enterprises", self.asked)
                names["enterprise"] = replace(owner, absence="present" if sure else "free")
            if model is Training:
                names["attendance"] = read_view(views.AttendanceView, self.asked)
        return names


def _name_role(role: str) -> Term:
    return Term(f"workbook.word.Party.role.{role}")


def _list_asked(specs: Iterable[Any], owner: str) -> Iterable[str]:
    for spec in specs:
        if spec.level == "应":
            yield f"{owner}.{spec.key}"
        yield from _list_asked(getattr(spec, "fields", ()), f"{owner}.{spec.key}")


def _weigh(spec: FieldSpec) -> Absence:
    if spec.by_hand:
        return "free"
    wanted: Level = "应"
    return "present" if spec.level == wanted else "optional"


def _spare(shape: Shape) -> Shape:
    """The same, where whatever is absent leaves its place free."""
    names = {
        name: replace(item, absence="free" if item.absence == "optional" else item.absence)
        for name, item in shape.names.items()
    }
    return replace(shape, names=names)
