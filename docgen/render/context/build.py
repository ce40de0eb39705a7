"""What a template sees: the record, its facts and its document, under the names that docs/templates.md lists.

Models are shown through views: an absent value becomes a Missing that knows its path and the label a user knows it by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import FieldSpec, SignerSpec
from docgen.profile.plan import PROJECT, DocumentJob, find_addressee, find_entry_enterprise, name_party
from docgen.profile.subject import Subject, is_present
from docgen.record.enterprise import Enterprise
from docgen.record.marking import sum_rows
from docgen.record.parts import Training
from docgen.record.record import SINGULAR
from docgen.record.totals import EnterpriseTotals, ProjectTotals
from docgen.render.context.cells import CellReader, is_by_hand, offer_options, tell_value
from docgen.render.context.checklists import view_checklist
from docgen.render.context.evaluation import view_evaluation, view_evaluations, view_grades
from docgen.render.context.photographs import ShownPhotograph, view_photographs
from docgen.render.context.ratings import view_ratings
from docgen.render.context.records import BlankForm, PartiesByRole, View, may_stay_free, wrap
from docgen.render.context.sections import view_sections
from docgen.render.context.tallies import view_tally
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path

Place = tuple[str | int, ...]


def build_context(
    subject: Subject, job: DocumentJob, mode: MissingMode, photographs: Sequence[ShownPhotograph] = ()
) -> dict[str, Any]:
    """The names that a document's templates may use. With mode ``blank`` the form's own fields stay free."""
    context = _ContextBuilder(subject, job, mode).build()
    if job.document.photos is not None:
        context["photographs"] = view_photographs(photographs, mode)
    return context


class _ContextBuilder:
    def __init__(self, subject: Subject, job: DocumentJob, mode: MissingMode) -> None:
        self.subject = subject
        self.job = job
        self.mode = mode
        self.entry = None if mode == "blank" else job.entry

    def build(self) -> dict[str, Any]:
        document, record = self.job.document, self.subject.record
        context: dict[str, Any] = {
            "standard": View(self.subject.profile.standard, ("standard",), "blank"),
            "profile": SimpleNamespace(id=self.subject.profile.id, version=self.subject.profile.version),
            "document": self._describe_document(),
            "project": View(record.project, ("project",), self.mode),
            "parties": wrap(record.parties, ("parties",), self.mode, ""),
            "party": PartiesByRole(self.subject, self.mode),
            "form": self._view_form(),
            "referred": self._view_referred(),
            "signers": tuple(SimpleNamespace(label=self._name_signer(signer)) for signer in document.signers),
            "notes": document.notes,
            "legend": self._tell_boxes(),
            "responsible": self._or_missing(self.job.responsible, "text.responsible"),
            "dated": self._view_dated(),
            "addressee": find_addressee(self.subject, document, self.entry) or Missing(self.job.id, "", "blank"),
            "labelled": self._view_labelled(),
            "blank": self.mode == "blank",
        }
        context.update(self._view_item())
        if document.headings:
            context["title_lines"] = self._list_title_lines()
            context["sections"] = view_sections(self.subject, self.job, self.mode)
        if document.lines:
            context.update(view_checklist(self.subject, self.job, self.mode))
        if document.columns:
            context["columns"] = document.columns
            context["rows"] = tuple(self._iterate_rows())
            context["tally"] = view_tally(self.subject, self.job, self.mode)
        if document.marking is not None:
            from docgen.render.context.marking import view_marking

            context["marked"] = view_marking(self.subject, self.job, self.mode)
        context["sums"] = self._view_sums()
        totals = self._view_totals()
        if totals is not None:
            context["totals"] = totals
        if self.subject.profile.ratings is not None and document.per == PROJECT:
            rules = self.subject.profile.ratings
            context["ratings"] = view_ratings(self.subject, rules, self.mode, document.blank_rows)
        if self.subject.profile.scoring is not None:
            if self.job.item is not None:
                context["evaluation"] = view_evaluation(self.subject, self.job, self.mode)
            else:
                context["evaluations"] = view_evaluations(self.subject, self.job, self.mode, self._view_owner)
                context["grades"] = view_grades(self.subject, self.mode)
        return context

    def _name_signer(self, signer: SignerSpec) -> str:
        name = name_party(self.subject, signer.role)
        if signer.role is None or name is None:
            return signer.label
        return catalogue(DOCUMENT_LANGUAGE).text("document.signer", label=signer.label, name=name)

    def _tell_boxes(self) -> str:
        """How the boxes of a blank form are marked, where it has any."""
        document = self.job.document
        offered = any(spec.options or spec.type == "yes_no" for spec in document.fields)
        if self.mode != "blank" or not (offered or (document.lines and document.shape == "form")):
            return ""
        return catalogue(DOCUMENT_LANGUAGE).text("document.boxes")

    def _describe_document(self) -> SimpleNamespace:
        document = self.job.document
        clause = document.clause or ""
        texts = catalogue(DOCUMENT_LANGUAGE)
        number = self.subject.profile.standard.number
        return SimpleNamespace(
            id=document.id,
            title=document.title,
            subtitle=document.subtitle or "",
            caption=document.caption or "",
            clause=clause,
            level=document.level,
            number=self.job.number or Missing(f"{self.job.id}/number", "", "blank"),
            numbered=document.code is not None,
            addressed=document.addressee is not None,
            continued=texts.text("document.continued", table=document.caption.split()[0]) if document.caption else "",
            note="，".join(self._list_origins()),
            basis=texts.text("document.basis", standard=number, clause=clause).strip(),
        )

    def _list_origins(self) -> Iterator[str]:
        """What a reader must know of where a document comes from: it or its form is our own, its basis is a draft."""
        texts, standard = catalogue(DOCUMENT_LANGUAGE), self.subject.profile.standard
        document = self.job.document
        if document.level == "自拟":
            yield texts.text("document.own")
        elif document.caption is None and document.shape != "report":
            yield texts.text("document.own_form")
        if standard.status == "draft" and standard.stage is not None:
            yield texts.text("document.draft", stage=standard.stage)

    def _or_missing(self, value: Any, key: str) -> Any:
        if is_present(value):
            return value
        label = catalogue(DOCUMENT_LANGUAGE).text(key)
        return Missing(f"{self.job.id}", label, self.mode)

    def _view_item(self) -> dict[str, Any]:
        # Every list has its name here, so that a template may ask "if enterprise" whatever it is made for.
        views: dict[str, Any] = {name: Missing(format_path(self.job.place), "", "blank") for name in SINGULAR.values()}
        if self.job.document.per != PROJECT:
            views["item"] = Missing(format_path(self.job.place), "", "blank")
        if self.job.item is not None:
            found = next(item for item in self.subject.find(self.job.document.per) if item.value is self.job.item)
            view = View(self.job.item, found.place, self.mode)
            name = self.job.document.per.rpartition(".")[2].removesuffix("[]")
            views[SINGULAR.get(name, "item")] = view
            views["item"] = view
            owner = find_entry_enterprise(self.subject, self.job.document, self.job.item)
            if owner is not None:
                at = next(index for index, item in enumerate(self.subject.record.enterprises) if item is owner)
                views["enterprise"] = View(owner, ("enterprises", at), self.mode)
            if isinstance(self.job.item, Training):
                views["attendance"] = self._view_attendance(self.job.item)
        return views

    def _view_totals(self) -> View | None:
        """What was done for the enterprise, or in the project, that the document is made for."""
        facts, item, free = self.subject.facts, self.job.item, self.mode == "blank"
        if self.job.document.per == PROJECT:
            return View(ProjectTotals() if free else facts.project_totals, ("facts", "project_totals"), self.mode)
        if not isinstance(item, Enterprise):
            return None
        counted = next(totals for totals in facts.enterprise_totals if totals.of == item.key)
        totals = EnterpriseTotals(of=item.key) if free else counted
        return View(totals, ("facts", "enterprise_totals"), self.mode)

    def _view_sums(self) -> SimpleNamespace:
        """The sums of the columns of numbers in the form's own rows."""
        sums: dict[str, SimpleNamespace] = {}
        for spec in self.job.document.fields:
            if spec.type == "rows":
                rows = getattr(self.entry, spec.key) if self.entry is not None else ()
                known = sum_rows([row.__dict__ for row in rows])
                columns = (child for child in spec.fields if child.is_summed)
                sums[spec.key] = SimpleNamespace(
                    **{
                        child.key: known.get(child.key, Missing(f"sums.{spec.key}.{child.key}", "", "blank"))
                        for child in columns
                    }
                )
        return SimpleNamespace(**sums)

    def _view_owner(self, place: Place, value: BaseModel) -> Any:
        return View(value, place, self.mode)

    def _view_attendance(self, training: Training) -> SimpleNamespace:
        """How many of each enterprise came to a training, in the record's order, and all together."""
        counts = training.attendance if self.mode != "blank" else {}
        rows = tuple(
            SimpleNamespace(
                enterprise=View(item, ("enterprises", index), self.mode),
                count=counts.get(item.key, Missing(f"attendance.{item.key}", "", "blank")),
            )
            for index, item in enumerate(self.subject.record.enterprises)
            if item.key in training.enterprises or item.key in counts
        )
        total = sum(counts.values()) if counts else Missing("attendance", "", "blank")
        return SimpleNamespace(rows=rows, total=total)

    def _view_form(self) -> Any:
        if self.entry is not None:
            return View(self.entry, self.job.place, self.mode)
        return BlankForm(self.job.document, self.job.place, self.mode)

    def _view_referred(self) -> SimpleNamespace:
        """What the own fields of the document refer to, under their keys."""
        views: dict[str, Any] = {}
        for spec in self.job.document.fields:
            if spec.type != "reference":
                continue
            key = getattr(self.entry, spec.key, None)
            found = next((item for item in self.subject.find(spec.to or "") if item.value.key == key), None)
            place = (*self.job.place, spec.key)
            free = self.mode == "blank" or spec.by_hand or may_stay_free(spec.level, self.mode)
            absent = Missing(format_path(place), spec.label, "blank" if free else self.mode)
            views[spec.key] = View(found.value, found.place, self.mode) if found is not None else absent
        return SimpleNamespace(**views)

    def _view_dated(self) -> Any:
        own = "." not in (self.job.document.dated or "")
        if self.job.dated is not None and (self.entry is not None if own else self.mode != "blank"):
            return self.job.dated
        spec = next((item for item in self.job.document.fields if item.key == self.job.document.dated), None)
        mode: MissingMode = "blank" if spec is None or spec.by_hand else self.mode
        place = (*self.job.place, self.job.document.dated or "")
        return Missing(format_path(place), spec.label if spec else "", mode)

    def _view_labelled(self) -> tuple[SimpleNamespace, ...]:
        form = self._view_form()
        # The enterprise that an entry names has a line of its own, as ``enterprise``.
        owner = find_entry_enterprise(self.subject, self.job.document, self.job.item)
        told = "enterprises[]" if owner is not None else None
        fields = [spec for spec in self.job.document.fields if told is None or spec.to != told]
        shown = [spec for spec in fields if spec.type not in ("rows", "prose")]
        told_values = [self._tell_own(spec, form) for spec in shown]
        lines = [
            SimpleNamespace(
                key=spec.key,
                label=spec.label,
                unit=spec.unit or "",
                value=value,
                room=spec.room if isinstance(value, Missing) and value.mode == "blank" else 1,
            )
            for spec, value in zip(shown, told_values, strict=True)
        ]
        to = self.job.document.addressee
        name = name_party(self.subject, to) if to is not None else None
        if name is not None:
            label = catalogue(DOCUMENT_LANGUAGE).text("document.addressee")
            lines.insert(0, SimpleNamespace(key="addressee", label=label, unit="", value=name, room=1))
        return tuple(lines)

    def _tell_own(self, spec: FieldSpec, form: Any) -> Any:
        """An own field of the form as it is printed; where a choice is made by hand, a box before each option."""
        if self.mode == "blank":
            return offer_options(spec)
        told = self._tell(spec, getattr(form, spec.key))
        if self.mode == "by_hand" and isinstance(told, Missing) and (options := offer_options(spec)):
            return options
        return told

    def _tell(self, spec: FieldSpec, value: Any) -> Any:
        if is_present(value):
            return tell_value(self.subject, spec, value, self.job.scope)
        # The label stands there anyway. What should be there and isn't was told as a warning; only a draft marks it.
        free = spec.by_hand or may_stay_free(spec.level, self.mode)
        return Missing(format_path((*self.job.place, spec.key)), spec.label, "blank" if free else self.mode)

    def _list_title_lines(self) -> tuple[Any, ...]:
        document = self.job.document
        if document.titled is not None and self.mode != "blank":
            return (getattr(self._view_form(), document.titled),)
        # Whom one of many entries is about isn't who the document is for.
        named = self.job.item_name if not document.per.startswith("forms.") else None
        return (named, document.title) if named else (document.title,)

    def _iterate_rows(self) -> Any:
        document = self.job.document
        if document.rows is None:
            return
        found = self.subject.find(document.rows, self.job.scope) if self.mode != "blank" else []
        reader = CellReader(self.subject, self.job, self.mode, document.rows)
        for number, row in enumerate(found, 1):
            cells = [
                SimpleNamespace(value=reader.read(column, row.value, row.place), align=column.align, width=column.width)
                for column in document.columns
            ]
            yield SimpleNamespace(number=number, cells=cells)
        if not found and (self.mode == "blank" or is_by_hand(document, document.rows)):
            empty = Missing(document.rows, "", "blank")
            for number in range(1, self._count_blank_rows() + 1):
                cells = [SimpleNamespace(value=empty, align=item.align, width=item.width) for item in document.columns]
                yield SimpleNamespace(number=empty if self.mode == "blank" else number, cells=cells)

    def _count_blank_rows(self) -> int:
        """As many rows as people came to the training, where the record knows; else the document's."""
        training = self.job.item
        known: object = sum(training.attendance.values()) if isinstance(training, Training) else 0
        # What a redacted copy hides is no number.
        return known if isinstance(known, int) and known else self.job.document.blank_rows
