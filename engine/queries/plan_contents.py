"""The goals, efforts and agreements of a version of a plan, in words; live where it is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.domain import efforts as of_domain
from engine.domain import plan
from engine.domain.cases import Case
from engine.queries import labels, words


@dataclass(frozen=True)
class Goal:
    key: str
    words: str
    kind: str
    under: str
    professional: str
    field: str
    due: date | None
    scale: str
    whose: str
    state: str = ""
    progress: int | None = None


@dataclass(frozen=True)
class Effort:
    key: str
    title: str
    kind: str
    law: str
    paragraph: str
    unit: str
    supplier: str
    responsible: str
    goals: str
    after: str
    starts: date | None
    ends: date | None
    amount: str
    funding: str
    whose: str
    state: str = ""

    @property
    def helper(self) -> str:
        """Who does it, as the citizen knows them."""
        return f"{self.responsible}, {self.unit}" if self.responsible else self.unit


@dataclass(frozen=True)
class Agreement:
    who: str
    what: str
    by_when: date | None


def goals(
    session: Session, case: Case, content: Mapping, names: Mapping, live: bool
) -> tuple[Goal, ...]:
    """The most important first; `names`: what ids, codes and keys are called."""
    now = {row.key: row for row in plan.goals(session, case)} if live else {}
    rows = sorted(content["maal"], key=lambda row: row.get("prioritet") or 99)
    return tuple(_goal(row, names, now.get(row["noegle"])) for row in rows)


def _goal(row: Mapping[str, Any], names: Mapping[str, str], now: plan.Goal | None) -> Goal:
    return Goal(
        key=row["noegle"],
        words=row["titel"],
        kind=labels.of(labels.GOAL_KINDS, row.get("art") or "maal"),
        under=names.get(row.get("under") or "", ""),
        professional=row.get("faglig_tekst") or "",
        field=labels.of(labels.FIELDS_OF_LIFE, row.get("domaene")),
        due=_day(row.get("frist")),
        scale=row.get("skala") or "",
        whose=names.get(row.get("person") or "", ""),
        state=labels.of(labels.GOAL_STATES, now.status) if now else "",
        progress=now.progress if now else None,
    )


def efforts(
    session: Session, case: Case, content: Mapping, names: Mapping, live: bool
) -> tuple[Effort, ...]:
    """The first to begin first."""
    now = {row.key: row for row in of_domain.of_case(session, case)} if live else {}
    rows = sorted(content["indsatser"], key=lambda row: str(row.get("start") or "9"))
    return tuple(_effort(row, names, now.get(row["noegle"])) for row in rows)


def _effort(
    row: Mapping[str, Any], names: Mapping[str, str], now: of_domain.Effort | None
) -> Effort:
    return Effort(
        key=row["noegle"],
        title=row["titel"],
        kind=labels.of(labels.EFFORT_KINDS, row.get("indsatstype")),
        law=labels.of(labels.LAWS, row.get("lov")),
        paragraph=(row.get("paragraf") or "").replace("§ ", "§\u00a0"),
        unit=names.get(row.get("enhed") or "", row.get("enhed") or ""),
        supplier=row.get("leverandoer") or "",
        responsible=row.get("ansvarlig") or (now and now.responsible) or "",
        goals=words.listed([names.get(key, "") for key in row["maal"]]),
        after=words.listed([names.get(key, "") for key in row["afhaenger_af"]]),
        starts=_day(row.get("start")),
        ends=_day(row.get("slut")),
        amount=words.kroner(row["beloeb"]) if row.get("beloeb") else "",
        funding=row.get("oekonomi") or "",
        whose=names.get(row.get("person") or "", ""),
        state=labels.of(labels.EFFORT_STATES, now.status) if now else "",
    )


def agreements(content: Mapping[str, Any]) -> tuple[Agreement, ...]:
    return tuple(
        Agreement(one["hvem"], one["hvad"], _day(one.get("hvornaar"))) for one in content["aftaler"]
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
