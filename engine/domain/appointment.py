"""Who coordinates a case: appointments, deputies, and the load that each person carries.

Sources: seed 001 (a mandatory coordinator, about 30 cases each), seed 003 (a deputy for illness,
leave and change of job), domain.md C4 (ii). The weights of the stages and the colours are the
decision table `kapacitet` (D4); the norm is the municipality's own (`norm`, `norm.<user>`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, organisation
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Refused
from engine.store import Base, new_id

COORDINATOR, DEPUTY, ACTING = "koordinator", "stedfortraeder", "fungerende"
COORDINATING = (COORDINATOR, ACTING)

# Which stage of work a case is at (R0.12): drafting the plan dominates at the start.
STAGES = {
    "start": ("SAMTYKKE_GIVET", "KOORDINATOR_UDPEGET", "PLAN_UDARBEJDES", "PLAN_AFVENTER_BORGER"),
    "drift": ("PLAN_AKTIV", "PLAN_REVIDERES"),
    "afslutning": ("AFSLUTNING_FORBEREDES", "AFVIKLING", "SAMTYKKE_TRUKKET"),
}


class IkkeKoordinator(Refused):
    """{person} kan ikke vælges: vedkommende er ikke koordinator i kommunen. Vælg en anden, eller bed administratoren om at give rollen."""


class AndenEnhed(Refused):
    """{person} hører ikke til {enhed}, hvor sagen er placeret. Vælg en fra enheden, eller skriv en begrundelse for at vælge på tværs."""


class KoordinatorOverNorm(Refused):
    """{person} får {procent} procent af normen med denne sag. Skriv en begrundelse, eller vælg en anden koordinator."""


class SammePerson(Refused):
    """Koordinator og stedfortræder kan ikke være den samme person. Vælg en anden stedfortræder."""


class IngenKoordinator(Refused):
    """Sagen har ingen koordinator endnu. Enhedens leder skal først udpege en."""


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
    appointed_by: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)
    load_percent: Mapped[int | None]
    ended_because: Mapped[str | None] = mapped_column(String(60))


class Placement(Base):
    """Why a case is coordinated in this unit and by this person (F09): asked, weighed, decided."""

    __tablename__ = "placements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime]
    citizens_wish: Mapped[str | None] = mapped_column(String(20))
    assessment: Mapped[str] = mapped_column(Text)
    strain: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    unit_decided_by: Mapped[str | None] = mapped_column(String(60))
    unit_reason: Mapped[str | None] = mapped_column(Text)
    person: Mapped[str | None] = mapped_column(String(60))
    deputy: Mapped[str | None] = mapped_column(String(60))
    person_reason: Mapped[str | None] = mapped_column(Text)
    load_percent: Mapped[int | None]
    load_approved_by: Mapped[str | None] = mapped_column(String(60))
    load_approval: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Load:
    """How many cases a person coordinates, by stage, against the norm."""

    start: int
    drift: int
    afslutning: int
    norm: int

    def with_one_more(self) -> Load:
        """The load when one new case is added."""
        return Load(self.start + 1, self.drift, self.afslutning, self.norm)

    def inputs(self, model: str | None) -> dict:
        """The context of the decision table `kapacitet`."""
        return {
            "antal_start": self.start,
            "antal_drift": self.drift,
            "antal_afslutning": self.afslutning,
            "norm": self.norm,
            "model": model,
        }


def load(session: Session, username: str) -> Load:
    """What the person coordinates today, counted from the open cases that name them."""
    counted = dict(
        session.execute(
            select(Case.tilstand, func.count())
            .where(Case.koordinator == username, Case.closed_at.is_(None))
            .group_by(Case.tilstand)
        ).all()
    )
    by_stage = {stage: sum(counted.get(s, 0) for s in states) for stage, states in STAGES.items()}
    return Load(**by_stage, norm=norm(session, username))


def norm(session: Session, username: str) -> int:
    """The person's own norm, else the municipality's."""
    own = organisation.setting(session, f"norm.{username}")
    return own if own is not None else organisation.setting(session, "norm", 30)


def candidates(session: Session) -> list[organisation.User]:
    """Everybody who may be appointed today."""
    query = (
        select(organisation.User)
        .where(
            organisation.User.username.in_(organisation.holders("koordinator")),
            organisation.User.active,
        )
        .order_by(organisation.User.username)
    )
    return list(session.scalars(query))


def check_candidate(session: Session, username: str) -> organisation.User:
    """The user, if they may coordinate. Raises UnknownUser or IkkeKoordinator."""
    user = organisation.user(session, username)
    if username not in session.scalars(organisation.holders("koordinator")).all():
        raise IkkeKoordinator(person=user.name)
    return user


def home(session: Session, username: str, role: str = "koordinator") -> str | None:
    """The unit in which the user holds the role today."""
    return session.scalar(
        organisation.holders(role)
        .with_only_columns(organisation.Role.unit)
        .where(organisation.Role.username == username)
        .order_by(organisation.Role.unit)
        .limit(1)
    )


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


def keep_access(session: Session, case: Case, username: str, days: int) -> date:
    """Let a former coordinator see the case until they have handed over (KP-13)."""
    until = clock.today() + timedelta(days=days)
    cases.involve_user(session, case, username, "overdragelse efter koordinatorskifte", until)
    session.flush()
    return until


def placement(session: Session, case: Case) -> Placement | None:
    """The latest placement of the case."""
    return session.scalars(
        select(Placement)
        .where(Placement.case_id == case.id)
        .order_by(Placement.proposed_at.desc(), Placement.id)
        .limit(1)
    ).first()


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
