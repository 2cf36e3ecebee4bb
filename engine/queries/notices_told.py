"""What has happened: a stand-in, a withdrawal, a silence, a grant, an invitation, a rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import consent, deadlines, meetings, notices, papers, plan, rules
from engine.domain.cases import Case, Involvement
from engine.domain.consent import Consent
from engine.domain.deadlines import Deadline
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.meetings import Invitee, Meeting
from engine.domain.obligations import Participation
from engine.domain.organisation import Absence
from engine.domain.plan import Plan, PlanComment
from engine.outbox import Outgoing
from engine.queries.inbox_names import queue_name, user_names
from engine.queries.notices_kinds import (
    GRANT,
    MEETING,
    MOVED,
    SILENT,
    STANDS_IN,
    STOOD_IN,
    UNCONFIRMED,
    WITHDRAWN,
    Asker,
    Notice,
)

#: The role that answers for the rules.
OWNER_OF_RULES = "procesejer"
#: What the engine puts by when a changed rule has moved a day (`casework/rules.py`).
DAY_MOVED = "frist_flyttet"


def stands_in(asker: Asker) -> Iterator[Notice]:
    """The user works in an absent colleague's place, or no longer does."""
    session, today = asker.session, clock.today()
    since = today - notices.lasts(session)
    query = select(Absence).where(
        Absence.deputy == asker.username, Absence.first_day <= today, Absence.last_day >= since
    )
    rows = list(session.scalars(query))
    names = user_names(session, {row.username for row in rows})
    for row in rows:
        facts = {"who": names[row.username], "until": row.last_day}
        if row.last_day >= today:
            at = deadlines.midnight(row.first_day)
            yield Notice(f"{STANDS_IN}:{row.id}", STANDS_IN, at, facts=facts)
        elif row.first_day <= row.last_day:
            at = deadlines.midnight(row.last_day + timedelta(days=1))
            yield Notice(f"{STOOD_IN}:{row.id}", STOOD_IN, at, facts=facts)


def withdrawn(asker: Asker) -> Iterator[Notice]:
    """A consent was taken back in a case that the user's unit took part in: no more than that.

    Whoever answers for the case has tasks of it.
    """
    session, mine = asker.session, asker.mine
    since = clock.now() - notices.lasts(session)
    taking_part = select(Involvement.case_id).where(
        Involvement.case_id == Consent.case_id,
        or_(Involvement.unit.in_(asker.own_units), Involvement.username.in_(mine.usernames)),
        or_(Involvement.valid_to.is_(None), Involvement.valid_to >= func.date(Consent.ended_at)),
    )
    query = (
        select(Consent.id, Consent.case_id, Consent.ended_at)
        .join(Case, Case.id == Consent.case_id)
        .where(
            Consent.state == _said(consent.WITHDRAWN),
            Consent.ended_at >= since,
            or_(
                Consent.counterpart.in_(mine.units),
                and_(Consent.kind == consent.PLAN, taking_part.exists()),
            ),
            Case.locked.is_(False),
            _not_theirs(asker),
        )
        .order_by(Consent.ended_at, Consent.id)
    )
    told = set()
    for row in session.execute(query):
        # Several that were taken back at once are one thing to know.
        if (row.case_id, row.ended_at) not in told:
            told.add((row.case_id, row.ended_at))
            yield Notice(f"{WITHDRAWN}:{row.id}", WITHDRAWN, row.ended_at, row.case_id)


def silent(asker: Asker) -> Iterator[Notice]:
    """To a unit's leader: the unit said nothing to a draft that is still on its way (KP-6)."""
    led, session = asker.mine.led_units, asker.session
    if not led:
        return
    query = (
        select(PlanComment.id, PlanComment.unit, PlanComment.written_at, Plan.case_id)
        .join(Plan, Plan.id == PlanComment.plan_id)
        .join(Case, Case.id == Plan.case_id)
        .where(
            PlanComment.silent,
            PlanComment.unit.in_(led),
            PlanComment.written_at >= clock.now() - notices.lasts(session),
            Plan.state.in_((plan.DRAFT, plan.WITH_CITIZEN)),
            Case.locked.is_(False),
        )
    )
    for row in session.execute(query):
        facts = {"unit": queue_name(session, row.unit)}
        yield Notice(f"{SILENT}:{row.id}", SILENT, row.written_at, row.case_id, facts=facts)


def granted(asker: Asker) -> Iterator[Notice]:
    """An application of the user's, or of their case, has been decided by somebody else."""
    session, mine = asker.session, asker.mine
    query = (
        select(Grant.id, Grant.case_id, Grant.result, Grant.decided_at)
        .join(Application, Application.id == Grant.application_id)
        .join(Case, Case.id == Grant.case_id)
        .where(
            Grant.decided_at >= clock.now() - notices.lasts(session),
            Grant.registered_by != asker.username,
            or_(Case.koordinator.in_(mine.usernames), Application.written_by.in_(mine.usernames)),
        )
    )
    for row in session.execute(query):
        facts = {"result": row.result}
        yield Notice(f"{GRANT}:{row.id}", GRANT, row.decided_at, row.case_id, facts=facts)


def invited(asker: Asker) -> Iterator[Notice]:
    """The user's unit is invited to a meeting, until it is held; or only the one who was named."""
    session, units = asker.session, asker.own_units
    query = (
        select(Meeting, Invitee.who)
        .join(Invitee, Invitee.meeting_id == Meeting.id)
        .join(Case, Case.id == Meeting.case_id)
        .where(
            Meeting.state == _said(meetings.PLANNED),
            Meeting.at >= clock.now(),
            Meeting.called_by != asker.username,
            Invitee.light == meetings.GREEN,
            Invitee.who.in_([*units, asker.username]),
            papers.meetings(session, asker.username),
            _not_theirs(asker),
        )
    )
    rows = list(session.execute(query.order_by(Meeting.at, Meeting.id)))
    named = _named(asker, {row.case_id for row, _ in rows}) if rows else {}
    own_name = rows and user_names(session, [asker.username])[asker.username]
    for row, unit in rows:
        if named.get((row.case_id, unit), own_name) == own_name:
            facts = {"meeting": row.id, "when": row.at, "all_day": row.all_day}
            facts["moved"] = row.sequence > 0
            key = f"{MEETING}:{row.id}:{row.sequence}"
            yield Notice(key, MEETING, row.called_at, row.case_id, facts=facts)


def unconfirmed(asker: Asker) -> Iterator[Notice]:
    """To process owners: duties run by a row of law that nobody has confirmed."""
    if OWNER_OF_RULES not in asker.mine.roles:
        return
    session = asker.session
    query = (
        select(Deadline.regel, func.count(), func.min(Deadline.opened_at))
        .where(Deadline.state == deadlines.OPEN, Deadline.art == rules.UNCONFIRMED)
        .group_by(Deadline.regel)
    )
    for regel, count, first in session.execute(query):
        facts = {"rule": regel, "name": rules.name_of(session, regel), "count": count}
        yield Notice(f"{UNCONFIRMED}:{regel}", UNCONFIRMED, first, facts=facts)


def moved(asker: Asker) -> Iterator[Notice]:
    """A rule was changed, and with it a day in one of the user's cases."""
    session, mine = asker.session, asker.mine
    owned = and_(Case.koordinator.is_(None), Case.owner_unit.in_(asker.own_units))
    query = (
        select(Outgoing.id, Outgoing.case_id, Outgoing.created_at, Outgoing.facts)
        .join(Case, Case.id == Outgoing.case_id)
        .where(
            Outgoing.kind == DAY_MOVED,
            Outgoing.created_at >= clock.now() - notices.lasts(session),
            or_(Case.koordinator.in_(mine.usernames), owned),
        )
    )
    for row in session.execute(query):
        facts = {"name": rules.name_of(session, row.facts["regel"])}
        yield Notice(f"{MOVED}:{row.id}", MOVED, row.created_at, row.case_id, facts=facts)


def withdrawn_since(session: Session, since: datetime) -> set[str]:
    """The ids of the consents that were taken back after the moment."""
    query = select(Consent.id).where(
        Consent.state == _said(consent.WITHDRAWN), Consent.ended_at >= since
    )
    return set(session.scalars(query))


CAUSES = (stands_in, withdrawn, silent, granted, invited, unconfirmed, moved)


def _said(word: str):
    """A word that stands in the statement itself: SQLite finds its partial index by that."""
    return bindparam(None, word, literal_execute=True)


def _not_theirs(asker: Asker):
    """The SQL condition that the user is not the one who answers for the case."""
    me = asker.mine.usernames
    return and_(
        or_(Case.koordinator.is_(None), Case.koordinator.not_in(me)),
        or_(Case.stedfortraeder.is_(None), Case.stedfortraeder.not_in(me)),
    )


def _named(asker: Asker, case_ids: set[str]) -> dict[tuple[str, str], str]:
    """(case, unit) -> the name of whoever takes part for the unit (F54)."""
    row = Participation
    query = select(row.case_id, row.unit, row.person).where(
        row.case_id.in_(case_ids), row.person.is_not(None)
    )
    found = asker.session.execute(query.order_by(row.answered_at, row.id))
    return {(case_id, unit): person for case_id, unit, person in found}
