"""Names that the Office formats agree on (ECMA-376): namespaces, media types, parts that every package has."""

from __future__ import annotations

_FORMATS = "http://schemas.openxmlformats.org"
WORD = f"{_FORMATS}/wordprocessingml/2006/main"
SHEET = f"{_FORMATS}/spreadsheetml/2006/main"
OFFICE_RELATIONS = f"{_FORMATS}/officeDocument/2006/relationships"
"""Of the types of relationships, and of the attributes that name one (``r:id``)."""
PACKAGE_RELATIONS = f"{_FORMATS}/package/2006/relationships"
PACKAGE_TYPES = f"{_FORMATS}/package/2006/content-types"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."

CONTENT_TYPES = "[Content_Types].xml"
RELATIONS = "_rels/.rels"
CORE_PROPERTIES = "docProps/core.xml"
PROGRAM_PROPERTIES = "docProps/app.xml"


def name_tag(name: str) -> str:
    """The full name of an element of SpreadsheetML."""
    return f"{{{SHEET}}}{name}"
