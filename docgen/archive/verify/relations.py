"""Relates received packages to the ones they name by identity: supplements, redacted editions; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from docgen.archive.verify.repeats import PackageFiles, shorten_digests
from docgen.archive.verify.report import VerifyReport
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

_SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class PackageRelation:
    """The package that a supplement or redacted edition belongs to: its name, "" where unknown, and its identity.

    ``is_verified`` tells whether that package was verified together with this one.
    """

    name: str
    identity: str
    is_verified: bool
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """The facts of a package that relate it to others; of thousands of packages only these are kept in memory.

    ``name`` is the top folder; ``title`` and ``package_name`` are the index's. ``belongs_to`` is the identity of the
    package that it belongs to, "" for none; ``base_name`` is the name of that package, which a supplement states and a
    redacted edition (``is_redacted``) doesn't.
    """

    path: str
    name: str
    identity: str
    title: str
    package_name: str
    belongs_to: str = ""
    base_name: str = ""
    is_redacted: bool = False


def find_relative(report: VerifyReport) -> Relative | None:
    """The facts that relate a package to others; None where its index can't be read."""
    index = report.index
    if index is None:
        return None
    own = (str(report.path), report.name, report.identity or "", index.title, index.package_name)
    if index.redaction is not None:
        return Relative(*own, belongs_to=index.redaction.identity, is_redacted=True)
    if index.supplements is not None:
        return Relative(*own, belongs_to=index.supplements.identity, base_name=index.supplements.name)
    return Relative(*own)


def find_package_files(report: VerifyReport) -> PackageFiles:
    """The files of a package that are compared with those of others."""
    index = report.index
    project = index.project.number if index is not None else ""
    belongs_to = index.redaction.identity if index is not None and index.redaction is not None else ""
    files = shorten_digests(report.compared_files)
    return PackageFiles(str(report.path), project, report.identity or "", belongs_to, files)


class Relations:
    """The packages that were verified together, by identity, name and title."""

    def __init__(self, packages: Iterable[Relative]) -> None:
        self._by_identity: dict[str, Relative] = {}
        self._by_name: defaultdict[str, list[Relative]] = defaultdict(list)
        self._by_title: defaultdict[str, list[Relative]] = defaultdict(list)
        suffix = catalogue(DOCUMENT_LANGUAGE).text("redaction.title")
        for package in packages:
            self._by_identity.setdefault(package.identity, package)
            self._by_name[package.package_name].append(package)
            self._by_title[f"{package.title}（{suffix}）"].append(package)

    def find(self, package: Relative) -> PackageRelation | None:
        """The package that this one belongs to; None where it belongs to none.

        A251 (supplement), A252 (redacted edition) for each verified package with its name and another identity.
        """
        if not package.belongs_to:
            return None
        base = self._by_identity.get(package.belongs_to)
        if base is not None:
            return PackageRelation(escape_name(base.name), base.identity, True)
        namesakes = self._by_title[package.title] if package.is_redacted else self._by_name[package.base_name]
        faults = tuple(_report_namesake(package, other) for other in namesakes if other != package)
        return PackageRelation(escape_name(package.base_name), package.belongs_to, False, faults)


def _report_namesake(package: Relative, other: Relative) -> Diagnostic:
    return error(
        "A252" if package.is_redacted else "A251",
        Location("archive", file=package.path),
        package=escape_name(PurePath(package.path).name),
        stated=package.belongs_to[:_SHOWN_DIGITS],
        other=escape_name(PurePath(other.path).name),
        found=(other.identity or "—")[:_SHOWN_DIGITS],
    )
