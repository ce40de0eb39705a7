"""Write the report of 四性检测: for each package a Word file in the official layout, and the same as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docgen
from docgen.archive.plan.model import RuleInForce
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

    Reports are in Chinese, as documents are. In a folder an earlier report of the same package file is replaced, one of
    another stays. OutputError (A101–A107) when one can't be written.
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
        """Check before the work that reports can be written; a folder is made."""
        if self.is_single:
            for path in (self.out, self.out.with_suffix(".json")):
                refuse_target(path, force=self.force)
            return
        make_output_folder(self.out)

    def add(self, description: Mapping[str, Any]) -> None:
        """Write the report of a package from its complete description, in the language of documents."""
        self._store = self._store or TemplateStore(self.resources)
        path = self.out if self.is_single else self._choose_place(description)
        text = catalogue(DOCUMENT_LANGUAGE).text
        context = {"report": _view(description), "document": TitleView(text("report.title"))}
        rendered = self._store.render(TEMPLATE, context).data
        rules = [rule.model_dump() for rule in list_rules_in_force()]
        head = {"schema_version": SCHEMA_VERSION, "title": text("report.title"), "verified_by": name_program()}
        document = {**head, "rules": rules, "package": dict(description)}
        force = self.force or (not self.is_single and _find_reported(path.with_suffix(".json")) is not None)
        for target, data in ((path, rendered), (path.with_suffix(".json"), _dump(document))):
            with open_target(target, force=force) as file:
                file.write(data)
            self.written.append(target)

    def _choose_place(self, description: Mapping[str, Any]) -> Path:
        """Choose a path that no report of this run or of another package file has; packages may share a name."""
        suffix = catalogue(DOCUMENT_LANGUAGE).text("report.suffix")
        name = clean_component(f"{description.get('name') or Path(description['path']).stem}_{suffix}")
        number, path = 1, self.out / f"{name}{_SUFFIX}"
        while path in self.written or _find_reported(path.with_suffix(".json")) not in (None, description["path"]):
            number += 1
            path = self.out / f"{name}_{number}{_SUFFIX}"
        return path


def make_output_folder(folder: Path) -> None:
    """Make a folder for reports or receipts; OutputError A107 when it can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        place, reason = Location(file=str(folder)), fault.strerror or str(fault)
        raise OutputError(error("A107", place, path=str(folder), reason=reason)) from fault


def _find_reported(path: Path) -> str | None:
    """The package file of which this is the report, by an earlier run; None where it is no report."""
    try:
        report = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not (isinstance(report, dict) and report.keys() >= {"schema_version", "verified_by", "rules", "package"}):
        return None
    package = report["package"]
    return str(package.get("path", "")) if isinstance(package, dict) else None


def name_program() -> str:
    """The program that verifies, with its version."""
    return f"docgen {docgen.__version__}"


def _dump(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _view(description: Mapping[str, Any]) -> VerificationView:
    text = catalogue(DOCUMENT_LANGUAGE).text
    items: Sequence[Mapping[str, Any]] = description["items"]
    natures = tuple(
        _view_nature(number, nature, [item for item in items if item["nature"] == nature.value])
        for number, nature in enumerate(Nature)
    )
    conclusion = text(f"report.conclusion.{description['state']}", counts=_count(items))
    heading = f"{_NUMERALS[len(natures)]}、{text('report.notes')}"
    return VerificationView(
        clean_text(description.get("title") or description.get("name") or Path(description["path"]).name),
        tuple(_list_facts(description)),
        conclusion,
        natures,
        heading,
        tuple(list_notes(description["limits"], description["work"], list_rules_in_force())),
    )


def _list_facts(description: Mapping[str, Any]) -> Iterator[VerifiedFactView]:
    """The facts about a package, as far as it states them."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    facts, project = description.get("facts") or {}, description.get("project") or {}
    profile = facts.get("profile")
    values = {
        "file": Path(description["path"]).name,
        "archive_number": facts.get("archive_number"),
        "project": project.get("number"),
        "agency": facts.get("agency"),
        "standard": description.get("standard"),
        "profile": f"{profile['id']} {profile['version']}" if profile else "",
        "contents": text("verify.files", files=description["files"], size=format_size(description["bytes"])),
        "identity": description.get("identity"),
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
    """Format how many items have each verdict."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    counts = Counter(verdicts)
    named = ("passed", "failed", "not_run", "not_applicable")
    parts = (text(f"report.count.{verdict}", count=counts[verdict]) for verdict in named if counts[verdict])
    return "，".join(parts)


def _list_lines(item: Mapping[str, Any]) -> Iterator[str]:
    """The lines under a verdict: its reason, the messages of faults with expected and found values, else figures."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    if item["reason"]:
        yield clean_text(str(item["reason"]))
    for evidence in item["evidence"][:_LINES]:
        values = {name: clean_text(str(evidence[name])) for name in ("expected", "found")}
        message = clean_text(evidence["message"] or "")
        if message:
            yield f"{evidence['code']} {message}"
            if values["found"] in message:
                continue
        member = clean_text(evidence["member"]) if not message else ""
        key = "report.evidence" if values["expected"] else "report.evidence.found"
        yield f"{member}：{text(key, **values)}" if member else text(key, **values)
    unlisted = len(item["evidence"]) - _LINES + item["unlisted"]
    if unlisted > 0:
        yield text("report.more", count=unlisted)


def list_notes(limits: Mapping[str, int], work: Mapping[str, int], rules: Iterable[RuleInForce]) -> Iterator[str]:
    """The notes under a report or receipt: what verifying covers, its limits, the rules that it judges by."""
    text = catalogue(DOCUMENT_LANGUAGE).text
    yield text("nature.note")
    yield text("report.note.virus")
    yield text("report.note.whole")
    yield text(
        "report.note.limits",
        entries=f"{limits['most_entries']:,}",
        inflated=format_size(limits["most_inflated"]),
        elements=f"{limits['most_elements']:,}",
        used=f"{work['entries']:,}",
    )
    shown = "；".join(f"{rule.title}（{rule.number}，{rule.read}）" for rule in rules)
    yield text("report.note.rules", rules=shown)


def clean_text(value: str) -> str:
    """Make one line that XML can hold of a text from a received package."""
    return "".join(letter if letter.isprintable() else " " for letter in value)
