"""The hints at a field for whoever fills it in: its name, who asks for it, what may be typed."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.diagnostics import Term
from docgen.messages import Catalogue
from docgen.profile.faults import name_field, name_label
from docgen.profile.kinds import judge_kind
from docgen.profile.labels import list_words
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import item_type

_NAMING = {
    "NotApplicable.item": "item",
    "Evidence.document": "document",
    "Training.attendance": "counts",
    "ArchiveSettings.document_numbers": "numbers",
}
"""Fields whose type alone doesn't say what they want."""


class FieldHints:
    """The words about the fields of a profile's record."""

    def __init__(self, loaded: LoadedProfile, texts: Catalogue) -> None:
        self._loaded = loaded
        self._texts = texts
        self._parts = {part.path: part for part in loaded.profile.parts}

    def describe(self, owner: type[BaseModel], name: str, path: str) -> str:
        """Everything in one line: name, who asks for it, what it wants."""
        info = self._find(owner, name)
        remarks = self.list_remarks(owner, name, path)
        kind = self.format_kind(owner, info) if info is not None else ""
        remarks += [kind] if kind else []
        text = self.label(owner, name)
        return f"{text}（{'，'.join(remarks)}）" if remarks else text

    def label(self, owner: type[BaseModel], name: str) -> str:
        """A field's name."""
        label = name_field(owner, (name,))
        return self._texts.text(label.key) if isinstance(label, Term) else str(label)

    def list_remarks(self, owner: type[BaseModel], name: str, path: str) -> list[str]:
        """Clause, level and help of a field; ``path`` is the profile's, lists marked."""
        info = self._find(owner, name)
        remarks = [info.description] if info is not None and info.description else []
        part = self._parts.get(path)
        return remarks + ([item for item in (part.clause, part.level, part.help) if item] if part is not None else [])

    def format_kind(self, owner: type[BaseModel], info: FieldInfo) -> str:
        """What a field wants: a text, a list, a key, one of the choices that are there."""
        attribute = next(name for name, item in owner.model_fields.items() if item is info)
        inner, is_list = item_type(info.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return self._texts.text("draft.kind.items") if is_list else ""
        if attribute == "key":
            return self._texts.text("draft.kind.key")
        key = name_label(owner, attribute)
        words = list(list_words(self._loaded.profile, key, info))
        if key in _NAMING:
            return self._texts.text(f"draft.kind.{_NAMING[key]}")
        kind, target = judge_kind(info, attribute)
        if words and kind not in ("choice", "choices"):
            kind = "choice"
        target = (target or "").removesuffix("[]").replace("[]", "")
        return self._texts.text(f"draft.kind.{kind}", words=" / ".join(words), target=target)

    def _find(self, owner: type[BaseModel], name: str) -> FieldInfo | None:
        return next((item for key, item in owner.model_fields.items() if (item.alias or key) == name), None)
