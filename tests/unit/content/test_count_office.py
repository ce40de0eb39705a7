"""字数 beside LibreOffice's own count of the same texts; each difference is one that docs/counting.md explains."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from support.counted_texts import EXACT, RANGES
from support.office_tools import Office

from docgen.content.count import count_text

COUNTING = Path(__file__).resolve().parents[3] / "docs" / "counting.md"
OUTSIDE = {
    # texts that LibreOffice counts neither at the low end nor at the high one, nor between: its count, why
    "한국어 단어": (5, "Hangul"),
    "한국어中文": (5, "Hangul"),
    "质\u200b量": (1, "zero-width space"),
    "\ufeff质量": (3, "byte order mark"),
    "葛\U000e0100城": (3, "variation selector"),
    "——": (0, "separators that count 0"),
    "是——非": (2, "separators that count 0"),
}
ABOVE = {
    # texts with marks that it counts above the low end
    "①②③": (3, "①②③"),
    "\ue000\ue001": (2, "private use"),
    "a—b": (2, "two words"),
    "1—3家": (3, "two words"),
}
_WORDS = re.compile(rb'meta:word-count="(\d+)"')


def count_in_office(texts: list[str], office: Office, folder: Path) -> list[int]:
    """What LibreOffice's statistics say of each text, alone in a document."""
    sources = []
    for number, text in enumerate(texts):
        document = Document()
        document.add_paragraph(text)
        sources.append(folder / f"{number:03}.docx")
        document.save(str(sources[-1]))
    counts = []
    for made in office.convert_all(sources, "odt", folder):
        with zipfile.ZipFile(made) as archive:
            meta = archive.read("meta.xml")
        words = _WORDS.search(meta)
        assert words is not None, made
        counts.append(int(words[1]))
    return counts


@pytest.mark.office
def test_each_difference_is_explained(office: Office, tmp_path: Path) -> None:
    texts = [text for text, *_ in (*EXACT, *RANGES)]
    assert len(texts) >= 60 + 8, "the examples of the field and at least sixty more"
    outside: dict[str, int] = {}
    above: dict[str, int] = {}
    for text, theirs in zip(texts, count_in_office(texts, office, tmp_path), strict=True):
        ours = count_text(text)
        if not ours.low <= theirs <= ours.high:
            outside[text] = theirs
        elif theirs != ours.low:
            above[text] = theirs
    assert outside == {text: count for text, (count, _) in OUTSIDE.items()}
    assert above == {text: count for text, (count, _) in ABOVE.items()}


def test_the_page_names_each_difference() -> None:
    page = COUNTING.read_text("utf-8").partition("## Beside LibreOffice")[2]
    assert [why for _, why in (*OUTSIDE.values(), *ABOVE.values()) if why not in page] == []
