"""What chosen documents don't read is no error of theirs."""

from __future__ import annotations

from dataclasses import replace

from docgen.diagnostics import UNREAD, Diagnostic, Location, Severity, error, info
from docgen.pipeline.stages.chosen import Chosen
from docgen.profile.faults import note_places
from docgen.profile.load import find_profile
from docgen.profile.paths import Place
from docgen.resources import Resources

LOADED = find_profile(Resources(), "db4201-t665-2022")
CHOSEN = Chosen(LOADED, Resources(), ("satisfaction",))


def find(place: Place | None) -> Diagnostic:
    return error("R111", Location("yaml", "record.yaml", place=place), value="9142")


def test_what_is_not_read_is_a_warning_that_says_so() -> None:
    told = CHOSEN.weigh(find(("parties", 0, "uscc")))
    assert (told.severity, told.code, UNREAD in told.params) == (Severity.WARNING, "R111", True)


def test_what_is_read_or_stands_nowhere_stays_an_error() -> None:
    for place in (("parties", 0, "name"), ("project",), (), None):
        assert CHOSEN.weigh(find(place)).severity is Severity.ERROR


def test_all_documents_read_everything() -> None:
    item = find(("parties", 0, "uscc"))
    assert Chosen(LOADED, Resources()).weigh(item) is item


def test_what_was_cut_out_with_it_counts() -> None:
    place: Place = ("parties", 0, "uscc")
    assert Chosen(LOADED, Resources(), ("satisfaction",), frozenset({("parties", 0)})).weigh(find(place)) == find(place)


def test_a_cell_that_never_came_into_the_data_is_known_by_where_it_stands() -> None:
    cell = Location("xlsx", "book.xlsx", sheet="企业", cell="D5")
    chosen = Chosen(LOADED, Resources(), ("satisfaction",), cells={cell: ("enterprises", 0, "uscc")})
    assert chosen.weigh(error("W130", cell)).severity is Severity.WARNING
    assert (
        chosen.weigh(error("W130", Location("xlsx", "book.xlsx", sheet="企业", cell="E5"))).severity is Severity.ERROR
    )


def test_a_rule_that_reads_nothing_of_what_is_printed_counts_as_little() -> None:
    place: Place = ("enterprises", 0, "name")
    assert (
        CHOSEN.weigh(replace(find(place), paths=("activities[].date", "trainings[].date"))).severity is Severity.WARNING
    )
    assert (
        CHOSEN.weigh(replace(find(place), paths=("activities[].date", "enterprises[].name"))).severity is Severity.ERROR
    )


def test_what_is_no_error_stays_as_it_is() -> None:
    item = info("R123", Location(place=("parties", 0, "uscc")))
    assert CHOSEN.weigh(item) is item


def test_a_place_is_no_part_of_what_is_told() -> None:
    bare = Location("yaml", "record.yaml", line=3)
    noted = note_places(lambda place, key: bare)(("parties", 0), False)
    assert noted == bare
    assert noted.place == ("parties", 0)
