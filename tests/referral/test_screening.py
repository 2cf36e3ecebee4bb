"""Who offers: the model of organisation, the receiving unit, the largest need."""

import pytest

from engine.domain import organisation, people, referral, screening
from engine.domain.screening import Screening

REFERRAL = {
    "kilde": "YDE",
    "henviser_navn": "Yrsa",
    "borger_informeret": "ja",
    "bekymring": "Gæld og druk",
    "domaener": ["forsoergelse", "misbrug"],
}


@pytest.fixture
def screened(session, case, mads, virtual_clock):
    def screen(**needs: str) -> Screening:
        areas = {
            area: {"behov": need, "indsats": False, "plan": False} for area, need in needs.items()
        }
        row = Screening(
            case_id=case.id, areas=areas, done_at=virtual_clock.now(), done_by="sagsbehandler-bos"
        )
        session.add(row)
        session.flush()
        return row

    return screen


@pytest.mark.parametrize("model", ["A_en_organisation", "B_matrix"])
def test_the_coordinators_team_offers_where_there_is_one(session, case, screened, model):
    case.organisationsmodel = model
    referral.register(session, case, REFERRAL, by="sagsbehandler-yde")
    screened(uddannelse="stort")
    assert screening.offering_unit(session, case) == "KOO"
    assert referral.first_owner(case, "YDE", hosts=False) == "KOO"


def test_in_model_c_the_receiving_unit_offers_if_it_may_have_coordinators(session, case, screened):
    referral.register(session, case, REFERRAL | {"modtager": "VOK"}, by="sagsbehandler-yde")
    screened(uddannelse="stort")
    assert screening.offering_unit(session, case) == "VOK"


def test_in_model_c_the_largest_need_among_hosting_units_decides_else(session, case, screened):
    referral.register(session, case, REFERRAL, by="sagsbehandler-yde")
    screened(misbrug="stort", familie="noget", uddannelse="stort")
    assert screening.offering_unit(session, case) == "KUI"


def test_a_need_that_no_hosting_unit_has_still_finds_its_unit(session, case, screened):
    referral.register(session, case, REFERRAL, by="sagsbehandler-yde")
    screened(misbrug="stort", forsoergelse="noget")
    assert screening.offering_unit(session, case) == "MIS"


def test_equal_needs_go_to_the_one_who_has_known_the_citizen_longest(session, case, screened):
    row = screened(familie="noget", uddannelse="noget")
    row.areas = row.areas | {
        "familie": {"behov": "noget", "kendt_siden": "2025-12-26"},
        "uddannelse": {"behov": "noget", "kendt_siden": "2024-01-05"},
    }
    assert screening.weights(session, case) == [
        {"enhed": "KUI", "vaegt": 1, "relation_dage": 731},
        {"enhed": "FAM", "vaegt": 1, "relation_dage": 10},
    ]


def test_without_a_screening_the_referral_tells_where_the_need_is(session, case, mads):
    referral.register(session, case, REFERRAL, by="sagsbehandler-yde")
    assert {row["enhed"] for row in screening.weights(session, case)} == {"YDE", "MIS"}


def test_the_municipality_decides_which_unit_helps_where(session, case, screened):
    organisation.change_setting(session, "sektor.misbrug", "VOK")
    screened(misbrug="stort")
    assert screening.weights(session, case)[0]["enhed"] == "VOK"


def test_every_area_is_counted_for_the_table(session, case, mads, screened):
    referral.register(session, case, REFERRAL | {"kilde": "KUI"}, by="sagsbehandler-kui")
    row = screened(uddannelse="stort", familie="noget", bolig="intet")
    row.extent, row.coordination_need = "mellem", 4
    asked = screening.inputs(session, case)
    assert asked == {
        "alder": people.age_on(mads.birth_date, asked and row.done_at.date()),
        "henvist_af": "KUI",
        "aktivitetsparat": False,
        "antal_sektorer_med_behov": 2,
        "omfang": "mellem",
        "planer_i_gang": 0,
        "samordningsbehov": 4,
    }
