"""Paragraphs of Word whose text is scattered over the inline elements of the schema, and a small docx around them.

``AROUND`` are the elements that hold runs, ``INSIDE`` those that stand in a run beside text, ``HALVES`` the marks that
come in pairs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NAMESPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{_RELATED}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)
_TRACKED = 'w:id="{id}" w:author="甲" w:date="2024-01-01T00:00:00Z"'
_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
)
_SHOWN = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
_RUBY = (
    '<w:rubyPr><w:rubyAlign w:val="center"/><w:hps w:val="10"/><w:hpsRaise w:val="20"/><w:hpsBaseText w:val="21"/>'
    '<w:lid w:val="zh-CN"/></w:rubyPr>'
)
_READING = "<w:rt><w:r><w:t>pin</w:t></w:r></w:rt>"
_BASE = "<w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase>"

AROUND = {
    "ins": f"<w:ins {_TRACKED}>{{}}</w:ins>",
    "moveTo": f"<w:moveTo {_TRACKED}>{{}}</w:moveTo>",
    "hyperlink": '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
    "smartTag": '<w:smartTag w:uri="u" w:element="place">{}</w:smartTag>',
    "customXml": '<w:customXml w:uri="u" w:element="place"><w:customXmlPr/>{}</w:customXml>',
    "sdt": '<w:sdt><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>',
    "fldSimple": '<w:fldSimple w:instr=" REF a ">{}</w:fldSimple>',
    "bdo": '<w:bdo w:val="ltr">{}</w:bdo>',
    "dir": '<w:dir w:val="ltr">{}</w:dir>',
    "field": _FIELD.replace("{code}", 'HYPERLINK "http://a.example/"') + _SHOWN,
    "bookmark": '<w:bookmarkStart w:id="{id}" w:name="b{id}"/>{}<w:bookmarkEnd w:id="{id}"/>',
    "comment": '<w:commentRangeStart w:id="1"/>{}<w:commentRangeEnd w:id="1"/>',
    "perm": '<w:permStart w:id="{id}" w:edGrp="everyone"/>{}<w:permEnd w:id="{id}"/>',
    "proof": '<w:proofErr w:type="spellStart"/>{}<w:proofErr w:type="spellEnd"/>',
    "move": (
        f'<w:moveToRangeStart {_TRACKED} w:name="m{{id}}"/><w:moveTo {_TRACKED}>{{}}</w:moveTo>'
        '<w:moveToRangeEnd w:id="{id}"/>'
    ),
    "customXmlIns": f'<w:customXmlInsRangeStart {_TRACKED}/>{{}}<w:customXmlInsRangeEnd w:id="{{id}}"/>',
}
DELETED = {
    "del": f"<w:del {_TRACKED}>{{}}</w:del>",
    "moveFrom": f"<w:moveFrom {_TRACKED}>{{}}</w:moveFrom>",
}
CLOSED = {
    "rubyBase": f"<w:r><w:ruby>{_RUBY}{_READING}<w:rubyBase>{{}}</w:rubyBase></w:ruby></w:r>",
    "rt": f"<w:r><w:ruby>{_RUBY}<w:rt>{{}}</w:rt>{_BASE}</w:ruby></w:r>",
    "nested field": (
        _FIELD.replace("{code}", "IF")
        + _FIELD.replace("{code}", "DATE")
        + _SHOWN.replace("{}", "<w:r><w:t>1</w:t></w:r>")
        + _SHOWN
    ),
}
"""What can't be opened: where one of these holds one end of a tag, the template is refused."""
INSIDE = (
    *("<w:br/>", "<w:tab/>", "<w:cr/>", "<w:noBreakHyphen/>", "<w:softHyphen/>", "<w:lastRenderedPageBreak/>"),
    *('<w:br w:type="page"/>', '<w:footnoteReference w:id="2"/>', '<w:endnoteReference w:id="2"/>', "<w:pgNum/>"),
    *('<w:commentReference w:id="1"/>', '<w:sym w:font="Wingdings" w:char="F0FE"/>', "<w:annotationRef/>"),
    *("<w:dayShort/>", '<w:ptab w:relativeTo="margin" w:alignment="right" w:leader="none"/>', "<w:separator/>"),
    *("<w:pict><v:rect/></w:pict>", "<w:t>{ 名 }</w:t>", "<w:t>100%</w:t>", "<w:t>#}</w:t>", "<w:t>{</w:t>"),
)
HARMLESS = tuple(item for item in INSIDE if not item.startswith("<w:t>"))
HALVES = (
    ('<w:bookmarkStart w:id="{id}" w:name="b{id}"/>', '<w:bookmarkEnd w:id="{id}"/>'),
    ('<w:commentRangeStart w:id="1"/>', '<w:commentRangeEnd w:id="1"/>'),
    ('<w:permStart w:id="{id}" w:edGrp="everyone"/>', '<w:permEnd w:id="{id}"/>'),
    (f'<w:moveFromRangeStart {_TRACKED} w:name="m{{id}}"/>', '<w:moveFromRangeEnd w:id="{id}"/>'),
    (f"<w:customXmlDelRangeStart {_TRACKED}/>", '<w:customXmlDelRangeEnd w:id="{id}"/>'),
    (_FIELD.replace("{code}", "REF a") + _SHOWN[: _SHOWN.index("{}")], _SHOWN[_SHOWN.index("{}") + 2 :]),
)
BETWEEN = (
    '<w:proofErr w:type="gramStart"/>',
    "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>",
    '<w:r><w:t xml:space="preserve"></w:t></w:r>',
    "<w:r/>",
)


def fill(pattern: str, number: int, content: str = "") -> str:
    return pattern.replace("{id}", str(number)).replace("{}", content)


def write_run(text: str, beside: str = "", *, deleted: bool = False) -> str:
    word = "delText" if deleted else "t"
    return f'<w:r><w:rPr><w:b/></w:rPr><w:{word} xml:space="preserve">{text}</w:{word}>{beside}</w:r>'


@dataclass
class Scatter:
    """Writes paragraphs whose text is scattered at random; a hostile one deletes text, closes it in, or adds to it."""

    random: Random
    number: int = 10
    deleted: bool = False
    closed: bool = False
    added: bool = False
    late: list[str] = field(default_factory=list)
    is_hostile: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_hostile = self.random.random() < 0.3

    def write(self, text: str) -> str:
        cuts = sorted(self.random.randint(0, len(text)) for _ in range(self.random.randint(0, 5)))
        pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        made = [self._wrap(piece) for piece in pieces]
        while len(made) > 1 and self.random.random() < 0.5:  # an element around several of them
            at = self.random.randrange(len(made) - 1)
            made[at : at + 2] = [self._surround(made[at] + made[at + 1])]
        return "".join(self._mix_in(piece) for piece in made)

    def _wrap(self, piece: str) -> str:
        chance = self.random.random()
        if self.is_hostile and chance < 0.06:
            self.deleted = self.deleted or bool(piece)
            return fill(self._choose(DELETED), self._count(), write_run(piece, deleted=True))
        if self.is_hostile and chance < 0.12:
            self.closed = self.closed or bool(piece)
            return fill(self._choose(CLOSED), self._count(), write_run(piece))
        beside = self.random.choice(INSIDE if self.is_hostile else HARMLESS) if chance > 0.8 else ""
        self.added = self.added or beside.startswith("<w:t>")
        made = write_run(piece, beside)
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 3))):
            made = self._surround(made)
        return made

    def _surround(self, content: str) -> str:
        return fill(self._choose(AROUND), self._count(), content)

    def _mix_in(self, piece: str) -> str:
        chance = self.random.random()
        if chance < 0.1:
            first, last = self.random.choice(HALVES if self.is_hostile else HALVES[:-1])
            number = self._count()
            self.late.append(fill(last, number))
            return piece + fill(first, number)
        if chance < 0.2 and self.late:
            return piece + self.late.pop()
        return piece + (self.random.choice(BETWEEN) if chance > 0.9 else "")

    def _choose(self, patterns: dict[str, str]) -> str:
        return patterns[self.random.choice(sorted(patterns))]

    def _count(self) -> int:
        self.number += 1
        return self.number


_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NOTE = '<w:{0}s {1}><w:{0} w:id="2"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:{0}></w:{0}s>'
_PARTS = {
    "footnotes": _NOTE.format("footnote", _NAMESPACES),
    "endnotes": _NOTE.format("endnote", _NAMESPACES),
    "comments": (
        f'<w:comments {_NAMESPACES}><w:comment w:id="1" w:author="甲" w:initials="甲"><w:p><w:r><w:t>批注</w:t></w:r>'
        "</w:p></w:comment></w:comments>"
    ),
    "settings": f'<w:settings {_NAMESPACES}><w:zoom w:percent="100"/></w:settings>',
    "styles": f"<w:styles {_NAMESPACES}/>",
}


def write_docx(body: Sequence[str]) -> bytes:
    """A docx of these paragraphs and tables; it has a footnote 2, an endnote 2 and a comment 1."""
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}{kind}+xml"/>'
        for name, kind in {"document": "document.main"}.items() | {(name, name) for name in _PARTS}
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATED}/{name}" Target="{name}.xml"/>' for at, name in enumerate(_PARTS)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{''.join(body)}"
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>',
    } | {f"word/{name}.xml": text for name, text in _PARTS.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()
