"""Labels of the values that a record spells by keys: roles, families, filing items, documents."""

from __future__ import annotations

import re
import typing
import unicodedata
from collections.abc import Mapping, Sequence

from pydantic.fields import FieldInfo

from docgen.diagnostics import error
from docgen.errors import ProfileError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import DocumentSpec
from docgen.profile.model import Profile
from docgen.profile.paths import item_type
from docgen.record.numerals import INVISIBLE

SPACE = re.compile(f"[\\s{INVISIBLE}]+")
"""White space in tables, with full-width and no-break spaces and characters that nobody sees."""
_NEAR = 0.5


def simplify_word(text: str) -> str:
    """A word normalised for comparison: no spaces, ASCII forms of full-width characters, lower case."""
    return SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def list_words(profile: Profile, key: str, info: FieldInfo) -> Mapping[str, str]:
    """The offered labels of a shared field (``Party.role``) with the record's values; empty if any text is allowed.

    ``list_other_words`` gives the labels that are accepted but not offered.
    """
    if profile.scoring is not None:
        scored: dict[str, dict[str, str]] = {
            "Indicator.family": {family.label: family.key for family in profile.scoring.families},
            "Indicator.direction": {word: name for name, word in profile.scoring.directions.items()},
            "ScoringChoice.rule": {word: name for name, word in profile.scoring.rules.items()},
        }
        if key in scored:
            return scored[key]
    items = {f"{item.key} {item.label}": item.key for item in profile.filing.items}
    titles = {document.title: document.id for document in profile.documents}
    named = {"Evidence.item": items, "Evidence.document": titles, "NotApplicable.item": {**items, **titles}}
    if key in named:
        return named[key]
    return label_options(key, info)


def label_options(key: str, info: FieldInfo) -> Mapping[str, str]:
    """The options of a shared field that has a closed list of them, by their labels."""
    kind, _ = item_type(info.annotation)
    if typing.get_origin(kind) is not typing.Literal:
        return {}
    texts = catalogue(DOCUMENT_LANGUAGE).texts
    options = [str(option) for option in typing.get_args(kind)]
    return {texts.get(f"workbook.word.{key}.{option}") or option: option for option in options}


def list_other_words(profile: Profile, key: str, info: FieldInfo) -> Mapping[str, str]:
    """Further accepted labels of a shared field: the names of a family in single documents."""
    if key == "Indicator.family" and profile.scoring is not None:
        return {label: family.key for family in profile.scoring.families for label in family.labels.values()}
    return label_options(key, info)


def find_word(text: str, words: Mapping[str, str]) -> str | None:
    """The value that a word stands for: the word itself, the value, or the word without its key in front."""
    if text in words:
        return words[text]
    simplified = simplify_word(text)
    for word, value in words.items():
        if simplified in (simplify_word(word), simplify_word(value)):
            return value
        key, _, rest = word.partition(" ")
        if rest and key == value and simplified == simplify_word(rest):
            return value
    return None


def format_choice(label: str, key: str) -> str:
    """A label, and in brackets the key that may be typed in its place."""
    return label if label == key else f"{label}（{key}）"


def find_documents(documents: Sequence[DocumentSpec], name: str) -> tuple[DocumentSpec, ...]:
    """The document types of a name: by id, which is unique, else by title, which several may share."""
    by_id = tuple(item for item in documents if item.id == name.strip())
    simplified = simplify_word(name).removeprefix("《").removesuffix("》")
    return by_id or tuple(item for item in documents if simplify_word(item.title) == simplified)


def choose_document(documents: Sequence[DocumentSpec], name: str) -> DocumentSpec | None:
    """The document type of a name, or None; ProfileError X159 if several have it."""
    matches = find_documents(documents, name)
    if len(matches) > 1:
        raise ProfileError(error("X159", name=name, known=suggest_documents(matches, name)))
    return matches[0] if matches else None


def suggest_documents(documents: Sequence[DocumentSpec], name: str) -> str:
    """The document types that may be meant, by title and id: all of that title, else the most similar."""
    from difflib import SequenceMatcher

    matches = find_documents(documents, name)
    if not matches:
        alike = SequenceMatcher(b=name)

        def weigh(item: DocumentSpec) -> float:
            ratios = []
            for word in (item.id, item.title):
                alike.set_seq1(word)
                ratios.append(alike.ratio())
            return max(ratios)

        best = max(documents, key=weigh, default=None)
        matches = (best,) if best is not None and weigh(best) >= _NEAR else ()
    return "、".join(format_choice(item.title, item.id) for item in matches)


def list_titles(documents: Sequence[DocumentSpec]) -> Mapping[str, str]:
    """The ids of documents by their titles, as far as one alone has the title."""
    titles = [simplify_word(item.title) for item in documents]
    return {title: item.id for title, item in zip(titles, documents, strict=True) if titles.count(title) == 1}
