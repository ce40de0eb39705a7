"""The same file used twice, byte by byte: within a package, and across packages that were verified together; pure.

A repeat is pointed out and is no fault: a joint training's sheet and an agency's certificate go into several packages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.names import escape_name
from docgen.content.shown_names import format_some
from docgen.diagnostics import Diagnostic, Location, Term, info

_SHOWN = 3
_KEY = 16


@dataclass(frozen=True, slots=True)
class UsedFiles:
    """What of a package tells which files it shares with others: ``files`` are paths by the beginning of their sha256.

    ``path`` is where it lies; ``project`` its project's number, "" where no index tells; ``identity`` is its own,
    ``belongs_to`` that of the full package of a redacted edition, which holds the same files by its nature.
    """

    path: str
    project: str
    identity: str
    belongs_to: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def is_same_package(self, other: UsedFiles) -> bool:
        """Whether the other is a copy of this one, or one of them the redacted edition of the other."""
        own = {self.identity, self.belongs_to} - {""}
        return self.path == other.path or not own.isdisjoint({other.identity, other.belongs_to})


@dataclass(frozen=True, slots=True)
class Repeat:
    """Files of a package that lie in others, too.

    ``relation`` is ``same_project``, ``other_project`` or ``unknown_project``.
    """

    relation: str
    others: tuple[str, ...]
    files: tuple[str, ...]

    def report(self, place: Location) -> Diagnostic:
        """V229, once for all packages of a relation."""
        names = [escape_name(PurePath(other).name) for other in self.others]
        return info(
            "V229",
            place,
            count=len(self.files),
            packages=len(names),
            relation=Term(f"prove.{self.relation}"),
            others=format_some(names, _SHOWN),
            members=format_some(map(escape_name, self.files), _SHOWN),
        )


def choose_used(payload: Mapping[str, MemberFact], index: PackageIndex | None) -> dict[str, str]:
    """The files that are compared, with their sha256: neither empty ones nor what docgen made of others.

    That is a PDF of a document, or a note of what doesn't apply.
    """
    made: set[str] = set()
    for document in index.documents if index is not None else ():
        made |= {item.path for item in document.renditions if item.role == "pdf" or document.kind == "note"}
    return {
        path: fact.sha256
        for path, fact in payload.items()
        if fact.sha256 is not None and fact.size and path not in made
    }


def report_repeats(used: Mapping[str, str], at: BagPlace) -> Iterator[Diagnostic]:
    """V228 for each content that several files of a package have."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for path, digest in used.items():
        alike[digest].append(path)
    for first, *others in alike.values():
        if others:
            shown = format_some(map(escape_name, others), _SHOWN)
            yield info("V228", at.locate(first), member=escape_name(first), count=len(others), members=shown)


def shorten_digests(used: Mapping[str, str]) -> dict[str, str]:
    """The files by the beginning of their digest, one of each content."""
    return {digest[:_KEY]: path for path, digest in used.items()}


class Repeats:
    """The files that several of the packages hold which were verified together."""

    def __init__(self, packages: Callable[[], Iterable[UsedFiles]]) -> None:
        seen: set[int] = set()
        repeated: set[int] = set()
        for package in packages():  # of all files no more than a number is held
            own = {int(digest, 16) for digest in package.files}
            repeated |= seen & own
            seen |= own
        self._owners: defaultdict[int, list[UsedFiles]] = defaultdict(list)
        for package in packages() if repeated else ():
            bare = UsedFiles(package.path, package.project, package.identity, package.belongs_to)
            for number in {int(digest, 16) for digest in package.files} & repeated:
                self._owners[number].append(bare)

    def find(self, package: UsedFiles) -> tuple[Repeat, ...]:
        """Which of a package's files lie in others, by how those are related to it."""
        others: defaultdict[str, dict[str, None]] = defaultdict(dict)
        files: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for digest, path in package.files.items():
            for owner in self._owners.get(int(digest, 16), ()):
                if not package.is_same_package(owner):
                    relation = _relate(package, owner)
                    others[relation][owner.path] = files[relation][path] = None
        return tuple(Repeat(name, tuple(others[name]), tuple(files[name])) for name in sorted(others))


def _relate(package: UsedFiles, other: UsedFiles) -> str:
    if not package.project or not other.project:
        return "unknown_project"
    return "same_project" if package.project == other.project else "other_project"
