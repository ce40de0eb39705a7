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
    """The options of a run, the same for every front end.

    What is made: ``only`` some document types; ``blank`` forms to fill in by hand; ``blanks_by_hand`` also documents
    with missing values, which stay free and are reported. ``draft`` writes in spite of errors; ``strict`` lets a
    warning stop the package as an error does; ``guard`` checks every rendered file. ``until`` names the step at which
    the project is judged and packed as if it ended there.

    The package: ``pdf`` files a PDF beside each Word and Excel document, made by so many ``converters`` at a time (0:
    one for each core); ``bind`` does so, too, and binds the package to one PDF; ``sm3`` adds manifests by SM3;
    ``redact`` makes a redacted package beside each full one; ``supplement`` names a package of the project and earlier
    supplements of it, and only what none of them holds is packed; ``label`` stands in the package's name, where one
    project makes a package for each of its enterprises. ``loose`` writes the documents beside the package, too;
    ``durable`` waits until the package is on the disk.

    The input: ``mapping`` says what the columns of a foreign table are.
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
        """Whether packages are made: not of forms to fill in by hand, nor of a choice of documents."""
        return self.package and not self.blank and not self.only

    @property
    def adding_sm3(self) -> bool:
        """Whether packages get manifests by SM3: by this run's option or the user's settings."""
        return self.sm3 or self.resources.packing.sm3

    @property
    def converting(self) -> bool:
        """Whether LibreOffice makes PDFs."""
        return self.pdf or self.bind

    def is_faulty(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Whether one of the diagnostics keeps everything from being written."""
        return any(item.severity is Severity.ERROR or (self.strict and is_promoted(item)) for item in diagnostics)

    def may_write(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Whether something may be written in spite of the diagnostics."""
        return self.draft or not self.is_faulty(diagnostics)


@dataclass(frozen=True, slots=True)
class Proving:
    """What a verification proves besides: every document by making it again (``rebuild``), the ``standard``'s rules.

    ``digests`` asks for the digests of the whole zip. ``resources`` are the available profiles and templates.
    """

    rebuild: bool = False
    standard: bool = False
    resources: Resources = field(default_factory=Resources)
    digests: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that are asked for."""
        from docgen.archive.verify.report import Step  # imported late: building needs nothing of verifying

        return (*([Step.REBUILD] if self.rebuild else []), *([Step.STANDARD] if self.standard else []))


NOTHING = Proving()
"""Proves nothing beyond the package's own texts."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file or folder that was written; a document has a ``content_digest``, which a signed scan of it may state."""

    kind: Literal["document", "package", "transfer"]
    path: Path
    title: str
    content_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one enterprise, as the profile prints it."""

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
    """What the outcome of a run depends on; while none of it changes, the run needn't be repeated.

    ``templates`` are the digests of the used ones, by name; ``files`` begins with the record itself; ``folders`` are
    those whose files, whatever their names, are evidence of the record. ``seen`` are size and time of the last change
    (ns) of files when they were inspected, where that is known.
    """

    profile: LoadedProfile
    templates: Mapping[str, str]
    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    seen: Mapping[Path, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The diagnostics and outputs of a run; ``used`` is what it depends on, None where the record couldn't be used."""

    diagnostics: tuple[Diagnostic, ...]
    outputs: tuple[Output, ...] = ()
    summary: RecordSummary | None = None
    used: Footprint | None = None
