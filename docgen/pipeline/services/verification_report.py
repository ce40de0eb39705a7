"""The report of 四性检测: of each package a Word file in the official layout, and the same as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docgen
from docgen.archive.plan.rules import list_rules_in_force
from docgen.archive.verify.natures import Nature
from docgen.archive.writing.target import open_target, refuse_target
from docgen.archive.zip.names import clean_component
from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.description import format_size
from docgen.render.context.packages import (
    NatureView,
    TitleView,
    VerdictView,
    VerificationView,
    VerifiedFactView,
)
from docgen.render.store import TemplateStore
from docgen.resources import Resources

TEMPLATE = "docx/verification-report.docx"
SCHEMA_VERSION = 1
_NUMERALS = "一二三四五"
_LINES = 10
_SUFFIX = ".docx"


@dataclass(slots=True)
class ReportWriter:
    """Writes the report of each package: to ``out`` itself when that is a Word file, else below the folder ``out``.

    Reports are Chinese, as documents are; in a folder those of a former run are replaced. OutputError (A101–A107) when
    one can't be written.
    """

    out: Path
    resources: Resources
    force: bool = False
    written: list[Path] = field(default_factory=list)
    _store: TemplateStore | None = None

    @property
    def is_single(self) -> bool:
        """Whether ``out`` is the report of one package."""
        return self.out.suffix.lower() == _SUFFIX

    def prepare(self) -> None:
        """Find out before the work whether there is a place to write to; a folder is made."""
        if self.is_single:
            for path in (self.out, self.out.with_suffix(".json")):
                refuse_target(path, force=self.force)
            return
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            place, reason = Location(file=str(self.out)), fault.strerror or str(fault)
            raise OutputError(error("A107", place, path=str(self.out), reason=reason)) from None

    def add(self, told: Mapping[str, Any]) -> None:
        """Write the report of a package that is described in full, in the language of documents."""
        self._store = self._store or TemplateStore(self.resources)
        path = self.out if self.is_single else self._choose_place(told)
        text = catalogue(DOCUMENT_LANGUAGE).text
        context = {"report": _view(told), "document": TitleView(text("report.title"))}
        rendered = self._store.render(TEMPLATE, context).data
        rules = [rule.model_dump() for rule in list_rules_in_force()]
        head = {"schema_version": SCHEMA_VERSION, "title": text("report.title"), "verified_by": name_program()}
        document = {**head, "rules": rules, "package": dict(told)}
        force = self.force or (not self.is_single and _is_report(path.with_suffix(".json")))
        for target, data in ((path, rendered), (path.with_suffix(".json"), _dump(document))):
            with open_target(target, force=force) as file:
                file.write(data)
            self.written.append(target)

    def _choose_place(self, told: Mapping[str, Any]) -> Path:
        """A name of its own for each report of a run, though packages may be called alike."""
        suffix = catalogue(DOCUMENT_LANGUAGE).text("report.suffix")
        name = clean_component(f"{told.get('name') or Path(told['path']).stem}_{suffix}")
        number, path = 1, self.out / f"{name}{_SUFFIX}"
        while path in self.written:
            number += 1
            path = self.out / f"{name}_{number}{_SUFFIX}"
        return path


def _is_report(path: Path) -> bool:
    """Whether a report of a former run stands there: those of a folder are brought up to date."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.keys() >= {"schema_version", "verified_by", "rules", "package"}


def name_program() -> str:
    """The program that verifies, with its version."""
    return f"docgen {docgen.__version__}"


def _dump(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _view(told: Mapping[str, Any]) -> VerificationView:
    text = catalogue(DOCUMENT_LANGUAGE).text
    items: Sequence[Mapping[str, Any]] = told["items"]
    natures = tuple(
        _view_nature(number, nature, [item for item in items if item["nature"] == nature.value])
        for number, nature in enumerate(Nature)
    )
    conclusion = text(f"report.conclusion.{told['state']}", counts=_count(items))
    heading = f"{_NUMERALS[len(natures)]}、{text('report.notes')}"
    return VerificationView(
        clean_text(told.get("title") or told.get("name") or Path(told["path"]).name),
        tuple(_list_facts(told)),
        conclusion,
        natures,
        heading,
        tuple(_list_notes(told)),
    )


def _list_facts(told: Mapping[str, Any]) -> Iterator[VerifiedFactView]:
    """What was verified, as far as the package says it."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    facts, project = told.get("facts") or {}, told.get("project") or {}
    profile = facts.get("profile")
    values = {
        "file": Path(told["path"]).name,
        "archive_number": facts.get("archive_number"),
        "project": project.get("number"),
        "agency": facts.get("agency"),
        "standard": told.get("standard"),
        "profile": f"{profile['id']} {profile['version']}" if profile else "",
        "contents": text("verify.files", files=told["files"], size=format_size(told["bytes"])),
        "identity": told.get("identity"),
        "made_by": facts.get("generator"),
        "verified_by": name_program(),
    }
    for name, value in values.items():
        if value:
            yield VerifiedFactView(text(f"report.fact.{name}"), clean_text(value))


def _view_nature(number: int, nature: Nature, items: Sequence[Mapping[str, Any]]) -> NatureView:
    text = catalogue(DOCUMENT_LANGUAGE).text
    verdicts = tuple(
        VerdictView(item["code"], item["title"], text(f"archive.verdict.{item['verdict']}"), tuple(_list_lines(item)))
        for item in items
    )
    return NatureView(f"{_NUMERALS[number]}、{text(f'nature.{nature.value}')}", f"{_count(items)}。", verdicts)


def _count(items: Sequence[Mapping[str, Any]]) -> str:
    return count_verdicts(item["verdict"] for item in items)


def count_verdicts(verdicts: Iterable[str]) -> str:
    """How many items were judged how, in words."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    counts = Counter(verdicts)
    named = ("passed", "failed", "not_run", "not_applicable")
    parts = (text(f"report.count.{verdict}", count=counts[verdict]) for verdict in named if counts[verdict])
    return "，".join(parts)


def _list_lines(item: Mapping[str, Any]) -> Iterator[str]:
    """What a verdict rests on: of what is wrong the message, and what should be there and is; else the figures."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    if item["reason"]:
        yield clean_text(str(item["reason"]))
    for evidence in item["evidence"][:_LINES]:
        said = {name: clean_text(str(evidence[name])) for name in ("expected", "found")}
        message = clean_text(evidence["message"] or "")
        if message:
            yield f"{evidence['code']} {message}"
            if said["found"] in message:
                continue
        member = clean_text(evidence["member"]) if not message else ""
        key = "report.evidence" if said["expected"] else "report.evidence.found"
        yield f"{member}：{text(key, **said)}" if member else text(key, **said)
    left = len(item["evidence"]) - _LINES + item["unlisted"]
    if left > 0:
        yield text("report.more", count=left)


def _list_notes(told: Mapping[str, Any]) -> Iterator[str]:
    text = catalogue(DOCUMENT_LANGUAGE).text
    yield text("nature.note")
    yield text("report.note.virus")
    yield text("report.note.whole")
    work, limits = told["work"], told["limits"]
    yield text(
        "report.note.limits",
        entries=f"{limits['most_entries']:,}",
        inflated=format_size(limits["most_inflated"]),
        elements=f"{limits['most_elements']:,}",
        used=f"{work['entries']:,}",
    )
    rules = "；".join(f"{rule.title}（{rule.number}，{rule.read}）" for rule in list_rules_in_force())
    yield text("report.note.rules", rules=rules)


def clean_text(value: str) -> str:
    """A text of a stranger's as one line that XML can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in value)
