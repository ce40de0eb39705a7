"""Reads the PDF/A claims of PDFs, and writes the metadata of the bound one with its own claim.

A claim is no proof: docgen has no validator. The bound PDF claims PDF/A-2b when every part claims PDF/A-2 and uses RGB
colours; the page numbers and picture pages that docgen adds conform to it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

CLAIM = "PDF/A-2b"
_PART = re.compile(rb"""pdfaid:part\s*(?:>|=\s*["'])\s*(\d)""")
_RGB = b"RGB "
_SPACE = slice(16, 20)  # in an ICC profile's header: its colour space


@dataclass(frozen=True, slots=True)
class PdfClaim:
    """The PDF/A claim of a PDF: the part of the standard (None without a claim) and its output intent for RGB."""

    part: int | None
    intent: Object | None
    other_colours: bool = False

    @property
    def holds(self) -> bool:
        """Whether a PDF that claims PDF/A-2b may contain its pages."""
        return self.part == 2 and not self.other_colours


def read_claim(pdf: Pdf) -> PdfClaim:
    """Read the PDF/A claim of a PDF."""
    part: int | None = None
    if "/Metadata" in pdf.Root:
        claimed = _PART.search(pdf.Root.Metadata.read_bytes())
        part = int(claimed[1]) if claimed else None
    chosen, others = None, False
    for intent in pdf.Root.get("/OutputIntents", []):
        if "/DestOutputProfile" not in intent:
            continue
        if intent.DestOutputProfile.read_bytes()[_SPACE] == _RGB:
            chosen = chosen if chosen is not None else (intent if intent.is_indirect else pdf.make_indirect(intent))
        else:
            others = True
    return PdfClaim(part, chosen, others)


def write_metadata(title: str, author: str, producer: str, moment: dt.date, *, claimed: bool) -> bytes:
    """Write the XMP metadata of the bound PDF."""
    day = f"{moment.isoformat()}T00:00:00Z"
    claim = (
        '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>"
    )
    creator = f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>" if author else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"{claim if claimed else ''}"
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:format>application/pdf</dc:format>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>{creator}'
        "</rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<xmp:CreatorTool>{escape(producer)}</xmp:CreatorTool><xmp:CreateDate>{day}</xmp:CreateDate>"
        f"<xmp:ModifyDate>{day}</xmp:ModifyDate><xmp:MetadataDate>{day}</xmp:MetadataDate>"
        f"<pdf:Producer>{escape(producer)}</pdf:Producer></rdf:Description>"
        "</rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()
