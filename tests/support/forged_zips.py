"""Zips written field by field, so that each may lie: in the directory, before the data, at the end, in between."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

LOCAL = ("needed", "flags", "method", "time", "date", "crc", "packed", "size", "name_length", "extra_length")
CENTRAL = ("made", *LOCAL, "comment_length", "disk", "internal", "attributes", "offset")
END = ("disk", "directory_disk", "here", "count", "length", "start", "comment_length")
WIDE = ("length", "made", "needed", "disk", "directory_disk", "here", "count", "size", "start")
_SIZES = {"crc": 4, "packed": 4, "size": 4, "attributes": 4, "offset": 4, "length": 4, "start": 4}


def flip(value: int, size: int) -> list[int]:
    """Interesting values of a field: small ones, full ones, neighbours, each bit flipped."""
    full = (1 << 8 * size) - 1
    near = [0, 1, 2, full, full - 1, value + 1, value - 1, value * 2]
    return sorted({number & full for number in (*near, *(value ^ 1 << bit for bit in range(8 * size)))} - {value})


def make_field(kind: int, body: bytes, length: int | None = None) -> bytes:
    """An extra field."""
    return struct.pack("<HH", kind, len(body) if length is None else length) + body


@dataclass(frozen=True)
class Forged:
    """A member; ``local`` and ``central`` overwrite fields of one header, ``both`` of the two."""

    name: bytes
    data: bytes = b""
    method: int = 8
    both: dict[str, int] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)
    central: dict[str, int] = field(default_factory=dict)
    local_name: bytes | None = None
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    descriptor: bytes = b""
    before: bytes = b""
    behind: bytes = b""
    packed: bytes | None = None

    def pack(self) -> bytes:
        """Its data as they stand in the zip."""
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflater.compress(self.data) + deflater.flush()

    def list_fields(self) -> dict[str, int]:
        packed = self.pack()
        own = {"made": 0x0314, "needed": 20, "flags": 0, "method": self.method, "time": 0x5000, "date": 0x5926}
        own |= {"crc": zlib.crc32(self.data), "packed": len(packed), "size": len(self.data)}
        return {**own, "disk": 0, "internal": 0, "attributes": 0o100644 << 16, **self.both}


@dataclass(frozen=True)
class ForgedZip:
    """A zip of such members, with what stands around them; ``end`` and ``wide`` overwrite the end records' fields."""

    members: tuple[Forged, ...]
    prefix: bytes = b""
    before_directory: bytes = b""
    behind_directory: bytes = b""
    end: dict[str, int] = field(default_factory=dict)
    wide: dict[str, int] | None = None
    locator: tuple[int, int, int] | None = None
    comment: bytes = b""
    behind: bytes = b""
    order: tuple[int, ...] | None = None

    def build(self) -> bytes:
        body, directory = self.prefix, []
        for member in self.members:
            body += member.before
            fields = member.list_fields() | {"offset": len(body)}
            packed = member.pack()
            name = member.name if member.local_name is None else member.local_name
            lengths = {"name_length": len(name), "extra_length": len(member.local_extra)}
            local = {**fields, **lengths, **member.local}
            body += b"PK\3\4" + struct.pack("<5H3I2H", *(local[key] for key in LOCAL)) + name + member.local_extra
            body += packed + member.descriptor + member.behind
            lengths = {"name_length": len(member.name), "extra_length": len(member.central_extra)}
            central = {**fields, **lengths, "comment_length": len(member.comment), **member.central}
            packed_fields = struct.pack("<6H3I5H2I", *(central[key] for key in CENTRAL))
            directory.append(b"PK\1\2" + packed_fields + member.name + member.central_extra + member.comment)
        body += self.before_directory
        listed = b"".join(directory[place] for place in self.order or range(len(directory)))
        count = len(self.order or directory)
        start, at = len(body), len(body) + len(listed) + len(self.behind_directory)
        body += listed + self.behind_directory
        end = {"disk": 0, "directory_disk": 0, "here": count, "count": count, "length": len(listed), "start": start}
        if self.wide is not None:
            wide = {**end, "length": 44, "made": 45, "needed": 45, "size": len(listed), **self.wide}
            body += b"PK\6\6" + struct.pack("<Q2H2I4Q", *(wide[key] for key in WIDE))
            body += b"PK\6\7" + struct.pack("<IQI", *(self.locator or (0, at, 1)))
        end = {**end, "comment_length": len(self.comment), **self.end}
        return body + b"PK\5\6" + struct.pack("<4H2IH", *(end[key] for key in END)) + self.comment + self.behind

    def change(self, place: int, **changes: Any) -> ForgedZip:
        """The zip with one member changed; dictionaries are added to."""
        member = self.members[place]
        merged = {
            key: {**getattr(member, key), **value} if isinstance(value, dict) else value
            for key, value in changes.items()
        }
        members = list(self.members)
        members[place] = replace(member, **merged)
        return replace(self, members=tuple(members))


def describe(data: bytes, *, mark: bool = True, wide: bool = False, crc: int | None = None, packed: int = 0) -> bytes:
    """A data descriptor of deflated data, ``packed`` bytes long."""
    body = struct.pack("<IQQ" if wide else "<III", zlib.crc32(data) if crc is None else crc, packed, len(data))
    return (b"PK\7\10" if mark else b"") + body


def make_base() -> ForgedZip:
    """Deflated, stored and empty members, one of which looks like a zip itself, and a folder."""
    inner = ForgedZip((Forged(b"inner.txt", b"inside", 0),)).build()
    folder = {"attributes": 0o40755 << 16 | 0x10}
    return ForgedZip(
        (
            Forged(b"bag/", b"", 0, folder),
            Forged(b"bag/a.txt", b"first text, " * 20),
            Forged(b"bag/b.bin", b"second, stored", 0),
            Forged(b"bag/data/inner.bin", inner, 0),
            Forged(b"bag/data/empty.txt", b"", 0),
            Forged(b"bag/data/last.txt", b"the last one, " * 9),
        )
    )


def name_in_chinese(base: ForgedZip) -> ForgedZip:
    """The same with names in UTF-8, marked as that."""
    marked = (
        replace(
            member,
            name=member.name.replace(b"bag/", "包/".encode()).replace(b"a.", "目录.".encode()),
            both={**member.both, "flags": 0x800},
        )
        for member in base.members
    )
    return replace(base, members=tuple(marked))


Mutant = tuple[str, ForgedZip]


def mutate_fields(base: ForgedZip, places: tuple[int, ...] = (1, 2)) -> Iterator[Mutant]:
    """Each field of each header, one at a time, with each interesting value."""
    for place in places:
        own = base.members[place].list_fields() | {"offset": 0, "extra_length": 0, "comment_length": 0}
        own["name_length"] = len(base.members[place].name)
        for where, keys in (("local", LOCAL), ("central", CENTRAL), ("both", LOCAL)):
            for key in keys:
                if where == "both" and key.endswith("_length"):
                    continue
                for value in flip(own[key], _SIZES.get(key, 2)):
                    yield f"{place} {where} {key} {value:#x}", base.change(place, **{where: {key: value}})
    for key in END:
        for value in flip({"here": 6, "count": 6}.get(key, 0), _SIZES.get(key, 2)):
            yield f"end {key} {value:#x}", replace(base, end={key: value})
    yield "wide", replace(base, wide={})
    for key in WIDE:
        for value in (0, 1, 5, 6, 7, 44, 45, 46, 0xFFFF):
            yield f"wide {key} {value}", replace(base, wide={key: value})
            yield (
                f"wide {key} {value} full",
                replace(
                    base,
                    wide={key: value},
                    end={"here": 0xFFFF, "count": 0xFFFF, "length": 0xFFFFFFFF, "start": 0xFFFFFFFF},
                ),
            )


def mutate_extras(base: ForgedZip) -> Iterator[Mutant]:
    """Extra fields of many kinds, sound, cut off, too long, twice, in one header or both."""
    member = base.members[1]
    name, packed = member.name, len(member.pack())

    def path(said: bytes, version: int = 1, crc: int | None = None) -> bytes:
        return bytes([version]) + struct.pack("<I", zlib.crc32(name) if crc is None else crc) + said

    bodies: dict[str, tuple[int, bytes]] = {
        "times": (0x5455, b"\3" + struct.pack("<II", 1, 2)),
        "old times": (0x5855, struct.pack("<IIHH", 1, 2, 0, 0)),
        "ntfs": (0x000A, bytes(4) + make_field(1, bytes(24))),
        "owners": (0x7875, b"\1\4\0\0\0\0\4\0\0\0\0"),
        "old owners": (0x7855, bytes(4)),
        "path": (0x7075, path(name)),
        "other path": (0x7075, path(b"bag/evil.txt")),
        "path of other crc": (0x7075, path(b"bag/evil.txt", crc=5)),
        "path of version 2": (0x7075, path(name, 2)),
        "comment": (0x6375, path(b"comment")),
        "mode": (0x6C78, struct.pack("<BHHI", 7, 0x0314, 0, 0o120777 << 16)),
        "asi": (0x756E, struct.pack("<IHIHH", 0, 0o120777, 3, 0, 0) + b"abc"),
        "pkware unix": (0x000D, struct.pack("<IIHH", 0, 0, 0, 0) + b"bag/evil"),
        "zipit": (0x2605, b"ZPIT\4evil"),
        "aes": (0x9901, struct.pack("<HHBH", 2, 0x4541, 3, 8)),
        "strong": (0x0017, struct.pack("<HHHH", 2, 0x660E, 128, 1)),
        "jar": (0xCAFE, b""),
        "align": (0xD935, bytes(3)),
        "unknown": (0x1234, b"abc"),
        "wide sizes": (1, struct.pack("<QQ", len(member.data), packed)),
        "wide lie": (1, struct.pack("<QQ", 3, 3)),
        "wide one": (1, struct.pack("<Q", len(member.data))),
        "wide short": (1, b"abcd"),
        "wide empty": (1, b""),
    }
    for label, (kind, body) in bodies.items():
        whole = make_field(kind, body)
        forms = {
            "sound": whole,
            "twice": whole + whole,
            "cut": whole[:-1],
            "longer": make_field(kind, body, len(body) + 4),
            "shorter": make_field(kind, body, max(0, len(body) - 1)),
            "padded": whole + bytes(3),
            "rest": whole + b"xy",
            "zeros": whole + bytes(8),
        }
        for form, data in forms.items():
            yield f"{label} {form} both", base.change(1, local_extra=data, central_extra=data)
            yield f"{label} {form} local", base.change(1, local_extra=data)
            yield f"{label} {form} central", base.change(1, central_extra=data)
        if label.startswith("wide"):
            for fields in ({"size": 0xFFFFFFFF}, {"packed": 0xFFFFFFFF}, {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF}):
                for where in ("local", "central"):
                    extra = {f"{where}_extra": whole}
                    yield f"{label} {where} {sorted(fields)}", base.change(1, **{where: fields}, **extra)
                yield (
                    f"{label} both {sorted(fields)}",
                    base.change(1, both=fields, local_extra=whole, central_extra=whole),
                )


def mutate_descriptors(base: ForgedZip) -> Iterator[Mutant]:
    """Sizes behind the data, as programs write into a pipe, and as they never do."""
    for place in (1, 2, 4):
        member = base.members[place]
        packed = len(member.pack())
        forms = {"none": b"", "cut": b"PK\7\10", "zeros": bytes(12)}
        for mark in (True, False):
            for wide in (True, False):
                forms[f"mark {mark} wide {wide}"] = describe(member.data, mark=mark, wide=wide, packed=packed)
                forms[f"wrong crc {mark} {wide}"] = describe(member.data, mark=mark, wide=wide, packed=packed, crc=7)
                forms[f"wrong size {mark} {wide}"] = describe(member.data, mark=mark, wide=wide, packed=packed + 1)
        for label, data in forms.items():
            for flags in ({"flags": 8}, {"flags": 0}):
                for zero in ({}, {"crc": 0, "packed": 0, "size": 0}, {"crc": 0}, {"packed": 0}, {"size": 0}):
                    yield (
                        f"{place} descriptor {label} {flags} {zero}",
                        base.change(place, both=flags, local=zero, descriptor=data),
                    )


def mutate_names(base: ForgedZip) -> Iterator[Mutant]:
    """Names that lead elsewhere, that two readings make two of, and types that names and modes dispute."""
    names = [
        b"bag/../evil", b"/bag/a", b"bag//a", b"bag/./a", b"C:bag/a", b"bag\\a.txt", b"bag/a.txt;1", b"bag/a.txt ",
        b"bag/a\0b", b"bag/a\nb", b"bag/A.TXT", b"bag/data", b"bag/b.bin/c", b"bag/a.txt/", b"bag/b.bin", b"", b"/",
        b"bag/\xff\xfe", b"bag/e\xcc\x81.txt", b"bag/\xe2\x80\x8ba.txt", b"bag/50%.txt", b"bag/~a", b"bag/-rf",
        b"bag/a*b", b"bag/A/../a.txt",
        b"bag/" + b"d/" * 300 + b"x", b"bag/" + b"n" * 300,
    ]  # fmt: skip
    for name in names:
        for flags in (0, 0x800):
            yield f"name {name!r:.40} {flags:#x}", base.change(1, name=name, both={"flags": flags})
        yield f"name {name!r:.40} local", base.change(1, local_name=name)
    for kind in (0, 0o010000, 0o020000, 0o040000, 0o060000, 0o100000, 0o120000, 0o140000, 0o160000, 0o170000):
        for made in (0x0314, 0x0014, 0x0A14, 0x0B14, 0x1314, 0x0214, 0x0714):
            for dos in (0, 1, 2, 8, 0x10, 0x20, 0x30):
                fields = {"made": made, "attributes": (kind | 0o644) << 16 | dos}
                yield f"file {kind:o} {made:#x} {dos:#x}", base.change(1, both=fields)
                yield f"folder {kind:o} {made:#x} {dos:#x}", base.change(0, both=fields)
    yield "folder with data", base.change(0, data=b"data")
    yield "folder with deflated data", base.change(0, data=b"data", method=8)
    yield "folder deflated", base.change(0, method=8)
    yield "folder with two bytes", base.change(0, method=8, packed=b"xy")
    yield "folder with a crc", base.change(0, both={"crc": 5})
    for method in (*range(20), 93, 95, 96, 97, 98, 99):
        yield f"method {method}", base.change(1, both={"method": method})
    for flag in range(16):
        yield f"flag {flag}", base.change(1, both={"flags": 1 << flag})
        yield f"flag {flag} stored", base.change(2, both={"flags": 1 << flag})


def mutate_layout(base: ForgedZip) -> Iterator[Mutant]:
    """What stands before, between and behind the members and their directory."""
    other = ForgedZip((Forged(b"bag/evil.txt", b"evil", 0),))
    whole, evil = base.build(), other.build()
    junk = {"text": b"junk", "zeros": bytes(40), "a zip": evil, "a mark": b"PK\5\6", "a member": evil[:50]}
    for label, data in junk.items():
        yield f"prefix {label}", replace(base, prefix=data)
        yield f"before the directory {label}", replace(base, before_directory=data)
        yield f"behind the directory {label}", replace(base, behind_directory=data)
        yield f"behind the end {label}", replace(base, behind=data)
        yield f"comment {label}", replace(base, comment=data)
        yield f"comment longer {label}", replace(base, comment=data, end={"comment_length": len(data) + 5})
        yield f"comment shorter {label}", replace(base, comment=data, end={"comment_length": 0})
        yield f"gap {label}", base.change(2, before=data)
        yield f"behind a member {label}", base.change(1, behind=data)
        yield f"comment of a member {label}", base.change(1, comment=data)
        yield f"comment of the last {label}", base.change(5, comment=data)
    for moved in range(1, 60):
        yield f"zip in comment, moved {moved}", replace(base, comment=bytes(moved) + evil)
    for length in (16_000, 16_400, 40_000, 65_535):
        for label, data in (("zeros", bytes(length)), ("members", (evil[:40] * length)[:length])):
            yield f"comment of {length} {label}", replace(base, comment=data)
        yield f"filling of {length}", replace(base, behind=bytes(length))
        last = Forged(b"bag/z.bin", b"x" * length, 0)
        yield (
            f"a zip {length} before the end",
            replace(base.change(5, data=whole, method=0), members=(*base.members, last)),
        )
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 0, 0, 0, 0, 0)
    shifted = ForgedZip(other.members, prefix=whole).build()[len(whole) :]
    for label, data in (("an empty end", end), ("a shifted zip", shifted)):
        for behind in (b"", b"x", bytes(9)):
            yield f"comment {label} {behind!r}", replace(base, comment=data + behind)
            yield f"behind {label} {behind!r}", replace(base, behind=data + behind)
            yield f"before the directory {label} {behind!r}", replace(base, before_directory=data + behind)
            yield f"last member {label} {behind!r}", base.change(5, data=data + behind, method=0)
    yield "stored zip last", base.change(5, data=evil, method=0)
    yield "stored shifted zip last", base.change(5, data=shifted, method=0)
    yield "signature", replace(base, behind_directory=b"PK\5\5\4\0sign", end={"length": len(whole)})
    yield "twice the same", replace(base, members=(*base.members, base.members[1]))
    yield "twice another", replace(base, members=(*base.members, replace(base.members[1], data=b"other")))
    yield "listed twice", replace(base, order=(0, 1, 1, 2, 3, 4, 5))
    yield "not listed", replace(base, order=(0, 1, 3, 4, 5))
    yield "last not listed", replace(base, order=(0, 1, 2, 3, 4))
    yield "other order", replace(base, order=(5, 3, 4, 1, 0, 2))
    yield "overlapping", base.change(2, central={"offset": 34})
    yield "no member", ForgedZip(())
    yield "packed behind the stream", base.change(1, packed=base.members[1].pack() + b"more")
    yield "deflated twice", base.change(1, packed=base.members[1].pack() * 2)
    yield "stored size", base.change(2, both={"size": 3})
    yield "deflated size", base.change(1, both={"size": 3})
    yield "deflated size more", base.change(1, both={"size": 3000})


def combine(
    base: ForgedZip, list_all: Callable[[ForgedZip], list[Mutant]], labels: list[str], count: int, seed: int
) -> Iterator[Mutant]:
    """Two of the mutations with these labels at once; the second is made of what the first made."""
    chance = random.Random(seed)
    first = {label: mutant for label, mutant in list_all(base) if len(mutant.members) >= len(base.members)}
    known = [label for label in labels if label in first]
    for label in chance.sample(known, min(len(known), max(1, count // 8))):
        for other, mutant in chance.sample(list_all(first[label]), 8 * 6):
            if other in labels:
                yield f"{label} + {other}", mutant
