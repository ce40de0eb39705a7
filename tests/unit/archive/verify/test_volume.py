"""The one PDF of a package is a file of its index: its bytes, its pages, its page numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.archive_samples import (
    TOP,
    codes,
    finish,
    make_pdf,
    make_picture,
    make_plan,
    read_all,
    repack,
    reseal,
    verify,
)

from docgen.archive.plan.model import VOLUME, PackageIndex
from docgen.archive.plan.plan import BoundVolume
from docgen.archive.writing.package import write_package


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose volume has as many page numbers as its documents have pages, and two pages more."""
    photo, pdf, target = tmp_path / "照片.png", tmp_path / "volume.pdf", tmp_path / f"{TOP}.zip"
    photo.write_bytes(make_picture())

    def bind(index: PackageIndex) -> BoundVolume:
        pdf.write_bytes(make_pdf(index.counts.pages + 2))
        return BoundVolume(pdf, index.counts.pages + 2, index.counts.pages, "GB/T 11822", "", ("evidence/photo",))

    write_package(replace(make_plan(photo), bind=bind), target, finish=finish)
    return target


def test_a_volume_belongs_to_the_package(package: Path) -> None:
    report = verify(package)
    assert codes(report) == []
    assert report.index is not None
    volume = report.index.volume
    assert volume is not None
    assert (volume.file.path, volume.file.pages.value) == (VOLUME, report.index.counts.pages + 2)
    assert f'href="{"04_%E6%95%B4%E5%8D%B7.pdf"}"' in read_all(package)[f"{TOP}/00_打开我_目录.html"].decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda volume: volume.update(numbered=volume["numbered"] + 1), "A276"),
        (lambda volume: volume["file"].update(size=1), "V144"),
        (lambda volume: volume["file"]["pages"].update(value=1), "V163"),
        (lambda volume: volume["file"].update(path="05.pdf"), "V143"),
    ],
)
def test_an_index_that_says_otherwise_is_found(
    package: Path, change: Callable[[dict[str, Any]], object], code: str
) -> None:
    def edit(members: dict[str, bytes]) -> None:
        index = json.loads(members[f"{TOP}/package.json"])
        change(index["volume"])
        members[f"{TOP}/package.json"] = json.dumps(index, ensure_ascii=False).encode()
        reseal(members)

    repack(package, edit)
    assert code in codes(verify(package))


def test_another_volume_in_its_place_is_found(package: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[f"{TOP}/{VOLUME}"] = make_pdf(1)
        reseal(members)

    repack(package, change)
    assert {"V144", "V163"} <= set(codes(verify(package)))
