"""Who is away, and who works in their place: registered by themselves, or by their unit's leader.

During the absence the deputy reaches what the absent colleague reaches (`access.reach`); every act
stands in the trail with both names. When it is over everything is as before.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, events
from engine.domain import organisation
from engine.domain.organisation import Absence, Role, Unit, User
from engine.errors import Refused
from engine.store import Store

LEADERS = ("leder", "chef")


class AbsenceEndsBeforeItBegins(Refused):
    """Sidste dag ligger før første dag. Ret datoerne."""


class AbsenceIsOver(Refused):
    """Sidste dag er allerede gået. Skriv en dag fra i dag og frem."""


class NobodyIsTheirOwnDeputy(Refused):
    """Du kan ikke være stedfortræder for dig selv. Vælg en kollega."""


class DeputyElsewhere(Refused):
    """{hvem} arbejder ikke i en af dine enheder og kan ikke blive din stedfortræder. Vælg en kollega fra enheden, eller bed din leder om at registrere fraværet."""


class DeputyIsAway(Refused):
    """{hvem} er selv fraværende fra {fra} til {til}. Vælg en anden stedfortræder."""


class AlreadyAway(Refused):
    """Der er allerede registreret fravær fra {fra} til {til}. Afslut det først, eller vælg andre dage."""


class NotTheirLeader(Refused):
    """Kun {hvem} selv eller en leder i enheden kan registrere eller afslutte fraværet."""


class NoSuchAbsence(Refused):
    """Fraværet findes ikke, eller det er allerede slut."""


def register(store: Store, username: str, first: date, last: date, deputy: str, *, by: str) -> None:
    """Register that the user is away from the first to the last day, and who works meanwhile.

    Raises one of the refusals above, and UnknownUser.
    """

    def write(session: Session) -> None:
        who, instead = (organisation.user(session, name) for name in (username, deputy))
        _own_or_led(session, who, by)
        if last < first:
            raise AbsenceEndsBeforeItBegins
        if last < clock.today():
            raise AbsenceIsOver
        if deputy == username:
            raise NobodyIsTheirOwnDeputy
        if deputy not in {user.username for user in deputies(session, username, by)}:
            raise DeputyElsewhere(hvem=instead.name)
        for row in _overlapping(session, username, first, last):
            raise AlreadyAway(**_days(row))
        for row in _overlapping(session, deputy, first, last):
            raise DeputyIsAway(hvem=instead.name, **_days(row))
        session.add(Absence(username=username, deputy=deputy, first_day=first, last_day=last))
        told = {"user": username, "deputy": deputy, "first": first, "last": last}
        events.record_system(session, events.Entry("absence_registered", by, facts=_plain(told)))

    store.write(write)


def end(store: Store, absence_id: str, *, by: str) -> None:
    """The colleague is back today: the deputy stands down at once. Raises NoSuchAbsence."""

    def write(session: Session) -> None:
        row = session.get(Absence, absence_id)
        today = clock.today()
        if row is None or row.last_day < today:
            raise NoSuchAbsence
        _own_or_led(session, organisation.user(session, row.username), by)
        told = {"user": row.username, "deputy": row.deputy, "last": row.last_day}
        if row.first_day >= today:
            session.delete(row)
        else:
            row.last_day = today - timedelta(days=1)
        events.record_system(session, events.Entry("absence_ended", by, facts=_plain(told)))

    store.write(write)


def deputies(session: Session, username: str, by: str) -> list[User]:
    """Who may stand in: the colleagues of one's own units; a leader may choose in all own units."""
    roles = select(Role.username).join(Unit, Unit.code == Role.unit)
    roles = roles.where(organisation.in_force(Role, clock.today()), Unit.partner.is_(False))
    if by == username:
        roles = roles.where(Role.unit.in_(_units(username)))
    query = select(User).where(User.active, User.username.in_(roles), User.username != username)
    return list(session.scalars(query.order_by(User.name, User.username)))


def led_by(session: Session, username: str) -> list[User]:
    """The colleagues whose absence the user may register: those of the units they lead."""
    led = _units(username).where(Role.role.in_(LEADERS))
    theirs = select(Role.username).where(
        Role.unit.in_(led), organisation.in_force(Role, clock.today())
    )
    query = select(User).where(User.active, User.username.in_(theirs), User.username != username)
    return list(session.scalars(query.order_by(User.name, User.username)))


def running(session: Session, usernames: list[str]) -> list[Absence]:
    """Absences that are not over, of these people or with one of them as the deputy."""
    query = select(Absence).where(
        Absence.last_day >= clock.today(),
        or_(Absence.username.in_(usernames), Absence.deputy.in_(usernames)),
    )
    return list(session.scalars(query.order_by(Absence.first_day, Absence.id)))


def _own_or_led(session: Session, who: User, by: str) -> None:
    if by != who.username and who.username not in {u.username for u in led_by(session, by)}:
        raise NotTheirLeader(hvem=who.name)


def _units(username: str):
    mine = select(Role.unit).where(Role.username == username)
    return mine.where(organisation.in_force(Role, clock.today()))


def _overlapping(session: Session, username: str, first: date, last: date) -> list[Absence]:
    query = select(Absence).where(
        Absence.username == username, Absence.first_day <= last, Absence.last_day >= first
    )
    return list(session.scalars(query.order_by(Absence.first_day).limit(1)))


def _days(row: Absence) -> dict[str, str]:
    return {"fra": f"{row.first_day:%d.%m.%Y}", "til": f"{row.last_day:%d.%m.%Y}"}


def _plain(facts: dict) -> dict:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in facts.items()}
