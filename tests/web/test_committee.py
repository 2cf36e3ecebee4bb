"""The committee's pages: who sees what of a meeting, and that the room follows what others do."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from engine import casework, clock
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot, Vote
from engine.domain.committee import CommitteeMeeting
from engine.instances import WorkItem
from engine.reads import Read
from tests.web.fiktivby import played_into

LEADER = "udvalg-sekretaer"


@pytest.fixture
def meeting(site_store) -> str:
    """S03's meeting of 17 December at ten: papers ready, three of five there, one disqualified."""
    played_into(site_store, "s03_jonas", datetime(2026, 12, 16))
    with clock.travelling(datetime(2026, 12, 17, 10)):
        casework.run_due(site_store)
        with site_store.reading() as session:
            found = session.scalars(select(CommitteeMeeting.id)).one()
            item = session.scalars(select(AgendaItem.id)).one()
        there = ["udvalg-1", "udvalg-2", "udvalg-3", "udvalg-4"]
        casework.note_present(site_store, found, there, by=LEADER)
        casework.disqualify(site_store, item, "udvalg-4", "Min nabo", by="udvalg-4")
        yield found


def item_of(store) -> str:
    with store.reading() as session:
        return session.scalars(select(AgendaItem.id)).one()


def test_only_those_with_something_there_have_the_committee_in_the_menu(client_of):
    assert "/udvalg" in client_of(LEADER).get("/opgaver").text
    client = client_of("koordinator-1")
    assert "/udvalg" not in client.get("/opgaver").text
    assert client.get("/udvalg").status_code == 404


def test_the_secretary_plans_a_meeting_that_its_members_see(client_of):
    client = client_of(LEADER)
    sent = {"moede": "2026-12-10T10:00", "papirfrist": "2026-12-04T12:00", "sted": "Lokale 3"}
    sent |= {"plads-udvalg-1": "medlem", "plads-udvalg-2": "medlem"}
    sent |= {"plads-udvalg-formand": "stedfortraeder"}
    page = client.post("/udvalg", data=sent, follow_redirects=True).text
    assert "Møde 10. december 2026 kl. 10.00" in page and "Lokale 3" in page
    assert client.post("/udvalg", data=sent).status_code == 409
    assert "10. december 2026 kl. 10.00" in client_of("udvalg-1").get("/udvalg").text
    assert "10. december" not in client_of("udvalg-3").get("/udvalg").text


def test_members_chair_and_secretary_take_part_in_a_new_meeting_unless_somebody_says_otherwise(
    client_of,
):
    client = client_of(LEADER)

    def seats():
        page = client.get("/udvalg").text
        found = re.findall(r'name="plads-([\w-]+)">(.*?)</select>', page, re.DOTALL)
        assert "Jens Sekretær er med som sekretær." in page
        return {who: re.search(r'value="(\w*)" selected', options)[1] for who, options in found}

    assert set(seats().values()) == {"medlem"} and "udvalg-formand" in seats()
    sent = {"moede": "2026-12-10T10:00", "papirfrist": "2026-12-04T12:00"}
    sent |= {"plads-udvalg-1": "medlem", "plads-udvalg-2": "stedfortraeder"}
    client.post("/udvalg", data=sent)
    # Who was not at the last meeting is at the next one; who was a deputy is one again.
    assert {who for who, seat in seats().items() if seat != "medlem"} == {"udvalg-2"}
    assert seats()["udvalg-2"] == "stedfortraeder"


def test_members_see_the_item_and_who_is_disqualified_sees_its_place_alone(client_of, meeting):
    room = f"/udvalg/{meeting}/punkt/1"
    for user in ("udvalg-1", LEADER):
        page = client_of(user).get(room).text
        assert "96.000 kr." in page and "Jonas" in page
        assert "Ingen udtalelse" in page and "Jeg kan ikke klare det alene" in page
    away = client_of("udvalg-4")
    for address in (room, f"/udvalg/{meeting}", f"/udvalg/{meeting}/referat"):
        page = away.get(address).text
        assert "inhabil" in page
        assert not re.search("Jonas|96.000|2026-0001|Mentor", page), address
    assert away.get(f"{room}/nu").status_code == 404
    for stranger in ("koordinator-1", "procesejer-1"):
        client = client_of(stranger)
        for address in (room, f"{room}/nu", f"/udvalg/{meeting}", f"/udvalg/{meeting}/referat"):
            assert client.get(address).status_code == 404


def test_opening_the_room_is_a_read_and_following_it_is_none(client_of, meeting, site_store):
    def reads():
        with site_store.reading() as session:
            return [r.what for r in session.scalars(select(Read).where(Read.actor == "udvalg-1"))]

    client = client_of("udvalg-1")
    client.get(f"/udvalg/{meeting}/punkt/1")
    client.get(f"/udvalg/{meeting}/punkt/1/nu")
    assert reads() == [f"udvalgspunkt:{item_of(site_store)}"]


def test_the_room_follows_what_others_do_and_is_quiet_when_nothing_happens(
    client_of, meeting, site_store
):
    client = client_of("udvalg-1")
    address = f"/udvalg/{meeting}/punkt/1/nu"
    mark = re.search(r"set=(\w+)", client.get(f"{address}?del=afstemning").text)[1]
    assert client.get(f"{address}?del=afstemning&set={mark}").status_code == 204
    item = item_of(site_store)
    ballot = casework.open_vote(site_store, item, "delvist", "Nok", amount=60000, by=LEADER)
    changed = client.get(f"{address}?del=afstemning&set={mark}")
    assert changed.status_code == 200 and "Der stemmes om" in changed.text
    mark = re.search(r"set=(\w+)", changed.text)[1]
    status = re.search(r"set=(\w+)", client.get(f"{address}?del=status").text)[1]
    # A colleague's vote is told above, and leaves alone what one is writing.
    casework.cast_vote(site_store, ballot, "imod", by="udvalg-2", dissent="Det hele")
    assert client.get(f"{address}?del=afstemning&set={mark}").status_code == 204
    told = client.get(f"{address}?del=status&set={status}").text
    assert "1 af 3 har stemt" in told
    assert "imod" not in told.lower() and "Det hele" not in told


def test_one_votes_from_the_page_and_the_decision_is_filled_in_with_it(
    client_of, meeting, site_store
):
    room = f"/udvalg/{meeting}/punkt/1"
    leader = client_of(LEADER)
    proposal = {"resultat": "delvist", "beloeb": "60.000", "begrundelse": "Fire måneder er nok"}
    leader.post(f"{room}/afstemning", data=proposal | {"punkt": item_of(site_store)})
    with site_store.reading() as session:
        ballot = session.scalars(select(Ballot.id)).one()
    for user, vote in (("udvalg-1", "for"), ("udvalg-2", "for"), ("udvalg-3", "imod")):
        said = {"afstemning": ballot, "stemme": vote, "mindretal": "Alt" if vote == "imod" else ""}
        assert client_of(user).post(f"{room}/stem", data=said).status_code == 303
    assert client_of("udvalg-1").post(f"{room}/luk", data={"afstemning": ballot}).status_code == 409
    leader.post(f"{room}/luk", data={"afstemning": ballot})
    page = client_of("udvalg-1").get(room).text
    assert "Vedtaget" in page and "2 for, 1 imod" in page
    with site_store.reading() as session:
        task = session.scalars(select(WorkItem.id).where(WorkItem.element == "beslutning")).one()
        assert len(session.scalars(select(Vote)).all()) == 3
    assert f"/opgaver/{task}" in leader.get(room).text
    form = leader.get(f"/opgaver/{task}").text
    assert re.search(r'value="delvist"[^>]*checked', form)
    assert "Fire måneder er nok" in form and "afstemningen i mødet" in form
    assert re.search(r"Alt</textarea>", form)


def test_the_split_is_proposed_when_its_field_shows_and_one_may_write_another(
    client_of, meeting, site_store
):
    leader = client_of(LEADER)
    with site_store.reading() as session:
        task = session.scalars(select(WorkItem.id).where(WorkItem.element == "beslutning")).one()
    assert "fordeling[0].enhed" not in leader.get(f"/opgaver/{task}").text
    redraw = f"/opgaver/{task}/formular"
    partial = {"HX-Request": "true"}

    def split(page):
        units = re.findall(r'name="fordeling\[\d\]\.enhed"(.*?)</select>', page, re.DOTALL)
        chosen = [re.search(r'value="(\w+)" selected', unit)[1] for unit in units]
        parts = re.findall(r'name="fordeling\[\d\]\.procent"[^>]*value="([^"]+)"', page)
        return list(zip(chosen, parts, strict=True))

    told = {"_fane": "en", "resultat": "bevilget"}
    page = leader.post(redraw, data=told, headers=partial).text
    proposed = [("JOB", "40"), ("VOK", "20"), ("MIS", "15"), ("FAM", "10"), ("PSY", "10")]
    assert split(page) == [*proposed, ("KUI", "5")]
    assert "enhedernes bidrag til budgettet" in page
    own = {"fordeling[0].enhed": "MIS", "fordeling[0].procent": "100"}
    assert split(leader.post(redraw, data=told | own, headers=partial).text) == [("MIS", "100")]
    gone = told | {"fordeling": ""}
    assert split(leader.post(redraw, data=gone, headers=partial).text) == []


def test_the_minutes_are_a_page_and_a_pdf_with_the_hash(client_of, meeting, site_store):
    item = item_of(site_store)
    ballot = casework.open_vote(site_store, item, "delvist", "Nok", amount=60000, by=LEADER)
    casework.cast_vote(site_store, ballot, "for", by="udvalg-1")
    casework.close_vote(site_store, ballot, by=LEADER)
    address = f"/udvalg/{meeting}/referat"
    client_of(LEADER).post(address, data={"bemaerkninger": "Slut kl. 11"})
    page = client_of("udvalg-1").get(address).text
    assert "Referatet stemmer med de afgivne stemmer" in page
    mark = re.search(r"<code>(\w{16})</code>", page)[1]
    file = client_of("udvalg-1").get(f"{address}.pdf").data
    text = "".join(p.extract_text() for p in PdfReader(BytesIO(file)).pages).replace("\n", "")
    assert mark in text and "Vedtaget" in text and "Slut kl. 11" in text
    client_of("udvalg-1").post(f"{address}/svar", data={"svar": "godkendt"})
    client_of("udvalg-2").post(f"{address}/svar", data={"svar": "indsigelse", "tekst": "Kl. 12"})
    page = client_of(LEADER).get(address).text
    assert "godkendte" in page and "Kl. 12" in page and "har ikke svaret" in page
    assert (
        client_of("udvalg-5").post(f"{address}/svar", data={"svar": "godkendt"}).status_code == 409
    )
