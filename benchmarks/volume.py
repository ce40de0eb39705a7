"""How long binding takes, and how much memory: a volume of many PDFs without any conversion.

Run it: ``python benchmarks/volume.py [PAGES]``. A quarter of the pages are documents with margins of their own, half
are text of others, a quarter are scans of 150 KB; a source has four pages and lies on the disk.
"""

from __future__ import annotations

import datetime as dt
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.pop(0)  # this folder, where docx.py is another thing than the library
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pikepdf import Dictionary, Name, Pdf, Stream

from docgen.render.volume.binding import BoundPiece, Chapter, VolumeProperties, bind
from docgen.render.volume.parts import PdfSource

_EACH = 4
_A4 = (595, 842)
_LINE = b"BT /F 10 Tf 60 %d Td (%s) Tj ET\n"


def write_text(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for _ in range(_EACH):
            page = pdf.add_blank_page(page_size=_A4)
            page.obj["/Resources"] = Dictionary(Font=Dictionary(F=font))
            lines = [_LINE % (780 - 14 * line, b"%030x" % chance.getrandbits(120)) for line in range(50)]
            page.obj["/Contents"] = pdf.make_stream(b"".join(lines))
        pdf.save(path)


def write_scans(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Pdf.new() as pdf:
        for _ in range(_EACH):
            page = pdf.add_blank_page(page_size=_A4)
            said = {"Width": 500, "Height": 300, "BitsPerComponent": 8, "ColorSpace": Name.DeviceGray}
            scan = Stream(pdf, chance.randbytes(150_000), Type=Name.XObject, Subtype=Name.Image, **said)
            page.obj["/Resources"] = Dictionary(XObject=Dictionary(S=pdf.make_indirect(scan)))
            page.obj["/Contents"] = pdf.make_stream(b"q 595 0 0 842 0 0 cm /S Do Q")
        pdf.save(path, compress_streams=False)


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as name:
        pieces = []
        for number in range(pages // _EACH):
            path = Path(name, f"{number}.pdf")
            (write_scans if number % 4 == 3 else write_text)(path, number)
            source = PdfSource(path, "ours" if number % 4 == 0 else "found")
            pieces.append(BoundPiece(str(number), f"document {number}", (source,)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, used = time.perf_counter(), time.process_time()
        about = VolumeProperties("volume", "", "docgen", dt.date(2024, 1, 1))
        bound = bind([Chapter("item", tuple(pieces))], Path(name, "volume.pdf"), about)
        seconds, processor = time.perf_counter() - start, time.process_time() - used
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = Path(name, "volume.pdf").stat().st_size >> 20
    print(f"{bound.pages} pages of {len(pieces)} files, {size} MB: {seconds:.1f} s, {processor:.1f} s of the processor")
    print(f"memory: {after >> 10} MB at most, {before >> 10} MB before")


if __name__ == "__main__":
    main()
