"""Opening a case by any way leaves one row in the chain of reads, before the page; a list none.

And what is taken from somebody is gone on the next request.
"""

from __future__ import annotations

import random
import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine import clock, reads
from engine.domain import consent, organisation
from engine.domain.cases import Case, Involvement
from engine.domain.consent import Consent
from engine.domain.organisation import Absence, Role
from engine.domain.people import Party
from engine.reads import Read
from tests.barrier import asking, world
from tests.barrier.answer import text_of
from tests.barrier.oracle import Oracle
from tests.barrier.rows import Rows
from tests.barrier.site import Site


@pytest.fixture(scope="module")
def built(fiktivby, tmp_path_factory):
    return world.build(tmp_path_factory.mktemp("reads") / "world.db", fiktivby)


@pytest.fixture
def site(built, tmp_path):
    made = Site(built, tmp_path)
    with clock.travelling(world.NOW):
        yield made
    made.close()


def _number_of_reads(site) -> int:
    with site.store.reading() as session:
        return session.scalar(select(func.count()).select_from(Read))


def _oracle(site) -> Oracle:
    db = world.connected(site.file)
    found = Oracle(Rows(db), clock.now())
    db.close()
    return found


def _pages(site, username: str, case=None):
    """(rule, address) of each page that a GET opens, for a case that the user sees whole."""
    oracle = _oracle(site)
    person, rows = oracle.person(username), oracle.rows
    case = case or next(case for case in rows.cases if case.koordinator == username)
    asker = asking.Asker(site.rules, oracle, random.Random(1), [])

    def first(found):
        return next((row for row in found if row.case_id == case.id), None)

    tasks = [task for task in rows.work_items if task.case_id == case.id]
    mine = next((task for task in tasks if person.lies_with_me(task)), tasks[0])
    values = {
        "nummer": case.nummer,
        "task_id": mine.id,
        "document_id": first(rows.documents).id,
        "note_id": first(rows.notes).id,
        "meeting_id": first(rows.meetings).id,
        "indstilling_id": first(rows.applications).id,
        "linje": "faelles-2026",
        "tal": "reserveret",
        "journal_no": getattr(first(rows.letters), "journal_no", "intet"),
        "process": tasks[0].process,
    }
    for rule in asker.rules:
        if "GET" not in rule.methods or "message" in rule.arguments:
            continue
        address = rule.rule
        for name in rule.arguments:
            address = address.replace(f"<{name}>", values.get(name, "bero"))
        yield rule.rule, address


def test_every_way_into_a_case_leaves_exactly_one_row_and_a_list_none(site):
    client = site.client("koordinator-1")
    opened = 0
    for rule, address in _pages(site, "koordinator-1"):
        query = {"fra": "1", "til": "1"} if rule.endswith("sammenlign") else {}
        before = _number_of_reads(site)
        answer = client.get(address, query_string=query)
        left = _number_of_reads(site) - before
        of_case = "<nummer>" in rule or rule == "/opgaver/<task_id>"
        if of_case:
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            opened += 1
        assert left == (1 if of_case else 0), f"{address} left {left}"
        assert of_case or rule in asking.LISTS or "<nummer>" not in rule
    assert opened >= 12


def test_where_the_row_cannot_be_written_there_is_no_page(site, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OSError("the disk is full")

    client = site.client("koordinator-1")
    pages = list(_pages(site, "koordinator-1"))
    monkeypatch.setattr(reads, "record", broken)
    for rule, address in pages:
        if "<nummer>" in rule or rule == "/opgaver/<task_id>":
            query = {"fra": "1", "til": "1"} if rule.endswith("sammenlign") else {}
            answer = client.get(address, query_string=query)
            assert answer.status_code == 500, address
            assert not world.CANARY.search(answer.text), address


def test_a_form_drawn_anew_leaves_a_row_where_its_page_was_not_opened(site):
    oracle = _oracle(site)
    person, tasks = oracle.person("koordinator-1"), oracle.rows.work_items
    mine = [task for task in tasks if person.lies_with_me(task) and person.opens_case(task)]
    task = next(task for task in mine if task.form_id and person.sees(oracle.case[task.case_id]))
    done = next(t for t in tasks if t.state == "done" and t.form_id and person.lies_with_me(t))
    number = next(case.nummer for case in oracle.rows.cases if case.koordinator == "koordinator-1")
    client = site.client("koordinator-1")
    case = client.get(f"/sager/{number}").text
    news = re.search(rf"/sager/{number}/meld/\w+", case)[0]
    for address in (
        f"/opgaver/{task.id}/formular",
        f"/opgaver/{task.id}",
        f"/opgaver/{done.id}/ret",
        f"{news}/formular",
        news,
    ):
        for partly in ({}, {"HX-Request": "true"}):
            answer = client.post(address, data={"liste": "/opgaver"}, headers=partly)
            assert answer.status_code in (200, 409, 422), f"{address}: {answer.status_code}"
        with site.store.reading() as session:
            left = session.scalars(select(Read.what).where(Read.actor == "koordinator-1"))
            thing = done.id if address.endswith("/ret") else task.id
            wanted = f"opgave:{thing}" if "opgaver" in address else f"meld:{news.split('/')[-1]}"
            assert list(left).count(wanted) == 1, address


CASE = "/sager/2026-0001"


def _open(site, username: str) -> int:
    return site.client(username).get(CASE).status_code


def test_a_role_ends_at_midnight_in_copenhagen(site):
    def end(session):
        for row in session.scalars(select(Role).where(Role.username == "sagsbehandler-kui")):
            row.valid_to = date(2027, 1, 25)

    site.store.write(end)
    with clock.travelling(datetime(2027, 1, 25, 23, 59, 59)):
        assert _open(site, "sagsbehandler-kui") == 200
    with clock.travelling(datetime(2027, 1, 26)):
        assert _open(site, "sagsbehandler-kui") == 404


def test_a_stand_ins_sight_ends_with_the_absence(site):
    days = {"first_day": date(2027, 1, 21), "last_day": date(2027, 1, 22)}
    away = Absence(username="koordinator-1", deputy="koordinator-4", **days)
    site.store.write(lambda session: session.add(away))
    seen = {}
    for day in (20, 21, 22, 23):
        with clock.travelling(datetime(2027, 1, day, 0, 0)):
            seen[day] = _open(site, "koordinator-4")
    assert seen == {20: 404, 21: 200, 22: 200, 23: 404}


def test_who_begins_tomorrow_sees_nothing_today(site):
    def involve(session):
        from engine.domain import cases

        case = cases.by_number(session, "2026-0001")
        begins = date(2027, 1, 21)
        row = Involvement(case_id=case.id, unit="BOL", why="proevet", valid_from=begins)
        session.add(row)

    site.store.write(involve)
    assert _open(site, "sagsbehandler-bol") == 404
    with clock.travelling(datetime(2027, 1, 21)):
        assert _open(site, "sagsbehandler-bol") == 200


def test_who_no_longer_works_here_is_out_on_the_next_request(site):
    client = site.client("koordinator-1")
    assert client.get(CASE).status_code == 200

    def leave(session):
        organisation.user(session, "koordinator-1").active = False

    site.store.write(leave)
    assert client.get(CASE).headers["Location"].startswith("/log-paa")


def _told(site, client, username: str, case) -> tuple[set[str], int]:
    """What all routes together tell the user of the case: its words, and how often its number."""
    words, numbered = set(), 0
    canaries = {row.word: row for row in _oracle(site).rows.canaries}
    citizen = next(row.word for row in canaries.values() if row.part == "borger")
    for rule, address in _pages(site, username, case):
        query = {"ord": citizen, "fane": "ikke_fordelt", "vis": "enhed"}
        query = query if "<nummer>" not in rule else {"fra": "1", "til": "1"}
        answer = client.get(address, query_string=query)
        said = text_of(answer)
        words |= {w for w in world.CANARY.findall(said) if canaries[w].case_id == case.id}
        numbered += case.nummer in said and case.nummer not in address
        if "<nummer>" in rule and answer.status_code == 200:
            numbered += 1
    return words - {citizen}, numbered


def _agree(session, case) -> None:
    party = select(Party.person_id).where(Party.case_id == case.id, Party.role == "borger")
    told = {"kind": consent.DISCLOSE, "counterpart": "X-SKO", "state": consent.GIVEN}
    kinds = {"data_types": list(world.KINDS_OF_INFORMATION), "purpose": "At hjælpe"}
    given = {"given_at": clock.now(), "given_by": ["borger"], "consequence_told": True}
    citizen = session.scalars(party).first()
    session.add(Consent(case_id=case.id, person_id=citizen, **told, **kinds, **given))


def _withdraw(session, case) -> None:
    theirs = select(Consent).where(Consent.case_id == case.id, Consent.counterpart == "X-SKO")
    for row in session.scalars(theirs):
        consent.end(row, consent.WITHDRAWN, "Borgeren har ombestemt sig")


def _involve(session, case) -> None:
    begun = {"why": "proevet", "valid_from": clock.today()}
    session.add(Involvement(case_id=case.id, unit="BOL", **begun))


def _let_go(session, case) -> None:
    for row in session.scalars(select(Involvement).where(Involvement.unit == "BOL")):
        row.valid_to = clock.today()


def _own(session, case) -> None:
    session.get_one(Case, case.id).owner_unit = "BOL"


def _give_away(session, case) -> None:
    session.get_one(Case, case.id).owner_unit = "KUI"


def _move_in(session, case) -> None:
    session.get_one(Case, case.id).owner_unit = "FAM"
    session.add(Role(username="sagsbehandler-bol", unit="FAM", role="sagsbehandler"))


def _move_out(session, case) -> None:
    theirs = select(Role).where(Role.username == "sagsbehandler-bol", Role.unit == "FAM")
    session.scalars(theirs).one().valid_to = clock.today() - timedelta(days=1)


@pytest.mark.parametrize(
    ("username", "give", "take"),
    [
        ("partner-x-sko", _agree, _withdraw),
        ("sagsbehandler-bol", _involve, _let_go),
        ("sagsbehandler-bol", _own, _give_away),
        ("sagsbehandler-bol", _move_in, _move_out),
    ],
)
def test_what_is_taken_away_is_gone_from_every_route_on_the_next_request(
    site, username, give, take
):
    oracle = _oracle(site)
    person = oracle.person(username)
    planned = {plan.case_id for plan in oracle.rows.plans if plan.state == "accepteret"}
    case = next(
        case
        for case in oracle.rows.cases
        if case.id in planned and not person.has_task_in(case) and not person.sees(case)
    )
    client = site.client(username)
    assert _told(site, client, username, case) == (set(), 0)
    site.store.write(lambda session: give(session, case))
    words, numbered = _told(site, client, username, case)
    assert words and numbered > 2
    site.store.write(lambda session: take(session, case))
    assert _told(site, client, username, case) == (set(), 0)
