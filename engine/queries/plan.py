"""A case's plan as its page and its PDF show it: the citizen's page, and the professional table.

What is shown of it is `domain/plan_sight.py`'s: a unit sees the whole plan, a partner what the
citizen has agreed to share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.domain import cases, followup, meetings, people, plan, plan_sight
from engine.domain.cases import Case
from engine.domain.organisation import Unit, User
from engine.domain.plan import Plan
from engine.errors import Refused
from engine.queries import labels, plan_changes
from engine.queries.plan_changes import Change
from engine.queries.plan_contents import Agreement, Effort, Goal, agreements, efforts, goals
from engine.queries.plan_measured import Measured, measured

#: Shown of a version's hash, for people to compare.
SHORT = 12


class NoPlan(Refused):
    """Sagen har ikke sådan en udgave af planen. Åbn planen fra sagens side for at se dem, der er."""


@dataclass(frozen=True)
class Said:
    """What one unit said to a draft."""

    unit: str
    text: str


@dataclass(frozen=True)
class Version:
    number: int
    state: str
    draft: bool
    written_by: str
    written_at: datetime
    accepted_at: datetime | None
    hash: str
    intact: bool
    said: tuple[Said, ...]

    @property
    def short_hash(self) -> str:
        return self.hash[:SHORT]


@dataclass(frozen=True)
class Page:
    """One version. `person` is the number of the citizen whose page it is, 0 where there is no plan.

    `whole` is False for a partner, who has no versions, no texts and no agreements.
    """

    case_id: str
    nummer: str
    citizens: tuple[str, ...]
    person: int
    coordinator: str
    deputy: str
    whole: bool
    version: Version | None
    versions: tuple[Version, ...] = ()
    situation: str = ""
    half_page: str = ""
    goals: tuple[Goal, ...] = ()
    efforts: tuple[Effort, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    attitude: str = ""
    wishes: str = ""
    sharing: str = ""
    outside_help: str = ""
    next_meeting: datetime | date | None = None
    since: date | None = None
    measured: tuple[Measured, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def citizen(self) -> str:
        return self.citizens[self.person - 1] if self.citizens else ""

    @property
    def own_goals(self) -> list[Goal]:
        """The goals of this citizen, and those that are everybody's."""
        return [row for row in self.goals if row.whose in ("", self.citizen)]

    @property
    def own_efforts(self) -> list[Effort]:
        return [row for row in self.efforts if row.whose in ("", self.citizen)]

    @property
    def draft(self) -> bool:
        return self.version is not None and self.version.draft


@dataclass(frozen=True)
class Comparison:
    case_id: str
    nummer: str
    citizens: tuple[str, ...]
    old: Version
    new: Version
    changes: tuple[Change, ...]


def of_case(
    session: Session, username: str, nummer: str, version: int | None = None, person: int = 1
) -> Page:
    """The version that holds, else the newest, or the one asked for.

    Raises NoSuchCase for what does not exist for the user, NoPlan for a version that never was.
    """
    case = cases.by_number(session, nummer)
    sight = plan_sight.of(session, username, case)
    return _page(session, case, sight, version, person)


def for_citizen(session: Session, case: Case, version: int, person_id: str) -> Page:
    """The version as a letter to this citizen of the case carries it."""
    ids = [citizen.id for citizen in people.citizens(session, case.id)]
    number = ids.index(person_id) + 1 if person_id in ids else 1
    return _page(session, case, plan_sight.Sight(whole=True), version, number)


def compare(session: Session, username: str, nummer: str, old: int, new: int) -> Comparison:
    """What `new` has that `old` had not, and the other way round; only to those who see it all."""
    case = cases.by_number(session, nummer)
    if not plan_sight.of(session, username, case).whole:
        raise cases.NoSuchCase
    rows = {row.version: row for row in plan.versions(session, case)}
    if old not in rows or new not in rows:
        raise NoPlan
    names = _names(session, case)
    for row in (rows[old], rows[new]):
        names |= _titles(row.content)
    say = partial(plan_changes.in_words, names=names)
    return Comparison(
        case_id=case.id,
        nummer=case.nummer,
        citizens=_citizens(session, case),
        old=_version(session, rows[old], names),
        new=_version(session, rows[new], names),
        changes=tuple(plan_changes.between(rows[old].content, rows[new].content, say)),
    )


def _page(
    session: Session, case: Case, sight: plan_sight.Sight, version: int | None, person: int
) -> Page:
    citizens, names = _citizens(session, case, sight), _names(session, case)
    head = {
        "case_id": case.id,
        "nummer": case.nummer,
        "citizens": citizens,
        "person": person if 1 <= person <= len(citizens) else 1,
        "coordinator": names.get(case.koordinator, ""),
        "deputy": names.get(case.stedfortraeder, ""),
        "whole": sight.whole,
    }
    row = _chosen(session, case, sight, version)
    if row is None:
        return Page(**head, version=None)
    content = sight.of(row.content)
    names |= _titles(content)
    live = row.state == plan.ACCEPTED
    answer = (row.answer or {}) if sight.whole else {}
    since, against = measured(session, case) if live and sight.whole else (None, ())
    return Page(
        **head,
        version=_version(session, row, names, said=sight.whole),
        versions=tuple(_version(session, one, names) for one in plan.versions(session, case))
        if sight.whole
        else (),
        situation=content.get("samlet_situation") or "",
        half_page=content.get("halv_side") or "",
        goals=goals(session, case, content, names, live),
        efforts=efforts(session, case, content, names, live),
        agreements=agreements(content),
        attitude=content.get("borgerens_holdning") or "",
        wishes=answer.get("oensker") or "",
        sharing=answer.get("deling") or "",
        outside_help=content.get("hjaelp_udefra") or "",
        next_meeting=_next(session, case) if live and sight.whole else None,
        since=since,
        measured=against,
        gaps=tuple(plan_sight.gaps(session, case, row.content)) if sight.everything else (),
    )


def _chosen(
    session: Session, case: Case, sight: plan_sight.Sight, version: int | None
) -> Plan | None:
    rows = plan.versions(session, case)
    holding = next((row for row in rows if row.state == plan.ACCEPTED), None)
    if version is not None:
        found = next((row for row in rows if row.version == version), None)
        if found is None or not (sight.whole or found is holding):
            raise NoPlan
        return found
    return holding or (rows[-1] if rows and sight.whole else None)


def _version(session: Session, row: Plan, names: Mapping[str, str], said: bool = True) -> Version:
    return Version(
        number=row.version,
        state=labels.of(labels.PLAN_STATES, row.state),
        draft=row.state in (plan.DRAFT, plan.WITH_CITIZEN),
        written_by=names.get(row.written_by, row.written_by),
        written_at=row.written_at,
        accepted_at=row.accepted_at,
        hash=row.content_hash,
        intact=plan.is_unchanged(row),
        said=tuple(_said(one, names) for one in plan.comments(session, row)) if said else (),
    )


def _said(row: plan.PlanComment, names: Mapping[str, str]) -> Said:
    text = row.contribution or ""
    if row.silent:
        text = "svarede ikke inden fristen"
    elif row.obstacle:
        text += f" Hindring: {row.obstacle}"
    return Said(names.get(row.unit, row.unit), text)


def _next(session: Session, case: Case) -> datetime | date | None:
    coming = [row.at for row in meetings.planned(session, case) if row.at >= clock.now()]
    if coming:
        return coming[0]
    coming = [duty.planned for duty in followup.duties(session, case)]
    return next((day for day in coming if day >= clock.today()), None)


def _citizens(
    session: Session, case: Case, sight: plan_sight.Sight | None = None
) -> tuple[str, ...]:
    """Everybody's names; of a family a partner learns only of those who said yes."""
    found = people.citizens(session, case.id)
    if sight is not None and not sight.whole:
        found = [person for person in found if person.id in sight.fields]
    return tuple(person.name for person in found)


def _names(session: Session, case: Case) -> dict[str, str]:
    """What codes, user names and ids of people are called."""
    names = dict(session.execute(select(User.username, User.name)).all())
    names |= dict(session.execute(select(Unit.code, Unit.name)).all())
    gone = people.gone(session, case.id, "borger")
    for person in [*people.citizens(session, case.id), *(party.person for party in gone)]:
        names[person.id] = person.name
    return names


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    return {row["noegle"]: row["titel"] for part in ("maal", "indsatser") for row in content[part]}
