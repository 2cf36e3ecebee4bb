"""The coordinating plan: five contents, goals, agreements, versions.

Source: seed 001 (R1.26: the five contents; R1.37: made with the citizen, who understands it).
A version is a whole text with a hash; once accepted it never changes. Goals and efforts live on
the case by their keys, and a version is applied to them when the citizen accepts it.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import clock
from engine.domain.cases import Case
from engine.domain.facts import fact
from engine.domain.keys import key
from engine.errors import Refused
from engine.store import Base, Json, new_id

DRAFT, WITH_CITIZEN, ACCEPTED, REPLACED = "udkast", "hos_borger", "accepteret", "afloest"
OVERLAY, REPLACING = "overligger", "erstatter"

# The five contents of R1.26, and what each is called when it is missing.
CONTENTS = {
    "samlet_situation": "en sammenfatning af den samlede situation",
    "maal": "mindst ét mål",
    "indsatser": "mindst én planlagt indsats",
    "aftaler": "mindst én aftale om, hvem der gør hvad",
    "borgerens_holdning": "borgerens egen holdning og ønsker",
}
GOAL_STATUS = ("ikke_begyndt", "i_gang", "delvist_naaet", "naaet", "aendret", "opgivet")
OPEN_GOALS = ("ikke_begyndt", "i_gang", "delvist_naaet")


class PlanenMangler(Refused):
    """Planen mangler {hvad}. De fem dele skal være der, før planen kan sendes videre. Dit udkast er ikke gemt som en ny version."""


class LovkravMangler(Refused):
    """Planen erstatter andre planer, og {antal} af deres lovkrav er ikke krydset af. Gennemgå tjeklisten med de enheder, hvis planer erstattes."""


class UkendtMaal(Refused):
    """Målet {maal} står ikke i planen. Vælg et af planens mål, eller skriv målet ind først."""


class PlanIkkeForstaaet(Refused):
    """Borgeren har ikke forstået planens mål og indhold, og så kan den ikke accepteres. Forklar den igen, eller vælg, at planen skal ændres."""


class IngenPlan(Refused):
    """Sagen har ingen plan, der kan accepteres. Koordinatoren skal først skrive et udkast."""


class Plan(Base):
    """One version of a case's coordinating plan."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    version: Mapped[int]
    mode: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=DRAFT)
    content: Mapped[dict] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    answer: Mapped[dict | None] = mapped_column(Json)

    @property
    def units(self) -> list[str]:
        """The units with an effort in this version, in the order of the plan."""
        return list(dict.fromkeys(e["enhed"] for e in self.content["indsatser"] if e.get("enhed")))


class Goal(Base):
    """A goal, sub-goal or progression goal that is worked towards now."""

    __tablename__ = "goals"
    __table_args__ = (UniqueConstraint("case_id", "key"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    #: Whose goal it is, where the case holds a family; none means everybody's.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(20), default="maal")
    parent: Mapped[str | None] = mapped_column(String(60))
    own_words: Mapped[str] = mapped_column(Text)
    professional: Mapped[str | None] = mapped_column(Text)
    domain: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[int | None]
    due: Mapped[date | None] = mapped_column(Date)
    scale: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20), default="ikke_begyndt")
    progress: Mapped[int | None]
    from_version: Mapped[int]
    to_version: Mapped[int | None]


class Agreement(Base):
    """Who does what by when (the agreement field of the plan, or agreed at a meeting)."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    who: Mapped[str] = mapped_column(String(160))
    what: Mapped[str] = mapped_column(Text)
    by_when: Mapped[date | None] = mapped_column(Date)
    agreed_at: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20), default="aaben")


class PlanComment(Base):
    """What one unit said to a draft (F16), or that it kept silent past its deadline (KP-6)."""

    __tablename__ = "plan_comments"
    __table_args__ = (
        Index(
            "ix_plan_comments_silent",
            "unit",
            "written_at",
            sqlite_where=text("silent = 1"),
            postgresql_where=text("silent"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    unit: Mapped[str] = mapped_column(String(20))
    silent: Mapped[bool] = mapped_column(default=False)
    agrees: Mapped[str | None] = mapped_column(String(20))
    disagreements: Mapped[list | None] = mapped_column(Json)
    contribution: Mapped[str | None] = mapped_column(Text)
    responsible: Mapped[str | None] = mapped_column(String(160))
    obstacle: Mapped[str | None] = mapped_column(Text)
    written_by: Mapped[str | None] = mapped_column(String(60))
    written_at: Mapped[datetime]


def write_draft(session: Session, case: Case, by: str, content: dict[str, Any]) -> Plan:
    """Write the draft version, or write over the one that is not yet accepted.

    Goals and efforts without a key get one made of their title. Raises PlanenMangler when one of
    the five contents is not there.
    """
    missing = [words for name, words in CONTENTS.items() if not content.get(name)]
    if missing:
        raise PlanenMangler(hvad=_listed(missing))
    content = _with_keys(content)
    _check_links(content)
    draft = unaccepted(session, case)
    if draft is None:
        last = newest(session, case)
        draft = Plan(case_id=case.id, version=last.version + 1 if last else 1)
        session.add(draft)
    draft.mode = case.plan_tilstand or OVERLAY
    draft.state, draft.content, draft.content_hash = DRAFT, content, _hash(content)
    draft.written_by, draft.written_at = by, clock.now()
    session.flush()
    return draft


def accept(session: Session, case: Case) -> Plan:
    """The citizen accepts: the version is closed for good and its goals become the case's.

    Raises IngenPlan without a draft. The efforts are applied by `efforts.apply`.
    """
    draft = unaccepted(session, case)
    if draft is None:
        raise IngenPlan
    before = accepted(session, case)
    if before is not None:
        before.state = REPLACED
    draft.state, draft.accepted_at = ACCEPTED, clock.now()
    _apply_goals(session, case, draft)
    for row in draft.content["aftaler"]:
        agree(session, case, row["hvem"], row["hvad"], row.get("hvornaar"), f"plan {draft.version}")
    session.flush()
    return draft


def agree(
    session: Session, case: Case, who: str, what: str, by_when: str | date | None, agreed_at: str
) -> Agreement:
    """Add an agreement."""
    row = Agreement(
        case_id=case.id, who=who, what=what, by_when=_date(by_when), agreed_at=agreed_at
    )
    session.add(row)
    return row


def open_agreements(session: Session, case: Case) -> list[Agreement]:
    """What has been promised and not lapsed, the soonest first."""
    row = Agreement
    query = select(row).where(row.case_id == case.id, row.state == "aaben")
    return list(session.scalars(query.order_by(row.by_when.is_(None), row.by_when, row.id)))


def comment(session: Session, plan: Plan, unit: str, by: str | None, **facts: Any) -> PlanComment:
    """Keep a unit's comment, or with `silent=True` that none came in time."""
    row = PlanComment(plan_id=plan.id, unit=unit, written_by=by, written_at=clock.now(), **facts)
    session.add(row)
    session.flush()
    return row


def comments(session: Session, plan: Plan) -> list[PlanComment]:
    query = select(PlanComment).where(PlanComment.plan_id == plan.id)
    return list(session.scalars(query.order_by(PlanComment.written_at, PlanComment.unit)))


def versions(session: Session, case: Case) -> list[Plan]:
    """Every version, the first one first."""
    return list(session.scalars(select(Plan).where(Plan.case_id == case.id).order_by(Plan.version)))


def newest(session: Session, case: Case) -> Plan | None:
    return next(iter(reversed(versions(session, case))), None)


def accepted(session: Session, case: Case) -> Plan | None:
    """The version that holds now."""
    return session.scalar(select(Plan).where(Plan.case_id == case.id, Plan.state == ACCEPTED))


def unaccepted(session: Session, case: Case) -> Plan | None:
    """The version being written, with the units or with the citizen."""
    return session.scalar(
        select(Plan).where(Plan.case_id == case.id, Plan.state.in_((DRAFT, WITH_CITIZEN)))
    )


def goals(session: Session, case: Case) -> list[Goal]:
    """The goals that hold now, by priority."""
    query = select(Goal).where(Goal.case_id == case.id, Goal.to_version.is_(None))
    return list(session.scalars(query.order_by(Goal.priority, Goal.from_version, Goal.key)))


def goal(session: Session, case: Case, goal_key: str) -> Goal:
    """Raises UkendtMaal."""
    found = session.scalar(select(Goal).where(Goal.case_id == case.id, Goal.key == goal_key))
    if found is None:
        raise UkendtMaal(maal=goal_key)
    return found


def leave_out(session: Session, case: Case, person_id: str) -> list[Goal]:
    """One member of a family leaves: their own goals end, the others' stay (C4)."""
    left = [row for row in goals(session, case) if row.person_id == person_id]
    holding = accepted(session, case)
    for row in left:
        row.status = "opgivet"
        row.to_version = holding.version if holding else row.from_version
    return left


def take_out(draft: Plan, person_id: str) -> None:
    """A draft goes on without the goals and efforts that were only this person's.

    Where nothing else is in it, it stays as it is: the coordinator has to write another.
    """
    kept = {
        part: [row for row in draft.content[part] if row.get("person") != person_id]
        for part in ("maal", "indsatser")
    }
    if not all(kept.values()) or all(len(kept[p]) == len(draft.content[p]) for p in kept):
        return
    goals, others = ({row["noegle"] for row in kept[part]} for part in ("maal", "indsatser"))
    kept["maal"] = [
        {**row, "under": row.get("under") if row.get("under") in goals else None}
        for row in kept["maal"]
    ]
    kept["indsatser"] = [
        {
            **row,
            "maal": [name for name in row["maal"] if name in goals],
            "afhaenger_af": [name for name in row["afhaenger_af"] if name in others],
        }
        for row in kept["indsatser"]
    ]
    draft.content = {**draft.content, **kept}
    draft.content_hash = _hash(draft.content)


def is_unchanged(plan: Plan) -> bool:
    """Whether the version still is what was accepted."""
    return _hash(plan.content) == plan.content_hash


def _apply_goals(session: Session, case: Case, plan: Plan) -> None:
    known = {g.key: g for g in session.scalars(select(Goal).where(Goal.case_id == case.id))}
    kept = set()
    for number, wanted in enumerate(plan.content["maal"], start=1):
        row = known.get(wanted["noegle"])
        if row is None:
            row = Goal(case_id=case.id, key=wanted["noegle"], from_version=plan.version)
            session.add(row)
        row.person_id = wanted.get("person")
        row.kind = wanted.get("art") or "maal"
        row.parent = wanted.get("under")
        row.own_words = wanted["titel"]
        row.professional = wanted.get("faglig_tekst")
        row.domain = wanted.get("domaene")
        row.priority = wanted.get("prioritet") or number
        row.due = _date(wanted.get("frist"))
        row.scale = wanted.get("skala")
        row.to_version = None
        kept.add(row.key)
    for gone in known.keys() - kept:
        known[gone].to_version = known[gone].to_version or plan.version


def _with_keys(content: dict[str, Any]) -> dict[str, Any]:
    content = dict(content)
    for part in ("maal", "indsatser"):
        taken: set[str] = set()
        rows = []
        for row in content[part]:
            row = dict(row)
            row["noegle"] = key(row.get("noegle") or row["titel"], taken)
            taken.add(row["noegle"])
            rows.append(row)
        content[part] = rows
    return content


def _check_links(content: dict[str, Any]) -> None:
    """A sub-goal and an effort may only point at goals of the same plan."""
    known = {row["noegle"] for row in content["maal"]}
    wanted = [row["under"] for row in content["maal"] if row.get("under")]
    for effort in content["indsatser"]:
        effort["maal"] = _keys(effort.get("maal"))
        effort["afhaenger_af"] = _keys(effort.get("afhaenger_af"))
        wanted += effort["maal"]
    for row in content["maal"]:
        if row.get("under"):
            row["under"] = key(row["under"])
    for name in wanted:
        if key(name) not in known:
            raise UkendtMaal(maal=name)


def _keys(value: str | list[str] | None) -> list[str]:
    """Keys written as a list, or as one text with commas between."""
    if isinstance(value, str):
        value = value.split(",")
    return [key(text) for text in value or () if text.strip()]


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " og " + words[-1]


def _date(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


@fact("plan")
def _plan(session: Session, case: Case) -> dict | None:
    """The version that holds, else the one being written."""
    row = accepted(session, case) or newest(session, case)
    if row is None:
        return None
    day = clock.local(row.accepted_at).date() if row.accepted_at else None
    return {"version": row.version, "tilstand": row.state, "accepteret": day}


@fact("plan_enheder")
def _units_of_draft(session: Session, case: Case) -> list[str]:
    """The units that are to comment on the draft: those with an effort in it."""
    draft = unaccepted(session, case)
    return draft.units if draft else []


@fact("maal")
def _goals(session: Session, case: Case) -> list[dict]:
    """The goals that hold now, in the citizen's own words, with their status."""
    return [
        {"noegle": g.key, "titel": g.own_words, "art": g.kind, "status": g.status}
        for g in goals(session, case)
    ]
