"""Every fault of a record at once, at its own place, while the rest of the record is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import made_up

from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic, Severity
from docgen.profile.condition import Condition
from docgen.profile.form_names import adopt_forms
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import Validation, iterate_fields, iterate_prose, validate_record
from docgen.resources import Resources
from docgen.trees import parse_tree


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedProfile:
    root = made_up.write_profile(tmp_path_factory.mktemp("profiles"))
    return find_profile(Resources(own_profiles=(root,)), "kites")


def validate(loaded: LoadedProfile, text: str) -> Validation:
    tree = parse_tree(text, "record.yaml")
    return validate_record(loaded, tree.data, tree.locate)


def place(diagnostic: Diagnostic) -> tuple[int | None, int | None]:
    return diagnostic.location.line, diagnostic.location.column


def test_prose_is_found_as_by_looking_at_every_field(loaded: LoadedProfile) -> None:
    record = validate(loaded, made_up.RECORD.format(id="kites")).record
    assert record is not None
    every = [(value, place) for *_, value, place in iterate_fields(record) if isinstance(value, Narrative)]
    assert every
    assert list(iterate_prose(record)) == every


def test_a_sound_record_has_no_faults(loaded: LoadedProfile) -> None:
    validation = validate(loaded, made_up.RECORD.format(id="kites"))
    assert validation.diagnostics == ()
    assert validation.record is not None
    assert validation.failed == frozenset()


def test_faults_are_placed_at_key_or_value(loaded: LoadedProfile) -> None:
    validation = validate(
        loaded,
        "profile: kites\nprojekt: {}\nproject:\n  dated: gestern\nparties:\n  - {key: a, role: agnecy}\n",
    )
    assert [(item.code, place(item)) for item in validation.diagnostics] == [
        ("R106", (4, 10)),
        ("R109", (6, 20)),
        ("R101", (2, 1)),
    ]
    assert validation.diagnostics[1].params["nearest"] == "agency"
    assert validation.record is not None


def test_what_failed_is_left_out_and_the_rest_stays(loaded: LoadedProfile) -> None:
    validation = validate(
        loaded,
        "profile: kites\n"
        "enterprises:\n"
        "  - {key: a, name: A}\n"
        "  - {name: without a key}\n"
        "  - {key: c, staff: viele}\n"
        "  - {key: d, name: D, staff: zwei}\n",
    )
    assert validation.record is not None
    assert [item.key for item in validation.record.enterprises] == ["a", "c", "d"]
    assert [(item.code, item.location.line) for item in validation.diagnostics] == [
        ("R102", 4),
        ("R105", 5),
        ("R105", 6),
    ]


def test_places_lead_to_the_file_after_an_item_was_left_out(loaded: LoadedProfile) -> None:
    validation = validate(
        loaded,
        "profile: kites\nenterprises:\n  - {name: no key}\n  - {name: no key}\n  - {key: a}\n  - {key: a}\n",
    )
    repeated = next(item for item in validation.diagnostics if item.code == "R114")
    assert repeated.location.line == 6
    assert repeated.params["line"] == 5
    assert validation.locate(("enterprises", 0), False).line == 5


def test_a_fault_silences_what_depends_on_it(loaded: LoadedProfile) -> None:
    validation = validate(loaded, "profile: kites\nproject: {period: {start: 2024-05, end: 2024-01}}\n")
    assert [item.code for item in validation.diagnostics] == ["R113"]
    assert validation.is_silenced(("project", "period", "start"))
    assert validation.is_silenced(("project",))
    assert not validation.is_silenced(("project", "name"))


def test_references_offer_the_nearest_key(loaded: LoadedProfile) -> None:
    validation = validate(
        loaded,
        "profile: kites\nenterprises: [{key: mingda}]\nforms: {kite-card: [{of: mingad, colour: 红}]}\n"
        "activities: [{key: x, enterprises: [mingda, minda]}]\n",
    )
    assert [(item.code, item.params["nearest"], item.location.line) for item in validation.diagnostics] == [
        ("R115", "mingda", 4),
        ("R115", "mingda", 3),
    ]


def test_two_forms_for_one_enterprise_are_refused(loaded: LoadedProfile) -> None:
    validation = validate(loaded, "profile: kites\nenterprises: [{key: a}]\nforms: {kite-card: [{of: a}, {of: a}]}\n")
    assert [item.code for item in validation.diagnostics] == ["R119"]


def test_a_form_that_no_standard_knows_is_told_and_left_alone(loaded: LoadedProfile) -> None:
    validation = validate(loaded, "profile: kites\nforms: {some-other-standards-form: [{anything: at all}]}\n")
    assert [(item.code, item.severity) for item in validation.diagnostics] == [("C292", Severity.INFO)]


@pytest.mark.parametrize("text", ["profile: kites\nproject: []\n", "profile: kites\nenterprises: {}\n"])
def test_a_wrong_kind_of_node_is_named(loaded: LoadedProfile, text: str) -> None:
    validation = validate(loaded, text)
    assert validation.diagnostics[0].code in ("R121", "R122")
    assert validation.diagnostics[0].severity is Severity.ERROR


def test_without_a_profile_key_nothing_can_be_read(loaded: LoadedProfile) -> None:
    validation = validate(loaded, "project: {name: x}\n")
    assert validation.record is None
    assert [item.code for item in validation.diagnostics] == ["R102"]


def test_an_unknown_filing_item_is_refused(loaded: LoadedProfile) -> None:
    validation = validate(loaded, "profile: kites\nnot_applicable: [{item: y, reason: none}]\n")
    assert [(item.code, item.params["value"]) for item in validation.diagnostics] == [("R139", "y")]


CONDITIONS = [
    ({"present": "project.name"}, True),
    ({"present": "project.number"}, True),
    ({"absent": "project.period"}, True),
    ({"equals": {"path": "project.number", "value": "FZ-1"}}, True),
    ({"equals": {"path": "project.number", "value": "FZ-2"}}, False),
    ({"in": {"path": "enterprises[].key", "values": ["x", "yan"]}}, True),
    ({"count": {"of": "enterprises[]", "min": "2"}}, False),
    ({"count": {"of": "forms.flight-log[].flights[]", "min": "2", "max": "2"}}, True),
    ({"all": [{"present": "project.name"}, {"absent": "project.name"}]}, False),
    ({"any": [{"present": "project.name"}, {"absent": "project.name"}]}, True),
]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_conditions(loaded: LoadedProfile, condition: dict[str, object], holds: bool) -> None:
    record = validate(loaded, made_up.RECORD.format(id="kites")).record
    assert record is not None
    subject = Subject(loaded.profile, record, derive_facts(loaded.profile, record))
    assert subject.holds(Condition.model_validate(condition)) is holds


def test_the_made_up_folder_is_where_profiles_are_found(tmp_path: Path) -> None:
    root = made_up.write_profile(tmp_path)
    assert Resources(own_profiles=(root,)).find_profile("kites") == root / "kites"
    assert Resources(own_profiles=(root / "kites",)).find_profile("kites") == root / "kites"


FORMS = {"a": [1], "x/a": [2], "x/b": [3], "y/a": [4]}


@pytest.mark.parametrize(
    ("profile", "named", "kept", "renamed"),
    [
        ("x", "x", {"a": [2], "b": [3]}, {"a": "x/a", "b": "x/b"}),
        ("y", "x", {"a": [4]}, {"a": "y/a"}),
        ("y", "y", {"a": [4]}, {"a": "y/a"}),
        ("z", "x", {"a": [1]}, {}),
    ],
)
def test_forms_that_are_called_by_their_standard_belong_to_it(
    profile: str, named: str, kept: dict[str, list[int]], renamed: dict[str, str]
) -> None:
    data = {"profile": named, "forms": FORMS}
    adopted, names = adopt_forms(profile, data)
    assert (adopted["forms"], names) == (kept, renamed)
    assert data["forms"] is FORMS, "what the user typed stays as it is"


def test_the_other_forms_of_another_standard_are_its_own() -> None:
    adopted, _ = adopt_forms("y", {"profile": "x", "forms": {"a": [1], "b": [2], "y/a": [3]}})
    assert adopted["forms"] == {"a": [3]}
