"""What the scenarios of referral and consent cannot say: receipts, records, reminders, privacy."""

from __future__ import annotations

from datetime import datetime

import orjson
import pytest
from sqlalchemy import select

from engine import casework
from engine.clock import COPENHAGEN
from engine.domain import concerns, consent, letters, notes, offers, people, referral
from engine.events import Event
from engine.instances import Variable, WorkItem
from engine.outbox import Outgoing

SECRET = "Han fortalte mig om sin gæld hos en ven"
CALM = dict.fromkeys(("haster", "vold", "risiko_liv_helbred", "boligtab", "boern_i_hjemmet"), "nej")
READY = {
    "kilde": "JOB",
    "henviser_navn": "Jane Rådgiver",
    "borger_informeret": "ja",
    "bekymring": SECRET,
    "domaener": ["beskaeftigelse"],
    "aktivitetsparat": "ja",
} | CALM
EXPLAINED = {
    "forklaret_dato": "2026-12-02",
    "forklaret_sprog": "dansk",
    "tolk_med": "nej",
    "forklaret": ["formaal", "frivilligt", "oplysninger", "hjaelp_uaendret"],
    "materiale_udleveret": True,
    "plan_tilstand": "overligger",
    "tvivl_samtykkeevne": "nej",
}


@pytest.fixture
def kasper(town):
    """A person of 26 whom nobody has referred yet."""

    def add(session) -> str:
        return people.register(session, "Kasper Testmann", "720500-4005", key="kasper").id

    return town.store.write(add)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def refer(town, person: str, by: str = "sagsbehandler-job", **answers) -> None:
    town.nummer = casework.open_case(
        town.store, "helhedsforloeb", by=by, persons=[person], answers=READY | answers
    )


def test_the_receipt_says_received_and_nothing_about_the_citizen(town, kasper):
    refer(town, kasper)
    sent = town.read(lambda s, c: [(r.code, r.unit, r.facts) for r in letters.of_case(s, c)])
    assert sent == [("B09", "JOB", {"svar": "modtaget"})]


def test_what_the_referrer_wrote_stays_out_of_variables_and_the_trail(town, kasper):
    refer(town, kasper)
    town.do("sagsbehandler-job", "forklar_tilbud", **EXPLAINED, oensker_koordinator=SECRET)
    with town.store.reading() as session:
        variables = orjson.dumps([v.value for v in session.scalars(select(Variable))]).decode()
        trail = orjson.dumps([e.facts for e in session.scalars(select(Event))]).decode()
    for kept in (SECRET, "Kasper", "720500", "Jane"):
        assert kept not in variables
        assert kept not in trail
    assert town.read(lambda s, c: referral.latest(s, c).concern) == SECRET


def test_an_offer_at_once_is_registered_with_time_and_answer(town, kasper):
    refer(town, kasper)
    town.clock.advance(hours=2)
    town.do("sagsbehandler-job", "forklar_tilbud", **EXPLAINED, oensket_enhed="PSY")
    town.clock.advance(hours=1)
    town.do("sagsbehandler-job", "indhent_svar", svar="ja", form="skriftlig")
    offer = town.read(lambda s, c: offers.current(s, c))
    assert (offer.activity_ready, offer.same_day, offer.wished_unit) == (True, True, "PSY")
    assert (offer.offered_by, offer.answer) == ("sagsbehandler-job", "ja")
    assert offer.assessed_at < offer.offered_at < offer.answered_at


def test_the_offer_cannot_be_answered_before_all_four_points_are_explained(town, kasper):
    from engine.services.offers import TilbudIkkeForklaret

    refer(town, kasper)
    with pytest.raises(TilbudIkkeForklaret):
        answers = EXPLAINED | {"forklaret": ["formaal", "frivilligt", "oplysninger"]}
        town.do("sagsbehandler-job", "forklar_tilbud", **answers)
    assert town.sag.tilstand == "SCREENING"


def test_the_unit_is_reminded_on_the_way_and_its_leader_when_the_day_is_gone(town, kasper):
    refer(town, kasper)
    seen = []
    for day in ("2026-12-09T23:00", "2026-12-14T23:00", "2026-12-16T23:00", "2026-12-17T01:00"):
        town.clock.move_to(moment(day))
        casework.run_due(town.store)
        with town.store.reading() as session:
            rows = session.scalars(select(Outgoing).where(Outgoing.kind == "paamindelse"))
            seen.append([(row.facts["procent"], row.facts["til"]) for row in rows])
    assert seen[0] == [(50, "JOB")]
    assert seen[1] == [(50, "JOB"), (80, "JOB")]
    assert seen[2] == seen[1]
    assert seen[3] == [(50, "JOB"), (80, "JOB"), (100, "JOB-leder")]


def test_nobody_is_reminded_of_what_is_done(town, kasper):
    refer(town, kasper)
    town.do("sagsbehandler-job", "forklar_tilbud", **EXPLAINED)
    town.clock.move_to(moment("2026-12-20T09:00"))
    casework.run_due(town.store)
    with town.store.reading() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.kind == "paamindelse"))
        assert [row.facts for row in rows if row.facts["regel"] == "KP-4"] == []


def test_a_second_referral_joins_and_keeps_both_texts(town, kasper):
    refer(town, kasper)
    first = town.nummer
    refer(
        town,
        kasper,
        by="sagsbehandler-bol",
        kilde="BOL",
        bekymring="Huslejen",
        aktivitetsparat=None,
    )
    assert town.nummer == first

    def texts(session, case):
        rows = session.scalars(
            select(referral.Referral).where(referral.Referral.case_id == case.id)
        )
        return sorted(row.concern for row in rows)

    assert town.read(texts) == sorted([SECRET, "Huslejen"])
    assert town.sag.owner_unit == "JOB"


def test_a_referral_by_cpr_alone_finds_the_citizens_open_case(town, kasper):
    refer(town, kasper)
    again = casework.open_case(
        town.store,
        "helhedsforloeb",
        by="sagsbehandler-bos",
        answers=READY | {"kilde": "BOS", "aktivitetsparat": None, "borger_cpr": "720500-4005"},
    )
    assert again == town.nummer


def test_a_concern_is_raised_once_while_it_waits(town, kasper):
    child = [{"barn_navn": "Ida", "barn_alder": 4, "barn_bekymring": "ja"}]
    for _ in range(2):
        refer(town, kasper, boern_i_hjemmet="ja", boern=child, vold="ja")
    raised = town.read(lambda s, c: concerns.of_case(s, c))
    children = town.read(lambda s, c: [p.id for p in referral.children(s, c)])
    # The second referral names the child again; nobody can know that it is the same one.
    assert [c.person_id for c in raised] and {c.person_id for c in raised} == set(children)
    assert all(c.violence for c in raised)


def test_the_children_of_a_violent_home_are_told_about_without_waiting_for_a_form(town, kasper):
    child = [{"barn_navn": "Ida", "barn_alder": 4, "barn_bekymring": "ved_ikke"}]
    refer(town, kasper, boern_i_hjemmet="ja", boern=child, vold="ja")
    assert town.queues()["FAM"] == ["bekraeft_modtaget"]
    assert town.queues()["VOK"] == ["vurder_akut"]


def test_an_acute_answer_of_the_duty_reaches_the_children_it_finds(town, kasper):
    child = [{"barn_navn": "Ida", "barn_alder": 4, "barn_bekymring": "nej"}]
    refer(town, kasper, boern_i_hjemmet="ja", boern=child, risiko_liv_helbred="ja")
    assert "FAM" not in town.queues()
    calm = dict.fromkeys(("boligtab", "forsoergelse", "bolig"), "nej")
    town.do(
        "sagsbehandler-vok",
        "vurder_akut",
        risiko_liv_helbred="ja",
        vold="ja",
        boern_i_hjemmet="ja",
        hvem_kontaktet="Politiet er på vej",
        **calm,
    )
    assert town.queues()["FAM"] == ["bekraeft_modtaget"]


def test_a_specific_consent_is_written_for_each_recipient(town, kasper):
    refer(town, kasper)
    town.do("sagsbehandler-job", "forklar_tilbud", **EXPLAINED)
    town.do(
        "sagsbehandler-job",
        "indhent_svar",
        svar="ja_delvist",
        form="skriftlig",
        delvist="Ikke psykiatrien",
    )
    rows = [
        {"modtager": "X-SKO", "typer": ["uddannelse"], "formaal": "En plads"},
        {"modtager": "Farbror Finn", "typer": ["bolig"], "formaal": "Et værelse"},
    ]
    town.do(
        "sagsbehandler-job",
        "samtykker",
        videregivelse=rows,
        form="mundtlig",
        forklaret_af="Jane",
        gennemgaaet=True,
        notat="Sagt på mødet",
    )
    given = town.read(lambda s, c: consent.in_force(s, c, consent.DISCLOSE))
    assert {(row.counterpart, *row.data_types) for row in given} == {
        ("X-SKO", "uddannelse"),
        ("Farbror Finn", "bolig"),
    }
    plan = town.read(lambda s, c: consent.in_force(s, c, consent.PLAN))
    assert [row.note for row in plan] == ["Ikke psykiatrien"]


def test_an_oral_answer_leaves_a_note_on_record(town, kasper):
    refer(town, kasper)
    town.do("sagsbehandler-job", "forklar_tilbud", **EXPLAINED)
    town.do(
        "sagsbehandler-job", "indhent_svar", svar="ja", form="mundtlig", bemaerkning="Han nikkede"
    )
    written = town.read(lambda s, c: s.scalars(select(notes.Note)).all())
    assert [(n.text, n.journal_no is not None) for n in written] == [("Han nikkede", True)]


def test_a_task_about_a_child_lies_with_the_reading_unit_and_is_due_by_the_law(town, kasper):
    child = [{"barn_navn": "Ida", "barn_alder": 4, "barn_bekymring": "nej"}]
    refer(town, kasper, boern_i_hjemmet="ja", boern=child)
    with town.store.reading() as session:
        query = select(WorkItem).where(WorkItem.element == "vurder_underretning")
        task = session.scalars(query).one()
        assert (task.queue, task.unit) == ("ejer", "JOB")
        assert task.due_at == moment("2026-12-03T10:00")
