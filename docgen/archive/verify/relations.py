"""Relates received packages that name one another by identity; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from docgen.archive.verify.repeats import UsedFiles, shorten_digests
from docgen.archive.verify.report import VerifyReport
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class PackageRelation:
    """What a package says of another: name ("" where it isn't known) and identity; ``is_met``: it was verified, too."""

    name: str
    identity: str
    is_met: bool
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """What of a package tells which others it belongs to: of thousands no more than this is kept.

    ``path`` is where it lies, ``name`` its top folder, ``title`` and ``package_name`` are what its index says.
    ``belongs_to`` is the identity of the package that it names, "" where it names none; ``base_name`` that one's name,
    as a supplement knows it; a redacted edition (``is_redacted``) doesn't.
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
    """What tells of a package to which others it belongs; None for one whose index can't be read."""
    index = report.index
    if index is None:
        return None
    own = (str(report.path), report.name, report.identity or "", index.title, index.package_name)
    if index.redaction is not None:
        return Relative(*own, belongs_to=index.redaction.identity, is_redacted=True)
    if index.supplements is not None:
        return Relative(*own, belongs_to=index.supplements.identity, base_name=index.supplements.name)
    return Relative(*own)


def find_used(report: VerifyReport) -> UsedFiles:
    """What tells of a package which files it shares with others."""
    index = report.index
    project = index.project.number if index is not None else ""
    belongs_to = index.redaction.identity if index is not None and index.redaction is not None else ""
    path, files = str(report.path), shorten_digests(report.used)
    return UsedFiles(path, project, report.identity or "", belongs_to, files)


class Relations:
    """The packages that were verified together, by what others may say of them."""

    def __init__(self, packages: Iterable[Relative]) -> None:
        self._by_identity: dict[str, Relative] = {}
        self._by_name: defaultdict[str, list[Relative]] = defaultdict(list)
        self._by_title: defaultdict[str, list[Relative]] = defaultdict(list)
        suffix = catalogue(DOCUMENT_LANGUAGE).text("redaction.title")
        for item in packages:
            self._by_identity.setdefault(item.identity, item)
            self._by_name[item.package_name].append(item)
            self._by_title[f"{item.title}（{suffix}）"].append(item)

    def find(self, package: Relative) -> PackageRelation | None:
        """The package that this one belongs to; None for one that stands alone.

        A251 and A252 when one of the others goes by the name of that package and has another identity.
        """
        stated = package.belongs_to
        if not stated:
            return None
        met = self._by_identity.get(stated)
        if met is not None:
            return PackageRelation(escape_name(met.name), stated, True)
        code = "A252" if package.is_redacted else "A251"
        namesakes = self._by_title[package.title] if package.is_redacted else self._by_name[package.base_name]
        place = Location("archive", file=package.path)
        said = {"package": escape_name(_cut_name(package.path)), "stated": stated[:_SHOWN]}
        faults = [
            error(code, place, other=escape_name(_cut_name(other.path)), found=(other.identity or "—")[:_SHOWN], **said)
            for other in namesakes
            if other != package
        ]
        return PackageRelation(escape_name(package.base_name), stated, False, tuple(faults))


def _cut_name(path: str) -> str:
    return PurePath(path).name
