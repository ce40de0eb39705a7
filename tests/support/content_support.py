"""Word files for tests, made of their XML."""
# ruff: noqa: E501 - markup reads best in one line

from __future__ import annotations

import zipfile
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMESPACES = (
    f'{W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STYLES = """
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="own"><w:name w:val="单位标题"/><w:basedOn w:val="1"/></w:style>
<w:style w:type="paragraph" w:styleId="outlined"><w:name w:val="大纲"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="wps"><w:name w:val="标题 2"/></w:style>
<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="环"/><w:basedOn w:val="loop"/></w:style>
<w:style w:type="paragraph" w:styleId="t"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="toc1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="cap"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="heavy"><w:name w:val="粗体段"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="song"><w:name w:val="宋"/><w:rPr><w:rFonts w:hAnsi="宋体"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="hinted"><w:name w:val="中"/><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="7">
 <w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
 <w:lvl w:ilvl="1"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num>
"""


def run(text: str, properties: str = "") -> str:
    formats = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{formats}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str = "", style: str = "", properties: str = "", formats: str = "", inner: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run(text, formats) if text else ''}{inner}</w:p>"


def bold(text: str) -> str:
    return paragraph(text, formats="<w:b/>")


def item(text: str, list_id: int, level: int = 0, formats: str = "") -> str:
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return paragraph(text, properties=number, formats=formats)


def table(*rows: tuple[str, ...], head: bool = False) -> str:
    marks = "<w:trPr><w:tblHeader/></w:trPr>" if head else ""
    made = [
        f"<w:tr>{marks if at == 0 else ''}" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for at, row in enumerate(rows)
    ]
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def write_docx(path: Path, body: str, styles: str = STYLES, numbering: str = NUMBERING) -> Path:
    """A Word file with this body; its main part has an unusual name, as some programs give it."""
    relations = (
        f'<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{OFFICE}/numbering" Target="/word/numbering.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/image" Target="media/image1.png"/>'
        f'<Relationship Id="rId4" Type="{OFFICE}/image" Target="http://a.b/c.png" TargetMode="External"/>'
    )
    package = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document2.xml"/>'
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    relationships = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", f'{head}<Relationships xmlns="{relationships}">{package}</Relationships>')
        archive.writestr("word/document2.xml", f"{head}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/styles.xml", f"{head}<w:styles {W}>{styles}</w:styles>")
        archive.writestr("word/numbering.xml", f"{head}<w:numbering {W}>{numbering}</w:numbering>")
        archive.writestr(
            "word/_rels/document2.xml.rels", f'{head}<Relationships xmlns="{relationships}">{relations}</Relationships>'
        )
    return path
