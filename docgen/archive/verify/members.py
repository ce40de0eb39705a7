"""Reads files of a verified package again, to make its documents from its record and compare them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.bag.openable import can_open
from docgen.archive.verify.files import BagFile, list_below, list_zipped, scan_folder
from docgen.archive.verify.root import find_roots
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.limits import Limits
from docgen.archive.zip.read import MemberError, open_zip
from docgen.diagnostics import Location


@dataclass(frozen=True, slots=True)
class Members:
    """The files of a bag by their path in it; ``top`` is the bag's folder in the package."""

    top: str
    files: Mapping[str, BagFile]
    limits: Limits

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None for one that isn't there, is too large to be opened or can't be read."""
        file = self.files.get(path)
        if file is None or not can_open(file.size, self.limits):
            return None
        data = io.BytesIO()
        try:
            for chunk in file.stream([]):
                data.write(chunk)
        except MemberError:
            return None
        return data.getvalue()


@contextmanager
def open_members(path: Path, limits: Limits) -> Iterator[Members | None]:
    """Open the files of a package whose container and names are sound; None when it is no longer a single bag.

    Raises OSError when the package can't be read.
    """
    if path.is_dir():
        files = scan_folder(path, limits, Location("archive", file=str(path))).files
        yield _choose_bag(files, limits)
        return
    with path.open("rb") as file:
        try:
            received = open_zip(file, limits)
        except DirectoryError:
            yield None
            return
        yield _choose_bag(list_zipped(received, ""), limits)


def _choose_bag(files: Mapping[str, BagFile], limits: Limits) -> Members | None:
    roots = find_roots(files)
    if len(roots) != 1:
        return None
    return Members(roots[0].path, list_below(files, roots[0].path), limits)
