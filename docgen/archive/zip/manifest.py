"""The texts of a BagIt bag (RFC 8493): declaration, manifests and bag-info, written and read; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DECLARATION_NAME = "bagit.txt"
BAG_INFO_NAME = "bag-info.txt"
PAYLOAD_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sm3": 64}
"""The algorithms of manifests that docgen knows (as RFC 8493, 2.4, writes them), and the length of their digests."""

_NAME = re.compile(r"(?P<tag>tag)?manifest-(?P<algorithm>[^/]+)\.txt", re.IGNORECASE)
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
_ENCODED = re.compile("%(0[aAdD]|25)")
_DECLARATION = re.compile(r"BagIt-Version: (?P<version>\d+\.\d+)\nTag-File-Character-Encoding: (?P<encoding>\S+)\n?")
_OXUM = re.compile(r"(\d{1,18})\.(\d{1,18})")


def write_declaration() -> bytes:
    """``bagit.txt`` (RFC 8493, 2.1.1)."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def is_declaration(data: bytes) -> bool:
    """Whether this is a declaration docgen can read: BagIt 0.97 or 1.x, tag files in UTF-8, no byte order mark."""
    try:
        match = _DECLARATION.fullmatch(data.replace(b"\r\n", b"\n").decode("utf-8"))
    except UnicodeDecodeError:
        return False
    return match is not None and match["version"] in {"0.97", "1.0"} and match["encoding"].upper() == "UTF-8"


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest of paths and their sha256, sorted by path (RFC 8493, 2.1.3); the paths hold no ``%``, CR or LF."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


@dataclass(frozen=True, slots=True)
class ManifestName:
    """What a manifest's name says: whether it lists tag files, and by which algorithm, in small letters and digits."""

    is_tag: bool
    algorithm: str


def read_manifest_name(path: str) -> ManifestName | None:
    """What the path of a file in the bag says if it is a manifest's, however it is spelled; None when it is none."""
    found = _NAME.fullmatch(path)
    if found is None:
        return None
    return ManifestName(found["tag"] is not None, re.sub(r"[\W_]", "", found["algorithm"]).lower())


def is_tag_manifest(path: str) -> bool:
    """Whether a file is a tag manifest, the only one that no manifest need list: named so exactly, on top."""
    name = read_manifest_name(path)
    return name is not None and name.algorithm in ALGORITHMS and path == f"tagmanifest-{name.algorithm}.txt"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as read: the digest by path, the numbers of the lines that are none, and paths that stand twice."""

    digests: Mapping[str, str]
    malformed: tuple[int, ...] = ()
    repeated: tuple[str, ...] = ()
    algorithm: str = "sha256"

    @property
    def says_anything(self) -> bool:
        """Whether it has a line, be it none of a manifest's."""
        return bool(self.digests or self.malformed)


def parse_manifest(data: bytes, algorithm: str = "sha256") -> Manifest:
    """Read a manifest by one of ``ALGORITHMS``; what can't be read is reported in the value, never raised."""
    digests: dict[str, str] = {}
    malformed: list[int] = []
    repeated: list[str] = []
    for number, raw in enumerate(data.splitlines(), 1):
        try:
            match = _LINE.fullmatch(raw.decode("utf-8"))
        except UnicodeDecodeError:
            match = None
        if match is None or len(match[1]) != ALGORITHMS[algorithm]:
            malformed.append(number)
            continue
        path = _ENCODED.sub(lambda code: chr(int(code[1], 16)), match[2]).removeprefix("./")
        if path in digests:
            repeated.append(path)
        digests[path] = match[1].lower()
    return Manifest(digests, tuple(malformed), tuple(repeated), algorithm)


def write_bag_info(fields: Iterable[tuple[str, str]]) -> bytes:
    """``bag-info.txt`` (RFC 8493, 2.2.2) from labels and values; what has no value is left out."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in fields if value.strip()).encode()


def parse_bag_info(data: bytes) -> tuple[tuple[str, str], ...]:
    """Labels and values in their order, continued lines joined; ValueError when it isn't such a text in UTF-8."""
    fields: list[tuple[str, list[str]]] = []
    for line in data.decode("utf-8").splitlines():
        if line[:1] in {" ", "\t"} and fields:
            fields[-1][1].append(line.strip())
        elif ":" in line:
            label, _, value = line.partition(":")
            fields.append((label.strip(), [value.strip()]))
        elif line.strip():
            raise ValueError(line)
    return tuple((label, " ".join(part for part in parts if part)) for label, parts in fields)


def find_oxum(fields: Iterable[tuple[str, str]]) -> tuple[int, int] | None:
    """The payload's bytes and files as ``Payload-Oxum`` states them, or None when it is absent or none."""
    stated = [value for label, value in fields if label.casefold() == "payload-oxum"]
    match = _OXUM.fullmatch(stated[0]) if len(stated) == 1 else None
    return (int(match[1]), int(match[2])) if match else None
