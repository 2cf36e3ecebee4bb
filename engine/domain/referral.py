"""The referral: who is worried about whom, and which unit takes it from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import organisation, people
from engine.domain.cases import CITIZEN_TYPES, CLOSED, Case
from engine.domain.facts import fact
from engine.domain.people import Party, Person
from engine.errors import Refused
from engine.store import Base, Json, new_id

MODEL_C = "C_samarbejde_visitationsudvalg"
COORDINATOR_TEAM = "KOO"
#: Where a referral is read when nobody says who should, and the finder cannot host a coordinator.
FRONT_DESK = "BOS"
#: Referrers who may pass on what they know for crime prevention only (retsplejeloven § 115).
CRIME_PREVENTION = ("SSP", "X-POL")
CITIZEN_SELF = "borger"
CHILD = "barn"
#: The process that a referral starts, and the one that it starts on a case that is open already.
ENTRY, JOINING = "helhedsforloeb", "henvisning_paa_aaben_sag"


class BorgerMangler(Refused):
    """Henvisningen siger ikke, hvem den drejer sig om. Skriv borgerens CPR-nummer, eller navn og fødselsdato."""


class SspFormaalMangler(Refused):
    """SSP og politi må kun henvise for at forebygge kriminalitet (retsplejeloven § 115). Sæt kryds, hvis det er formålet; ellers skal borgeren henvises af en anden enhed."""


class Referral(Base):
    """One referral (F01). A case may get several."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_case_id", "case_id", "received_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    source: Mapped[str] = mapped_column(String(20))
    referrer: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(String(60))
    received_by: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    citizen_informed: Mapped[bool] = mapped_column(default=False)
    not_informed_because: Mapped[str | None] = mapped_column(Text)
    concern: Mapped[str] = mapped_column(Text)
    domains: Mapped[list] = mapped_column(Json, default=list)
    known_efforts: Mapped[str | None] = mapped_column(Text)
    contact_wish: Mapped[str | None] = mapped_column(Text)
    attachments: Mapped[str | None] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=False)
    urgent_because: Mapped[str | None] = mapped_column(Text)
    activity_ready: Mapped[bool] = mapped_column(default=False)
    left_programme: Mapped[bool] = mapped_column(default=False)
    crime_prevention: Mapped[bool] = mapped_column(default=False)
    violence: Mapped[bool] = mapped_column(default=False)
    life_at_risk: Mapped[bool] = mapped_column(default=False)
    home_lost: Mapped[bool] = mapped_column(default=False)
    home_lost_on: Mapped[date | None] = mapped_column(Date)
    #: Person ids of children about whom the referrer is worried.
    worried_about: Mapped[list] = mapped_column(Json, default=list)


def citizens_of(session: Session, answers: Mapping[str, Any]) -> list[Person]:
    """The citizen whom a referral's own answers name.

    Raises BorgerMangler, InvalidCpr, `people.NobodyBornThen`.
    """
    name, number = answers.get("borger_navn"), answers.get("borger_cpr")
    born = answers.get("borger_foedselsdato")
    if not number and not (name and born):
        raise BorgerMangler
    try:
        facts = {} if number else {"birth_date": date.fromisoformat(str(born))}
    except ValueError:
        raise BorgerMangler from None
    return [people.register(session, name or "Ukendt navn", number or None, **facts)]


def open_case_of(session: Session, persons: Iterable[Person | str]) -> Case | None:
    """The open case that one of these people already has as its citizen, the oldest first.

    A new referral joins it as a task `ny_henvisning` instead of opening a second case.
    """
    ids = [p if isinstance(p, str) else p.id for p in persons]
    if not ids:
        return None
    today = clock.today()
    query = (
        select(Case)
        .join(Party, Party.case_id == Case.id)
        .where(
            Party.person_id.in_(ids),
            Party.role == CITIZEN_SELF,
            Party.valid_to.is_(None) | (Party.valid_to >= today),
            Case.type.in_(CITIZEN_TYPES),
            Case.closed_at.is_(None),
            Case.tilstand.not_in(CLOSED),
            Case.locked.is_(False),
        )
        .order_by(Case.opened_at, Case.id)
    )
    return session.scalars(query.limit(1)).first()


def register(session: Session, case: Case, answers: Mapping[str, Any], by: str) -> Referral:
    """Keep what F01 says, on this case. Raises SspFormaalMangler."""
    source = answers["kilde"]
    if source in CRIME_PREVENTION and answers.get("formaal_kriminalitetsforebyggende") is not True:
        raise SspFormaalMangler
    received = Referral(
        case_id=case.id,
        source=source,
        referrer=answers.get("henviser_navn") or source,
        registered_by=by,
        received_by=_received_by(session, answers.get("modtager"), source, by),
        received_at=clock.now(),
        citizen_informed=answers.get("borger_informeret") == "ja",
        not_informed_because=answers.get("borger_informeret_hvorfor_ikke"),
        concern=answers.get("bekymring") or "",
        domains=list(answers.get("domaener") or []),
        known_efforts=answers.get("kendte_indsatser"),
        contact_wish=answers.get("kontaktoenske"),
        attachments=answers.get("bilag"),
        urgent=answers.get("haster") == "ja",
        urgent_because=answers.get("haster_hvorfor"),
        activity_ready=answers.get("aktivitetsparat") == "ja",
        left_programme=answers.get("uden_for_plan") == "ja",
        crime_prevention=source in CRIME_PREVENTION,
        violence=answers.get("vold") == "ja",
        life_at_risk=answers.get("risiko_liv_helbred") == "ja",
        home_lost=answers.get("boligtab") == "ja",
        home_lost_on=_date(answers.get("boligtab_dato")),
    )
    received.worried_about = _add_children(session, case, answers.get("boern") or [])
    session.add(received)
    session.flush()
    return received


def sent_before(session: Session, answers: Mapping[str, Any], by: str) -> Case | None:
    """The case that the same user opened today by saying the same of somebody without a number.

    A number finds the citizen's own case; a name and a day of birth find nobody's but this.
    """
    if answers.get("borger_cpr"):
        return None
    query = (
        select(Case)
        .join(Referral, Referral.case_id == Case.id)
        .join(Party, Party.case_id == Case.id)
        .join(Person, Person.id == Party.person_id)
        .where(
            Referral.registered_by == by,
            Party.role == CITIZEN_SELF,
            Person.name == (answers.get("borger_navn") or ""),
            Person.birth_date == _date(answers.get("borger_foedselsdato")),
            Case.closed_at.is_(None),
        )
    )
    for case in session.scalars(query.order_by(Referral.received_at.desc())):
        if repeats(session, case, answers):
            return case
    return None


def repeats(session: Session, case: Case, answers: Mapping[str, Any]) -> bool:
    """Whether the case's newest referral of today says the same from the same: sent twice."""
    last = latest(session, case)
    return (
        last is not None
        and clock.local(last.received_at).date() == clock.today()
        and (last.source, last.concern) == (answers.get("kilde"), answers.get("bekymring") or "")
        and last.referrer == (answers.get("henviser_navn") or answers.get("kilde"))
    )


def latest(session: Session, case: Case) -> Referral | None:
    """The case's newest referral."""
    query = select(Referral).where(Referral.case_id == case.id)
    return session.scalars(query.order_by(Referral.received_at.desc()).limit(1)).first()


def get(session: Session, case: Case, referral_id: str | None) -> Referral:
    """That referral of the case, or its newest."""
    found = session.get(Referral, referral_id) if referral_id else None
    return found or latest(session, case)


def first_owner(case: Case, received_by: str, hosts: bool) -> str:
    """Which unit has the case until it is screened (C5)."""
    if case.organisationsmodel != MODEL_C:
        return COORDINATOR_TEAM
    return received_by if hosts else FRONT_DESK


def may_host(session: Session, code: str) -> bool:
    """Whether the unit may have coordinators."""
    unit = session.get(organisation.Unit, code)
    return unit is not None and unit.hosts_coordinators and not unit.partner


def unit_of(session: Session, username: str) -> str | None:
    """The unit in which the user works."""
    held = organisation.roles_of(session, username)
    return held[0].unit if held else None


def referring_unit(session: Session, received: Referral) -> str | None:
    """The unit or partner that the referral comes from; the registrar's for private people."""
    if session.get(organisation.Unit, received.source) is not None:
        return received.source
    return unit_of(session, received.registered_by)


def recipient(session: Session, case: Case, received: Referral) -> Person | str:
    """Who is to have the receipt: the citizen where they came themselves, else the unit."""
    if received.source == CITIZEN_SELF:
        return people.citizens(session, case.id)[0]
    return referring_unit(session, received) or FRONT_DESK


def children(session: Session, case: Case) -> list[Person]:
    """Children named in a referral, besides the citizens."""
    return [party.person for party in people.parties(session, case.id, CHILD)]


def _received_by(session: Session, chosen: str | None, source: str, by: str) -> str:
    registrar = unit_of(session, by)
    return chosen or registrar or (source if session.get(organisation.Unit, source) else FRONT_DESK)


def _add_children(session: Session, case: Case, rows: list[Mapping[str, Any]]) -> list[str]:
    worried = []
    known = len(children(session, case))
    for number, row in enumerate(rows, known + 1):
        name = row.get("barn_navn") or "Barn"
        child = people.register(session, name, key=f"barn_{number}")
        people.add_party(session, case.id, child.id, CHILD, scope=_age_words(row.get("barn_alder")))
        if row.get("barn_bekymring") == "ja":
            worried.append(child.id)
    return worried


def _age_words(age: Any) -> str:
    return "ventet barn" if age is None else f"{age} år"


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@fact("akutvagt")
def _acute_duty(session: Session, case: Case) -> str | None:
    """The unit on acute duty; the coordinator team where the municipality has one (C5)."""
    if case.organisationsmodel != MODEL_C:
        return COORDINATOR_TEAM
    query = select(organisation.Unit.code).where(organisation.Unit.on_acute_duty)
    return session.scalars(query.order_by(organisation.Unit.code).limit(1)).first() or FRONT_DESK


@fact("tolk")
def _interpreter(session: Session, case: Case) -> bool:
    """Whether a citizen of the case needs an interpreter."""
    return any(person.interpreter for person in people.citizens(session, case.id))
