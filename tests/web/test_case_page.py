"""What the page of a case tells besides its plain parts: where it came from, what is stuck, what is folded."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from engine import clock, outbox
from engine.domain import brought_in, cases, deadlines, frame, letters, people
from engine.instances import WorkItem
from engine.outbox import Outgoing
from tests.web.fiktivby import played_into

CASE = "/sager/2026-0001"


@pytest.fixture
def mads(site_store):
    played_into(site_store, "s01_mads", datetime(2027, 1, 20, 12))
    return site_store


def _change(store, change) -> None:
    store.write(lambda session: change(session, cases.by_number(session, "2026-0001")))


def test_a_case_that_was_brought_in_says_where_from(app, client_of, mads):
    assert "Overført fra" not in client_of("koordinator-1").get(CASE).text

    def bring(session, case):
        told = {"case_id": case.id, "system": "Gammelsag", "old_number": "G-77", "by": "leder-kui"}
        session.add(brought_in.BroughtIn(**told, at=clock.now()))

    _change(mads, bring)
    assert "Overført fra Gammelsag, G-77" in client_of("koordinator-1").get(CASE).text
    assert "Overført fra" not in client_of("partner-x-sko").get(CASE).text


def test_without_a_cpr_number_the_replacement_number_is_told_masked_and_not_to_a_partner(
    app, client_of, mads
):
    def swap(session, case):
        person = people.citizens(session, case.id)[0]
        other = people.register(session, "En Anden", replacement="670390-4001")
        person.cpr_sealed = person.cpr_index = None
        for name in ("replacement_sealed", "replacement_kind"):
            setattr(person, name, getattr(other, name))

    _change(mads, swap)
    page = client_of("koordinator-1").get(CASE).text
    assert "Erstatningsnummer 670390-****" in page and "4001" not in page
    assert "Erstatningsnummer" not in client_of("partner-x-sko").get(CASE).text


def test_a_letter_that_could_not_be_sent_is_told_at_the_top_with_what_can_be_done(
    app, client_of, mads
):
    client = client_of("koordinator-1")
    assert "ikke kommet af sted" not in client.get(CASE).text

    def fail(session, case):
        letter = letters.of_case(session, case)[-1]
        query = select(Outgoing).where(Outgoing.ref == letter.id)
        row = session.scalars(query).one()
        row.state, row.attempts = outbox.FAILED, 5

    _change(mads, fail)
    page = client.get(CASE).text
    assert "Et brev er ikke kommet af sted." in page
    stuck = page[page.index("ikke kommet af sted") :]
    address = re.search(r'href="(/sager/2026-0001/breve/[^"]+)"', stuck)[1]
    assert "Send igen nu" in client.get(address).text
    assert "ikke kommet af sted" not in client_of("sagsbehandler-fam").get(CASE).text


def test_a_long_list_shows_its_newest_and_folds_the_rest(app, client_of, mads):
    page = client_of("koordinator-1").get(CASE).text
    part = page[page.index('id="letters-title"') :]
    part = part[: part.index("</section>")]
    before, folded = part.split('<details class="rest">')
    assert before.count("<li>") == 3
    count = before.count("<li>") + folded.count("<li>")
    assert f"Vis alle {count} breve" in folded


def test_a_contact_is_told_with_the_unit_where_they_work(app, client_of, mads):
    page = client_of("koordinator-1").get(CASE).text
    assert re.search(r"Fie Familiesen</span> <small[^>]*>Sagsbehandler, Familieafdeling: ", page)


def test_the_local_frame_of_each_unit_is_there_to_those_who_work_here(app, client_of, mads):
    text = "Familieafdelingen ringer hver fredag."
    day = date(2026, 11, 23)
    frame.decide(mads, "FAM", "initiativ", text, day, "Byrådet, punkt 7", by="leder-fam")
    page = client_of("koordinator-1").get(CASE).text
    assert text in page and "/enheder/FAM/ramme" in page
    assert text not in client_of("partner-x-sko").get(CASE).text


@pytest.mark.parametrize(("days", "level"), [(0, "soon"), (-10, "late"), (20, "well")])
def test_a_task_is_as_urgent_on_its_case_as_in_the_inbox(app, client_of, mads, days, level):
    due = deadlines.midnight(clock.today() + timedelta(days=days))
    mads.write(lambda session: session.execute(update(WorkItem).values(due_at=due, sort_at=due)))
    client = client_of("koordinator-1")
    inbox, case = (client.get(page).text for page in ("/opgaver?fane=ikke_fordelt", CASE))
    assert f'<span class="due {level}">' in inbox
    tasks = case[case.index('id="tasks-title"') :]
    tasks = tasks[: tasks.index("</section>")]
    assert set(re.findall('<span class="pill (.+?)">', tasks)) == {level} - {"well"}


def test_a_task_that_is_one_of_many_says_on_its_case_whose_it_is_and_where_it_lies(
    app, client_of, site_store
):
    played_into(site_store, "s02_selma_erstatter", before="indhent_svar")
    page = client_of("sagsbehandler-kui").get(CASE).text
    tasks = page[page.index('id="tasks-title"') :]
    tasks = tasks[: tasks.index("</section>")]
    told = re.findall(r'>Indhent svar</a>\s*<small class="quiet">(.+?) · (.+?)</small>', tasks)
    assert {unit for _, unit in told} == {"Kommunal ungeindsats"}
    names = [name for name, _ in told]
    assert len(names) == len(set(names)) == 3 and "Selma Opdigtet" in names
