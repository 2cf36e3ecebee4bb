"""The screening: the whole situation, area by area, and what decision table D1 made of it.

Retssikkerhedsloven § 5 asks for the whole view, so every area is answered, also with "intet".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain import organisation, people, referral
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.store import Base, Json, new_id

#: Area of the form to the unit that helps there; `sektor.<area>` is the municipality's own.
AREAS = {
    "uddannelse": "KUI",
    "beskaeftigelse": "JOB",
    "forsoergelse": "YDE",
    "social": "VOK",
    "familie": "FAM",
    "psykisk": "PSY",
    "helbred": "SUN",
    "misbrug": "MIS",
    "bolig": "BOL",
}
#: The referral's domains as areas: what stands in for a screening where the offer cannot wait.
DOMAINS = {
    "sociale_forhold": "social",
    "beskaeftigelse": "beskaeftigelse",
    "uddannelse": "uddannelse",
    "forsoergelse": "forsoergelse",
    "helbred_fysisk": "helbred",
    "helbred_psykisk": "psykisk",
    "misbrug": "misbrug",
    "bolig": "bolig",
    "familie": "familie",
}
# Order only: "stort" weighs more than "noget".
NEED = {"intet": 0, "noget": 1, "stort": 2}


class Screening(Base):
    """One screening (F03). `areas`: area to {behov, indsats, plan, kendt_siden}."""

    __tablename__ = "screenings"
    __table_args__ = (Index("ix_screenings_case_id", "case_id", "done_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    areas: Mapped[dict] = mapped_column(Json, default=dict)
    extent: Mapped[str | None] = mapped_column(String(20))
    coordination_need: Mapped[int | None]
    collisions: Mapped[list] = mapped_column(Json, default=list)
    activity_ready: Mapped[bool] = mapped_column(default=False)
    citizens_view: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime]
    done_by: Mapped[str] = mapped_column(String(60))
    result: Mapped[str | None] = mapped_column(String(40))
    rule: Mapped[str | None] = mapped_column(String(60))
    decision: Mapped[str | None] = mapped_column(String(40))
    decided_by: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)

    @property
    def needs(self) -> dict[str, str]:
        """Area to need, where there is one."""
        return {a: v["behov"] for a, v in self.areas.items() if v.get("behov", "intet") != "intet"}


def areas_of(answers: Mapping[str, Any]) -> dict[str, dict]:
    """F03's flat answers, area by area."""
    return {
        area: {
            "behov": answers[f"behov_{area}"],
            "indsats": answers.get(f"indsats_{area}") is True,
            "plan": answers.get(f"plan_{area}") is True,
            "kendt_siden": answers.get(f"kendt_siden_{area}"),
        }
        for area in AREAS
        if answers.get(f"behov_{area}")
    }


def latest(session: Session, case: Case) -> Screening | None:
    query = select(Screening).where(Screening.case_id == case.id)
    return session.scalars(query.order_by(Screening.done_at.desc()).limit(1)).first()


def inputs(session: Session, case: Case) -> dict[str, Any]:
    """What D1 is asked. Without a screening only what the referral tells."""
    screening, received = latest(session, case), referral.latest(session, case)
    ages = [p.age for p in people.citizens(session, case.id) if p.age is not None]
    told = received is not None and received.activity_ready
    known = {
        "alder": ages[0] if ages else None,
        "henvist_af": received and received.source,
        "aktivitetsparat": told or (screening is not None and screening.activity_ready),
    }
    if screening is None:
        return known
    return known | {
        "antal_sektorer_med_behov": len(screening.needs),
        "omfang": screening.extent,
        "planer_i_gang": sum(area["plan"] for area in screening.areas.values()),
        "samordningsbehov": screening.coordination_need,
    }


def unit_of(session: Session, area: str) -> str:
    """The unit that helps in the area."""
    return organisation.setting(session, f"sektor.{area}", AREAS[area])


def weights(session: Session, case: Case) -> list[dict]:
    """The units with a need, heaviest first: `{enhed, vaegt, relation_dage}`, as D3 asks for them.

    Ties go to the one that has known the citizen longest.
    """
    screening = latest(session, case)
    areas = screening.areas if screening is not None else _areas_of_referral(session, case)
    found: dict[str, dict] = {}
    for area, told in areas.items():
        weight = NEED.get(told.get("behov") or "intet", 0)
        if not weight:
            continue
        unit = unit_of(session, area)
        row = found.setdefault(unit, {"enhed": unit, "vaegt": 0, "relation_dage": 0})
        row["vaegt"] += weight
        row["relation_dage"] = max(row["relation_dage"], _days_known(told))
    return sorted(found.values(), key=lambda r: (-r["vaegt"], -r["relation_dage"]))


def offering_unit(session: Session, case: Case) -> str | None:
    """`tilbudsenhed` (C5): the unit that explains the offer and hears the answer.

    A team of coordinators does where the municipality has one (models A, B). In model C it is the
    unit that received the referral, if it may host coordinators; else the one with the largest
    need, among those that may host where any of them may.
    """
    if case.organisationsmodel != referral.MODEL_C:
        return referral.COORDINATOR_TEAM
    received = referral.latest(session, case)
    if received is not None and referral.may_host(session, received.received_by):
        return received.received_by
    needed = [row["enhed"] for row in weights(session, case)]
    hosting = [unit for unit in needed if referral.may_host(session, unit)]
    return next(iter(hosting or needed), case.owner_unit)


def _areas_of_referral(session: Session, case: Case) -> dict[str, dict]:
    received = referral.latest(session, case)
    domains = received.domains if received is not None else []
    return {DOMAINS[d]: {"behov": "noget"} for d in domains if d in DOMAINS}


def _days_known(told: Mapping[str, Any]) -> int:
    since = told.get("kendt_siden")
    return max(0, (clock.today() - date.fromisoformat(since)).days) if since else 0


@fact("stoerste_behov")
def _largest_need(session: Session, case: Case) -> str | None:
    """The unit with the largest need in the screening."""
    return next((row["enhed"] for row in weights(session, case)), None)
