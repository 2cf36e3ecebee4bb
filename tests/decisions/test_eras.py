"""Between two days on which a row begins or ends, a table of dated rows has one answer."""

from datetime import date, timedelta

import pytest

from engine import decisions, diagrams

FIRST, LAST = date(2018, 1, 1), date(2028, 1, 1)
QUESTIONS = (
    {"regel": "KP-2"},
    {"omraade": "koordinerende_plan", "anledning": "naeste_opfoelgning"},
)


@pytest.fixture(scope="module")
def frister():
    return decisions.read(diagrams.shipped()["frister.dmn"], strict=False)


def test_the_first_day_of_an_era_answers_for_all_of_it(frister):
    rules = {row.id for row in frister.decisions["frister"].rows}
    turns = {frister.era("frister", FIRST + timedelta(n)) for n in range((LAST - FIRST).days)}
    assert 4 < len(turns) < len(rules)
    for turn in turns - {date.min}:
        for day in (turn - timedelta(days=1), turn, turn + timedelta(days=20)):
            era = max(frister.era("frister", day), FIRST - timedelta(days=1000))
            for question in QUESTIONS:
                here = frister.decide("frister", question, on=day)
                there = frister.decide("frister", question, on=era)
                assert (here.rules, here.value) == (there.rules, there.value)


def test_an_era_ends_with_the_last_day_of_a_row(frister):
    ends = [row.valid_to for row in frister.decisions["frister"].rows if row.valid_to]
    assert ends
    for day in ends:
        assert frister.era("frister", day) <= day
        assert frister.era("frister", day + timedelta(days=1)) == day + timedelta(days=1)


def test_a_decision_that_asks_others_has_a_new_era_every_day(frister):
    shipped = [decisions.read(xml) for name, xml in diagrams.shipped().items() if ".dmn" in name]
    asking = [
        (file, decision)
        for file in shipped
        for decision in file.decisions.values()
        if any(file.resolve(r)[1].id in file.decisions for r in decision.requires)
    ]
    for file, decision in asking:
        assert file.era(decision.id, LAST) == LAST
