"""The plan on paper: half a page in the citizen's own words, then the professional table.

The PDF and the page are made of the same `citizens_page`, so that they say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.documents import typeset
from engine.domain import organisation
from engine.errors import Broken
from engine.queries import words
from engine.queries.plan import Page


class PlanAltered(Broken):
    """The version is not what its hash says: it must not be handed to anybody."""


@dataclass(frozen=True)
class Helper:
    who: str
    what: str
    when: str = ""


@dataclass(frozen=True)
class CitizensPage:
    """What the citizen reads first."""

    toward: str
    goals: list[str]
    helpers: list[Helper]
    outside: str
    agreed: list[str]
    own: list[str]
    next_time: str


def citizens_page(page: Page) -> CitizensPage:
    """The page of the citizen that `page.person` names."""
    helpers = [Helper(effort.helper, effort.title, _when(effort)) for effort in page.own_efforts]
    if page.coordinator:
        helpers.insert(0, Helper(page.coordinator, "din koordinator, som samler trådene"))
    return CitizensPage(
        toward=page.half_page,
        goals=[goal.words for goal in page.own_goals],
        helpers=helpers,
        outside=page.outside_help,
        agreed=[_agreed(row) for row in page.agreements],
        own=[text for text in (page.attitude, page.wishes) if text],
        next_time=_next(page.next_meeting),
    )


def citizens_words(page: Page) -> str:
    """The text of the citizen's page, to measure how hard it is to read."""
    mine = citizens_page(page)
    lines = [mine.toward, *mine.goals, mine.outside, *mine.agreed, *mine.own, mine.next_time]
    return "\n".join([*lines, *(f"{row.who}: {row.what}" for row in mine.helpers)])


def plan_pdf(session: Session, page: Page) -> bytes:
    """One version for one citizen. Raises PlanAltered where it is not what was written."""
    version = page.version
    if not version.intact:
        raise PlanAltered(f"{page.nummer} version {version.number}")
    at: datetime = version.accepted_at or version.written_at
    accepted = "" if version.draft else words.day(version.accepted_at)
    return typeset.pdf(
        "plan.typ",
        {
            "municipality": organisation.setting(session, "kommune"),
            "citizen": page.citizen if page.whole else "",
            "nummer": page.nummer,
            "coordinator": page.coordinator,
            "version": version.number,
            "state": version.state,
            "draft": version.draft,
            "written": words.day(version.written_at),
            "accepted": accepted,
            "hash": version.short_hash,
            "whole_hash": version.hash,
            "whole": page.whole,
            "mine": asdict(citizens_page(page)),
            "situation": page.situation,
            "goals": [_facts(_of_goal(goal)) | {"title": goal.words} for goal in page.own_goals],
            "efforts": [
                _facts(_of_effort(effort)) | {"title": effort.title} for effort in page.own_efforts
            ],
            "agreements": [[row.who, row.what, words.day(row.by_when)] for row in page.agreements],
            "attitude": page.attitude,
            "sharing": page.sharing,
        },
        at,
    )


def _of_goal(goal) -> Iterator[tuple[str, str]]:
    if goal.under:
        yield goal.kind, f"under »{goal.under}«"
    elif goal.kind != "Mål":
        yield "Slags", goal.kind
    yield "Område", goal.field
    yield "Uddybning", goal.professional
    yield "Skal være nået", words.day(goal.due)
    yield "Sådan ser vi fremdrift", goal.scale
    yield "Hvor langt er vi", goal.state


def _of_effort(effort) -> Iterator[tuple[str, str]]:
    yield "Hvem", effort.helper
    yield "Leverandør", effort.supplier
    yield "Lov", ", ".join(filter(None, (effort.law, effort.paragraph)))
    yield "Hjælper med", effort.goals
    yield "Hvornår", _when(effort)
    yield "Kommer efter", effort.after
    yield "Hvor langt er vi", effort.state


def _facts(rows: Iterator[tuple[str, str]]) -> dict[str, list]:
    """What is said of a goal or an effort; what is not said leaves no empty line."""
    return {"facts": [[name, text] for name, text in rows if text]}


def _agreed(row) -> str:
    by_when = f", senest {words.day(row.by_when)}" if row.by_when else ""
    return f"{row.who}: {row.what}{by_when}"


def _when(effort) -> str:
    starts = f"fra {words.day(effort.starts)}" if effort.starts else ""
    ends = f"til {words.day(effort.ends)}" if effort.ends else ""
    return " ".join(filter(None, (starts, ends)))


def _next(moment) -> str:
    if moment is None:
        return ""
    clocked = words.moment(moment)
    return f"Vi mødes {clocked}." if isinstance(moment, datetime) else f"Vi mødes senest {clocked}."
