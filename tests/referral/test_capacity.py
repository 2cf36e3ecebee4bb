"""Who speaks for a citizen: custody, guardians, powers of attorney."""

import pytest

from engine.domain import capacity, people
from engine.domain.capacity import CUSTODY

CLEAR = dict.fromkeys(("formaal", "indhold", "konsekvens", "valg"), "ja")


@pytest.fixture
def mother(session, case, mads):
    person = people.register(session, "Mona Prøvesen")
    capacity.represent(session, case, mads.id, person, CUSTODY)
    return person


def test_a_citizen_is_presumed_capable_until_somebody_doubts_it(session, case, mads):
    asked = capacity.inputs(session, case, mads)
    assert asked["samtykkeevne"] is True
    assert asked["vaerge_omfang"] == "ingen"
    assert asked["foraeldremyndighed"] == "ukendt"


@pytest.mark.parametrize("answer", ["nej", "usikker"])
@pytest.mark.parametrize("what", sorted(CLEAR))
def test_one_unclear_answer_is_enough_to_doubt(session, case, mads, what, answer):
    row = capacity.assess(
        session, case, mads.id, CLEAR | {what: answer}, "ingen", "samtale", "lægen"
    )
    assert not row.capable


@pytest.mark.parametrize(
    ("kind", "scope", "in_force"),
    [
        ("vaerge_personlige", "personlige", False),
        ("vaerge_oekonomi", "oekonomi", False),
        ("fuldmagt_ikraftsat", "ingen", True),
        ("fuldmagt_ikke_ikraftsat", "ingen", False),
    ],
)
def test_a_representative_counts_by_kind(session, case, mads, kind, scope, in_force):
    capacity.assess(session, case, mads.id, CLEAR, kind, "samtale", "lægen", "Kirsten", "dokument")
    asked = capacity.inputs(session, case, mads)
    assert (asked["vaerge_omfang"], asked["fuldmagt_ikraftsat"]) == (scope, in_force)


def test_the_same_guardian_assessed_twice_is_one_person(session, case, mads):
    for _ in range(2):
        capacity.assess(
            session, case, mads.id, CLEAR, "vaerge_begge", "samtale", "lægen", "Kirsten", "dokument"
        )
    assert len(capacity.representatives(session, case, mads.id, "vaerge")) == 1


def test_a_parent_nobody_has_named_still_has_to_be_sought(session, case, mads, mother):
    assert capacity.who(session, case, mads, "foraelder_1") in (mother,)
    unknown = capacity.who(session, case, mads, "foraelder_2")
    assert unknown.name == "Ukendt forælder"
    assert capacity.who(session, case, mads, "foraelder_2") is unknown


def test_documented_sole_custody_leaves_the_other_parent_without_it(session, case, mads, mother):
    father = capacity.who(session, case, mads, "foraelder_2")
    capacity.sole_custody(session, case, mads.id, mother.id, "afgørelse fra 2014")
    assert capacity.inputs(session, case, mads)["foraeldremyndighed"] == "alene"
    assert [p.person for p in capacity.representatives(session, case, mads.id, CUSTODY)] == [mother]
    without = people.parties(session, case.id, capacity.WITHOUT_CUSTODY)
    assert [p.person for p in without] == [father]
    assert not without[0].may_complain


def test_custody_of_one_child_is_not_custody_of_another(session, case, mads, mother):
    sister = people.register(session, "Maja", birth_date=mads.birth_date)
    assert capacity.representatives(session, case, sister.id, CUSTODY) == []


def test_without_a_birth_date_the_law_cannot_say_who_consents(session, case):
    nobody = people.register(session, "Ukendt")
    with pytest.raises(capacity.AlderMangler):
        capacity.inputs(session, case, nobody)
