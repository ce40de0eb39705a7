"""Files are read before those in front of them are judged: what is told stays the same, and little is kept."""

from __future__ import annotations

import hashlib
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.archive_samples import codes, make_office

from docgen.archive.bag.openable import OpenableFile, inspect_document
from docgen.archive.verify import bag_reader
from docgen.archive.verify.package import verify_package
from docgen.archive.zip.hashing import CHUNK, HashThread
from docgen.diagnostics import Diagnostic

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_bag(path: Path, files: dict[str, bytes], changed: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    tags = {"bagit.txt": DECLARATION, "manifest-sha256.txt": "".join(lines).encode()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in {**tags, **files, **changed}.items():
            archive.writestr(f"bag/{name}", data)
    return path


def test_many_files_are_judged_each_by_its_own_bytes(tmp_path: Path) -> None:
    files = {f"data/{number:03}.docx": make_office(body=f"<w>{number}</w>") for number in range(200)}
    files["data/100.docx"] = make_office(body="<w>")
    path = write_bag(tmp_path / "x.zip", files, {"data/003.docx": b"?", "data/199.docx": b"?"})
    told = [(item.code, item.location.member) for item in verify_package(path).diagnostics if item.code != "V181"]
    where = "bag/data/{}.docx".format
    assert told == [("V131", where("003")), ("V131", where("199")), ("V161", where("100"))]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_whichever_thread_reads_a_file_the_report_is_the_same(
    tmp_path: Path, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = random.Random(7)
    files = {f"data/{number:02}.mp4": noise.randbytes(noise.randrange(90_000)) for number in range(40)}
    files |= {f"data/{number:02}.docx": make_office(body=f"<w>{number}</w>") for number in range(40)}
    path = write_bag(tmp_path / "x.zip", files, {"data/07.mp4": b"?", "data/21.docx": b"?"}, method)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        data[archive.getinfo("bag/data/30.mp4").header_offset + 60] ^= 0xFF
    path.write_bytes(data)
    whole: list[bool] = []
    submit = HashThread.submit

    def watch(thread: HashThread, task: Callable[[], object], *, is_long: bool = False) -> int:
        whole.append(is_long)
        return submit(thread, task, is_long=is_long)

    monkeypatch.setattr(HashThread, "submit", watch)
    reports = []
    for smallest in (0, bag_reader._LONGEST + 1):
        whole.clear()
        monkeypatch.setattr(bag_reader, "_LONG", smallest)
        reports.append(verify_package(path))
        assert any(whole) is (smallest == 0)
    here, apart = reports
    assert (here.steps, here.payload) == (apart.steps, apart.payload)
    assert {"bag/data/07.mp4", "bag/data/21.docx", "bag/data/30.mp4"} <= {i.location.member for i in here.diagnostics}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_film_is_kept_no_longer_than_its_beginning(
    tmp_path: Path, method: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: dict[str, int] = {}

    def inspect(item: OpenableFile) -> tuple[Diagnostic, ...]:
        opened[item.path] = len(item.data)
        return inspect_document(item)

    monkeypatch.setattr(bag_reader, "inspect_document", inspect)
    noise = random.Random(5).randbytes(3 * CHUNK)
    film, text = b"\0\0\0\x18ftypmp42" + noise, noise.hex().encode()
    packed, old = b"PK\3\4" + noise, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise
    files = {"data/a.mp4": film, "data/b.txt": text, "data/c.zip": packed, "data/d.bin": old}
    path = write_bag(tmp_path / "x.zip", files, {}, method)
    assert "V131" not in codes(verify_package(path))
    assert opened.pop("data/a.mp4") <= CHUNK
    assert opened == {name: len(data) for name, data in files.items() if name != "data/a.mp4"}
