"""The model of a received bag: the facts of each file, the bag's own texts, and the findings of reading it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, PAYLOAD_FOLDER, PackageIndex
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace, find_roots
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    DECLARATION_NAME,
    PAYLOAD_MANIFEST,
    TAG_MANIFEST,
    Declaration,
    Manifest,
    is_tag_manifest,
)
from docgen.archive.zip.read import ReceivedZip
from docgen.diagnostics import Diagnostic, Location

BAG_FILES = (DECLARATION_NAME, BAG_INFO_NAME, PAYLOAD_MANIFEST, TAG_MANIFEST)
"""The tag files of BagIt that every bag of docgen has."""

_AGENT = b"bag-software-agent: docgen"


@dataclass(frozen=True, slots=True)
class ReceivedBag:
    """A bag that was read; mappings are by path in it.

    ``texts`` are the bag's own texts: the tag files of BagIt and the index. ``declared`` is None where ``bagit.txt`` is
    absent or can't be read. ``manifests`` are those whose algorithm this computer has, ``unchecked`` the names of the
    others. ``litter`` are files that systems leave behind and no manifest lists. ``tops`` are the page and the papers
    at the top, ``record`` is the copy of the record.

    ``damaged`` reports members that can't be read, and set bits behind deflated data. ``opened`` are the diagnostics of
    each document that was opened, ``unopened`` report those that docgen can't open; a document that differs from its
    manifest is in neither. ``exceeded_limit`` is the limit at which the opening of documents ended, None without one.
    """

    at: BagPlace
    facts: Mapping[str, MemberFact]
    texts: Mapping[str, bytes]
    declared: Declaration | None
    manifests: Mapping[str, Manifest]
    unchecked: tuple[str, ...]
    index: PackageIndex | None
    litter: frozenset[str]
    tops: Mapping[str, bytes]
    record: bytes | None
    damaged: tuple[Diagnostic, ...]
    opened: Mapping[str, tuple[Diagnostic, ...]]
    unopened: tuple[Diagnostic, ...]
    exceeded_limit: str | None

    @property
    def place(self) -> Location:
        """The file or folder that was received."""
        return self.at.place

    def locate(self, path: str) -> Location:
        """The place of a file in the package."""
        return self.at.locate(path)

    @property
    def rules(self) -> Declaration:
        """The BagIt version and the encoding by which its texts are read."""
        return self.declared or Declaration()

    @property
    def is_docgen(self) -> bool:
        """Whether docgen made it, or it looks so: by its page, its index or the agent in ``bag-info.txt``."""
        has_agent = _AGENT in self.texts.get(BAG_INFO_NAME, b"").lower()
        lists_page = any(INDEX_PAGE in manifest.digests for manifest in self.manifests.values())
        return has_agent or lists_page or INDEX_PAGE in self.facts or self._has_index

    @property
    def _has_index(self) -> bool:
        if self.index is not None:
            return True
        try:
            loaded = json.loads(self.texts.get(MACHINE_INDEX, b"null"))
        except (ValueError, RecursionError):
            return False
        return isinstance(loaded, dict) and "package_name" in loaded

    @property
    def payload(self) -> dict[str, MemberFact]:
        """The files that every payload manifest has to list (RFC 8493, 3)."""
        return {path: fact for path, fact in self.facts.items() if is_payload(path) and path not in self.litter}

    @property
    def tags(self) -> dict[str, MemberFact]:
        """The files that ``tagmanifest-sha256.txt`` has to list, among them any further tag manifest that is empty."""
        empty = {
            name for name, manifest in self.manifests.items() if name != TAG_MANIFEST and not manifest.says_anything
        }
        return {
            path: fact
            for path, fact in self.facts.items()
            if not is_payload(path) and path not in self.litter and (path in empty or not is_tag_manifest(path))
        }


def is_payload(path: str) -> bool:
    """Whether a path in the bag is a payload file's."""
    return path.startswith(f"{PAYLOAD_FOLDER}/")


def find_top(received: ReceivedZip) -> str:
    """The folder in a zip that holds the bag; "" when none does, or more than one."""
    roots = find_roots(member.name for member in received.members)
    return roots[0].path if len(roots) == 1 else ""
