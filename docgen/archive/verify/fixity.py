"""Fixity: what the manifests say against what lies in the package; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.names import MAX_DEPTH, escape_name
from docgen.diagnostics import Diagnostic, Term, error


@dataclass(frozen=True, slots=True)
class MemberFact:
    """What was found of a file in the bag: its size in bytes and its sha256, None when it couldn't be read.

    ``others`` are its digests by the further algorithms of the bag's manifests.
    """

    size: int
    sha256: str | None
    others: Mapping[str, str] = field(default_factory=dict)

    def find_digest(self, algorithm: str) -> str | None:
        """Its digest by an algorithm, None when there is none."""
        return self.sha256 if algorithm == "sha256" else self.others.get(algorithm)


@dataclass(frozen=True, slots=True)
class Listing:
    """A manifest's name, what it lists, the files it has to list, and the algorithm of its digests."""

    manifest: str
    digests: Mapping[str, str]
    actual: Mapping[str, MemberFact]
    algorithm: str = "sha256"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that isn't as its manifest says: ``other`` is the new name of a renamed one.

    ``stated`` and ``found`` are the digests of one whose content is another.
    """

    code: str
    path: str
    manifest: str
    other: str = ""
    stated: str = ""
    found: str = ""


def compare_listing(listing: Listing) -> tuple[Difference, ...]:
    """V131 content changed, V132 missing, V133 not listed, V134 renamed; sorted by path.

    A missing file and one that isn't listed, with the same digest, are one renamed file. A file that couldn't be read
    is left out: whoever read it has reported it.
    """
    digests, actual = listing.digests, listing.actual
    found: list[Difference] = []
    for path, digest in digests.items():
        fact = actual.get(path)
        if fact is not None and fact.find_digest(listing.algorithm) not in {None, digest}:
            actually = fact.find_digest(listing.algorithm) or ""
            found.append(Difference("V131", path, listing.manifest, stated=digest, found=actually))
    missing = sorted(path for path in digests if path not in actual)
    extra = sorted(path for path in actual if path not in digests)
    renamed = dict(_pair_renamed(missing, extra, listing))
    new = set(renamed.values())
    found += [Difference("V134", path, listing.manifest, other) for path, other in renamed.items()]
    found += [Difference("V132", path, listing.manifest) for path in missing if path not in renamed]
    found += [Difference("V133", path, listing.manifest) for path in extra if path not in new]
    return tuple(sorted(found, key=lambda item: (item.path, item.code)))


def _pair_renamed(missing: Sequence[str], extra: Sequence[str], listing: Listing) -> list[tuple[str, str]]:
    waiting: dict[str, list[str]] = {}
    for path in reversed(extra):
        digest = listing.actual[path].find_digest(listing.algorithm)
        if digest is not None:
            waiting.setdefault(digest, []).append(path)
    pairs = []
    for path in missing:
        candidates = waiting.get(listing.digests[path])
        if candidates:
            pairs.append((path, candidates.pop()))
    return pairs


def report_differences(
    differences: Sequence[Difference], at: BagPlace, present: Collection[str]
) -> Iterator[Diagnostic]:
    """The diagnostics of these differences; ``present`` are the files that lie in the bag.

    What has one cause is told once, with a count (V184): a folder that is gone, added or renamed, many files of one.
    """
    different = {item.path for item in differences}
    together: dict[tuple[str, str, str, str], list[Difference]] = {}
    folders = {
        "V132": _list_folders(present),
        "V133": _list_folders(path for path in present if path not in different),
    }
    for item in differences:
        together.setdefault(_find_cause(item, folders), []).append(item)
    for (code, manifest, folder, other), items in together.items():
        if code == "V131" or len(items) < (_FEW_RENAMED if code == "V134" else _FEW):
            for item in items:
                yield _report_one(item, at)
            continue
        what = Term(f"archive.difference.{code.lower()}", {"folder": escape_name(folder), "other": escape_name(other)})
        members = "、".join(escape_name(item.path) for item in items[:_SHOWN])
        where = at.locate(other or folder)
        yield error("V184", where, what=what, count=len(items), members=members, manifest=escape_name(manifest))


_FEW, _FEW_RENAMED, _SHOWN = 4, 2, 3


def _list_folders(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        folder = "/".join(_split_folders(path))
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _split_folders(path: str) -> list[str]:
    """The folders of a path, as deep as a sound package goes: all those of one a thousand deep would take much room."""
    return path.split("/", MAX_DEPTH)[:-1]


def _find_cause(item: Difference, folders: Mapping[str, Collection[str]]) -> tuple[str, str, str, str]:
    """The kind, the manifest, and the outermost folder that is gone, added or renamed with the file."""
    if item.code == "V131":
        return item.code, item.manifest, item.path, ""
    if item.other:
        old, new = item.path.split("/"), item.other.split("/")
        while old and new and old[-1] == new[-1]:
            old.pop()
            new.pop()
        return item.code, item.manifest, "/".join(old), "/".join(new)
    folder = item.path.rpartition("/")[0]
    steps = _split_folders(item.path)
    outer = ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
    return item.code, item.manifest, next((name for name in outer if name not in folders[item.code]), folder), ""


def _report_one(item: Difference, at: BagPlace) -> Diagnostic:
    params = {"member": escape_name(item.path), "manifest": escape_name(item.manifest)}
    if item.other:
        params["other"] = escape_name(item.other)
    if item.stated:
        params |= {"expected": item.stated, "found": item.found}
    return error(item.code, at.locate(item.other or item.path), **params)
