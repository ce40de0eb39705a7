"""Yes and no on paper: 是 and 否, or the form's own words; never a program's true and false."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from support.render_docx_support import of_paragraphs, read_texts
from support.render_docx_support import render as render_docx
from support.render_xlsx_support import make_book, read
from support.render_xlsx_support import render as render_xlsx
from support.standard_support import SAMPLES

from docgen.pipeline import Options
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.documents import render_documents
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.render.store import TemplateStore
from docgen.sources.record_file import parse_source

pytestmark = pytest.mark.heavy

RECORDS = sorted(path.relative_to(SAMPLES).parent.as_posix() for path in SAMPLES.glob("*/*/record.yaml"))
COMPLETE = "db3203-t1023-2023/complete"


def list_texts(data: bytes) -> list[str]:
    """The paragraphs and cells of a file; a yes or no that Excel would spell itself as TRUE or FALSE."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml|xl/worksheets/[^/]*\.xml", name):
                root = etree.fromstring(archive.read(name))
                found += ["".join(map(str, item.itertext())) for item in root.iter("{*}p", "{*}is", "{*}v")]
                found += ["TRUE" for cell in root.iter("{*}c") if cell.get("t") == "b"]
    return found


def list_sample_texts(name: str, record: str) -> list[str]:
    path, options = SAMPLES / name / "record.yaml", Options(draft=True)
    prepared = prepare_record(parse_source(record, str(path)), options)
    assert isinstance(prepared, PreparedRecord)
    rendered, _ = render_documents(prepared, BuildContext(options, TemplateStore(options.resources)))
    return [text for document in rendered for _, data in document.files for text in list_texts(data)]


def typed(name: str) -> str:
    return Path(SAMPLES / name / "record.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", RECORDS)
def test_no_document_says_true_or_false(name: str) -> None:
    record = typed(name)
    if name == COMPLETE:
        record = record.replace("before: 无, target: 有, after: 有", "before: false, target: true, after: True")
        record = record.replace("target: 有, measure", "target: true, measure")
    texts = list_sample_texts(name, record)
    assert texts
    assert [text for text in texts if re.search(r"\b(?:true|false)\b", text, re.IGNORECASE)] == []
    if name == COMPLETE:
        assert {"是", "否"} <= set(texts)


def test_a_form_keeps_its_own_words() -> None:
    texts = list_sample_texts(COMPLETE, typed(COMPLETE))
    assert {"有", "无"} <= set(texts)


def test_a_tag_prints_yes_and_no_in_words() -> None:
    words = ["{{ yes }}", "答：{{ no }}", "{{ [yes, no]|join }}", "{{ yes ~ '。' }}", "{{ yes|box(true) }}"]
    values = {"yes": True, "no": False}
    assert read_texts(render_docx(of_paragraphs(*words), **values)) == ["是", "答：否", "是、否", "是。", "☑"]
    assert read(render_xlsx(make_book(words), values).data) == [["是", "答：否", "是、否", "是。", "☑"]]
