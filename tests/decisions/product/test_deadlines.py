"""D5 frister: the rows of the law, by rule, by occasion and by day."""

from __future__ import annotations

from datetime import date

import pytest

RULES = (
    "KP-1 KP-2 KP-3 KP-4 KP-5 KP-6 KP-7 KP-8 KP-9 KP-10 KP-11 KP-12 KP-13 KP-14 KP-15"
    " BL-1 BL-2 BL-3 BL-4 BL-5 BL-6 SEL-1 SEL-2 LAB-3 LAB-4 LAB-5 LAB-7 SYG-3 SYG-4 SYG-5"
    " RF-1 KUI-1 KUI-2 RSL-1 RSL-2 RSL-3 FS-1 FS-2 GDPR-1 GDPR-2 AKT-1 ALDER-18"
).split()


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_in_force_has_one_row(decide, rule):
    answer = decide("frister", regel=rule)
    assert [row["regel"] for row in answer.value] == [rule]


@pytest.mark.parametrize(
    ("rule", "value", "unit", "kind", "direction"),
    [
        ("KP-1", 3, "maaneder", "lokal", "senest"),
        ("KP-2", 6, "maaneder", "lokal", "senest"),
        ("KP-4", 10, "arbejdsdage", "lokal", "senest"),
        ("BL-1", 3, "maaneder", "lov", "senest"),
        ("BL-5", 24, "timer", "lov", "senest"),
        ("SEL-1", None, "ingen", "loebende", "ingen"),
        ("LAB-4", None, "antal", "KONTROL", "ingen"),
        ("KUI-2", 30, "dage", "KONTROL", "senest"),
        ("RSL-1", 4, "uger", "lov", "frem"),
        ("ALDER-18", 18, "aar", "lov", "ingen"),
    ],
)
def test_a_row_says_its_number_and_its_kind(decide, rule, value, unit, kind, direction):
    (row,) = decide("frister", regel=rule).value
    found = (row["vaerdi"], row["enhed"], row["art"], row["retning"])
    assert found == (value, unit, kind, direction)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("LAB-1", date(2026, 6, 30)),
        ("LAB-2", date(2026, 6, 30)),
        ("SYG-1", date(2024, 12, 31)),
        ("SEL-70", date(2023, 12, 31)),
        ("RT-1", date(2026, 1, 31)),
    ],
)
def test_a_rule_that_has_ended_is_missing_from_the_next_day(decide, rule, last):
    assert decide("frister", on=last, regel=rule).matched
    gone = decide("frister", on=date.fromordinal(last.toordinal() + 1), regel=rule)
    assert (gone.value, gone.matched) == ([], False)


def test_the_activity_readys_first_talk_has_no_rule_in_november_2026(decide):
    answer = decide("frister", omraade="beskaeftigelse", anledning="foerste_samtale")
    assert not answer.matched


def test_an_area_lists_all_its_duties(decide):
    answer = decide("frister", omraade="barnets_lov")
    assert [row["regel"] for row in answer.value] == [f"BL-{n}" for n in range(1, 7)]


def test_the_next_employment_act_is_announced_and_not_yet_in_force(decide):
    assert not decide("frister", regel="LAB-6").matched
    assert decide("frister", regel="LAB-6", on=date(2027, 1, 1)).value[0]["art"] == "KONTROL"
