"""Templates as other programs write them: other prefixes, other names of parts, laid-out XML, the strict edition."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx.oxml import parse_xml
from lxml import etree
from support.office_schemas import check_bytes
from support.render_docx_support import W, add_table, build, canonical, make_image, read_part, render, text_boxes

from docgen.errors import TemplateError
from docgen.ooxml.xml import parse_xml as parse_plainly
from docgen.ooxml.xml import use_prefixes
from docgen.render.docx.merging.merge import MergedDocument
from docgen.render.docx.template import DocxTemplate
from docgen.render.docx.wordml.package import PREFIXES
from docgen.render.guard import check_rendered
from docgen.render.values.values import ImageValue

pytestmark = pytest.mark.heavy

Parts = dict[str, bytes]
VALUES = {
    "name": "甲\n乙",
    "items": ["一", "二"],
    "place": {"street": "路"},
    "shown": True,
    "picture": ImageValue(make_image((30, 20))),
}
_FORMATS = "http://schemas.openxmlformats.org"


def make(document: Any) -> None:
    document.core_properties.title = "题 {{ name }}"
    document.sections[0].header.paragraphs[0].text = "眉 {{ place.street }}"
    document.add_paragraph("{{ name }}")
    document.add_paragraph("{{ picture }}")
    table = add_table(document, ("{%tr for item in items %}", ""), ("{% vm %}甲", "{{ item }}"), ("{%tr endfor %}", ""))
    table.cell(1, 0)._tc.get_or_add_tcPr().append(parse_xml(f'<w:vAlign xmlns:w="{W[1:-1]}" w:val="center"/>'))
    text_boxes(document)


def change(data: bytes, alter: Callable[[Parts], Parts]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in alter(parts).items():
            archive.writestr(name, content)
    return out.getvalue()


def rename_prefixes(parts: Parts) -> Parts:
    """Every namespace under a name of its own, WordprocessingML under none and, for its attributes, ``ns0``."""

    def rename(data: bytes) -> bytes:
        root = etree.fromstring(data)
        names: dict[Any, str] = {f"ns{at}": uri for at, uri in enumerate(PREFIXES)}
        names.update((prefix, uri) for prefix, uri in root.nsmap.items() if uri not in PREFIXES)
        made = etree.Element(root.tag, root.attrib, nsmap=names)
        made.extend(list(root))
        text = etree.tostring(made, encoding="unicode")
        text = re.sub(r"(</?)ns0:", r"\1", text)
        return text.replace(" xmlns:ns0=", f' xmlns="{W[1:-1]}" xmlns:ns0=', 1).encode()

    return {
        name: rename(data) if name.startswith("word/") and name.endswith(".xml") and "theme" not in name else data
        for name, data in parts.items()
    }


def lay_out(parts: Parts) -> Parts:
    """Each element on a line of its own, as a formatter writes it."""

    def indent(data: bytes) -> bytes:
        root = etree.fromstring(data)
        etree.indent(root)
        return etree.tostring(root, encoding="UTF-16", xml_declaration=True)

    return {name: indent(data) if name.endswith((".xml", ".rels")) else data for name, data in parts.items()}


def rename_parts(parts: Parts) -> Parts:
    names = {
        "word/document.xml": "doc/Main.xml",
        "word/_rels/document.xml.rels": "doc/_rels/Main.xml.rels",
        "word/settings.xml": "doc/einst.xml",
        "word/styles.xml": "doc/vorlagen2.xml",
        "word/header1.xml": "doc/kopf.xml",
        "docProps/core.xml": "package/services/metadata/core-properties/1.psmdcp",
    }
    return {names.get(name, name): _rename_inside(name, data, names) for name, data in parts.items()}


def _rename_inside(part: str, data: bytes, names: dict[str, str]) -> bytes:
    if part == "word/_rels/document.xml.rels":  # targets from the root, as the folder changes
        data = re.sub(rb'Target="(?!/|http)(\.\./)?', lambda up: b'Target="/' + (b"" if up[1] else b"word/"), data)
    for old, new in names.items() if part.endswith((".rels", "[Content_Types].xml")) else ():
        data = re.sub(rf'"/?{re.escape(old)}"'.encode(), f'"/{new}"'.encode(), data)
    return data


def make_strict(parts: Parts) -> Parts:
    def tighten(data: bytes) -> bytes:
        data = re.sub(
            rb"http://schemas\.openxmlformats\.org/(officeDocument|wordprocessingml|drawingml)/2006/",
            rb"http://purl.oclc.org/ooxml/\1/",
            data,
        )
        data = data.replace(b"extended-properties", b"extendedProperties")
        data = data.replace(b"<w:body>", b"<w:body>", 1).replace(
            b"<w:document ", b'<w:document w:conformance="strict" ', 1
        )
        return re.sub(rb'(w:tcW w:type="dxa" w:w=|w:w=)"(\d+)"', lambda w: b'%s"%gpt"' % (w[1], int(w[2]) / 20), data)

    return {name: tighten(data) if name.endswith((".xml", ".rels")) else data for name, data in parts.items()}


def add_foreign(parts: Parts) -> Parts:
    """Children of properties that are no WordprocessingML, as WPS writes them."""
    foreign = (
        b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        b'xmlns:x="http://www.wps.cn/officeDocument/2013/wpsCustomData"><mc:Choice Requires="x">'
        b"<x:diagonals/></mc:Choice></mc:AlternateContent>"
    )
    document = parts["word/document.xml"].replace(b"</w:tcPr>", foreign + b"</w:tcPr>")
    return parts | {"word/document.xml": document}


def read_all(data: bytes) -> dict[str, str]:
    """The parts of a file that hold text, by their last name; what is foreign in them left out."""
    shown = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            root = etree.fromstring(archive.read(name)) if name.endswith((".xml", ".psmdcp")) else None
            if root is None or not str(root.tag).startswith((W, "{http://schemas.openxmlformats.org/package/2006/m")):
                continue
            for foreign in [*root.iter("{*}AlternateContent")] if root.tag == f"{W}document" else ():
                if foreign.getparent().tag == f"{W}tcPr":
                    foreign.getparent().remove(foreign)
            plain = use_prefixes(parse_plainly(etree.tostring(root)), PREFIXES)
            shown[str(etree.QName(root).localname)] = canonical(etree.tostring(plain, encoding="unicode"))
    return shown


@pytest.mark.parametrize("alter", [rename_prefixes, lay_out, rename_parts, make_strict, add_foreign])
def test_the_same_template_of_another_program(alter: Callable[[Parts], Parts]) -> None:
    plain = build(make)
    expected, rendered = render(plain, **VALUES), render(change(plain, alter), **VALUES)
    assert (expected.diagnostics, rendered.diagnostics) == ((), ())
    ours, theirs = read_all(rendered.data), read_all(expected.data)
    assert ours.keys() == theirs.keys()
    for name, text in theirs.items():
        assert re.sub(r"\s+(?=<)", "", ours[name]) == re.sub(r"\s+(?=<)", "", text), name
    faults = check_bytes(rendered.data, ".docx")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["word/styles.xml", "word/theme/theme1.xml", "word/fontTable.xml", "word/header1.xml"])
def test_a_part_without_tags_that_isnt_xml(name: str) -> None:
    broken = change(build(make), lambda parts: parts | {name: parts[name].replace(b"{", b"")[:-9]})
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(broken, "样表.docx")
    assert [(item.code, item.location.part) for item in caught.value.diagnostics] == [("T103", name)]


def test_a_runs_properties_out_of_order() -> None:
    def disorder(parts: Parts) -> Parts:
        run = b'<w:r><w:rPr><w:sz w:val="30"/><w:b/><w:rStyle w:val="a"/></w:rPr><w:t>{{ name }}</w:t></w:r>'
        return parts | {
            "word/document.xml": parts["word/document.xml"].replace(b"<w:r><w:t>{{ name }}</w:t></w:r>", run)
        }

    xml = read_part(render(change(build(make), disorder), **VALUES).data)
    properties = re.search(r"<w:rPr>((?:(?!</w:rPr>).)*<w:rStyle.*?)</w:rPr>", xml)
    assert properties is not None
    assert re.findall(r"<w:(\w+)", properties[1]) == ["rStyle", "rFonts", "b", "sz"]


def test_prefixes_that_other_attributes_name() -> None:
    xml = (
        f'<a:p xmlns:a="{W[1:-1]}" xmlns:n="urn:schemas-microsoft-com:vml" xmlns:k="urn:k" xmlns:w="urn:w" '
        'xmlns:c="http://schemas.openxmlformats.org/markup-compatibility/2006" c:Ignorable="k">'
        '<c:Choice Requires="n k"><n:rect/><w:x/></c:Choice></a:p>'
    )
    root = etree.fromstring(etree.tostring(use_prefixes(etree.fromstring(xml), PREFIXES)))
    choice = root[0]
    assert (root.prefix, choice[0].prefix, choice[1].tag) == ("w", "v", "{urn:w}x")
    assert [choice.nsmap[name] for name in choice.get("Requires", "").split()] == [choice[0].nsmap["v"], "urn:k"]
    assert (
        root.nsmap[str(root.get("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"))] == "urn:k"
    )


def test_parts_with_names_of_their_own_get_those_of_word() -> None:
    """So whoever looks into a made document finds them: what joins documents, what verifies a package."""
    rendered = render(change(build(make), rename_parts), **VALUES)
    assert "doNotExpandShiftReturn" in read_part(rendered.data, "word/settings.xml")
    assert check_rendered(rendered.data) == ()
    merged = MergedDocument(rendered.data)
    merged.add(rendered.data)
    merged.add(rendered.data)
    assert not check_bytes(merged.finish("题"), ".docx")


@pytest.mark.parametrize("name", ["word/Document2.xml", "word/DOCUMENT.XML"])
def test_the_document_under_another_name(name: str) -> None:
    def alter(parts: Parts) -> Parts:
        names = {"word/document.xml": name, "word/_rels/document.xml.rels": f"word/_rels/{name[5:]}.rels"}
        return {names.get(part, part): _rename_inside("x.rels", data, names) for part, data in parts.items()}

    rendered = render(change(build(make), alter), **VALUES)
    assert "甲" in read_part(rendered.data)
    assert check_rendered(rendered.data) == ()
