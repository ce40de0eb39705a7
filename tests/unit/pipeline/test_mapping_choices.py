"""A mapping that is chosen: what is offered for strangers' tables, and what the choices become."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.foreign_tables import WUHAN, _make_headless, _make_needs, _make_signed

from docgen.pipeline.services.mapping import MARK, MappingOffer, TableMatcher
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.reading.mapping import load_mapping, read_mapped
from docgen.sources.intake.reading.source import open_workbook

LOADED = find_profile(Resources(), WUHAN)


def match(path: Path) -> TableMatcher:
    return TableMatcher(open_workbook(path), LOADED, ("satisfaction",), Resources())


def choose(offer: MappingOffer) -> dict[str, str]:
    """What is filled in, as a form sends it back."""
    columns = [column for table in offer.tables for column in table.columns]
    return {item.key: item.chosen for item in (*columns, *offer.words, *offer.defaults, *offer.asks)}


def find_header(offer: MappingOffer, key: str) -> str:
    return next((header for _, options in offer.groups for known, header in options if known == key), key)


def test_what_is_most_likely_is_filled_in(tmp_path: Path) -> None:
    offer = match(_make_needs(tmp_path / "表")).offer()
    (table,) = offer.tables
    told = {column.letter: find_header(offer, column.chosen) for column in table.columns}
    assert told["A"] == MARK
    assert told["B"] == "企业名称"
    assert told["K"] == "", "nothing is guessed"
    assert table.columns[1].samples[0] == "武汉需求1号机电有限公司"
    assert [(item.label, item.chosen) for item in offer.words] == [("企业规模：小", "小型")]
    assert {name for name, _ in offer.groups} == {"企业", "质量提升服务满意度评价表"}, "only what the document needs"


def test_choices_are_read_as_a_mapping(tmp_path: Path) -> None:
    path = _make_needs(tmp_path / "表")
    matcher = match(path)
    offer = matcher.offer()
    content = next(key for _, options in offer.groups for key, header in options if header.startswith("主要服务内容"))
    result = next(item.key for item in offer.defaults if "主要服务成果" in item.label)
    number = next(item.key for item in offer.asks if item.label == "项目编号")
    party = next(item.key for item in offer.asks if item.key.startswith("p."))
    chosen = choose(offer) | {"c.0.12": content, result: "yes: [都好]", number: "WH-1", party: "某机构"}
    target = tmp_path / "mapping.yaml"
    target.write_text(matcher.format(chosen), "utf-8")
    source = read_mapped(open_workbook(path), LOADED, load_mapping(target))
    data = source.data
    assert isinstance(data, dict)
    assert [item["size_class"] for item in data["enterprises"]] == ["小型"] * 6  # type: ignore[index,union-attr]
    entries = data["forms"]["satisfaction"]  # type: ignore[index,call-overload]
    assert len(entries) == 6, "whose each is stands in the column of names"
    assert "现场诊断" in str(entries[0])
    assert "yes: [都好]" in str(entries[0])
    assert data["project"] == {"number": "WH-1"}
    assert data["parties"][0]["name"] == "某机构"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("make", [_make_signed, _make_headless])
def test_tables_side_by_side_or_without_headers_are_read(make: object, tmp_path: Path) -> None:
    path = make(tmp_path / "表")  # type: ignore[operator]
    matcher = match(path)
    target = tmp_path / "mapping.yaml"
    target.write_text(matcher.format(choose(matcher.offer())), "utf-8")
    data = read_mapped(open_workbook(path), LOADED, load_mapping(target)).data
    assert len(data["enterprises"]) >= 5  # type: ignore[index,arg-type,call-overload]


def test_nothing_chosen_is_no_mapping_of_anything(tmp_path: Path) -> None:
    matcher = match(_make_needs(tmp_path / "表"))
    assert "sheets: []" in matcher.format({"c.0.2": "", "c.9.9": "0.0", "w.x": "y", "d.7.7": "z"})
