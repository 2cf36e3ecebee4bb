"""P07: from what is asked for to a ruling that the citizen has been told."""

from datetime import date

import pytest
from sqlalchemy import select

from engine import casework, clock
from engine.domain import (
    budget,
    cover,
    deadlines,
    delegation,
    hearings,
    letters,
    opinions,
    organisation,
    rulings,
)
from engine.domain.booking import FordelingMangler
from engine.domain.cover import DaekningPasserIkke
from engine.domain.escalation import EnhedUdenKompetence, of_case
from engine.domain.grants import KunBudget, MereEndAnsoegt, MindreEndAnsoegt
from engine.domain.hearings import PartshoeringMangler
from engine.domain.splitting import FordelingPasserIkke
from engine.events import Event
from engine.forms import FormErrors
from engine.instances import WorkItem
from tests.committee.conftest import (
    ADVICE,
    AGENDA,
    GRANTED,
    HEARING,
    LINE,
    OPINION,
    PAPERS,
    PARTLY,
    POSTPONED,
    REASONS,
    REFUSED,
    REMARKS,
    RULING,
)


def application(hall):
    return hall.read(lambda s, c: of_case(s, c)[-1])


def test_an_application_without_alternatives_is_refused(hall):
    with pytest.raises(FormErrors, match="andre muligheder"):
        hall.apply(alternativer="")
    assert hall.balance()["requested"] == 0


def test_what_is_asked_for_is_noted_and_blocks_nothing(hall):
    hall.apply()
    assert hall.balance() == {
        "total": 1_000_000,
        "requested": 96_000,
        "reserved": 0,
        "granted": 0,
        "spent": 0,
        "free": 1_000_000,
    }


def test_a_law_is_ruled_on_by_a_unit_that_has_it(hall):
    with pytest.raises(EnhedUdenKompetence, match="Misbrugsbehandling afgør ikke efter LAB"):
        hall.apply(ydelser=[{"ydelse": "Mentor", "lov": "LAB", "enhed": "MIS"}])


def test_two_units_make_it_the_committees_whatever_the_amount(hall):
    hall.apply(beloeb=5000)
    assert application(hall).competence_row == "tvaergaaende_c_vis"
    assert hall.queues() == {"ejer-leder": ["ledergodkend"]}


ALONE = {"ydelser": [{"ydelse": "Støtte", "lov": "SEL", "enhed": "VOK"}]}


@pytest.mark.parametrize(
    ("amount", "row", "queue", "element"),
    [
        (50_000, "enhedsleder", "ejer-leder", "leder_bevilger"),
        (50_001, "rest_c_vis", "ejer-leder", "ledergodkend"),
        (500_001, "over_chefgraense", "DIR", "chef_bevilger"),
    ],
)
def test_one_krone_above_the_limit_is_routed_up(hall, amount, row, queue, element):
    hall.apply(**ALONE, beloeb=amount)
    assert application(hall).competence_row == row
    assert hall.queues() == {queue: [element]}


def test_what_the_leader_grants_is_paid_by_the_unit_and_ruled_and_told(hall):
    hall.apply(**ALONE, beloeb=20_000)
    answers = {k: v for k, v in GRANTED.items() if k != "fordeling"}
    hall.do("leder-vok", "leder_bevilger", **(answers | {"beloeb_bevilget": 20_000}))
    assert hall.queues() == {"VOK": ["afgoerelse"]}
    hall.do("sagsbehandler-vok", "afgoerelse", resultat="bevilget", afgoerelse_tekst="Ja")
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert hall.balance("vok-2026")["granted"] == 20_000
    assert hall.balance()["reserved"] == hall.balance()["granted"] == 0
    assert hall.read(lambda s, c: [x.code for x in letters.of_case(s, c)]) == ["B06"]


def test_a_unit_that_is_late_brings_the_task_to_its_leader_the_day_after(hall):
    hall.on_agenda()
    assert hall.read(lambda s, c: deadlines.open_deadlines(s, c, "KP-7")[0].due.isoformat()) == (
        "2026-12-03"
    )
    hall.do("sagsbehandler-job", "udtalelse", item="JOB", **OPINION)
    hall.at("2026-12-03T23:59")
    assert hall.queues() == {"MIS": ["udtalelse"]}
    hall.at("2026-12-04T00:01")
    assert hall.queues() == {"MIS": ["udtalelse"], "MIS-leder": ["ryk_for_udtalelse"]}


def test_a_late_opinion_takes_the_leaders_task_away(hall):
    hall.on_agenda()
    hall.do("sagsbehandler-job", "udtalelse", item="JOB", **OPINION)
    hall.at("2026-12-04T09:00")
    hall.do("sagsbehandler-mis", "udtalelse", item="MIS", **OPINION)
    assert hall.queues() == {"udvalg-sekretaer": ["goer_sagen_klar"]}
    assert hall.read(lambda s, c: deadlines.open_deadlines(s, c, "KP-7")) == []


def test_at_the_paper_cut_off_the_item_goes_on_marked_without_an_opinion(hall):
    hall.on_agenda()
    hall.do("sagsbehandler-job", "udtalelse", item="JOB", **OPINION)
    hall.at("2026-12-10T11:59")
    assert "udvalg-sekretaer" not in hall.queues()
    hall.at("2026-12-10T12:00")
    assert hall.queues() == {"udvalg-sekretaer": ["goer_sagen_klar"]}
    said = hall.read(lambda s, c: {o.unit: o.advice for o in opinions.all_of(s, of_case(s, c)[0])})
    assert said == {"JOB": "anbefales", "MIS": "Ingen udtalelse"}


def test_papers_ready_reserves_what_there_is_and_flags_what_is_missing(hall):
    hall.line_has(60_000)
    hall.on_agenda()
    for unit in ("MIS", "JOB"):
        hall.do(f"sagsbehandler-{unit.lower()}", "udtalelse", item=unit, **OPINION)
    assert hall.balance()["reserved"] == 0
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    assert hall.balance()["reserved"] == 60_000
    assert hall.balance()["free"] == 0
    assert hall.queues() == {}


def test_partly_granted_is_ruled_booked_by_unit_and_told_with_a_date_to_complain_by(hall):
    hall.told()
    assert hall.queues() == {}
    assert hall.balance()["granted"] == 60_000
    assert hall.balance()["reserved"] == 0
    found = hall.read(rulings.of_case)
    assert {r.law: r.complain_by.isoformat() for r in found} == {
        "LAB": "2027-01-14",
        "SEL": "2027-01-14",
    }
    assert hall.read(lambda s, c: [x.code for x in letters.of_case(s, c)]) == ["B06"]
    letter = hall.read(lambda s, c: letters.of_case(s, c)[0].facts)
    assert len(letter["afgoerelser"]) == 2
    told = {r["lov"]: r["klagevejledning"] for r in letter["afgoerelser"]}
    assert "efter serviceloven. Du kan klage til Ankestyrelsen" in told["SEL"]
    assert "efter lov om en aktiv beskæftigelsesindsats" in told["LAB"]


def test_a_law_whose_complaint_body_nobody_has_confirmed_is_asked_about_and_names_none(hall):
    answers = {k: v for k, v in GRANTED.items() if k != "fordeling"} | {"beloeb_bevilget": 9_000}
    for _ in range(2):
        hall.apply(ydelser=[{"ydelse": "Behandling", "lov": "SUL", "enhed": "MIS"}], beloeb=9_000)
        hall.do("leder-vok", "leder_bevilger", **answers)
        hall.do("sagsbehandler-mis", "afgoerelse", resultat="bevilget", afgoerelse_tekst="Ja")
        hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)

    def asked(session, case):
        query = select(WorkItem).where(WorkItem.element == "regel_mangler")
        return [(task.queue, task.case_id == case.id) for task in session.scalars(query)]

    # Of the process owner, once, and outside the case, which the process owner does not see.
    assert hall.read(asked) == [("PRO", False)]
    query = select(Event.facts).where(Event.kind == "rule_missing")
    missing = hall.read(lambda s, c: s.scalars(query.where(Event.case_id == c.id)).all())
    assert {facts["regel"] for facts in missing} == {"klagevejledning efter SUL"}
    for ruling in hall.read(rulings.of_case):
        assert "Send klagen til kommunen" in ruling.guidance
        assert "den rette klageinstans" in ruling.guidance
        assert "Ankestyrelsen" not in ruling.guidance


def test_a_ruling_cannot_grant_what_was_refused(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **REFUSED)
    with pytest.raises(rulings.AfgoerelsePasserIkke, match="efter SEL"):
        hall.do("sagsbehandler-mis", "afgoerelse", item="SEL", **RULING)


def test_a_refusal_whose_only_ground_is_money_is_refused(hall):
    hall.at_the_table()
    with pytest.raises(KunBudget):
        hall.do("udvalg-sekretaer", "beslutning", **(REFUSED | {"grunde": ["budget"]}))
    assert hall.queues() == {"udvalg-sekretaer": ["beslutning"]}


def test_after_a_refusal_the_reservation_is_released_and_nothing_is_booked(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **REFUSED)
    hall.ruled(resultat="afslag", **REASONS)
    assert hall.queues() == {}
    assert hall.balance()["granted"] == hall.balance()["reserved"] == 0


def test_without_three_reasons_a_ruling_that_does_not_give_all_is_refused(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **REFUSED)
    with pytest.raises(rulings.BegrundelseMangler, match="vurderingen"):
        hall.do(
            "sagsbehandler-mis",
            "afgoerelse",
            item="SEL",
            resultat="afslag",
            afgoerelse_tekst="Nej",
            **(REASONS | {"begrundelse_hensyn": ""}),
        )


def covering(hall):
    """(due, state, kind) of what the director has to do about money that is missing."""

    def read(session, case):
        query = select(deadlines.Deadline).where(deadlines.Deadline.regel == "KP-15")
        return [(row.due.isoformat(), row.state, row.art) for row in session.scalars(query)]

    return hall.read(read)


def test_the_directors_task_is_overdue_when_the_municipalitys_own_days_have_passed(hall):
    casework.change_rule(hall.store, "KP-15", 2, by="procesejer-1")
    hall.line_has(60_000)
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **GRANTED)
    assert covering(hall) == [("2026-12-21", "aaben", "lokal")]

    def due(session, case):
        query = select(WorkItem.due_at).where(WorkItem.element == "anvis_daekning")
        return clock.local(session.scalars(query).one()).date()

    assert hall.read(due) == date(2026, 12, 21)


def test_a_necessary_need_without_cover_goes_to_the_director_not_to_a_refusal(hall):
    hall.line_has(60_000)
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", **GRANTED)
    assert hall.queues() == {"DIR": ["anvis_daekning"]}
    assert covering(hall) == [("2026-12-24", "aaben", "lokal")]
    with pytest.raises(DaekningPasserIkke, match=r"36\.000"):
        hall.do(
            "chef-1", "anvis_daekning", kilder=[{"fra": "MIS", "beloeb": 35_000}], begrundelse="x"
        )
    sources = [{"fra": "MIS", "beloeb": 16_000}, {"fra": "JOB", "beloeb": 20_000}]
    hall.do("chef-1", "anvis_daekning", kilder=sources, begrundelse="Nødvendigt")
    assert covering(hall) == [("2026-12-24", "overholdt", "lokal")]
    hall.ruled()
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert hall.balance()["granted"] == 60_000
    assert hall.balance("mis-2026")["granted"] == 16_000
    assert hall.balance("job-2026")["granted"] == 20_000


def test_the_party_is_heard_beside_the_rest_and_nothing_is_decided_before(hall):
    hall.at_the_table(ugunst="ja")
    assert hall.queues() == {
        "koordinator": ["partshoering_sendes"],
        "udvalg-sekretaer": ["beslutning"],
    }
    for said in ("ikke_noedvendig", "gennemfoert", "mangler"):
        with pytest.raises(PartshoeringMangler):
            hall.do("udvalg-sekretaer", "beslutning", **(PARTLY | {"partshoering": said}))


def test_a_hearing_found_missing_at_the_meeting_leaves_only_to_postpone(hall):
    hall.at_the_table()
    with pytest.raises(PartshoeringMangler):
        hall.do("udvalg-sekretaer", "beslutning", **(PARTLY | {"partshoering": "mangler"}))
    hall.do("udvalg-sekretaer", "beslutning", **POSTPONED)
    assert hall.queues() == {"udvalg-sekretaer": ["saet_paa_dagsorden"]}
    later = {"moededato": "2027-01-07T10:00", "papirfrist": "2027-01-04T12:00"}
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **(AGENDA | later))
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    hall.do("koordinator-3", "partshoering_sendes", **HEARING)
    hall.tell("part_bemaerkninger")
    hall.do("koordinator-3", "vurder_bemaerkninger", **REMARKS)
    hall.at("2027-01-07T10:00")
    hall.do("udvalg-sekretaer", "beslutning", **(PARTLY | {"partshoering": "gennemfoert"}))
    hall.ruled(resultat="delvist", **REASONS)
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert hall.read(rulings.of_case)[0].complain_by.isoformat() == "2027-02-04"
    assert "B08" in hall.read(lambda s, c: [x.code for x in letters.of_case(s, c)])


def test_a_party_that_says_nothing_has_been_heard_when_the_time_is_up(hall):
    hall.on_agenda(ugunst="ja")
    hall.at("2026-12-03T10:00")
    hall.do("koordinator-3", "partshoering_sendes", **HEARING)
    hall.at("2026-12-17T23:59")
    assert "koordinator" not in hall.queues()
    hall.at("2026-12-18T00:01")
    assert hall.queues()["koordinator"] == ["vurder_bemaerkninger"]
    hall.do("koordinator-3", "vurder_bemaerkninger", svar="nej")
    assert hall.read(lambda s, c: hearings.pending(s, c, of_case(s, c)[0].id)) == []


def own_decision(hall):
    """The unit's leader decides out of the unit's own means, and the citizen is told."""
    answers = {k: v for k, v in GRANTED.items() if k != "fordeling"}
    assert hall.queues() == {"ejer-leder": ["leder_bevilger"]}
    hall.do("leder-vok", "leder_bevilger", **answers)
    hall.ruled()
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert hall.balance("vok-2026")["granted"] == 96_000
    assert hall.balance()["reserved"] == hall.balance()["granted"] == 0
    assert hall.read(lambda s, c: [x.code for x in letters.of_case(s, c)]) == ["B06"]


def test_the_leader_may_pay_and_the_committee_is_spared(hall):
    hall.apply()
    hall.do("leder-vok", "ledergodkend", **(ADVICE | {"egen_finansiering": "ja"}))
    own_decision(hall)


def test_what_the_committee_sends_back_the_units_leader_decides(hall):
    hall.at_the_table()
    hall.do("udvalg-sekretaer", "beslutning", resultat="egen_kompetence", begrundelse="Ja")
    own_decision(hall)


def test_a_reservation_lapses_after_kp_11_and_the_item_stays(hall):
    hall.on_agenda()
    assert AGENDA["moededato"].startswith("2026-12-17")
    hall.at("2026-12-10T12:00")
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    hall.at("2027-01-09T23:59")
    assert hall.balance()["reserved"] == 96_000
    hall.at("2027-01-10T00:01")
    assert hall.balance()["reserved"] == 0
    assert hall.queues() == {"udvalg-sekretaer": ["beslutning"]}


URGENT = {"haster": "ja", "haster_hvorfor": "Pladsen forsvinder på mandag"}


def test_what_cannot_wait_the_chair_grants_and_the_committee_looks_at_afterwards(hall):
    hall.apply(**URGENT)
    assert application(hall).competence_row == "haster_formand"
    assert hall.queues() == {"udvalg-formand": ["formand_bevilger"]}
    hall.do("udvalg-formand", "formand_bevilger", **(GRANTED | {"noedvendigt_behov": "nej"}))
    assert hall.queues() == {
        "MIS": ["afgoerelse"],
        "JOB": ["afgoerelse"],
        "udvalg-sekretaer": ["godkend_hastebevilling"],
    }
    assert hall.balance()["reserved"] == 96_000
    hall.do("udvalg-sekretaer", "godkend_hastebevilling", godkendt="nej", begrundelse="Enig ikke")
    hall.ruled()
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    assert hall.balance()["granted"] == 96_000
    assert application(hall).ratify is False


def test_a_hurry_needs_a_reason(hall):
    with pytest.raises(FormErrors, match="haster"):
        hall.apply(haster="ja")


def delegated(hall, amount):
    def grant(session, case):
        delegation.grant(
            session,
            case,
            "koordinator-3",
            "leder-job",
            unit="JOB",
            law_area="LAB",
            decision_types=["bevilling"],
            max_amount=amount,
            valid_from=date(2026, 11, 1),
            valid_to=date(2027, 5, 31),
            decided_by="Byrådet",
            reference="77",
        )

    hall.write(grant)


MENTOR = {"ydelser": [{"ydelse": "Mentor", "lov": "LAB", "enhed": "JOB"}]}


@pytest.mark.parametrize(
    ("limit", "amount", "element"),
    [
        (10_000, 10_000, "koordinator_bevilger"),
        (10_000, 10_001, "leder_bevilger"),
        (5_000, 5_001, "leder_bevilger"),
    ],
)
def test_the_coordinator_grants_within_a_delegation_and_the_limit(hall, limit, amount, element):
    delegated(hall, limit)
    hall.apply(**MENTOR, beloeb=amount)
    assert [e for found in hall.queues().values() for e in found] == [element]


def test_when_the_delegation_ends_the_application_goes_to_whoever_may_grant_it_now(hall):
    delegated(hall, 10_000)
    hall.apply(**MENTOR, beloeb=10_000)
    hall.at("2027-05-31T23:59")
    assert hall.queues()["koordinator"] == ["koordinator_bevilger"]
    hall.at("2027-06-01T00:01")
    assert "leder_bevilger" in hall.queues()["ejer-leder"]
    assert "koordinator_bevilger" not in hall.queues().get("koordinator", [])


def test_when_the_delegation_is_called_back_the_application_goes_to_whoever_may_grant_it_now(hall):
    delegated(hall, 10_000)
    hall.apply(**MENTOR, beloeb=10_000)
    given = hall.read(lambda s, c: delegation.of_case(s, c)[0].id)
    casework.withdraw_delegation(hall.store, given, "Fordi", by="leder-job")
    assert hall.queues() == {"ejer-leder": ["leder_bevilger"]}


def test_who_takes_over_from_the_coordinator_does_not_grant_by_their_delegation(hall):
    delegated(hall, 10_000)
    hall.apply(**MENTOR, beloeb=10_000)
    hall.begin("koordinatorskifte", akut=True, skift_aarsag="sygdom")
    with pytest.raises(delegation.IngenDelegation, match="ingen delegation i sagen"):
        hall.do(
            hall.sag.koordinator, "koordinator_bevilger", **(GRANTED | {"beloeb_bevilget": 10_000})
        )


def test_without_a_limit_the_leader_decides_and_the_process_owner_is_told(hall):
    hall.write(lambda s, c: organisation.change_setting(s, "graense.leder", None))
    hall.apply()
    assert application(hall).competence_row == "graense_mangler"
    assert hall.queues() == {"PRO": ["regel_mangler"], "ejer-leder": ["leder_bevilger"]}


@pytest.mark.parametrize(
    ("model", "amount", "row", "queue"),
    [
        ("A_en_organisation", 50_000, "tvaergaaende_a_koo", "KOO-leder"),
        ("A_en_organisation", 50_001, "tvaergaaende_chef", "DIR"),
        ("B_matrix", 50_000, "tvaergaaende_b_teamleder", "ejer-leder"),
        ("B_matrix", 50_001, "tvaergaaende_chef", "DIR"),
        ("C_samarbejde_visitationsudvalg", 500_000, "tvaergaaende_c_vis", "ejer-leder"),
        ("C_samarbejde_visitationsudvalg", 500_001, "over_chefgraense", "DIR"),
    ],
)
def test_the_model_of_the_organisation_decides_who_grants_across_units(
    hall, model, amount, row, queue
):
    hall.write(lambda s, c: setattr(c, "organisationsmodel", model))
    hall.apply(beloeb=amount)
    assert application(hall).competence_row == row
    assert list(hall.queues()) == [queue]


def test_less_than_was_asked_for_is_not_called_granted(hall):
    hall.at_the_table()
    with pytest.raises(MindreEndAnsoegt):
        hall.do("udvalg-sekretaer", "beslutning", **(GRANTED | {"beloeb_bevilget": 95_999}))
    with pytest.raises(MereEndAnsoegt):
        hall.do("udvalg-sekretaer", "beslutning", **(GRANTED | {"beloeb_bevilget": 96_001}))


def test_booking_needs_to_know_who_pays(hall):
    hall.at_the_table()
    answers = {k: v for k, v in PARTLY.items() if k != "fordeling"}
    hall.do("udvalg-sekretaer", "beslutning", **answers)
    hall.ruled(resultat="delvist", **REASONS)
    with pytest.raises(FordelingMangler):
        hall.do("sagsbehandler-oek", "bogfoer", stemmer=True)
    with pytest.raises(FordelingPasserIkke):
        hall.do(
            "sagsbehandler-oek",
            "bogfoer",
            stemmer=True,
            fordeling=[{"enhed": "MIS", "procent": 99}],
        )
    thirds = [
        {"enhed": "MIS", "procent": 33.33},
        {"enhed": "JOB", "procent": 33.33},
        {"enhed": "VOK", "procent": 33.34},
    ]
    hall.do("sagsbehandler-oek", "bogfoer", stemmer=True, fordeling=thirds)
    shares = hall.read(lambda s, c: budget.by_unit(s, LINE))
    assert shares == {"JOB": 19_998, "MIS": 19_998, "VOK": 20_004}
    assert hall.balance()["reserved"] == 0


def test_an_application_side_by_side_with_another_keeps_to_its_own(hall):
    hall.line_has(100_000)
    hall.on_agenda()
    hall.apply(beloeb=30_000)
    hall.do("leder-vok", "ledergodkend", **ADVICE)
    later = {"moededato": "2027-01-07T10:00", "papirfrist": "2027-01-04T12:00"}
    hall.do("udvalg-sekretaer", "saet_paa_dagsorden", **(AGENDA | later))
    hall.at("2026-12-10T12:00")
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    assert hall.balance()["reserved"] == 96_000
    hall.at("2027-01-04T12:00")
    assert hall.queues()["udvalg-sekretaer"] == ["beslutning", "goer_sagen_klar"]
    hall.do("udvalg-sekretaer", "goer_sagen_klar", **PAPERS)
    assert hall.balance()["reserved"] == 100_000
    first, second = hall.read(of_case_by_amount)
    assert hall.read(lambda s, c: (cover.reserved(s, first), cover.reserved(s, second))) == (
        96_000,
        4_000,
    )


def of_case_by_amount(session, case):
    return sorted(of_case(session, case), key=lambda row: -row.amount)
