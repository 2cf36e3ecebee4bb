"""The referral: whom it is about, who reads it first, and that a citizen has one open case."""

import pytest

from engine.domain import cases, cpr, people, referral

ANSWERS = {
    "kilde": "SSP",
    "henviser_navn": "Sanne",
    "borger_informeret": "ja",
    "bekymring": "Fravær",
    "domaener": ["uddannelse"],
    "formaal_kriminalitetsforebyggende": True,
}


@pytest.mark.parametrize("source", ["SSP", "X-POL"])
def test_ssp_and_police_refer_for_crime_prevention_only(session, case, source):
    with pytest.raises(referral.SspFormaalMangler, match="§ 115"):
        answers = ANSWERS | {"kilde": source, "formaal_kriminalitetsforebyggende": False}
        referral.register(session, case, answers, by="sagsbehandler-ssp")


def test_others_are_not_asked_about_crime_prevention(session, case):
    answers = ANSWERS | {"kilde": "KUI", "formaal_kriminalitetsforebyggende": None}
    assert not referral.register(session, case, answers, by="sagsbehandler-kui").crime_prevention


@pytest.mark.parametrize(
    ("by", "chosen", "received_by", "owner"),
    [
        ("sagsbehandler-ssp", None, "SSP", "BOS"),
        ("sagsbehandler-kui", None, "KUI", "KUI"),
        ("sagsbehandler-ssp", "KUI", "KUI", "KUI"),
        ("sagsbehandler-ssp", "PPR", "PPR", "BOS"),
        ("partner-x-rps", None, "X-RPS", "BOS"),
    ],
)
def test_who_has_the_case_until_it_is_screened(session, case, by, chosen, received_by, owner):
    received = referral.register(session, case, ANSWERS | {"modtager": chosen}, by=by)
    assert received.received_by == received_by
    hosts = referral.may_host(session, received_by)
    assert referral.first_owner(case, received_by, hosts) == owner


def test_a_referral_names_its_citizen_by_cpr_or_by_name_and_birth_date(session):
    by_number = referral.citizens_of(session, {"borger_cpr": "740309-4001", "borger_navn": "Mads"})
    assert by_number[0].birth_date.isoformat() == "2009-03-14"
    by_name = referral.citizens_of(
        session, {"borger_navn": "Ina", "borger_foedselsdato": "2001-02-03"}
    )
    assert by_name[0].age == 24


@pytest.mark.parametrize(
    "answers", [{}, {"borger_navn": "Ina"}, {"borger_navn": "Ina", "borger_foedselsdato": "x"}]
)
def test_a_referral_about_nobody_is_refused(session, answers):
    with pytest.raises(referral.BorgerMangler):
        referral.citizens_of(session, answers)


@pytest.mark.parametrize("born", ["2999-01-01", "1700-01-01"])
def test_nobody_is_referred_who_is_not_born_or_was_born_in_another_century(session, born):
    with pytest.raises(people.NobodyBornThen):
        referral.citizens_of(session, {"borger_navn": "Ina", "borger_foedselsdato": born})


def test_an_impossible_number_is_refused(session):
    with pytest.raises(cpr.InvalidCpr):
        referral.citizens_of(session, {"borger_cpr": "310299-1234"})


def test_a_citizen_with_an_open_case_is_found_and_with_a_closed_one_is_not(session, case, mads):
    assert referral.open_case_of(session, [mads.id]) is case
    assert referral.open_case_of(session, [mads]) is case
    assert referral.open_case_of(session, []) is None
    cases.move(case, "AFSLUTTET")
    session.flush()
    assert referral.open_case_of(session, [mads.id]) is None


def test_a_mother_in_her_sons_case_has_no_case_of_her_own(session, case, mads):
    mother = people.register(session, "Mona Prøvesen")
    people.add_party(session, case.id, mother.id, "foraeldremyndighedsindehaver")
    assert referral.open_case_of(session, [mother.id]) is None


def test_the_receipt_goes_to_the_one_who_referred(session, case, mads):
    def to(**answers):
        received = referral.register(session, case, ANSWERS | answers, by="sagsbehandler-bos")
        return referral.recipient(session, case, received)

    assert to(kilde="X-ALM") == "X-ALM"
    assert to(kilde="paaroerende") == "BOS"
    assert to(kilde="borger") is mads


def test_children_of_a_referral_become_people_of_the_case(session, case, mads):
    rows = [
        {"barn_navn": "Ida", "barn_alder": 5, "barn_bekymring": "nej"},
        {"barn_navn": "Ventet barn", "barn_bekymring": "ja"},
    ]
    received = referral.register(session, case, ANSWERS | {"boern": rows}, by="sagsbehandler-ssp")
    names = {child.id: child.name for child in referral.children(session, case)}
    assert sorted(names.values()) == ["Ida", "Ventet barn"]
    assert [names[id_] for id_ in received.worried_about] == ["Ventet barn"]
