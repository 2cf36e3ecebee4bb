"""Consent: three separate objects, each given, changed and withdrawn on its own.

`plan` is the yes to the offer; `indhentning` one source of information; `videregivelse` one
recipient (retssikkerhedslov § 11 a, forvaltningslov § 28). A general consent is not valid, so the
last two always name the other side, the kinds of information and the purpose. The law sets no
expiry; the review date is a local decision (domain.md B3, B4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import calendar, organisation
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.errors import Broken, Refused
from engine.store import Base, Json, new_id

PLAN, OBTAIN, DISCLOSE = "plan", "indhentning", "videregivelse"
KINDS = (PLAN, OBTAIN, DISCLOSE)
#: Each kind in words; who is meant follows after the last two.
WORDS = {
    PLAN: "Plan og koordinator",
    OBTAIN: "Hente oplysninger hos",
    DISCLOSE: "Dele oplysninger med",
}
DRAFT, GIVEN, CHANGED = "udkast", "givet", "aendret"
WITHDRAWN, EXPIRED, LAPSED = "tilbagekaldt", "udloebet", "bortfaldet"
IN_FORCE = (GIVEN, CHANGED)
NEXT: dict[str, tuple[str, ...]] = {
    DRAFT: (GIVEN, LAPSED),
    GIVEN: (CHANGED, WITHDRAWN, EXPIRED, LAPSED),
    CHANGED: (CHANGED, WITHDRAWN, EXPIRED, LAPSED),
    WITHDRAWN: (),
    EXPIRED: (),
    LAPSED: (),
}
EVERYTHING = "alle"


class GenereltSamtykke(Refused):
    """Et generelt samtykke er ikke gyldigt (retssikkerhedsloven § 11 a og forvaltningsloven § 28). Skriv, hvem det gælder, hvilke oplysninger og til hvad, sammen med borgeren."""


class IntetSamtykke(Refused):
    """Der er intet gyldigt samtykke af den slags i sagen, så der er intet at trække tilbage. Se samtykkerne på sagens side, og vælg et af dem."""


class ImpossibleConsent(Broken):
    """A consent was asked to go from a state to one that does not follow."""


_WITHDRAWN = text(f"state = '{WITHDRAWN}'")


class Consent(Base):
    """One consent of one citizen: to the plan, to one source, or to one recipient."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_case_state", "case_id", "state"),
        Index("ix_consents_counterpart", "counterpart", "kind", "state"),
        # Few, and everybody's bell asks which are new.
        Index(
            "ix_consents_withdrawn",
            "ended_at",
            sqlite_where=_WITHDRAWN,
            postgresql_where=_WITHDRAWN,
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(20))
    #: The source or the recipient: a unit's or partner's code where it has one, else its name.
    counterpart: Mapped[str | None] = mapped_column(String(160))
    data_types: Mapped[list] = mapped_column(Json, default=list)
    purpose: Mapped[str | None] = mapped_column(Text)
    period: Mapped[str | None] = mapped_column(String(200))
    consequence_told: Mapped[bool] = mapped_column(default=False)
    given_by: Mapped[list] = mapped_column(Json, default=list)
    form: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str | None] = mapped_column(String(60))
    explained_by: Mapped[str | None] = mapped_column(String(160))
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=DRAFT)
    given_at: Mapped[datetime | None]
    review_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None] = mapped_column(Text)
    ended_effect: Mapped[str | None] = mapped_column(Text)

    @property
    def in_force(self) -> bool:
        return self.state in IN_FORCE


def give(session: Session, case: Case, person_id: str, kind: str, **content: Any) -> Consent:
    """A consent in force from now. Raises GenereltSamtykke for a blank cheque."""
    if kind != PLAN and not all(content.get(k) for k in ("counterpart", "data_types", "purpose")):
        raise GenereltSamtykke
    consent = Consent(
        case_id=case.id, person_id=person_id, kind=kind, state=DRAFT, **_cleaned(session, content)
    )
    move(consent, GIVEN)
    consent.given_at = clock.now()
    consent.review_on = _next_review(session)
    session.add(consent)
    session.flush()
    return consent


def confirm(session: Session, consent: Consent, given_by: str) -> None:
    """The citizen says yes themselves to what others said yes to for them."""
    move(consent, CHANGED)
    consent.given_by, consent.review_on = [given_by], _next_review(session)


def change(consent: Consent, **content: Any) -> None:
    """The citizen gives less or something else; the consent stays in force as changed."""
    move(consent, CHANGED)
    for name, value in content.items():
        setattr(consent, name, value)
    if consent.kind != PLAN and not (consent.data_types and consent.purpose):
        raise GenereltSamtykke


def move(consent: Consent, state: str) -> None:
    """Raises ImpossibleConsent when the state does not follow from the present one (B4)."""
    if state not in NEXT[consent.state or DRAFT]:
        raise ImpossibleConsent(f"{consent.id}: {consent.state} -> {state}")
    consent.state = state


def withdraw(
    session: Session,
    case: Case,
    omfang: str | Iterable[str],
    reason: str = "",
    effect: str = "",
    person_id: str | None = None,
) -> list[Consent]:
    """Take back what `omfang` names (see `chosen`), for one citizen or all. Effective at once.

    Raises IntetSamtykke when nothing in force is meant.
    """
    withdrawn = chosen(session, case, omfang, person_id)
    if not withdrawn:
        raise IntetSamtykke
    for consent in withdrawn:
        end(consent, WITHDRAWN, reason, effect)
    session.flush()
    return withdrawn


def lapse(session: Session, case: Case, reason: str, person_id: str | None = None) -> list[Consent]:
    """What is in force falls away: death, a move, closure, an 18th birthday."""
    lapsed = in_force(session, case, person_id=person_id)
    for consent in lapsed:
        end(consent, LAPSED, reason)
    return lapsed


def chosen(
    session: Session, case: Case, omfang: str | Iterable[str], person_id: str | None = None
) -> list[Consent]:
    """The consents in force that `omfang` names: `alle`, a kind, an id, a source or recipient.

    Taking back the yes to the plan takes everything that was given for it with it.
    """
    wanted = {omfang} if isinstance(omfang, str) else set(omfang)
    running = in_force(session, case, person_id=person_id)
    named = [c for c in running if EVERYTHING in wanted or {c.kind, c.id, c.counterpart} & wanted]
    left_plan = {c.person_id for c in named if c.kind == PLAN}
    return [c for c in running if c in named or c.person_id in left_plan]


def in_force(
    session: Session, case: Case, kind: str | None = None, person_id: str | None = None
) -> list[Consent]:
    """What the case may lean on now, in the order it was given."""
    query = select(Consent).where(Consent.case_id == case.id, Consent.state.in_(IN_FORCE))
    if kind is not None:
        query = query.where(Consent.kind == kind)
    if person_id is not None:
        query = query.where(Consent.person_id == person_id)
    return list(session.scalars(query.order_by(Consent.given_at, Consent.id)))


def history(session: Session, case: Case) -> list[Consent]:
    """Every consent of the case, whatever became of it."""
    query = select(Consent).where(Consent.case_id == case.id)
    return list(session.scalars(query.order_by(Consent.given_at, Consent.id)))


def covers(
    session: Session,
    case: Case,
    counterpart: str,
    data_type: str | None = None,
    kind: str = DISCLOSE,
    person_id: str | None = None,
) -> bool:
    """Whether a consent in force names this recipient (or source), and the kind of information."""
    return any(
        c.counterpart == counterpart and (data_type is None or data_type in c.data_types)
        for c in in_force(session, case, kind, person_id)
    )


def disclosed_to(units: Iterable[str]) -> Select:
    """Select the ids of the cases in which a consent in force lets one of the units see."""
    return select(Consent.case_id).where(
        Consent.kind == DISCLOSE,
        Consent.state.in_(IN_FORCE),
        Consent.counterpart.in_(list(units)),
    )


def known_to(units: Iterable[str]) -> Select:
    """Select (case, citizen) of those whose own consent in force lets one of the units know."""
    return select(Consent.case_id, Consent.person_id).where(
        Consent.kind == DISCLOSE,
        Consent.state.in_(IN_FORCE),
        Consent.counterpart.in_(list(units)),
    )


def accepted_on(session: Session, case: Case) -> date | None:
    """The day the plan was first said yes to, among the consents in force."""
    running = in_force(session, case, PLAN)
    return clock.local(running[0].given_at).date() if running else None


def _next_review(session: Session) -> date:
    months = organisation.setting(session, "samtykke.gennemgang_maaneder", 12)
    return calendar.add_months(clock.today(), months)


def _cleaned(session: Session, content: dict[str, Any]) -> dict[str, Any]:
    """A counterpart that names a unit or partner, in any spelling, becomes its code."""
    counterpart = (content.get("counterpart") or "").strip()
    if not counterpart:
        return content
    query = select(organisation.Unit.code, organisation.Unit.name)
    for code, name in session.execute(query):
        if counterpart.casefold() in (code.casefold(), name.casefold()):
            counterpart = code
    return content | {"counterpart": counterpart}


def end(consent: Consent, state: str, reason: str, effect: str = "") -> None:
    """One consent ends now, in one of the states that end it."""
    move(consent, state)
    consent.ended_at = clock.now()
    consent.ended_reason, consent.ended_effect = reason or None, effect or None


@fact("samtykker")
def _consents(session: Session, case: Case) -> dict[str, Any]:
    """What is in force: the yes to the plan, and the sources and recipients."""
    running = in_force(session, case)
    return {
        PLAN: any(c.kind == PLAN for c in running),
        **{
            kind: [
                {"part": c.counterpart, "typer": c.data_types, "person": c.person_id}
                for c in running
                if c.kind == kind
            ]
            for kind in (OBTAIN, DISCLOSE)
        },
    }


@fact("samtykke_dato")
def _accepted_on(session: Session, case: Case) -> date | None:
    return accepted_on(session, case)
