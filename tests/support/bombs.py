"""Packages that are small and ask for much: each is a sound package but for what it unfolds into."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from docgen.archive.zip.limits import DEFAULT_LIMITS
from support.archive_samples import TOP, build, make_office, read_all
from support.forged_zips import Forged, ForgedZip

MIB = 1 << 20
Bomb = Callable[[Path, float], None]
"""Writes the bomb to a path, as large as the limits make it at 1.0."""


def _pack(path: Path, members: dict[str, bytes], add: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, **{f"{TOP}/{name}": data for name, data in add.items()}}.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 9, 6, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def _start(path: Path) -> dict[str, bytes]:
    built = build(path.parent)
    members = read_all(built)
    built.unlink()
    return members


def _add_lines(members: dict[str, bytes], add: dict[str, bytes]) -> dict[str, bytes]:
    """Let the manifest list further payload files, so that they are opened."""
    import hashlib

    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in add.items())
    name = f"{TOP}/manifest-sha256.txt"
    return {**members, name: members[name] + lines.encode()}


def _make_text(size: int, unit: Callable[[int], bytes]) -> bytes:
    out = io.BytesIO()
    number = 0
    while out.tell() < size:
        out.write(unit(number))
        number += 1
    return out.getvalue()


def _add_documents(path: Path, documents: dict[str, bytes]) -> None:
    add = {f"data/a/{name}": data for name, data in documents.items()}
    members = _start(path)
    _pack(path, _add_lines(members, add), add)


def _make_docx(body: bytes, level: int = 9) -> bytes:
    """A docx with a body as it is."""
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["word/document.xml"] = body
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def deep_names(path: Path, scale: float) -> None:
    """Names a thousand folders deep."""
    members = _start(path)
    _pack(path, members, {f"data/{number}/" + "d/" * int(1000 * scale) + "x": b"x" for number in range(200)})


def deep_trees(path: Path, scale: float) -> None:
    """Names at the limit of depth, each in folders of its own."""
    members = _start(path)
    count = int(50_000 * scale)
    _pack(path, members, {f"data/{number}/" + f"{number % 9}/" * 97 + "x": b"" for number in range(count)})


def many_entries(path: Path, scale: float) -> None:
    """As many members as the limit allows."""
    members = _start(path)
    count = int(DEFAULT_LIMITS.entries * scale) - len(members)
    _pack(path, members, {f"data/a/{number:06}.txt": b"" for number in range(count)})


def many_bad_names(path: Path, scale: float) -> None:
    """As many members, each with a name that is refused."""
    members = _start(path)
    count = int(DEFAULT_LIMITS.entries * scale) - len(members)
    _pack(path, members, {f"data/a/{number:06}:.txt": b"" for number in range(count)})


def many_renamed(path: Path, scale: float) -> None:
    """As many members, all renamed."""
    import hashlib

    members = _start(path)
    count = int(DEFAULT_LIMITS.entries * 0.9 * scale)
    digest = hashlib.sha256(b"").hexdigest()
    name = f"{TOP}/manifest-sha256.txt"
    members[name] += "".join(f"{digest}  data/b/{number:06}.txt\n" for number in range(count)).encode()
    _pack(path, members, {f"data/a/{number:06}.txt": b"" for number in range(count)})


def overlapping(path: Path, scale: float) -> None:
    """Many entries over the same data, as in the bombs of David Fifield."""
    data = b"\0" * MIB
    first = Forged(f"{TOP}/data/0".encode(), data)
    count = int(20_000 * scale)
    others = tuple(Forged(f"{TOP}/data/{number}".encode(), data, packed=b"") for number in range(1, count))
    packed = len(first.pack())
    lying = tuple(
        Forged(item.name, data, packed=b"", central={"offset": 0, "packed": packed}, local_name=b"") for item in others
    )
    path.write_bytes(ForgedZip((first, *lying)).build())


def ratio(path: Path, scale: float) -> None:
    """Members that each stay below the ratio, and unfold into gigabytes together."""
    members = _start(path)
    noise = random.Random(1).randbytes(6 * 1024)
    data = noise + b"\0" * (MIB - len(noise))
    _pack(path, members, {f"data/a/{number}.bin": data for number in range(int(600 * scale))})


def zeros(path: Path, scale: float) -> None:
    """One member of zeros."""
    members = _start(path)
    _pack(path, members, {"data/a/zeros.bin": b"\0" * int(300 * MIB * scale)})


def elements(path: Path, scale: float) -> None:
    """A document of twelve million elements, packed so badly that the ratio is honest."""
    _add_documents(path, {"a.docx": make_noisy_docx(int(12_000_000 * scale))})


def make_noisy_docx(count: int) -> bytes:
    """A docx of so many elements whose part stays below the ratio: noisy comments stand between them."""
    chance = random.Random(2)
    block = b"<a/>" * 100_000
    pieces = (block + b"<!--" + chance.randbytes(2000).hex().encode() + b"-->" for _ in range(count // 100_000))
    return _make_docx(b"<w>" + b"".join(pieces) + b"<a/>" * (count % 100_000) + b"</w>")


def element_names(path: Path, scale: float) -> None:
    """Elements of a million names: a parser keeps each."""
    count = int(1_500_000 * scale)
    body = b"".join((b"<w>", *(b"<e%d b%d=''/>" % (number, number) for number in range(count)), b"</w>"))
    _add_documents(path, {"a.docx": _make_docx(body)})


def many_documents(path: Path, scale: float) -> None:
    """Documents that are each allowed."""
    document = make_noisy_docx(2_000_000)
    _add_documents(path, {f"{number}.docx": document for number in range(max(1, int(40 * scale)))})


def many_parts(path: Path, scale: float) -> None:
    """Documents of very many parts."""
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(int(40_000 * scale)):
            archive.writestr(f"word/{number}.xml", b"<a/>")
    _add_documents(path, {f"{number}.docx": buffer.getvalue() for number in range(10)})


def deep_elements(path: Path, scale: float) -> None:
    """Elements in elements in elements."""
    _add_documents(path, {"a.docx": _make_docx(b"<a>" * int(5_000_000 * scale))})


def nested_zips(path: Path, scale: float) -> None:
    """Zips in a zip in a zip."""
    inner = b"\0" * (10 * MIB)
    for level in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(max(1, int(16 * scale))):
                archive.writestr(f"{level}-{number}.zip", inner)
        inner = buffer.getvalue()
    _add_documents(path, {"a.zip": inner, "b.docx": inner, "c.xlsx": inner})


def _noisy(size: int, unit: bytes) -> bytes:
    """Text that stays below the ratio."""
    chance = random.Random(3)
    block = unit * (100_000 // len(unit))
    return _make_text(size, lambda _number: block + chance.randbytes(1000).hex().encode() + unit)


def manifest_lines(path: Path, scale: float) -> None:
    """A manifest of empty lines."""
    members = _start(path)
    _pack(path, {**members, f"{TOP}/manifest-sha256.txt": _noisy(int(60 * MIB * scale), b"\n")}, {})


def many_manifests(path: Path, scale: float) -> None:
    """Names that all stand for a manifest by SHA-256, beside as many payload files."""
    members = _start(path)
    count = int(DEFAULT_LIMITS.entries * 0.4 * scale)
    line = members[f"{TOP}/manifest-sha256.txt"].splitlines(keepends=True)[0]
    marks = (f"{number:016b}".replace("0", "-").replace("1", "_") for number in range(count))
    manifests = {f"manifest-sha256{mark}.txt": line for mark in marks}
    _pack(path, members, {**manifests, **{f"data/a/{number:06}.txt": b"" for number in range(count)}})


def bag_info_lines(path: Path, scale: float) -> None:
    """One field that goes on and on."""
    members = _start(path)
    for size in (int(60 * MIB * scale), 900_000):
        data = b"A: b\n" + _noisy(size, b" x\n")[: size - 5]
        _pack(path, {**members, f"{TOP}/bag-info.txt": data}, {})


def index_values(path: Path, scale: float) -> None:
    """An index of nothing but numbers, and one of nothing but brackets."""
    members = _start(path)
    body = b'{"schema_version": 1, "documents": [' + b"0," * int(30_000_000 * scale) + b"0]}"
    _pack(path, {**members, f"{TOP}/package.json": _ratio_json(body)}, {})


def index_values_allowed(path: Path, scale: float) -> None:
    """As many as just pass."""
    members = _start(path)
    body = b'{"schema_version": 1, "documents": [' + b"0," * int(970_000 * scale) + b"0]}"
    _pack(path, {**members, f"{TOP}/package.json": _ratio_json(body)}, {})


def index_keys(path: Path, scale: float) -> None:
    """An index of keys that nobody knows."""
    members = _start(path)
    body = b'{"schema_version": 1' + b"".join(b',"k%d":0' % number for number in range(int(970_000 * scale))) + b"}"
    _pack(path, {**members, f"{TOP}/package.json": body}, {})


def _ratio_json(body: bytes) -> bytes:
    chance = random.Random(4)
    return body[:-1] + b', "x": "' + chance.randbytes(len(body) // 150).hex().encode() + b'"}'


def long_text(path: Path, scale: float) -> None:
    """A text with one sign beyond the basic plane, which makes each of the others four bytes in memory."""
    data = "\U00020000".encode() + _noisy(int(120 * MIB * scale), b"a")
    _add_documents(path, {"a.txt": data})


def comment_ends(path: Path, scale: float) -> None:
    """A comment of nothing but end marks."""
    members = _start(path)
    _pack(path, members, {})
    data = path.read_bytes()
    path.write_bytes(data[:-2] + struct.pack("<H", 65532) + b"PK\5\6" * 16383)


def wide_lie(path: Path, scale: float) -> None:
    """A directory of so many entries as a number can say."""
    members = _start(path)
    _pack(path, members, {})
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    huge = (1 << 64) - 1
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, huge, huge, huge, 0)
    full = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(data[:end] + record + struct.pack("<4sIQI", b"PK\6\7", 0, end, 1) + full)


def deflate_of_nothing(path: Path, scale: float) -> None:
    """Empty deflate blocks, millions of them: much to read, nothing to get."""
    empty = b"\x00\x00\x00\xff\xff" * int(4_000_000 * scale)
    member = Forged(f"{TOP}/data/a.bin".encode(), b"", 8, packed=empty + b"\x03\x00")
    path.write_bytes(ForgedZip((member,)).build())


BOMBS: dict[str, Bomb] = {
    made.__name__: made
    for made in (
        deep_names,
        deep_trees,
        many_entries,
        many_bad_names,
        many_renamed,
        overlapping,
        ratio,
        zeros,
        elements,
        element_names,
        many_documents,
        many_parts,
        deep_elements,
        nested_zips,
        manifest_lines,
        many_manifests,
        bag_info_lines,
        index_values,
        index_values_allowed,
        index_keys,
        long_text,
        comment_ends,
        wide_lie,
        deflate_of_nothing,
    )
}
