"""A record that lies in a package is laid out with the evidence that is there, and names no other file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import make_index

from docgen.archive.plan.model import FiledDocument, Rendition
from docgen.archive.verify.files import BagFile
from docgen.archive.verify.members import Members
from docgen.archive.zip.limits import DEFAULT_LIMITS
from docgen.errors import SourceError
from docgen.pipeline.services.packed_record import PackedRecord, unpack_record

PACKAGE = Path("收到.zip")


def hold(files: Mapping[str, bytes]) -> Members:
    found: dict[str, BagFile] = {}
    for path, data in files.items():
        found[path] = BagFile(len(data), 0, None, False, lambda _, data=data: iter([data]))  # type: ignore[misc]
    return Members("包", found, DEFAULT_LIMITS)


def file_document(key: str, path: str, name: str, role: Any = "original") -> FiledDocument:
    rendition = Rendition(role=role, path=path, media_type="image/jpeg", size=1, sha256="0" * 64)
    kind: Any = "evidence" if key.startswith("evidence/") else "document"
    return FiledDocument(id=key, item="a", number=1, title="件", kind=kind, original_name=name, renditions=(rendition,))


def unpack(folder: Path, record: Mapping[str, Any], *documents: FiledDocument) -> PackedRecord:
    index = make_index().model_copy(update={"documents": documents})
    files = {item.path: item.path.encode() for document in documents for item in document.renditions}
    copy = json.dumps({"record": record}).encode()
    return unpack_record(copy, index, PACKAGE, hold(files), folder)


def list_files(packed: PackedRecord) -> list[str]:
    data: Any = packed.source.data
    return [entry["file"] for entry in data["evidence"]]


def test_evidence_lies_where_the_record_names_it(tmp_path: Path) -> None:
    entries = [
        {"key": "one", "file": "佐证/一.jpg"},
        {"key": "many", "file": "现场/"},
        {"key": "scan", "file": "扫描.pdf", "document": "plan"},
        {"key": "gone", "file": "不在.jpg"},
        {"key": "none", "file": "别处/*.jpg"},
        {"key": "some", "file": "照片/*.jpg"},
    ]
    digest = hashlib.sha256("甲.jpg".encode()).hexdigest()[:10]
    packed = unpack(
        tmp_path,
        {"evidence": entries},
        file_document("evidence/one", "data/1.jpg", "一.jpg"),
        file_document(f"evidence/many-{digest}", "data/2.jpg", "甲.jpg"),
        file_document("evidence/many-more", "data/3.jpg", "乙.jpg"),
        file_document(f"evidence/some-{digest}", "data/5.jpg", "甲.jpg"),
        file_document("plan/project", "data/4.pdf", "扫描.pdf", role="signed"),
    )
    assert list_files(packed) == [
        "佐证/一.jpg",
        "现场/",
        "扫描.pdf",
        "不在.jpg",
        "别处/not-in-the-package",
        "照片/*.jpg",
    ]
    assert packed.absent == {3, 4}
    found = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.*")}
    assert found == {
        "佐证/一.jpg": "data/1.jpg",
        "现场/甲.jpg": "data/2.jpg",
        "扫描.pdf": "data/4.pdf",
        "照片/甲.jpg": "data/5.jpg",
    }


@pytest.mark.parametrize("name", ["/etc/passwd", "../x/一.jpg", r"C:\x\一.jpg", r"..\一.jpg", "a/../../一.jpg", "\0"])
def test_a_file_elsewhere_is_named_anew(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    document = file_document("evidence/one", "data/1.jpg", "一.jpg")
    (named,) = list_files(packed := unpack(folder, {"evidence": [{"key": "one", "file": name}]}, document))
    assert named.startswith("evidence-0/")
    assert not packed.absent
    assert (folder / named).read_bytes() == b"data/1.jpg"
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_name_of_the_index_leads_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    digest = hashlib.sha256(b"../x.jpg").hexdigest()[:10]
    document = file_document(f"evidence/many-{digest}", "data/1.jpg", "../x.jpg")
    packed = unpack(folder, {"evidence": [{"key": "many", "file": "现场/"}]}, document)
    assert packed.absent == {0}
    assert [path.name for path in tmp_path.rglob("*.*")] == []


def test_texts_in_files_are_not_read(tmp_path: Path) -> None:
    record = {"forms": {"plan": [{"goals": {"file": "/etc/passwd"}, "rows": [{"text": {"file": "a.md"}}]}]}}
    packed = unpack(tmp_path, record)
    assert packed.prose == (("forms", "plan", 0, "goals"), ("forms", "plan", 0, "rows", 0, "text"))
    assert "passwd" not in json.dumps(packed.source.data)
    place = packed.source.locate(("forms", "plan", 0, "goals"))
    assert (place.kind, place.file, place.path) == ("archive", str(PACKAGE), "forms.plan[0].goals")


@pytest.mark.parametrize("data", [b"\xff", b"{}", b"{"])
def test_what_is_no_record_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError):
        unpack_record(data, make_index(), PACKAGE, hold({}), tmp_path)


def test_a_pattern_beside_the_record_stays_there(tmp_path: Path) -> None:
    digest = hashlib.sha256("甲.jpg".encode()).hexdigest()[:10]
    document = file_document(f"evidence/some-{digest}", "data/1.jpg", "甲.jpg")
    packed = unpack(tmp_path, {"evidence": [{"key": "some", "file": "*.jpg"}]}, document)
    assert (list_files(packed), packed.absent) == (["*.jpg"], frozenset())
    assert (tmp_path / "甲.jpg").read_bytes() == b"data/1.jpg"
