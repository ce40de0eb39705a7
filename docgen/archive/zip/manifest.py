"""The texts of a BagIt bag (RFC 8493): declaration, manifests and bag-info, written and read; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

DECLARATION_NAME = "bagit.txt"
BAG_INFO_NAME = "bag-info.txt"
FETCH_NAME = "fetch.txt"
PAYLOAD_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD_MANIFEST_SM3 = "manifest-sm3.txt"
TAG_MANIFEST_SM3 = "tagmanifest-sm3.txt"

ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sm3": 64}
"""The algorithms of manifests that docgen knows (as RFC 8493, 2.4, writes them), and the length of their digests."""

_NAME = re.compile(r"(?P<tag>tag)?manifest-(?P<algorithm>[^/]+)\.txt", re.IGNORECASE)
_LINE = re.compile(r"([0-9a-fA-F]+)[ \t]+\*?(.+)")
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCODED = re.compile("%(0[aAdD]|25)")
_ENCODED_BEFORE_1 = re.compile("%(0[aAdD])")
_DECLARATION = re.compile(r"BagIt-Version: (?P<version>\d+\.\d+)\nTag-File-Character-Encoding: (?P<encoding>\S+)\n?")
_VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
_ENCODINGS = re.compile(
    r"utf-?8|utf-?16([lb]e)?|utf-?32([lb]e)?|us-ascii|ascii|iso-?8859-\d{1,2}|windows-125\d|cp125\d"
    r"|gbk|gb2312|gb18030|big5|shift[-_]jis|euc-(jp|kr)"
)
_WIDE = ("utf-16", "utf16", "utf-32", "utf32")
_FETCH = re.compile(r"\S+[ \t]+(?:\d+|-)[ \t]+(\S.*)")
_OXUM = re.compile(r"(\d{1,18})\.(\d{1,18})")


def write_declaration() -> bytes:
    """``bagit.txt`` (RFC 8493, 2.1.1)."""
    return b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What ``bagit.txt`` declares: the version of BagIt, and the encoding of the other tag files."""

    version: str = "1.0"
    encoding: str = "utf-8"

    @property
    def is_current(self) -> bool:
        """Whether the version is 1.0, which requires more than earlier ones."""
        return self.version == "1.0"


def read_declaration(data: bytes) -> Declaration | None:
    """Read ``bagit.txt``: two lines in UTF-8 without a byte order mark, BagIt 0.93 to 1.0; None if it is invalid."""
    try:
        match = _DECLARATION.fullmatch(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("utf-8"))
    except UnicodeDecodeError:
        return None
    if match is None or match["version"] not in _VERSIONS or not _ENCODINGS.fullmatch(match["encoding"].lower()):
        return None
    return Declaration(match["version"], match["encoding"].lower())


def _split_lines(data: bytes, encoding: str) -> list[str | None]:
    """The lines of a tag file, without a byte order mark; None for a line that its encoding can't decode.

    Only CR, LF and CRLF end a line: names may hold other characters that Python's ``splitlines`` splits at.
    """
    if encoding.startswith(_WIDE):
        try:
            return list(re.split("\r\n|\r|\n", data.decode(encoding).removeprefix("\ufeff").rstrip("\r\n")))
        except UnicodeDecodeError:
            return [None]
    lines: list[str | None] = []
    for raw in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        try:
            lines.append(raw.decode(encoding))
        except UnicodeDecodeError:
            lines.append(None)
    return lines


def write_manifest(digests: Mapping[str, str]) -> bytes:
    """A manifest of paths and their digests, sorted by path (RFC 8493, 2.1.3); the paths hold no ``%``, CR or LF."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


@dataclass(frozen=True, slots=True)
class ManifestName:
    """A manifest's name: whether it lists tag files, and its algorithm in lower-case letters and digits."""

    is_tag: bool
    algorithm: str


def read_manifest_name(path: str) -> ManifestName | None:
    """Parse the path of a manifest in the bag, however it is spelled; None if the file is no manifest."""
    match = _NAME.fullmatch(path)
    if match is None:
        return None
    return ManifestName(match["tag"] is not None, re.sub(r"[\W_]", "", match["algorithm"]).lower())


def is_tag_manifest(path: str) -> bool:
    """Whether a file at the top of the bag has the exact name of a tag manifest; no manifest needs to list those."""
    name = read_manifest_name(path)
    return name is not None and name.algorithm in ALGORITHMS and path == f"tagmanifest-{name.algorithm}.txt"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A parsed manifest: digests by path, the numbers of malformed lines, and repeated paths.

    ``raw`` holds the written form of a decoded path where the two differ; ``spelled`` holds the paths that match a
    file of the bag only in another spelling, by the difference (``archive.spelling.*``).
    """

    digests: Mapping[str, str]
    malformed: tuple[int, ...] = ()
    repeated: tuple[str, ...] = ()
    algorithm: str = "sha256"
    raw: Mapping[str, str] = field(default_factory=dict)
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Whether the manifest has any line, valid or malformed."""
        return bool(self.digests or self.malformed)


def parse_manifest(data: bytes, algorithm: str = "sha256", declared: Declaration = Declaration()) -> Manifest:
    """Parse a manifest of one of ``ALGORITHMS``; malformed lines are listed in the result and raise no error."""
    digests: dict[str, str] = {}
    malformed: list[int] = []
    repeated: list[str] = []
    written: dict[str, str] = {}
    for number, line in enumerate(_split_lines(data, declared.encoding), 1):
        match = _LINE.fullmatch(line) if line is not None else None
        if match is None or len(match[1]) != ALGORITHMS[algorithm]:
            if line != "":
                malformed.append(number)
            continue
        path = _decode_path(match[2], declared)
        if path in digests:
            repeated.append(path)
        digests[path] = match[1].lower()
        if path != match[2]:
            written[path] = match[2].removeprefix("./")
    return Manifest(digests, tuple(malformed), tuple(repeated), algorithm, written)


def _decode_path(written: str, declared: Declaration) -> str:
    """Decode a path of a manifest or ``fetch.txt``: CR and LF are percent-encoded, since BagIt 1.0 also %."""
    encoded = _ENCODED if declared.is_current else _ENCODED_BEFORE_1
    return encoded.sub(lambda code: chr(int(code[1], 16)), written).removeprefix("./")


def match_paths(manifest: Manifest, present: Collection[str]) -> Manifest:
    """The manifest with each path replaced by the file's name where the two differ only in spelling.

    Programs don't encode ``%`` or encode it needlessly, write backslashes, and compose letters differently.
    """
    absent = [path for path in manifest.digests if path not in present]
    if not absent:
        return manifest
    composed: dict[str, str | None] = {}
    for path in present:
        if not path.isascii():
            key = unicodedata.normalize("NFC", path)
            composed[key] = None if key in composed else path
    digests, spelled = dict(manifest.digests), dict[str, list[str]]()
    for path in absent:
        for how, other in _respell(path, manifest.raw.get(path, path), composed):
            if other in present and digests.get(other, digests[path]) == digests[path]:
                digests[other] = digests.pop(path)
                spelled.setdefault(how, []).append(other)
                break
    return replace(manifest, digests=digests, spelled={how: tuple(paths) for how, paths in spelled.items()})


def _respell(path: str, written: str, composed: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    yield "percent", written
    yield "percent", _ENCODED.sub(lambda code: chr(int(code[1], 16)), path)
    yield "backslash", path.replace("\\", "/").removeprefix("./")
    other = composed.get(unicodedata.normalize("NFC", path))
    if other is not None:
        yield "composed", other


def leads_out(path: str) -> bool:
    """Whether a path of a manifest leads out of the bag's folder."""
    return path.startswith(("/", "~")) or _DRIVE.match(path) is not None or ".." in re.split(r"[/\\]", path)


@dataclass(frozen=True, slots=True)
class FetchList:
    """A parsed ``fetch.txt`` (RFC 8493, 2.2.3): paths in the bag, and the numbers of malformed lines."""

    paths: tuple[str, ...]
    malformed: tuple[int, ...]


def parse_fetch(data: bytes, declared: Declaration) -> FetchList:
    """Parse ``fetch.txt``; its addresses are ignored, since docgen fetches nothing."""
    paths: list[str] = []
    malformed: list[int] = []
    for number, line in enumerate(_split_lines(data, declared.encoding), 1):
        match = _FETCH.fullmatch(line) if line is not None else None
        if match is not None:
            paths.append(_decode_path(match[1], declared))
        elif line != "":
            malformed.append(number)
    return FetchList(tuple(paths), tuple(malformed))


def write_bag_info(fields: Iterable[tuple[str, str]]) -> bytes:
    """``bag-info.txt`` (RFC 8493, 2.2.2) from labels and values; labels without a value are left out."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in fields if value.strip()).encode()


def parse_bag_info(data: bytes, encoding: str = "utf-8") -> tuple[tuple[str, str], ...]:
    """Labels and values in order, with continued lines joined; ValueError if the text is malformed."""
    fields: list[tuple[str, list[str]]] = []
    for line in _split_lines(data, encoding):
        if line is None:
            raise ValueError("not text")
        if line[:1] in {" ", "\t"} and fields:
            fields[-1][1].append(line.strip())
        elif ":" in line:
            label, _, value = line.partition(":")
            fields.append((label.strip(), [value.strip()]))
        elif line.strip():
            raise ValueError(line)
    return tuple((label, " ".join(part for part in parts if part)) for label, parts in fields)


def list_oxums(fields: Iterable[tuple[str, str]]) -> tuple[tuple[int, int] | None, ...]:
    """The bytes and files stated by each ``Payload-Oxum``, None for a malformed one; () without any."""
    stated = dict.fromkeys(value for label, value in fields if label.casefold() == "payload-oxum")
    matches = [_OXUM.fullmatch(value) for value in stated]
    return tuple((int(match[1]), int(match[2])) if match else None for match in matches)
