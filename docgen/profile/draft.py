"""A commented record to start from: every key that the profile's documents ask for, empty, with what belongs there."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import name_label
from docgen.profile.forms import attribute_name
from docgen.profile.hints import FieldHints
from docgen.profile.labels import label_options
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import item_type
from docgen.record.types import PLACEHOLDER

_OPEN = ("project", "parties", "enterprises")
_COMMENTED = ("evidence", "activities", "trainings", "not_applicable", "confirmed")
_KEYS = {"Enterprise": "q1", "Party": "p1", "Indicator": "z1", "Person": ""}
_DEFAULT_KEY = "k1"
_OWNER_KEYS = {"enterprises[]": _KEYS["Enterprise"], "parties[]": _KEYS["Party"]}


def draft_record(loaded: LoadedProfile, schema: str = "record.schema.json") -> str:
    """The text of a record with all its keys, to be filled in; ``schema`` is the path an editor finds the schema at."""
    return "\n".join(_Drafter(loaded, catalogue(DOCUMENT_LANGUAGE)).write(schema)) + "\n"


_LAST_NUMBERS = "last_numbers"
"""What only a profile that numbers its documents asks for."""


class _Drafter:
    def __init__(self, loaded: LoadedProfile, texts: Catalogue) -> None:
        self._loaded = loaded
        self._texts = texts
        self._hints = FieldHints(loaded, texts)

    def write(self, schema: str) -> Iterator[str]:
        profile, model = self._loaded.profile, self._loaded.record_model
        yield f"# yaml-language-server: $schema={schema}"
        yield f"# {profile.standard.number} {profile.standard.title}"
        yield from (f"# {line}" for line in self._texts.text("draft.head").strip().splitlines())
        yield f"profile: {profile.id}"
        for name in _OPEN:
            yield ""
            yield from self._write_field(model, name, model.model_fields[name], "", "")
        for name in _COMMENTED:
            yield ""
            lines = self._write_field(model, name, model.model_fields[name], "", "")
            yield from (f"# {line}" for line in lines)
        yield ""
        yield f"forms:  # {self._texts.label('Record.forms')}"
        for document in profile.documents:
            if document.own_form:
                # What is made for an item that stands only as a comment is a comment, too.
                mark = "# " if document.per.partition("[]")[0] in _COMMENTED else ""
                yield from (f"{mark}{line}" for line in self._write_document(document))

    def _write_field(self, owner: type[BaseModel], name: str, info: FieldInfo, indent: str, path: str) -> Iterator[str]:
        here = f"{path}.{name}" if path else name
        kind, is_list = item_type(info.annotation)
        comment = self._hints.describe(owner, name, here + ("[]" if is_list else ""))
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            value = self._choose_placeholder(owner, name, info)
            yield f"{indent}{name}: {value}  # {comment}" if value else f"{indent}{name}:  # {comment}"
            return
        yield f"{indent}{name}:  # {comment}"
        inner = [
            line
            for attribute, field in kind.model_fields.items()
            if attribute != _LAST_NUMBERS or self._loaded.profile.numbering is not None
            for line in self._write_field(kind, field.alias or attribute, field, "", here + ("[]" if is_list else ""))
        ]
        # An item that nobody could fill in by half stands as an example to uncomment.
        mark = "# " if path and is_list and _needs_words(kind) else ""
        yield from (f"{line[: len(indent)]}{mark}{line[len(indent) :]}" for line in _indent(inner, indent, is_list))

    def _write_document(self, document: DocumentSpec) -> Iterator[str]:
        forms = item_type(self._loaded.record_model.model_fields["forms"].annotation)[0]
        entry = item_type(forms.model_fields[attribute_name(document.id)].annotation)[0]
        remark = "，".join(text for text in (document.clause, document.level) if text)
        yield f"  {document.id}:  # {document.title}（{remark}）"
        lines: list[str] = []
        for attribute, info in entry.model_fields.items():
            if attribute == "of":
                lines.append(f"of: {_OWNER_KEYS.get(document.per, _DEFAULT_KEY)}")
            elif attribute == "key":
                lines.append(f"key: {_DEFAULT_KEY}")
            elif attribute == "lines":
                assert document.checklist is not None
                verdicts = self._texts.text("draft.kind.verdict", words=" / ".join(document.checklist.verdicts))
                lines.append(f"lines:  # {document.checklist.label}（{verdicts}）")
                measured = "" if document.checklist.measures is None else ", value: , indicator: "
                lines += [
                    f"  {spec.key}: {{verdict: , remark: , evidence: {measured}}}  # {spec.label}"
                    for spec in document.iterate_lines()
                ]
            else:
                lines += self._write_field(entry, attribute, info, "", f"forms.{document.id}[]")
        yield from _indent(lines, "  ", True)

    def _choose_placeholder(self, owner: type[BaseModel], name: str, info: FieldInfo) -> str:
        if name == "key":
            return _KEYS.get(owner.__name__, _DEFAULT_KEY)
        if info.is_required():
            choices = list(label_options(name_label(owner, name), info))
            return choices[0] if choices else PLACEHOLDER
        return "[]" if item_type(info.annotation)[1] else ""


def _needs_words(model: type[BaseModel]) -> bool:
    """Whether an item has required fields besides its key that are no choice among words."""
    return any(
        info.is_required() and name != "key" and not label_options(name_label(model, name), info)
        for name, info in model.model_fields.items()
    )


def _indent(lines: list[str], indent: str, is_list: bool) -> Iterator[str]:
    for number, line in enumerate(lines):
        mark = "  - " if is_list and number == 0 else "    " if is_list else "  "
        yield indent + mark + line
