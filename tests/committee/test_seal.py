"""Both databases refuse by themselves to change a closed ballot or a vote that was cast."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.domain import ballots, cases
from engine.domain.agenda import AgendaItem
from engine.domain.ballots import Ballot, Vote
from engine.domain.committee import CommitteeMeeting
from engine.domain.escalation import Application
from engine.domain.organisation import User


@pytest.fixture
def sealed(store):
    """One closed ballot with one vote, and one that is open; their ids."""

    def make(session):
        session.add_all(User(username=name, name=name) for name in ("ane", "ove"))
        case = cases.create(session, "andet")
        row = Application(
            case_id=case.id,
            services=[],
            amount=Decimal(1),
            months=1,
            written_by="ane",
            written_at=clock.now(),
            **dict.fromkeys(
                ("what", "why_beyond", "goals", "alternatives", "consequence", "citizens_view"), "x"
            ),
        )
        held = CommitteeMeeting(
            held_at=clock.now(), papers_close=clock.now() - timedelta(1), members=["ane", "ove"]
        )
        session.add_all((row, held))
        session.flush()
        item = AgendaItem(meeting_id=held.id, application_id=row.id, number=1, added_at=clock.now())
        session.add(item)
        session.flush()
        facts = {"item_id": item.id, "result": "afslag", "able": ["ane", "ove"]}
        facts |= {"opened_at": clock.now(), "opened_by": "ane"}
        closed, open_ = Ballot(number=1, **facts), Ballot(number=2, **facts)
        session.add_all((closed, open_))
        session.flush()
        ballots.cast(session, closed, "ane", "for")
        closed.outcome, closed.closed_at, closed.closed_by = "vedtaget", clock.now(), "ane"
        session.flush()
        return closed.id, open_.id

    return store.write(make)


def late(ballot, number=9):
    return insert(Vote).values(
        id="late", ballot_id=ballot, member="ove", number=number, vote="for", cast_at=clock.now()
    )


def test_what_is_closed_stays_as_it_is(store, sealed):
    closed, open_ = sealed
    of_closed = Ballot.id == closed
    changes = [
        late(closed),
        update(Ballot).where(of_closed).values(closed_at=None),
        update(Ballot).where(of_closed).values(outcome="forkastet"),
        delete(Ballot).where(of_closed),
        update(Vote).values(vote="imod"),
        update(Vote).values(ballot_id=open_),
        delete(Vote),
    ]
    if store.is_postgresql:
        changes += [text("TRUNCATE ballots CASCADE"), text("TRUNCATE votes")]
    else:
        columns = ", ".join(column.name for column in Ballot.__table__.columns)
        changes.append(
            text(f"INSERT OR REPLACE INTO ballots SELECT {columns} FROM ballots WHERE number = 1")
        )
    for change in changes:
        with pytest.raises(DBAPIError):
            store.write(lambda session, change=change: session.execute(change))


def test_what_is_open_takes_votes_and_can_be_closed(store, sealed):
    _closed, open_ = sealed
    store.write(lambda session: session.execute(late(open_, 1)))
    seal = update(Ballot).where(Ballot.id == open_).values(closed_at=clock.now(), hash="x")
    store.write(lambda session: session.execute(seal))
    with pytest.raises(DBAPIError):
        store.write(lambda session: session.execute(seal))
