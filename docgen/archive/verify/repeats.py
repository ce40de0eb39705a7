"""Finds files with the same bytes, within a package and across packages that were verified together; pure.

A repeat is reported and is no fault: a joint training's sign-in sheet or an agency's certificate belongs into several
packages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.names import escape_name
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, info

_SHOWN = 3
_KEPT_DIGITS = 16
"""The hexadecimal digits of a sha256 by which files of many packages are compared."""


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """The files of a package that are compared with those of others: paths by the first digits of their sha256.

    ``project`` is the project's number, "" without an index. ``belongs_to`` is the identity of a redacted edition's
    full package, which holds the same files by its nature.
    """

    path: str
    project: str
    identity: str
    belongs_to: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def is_same_package(self, other: PackageFiles) -> bool:
        """Whether the other is a copy of this one, or one of them the redacted edition of the other."""
        own = {self.identity, self.belongs_to} - {""}
        return self.path == other.path or not own.isdisjoint({other.identity, other.belongs_to})


@dataclass(frozen=True, slots=True)
class Repeat:
    """Files of a package that other packages hold, too, and the paths of those packages.

    ``relation`` is ``same_project``, ``other_project`` or ``unknown_project``.
    """

    relation: str
    others: tuple[str, ...]
    files: tuple[str, ...]

    def report(self, place: Location) -> Diagnostic:
        """V229 for these files."""
        names = [escape_name(PurePath(other).name) for other in self.others]
        return info(
            "V229",
            place,
            count=len(self.files),
            packages=len(names),
            relation=Term(f"prove.{self.relation}"),
            others=format_first_few(names, _SHOWN),
            members=format_first_few(map(escape_name, self.files), _SHOWN),
        )


def choose_compared_files(payload: Mapping[str, MemberFact], index: PackageIndex | None) -> dict[str, str]:
    """The payload files that are compared, with their sha256.

    Left out are empty files and those that docgen makes: PDFs of documents, notes that an item doesn't apply.
    """
    generated: set[str] = set()
    for document in index.documents if index is not None else ():
        generated |= {item.path for item in document.renditions if item.role == "pdf" or document.kind == "note"}
    return {
        path: fact.sha256
        for path, fact in payload.items()
        if fact.sha256 is not None and fact.size and path not in generated
    }


def report_repeats(files: Mapping[str, str], at: BagPlace) -> Iterator[Diagnostic]:
    """V228 for the files of a package that have the same digest."""
    paths_by_digest: defaultdict[str, list[str]] = defaultdict(list)
    for path, digest in files.items():
        paths_by_digest[digest].append(path)
    for first, *others in paths_by_digest.values():
        if others:
            shown = format_first_few(map(escape_name, others), _SHOWN)
            yield info("V228", at.locate(first), member=escape_name(first), count=len(others), members=shown)


def shorten_digests(files: Mapping[str, str]) -> dict[str, str]:
    """The paths of files by the first digits of their digest; of files with the same digest only one."""
    return {digest[:_KEPT_DIGITS]: path for path, digest in files.items()}


class Repeats:
    """The files that several of the packages hold which were verified together; ``packages`` is called twice."""

    def __init__(self, packages: Callable[[], Iterable[PackageFiles]]) -> None:
        seen: set[int] = set()
        repeated: set[int] = set()
        for package in packages():  # of each file only a number is kept in memory
            own = {int(digest, 16) for digest in package.files}
            repeated |= seen & own
            seen |= own
        self._owners: defaultdict[int, list[PackageFiles]] = defaultdict(list)
        for package in packages() if repeated else ():
            owner = replace(package, files={})
            for number in {int(digest, 16) for digest in package.files} & repeated:
                self._owners[number].append(owner)

    def find(self, package: PackageFiles) -> tuple[Repeat, ...]:
        """The files of a package that others hold, too, by the relation of their projects."""
        others: defaultdict[str, dict[str, None]] = defaultdict(dict)
        files: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for digest, path in package.files.items():
            for owner in self._owners.get(int(digest, 16), ()):
                if not package.is_same_package(owner):
                    relation = _compare_projects(package, owner)
                    others[relation][owner.path] = files[relation][path] = None
        return tuple(Repeat(name, tuple(others[name]), tuple(files[name])) for name in sorted(others))


def _compare_projects(package: PackageFiles, other: PackageFiles) -> str:
    if not package.project or not other.project:
        return "unknown_project"
    return "same_project" if package.project == other.project else "other_project"
