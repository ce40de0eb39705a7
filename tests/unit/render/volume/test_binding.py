"""Binding: pages in order, numbered where nothing stands, with what leads to them; the claim to PDF/A only if it holds.

What a page says and where is read with pypdf, a second opinion.
"""

from __future__ import annotations

import datetime as dt
import io
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream
from pypdf import PdfReader

from docgen.content.pdf import PdfError
from docgen.render.volume.binding import PAGE_LINK, BindingResult, BoundPiece, Chapter, VolumeProperties, bind
from docgen.render.volume.claims import read_claim
from docgen.render.volume.parts import PdfSource, count_bindable
from docgen.render.volume.stamps import Corner

A4, WIDE = (595, 842), (842, 595)
FULL = b"0.8 1 0.8 rg -100 -100 5000 5000 re f"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>{}</pdfaid:part>'
    "<pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def make(*sizes: tuple[float, float], claim: int = 0, space: bytes = b"RGB ", **page: Any) -> bytes:
    """A PDF of pages full of colour; ``claim`` is the part of PDF/A that it claims, for colours of ``space``."""
    out = io.BytesIO()
    content = page.pop("content", FULL)
    with Pdf.new() as pdf:
        for size in sizes:
            added = pdf.add_blank_page(page_size=size)
            added.obj["/Contents"] = pdf.make_stream(content)
            for key, value in page.items():
                added.obj[f"/{key}"] = value
        if claim:
            pdf.Root["/Metadata"] = Stream(pdf, XMP.format(claim).encode())
            profile = Stream(pdf, bytes(16) + space + bytes(108))
            intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=pdf.make_indirect(profile))
            pdf.Root["/OutputIntents"] = Array([intent])
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


class Desk:
    """Binds documents of one item, with a cover before them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "volume.pdf"
        self._open: list[Pdf] = []
        self.cover = BoundPiece("cover", "封面", (PdfSource(make(A4, claim=2), "ours"),), numbered=False, label="封面")

    def bind(self, *sources: PdfSource | bytes, corner: Corner = "lower", **how: Any) -> BindingResult:
        pieces = [
            BoundPiece(
                f"piece/{number}",
                f"第{number}件",
                (source if isinstance(source, PdfSource) else PdfSource(source),),
                **how,
            )
            for number, source in enumerate(sources, 1)
        ]
        return self.bind_pieces(*pieces, corner=corner)

    def bind_pieces(self, *pieces: BoundPiece, corner: Corner = "lower") -> BindingResult:
        about = VolumeProperties("甲项目案卷", "某某认证有限公司", "docgen", dt.date(2024, 9, 6), corner)
        return bind([Chapter("", (self.cover,)), Chapter("a 前期准备", pieces)], self.path, about)

    def read_stamps(self) -> list[tuple[str, float, float] | None]:
        """The number on each page and where it stands as people see the page: from its left and lower edge."""
        return [_find_stamp(page) for page in PdfReader(self.path).pages]

    def open(self) -> Pdf:
        """The volume; it stays open, since its pages end with it."""
        self._open.append(pikepdf.open(self.path))
        return self._open[-1]


def _find_stamp(page: Any) -> tuple[str, float, float] | None:
    found: list[tuple[str, float, float]] = []

    def visit(text: str, matrix: list[float], place: list[float], _font: object, _size: object) -> None:
        if text.strip():
            x, y = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4], 0.0
            y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
            found.append((text.strip(), x, y))

    page.extract_text(visitor_text=visit)
    if not found:
        return None
    (text, x, y), box = found[0], page.cropbox
    left, bottom, right, top = (float(value) for value in (box.left, box.bottom, box.right, box.top))
    turned = page.get("/Rotate", 0)
    seen = {0: (x - left, y - bottom), 90: (y - bottom, right - x), 180: (right - x, top - y), 270: (top - y, x - left)}
    return (text, *seen[turned])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_numbers_run_through_and_stand_in_the_lower_outer_corner(desk: Desk) -> None:
    bound = desk.bind(PdfSource(make(A4, A4), "ours"), PdfSource(make(A4), "ours"))
    assert (bound.pages, bound.numbered) == (4, 3)
    cover, first, second, third = desk.read_stamps()
    assert cover is None
    assert first is not None
    assert second is not None
    assert third is not None
    assert [first[0], second[0], third[0]] == ["1", "2", "3"]
    assert first[1] > 540 and second[1] < 50 and third[1] > 540  # noqa: PT018
    assert {round(stamp[2]) for stamp in (first, second, third)} == {20}


def test_da_t_22_takes_the_upper_corner(desk: Desk) -> None:
    desk.bind(PdfSource(make(A4, WIDE), "ours"), make(A4), corner="upper")
    _, first, second, third = desk.read_stamps()
    assert first is not None and first[1:] == pytest.approx((555.4, 815), abs=1)  # noqa: PT018
    assert second is not None and second[1:] == pytest.approx((34, 568), abs=1)  # noqa: PT018
    assert third is not None and third[2] > 842  # noqa: PT018
    assert float(desk.open().pages[3].mediabox[3]) == pytest.approx(866)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("size", [A4, WIDE, (227, 300), (2384, 3370)])
def test_a_page_of_others_grows_by_a_strip_and_keeps_all_that_it_showed(
    desk: Desk, turned: int, size: tuple[int, int]
) -> None:
    desk.bind(make(size, size, Rotate=turned))
    _, odd, even = desk.read_stamps()
    seen = size[::-1] if turned in (90, 270) else size
    scale = min(max(min(size) / 595, 0.8), 4)
    assert odd is not None and even is not None  # noqa: PT018
    assert odd[1:] == pytest.approx((seen[0] - 34 * scale - 5.56 * scale, 8 * scale), abs=0.5)
    assert even[1:] == pytest.approx((34 * scale, 8 * scale), abs=0.5)
    for page in list(desk.open().pages)[1:]:
        box = [float(value) for value in page.cropbox]
        added = {0: 1, 90: 2, 180: 3, 270: 0}[turned]
        wanted = [0.0, 0.0, *map(float, size)]
        wanted[added] += 24 * scale * (1 if added > 1 else -1)
        assert box == pytest.approx(wanted, abs=0.01)
        assert [float(value) for value in page.mediabox] == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_of_ours_is_numbered_where_people_see_its_corner(desk: Desk, turned: int) -> None:
    desk.bind(PdfSource(make(A4, Rotate=turned), "ours"))
    stamp = desk.read_stamps()[1]
    width = A4[1] if turned in (90, 270) else A4[0]
    assert stamp is not None and stamp[1:] == pytest.approx((width - 39.56, 20), abs=0.5)  # noqa: PT018


def test_what_was_cut_off_stays_hidden_below_the_strip(desk: Desk) -> None:
    desk.bind(make(A4, CropBox=[100, 100, 400, 500]))
    page = desk.open().pages[1]
    assert [float(value) for value in page.cropbox] == pytest.approx([100, 80.8, 400, 500])
    assert [float(value) for value in page.mediabox] == [0, 0, 595, 842]
    stamp = list(page.obj["/Contents"])[-1].read_bytes()
    assert b"1 g 0 0 300 19.2 re f" in stamp
    assert stamp.index(b"re f") < stamp.index(b"Tj")


def test_a_large_unit_makes_the_number_no_larger(desk: Desk) -> None:
    desk.bind(make((297.5, 421), UserUnit=2), make(A4))
    contents = [list(page.obj["/Contents"])[-1].read_bytes() for page in list(desk.open().pages)[1:]]
    assert b"/DocgenDigits 5.000 Tf" in contents[0]
    assert b"/DocgenDigits 10.000 Tf" in contents[1]


@pytest.mark.parametrize(
    ("content", "opened", "closed"),
    [(b"q 2 0 0 2 9 9 cm", 2, 1), (b"Q Q " + FULL, 1, 3), (b"q q Q", 2, 1), (b"q (Q) Tj Q", 1, 1)],
)
def test_a_page_that_leaves_its_state_open_moves_no_number(
    desk: Desk, content: bytes, opened: int, closed: int
) -> None:
    desk.bind(make(A4, content=content))
    page = desk.open().pages[1]
    heads = [item.read_bytes() for item in list(page.obj["/Contents"])]
    assert heads[:closed] == [b"q\n"] * closed
    assert heads[-1].startswith(b"\nQ" * opened + b"\nq")


def test_a_page_without_content_is_numbered_too(desk: Desk) -> None:
    out = io.BytesIO()
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=A4)
        del pdf.pages[0].obj["/Contents"]
        pdf.save(out)
    desk.bind(out.getvalue())
    assert desk.read_stamps()[1] is not None


def test_the_font_is_embedded_and_nothing_shines_through(desk: Desk) -> None:
    desk.bind(PdfSource(make(A4), "ours"))
    fonts = desk.open().pages[1].obj["/Resources"]["/Font"]
    (font,) = (fonts[key] for key in fonts.keys())  # noqa: SIM118
    assert font.Subtype == Name.Type3
    assert len(font.CharProcs.keys()) == 10
    assert all(glyph.read_bytes().startswith(b"556 0 0 -50 556 750 d1") for _, glyph in font.CharProcs.items())
    assert set(map(int, font.Widths)) == {556}
    assert "/ExtGState" not in desk.open().pages[1].obj["/Resources"]


def test_the_same_parts_give_the_same_bytes(desk: Desk) -> None:
    desk.bind(make(A4, claim=2), PdfSource(make(WIDE), "ours"))
    once = desk.path.read_bytes()
    desk.bind(make(A4, claim=2), PdfSource(make(WIDE), "ours"))
    assert desk.path.read_bytes() == once


def test_the_claim_stays_when_every_part_claims_it(desk: Desk) -> None:
    part = make(A4, claim=2)
    bound = desk.bind(PdfSource(part, "ours"), PdfSource(part), PdfSource(make(A4), "drawn"))
    assert (bound.claimed, bound.unclaimed) == (True, ())
    with desk.open() as pdf, pikepdf.open(io.BytesIO(part)) as before:
        claim = read_claim(pdf)
        assert claim.holds
        packet = pdf.Root.Metadata.read_bytes()
        assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in packet
        (intent,), (old,) = pdf.Root.OutputIntents, before.Root.OutputIntents
        assert intent.S == Name.GTS_PDFA1
        assert intent.DestOutputProfile.read_bytes() == old.DestOutputProfile.read_bytes()
        assert not pdf.is_encrypted
        assert "/AcroForm" not in pdf.Root


@pytest.mark.parametrize(
    "part", [make(A4), make(A4, claim=1), make(A4, claim=3), make(A4, claim=2, space=b"CMYK")], ids=["-", "1", "3", "k"]
)
def test_one_part_that_does_not_claim_it_ends_the_claim_and_is_named(desk: Desk, part: bytes) -> None:
    bound = desk.bind(PdfSource(make(A4, claim=2), "ours"), part)
    assert (bound.claimed, bound.unclaimed) == (False, ("piece/2",))
    with desk.open() as pdf:
        assert read_claim(pdf).part is None
        assert "/OutputIntents" not in pdf.Root
        assert b"pdfaid" not in pdf.Root.Metadata.read_bytes()


def test_outline_labels_and_properties(desk: Desk) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make(A4, A4, A4))) as pdf:
        pdf.Root["/Names"] = Dictionary(
            Dests=Dictionary(Names=Array([pikepdf.String("two"), Array([pdf.pages[1].obj, Name.Fit])]))
        )
        with pdf.open_outline() as outline:
            first = OutlineItem("一、概况", Array([pdf.pages[0].obj, Name.XYZ, 0, 700, 0]))
            first.children.append(OutlineItem("（一）依据", pikepdf.String("two")))
            jump = Dictionary(S=Name.GoTo, D=Array([pdf.pages[2].obj, Name.Fit]))
            outline.root.extend([first, OutlineItem("二、结论", action=jump), OutlineItem("无处", pikepdf.String("x"))])
        pdf.save(out)
    desk.bind(PdfSource(make(A4), "ours"), PdfSource(out.getvalue()))
    reader = PdfReader(desk.path)

    def format(items: Any) -> list[Any]:
        return [
            format(item) if isinstance(item, list) else (item.title, reader.get_destination_page_number(item))
            for item in items
        ]

    inner = [("一、概况", 2), [("（一）依据", 3)], ("二、结论", 4), ("无处", None)]
    assert format(reader.outline) == [("封面", 0), ("a 前期准备", 1), [("第1件", 1), ("第2件", 2), inner]]
    assert reader.page_labels == ["封面", "1", "2", "3", "4"]
    assert reader.metadata is not None
    assert reader.metadata.title == "甲项目案卷"
    assert reader.metadata["/CreationDate"] == "D:20240906000000Z"
    assert reader.root_object["/Lang"] == "zh-CN"
    assert reader.root_object["/PageMode"] == "/UseOutlines"


def link(target: Any, kind: str = "Dest") -> Dictionary:
    made = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[10, 10, 60, 30], StructParent=3)
    made[f"/{kind}"] = target
    return made


def test_links_lead_to_the_pages_that_they_led_to(desk: Desk) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make(A4, A4))) as pdf:
        second = Array([pdf.pages[1].obj, Name.XYZ, 0, Decimal("12.5"), 0])
        links = [link(second), link(Dictionary(S=Name.GoTo, D=second), "A"), link(pikepdf.String("nowhere"))]
        pdf.pages[0].obj["/Annots"] = Array(
            [*links, link(Dictionary(S=Name.URI, URI=pikepdf.String("https://a.b")), "A")]
        )
        pdf.save(out)
    desk.bind(PdfSource(make(A4), "ours"), PdfSource(out.getvalue()))
    with desk.open() as pdf:
        first, action, nowhere, address = pdf.pages[2].obj["/Annots"]
        for found in (first, action):
            assert found.Dest[0].objgen == pdf.pages[3].obj.objgen
            assert found.Dest[3] == Decimal("12.5")
            assert "/A" not in found
            assert "/StructParent" not in found
        assert "/Dest" not in nowhere
        assert str(address.A.URI) == "https://a.b"


def test_page_numbers_of_the_index_lead_to_their_pages_and_those_of_others_do_not(desk: Desk) -> None:
    def index(number: str) -> bytes:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(make(A4))) as pdf:
            to = Dictionary(S=Name.URI, URI=pikepdf.String(f"{PAGE_LINK}{number}"))
            pdf.pages[0].obj["/Annots"] = Array([link(to, "A")])
            pdf.save(out)
        return out.getvalue()

    listing = BoundPiece("index", "目录", (PdfSource(index("2"), "ours"),), numbered=False, label="目录", links=True)
    document = BoundPiece("a", "甲", (PdfSource(make(A4, A4)), PdfSource(index("1"))))
    desk.bind_pieces(listing, document)
    with desk.open() as pdf:
        (annotation,) = pdf.pages[1].obj["/Annots"]
        assert annotation.Dest[0].objgen == pdf.pages[3].obj.objgen
        assert "/A" not in annotation
        (theirs,) = pdf.pages[4].obj["/Annots"]
        assert "/Dest" not in theirs


def test_what_was_filled_in_stays_to_be_seen_without_a_form(desk: Desk) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make(A4))) as pdf:
        look = Stream(pdf, b"0 0 1 rg 0 0 90 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 20])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="seal", F=4, Rect=[50, 50, 140, 70])
        field["/AP"] = Dictionary(N=pdf.make_indirect(look))
        made = pdf.make_indirect(field)
        pdf.pages[0].obj["/Annots"] = Array([made])
        pdf.Root["/AcroForm"] = pdf.make_indirect(Dictionary(Fields=Array([made])))
        pdf.save(out)
    desk.bind(out.getvalue())
    with desk.open() as pdf:
        page = pdf.pages[1]
        assert "/AcroForm" not in pdf.Root
        assert not list(page.obj.get("/Annots", []))
        assert [item.read_bytes() for item in page.obj["/Resources"]["/XObject"].as_dict().values()] == [
            b"0 0 1 rg 0 0 90 20 re f"
        ]


@pytest.mark.parametrize("base", ["ON", "OFF"])
def test_layers_that_a_drawing_hides_stay_hidden(desk: Desk, base: str) -> None:
    out = io.BytesIO()
    with pikepdf.open(
        io.BytesIO(make(A4, content=b"/OC /L1 BDC 0 0 9 9 re f EMC /OC /L2 BDC 9 9 9 9 re f EMC"))
    ) as pdf:
        seen, hidden = (pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("seen", "hidden"))
        pdf.pages[0].obj["/Resources"] = Dictionary(Properties=Dictionary(L1=seen, L2=hidden))
        how = {"OFF": Array([hidden])} if base == "ON" else {"ON": Array([seen]), "BaseState": Name.OFF}
        pdf.Root["/OCProperties"] = Dictionary(OCGs=Array([seen, hidden]), D=Dictionary(**how))
        pdf.save(out)
    desk.bind(PdfSource(make(A4), "ours"), out.getvalue(), out.getvalue())
    with desk.open() as pdf:
        layers = pdf.Root.OCProperties
        assert len(layers.OCGs) == 4
        assert [str(group.Name) for group in layers.D.OFF] == ["hidden", "hidden"]
        off = {group.objgen for group in layers.D.OFF}
        assert [pdf.pages[at].Resources.Properties.L2.objgen in off for at in (2, 3)] == [True, True]
        assert pdf.pages[2].Resources.Properties.L1.objgen not in off


def test_what_cannot_be_bound_is_told_before() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make(A4))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    for data, key in ((out.getvalue(), "encrypted"), (b"%PDF-1.4 nothing", "damaged"), (make(), "damaged")):
        with pytest.raises(PdfError) as fault:
            count_bindable(data)
        assert fault.value.key == key
    assert count_bindable(make(A4, A4)) == 2


def test_many_pages_are_bound_from_files(desk: Desk, tmp_path: Path) -> None:
    sources = []
    for number in range(60):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(make(*[A4] * 5))
        sources.append(PdfSource(path, "ours"))
    start = time.process_time()
    bound = desk.bind(*sources)
    assert time.process_time() - start < 20 * 300 / 2000  # what 2,000 pages may take
    assert (bound.pages, bound.numbered) == (301, 300)
    with desk.open() as pdf:
        assert b"(300) Tj" in list(pdf.pages[300].obj["/Contents"])[-1].read_bytes()
