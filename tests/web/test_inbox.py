"""The inbox: what stands in it, what its numbers say, and what one can do to many tasks at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import casework, clock, events
from engine.domain import absences, access, consent, deadlines, people
from engine.domain.cases import Case
from engine.instances import Instance, WorkItem
from engine.store import new_id

NAMES = ("Opfølgning", "Start indsats", "Ring op")


@pytest.fixture
def filled(app, site_store):
    """Sixty tasks of KUI in three cases: dated and undated, of three kinds, one coordinated."""
    site_store.write(fill)
    return site_store


def fill(session) -> None:
    today = clock.now().replace(hour=23, minute=0)  # the next midnight in Copenhagen
    for number in range(3):
        case = Case(
            id=f"sag-{number}",
            nummer=f"2026-90{number}",
            owner_unit="KUI",
            koordinator="koordinator-1" if number == 0 else None,
            opened_at=clock.now(),
        )
        session.add(case)
        session.flush()
        started = {"started_at": clock.now(), "started_by": "x", "revision": 1}
        session.add(
            Instance(
                id=case.id,
                case_id=case.id,
                process="p",
                release_id="r",
                state=b"",
                scopes=b"",
                **started,
            )
        )
        session.flush()
        for line in range(20):
            days = timedelta(days=line - 6)
            session.add(task(case, NAMES[line % 3], None if line == 19 else today + days))


def task(case, name, due, queue="KUI") -> WorkItem:
    desk, person = access.place(queue, case)
    return WorkItem(
        id=new_id(),
        instance_id=case.id,
        case_id=case.id,
        release_id="r",
        process="p",
        element="e",
        name=name,
        kind="user",
        queue=queue,
        unit="KUI",
        desk=desk,
        person=person,
        due_at=due,
        created_at=clock.now(),
    )


def listed(client, address: str) -> list[str]:
    """The ids of every row of a list, page after page."""
    found = []
    while address:
        text = client.get(address).text
        found += re.findall(r'<tr data-row id="opgave-([^"]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following and following[1].replace("&amp;", "&")
    return found


def links(text: str) -> list[tuple[str, int]]:
    """Every link that names a count: its address and the number."""
    found = re.findall(
        r'<a [^>]*?href="([^"]+)"[^>]*>(?:(?!</a>).)*?class="count">(\d+)<', text, re.S
    )
    return [(address.replace("&amp;", "&"), int(number)) for address, number in found]


@pytest.mark.parametrize(
    "where",
    ["fane=ikke_fordelt", "fane=ikke_fordelt&type=Ring+op", "fane=ikke_fordelt&frist=uge&ord=901"],
)
def test_every_number_is_the_length_of_the_list_it_opens(filled, client_of, where):
    client = client_of("sagsbehandler-kui")
    counted = links(client.get(f"/opgaver?{where}").text)
    counted += links(client.get(f"/opgaver/filtre?{where}").text)
    assert len(counted) > 12
    assert max(number for _, number in counted) > 5
    for address, number in counted:
        assert len(listed(client, address)) == number, address


def test_pages_hold_every_task_once_in_the_order_of_their_due_dates(filled, client_of):
    client = client_of("sagsbehandler-kui")
    every = listed(client, "/opgaver?fane=ikke_fordelt")
    assert len(every) == len(set(every)) == 60
    with filled.reading() as session:
        due = {t.id: t.sort_at for t in session.scalars(select(WorkItem))}
    assert [due[id_] for id_ in every] == sorted(due[id_] for id_ in every)
    first = client.get("/opgaver?fane=ikke_fordelt").text
    second = client.get(
        re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    ).text
    assert "51–60 af 60" in second
    back = re.search(r'rel="prev" href="([^"]+)"', second)[1].replace("&amp;", "&")
    assert listed_once(client.get(back).text) == every[:50]


def listed_once(text: str) -> list[str]:
    return re.findall(r'<tr data-row id="opgave-([^"]+)"', text)


def test_many_are_held_at_once_and_what_is_refused_is_told_each_with_its_line_in_the_trail(
    filled, client_of
):
    client = client_of("sagsbehandler-kui")
    ids = listed(client, "/opgaver?fane=ikke_fordelt")[:50]
    for taken in ids[:3]:
        casework.claim(filled, taken, by="koordinator-1")
    told = {"handling": "bero", "til_dag": "2026-12-07", "grund": "venter på lægen"}
    text = client.post("/opgaver", data={**told, "opgave": ids}, follow_redirects=True).text
    assert "47 opgaver er sat i bero" in text
    assert "3 kunne ikke:" in text
    assert text.count("Opgaven er taget af Liv Koordinatorsen") == 3
    with filled.reading() as session:
        held = session.scalars(select(events.Event.kind).where(events.Event.kind == "held")).all()
    assert len(held) == 47
    resting = client.get("/opgaver?fane=bero").text
    assert "venter på lægen" in resting and 'class="count">47<' in resting
    clock._clock.move_to(clock._clock.now() + timedelta(days=14))
    casework.run_due(filled)
    with filled.reading() as session:
        assert not session.scalars(select(WorkItem).where(WorkItem.state == "held")).all()


def test_the_one_who_comes_second_reads_who_was_first(filled, client_of):
    mine, theirs = client_of("sagsbehandler-kui"), client_of("koordinator-1")
    wanted = listed(mine, "/opgaver?fane=ikke_fordelt")[0]
    assert "er din" in theirs.post("/opgaver", data={"tag": wanted}, follow_redirects=True).text
    text = mine.post("/opgaver", data={"tag": wanted}, follow_redirects=True).text
    assert "Opgaven er taget af Liv Koordinatorsen" in text


def test_only_those_who_may_see_the_task_are_offered_it(filled, client_of):
    client = client_of("sagsbehandler-kui")
    wanted = listed(client, "/opgaver?fane=ikke_fordelt")[0]
    page = client.post(
        "/opgaver", data={"handling": "giv", "opgave": wanted}, follow_redirects=True
    )
    offered = set(re.findall(r'name="til" value="([^"]+)"', page.text))
    assert "koordinator-1" in offered and "leder-kui" in offered
    with filled.reading() as session:
        row = session.get(WorkItem, wanted)
        assert all(access.may(session, name, "complete", row) for name in offered)
    assert "sagsbehandler-fam" not in offered
    refused = client.post(
        "/opgaver",
        data={"handling": "giv", "til": "sagsbehandler-fam", "opgave": wanted},
        follow_redirects=True,
    )
    assert "må ikke" in refused.text or "ikke må se" in refused.text


def test_a_task_that_is_one_of_many_says_whose_it_is(filled, client_of):
    def ask(session):
        rows = session.scalars(select(WorkItem).where(WorkItem.name == "Ring op").limit(4)).all()
        bo, liv = _family(session, rows[0].case_id), _family(session, rows[1].case_id)
        for row, item in zip(rows, (bo[0], liv[1], "FAM", "KUI"), strict=True):
            row.item = item
        return [row.id for row in rows]

    asked = filled.write(ask)
    page = client_of("sagsbehandler-kui").get("/opgaver?fane=ikke_fordelt&ord=Ring").text
    about = [re.search(f'id="opgave-{id_}".*?<td class="who-for">', page, re.S)[0] for id_ in asked]
    told = [re.findall('<span class="quiet">(.+?)</span>', row) for row in about]
    # Its own unit's name stands in the menu of queues already.
    assert told == [["Bo Prøvesen"], ["Liv Prøvesen"], ["Familieafdeling"], []]


def _family(session, case_id):
    """Bo and Liv, of whom the case is: their ids."""
    found = []
    for name in ("Bo Prøvesen", "Liv Prøvesen"):
        person = people.Person(name=name)
        session.add(person)
        session.flush()
        people.add_party(session, case_id, person.id, "borger")
        found.append(person.id)
    return found


def test_a_partner_learns_of_a_family_from_a_task_only_those_who_said_yes(filled, client_of):
    def ask(session):
        row = session.scalars(select(WorkItem).where(WorkItem.name == "Ring op")).first()
        bo, liv = _family(session, row.case_id)
        told = {"kind": consent.DISCLOSE, "counterpart": "X-SKO", "data_types": ["uddannelse"]}
        given = {"state": "givet", "given_at": clock.now(), "given_by": ["borger"]}
        session.add(
            consent.Consent(case_id=row.case_id, person_id=bo, purpose="Prøve", **told, **given)
        )
        row.assignee, row.item = "partner-x-sko", liv
        row.state, row.completed_at, row.completed_by = "done", clock.now(), "partner-x-sko"

    filled.write(ask)
    told = client_of("partner-x-sko").get("/opgaver?fane=loest").text
    assert "Ring op" in told and "Bo Prøvesen" in told
    assert "Liv" not in told


def test_another_unit_sees_nothing_and_cannot_touch_it(filled, client_of):
    wanted = listed(client_of("sagsbehandler-kui"), "/opgaver?fane=ikke_fordelt")[0]
    stranger = client_of("sagsbehandler-fam")
    assert listed(stranger, "/opgaver?fane=ikke_fordelt") == []
    assert listed(stranger, "/opgaver?fane=ikke_fordelt&koe=KUI&ord=2026-90") == []
    answer = stranger.post("/opgaver", data={"tag": wanted}, follow_redirects=True)
    assert "Opgaven findes ikke" in answer.text and "Opfølgning" not in answer.text
    asked = stranger.get(f"/opgaver/valgte/giv?opgave={wanted}", follow_redirects=True)
    assert "Vælg mindst én opgave" in asked.text


def test_an_empty_inbox_tells_the_next_deadline_of_cases_that_one_may_see(app, client_of):
    def begin(session):
        case = Case(nummer="2026-904", owner_unit="KUI", opened_at=clock.now())
        session.add(case)
        session.flush()
        deadlines.fix(session, case, "frist_proevet", clock.today() + timedelta(days=5), "proevet")

    app.extensions["store"].write(begin)
    told = "Næste frist i jeres sager: "
    assert told in client_of("sagsbehandler-kui").get("/opgaver").text
    # The leader of the unit sees none of its cases by leading.
    assert told not in client_of("leder-kui").get("/opgaver").text


def test_a_view_is_put_by_under_a_name_with_the_number_of_its_list(filled, client_of):
    client = client_of("sagsbehandler-kui")
    told = {"navn": "Det, der brænder", "visning": "fane=ikke_fordelt&frist=overskredet"}
    text = client.post("/visninger", data=told, follow_redirects=True).text
    address, number = next(link for link in links(text) if "overskredet" in link[0])
    assert number == len(listed(client, address)) > 5
    assert client.post("/visninger", data=told).status_code == 409
    view = re.search(r'/visninger/([^/"]+)"', text)[1]
    other = client_of("leder-kui")
    assert other.post(f"/visninger/{view}/slet").status_code == 409
    renamed = client.post(f"/visninger/{view}", data={"navn": "Brænder"}, follow_redirects=True)
    assert "Brænder" in renamed.text
    gone = client.post(f"/visninger/{view}/slet", follow_redirects=True).text
    assert ">Brænder " not in gone


def test_the_stand_in_works_the_absent_colleagues_tasks_and_both_names_stand_in_the_trail(
    filled, client_of
):
    with filled.reading() as session:
        case = session.get(Case, "sag-0")
        wanted = task(case, "Skriv planen", None, queue="koordinator")
    filled.write(lambda session: session.add(wanted))
    deputy = client_of("koordinator-2")
    assert wanted.id not in listed(deputy, "/opgaver?fane=mine")
    away = {"fra": "2026-11-23", "til": "2026-11-27", "stedfortraeder": "koordinator-2"}
    told = client_of("koordinator-1").post("/fravaer", data=away, follow_redirects=True)
    assert "Fraværet er registreret" in told.text
    text = deputy.get("/opgaver?fane=mine").text
    assert wanted.id in text and "for Liv Koordinatorsen" in text
    deputy.post("/opgaver", data={"tag": wanted.id})
    with filled.reading() as session:
        claimed = session.scalars(select(events.Event).where(events.Event.kind == "claimed")).one()
        assert (claimed.actor, claimed.on_behalf_of) == ("koordinator-2", "koordinator-1")
        (row,) = absences.running(session, ["koordinator-1"])
        system = session.scalars(select(events.Event.kind).where(events.Event.case_id == "system"))
        assert "absence_registered" in set(system)
    client_of("koordinator-1").post(f"/fravaer/{row.id}/afslut")
    assert wanted.id not in listed(deputy, "/opgaver?fane=mine")
    assert wanted.id in listed(client_of("koordinator-1"), "/opgaver?fane=mine")


@pytest.mark.parametrize(
    ("who", "told", "answer"),
    [
        (
            "sagsbehandler-kui",
            {"stedfortraeder": "sagsbehandler-fam"},
            "arbejder ikke i en af dine",
        ),
        ("sagsbehandler-kui", {"stedfortraeder": "leder-kui", "hvem": "sagsbehandler-fam"}, "Kun"),
        ("sagsbehandler-kui", {"stedfortraeder": "leder-kui", "til": "2026-11-01"}, "før første"),
        ("leder-kui", {"stedfortraeder": "sagsbehandler-fam", "hvem": "koordinator-1"}, None),
    ],
)
def test_nobody_gives_their_work_to_whom_they_may_not(app, client_of, who, told, answer):
    away = {"fra": "2026-11-23", "til": "2026-11-27", **told}
    page = client_of(who).post("/fravaer", data=away)
    assert page.status_code == (303 if answer is None else 409)
    assert answer is None or answer in page.text
