"""What fuzzing tries: bytes as a zip, as the texts of a bag, as an index, as a document; whatever they are, it ends.

``try_input`` reads the first byte as the way in. It raises only where docgen would: nothing may, but for what a caller
expects of bad input.
"""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from docgen.archive.bag.index import parse_index, peek_schema_version
from docgen.archive.bag.openable import OpenableFile, inspect_document
from docgen.archive.verify.agreement import check_filing, compare_index
from docgen.archive.verify.number_check import check_numbers
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.page import read_page
from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.limits import MIB, Limits, OverLimitError, ReadingCost
from docgen.archive.zip.manifest import (
    Declaration,
    list_oxums,
    match_paths,
    parse_bag_info,
    parse_fetch,
    parse_manifest,
    read_declaration,
    read_manifest_name,
)
from docgen.diagnostics import Location
from docgen.messages import LANGUAGES, catalogue
from support.archive_samples import TOP, build, make_office, make_pdf, make_picture, read_all, reseal, write_all
from support.forged_zips import Forged, ForgedZip, describe, make_base

LIMITS = Limits(entries=2_000, inflated=4, elements=50_000, document=1, text=1)
PLACE = Location("archive", file="p.zip")
WAYS = ("zip", "texts", "index", "package", "documents")
_TEXTS = (
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "bag-info.txt",
    "bagit.txt",
    "package.json",
    "manifest-md5.txt",
)
_KINDS = (".docx", ".xlsx", ".txt", ".png", ".jpg", ".gif", ".pdf")


def try_input(data: bytes, folder: Path) -> None:
    """Try one input; ``folder`` is where it may lie as a file."""
    way, rest = WAYS[data[0] % len(WAYS)] if data else "zip", data[1:]
    if way == "zip":
        verify_bytes(rest, folder)
    elif way == "texts":
        try_texts(rest)
    elif way == "index":
        try_index(rest)
    elif way == "package":
        verify_bytes(put_into_package(rest), folder)
    else:
        try_document(rest)


def verify_bytes(data: bytes, folder: Path) -> None:
    """Verify, say everything that was found, and see that no limit was passed."""
    path = folder / "p.zip"
    path.write_bytes(data)
    report = verify_package(path, LIMITS)
    for language in LANGUAGES:
        words = catalogue(language)
        for item in report.diagnostics[:200]:
            assert words.message(item)
            assert words.mend(item)
    assert report.work.inflated <= report.work.most_inflated + MIB
    assert report.work.elements <= report.work.most_elements + MIB


def try_texts(data: bytes) -> None:
    """The texts of a bag, by themselves."""
    parse_manifest(data)
    parse_manifest(data, "md5")
    read_declaration(data)
    read_page(data, {"data/a"})
    parse_fetch(data, Declaration("0.97", "utf-16"))
    match_paths(parse_manifest(data, declared=Declaration("1.0", "gbk")), {"data/a"})
    with contextlib.suppress(ValueError):
        list_oxums(parse_bag_info(data))
    read_manifest_name(data.decode("utf-8", "replace"))


def try_index(data: bytes) -> None:
    """An index, and what is compared with it."""
    peek_schema_version(data)
    try:
        index = parse_index(data)
    except ValueError:
        return
    for language in LANGUAGES:
        for item in (
            *compare_index(index, {}, BagPlace(TOP, PLACE), settled=()),
            *check_numbers(index, PLACE),
            *check_filing(index, PLACE),
        ):
            assert catalogue(language).message(item)


@lru_cache(maxsize=1)
def load_members() -> dict[str, bytes]:
    """The members of a small package."""
    with tempfile.TemporaryDirectory() as folder:
        return read_all(build(Path(folder)))


def put_into_package(data: bytes) -> bytes:
    """A sound package, one of whose texts is this; manifests fit where that can be."""
    name = f"{TOP}/{_TEXTS[data[0] % len(_TEXTS)]}" if data else f"{TOP}/bagit.txt"
    members = dict(load_members())
    members[name] = data[1:]
    with contextlib.suppress(ValueError):
        reseal(members)
    members[name] = data[1:]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content)
    return buffer.getvalue()


def try_document(data: bytes) -> None:
    """A filed document of each kind."""
    suffix = _KINDS[data[0] % len(_KINDS)] if data else ".txt"
    with contextlib.suppress(OverLimitError):
        inspect_document(OpenableFile(f"data/a{suffix}", PLACE, data[1:], None, ReadingCost(LIMITS, len(data))))


def list_seeds() -> list[bytes]:
    """Sound inputs to begin with, for each way in."""
    members = load_members()
    base = make_base()
    text = b"text, " * 9
    piped = Forged(
        b"bag/a", text, 8, {"flags": 8}, {"crc": 0, "packed": 0, "size": 0},
        descriptor=describe(text, packed=len(Forged(b"", text).pack())),
    )  # fmt: skip
    gbk = ForgedZip(tuple(Forged(name.encode("gb18030"), data, 0) for name, data in list(members.items())[:5]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.zip"
        write_all(path, members)
        whole = path.read_bytes()
    zips = [whole, base.build(), ForgedZip((piped,)).build(), ForgedZip(base.members, wide={}).build(), gbk.build()]
    texts = [members[f"{TOP}/{name}"] for name in _TEXTS[:4]]
    index = members[f"{TOP}/package.json"]
    kept = [bytes([place]) + members[f"{TOP}/{name}"] for place, name in enumerate(_TEXTS[:5])]
    files = [
        make_office(),
        make_office("xl/workbook.xml"),
        text,
        make_picture(),
        make_picture("JPEG"),
        make_picture("GIF"),
        make_pdf(),
    ]
    documents = [bytes([place]) + data for place, data in enumerate(files)]
    ways = (zips, texts, [index], kept, documents)
    return [bytes([way]) + data for way, seeds in enumerate(ways) for data in seeds]


_MARKS = (
    b"PK\1\2",
    b"PK\3\4",
    b"PK\5\6",
    b"PK\6\6",
    b"PK\6\7",
    b"PK\7\10",
    b"\xff" * 4,
    b"\0" * 8,
    b"../",
    b"<!DOCTYPE a>",
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """A few changes: bits, numbers, marks, pieces that are lost, doubled or moved."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        if len(changed) < 4:
            break
        at, length = chance.randrange(1, len(changed)), chance.randrange(1, 40)
        kind = chance.randrange(7)
        if kind == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[at] = chance.randrange(256)
        elif kind == 2:
            mark = chance.choice(_MARKS)
            changed[at : at + chance.choice((0, len(mark)))] = mark
        elif kind == 3:
            del changed[at : at + length]
        elif kind == 4:
            changed[at:at] = changed[at : at + length] * chance.randrange(1, 30)
        elif kind == 5:
            other = chance.randrange(1, len(changed))
            changed[at : at + length] = changed[other : other + length]
        else:
            changed[at : at + 2] = chance.choice((0, 1, 0x7FFF, 0xFFFE, 0xFFFF)).to_bytes(2, "little")
    return bytes(changed)
