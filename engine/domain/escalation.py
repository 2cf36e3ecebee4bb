"""An application for what lies beyond a unit's own means (F24), on its way to whoever may grant it.

Source: domain.md C5 P07 and D6. The amount is asked for and blocks nothing; the limits are the
municipality's own settings, and without them a person decides.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import cases, delegation, organisation
from engine.domain.budget import Kroner
from engine.domain.cases import Case, Involvement
from engine.errors import Refused
from engine.store import Base, Json, new_id

#: Where an application stands.
WRITTEN, ON_AGENDA, DECIDED, OWN_MEANS = "skrevet", "dagsorden", "afgjort", "egen_kompetence"
#: Why a unit takes part that is asked for its opinion only.
ADVISING = "udtalelse til visitation"
#: The competence of a unit's leader, as D6 names it.
LEADER = "enhedsleder"
#: The competence of a case's coordinator.
COORDINATOR = "koordinator"
#: Those who grant out of their unit's own means; the others grant from the shared budget.
GRANT_OWN_MEANS = (COORDINATOR, LEADER, "manuel")
#: The limits of D6 and the settings they are.
LIMITS = {
    "graense_koordinator": "graense.koordinator",
    "graense_leder": "graense.leder",
    "graense_chef": "graense.chef",
}
#: What a coordinator's delegation must cover to grant.
GRANTING = "bevilling"


class UkendtIndstilling(Refused):
    """Indstillingen findes ikke i sagen. Begynd en ny indstilling."""


class AlleredeAfgjort(Refused):
    """Indstillingen er allerede afgjort og kan ikke ændres. Skriv en ny indstilling."""


class EnhedUdenKompetence(Refused):
    """{enhed} afgør ikke efter {lov}. Vælg den enhed, der har loven, så afgørelsen kommer fra den rette."""


class IngenYdelser(Refused):
    """Indstillingen nævner ingen ydelser. Skriv mindst én ydelse med den lov, den afgøres efter."""


class Application(Base):
    """What is asked for in one case, by whom it may be granted, and how far it has come."""

    __tablename__ = "applications"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    why_beyond: Mapped[str] = mapped_column(Text)
    goals: Mapped[str] = mapped_column(Text)
    services: Mapped[list] = mapped_column(Json)
    amount: Mapped[Decimal] = mapped_column(Kroner)
    months: Mapped[int]
    starts_on: Mapped[date | None] = mapped_column(Date)
    alternatives: Mapped[str] = mapped_column(Text)
    consequence: Mapped[str] = mapped_column(Text)
    #: What it is expected to cost the municipality otherwise, if the answer is no; and why.
    cost_of_no: Mapped[Decimal | None] = mapped_column(Kroner)
    cost_of_no_because: Mapped[str | None] = mapped_column(Text)
    citizens_view: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=False)
    urgent_because: Mapped[str | None] = mapped_column(Text)
    across_units: Mapped[bool] = mapped_column(default=False)
    asked_units: Mapped[list] = mapped_column(Json, default=list)
    line: Mapped[str | None] = mapped_column(String(40))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]
    competence: Mapped[str | None] = mapped_column(String(40))
    competence_row: Mapped[str | None] = mapped_column(String(60))
    ratify: Mapped[bool] = mapped_column(default=False)
    leader_advice: Mapped[str | None] = mapped_column(String(40))
    leader_reason: Mapped[str | None] = mapped_column(Text)
    paid_by_unit: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=WRITTEN)

    @property
    def laws(self) -> list[str]:
        """Each law once, in the order of the services: one ruling for each."""
        return list(dict.fromkeys(row["lov"] for row in self.services))

    @property
    def borne_by_unit(self) -> bool:
        """Whether whoever may grant it grants out of the unit's own means."""
        return self.competence in GRANT_OWN_MEANS

    @property
    def deciding_units(self) -> dict[str, str]:
        """Which unit rules under which law."""
        found: dict[str, str] = {}
        for row in self.services:
            found.setdefault(row["lov"], row["enhed"])
        return found


def write(
    session: Session, case: Case, by: str, application_id: str | None = None, **facts: Any
) -> Application:
    """Write an application, or write an undecided one anew. `facts` are the columns.

    Raises IngenYdelser, EnhedUdenKompetence, AlleredeAfgjort, UkendtIndstilling.
    """
    _check_services(session, facts["services"])
    row = find(session, case, application_id) if application_id else None
    if row is None:
        row = Application(case_id=case.id)
        session.add(row)
    elif row.state == DECIDED:
        raise AlleredeAfgjort
    for name, value in facts.items():
        setattr(row, name, value)
    row.amount = Decimal(str(facts["amount"]))
    row.written_by, row.written_at = by, clock.now()
    row.across_units = facts.get("across_units", False) or len(set(_units(row.services))) > 1
    row.asked_units = facts.get("asked_units") or list(dict.fromkeys(_units(row.services)))
    session.flush()
    for unit in dict.fromkeys(_units(row.services)):
        cases.involve(session, case, unit, "indstilling til visitation")
    for unit in row.asked_units:
        cases.involve(session, case, unit, ADVISING)
    return row


def dismiss_advisers(session: Session, case: Case) -> None:
    """It is decided: units that were in the case for their opinion only need to know no more."""
    query = select(Involvement).where(
        Involvement.case_id == case.id, Involvement.why == ADVISING, Involvement.valid_to.is_(None)
    )
    for row in session.scalars(query):
        row.valid_to = clock.today()


def find(session: Session, case: Case, application_id: str | None) -> Application:
    """Raises UkendtIndstilling."""
    row = session.get(Application, application_id) if application_id else None
    if row is None or row.case_id != case.id:
        raise UkendtIndstilling
    return row


def of_case(session: Session, case: Case) -> list[Application]:
    """Every application of the case, the first one first."""
    query = select(Application).where(Application.case_id == case.id)
    return list(session.scalars(query.order_by(Application.written_at, Application.id)))


def to_own_means(row: Application) -> None:
    """The unit decides and pays itself: its leader has the competence now."""
    row.state, row.competence = OWN_MEANS, LEADER


def must_be_competent(session: Session, case: Case, row: Application, username: str) -> None:
    """Raises IngenDelegation where a coordinator's own competence has ended since the task came."""
    if row.competence == COORDINATOR:
        delegation.must_decide(session, case, username, row.laws, GRANTING, float(row.amount))


def competent_until(session: Session, case: Case, row: Application) -> date | None:
    """The last day of a coordinator's competence; None where no delegation ends it."""
    if row.competence != COORDINATOR:
        return None
    asked = (row.laws, GRANTING, float(row.amount))
    return delegation.last_day(session, case, case.koordinator, *asked)


def competence_inputs(session: Session, case: Case, row: Application) -> dict[str, Any]:
    """What D6 is asked with. A limit that the municipality has not set is null."""
    amount = float(row.amount)
    delegated = all(
        delegation.why_not(session, case, case.koordinator, law, GRANTING, amount) is None
        for law in row.laws
    )
    limits = {name: organisation.setting(session, key) for name, key in LIMITS.items()}
    return {
        "lovomraade": row.laws[0],
        "type": GRANTING,
        "beloeb": amount,
        "varighed": row.months,
        "model": case.organisationsmodel,
        "haster": row.urgent,
        "tvaergaaende": row.across_units,
        "delegeret": bool(case.koordinator) and delegated,
        **limits,
    }


def _check_services(session: Session, services: list[dict]) -> None:
    if not services:
        raise IngenYdelser
    for row in services:
        unit = organisation.unit(session, row["enhed"])
        # A law that no unit has taken on (a new one, "anden lov") is nobody else's either.
        if row["lov"] not in unit.law_areas and _taken(session, row["lov"]):
            raise EnhedUdenKompetence(enhed=unit.name, lov=row["lov"])


def _taken(session: Session, law: str) -> bool:
    return any(law in areas for areas in session.scalars(select(organisation.Unit.law_areas)))


def _units(services: list[dict]) -> list[str]:
    return [row["enhed"] for row in services]
