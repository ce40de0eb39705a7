"""Office packages: a bad file is one PackageError, hostile XML is refused, changes are written and nothing else is."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import docgen
from docgen.ooxml import package as packages
from docgen.ooxml import xml
from docgen.ooxml.cells import name_cell, number_column, split_cell
from docgen.ooxml.members import unpack_member, write_parts
from docgen.ooxml.names import CONTENT_TYPES, OFFICE_RELATIONS, PACKAGE_RELATIONS, PACKAGE_TYPES, RELATIONS
from docgen.ooxml.package import OfficePackage, open_zip, read_part, read_parts, read_relations, write_relations
from docgen.ooxml.xml import PackageError, XmlError, parse_xml

_TYPES = (
    f'<Types xmlns="{PACKAGE_TYPES}"><Default Extension="rels" ContentType="r"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="w"/><Override PartName="/xl/calc.xml" ContentType="c"/></Types>'
)


def _relate(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{lines}</Relationships>'


SOUND = {
    CONTENT_TYPES: _TYPES,
    RELATIONS: _relate(("officeDocument", "/xl/Workbook.xml")),
    "xl/workbook.xml": "<workbook/>",
    "xl/calc.xml": "<calc/>",
    "xl/_rels/workbook.xml.rels": _relate(("calcChain", "calc.xml")),
}


def _zip(parts: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "dtd"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.encode("utf-16"), "dtd"),
        (b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 999 + b'">]><a c="' + b"&b;" * 99_999 + b'"/>', "xml"),
        (b"<a>" * 300 + b"</a>" * 300, "xml"),
        (b"<a/><b/>", "xml"),
        (b"", "xml"),
        (b"<a>&lt", "xml"),
    ],
)
def test_hostile_and_broken_xml_is_refused(data: bytes, key: str) -> None:
    with pytest.raises(XmlError) as refused:
        parse_xml(data)
    assert refused.value.key == key


def test_too_many_elements_and_too_many_bytes_are_refused_unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(XmlError, match="too large"):
        parse_xml(b"<a>" + b"<b/>" * 1000 + b"</a>", elements=1000)
    monkeypatch.setattr(xml, "MAX_BYTES", 10)
    with pytest.raises(XmlError, match="too large"):
        parse_xml(b"<a>0123456789</a>")


def test_remarks_are_left_out_and_what_is_torn_is_taken_only_when_asked() -> None:
    assert parse_xml(b"<a>\xe4\xb8\x80<!-- x -->\xe4\xba\x8c<?y?></a>").text == "一二"
    assert len(parse_xml(b"<a><br><b/></a>", recover=True).findall(".//b")) == 1
    with pytest.raises(XmlError):
        parse_xml(b"", recover=True)


def test_one_parser_reads_the_xml_of_office_files() -> None:
    folder = Path(docgen.__file__).parent
    using = [path.relative_to(folder) for path in folder.rglob("*.py") if "XMLParser(" in path.read_text("utf-8")]
    assert using == [Path("ooxml/xml.py")]


@pytest.mark.heavy
def test_opening_packages_loads_no_lxml() -> None:
    code = "import sys, docgen.ooxml.package, docgen.ooxml.properties; sys.exit('lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_whatever_is_wrong_with_a_zip_is_one_error() -> None:
    data = _zip(SOUND)
    at = data.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    locked, unknown = bytearray(data), bytearray(data)
    for found in re.finditer(b"PK\1\2", data):
        locked[found.start() + 8] |= 1
        unknown[found.start() + 10] = 99
    torn = data[:at] + b"\xff" * 9 + data[at + 9 :]
    for bad in (b"", b"PK\3\4", data[:-30], torn, bytes(locked), bytes(unknown)):
        with pytest.raises(PackageError) as refused:
            read_parts(bad)
        assert refused.value.key == "zip"


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _zip(SOUND)
    with open_zip(data) as archive, pytest.raises(PackageError) as refused:
        read_part(archive, "xl/workbook.xml", 3)
    assert refused.value.key == "large"
    monkeypatch.setattr(packages, "MAX_TOTAL", 100)
    with pytest.raises(PackageError) as refused:
        read_parts(data)
    assert refused.value.key == "large"


def test_names_of_parts_do_not_depend_on_capitals() -> None:
    package = OfficePackage(_zip(SOUND))
    main = package.find_related("", "officeDocument")
    assert main == "xl/workbook.xml"
    assert "XL\\Calc.xml" in package
    with pytest.raises(PackageError):
        package.parse("xl/none.xml")


def test_what_is_changed_is_written_and_the_rest_keeps_its_bytes() -> None:
    package = OfficePackage(_zip(SOUND))
    package.parse("xl/workbook.xml").set("a", "1")
    package.unrelate("xl/workbook.xml", "calcChain")
    made = OfficePackage(package.save())
    assert {*SOUND} - {*made.parts} == {"xl/calc.xml", "xl/_rels/workbook.xml.rels"}
    assert "calc" not in made.read(CONTENT_TYPES).decode()
    assert made.parse("xl/workbook.xml").get("a") == "1"
    assert made.read(RELATIONS).decode() == SOUND[RELATIONS]
    made.put("xl/notes.xml", b"<n/>")
    made.declare("xl/notes.xml", "n")
    rid = made.relate("xl/workbook.xml", f"{OFFICE_RELATIONS}/comments", "xl/notes.xml")
    again = OfficePackage(made.save())
    assert again.find_related("xl/workbook.xml", "comments") == "xl/notes.xml"
    assert [item.id for item in again.list_relations("xl/workbook.xml")] == [rid]
    assert again.save() == made.save()


def test_relationships_are_written_as_they_were_read() -> None:
    text = (
        f'<Relationships xmlns="{PACKAGE_RELATIONS}"><Relationship Id="a" Type="t/image" Target="../media/a.png"/>'
        '<Relationship Id="b" Type="t/hyperlink" Target="http://x/?a&amp;b" TargetMode="External"/></Relationships>'
    )
    found = read_relations(text.encode(), "word/document.xml")
    assert [(item.kind, item.target) for item in found] == [("image", "media/a.png"), ("hyperlink", "http://x/?a&b")]
    assert write_relations(found, "word/document.xml").decode().endswith(text)


def test_cells_are_named_and_taken_apart() -> None:
    assert (name_cell(7, 28), number_column("ab"), number_column("A1"), split_cell("AB7")) == ("AB7", 28, 0, (7, 28))


def zip_parts(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_part_may_go_into_another_file_as_it_stands_deflated() -> None:
    data = zip_parts({"a/甲.xml": b"<a/>" * 99, "b.xml": b""})
    parts, packed = packages.read_packed(data)
    assert parts == read_parts(data)
    assert read_parts(write_parts(packed.values())) == parts
    assert not packages.read_packed(zip_parts(parts, zipfile.ZIP_STORED))[1]


def test_what_isnt_surely_the_part_alone_isnt_copied() -> None:
    data = zip_parts({"a.xml": b"<a/>" * 99})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("a.xml")
        assert unpack_member(data, entry) is not None
        entry.CRC ^= 1
        assert unpack_member(data, entry) is None
        entry.CRC ^= 1
        entry.file_size -= 1
        assert unpack_member(data, entry) is None
        entry.file_size += 1
        entry.compress_size -= 1
        assert unpack_member(data, entry) is None
        entry.compress_size += 2  # another byte behind the part
        assert unpack_member(data + b"\0", entry) is None
        entry.compress_size -= 1
        assert unpack_member(data.replace(b"a.xml", b"b.xml", 1), entry) is None
        assert unpack_member(data[1:], entry) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a/><b/>",
        b"<a><b></a></b>",
        b"<a b='1' b='2'/>",
        b"<a>&nbsp;</a>",
        b"<w:a/>",
        b"<a>\0</a>",
        b"<a>\xff</a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<!DOCTYPE a><a/>",
        b"<a>" * 300 + b"</a>" * 300,
        b"<a/>",
        b"<?xml version='1.0'?><!-- a --><a xmlns='b'><?c d?>e</a>",
        "<?xml version='1.0' encoding='UTF-16'?><a>甲</a>".encode("utf-16"),
        b"<a>" * 200 + b"</a>" * 200,
    ],
)
def test_a_part_is_proved_as_it_would_be_parsed(data: bytes) -> None:
    def tell(read: Callable[[bytes], object]) -> str | None:
        try:
            read(data)
        except XmlError as problem:
            return problem.key
        return None

    assert tell(xml.prove_xml) == tell(parse_xml)
