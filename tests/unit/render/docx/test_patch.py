"""docxtpl's ``patch_xml``, called without a template of its own when a Word template is compiled.

It is no documented part of docxtpl, so pyproject.toml names the versions that were tried. Where one of these tests
fails after an upgrade, ``docgen.render.docx.compile.prepare._patch`` has lost what it stands on.
"""

from __future__ import annotations

import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from docxtpl import DocxTemplate

PROJECT = Path(__file__).resolve().parents[4] / "pyproject.toml"


def _cell(text: str) -> str:
    return f"<w:tc><w:tcPr></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def test_the_function_is_there_and_needs_no_template() -> None:
    assert callable(getattr(DocxTemplate, "patch_xml", None)), f"docxtpl {version('docxtpl')} has no patch_xml"
    assert [*inspect.signature(DocxTemplate.patch_xml).parameters] == ["self", "src_xml"]


@pytest.mark.parametrize(
    ("source", "patched"),
    [
        # a tag that formats split is one again
        (
            "<w:r><w:t>{</w:t></w:r><w:r><w:t>{ a.</w:t></w:r><w:r><w:t>b }}</w:t></w:r>",
            '<w:r><w:t xml:space="preserve">{{ a.b }}</w:t></w:r>',
        ),
        # a row, a paragraph or a cell that holds a statement gives way to it
        ("<w:tr><w:tc><w:p><w:r><w:t>{%tr if a %}</w:t></w:r></w:p></w:tc></w:tr>", "{% if a %}"),
        ("<w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>", "{% endif %}"),
        ("<w:tc><w:p><w:r><w:t>{%tc for x in y %}</w:t></w:r></w:p></w:tc>", "{% for x in y %}"),
        # quotes and signs inside of a tag are those of an expression
        ("<w:t>{{ a if b &gt; “c” }}</w:t>", '<w:t xml:space="preserve">{{ a if b > "c" }}</w:t>'),
        # what isn't in a tag stays
        ("<w:p><w:r><w:t>“甲” &gt; 乙</w:t></w:r></w:p>", "<w:p><w:r><w:t>“甲” &gt; 乙</w:t></w:r></w:p>"),
    ],
)
def test_tags_are_patched_as_compiling_expects(source: str, patched: str) -> None:
    assert DocxTemplate.patch_xml(None, source) == patched  # type: ignore[arg-type, unused-ignore]


@pytest.mark.parametrize(
    ("tag", "property_"),
    [
        ("{% colspan n %}", '<w:gridSpan w:val="{{n }}"/>'),
        ("{% cellbg c %}", '<w:shd w:val="clear" w:color="auto" w:fill="{{c }}"/>'),
    ],
)
def test_spans_and_shades_become_properties_of_their_cell(tag: str, property_: str) -> None:
    made = DocxTemplate.patch_xml(None, _cell(f"{tag}{{{{ x }}}}"))  # type: ignore[arg-type, unused-ignore]
    assert made == _cell("{{ x }}").replace("</w:tcPr>", f"{property_}</w:tcPr>").replace(
        "<w:t>", '<w:t xml:space="preserve">'
    )


def test_the_versions_that_were_tried_are_named() -> None:
    dependencies = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["dependencies"]
    assert "docxtpl>=0.19,<0.21" in dependencies
    assert version("docxtpl").startswith(("0.19", "0.20"))
