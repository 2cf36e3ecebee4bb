"""Opening a case by any way leaves one row in the chain of reads, before the page; a list none.

And what is taken from somebody is gone on the next request.
"""

from __future__ import annotations

import random
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from engine import clock, reads
from engine.domain import organisation
from engine.domain.cases import Involvement
from engine.domain.organisation import Absence, Role
from engine.reads import Read
from tests.barrier import asking, trial, world
from tests.barrier.oracle import Oracle, Rows

#: Pages that tell of no single case, whoever asks.
LISTS = {
    "/",
    "/opgaver",
    "/opgaver/filtre",
    "/opgaver/valgte/<handling>",
    "/sager",
    "/gaa-til",
    "/noter",
    "/kalender",
    "/kalender/<token>.ics",
    "/henvis",
    "/henvis/modtaget",
    "/fravaer",
    "/was",
}


@pytest.fixture(scope="module")
def built(fiktivby, tmp_path_factory):
    return world.build(tmp_path_factory.mktemp("reads") / "world.db", fiktivby)


@pytest.fixture
def site(built, tmp_path):
    made = trial.Site(built, tmp_path)
    with clock.travelling(world.NOW):
        yield made
    made.close()


def _number_of_reads(site) -> int:
    with site.store.reading() as session:
        return session.scalar(select(func.count()).select_from(Read))


def _pages(site, username: str):
    """(rule, address) of each page that a GET opens, for a case that the user sees whole."""
    db = world.connected(site.file)
    oracle = Oracle(Rows(db), clock.now())
    db.close()
    person, rows = oracle.person(username), oracle.rows
    case = next(case for case in rows.cases if case.koordinator == username)
    asker = asking.Asker(site.rules, oracle, random.Random(1), [])

    def first(found):
        return next(row for row in found if row.case_id == case.id)

    process = next(t.process for t in rows.work_items if t.case_id == case.id)
    values = {
        "nummer": case.nummer,
        "task_id": next(
            t.id for t in rows.work_items if t.case_id == case.id and person.lies_with_me(t)
        ),
        "document_id": first(rows.documents).id,
        "note_id": first(rows.notes).id,
        "meeting_id": first(rows.meetings).id,
        "journal_no": first(rows.letters).journal_no,
        "process": process,
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
        assert of_case or rule in LISTS or "<nummer>" not in rule
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
