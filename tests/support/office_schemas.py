"""Office files held against the schemas: Microsoft's own, and a second opinion where one is at hand.

Microsoft's are read by openxml-audit. It says nothing of attributes that no schema knows, and doesn't mind a sheet that
is no XML; the latter is looked at here.
"""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from lxml import etree
from openxml_audit import OpenXmlValidator, ValidationError

OoxmlCheck = Callable[[Path], list[str]]

# What a made file may have of these findings, and why.
KNOWN = (
    # Of somebody's template (LibreOffice's, for one) that has no theme; those that ship have one.
    re.compile(r"required relationship type '\S+/theme' is missing"),
    # A warning: texts stand in their cells, Excel moves them when it saves (docs/templates.md).
    re.compile(r"inline-string cell\(s\)"),
)
# The schemas of the second opinion know no xml:space in a workbook, which every office program writes there.
_MISTAKEN = "XML/1998/namespace}space"


def check_file(path: Path) -> list[str]:
    """The faults of an Office file, one line each."""
    return [*find_faults(path), *_ask_second(path)]


def check_bytes(data: bytes, suffix: str) -> list[str]:
    """The same of a file in memory; ``suffix`` is ``.docx`` or ``.xlsx``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(data)
        return check_file(path)


def find_faults(path: Path) -> list[str]:
    """What Microsoft's schemas and the Open XML SDK's own rules say against a file, what is known left out."""
    told = [_tell(path, fault) for fault in _load_validator().validate(path).errors]
    return [*_find_broken(path), *(line for line in told if not any(known.search(line) for known in KNOWN))]


def _find_broken(path: Path) -> Iterator[str]:
    """The members that can't be read, and the XML that isn't well-formed."""
    if not is_zipfile(path):
        return  # which the validator tells
    with ZipFile(path) as package:
        for name in package.namelist():
            try:
                data = package.read(name)
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(data)
            except (BadZipFile, etree.XMLSyntaxError) as fault:
                yield f"{path.name}!/{name}: {fault}"


def _tell(path: Path, fault: ValidationError) -> str:
    return f"{path.name}!{fault.part_uri}{fault.path}: {fault.description}"


@cache
def _load_validator() -> OpenXmlValidator:
    return OpenXmlValidator()


def _ask_second(path: Path) -> list[str]:
    tool = find_second()
    return [line for line in _load_second(tool)(str(path)) if _MISTAKEN not in line] if tool is not None else []


def find_second() -> Path | None:
    """A module with ``check(path) -> list[str]``: ``DOCGEN_OOXML_CHECK``, or the one beside the checkout."""
    named = os.environ.get("DOCGEN_OOXML_CHECK")
    beside = Path(__file__).resolve().parents[3] / "shared" / "tools" / "ooxml_check.py"
    tool = Path(named) if named else beside
    return tool if tool.is_file() else None


@cache
def _load_second(tool: Path) -> Callable[[str], list[str]]:
    spec = importlib.util.spec_from_file_location("ooxml_check", tool)
    if spec is None or spec.loader is None:
        raise ImportError(f"{tool} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Callable[[str], list[str]] = module.check
    return check
