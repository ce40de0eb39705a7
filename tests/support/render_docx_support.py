"""Small docx templates for the tests of the docx engine, built with python-docx, and ways to look at what came out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from lxml import etree
from PIL import Image

from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import Rendered
from support.office_schemas import check_bytes

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_BOX = (
    f'<w:r xmlns:w="{W[1:-1]}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
    '<mc:Choice Requires="wps"><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="1800000" cy="900000"/><wp:docPr id="7" name="框"/><a:graphic>'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
    '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="900000"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent>CONTENT</w:txbxContent>'
    "</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
    '<mc:Fallback><w:pict><v:shape style="width:141pt;height:70pt"><v:textbox><w:txbxContent>CONTENT</w:txbxContent>'
    "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def build(make: Callable[[Document], None]) -> bytes:
    document = docx.Document()
    zoom = document.settings.element.find(f"{W}zoom")
    zoom.set(f"{W}percent", "100")  # python-docx's own template lacks it
    _slim(document)
    make(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _slim(document: Document) -> None:
    """Drop most of the 800 KB of styles that python-docx brings along: checking them takes most of a test's time."""
    for style in list(document.styles.element.iter(f"{W}style")):
        if style.get(f"{W}type") == "table" and style.get(f"{W}styleId") not in ("TableNormal", "TableGrid"):
            style.getparent().remove(style)
    for rid, relationship in list(document.part.rels.items()):
        if relationship.reltype.endswith("stylesWithEffects"):
            del document.part.rels[rid]


def of_paragraphs(*texts: str) -> bytes:
    def make(document: Document) -> None:
        for text in texts:
            document.add_paragraph(text)

    return build(make)


def add_table(document: Any, *rows: tuple[str, ...]) -> Any:
    table = document.add_table(len(rows), max(len(row) for row in rows))
    table.style = "Table Grid"
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    return table


def add_text_box(paragraph: Any, content: str) -> None:
    """Add a text box with these paragraphs, and the copy of them that older readers show."""
    paragraph._p.append(parse_xml(_TEXT_BOX.replace("CONTENT", content)))


def render(template: bytes, *, pictures: Any = None, **context: Any) -> Rendered:
    return DocxTemplate.compile(template, "样表.docx").render(context, pictures=pictures)


def open_rendered(rendered: Rendered) -> Document:
    return docx.Document(io.BytesIO(rendered.data))


def read_texts(rendered: Rendered) -> list[str]:
    return [paragraph.text for paragraph in open_rendered(rendered).paragraphs]


def read_rows(rendered: Rendered, table: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in open_rendered(rendered).tables[table].rows]


def read_part(data: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def add_part(data: bytes, name: str, xml: str, content_type: str, relationship: str) -> bytes:
    """Add a part of the main document (footnotes, endnotes), which python-docx can't make."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as changed:
        for entry in archive.infolist():
            content = archive.read(entry).decode("utf-8", "surrogateescape")
            if entry.filename == "[Content_Types].xml":
                override = f'<Override PartName="/{name}" ContentType="{content_type}"/>'
                content = content.replace("</Types>", override + "</Types>")
            if entry.filename == "word/_rels/document.xml.rels":
                target = name.removeprefix("word/")
                kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{relationship}"
                content = content.replace(
                    "</Relationships>", f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"/></Relationships>'
                )
            changed.writestr(entry.filename, content.encode("utf-8", "surrogateescape"))
        changed.writestr(name, xml)
    return out.getvalue()


def replace_in(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Change one part of a docx."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as changed:
        for entry in archive.infolist():
            content = archive.read(entry)
            changed.writestr(entry.filename, change(content.decode()).encode() if entry.filename == name else content)
    return out.getvalue()


def set_grid_span(cell: Any, span: int) -> None:
    element = OxmlElement("w:gridSpan")
    element.set(qn("w:val"), str(span))
    cell._tc.get_or_add_tcPr().append(element)


def check_schema(data: bytes) -> None:
    """The file keeps to the schemas."""
    found = check_bytes(data, ".docx")
    assert not found, "\n".join(found)


def canonical(xml: str) -> str:
    """A part in a form that two engines must agree on: ids, width of a mended grid and Word's own notes aside."""
    root = etree.fromstring(xml.encode(), etree.XMLParser(remove_comments=True))
    for element in list(root.iter()):
        for name in list(element.attrib):
            if name.startswith(f"{W}rsid") or (name == f"{W}hint") or name.endswith("}Ignorable"):
                del element.attrib[name]
        if element.tag.endswith("}docPr"):
            element.set("id", "0")
        if element.tag == f"{W}tcPr":
            element[:] = sorted(element, key=lambda child: str(child.tag))
        if element.tag == f"{W}t":
            element.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
            if not element.text:
                element.getparent().remove(element)
    for name in ("rFonts", "rPr", "tcPr", "pPr", "r"):
        for element in list(root.iter(W + name)):
            if len(element) == 0 and not element.attrib and not element.text:
                element.getparent().remove(element)
    etree.cleanup_namespaces(root)
    text = etree.tostring(root, method="c14n").decode()
    return re.sub(r' xmlns:\w+="[^"]*"', "", text).replace("\n", "")


def drop_widths(xml: str) -> str:
    """Without the widths of columns and cells: those of a table that a column loop made are ours."""
    return re.sub(r'<w:tcW [^>]*></w:tcW>|(?<=<w:gridCol) w:w="\d+"', "", xml)


def make_image(size: tuple[int, int], kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    image = Image.new(mode, size)
    if mode in ("RGB", "RGBA", "L", "CMYK"):
        image.paste((255,) * len(image.getbands()), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def make_picture(width: int = 300, height: int = 200) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def text_boxes(document: Any) -> None:
    paragraph = document.add_paragraph("框外 {{ name }}")
    content = (
        "<w:p><w:r><w:t>{%p for x in items %}</w:t></w:r></w:p>"
        '<w:p><w:r><w:t>框内 {{ x }}</w:t></w:r><w:r><w:t xml:space="preserve"> {{ na</w:t></w:r>'
        "<w:r><w:t>me }}</w:t></w:r></w:p><w:p><w:r><w:t>{%p endfor %}</w:t></w:r></w:p>"
    )
    add_text_box(paragraph, content)
    document.add_paragraph("之后 {{ place.street }}")
