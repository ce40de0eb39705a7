"""Compares the digests of a bag's files with its manifests (fixity); pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.names import MAX_DEPTH, escape_name
from docgen.diagnostics import Diagnostic, Term, error

_FEW, _FEW_RENAMED = 4, 2
"""Fewer differences with one cause (renamed files) are reported one by one."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MemberFact:
    """The computed facts of a file in the bag: its size in bytes and its sha256, None when it couldn't be read.

    ``others`` are its digests by the other algorithms of the bag's manifests.
    """

    size: int
    sha256: str | None
    others: Mapping[str, str] = field(default_factory=dict)

    def find_digest(self, algorithm: str) -> str | None:
        """The file's digest by an algorithm, None when it wasn't computed."""
        return self.sha256 if algorithm == "sha256" else self.others.get(algorithm)


@dataclass(frozen=True, slots=True)
class Listing:
    """A manifest's name and the digests that it lists by path, beside ``actual``, the files that it has to list."""

    manifest: str
    digests: Mapping[str, str]
    actual: Mapping[str, MemberFact]
    algorithm: str = "sha256"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that differs from its manifest: ``new_path`` is the one of a renamed file.

    ``stated`` and ``computed`` are the digests of a file whose content changed.
    """

    code: str
    path: str
    manifest: str
    new_path: str = ""
    stated: str = ""
    computed: str = ""


def compare_listing(listing: Listing) -> tuple[Difference, ...]:
    """V131 content changed, V132 missing, V133 not listed, V134 renamed; sorted by path.

    A missing file and an unlisted one with the same digest are one renamed file. A file that couldn't be read is no
    difference: reading it has reported it.
    """
    digests, actual, manifest = listing.digests, listing.actual, listing.manifest
    differences: list[Difference] = []
    for path, stated in digests.items():
        computed = actual[path].find_digest(listing.algorithm) if path in actual else None
        if computed is not None and computed != stated:
            differences.append(Difference("V131", path, manifest, stated=stated, computed=computed))
    missing = sorted(path for path in digests if path not in actual)
    unlisted = sorted(path for path in actual if path not in digests)
    renamed = _pair_renamed(missing, unlisted, listing)
    new_paths = set(renamed.values())
    differences += [Difference("V134", path, manifest, new_path) for path, new_path in renamed.items()]
    differences += [Difference("V132", path, manifest) for path in missing if path not in renamed]
    differences += [Difference("V133", path, manifest) for path in unlisted if path not in new_paths]
    return tuple(sorted(differences, key=lambda item: (item.path, item.code)))


def _pair_renamed(missing: Sequence[str], unlisted: Sequence[str], listing: Listing) -> dict[str, str]:
    """The new path of each missing file of which an unlisted one has the digest."""
    by_digest: dict[str, list[str]] = {}
    for path in reversed(unlisted):
        digest = listing.actual[path].find_digest(listing.algorithm)
        if digest is not None:
            by_digest.setdefault(digest, []).append(path)
    candidates = ((path, by_digest.get(listing.digests[path])) for path in missing)
    return {path: new_paths.pop() for path, new_paths in candidates if new_paths}


def report_differences(
    differences: Sequence[Difference], at: BagPlace, present: Collection[str]
) -> Iterator[Diagnostic]:
    """The diagnostics of these differences; ``present`` are the files that lie in the bag.

    Several with one cause are one diagnostic with a count (V184): a missing, added or renamed folder, or many files of
    one folder.
    """
    different = {item.path for item in differences}
    folders = {
        "V132": _list_folders(present),
        "V133": _list_folders(path for path in present if path not in different),
    }
    by_cause: dict[_Cause, list[Difference]] = {}
    for item in differences:
        by_cause.setdefault(_find_cause(item, folders), []).append(item)
    for cause, items in by_cause.items():
        if cause.code == "V131" or len(items) < (_FEW_RENAMED if cause.code == "V134" else _FEW):
            yield from (_report_one(item, at) for item in items)
        else:
            yield _report_together(cause, items, at)


class _Cause(NamedTuple):
    """What differences have in common: their code, the manifest, and a folder, with its new path if it was renamed."""

    code: str
    manifest: str
    folder: str
    new_folder: str = ""


def _find_cause(item: Difference, folders: Mapping[str, Collection[str]]) -> _Cause:
    """The cause of a difference: the outermost folder that is missing, added or renamed with the file."""
    if item.code == "V131":
        return _Cause(item.code, item.manifest, item.path)
    if item.new_path:
        old, new = item.path.split("/"), item.new_path.split("/")
        while old and new and old[-1] == new[-1]:
            old.pop()
            new.pop()
        return _Cause(item.code, item.manifest, "/".join(old), "/".join(new))
    steps = _split_folders(item.path)
    outer = ("/".join(steps[: depth + 1]) for depth in range(len(steps)))
    own = item.path.rpartition("/")[0]
    return _Cause(item.code, item.manifest, next((name for name in outer if name not in folders[item.code]), own))


def _list_folders(paths: Iterable[str]) -> set[str]:
    folders: set[str] = set()
    for path in paths:
        folder = "/".join(_split_folders(path))
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _split_folders(path: str) -> list[str]:
    """The folders of a path, no deeper than those of a sound package: a thousand levels would take much memory."""
    return path.split("/", MAX_DEPTH)[:-1]


def _report_one(item: Difference, at: BagPlace) -> Diagnostic:
    params = {"member": escape_name(item.path), "manifest": escape_name(item.manifest)}
    if item.new_path:
        params["other"] = escape_name(item.new_path)
    if item.stated:
        params |= {"expected": item.stated, "found": item.computed}
    return error(item.code, at.locate(item.new_path or item.path), **params)


def _report_together(cause: _Cause, items: Sequence[Difference], at: BagPlace) -> Diagnostic:
    folders = {"folder": escape_name(cause.folder), "other": escape_name(cause.new_folder)}
    what = Term(f"archive.difference.{cause.code.lower()}", folders)
    members = "、".join(escape_name(item.path) for item in items[:_SHOWN])
    where = at.locate(cause.new_folder or cause.folder)
    return error("V184", where, what=what, count=len(items), members=members, manifest=escape_name(cause.manifest))
