"""Who coordinates a case: appointments, deputies, co-coordinators, and who is to take over.

Sources: seed 001 (a mandatory coordinator), seed 003 (a deputy for illness, leave and change of job,
and a co-coordinator).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, Index, Select, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, organisation
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.instances import UNFINISHED, WorkItem
from engine.store import Base, new_id

COORDINATOR, DEPUTY, ACTING = "koordinator", "stedfortraeder", "fungerende"
# Shares the follow-up with the coordinator for a period (R3.09); the responsibility stays with one.
CO_COORDINATOR = "medkoordinator"
# Is to take over: reads the case before the handover meeting, and answers for nothing yet (N12).
INCOMING = "kommende"
COORDINATING = (COORDINATOR, ACTING)
# The open task while a deputy is missing, and the process that holds it.
DEPUTY_TASK, DEPUTY_PROCESS = "mangler_stedfortraeder", "udpeg_stedfortraeder"


class IkkeKoordinator(Refused):
    """{person} kan ikke vælges: vedkommende er hverken koordinator eller sagsbehandler i en enhed med koordinatorer. Vælg en anden, eller bed administratoren om at give rollen."""


class AndenEnhed(Refused):
    """{person} hører ikke til {enhed}, hvor sagen er placeret. Vælg en fra enheden, eller skriv en begrundelse for at vælge på tværs."""


class KoordinatorOverNorm(Refused):
    """{person} får {procent} procent af normen med denne sag. Skriv en begrundelse, eller vælg en anden koordinator."""


class SammePerson(Refused):
    """Koordinator og stedfortræder kan ikke være den samme person. Vælg en anden stedfortræder."""


class ErKoordinator(Refused):
    """{person} koordinerer allerede sagen og kan ikke også være medkoordinator. Vælg en anden medkoordinator."""


class HarMedkoordinator(Refused):
    """Sagen har allerede en medkoordinator, {person}. Koordinatoren skal først afslutte vedkommendes opgave."""


class SlutFoerStart(Refused):
    """Medkoordinatorens sidste dag er gået. Skriv en dag fra i dag og frem, eller lad feltet stå tomt."""


class IngenKoordinator(Refused):
    """Sagen har ingen koordinator endnu. Enhedens leder skal først udpege en."""


class OvertagerIkke(Refused):
    """Kun den, der skal overtage sagen, kan kvittere for overdragelsespakken. Bed {person} om at læse den."""


class IngenSkalOvertage(Refused):
    """Der er ikke valgt en, der skal overtage sagen. Enhedens leder vælger den nye koordinator først."""


class Appointment(Base):
    """One person coordinates a case, or stands ready to, for a period."""

    __tablename__ = "appointments"
    __table_args__ = (Index("ix_appointments_username_role", "username", "role"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"))
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    role: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    #: The last day agreed beforehand, of somebody who helps for a period.
    until: Mapped[date | None] = mapped_column(Date)
    appointed_by: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)
    load_percent: Mapped[int | None]
    ended_because: Mapped[str | None] = mapped_column(String(60))


def candidates(session: Session) -> list[organisation.User]:
    """Everybody who may be appointed today: coordinators, and the caseworkers of hosting units."""
    role, unit, user = organisation.Role, organisation.Unit, organisation.User
    query = (
        select(user)
        .join(role, role.username == user.username)
        .join(unit, unit.code == role.unit)
        .where(
            user.active,
            organisation.in_force(role, clock.today()),
            or_(
                role.role == "koordinator",
                and_(role.role == "sagsbehandler", unit.hosts_coordinators),
            ),
        )
        .order_by(user.username)
    )
    return list(session.scalars(query.distinct()))


def check_candidate(session: Session, username: str) -> organisation.User:
    """The user, if they may coordinate. Raises UnknownUser or IkkeKoordinator."""
    user = organisation.user(session, username)
    if username not in {person.username for person in candidates(session)}:
        raise IkkeKoordinator(person=user.name)
    return user


def homes(session: Session) -> dict[str, tuple[str, str]]:
    """User name -> (code, name) of the unit they work for: as coordinator, else as caseworker."""
    role, unit = organisation.Role, organisation.Unit
    query = (
        select(role.username, unit.code, unit.name)
        .join(unit, unit.code == role.unit)
        .where(
            role.role.in_(("koordinator", "sagsbehandler")),
            organisation.in_force(role, clock.today()),
        )
        .order_by(role.role.desc())
    )
    return {username: (code, name) for username, code, name in session.execute(query)}


def home(session: Session, username: str) -> str | None:
    """The unit that the person works for: as coordinator, else as caseworker."""
    held = {role.role: role.unit for role in organisation.roles_of(session, username)}
    return held.get("koordinator") or held.get("sagsbehandler") or next(iter(held.values()), None)


def appoint(
    session: Session,
    case: Case,
    username: str,
    by: str,
    *,
    deputy: str | None = None,
    reason: str | None = None,
    load_percent: int | None = None,
    because: str = "udpeget",
) -> Appointment:
    """Make the user the case's coordinator from today; whoever was before ends.

    `because` is why the former one ends (a code of koordinator_skift_aarsag).
    """
    if deputy == username:
        raise SammePerson
    end(session, case, COORDINATING, because)
    end(session, case, (INCOMING,), "overtaget")
    case.koordinator = username
    appointment = _add(session, case, COORDINATOR, username, by, reason, load_percent)
    if deputy:
        appoint_deputy(session, case, deputy, by)
    elif case.stedfortraeder == username:
        end(session, case, (DEPUTY,), because)
        case.stedfortraeder = None
    return appointment


def appoint_deputy(session: Session, case: Case, username: str, by: str) -> Appointment:
    """Make the user the deputy from today. Raises SammePerson."""
    if username == case.koordinator:
        raise SammePerson
    end(session, case, (DEPUTY,), "udskiftet")
    case.stedfortraeder = username
    return _add(session, case, DEPUTY, username, by)


def appoint_co(
    session: Session,
    case: Case,
    username: str,
    by: str,
    until: date | None = None,
    reason: str | None = None,
    load_percent: int | None = None,
) -> Appointment:
    """Let the user share the case from today, to the end of the day given.

    Raises ErKoordinator, HarMedkoordinator or SlutFoerStart.
    """
    user = organisation.user(session, username)
    if username == case.koordinator:
        raise ErKoordinator(person=user.name)
    for row in current(session, case, CO_COORDINATOR):
        raise HarMedkoordinator(person=organisation.user(session, row.username).name)
    if until is not None and until < clock.today():
        raise SlutFoerStart
    row = _add(session, case, CO_COORDINATOR, username, by, reason, load_percent)
    row.until = until
    return row


def announce(session: Session, case: Case, username: str, by: str) -> Appointment:
    """The user is to take over; whoever was to before is not. Ends when they are appointed."""
    end(session, case, (INCOMING,), "udskiftet")
    return _add(session, case, INCOMING, username, by)


def incoming(session: Session, case: Case) -> str | None:
    """The user name of whoever is to take over the case."""
    running = current(session, case, INCOMING)
    return running[-1].username if running else None


def in_force(day: date):
    """The SQL condition that an appointment runs on the day, its agreed last day included."""
    row = Appointment
    return and_(row.valid_to.is_(None), or_(row.until.is_(None), row.until >= day))


def shared_with(usernames: Iterable[str], day: date) -> Select:
    """Select the ids of the cases that one of these people co-coordinates on the day."""
    return select(Appointment.case_id).where(
        Appointment.role == CO_COORDINATOR, Appointment.username.in_(usernames), in_force(day)
    )


def near_to(usernames: Iterable[str], day: date) -> Select:
    """Select the ids of the cases that one of these co-coordinates on the day, or is to take over."""
    return select(Appointment.case_id).where(
        Appointment.role.in_((CO_COORDINATOR, INCOMING)),
        Appointment.username.in_(usernames),
        in_force(day),
    )


def take_over(session: Session, case: Case, by: str, because: str) -> Appointment | None:
    """The deputy acts as coordinator from this moment; None where the case has no deputy."""
    acting = case.stedfortraeder
    if acting is None:
        return None
    end(session, case, (*COORDINATING, DEPUTY), because)
    case.koordinator, case.stedfortraeder = acting, None
    return _add(session, case, ACTING, acting, by, because)


def end(session: Session, case: Case, roles: tuple[str, ...], because: str) -> list[Appointment]:
    """End the case's current appointments in these roles."""
    ended = current(session, case, *roles)
    for row in ended:
        row.valid_to, row.ended_because = clock.today(), because
    return ended


def current(session: Session, case: Case, *roles: str) -> list[Appointment]:
    """The appointments that run now."""
    query = select(Appointment).where(
        Appointment.case_id == case.id, Appointment.valid_to.is_(None)
    )
    if roles:
        query = query.where(Appointment.role.in_(roles))
    return list(session.scalars(query.order_by(Appointment.valid_from, Appointment.id)))


def history(session: Session, case: Case) -> list[Appointment]:
    """Every appointment of the case, in order."""
    query = select(Appointment).where(Appointment.case_id == case.id)
    return list(session.scalars(query.order_by(Appointment.valid_from, Appointment.id)))


def needs_deputy(case: Case) -> bool:
    """A coordinator without a deputy needs one (C4 ii), also while a deputy acts."""
    return case.open and case.koordinator is not None and case.stedfortraeder is None


def deputy_is_sought(session: Session, case: Case) -> bool:
    """Whether the task to appoint a deputy is open in the case."""
    query = select(WorkItem.id).where(
        WorkItem.case_id == case.id,
        WorkItem.element == DEPUTY_TASK,
        WorkItem.state.in_(UNFINISHED),
    )
    return session.scalar(query.limit(1)) is not None


def keep_access(session: Session, case: Case, username: str, last_day: date) -> None:
    """Let a former coordinator see the case to the end of that day (KP-13)."""
    until = last_day + timedelta(days=1)
    cases.involve_user(session, case, username, "overdragelse efter koordinatorskifte", until)
    session.flush()


def _add(session, case, role, username, by, reason=None, load_percent=None) -> Appointment:
    row = Appointment(
        case_id=case.id,
        username=username,
        unit=home(session, username),
        role=role,
        valid_from=clock.today(),
        appointed_by=by,
        reason=reason,
        load_percent=load_percent,
    )
    session.add(row)
    session.flush()
    return row


@fact("koordinator_enhed")
def _coordinators_unit(session: Session, case: Case) -> str | None:
    """The unit that the coordinator belongs to."""
    running = current(session, case, *COORDINATING)
    return running[-1].unit if running else None


@fact("medkoordinator")
def _co_coordinator(session: Session, case: Case) -> str | None:
    """Who shares the case with the coordinator now."""
    running = current(session, case, CO_COORDINATOR)
    return running[-1].username if running else None
