"""Stamps page numbers on pages of any size and rotation: their position, and the font that draws their digits.

The digits are strokes of a Type 3 font, so they are always embedded, print black and opaque, and can be searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

Corner = Literal["lower", "upper"]
"""The outer corner of page numbers: right on odd pages, left on even ones."""

_SIZE = 10.0  # points, on a page as wide as A4
_SIDE, _BASELINE = 34.0, 20.0  # from the page's edges, in its margin
_STRIP, _STRIP_BASELINE = 24.0, 8.0
_A4_WIDTH = 595.0
_MIN_SCALE, _MAX_SCALE = 0.8, 4.0
_WIDTH = 556  # of a digit, in thousandths
_STROKE = 66
_CURVE = 0.5523
_FONT = "/DocgenDigits"
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PageBox:
    """A page's visible box in its own coordinates, and the clockwise rotation that viewers apply."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0

    @property
    def size(self) -> Point:
        """Width and height after rotation."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turned in (90, 270) else (width, height)

    @property
    def matrix(self) -> tuple[float, ...]:
        """The matrix from visible coordinates (from the lower left corner after rotation) to the page's own."""
        matrices: dict[int, tuple[float, ...]] = {
            90: (0, 1, -1, 0, self.right, self.bottom),
            180: (-1, 0, 0, -1, self.right, self.top),
            270: (0, -1, 1, 0, self.left, self.top),
        }
        return matrices.get(self.turned, (1, 0, 0, 1, self.left, self.bottom))

    def grow(self, length: float, corner: Corner) -> PageBox:
        """Add a strip to the box, at the lower or upper edge as people see the page."""
        left, bottom, right, top = self.left, self.bottom, self.right, self.top
        side = {"lower": 0, "upper": 180}[corner] + self.turned
        match side % 360:
            case 0:
                bottom -= length
            case 90:
                right += length
            case 180:
                top += length
            case _:
                left -= length
        return PageBox(left, bottom, right, top, self.turned)


def scale_stamp(box: PageBox, unit: float = 1.0) -> float:
    """Compute the size of a page's number relative to A4: large drawings are viewed from afar.

    ``unit`` is the length of a unit of the page, in points.
    """
    return min(max(min(box.size) * unit / _A4_WIDTH, _MIN_SCALE), _MAX_SCALE) / unit


def measure_strip(box: PageBox, unit: float = 1.0) -> float:
    """Measure the strip that is added to a page whose corner may not be free."""
    return _STRIP * scale_stamp(box, unit)


def draw_stamp(number: int, box: PageBox, corner: Corner, *, scale: float, strip: float = 0.0) -> bytes:
    """Write the instructions that draw a number onto a page.

    An added strip is painted white first, since content that was cropped may lie below it.
    """
    text = str(number)
    width, height = box.size
    size = _SIZE * scale
    baseline = (_STRIP_BASELINE if strip else _BASELINE) * scale
    across = len(text) * size * _WIDTH / 1000
    x = width - _SIDE * scale - across if number % 2 else _SIDE * scale
    y = baseline if corner == "lower" else height - baseline - size * 0.7
    lines = ["q", _format_numbers(box.matrix) + " cm"]
    if strip:
        start = 0.0 if corner == "lower" else height - strip
        lines.append(f"1 g {_format_numbers((0, start, width, strip))} re f")
    lines += ["0 g 0 G", f"BT {_FONT} {size:.3f} Tf {_format_numbers((max(x, 0), y))} Td ({text}) Tj ET", "Q"]
    return ("\n" + "\n".join(lines) + "\n").encode()


def _format_numbers(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:.4f}".rstrip("0").rstrip(".") for number in numbers)


def name_font() -> str:
    """Name the font as in a page's resources."""
    return _FONT


def make_font(pdf: Pdf) -> Object:
    """Make the font of the ten digits."""
    from pikepdf import Array, Dictionary, Name, Stream

    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    glyphs = Dictionary()
    for name, strokes in zip(names, _DIGITS, strict=True):
        glyphs[f"/{name}"] = pdf.make_indirect(Stream(pdf, _write_glyph(strokes)))
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            Name=Name(_FONT),
            FontBBox=[0, -50, _WIDTH, 750],
            FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            FirstChar=ord("0"),
            LastChar=ord("9"),
            Widths=[_WIDTH] * len(names),
            CharProcs=glyphs,
            Encoding=Dictionary(
                Type=Name.Encoding, Differences=Array([ord("0"), *(Name(f"/{name}") for name in names)])
            ),
            Resources=Dictionary(),
            ToUnicode=pdf.make_indirect(Stream(pdf, _TO_UNICODE)),
        )
    )


Stroke = tuple[Point, ...]
"""A path: its first point, then three points for each curve."""


def _make_line(*points: Point) -> Stroke:
    """Make straight lines as curves, so that all strokes have the same form."""
    path = [points[0]]
    for point in points[1:]:
        path += [path[-1], point, point]
    return tuple(path)


def _make_oval(x: float, y: float, across: float, up: float) -> Stroke:
    a, b = across * _CURVE, up * _CURVE
    return (
        (x + across, y),
        *((x + across, y + b), (x + a, y + up), (x, y + up)),
        *((x - a, y + up), (x - across, y + b), (x - across, y)),
        *((x - across, y - b), (x - a, y - up), (x, y - up)),
        *((x + a, y - up), (x + across, y - b), (x + across, y)),
    )


_SIX: Stroke = (
    *((415, 600), (380, 645), (335, 667), (285, 667), (165, 667), (98, 540), (98, 320)),
    *((98, 140), (165, 33), (280, 33), (385, 33), (458, 115), (458, 225)),
    *((458, 335), (385, 410), (285, 410), (195, 410), (125, 350), (103, 270)),
)
_DIGITS: tuple[tuple[Stroke, ...], ...] = (
    (_make_oval(278, 350, 185, 317),),
    (_make_line((150, 560), (300, 667), (300, 33)),),
    (
        *(((100, 500), (100, 600), (170, 667), (278, 667), (390, 667), (452, 590), (452, 495)),),
        *(((452, 495), (452, 380), (345, 285), (100, 33), *_make_line((100, 33), (468, 33))[1:]),),
    ),
    (
        *(((105, 560), (140, 630), (200, 667), (275, 667), (375, 667), (440, 605), (440, 520)),),
        *(((440, 520), (440, 430), (370, 372), (245, 372)),),
        *(((245, 372), (385, 372), (460, 310), (460, 210), (460, 105), (380, 33), (270, 33)),),
        *(((270, 33), (185, 33), (120, 75), (90, 150)),),
    ),
    (_make_line((375, 33), (375, 667), (75, 225), (485, 225)),),
    (
        _make_line((430, 667), (150, 667), (125, 370)),
        *(((125, 370), (165, 410), (215, 430), (270, 430), (385, 430), (460, 350), (460, 235)),),
        *(((460, 235), (460, 115), (380, 33), (265, 33), (185, 33), (120, 75), (90, 140)),),
    ),
    (_SIX,),
    (_make_line((90, 667), (468, 667), (225, 33)),),
    (_make_oval(278, 518, 152, 149), _make_oval(278, 201, 182, 168)),
    (tuple((_WIDTH - x, 700 - y) for x, y in _SIX),),
)


def _write_glyph(strokes: Sequence[Stroke]) -> bytes:
    lines = [f"{_WIDTH} 0 0 -50 {_WIDTH} 750 d1", f"{_STROKE} w 1 J 1 j"]
    for first, *rest in strokes:
        lines.append(f"{_format_numbers(first)} m")
        for at in range(0, len(rest), 3):
            lines.append(f"{_format_numbers([value for point in rest[at : at + 3] for value in point])} c")
        lines.append("S")
    return "\n".join(lines).encode()


_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /DocgenDigits def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
1 beginbfrange
<30> <39> <0030>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
