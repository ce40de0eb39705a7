"""The options and the outcome of a run of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from docgen.diagnostics import Diagnostic, Severity, is_promoted
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.archive.verify.report import Step
    from docgen.profile.load import LoadedProfile


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: ``draft`` writes in spite of errors, ``blank`` makes forms to fill by hand, ``only`` some types.
    ``blanks_by_hand`` makes documents that lack values, too: what lacks is left free for the pen, and told.
    ``strict`` lets a warning stop the package as an error does; ``guard`` looks through every file that was rendered;
    ``pdf`` files a PDF beside each Word and Excel document, by so many ``converters`` at a time (0: one for each core);
    ``bind`` does so, too, and binds all of a package to one PDF; ``sm3`` adds manifests by SM3 to packages;
    ``mapping`` says which columns of somebody
    else's table are which.
    ``loose`` writes the documents beside the package, too; ``durable`` waits until the disk has the package.
    ``redact`` makes a redacted package beside each full one. ``supplement`` names a package of the project, and earlier
    supplements of it: only what none of them holds is packed. ``label`` stands in the package's name, where one project
    makes a package for each of its enterprises. ``until`` names the step at which the project is judged and packed as
    if it ended there.
    """

    resources: Resources = field(default_factory=Resources)
    profile_id: str | None = None
    draft: bool = False
    strict: bool = False
    guard: bool = False
    blank: bool = False
    blanks_by_hand: bool = False
    only: tuple[str, ...] = ()
    package: bool = True
    pdf: bool = False
    bind: bool = False
    sm3: bool = False
    converters: int = 0
    with_record: bool = True
    force: bool = False
    loose: bool = True
    durable: bool = True
    redact: bool = False
    supplement: tuple[Path, ...] = ()
    mapping: Path | None = None
    label: str = ""
    until: str = ""

    @property
    def packing(self) -> bool:
        """Whether packages are wanted: forms to fill by hand and a choice of documents are none."""
        return self.package and not self.blank and not self.only

    @property
    def adding_sm3(self) -> bool:
        """Whether packages carry manifests by SM3: this run asks for them, or the user's settings do."""
        return self.sm3 or self.resources.packing.sm3

    @property
    def converting(self) -> bool:
        """Whether LibreOffice makes PDFs."""
        return self.pdf or self.bind

    def is_faulty(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Whether one of the diagnostics is grave enough to keep everything from being written."""
        return any(item.severity is Severity.ERROR or (self.strict and is_promoted(item)) for item in diagnostics)

    def may_write(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Whether something may be written in spite of what was found."""
        return self.draft or not self.is_faulty(diagnostics)


@dataclass(frozen=True, slots=True)
class Proving:
    """What is asked for: every document made again (``rebuild``), the package judged by its ``standard``.

    ``digests`` asks for those of the whole zip. ``resources`` are the profiles and templates that are here.
    """

    rebuild: bool = False
    standard: bool = False
    resources: Resources = field(default_factory=Resources)
    digests: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that are asked for."""
        from docgen.archive.verify.report import Step  # who makes documents needs nothing of what verifies them

        return (*([Step.REBUILD] if self.rebuild else []), *([Step.STANDARD] if self.standard else []))


NOTHING = Proving()
"""Asks for nothing beyond a package's own texts."""


@dataclass(frozen=True, slots=True)
class Output:
    """Something that was written; ``content_digest`` is that of a document, which a signed scan of it may state."""

    kind: Literal["document", "package", "transfer"]
    path: Path
    title: str
    content_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one enterprise, in the words that the profile prints."""

    name: str
    total: Decimal | None
    maximum: Decimal
    grade: str | None


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """What a record is about, in a few figures; ``items`` and ``titles`` name its filing items and document types.

    ``until`` is the step at which it is judged as if it ended there, by key and label.
    """

    profile_id: str
    project_number: str
    project_name: str
    enterprises: int
    documents: int
    evidence: int
    scores: tuple[Score, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What the outcome depends on: who knows that all of it is as it was need not run again.

    ``templates`` are the digests of those that were used, by name; ``files`` begins with the record itself;
    ``folders`` are those whose files, whatever they are called, the record names as evidence. ``seen`` are size and
    time of the last change (ns) that files had when they were looked at, where that is known.
    """

    profile: LoadedProfile
    templates: Mapping[str, str]
    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    seen: Mapping[Path, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found and made; ``used`` is what it depends on, None where nothing of the record could be used."""

    diagnostics: tuple[Diagnostic, ...]
    outputs: tuple[Output, ...] = ()
    summary: RecordSummary | None = None
    used: Footprint | None = None
