"""What has happened: a stand-in, a withdrawal, a silence, a grant, a delegation, an invitation, a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

import orjson
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.domain import consent, deadlines, meetings, papers, plan, rules
from engine.domain.cases import Case, Involvement
from engine.domain.consent import Consent
from engine.domain.deadlines import Deadline
from engine.domain.delegation import Delegation
from engine.domain.escalation import Application
from engine.domain.grants import Grant
from engine.domain.meetings import Invitee, Meeting
from engine.domain.obligations import Participation
from engine.domain.organisation import Absence, Role
from engine.domain.plan import Plan, PlanComment
from engine.outbox import DAY_MOVED, Outgoing
from engine.queries import delegations, labels
from engine.queries.inbox_names import user_names
from engine.queries.notices_kinds import (
    DELEGATION,
    GRANT,
    MEETING,
    MOVED,
    SILENT,
    STANDS_IN,
    STOOD_IN,
    UNCONFIRMED,
    WITHDRAWN,
    Asker,
    Desk,
    Notice,
)
from engine.store import Moment

#: The role that answers for the rules.
OWNER_OF_RULES = "procesejer"


def stands_in(asker: Asker) -> Iterator[Notice]:
    """The user works in an absent colleague's place, or no longer does."""
    session, today = asker.session, clock.today()
    since = today - asker.terms.lasts
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


def happened(asker: Asker) -> Iterator[Notice]:
    """Everything else, asked for in one query: most people have nothing of most kinds."""
    yield from _told(asker, *_HAPPENED)


def withdrawn(asker: Asker) -> Iterator[Notice]:
    """The withdrawals alone."""
    yield from _told(asker, _withdrawn)


CAUSES = (stands_in, happened)

#: What a row of any kind says, beside its kind: each uses what it needs.
_COLUMNS = {
    "id": String(),
    "at": Moment(),
    "case_id": String(),
    "word": Text(),
    "more": Text(),
    "day": Moment(),
    "number": Integer(),
}


def _row(kind: str, **said: ColumnElement) -> list[ColumnElement]:
    """The columns of a kind of notice; what it does not say is null."""
    columns = [literal(kind).label("kind")]
    for name, type_ in _COLUMNS.items():
        columns.append(said.get(name, cast(null(), type_)).label(name))
    return columns


def _told(asker: Asker, *causes: Callable[[Asker], Select | None]) -> Iterator[Notice]:
    asked = [query for cause in causes if (query := cause(asker)) is not None]
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in asker.session.execute(union_all(*asked)) if asked else ():
        by_kind[row.kind].append(row)
    for kind, rows in by_kind.items():
        yield from _TOLD[kind](asker, sorted(rows, key=lambda row: (row.at, row.id)))


def _withdrawn(asker: Asker) -> Select:
    """A consent was taken back in a case that the user's unit took part in: no more than that.

    Whoever answers for the case has tasks of it.
    """
    mine = asker.mine
    taking_part = select(Involvement.case_id).where(
        Involvement.case_id == Consent.case_id,
        or_(Involvement.unit.in_(asker.own_units), Involvement.username.in_(mine.usernames)),
        or_(Involvement.valid_to.is_(None), Involvement.valid_to >= func.date(Consent.ended_at)),
    )
    return (
        select(*_row(WITHDRAWN, id=Consent.id, at=Consent.ended_at, case_id=Consent.case_id))
        .join(Case, Case.id == Consent.case_id)
        .where(
            Consent.state == _said(consent.WITHDRAWN),
            Consent.ended_at >= asker.since,
            or_(
                Consent.counterpart.in_(mine.units),
                and_(Consent.kind == consent.PLAN, taking_part.exists()),
            ),
            Case.locked.is_(False),
            _not_theirs(asker),
        )
    )


def _tell_withdrawn(_asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    told = set()
    for row in rows:
        # Several that were taken back at once are one thing to know.
        if (row.case_id, row.at) not in told:
            told.add((row.case_id, row.at))
            yield Notice(f"{WITHDRAWN}:{row.id}", WITHDRAWN, row.at, row.case_id)


def _silent(asker: Asker) -> Select | None:
    """To a unit's leader: the unit said nothing to a draft that is still on its way (KP-6)."""
    led, row = asker.mine.led_units, PlanComment
    if not led:
        return None
    return (
        select(*_row(SILENT, id=row.id, at=row.written_at, case_id=Plan.case_id, word=row.unit))
        .join(Plan, Plan.id == row.plan_id)
        .join(Case, Case.id == Plan.case_id)
        .where(
            row.silent,
            row.unit.in_(led),
            row.written_at >= asker.since,
            Plan.state.in_((plan.DRAFT, plan.WITH_CITIZEN)),
            Case.locked.is_(False),
        )
    )


def _tell_silent(_asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    for row in rows:
        facts = {"unit": Desk(row.word)}
        yield Notice(f"{SILENT}:{row.id}", SILENT, row.at, row.case_id, facts=facts)


def _granted(asker: Asker) -> Select:
    """An application of the user's, or of their case, has been decided by somebody else."""
    row, mine = Grant, asker.mine
    return (
        select(*_row(GRANT, id=row.id, at=row.decided_at, case_id=row.case_id, word=row.result))
        .join(Application, Application.id == row.application_id)
        .join(Case, Case.id == row.case_id)
        .where(
            row.decided_at >= asker.since,
            row.registered_by != asker.username,
            or_(Case.koordinator.in_(mine.usernames), Application.written_by.in_(mine.usernames)),
        )
    )


def _tell_granted(_asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    for row in rows:
        yield Notice(f"{GRANT}:{row.id}", GRANT, row.at, row.case_id, facts={"result": row.word})


def _delegated(asker: Asker) -> Select:
    """The coordinator was given a delegation, or lost it again and has no other under that law."""
    row, newer, mine = Delegation, aliased(Delegation), asker.mine
    taken = row.revoked_at.is_not(None)
    replaced = select(newer.id).where(
        newer.case_id == row.case_id,
        newer.username == row.username,
        newer.law_area == row.law_area,
        newer.registered_at > row.revoked_at,
    )
    at = func.coalesce(row.revoked_at, row.registered_at)
    said = {"id": row.id, "at": at, "case_id": row.case_id, "word": row.law_area}
    said |= {"more": row.unit, "number": case((taken, 1), else_=0)}
    return (
        select(*_row(DELEGATION, **said))
        .join(Case, Case.id == row.case_id)
        .where(
            row.username.in_(mine.usernames),
            Case.koordinator == row.username,
            at >= asker.since,
            func.coalesce(row.revoked_by, row.registered_by) != asker.username,
            or_(taken, row.valid_to >= clock.today()),
            ~replaced.exists(),
        )
    )


def _tell_delegated(asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    taken = {row.case_id for row in rows if row.number}
    because = delegations.reasons(asker.session, taken) if taken and not asker.counting else {}
    for row in rows:
        law = labels.of(labels.LAWS, row.word)
        facts = {"law": law, "unit": Desk(row.more), "taken": bool(row.number)}
        facts["because"] = because.get(row.id, "")
        key = f"{DELEGATION}:{row.id}:{row.number}"
        yield Notice(key, DELEGATION, row.at, row.case_id, facts=facts)


def _invited(asker: Asker) -> Select:
    """The user's unit is invited to a meeting, until it is held; or only the one who was named."""
    row = Meeting
    said = {"id": row.id, "at": row.called_at, "case_id": row.case_id, "day": row.at}
    said |= {"word": Invitee.who, "more": row.kind, "number": row.sequence}
    return (
        select(*_row(MEETING, **said))
        .join(Invitee, Invitee.meeting_id == row.id)
        .join(Case, Case.id == row.case_id)
        .where(
            row.state == _said(meetings.PLANNED),
            row.at >= clock.now(),
            row.called_by != asker.username,
            Invitee.light == meetings.GREEN,
            Invitee.who.in_([*asker.own_units, asker.username]),
            _not_theirs(asker),
        )
    )


def _tell_invited(asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    session, cases = asker.session, {row.case_id for row in rows}
    # Asked of these few alone: nobody's bell goes through all meetings that exist for them.
    exists = papers.meetings(session, asker.username, list(cases))
    query = select(Meeting.id).where(Meeting.id.in_({row.id for row in rows}), exists)
    mine, named = set(session.scalars(query)), _named(asker, cases)
    own_name = user_names(session, [asker.username])[asker.username]
    for row in sorted(rows, key=lambda row: (row.day, row.id)):
        if row.id in mine and named.get((row.case_id, row.word), own_name) == own_name:
            facts = {"meeting": row.id, "when": row.day, "moved": row.number > 0}
            facts["all_day"] = meetings.is_all_day(row.more)
            key = f"{MEETING}:{row.id}:{row.number}"
            yield Notice(key, MEETING, row.at, row.case_id, facts=facts)


def _unconfirmed(asker: Asker) -> Select | None:
    """To process owners: duties run by a row of law that nobody has confirmed."""
    row = Deadline
    if OWNER_OF_RULES not in asker.mine.roles:
        return None
    said = {"id": row.regel, "at": func.min(row.opened_at), "number": func.count()}
    return (
        select(*_row(UNCONFIRMED, **said))
        .where(row.state == deadlines.OPEN, row.art == rules.UNCONFIRMED)
        .group_by(row.regel)
    )


def _tell_unconfirmed(asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    for row in rows:
        name = rules.name_of(asker.session, row.id)
        facts = {"rule": row.id, "name": name, "count": row.number}
        yield Notice(f"{UNCONFIRMED}:{row.id}", UNCONFIRMED, row.at, facts=facts)


def _moved(asker: Asker) -> Select:
    """A rule was changed, and with it a day in one of the user's cases."""
    row = Outgoing
    owned = and_(Case.koordinator.is_(None), Case.owner_unit.in_(asker.own_units))
    said = {"id": cast(row.id, String), "at": row.created_at, "case_id": row.case_id}
    return (
        select(*_row(MOVED, **said, word=type_coerce(row.facts, Text)))
        .join(Case, Case.id == row.case_id)
        .where(
            row.kind == _said(DAY_MOVED),
            row.created_at >= asker.since,
            or_(Case.koordinator.in_(asker.mine.usernames), owned),
        )
    )


def _tell_moved(asker: Asker, rows: list[Row]) -> Iterator[Notice]:
    for row in rows:
        facts = {"name": rules.name_of(asker.session, orjson.loads(row.word)["regel"])}
        yield Notice(f"{MOVED}:{row.id}", MOVED, row.at, row.case_id, facts=facts)


_HAPPENED = (_withdrawn, _silent, _granted, _delegated, _invited, _unconfirmed, _moved)
_TOLD = {
    WITHDRAWN: _tell_withdrawn,
    SILENT: _tell_silent,
    GRANT: _tell_granted,
    DELEGATION: _tell_delegated,
    MEETING: _tell_invited,
    UNCONFIRMED: _tell_unconfirmed,
    MOVED: _tell_moved,
}


def withdrawn_since(session: Session, since: datetime) -> set[str]:
    """The ids of the consents that were taken back after the moment."""
    query = select(Consent.id).where(
        Consent.state == _said(consent.WITHDRAWN), Consent.ended_at >= since
    )
    return set(session.scalars(query))


def near(session: Session, consents: Collection[str]) -> set[str]:
    """Everybody who may have been told of these withdrawals: by `withdrawn`, which says who is."""
    theirs = Consent.id.in_(consents)
    unit, name = Involvement.unit, Involvement.username
    taking_part = select(unit, name).join(Consent, Consent.case_id == Involvement.case_id)
    units, names = set(session.scalars(select(Consent.counterpart).where(theirs))), set()
    for row in session.execute(taking_part.where(theirs)):
        units.add(row.unit)
        names.add(row.username)
    working = select(Role.username).where(Role.unit.in_(units - {None}))
    people = names - {None} | set(session.scalars(working))
    deputies = select(Absence.deputy).where(Absence.username.in_(people))
    return people | set(session.scalars(deputies))


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
