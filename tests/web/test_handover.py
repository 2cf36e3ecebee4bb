"""The handover pack: whoever takes over reads it before the meeting, and says so."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from engine import casework, clock
from engine.domain import meetings, notes, plan
from engine.domain.cases import by_number
from engine.events import Event
from engine.instances import WorkItem
from engine.reads import Read
from tests.web.fiktivby import played_into

PACK = "/sager/2026-0001/overdragelse"
#: When the change to koordinator-4 of PSY has been announced, and the meeting is still ahead.
ANNOUNCED = datetime(2026, 12, 8, 8)


@pytest.fixture
def announced(site_store, app):
    """Kasper's case on the day that koordinator-4 is announced, with things promised in it."""
    played_into(site_store, "koordinator_skifter", ANNOUNCED)
    with clock.travelling(datetime(2026, 12, 8, 9)):
        told = {"akut": False, "skift_aarsag": "jobskifte"}
        casework.tell(site_store, "koordinator_skifter", told, by="leder-job", case="2026-0001")
        answers = {"situation": "Udredning i gang", "relation": "Skriv, før du ringer"}
        _do(site_store, "koordinator-2", "skriv_overdragelsesnotat", answers)
        proposed = {"faglig_vurdering": "Tryg ved PSY", "borgers_oenske": "PSY"}
        proposed["kompetence_ok"] = True
        _do(site_store, "sagsbehandler-job", "foreslaa_placering", proposed)
        chosen = {"person": "koordinator-4", "stedfortraeder": "koordinator-2"}
        _do(site_store, "leder-psy", "vaelg_person", chosen)
        site_store.write(_promise)
        yield site_store


def _promise(session) -> None:
    case = by_number(session, "2026-0001")
    plan.agree(session, case, "JOB", "Ringer til praktikstedet", "2026-12-01", "aftalt")
    notes.write(session, case, "Opkald", "Kasper vil gerne mødes ude.", "koordinator-2")
    row = meetings.call(session, case, "koordinator-2", clock.now(), "Det første møde")
    meetings.hold(row, citizens_summary="Jeg vil have ro.")


def _do(store, by, element, answers) -> None:
    with store.reading() as session:
        query = select(WorkItem.id).where(WorkItem.element == element, WorkItem.state == "open")
        task = session.scalars(query).one()
    casework.complete(store, task, answers, by=by)


def test_it_holds_what_was_said_promised_and_waits(client_of, announced):
    page = client_of("koordinator-4").get(PACK)
    assert page.status_code == 200
    for told in (
        "Kasper Testmann",
        "»Jeg vil have ro.«",
        "Skriv, før du ringer",
        "Ringer til praktikstedet",
        "Kasper vil gerne mødes ude.",
        "Hold overdragelsesmøde",
        "Varsel",
        "Borgeren har haft 3 koordinatorer",
    ):
        assert told in page.text, told


def test_the_pdf_says_the_same(client_of, announced):
    answer = client_of("koordinator-4").get(f"{PACK}.pdf")
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(BytesIO(answer.data))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/Lang"] == "da"
    for told in ("Jeg vil have ro.", "Ringer til praktikstedet", "Hold overdragelsesmøde"):
        assert told in text, told


def test_who_takes_over_says_once_that_they_have_it_and_nobody_else_can(client_of, announced):
    coming, going = client_of("koordinator-4"), client_of("koordinator-2")
    assert "Pakken er ikke åbnet endnu" in going.get(PACK).text
    assert "Jeg har læst pakken" not in going.get(PACK).text
    assert going.post(PACK).status_code == 409
    assert "Jeg har læst pakken" in coming.get(PACK).text
    assert "ikke kvitteret endnu" in going.get(PACK).text
    assert coming.post(PACK).status_code == 303
    assert "Pakken er kvitteret" in going.get(PACK).text
    assert "Jeg har læst pakken" not in coming.get(PACK).text
    with announced.reading() as session:
        events = session.scalars(select(Event.actor).where(Event.kind == "handover_received"))
        assert events.all() == ["koordinator-4"]


def test_it_is_found_from_the_case_and_from_the_task_of_the_meeting(client_of, announced):
    client = client_of("koordinator-2")
    assert PACK in client.get("/sager/2026-0001").text
    with announced.reading() as session:
        waiting = WorkItem.state == "open"
        query = select(WorkItem.id).where(WorkItem.element == "overdragelsesmoede", waiting)
        task = session.scalars(query).one()
    assert PACK in client.get(f"/opgaver/{task}").text


def test_only_those_who_see_the_whole_case_have_it_and_each_opening_is_recorded(
    client_of, announced
):
    assert client_of("sagsbehandler-fam").get(PACK).status_code == 404
    assert client_of("sagsbehandler-fam").post(PACK).status_code == 404
    client_of("koordinator-4").get(PACK)
    client_of("koordinator-4").get(f"{PACK}.pdf")
    with announced.reading() as session:
        read = session.execute(select(Read.actor, Read.what).order_by(Read.seq)).all()
    assert [tuple(row) for row in read] == [
        ("koordinator-4", "overdragelse"),
        ("koordinator-4", "overdragelse:pdf"),
    ]
