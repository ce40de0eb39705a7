"""Letters of Word's mail merge, made as Word writes them: simple and complex fields, a data source in the settings."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from docgen.ooxml.names import OFFICE_RELATIONS, PACKAGE_RELATIONS, WORD


def make_element(name: str, **attributes: str) -> Any:
    """A WordprocessingML element."""
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key.replace("_", ":")), value)
    return element


def _add_run(paragraph: Any, *children: Any, bold: bool = False) -> None:
    run = make_element("w:r")
    if bold:
        properties = make_element("w:rPr")
        properties.append(make_element("w:b"))
        run.append(properties)
    for child in children:
        run.append(child)
    paragraph._p.append(run)


def _make_text(name: str, text: str) -> Any:
    element = make_element(name)
    element.set(qn("xml:space"), "preserve")
    element.text = text
    return element


def add_field(paragraph: Any, code: str, result: str = "", *, pieces: int = 1, bold: bool = False) -> None:
    """A complex field, its code in so many runs, its result in two."""
    _add_run(paragraph, make_element("w:fldChar", w_fldCharType="begin"))
    size = -(-len(code) // pieces)
    for at in range(0, len(code), size):
        _add_run(paragraph, _make_text("w:instrText", code[at : at + size]))
    _add_run(paragraph, make_element("w:fldChar", w_fldCharType="separate"))
    half = len(result) // 2
    for piece in (result[:half], result[half:]):
        _add_run(paragraph, _make_text("w:t", piece), bold=bold)
    _add_run(paragraph, make_element("w:fldChar", w_fldCharType="end"))


def add_simple_field(paragraph: Any, code: str, result: str) -> None:
    """A simple field (``w:fldSimple``)."""
    field = make_element("w:fldSimple", w_instr=code)
    run = make_element("w:r")
    run.append(_make_text("w:t", result))
    field.append(run)
    paragraph._p.append(field)


def add_text_box(paragraph: Any, fill: Any) -> None:
    """A text box with a paragraph that ``fill`` gets, in VML as older files have it."""
    from docx.text.paragraph import Paragraph
    from lxml import etree

    shape = etree.fromstring(
        f'<w:pict xmlns:w="{WORD}" xmlns:v="urn:schemas-microsoft-com:vml">'
        '<v:shape style="width:200pt;height:40pt"><v:textbox><w:txbxContent><w:p/></w:txbxContent></v:textbox>'
        "</v:shape></w:pict>"
    )
    _add_run(paragraph, shape)
    inner = next(paragraph._p.iter(qn("w:txbxContent")))[0]
    fill(Paragraph(inner, paragraph._parent))


def save(document: Any, *, with_source: bool = False) -> bytes:
    """The document's bytes; ``with_source`` as the main document of a mail merge, which remembers its data source."""
    stream = io.BytesIO()
    document.save(stream)
    return _add_source(stream.getvalue()) if with_source else stream.getvalue()


def _add_source(data: bytes) -> bytes:
    merge = (
        '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/>'
        '<w:connectString w:val="Data Source=C:\\Users\\clerk\\list.xlsx"/><w:dataSource r:id="rIdMerge"/>'
        "</w:mailMerge>"
    )
    kind = f"{OFFICE_RELATIONS}/mailMergeSource"
    target = "file:///C:\\Users\\clerk\\list.xlsx"
    rels = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Relationships xmlns="{PACKAGE_RELATIONS}">'
        f'<Relationship Id="rIdMerge" Type="{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    )

    def change(name: str, content: bytes) -> bytes:
        if name != "word/settings.xml":
            return content
        text = content.decode()
        if "xmlns:r=" not in text:
            text = text.replace("<w:settings ", f'<w:settings xmlns:r="{OFFICE_RELATIONS}" ', 1)
        at = text.index("<w:zoom")
        return (text[:at] + merge + text[at:]).encode()

    return change_parts(data, change, {"word/_rels/settings.xml.rels": rels.encode()})


def change_parts(data: bytes, change: Any, added: Mapping[str, bytes]) -> bytes:
    """A package with changed parts and further ones."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {item.filename: change(item.filename, old.read(item)) for item in old.infolist()}
        for name, content in (parts | dict(added)).items():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def read_texts(data: bytes) -> list[str]:
    """The paragraphs of a document that hold text, those of tables behind the others."""
    document = docx.Document(io.BytesIO(data))
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    return [text for text in (*(item.text for item in document.paragraphs), *(cell.text for cell in cells)) if text]
