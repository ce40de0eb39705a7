"""Reading a profile: all faults at once with their lines; editions that extend another."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import made_up

from docgen.checks.base import check_rules
from docgen.errors import ProfileError
from docgen.profile.load import LoadedProfile, find_profile
from docgen.resources import Resources


def load(root: Path, profile_id: str) -> LoadedProfile:
    return find_profile(Resources(own_profiles=(root,)), profile_id)


def spoil(root: Path, old: str, new: str, name: str = "profile.yaml") -> None:
    made_up.write_profile(root)
    path = root / "kites" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def faults(root: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(ProfileError) as caught:
        load(root, "kites")
    return [(item.code, item.location.line) for item in caught.value.diagnostics]


def test_the_made_up_profile_is_sound(tmp_path: Path) -> None:
    made_up.write_profile(tmp_path)
    loaded = load(tmp_path, "kites")
    assert check_rules(loaded) == []
    assert [item.id for item in loaded.profile.documents] == ["flight-plan", "kite-check", "flight-log", "kite-card"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("shape: report", "shape: sonnet", "R109"),
        ("headings:\n", "headlines:\n", "R101"),
        ("per: enterprises[]", "per: enterprise[]", "P104"),
        ("rows: forms.flight-log[].flights[]", "rows: forms.flight-log.flights[]", "P107"),
        ("type: minute", "type: second", "R109"),
        ("options: [红, 黄], ", "", "P111"),
        ("dated: date", "dated: day", "P118"),
        ('{present: "forms.kite-card[].colour"}', '{present: "forms.kite-card[].color"}', "P104"),
        ('{present: "forms.kite-card[].colour"}', "{present: project.name, absent: project.name}", "P114"),
        ("id: kite-card", "id: kite-check", "P110"),
        ("key: strings", "key: colour", "P117"),
    ],
)
def test_a_fault_is_found_with_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    spoil(tmp_path, old, new)
    faults_by_code = dict(faults(tmp_path))
    text = made_up.PROFILE.format(id="kites")
    line = text[: text.index(old)].count("\n") + 1
    assert code in faults_by_code
    placed = faults_by_code[code]
    assert placed is not None
    # A fault of a whole document or field is placed at its beginning, a few lines above.
    assert line - 12 <= placed <= line


def test_filing_and_rules_are_checked_too(tmp_path: Path) -> None:
    spoil(tmp_path, "takes: [flight-plan]", "takes: [fligth-plan]", "filing.yaml")
    assert faults(tmp_path) == [("P109", 3), ("P120", 10)]


def test_a_rule_doubts_items_of_the_filing_list(tmp_path: Path) -> None:
    spoil(tmp_path, "check: item_count,", "check: item_count, doubts: [p, q],", "rules.yaml")
    assert [code for code, _ in faults(tmp_path)] == ["P109"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("check: item_count", "check: item_cuont", "P119"),
        ("min: 2", "least: 2", "R132"),
        ('of: "forms.flight-log[].flights[]"', 'of: "forms.flight-log[].flihgts[]"', "P104"),
    ],
)
def test_a_wrong_rule_is_found(tmp_path: Path, old: str, new: str, code: str) -> None:
    spoil(tmp_path, old, new, "rules.yaml")
    diagnostics = check_rules(load(tmp_path, "kites"))
    assert [item.code for item in diagnostics] == [code]
    assert diagnostics[0].location.line in (2, 3)


def test_an_unknown_profile_offers_the_nearest(tmp_path: Path) -> None:
    made_up.write_profile(tmp_path)
    with pytest.raises(ProfileError) as caught:
        load(tmp_path, "kite")
    assert caught.value.diagnostics[0].params["nearest"] == "kites"


def write_edition(root: Path, text: str) -> None:
    made_up.write_profile(root)
    folder = root / "kites-2031"
    folder.mkdir()
    (folder / "profile.yaml").write_text(text, "utf-8")


def test_an_edition_says_only_what_differs(tmp_path: Path) -> None:
    write_edition(
        tmp_path,
        "id: kites-2031\nextends: kites\nversion: 1.0.0\n"
        "standard: {number: XX/T 1—2031}\n"
        "documents:\n"
        "  - {id: kite-card, remove: true}\n"
        "  - {id: flight-plan, title: 放飞总计划}\n"
        "filing:\n  items:\n    - {key: r, takes: [kite-check, flight-log]}\n",
    )
    profile = load(tmp_path, "kites-2031").profile
    assert profile.standard.number == "XX/T 1—2031"
    assert profile.standard.title == "风筝放飞服务规范"
    assert [item.id for item in profile.documents] == ["flight-plan", "kite-check", "flight-log"]
    assert profile.documents[0].title == "放飞总计划"
    assert [heading.key for heading in profile.documents[0].headings] == ["wind", "line"]
    assert profile.rules[0].id == "two-flights"


def test_a_fault_of_an_edition_is_placed_in_its_own_file(tmp_path: Path) -> None:
    write_edition(
        tmp_path,
        "id: kites-2031\nextends: kites\nversion: 1.0.0\nstandard: {}\n"
        "documents:\n  - {id: flight-plan, titel: 放飞总计划}\n",
    )
    with pytest.raises(ProfileError) as caught:
        load(tmp_path, "kites-2031")
    diagnostic = caught.value.diagnostics[0]
    assert (diagnostic.code, diagnostic.params["nearest"], diagnostic.location.line) == ("R101", "title", 6)
    assert diagnostic.location.file is not None
    assert "kites-2031" in diagnostic.location.file


def test_profiles_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    write_edition(tmp_path, "id: kites-2031\nextends: kites-2031\nversion: 1.0.0\nstandard: {}\n")
    with pytest.raises(ProfileError) as caught:
        load(tmp_path, "kites-2031")
    assert caught.value.diagnostics[0].code == "P102"
