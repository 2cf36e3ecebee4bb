"""The report on a table before it is published: each finding has an input that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from engine import decisions
from engine.decisions import Report, TableError

DAY = date(2026, 11, 23)


@pytest.fixture
def report(tables):
    definitions = tables("coverage.dmn")

    def look(table: str, on=DAY, given=None) -> Report:
        return decisions.report(definitions, table, on=on, given=given)

    return look


def examples(findings):
    return [dict(f.example) for f in findings]


def test_gaps_have_an_example_that_no_row_matches(report, tables):
    found = report("huller")
    assert {"alder": 18, "vil": True} in examples(found.gaps)
    assert any(15 <= e["alder"] < 18 and not e["vil"] for e in examples(found.gaps))
    for example in examples(found.gaps):
        assert not tables("coverage.dmn").decide("huller", example, on=DAY).matched
    assert not found.sound


def test_overlaps_name_the_rows_and_an_example_that_both_match(report, tables):
    found = report("overlap")
    assert [f.rules for f in found.overlaps] == [("foerste", "anden")]
    assert examples(found.overlaps) == [{"alder": 18, "art": "b"}]
    with pytest.raises(TableError, match="foerste, anden"):
        tables("coverage.dmn").decide("overlap", found.overlaps[0].example, on=DAY)


def test_a_gap_between_two_numbers_is_found(report):
    assert {"alder": 18, "art": "a"} not in examples(report("overlap").gaps)
    assert report("graense", given={"graense": 500}).gaps[0].example == {"beloeb": 500}


def test_days_on_which_no_row_is_valid_are_gaps(report):
    assert report("perioder").sound
    found = report("perioder", on=(DAY, None))
    assert {"dato": "2027-01-01", "vil": True} in examples(found.gaps)
    assert {"dato": "2027-02-01", "vil": False} in examples(found.gaps)


def test_rows_that_are_valid_on_the_same_days_overlap(report):
    assert report("samtidig").overlaps == ()
    (found,) = report("samtidig", on=(DAY, date(2027, 1, 1))).overlaps
    assert found.rules == ("gammel", "ny")
    assert found.example == {"vil": True, "dato": "2026-12-01"}


def test_rows_that_agree_are_no_overlap_under_any(report):
    assert [f.rules for f in report("enige").overlaps] == [("en", "tre"), ("to", "tre")]


def test_a_first_table_without_a_default_row_has_a_gap(report):
    assert examples(report("uden_standard").gaps) == [{"art": "noget andet"}]


def test_a_row_that_earlier_rows_leave_nothing_for_is_told(report):
    found = report("doed_raekke")
    assert found.sound
    assert found.warnings == ("Række aldrig kan aldrig blive brugt.",)


def test_dates_and_durations_are_cut_too(report):
    (gap,) = report("dato_tid").gaps
    assert gap.example == {"dag": "2026-01-01", "varighed": "P2D"}


def test_a_cell_that_is_more_than_a_simple_test_is_told_and_gives_no_false_alarm(report):
    found = report("uklar")
    assert found.sound
    assert "starter" in found.warnings[0]


def test_limits_that_are_not_known_are_told(report):
    assert len(report("graense").warnings) == 2
    assert report("graense").sound


def test_two_columns_on_one_input_are_seen_as_one(report):
    assert report("samme_kolonne").sound


def test_rows_of_a_list_that_hold_at_the_same_time_for_the_same_input_are_told(report):
    assert report("liste", on=(DAY, date(2026, 12, 31))).warnings == ()
    (warning,) = report("liste", on=None).warnings
    assert "kp_1 og kp_1_ny" in warning


def test_a_large_table_is_walked_without_multiplying_its_columns(report):
    (gap,) = report("mange_kolonner").gaps
    assert gap.example == {f"x{n}": n - 1 for n in range(14)}


def test_findings_are_sentences(report):
    assert str(report("overlap").overlaps[0]) == (
        "Rækkerne foerste og anden passer begge, når alder = 18, art = b."
    )
    assert str(report("huller").gaps[0]).startswith("Ingen række passer, når alder = 1")


def test_an_unknown_decision_is_refused(report):
    with pytest.raises(TableError):
        report("ukendt")
