"""Replacement numbers: the forms that there are, and that none is taken for a CPR number."""

from datetime import date

import pytest

from engine.domain import cpr, people


@pytest.mark.parametrize(
    ("number", "kind", "born"),
    [
        ("670390-4001", "forhoejet_dag", date(1990, 3, 7)),
        ("070390-1ab2", "x_ecpr", date(1990, 3, 7)),
        ("070310 7AB2", "x_ecpr", date(2010, 3, 7)),
        ("070390-0AB2", "d_ecpr", date(1990, 3, 7)),
    ],
)
def test_each_form_tells_its_kind_and_the_day_of_birth(number, kind, born):
    cleaned, found = cpr.clean_replacement(number)
    assert (found, cpr.birth_date(cleaned)) == (kind, born)


@pytest.mark.parametrize(
    "number",
    [
        "070390-4001",
        "310290-1AB2",
        "670390-400",
        "070390-2AB2",
        "070390-1ÆB2",
        "990390-4001",
        "",
        "x",
    ],
)
def test_a_cpr_number_or_anything_else_is_no_replacement_number(number):
    with pytest.raises(cpr.InvalidReplacement):
        cpr.clean_replacement(number)


def test_the_same_number_is_the_same_person_and_never_another(store):
    def write(session):
        one = people.register(session, "Amina Prøve", replacement="070390-1AB2")
        assert people.register(session, "amina prøve", replacement="0703901AB2").id == one.id
        assert (one.birth_date, one.cpr_index) == (date(1990, 3, 7), None)
        assert b"0703901AB2" not in one.replacement_sealed
        with pytest.raises(people.AnotherPersonsNumber):
            people.register(session, "En Helt Anden", replacement="070390-1AB2")
        with pytest.raises(people.TwoNumbers):
            people.register(session, "Amina", "070390-4001", replacement="070390-1AB2")

    store.write(write)


def test_two_of_one_name_and_day_stay_two(store):
    def write(session):
        born = date(1990, 3, 7)
        return {people.register(session, "Amina Prøve", birth_date=born).id for _ in range(2)}

    assert len(store.write(write)) == 2
